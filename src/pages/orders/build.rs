//! From the stored orders to the finished page. Whose orders somebody may see is decided in one place, [`OrderScope`].

mod contacts;
mod detail;
mod revenue;

use chrono::DateTime;

use super::{OrderLine, OrdersPage, OrdersQuery};
use crate::components::{ClientOption, Stat, encoded};
use crate::config::Zone;
use crate::model::{Client, DateRange, OrderFilter, OrderPage, OrderRow, OrderState, OrderSums, Role, Who, grouped};
use crate::server::OrderScope;
use crate::sync::Engine;

pub(super) use contacts::{add_contact, set_contact};
pub(super) use detail::detail;
pub(super) use revenue::revenue;

const PER_PAGE: u32 = 25;
/// What an amount is when clients have different currencies.
const MIXED: &str = "–";

fn filter(scope: &OrderScope, query: &OrdersQuery, range: DateRange) -> OrderFilter {
    OrderFilter {
        search: query.search.clone(),
        source: query.source.clone(),
        matched: query.matched,
        voided: query.voided,
        invoices: query.invoices,
        ..OrderFilter::of(scope.whose.clone(), range)
    }
}

pub(super) async fn page(engine: &Engine, who: &Who, query: OrdersQuery) -> anyhow::Result<OrdersPage> {
    let scope = OrderScope::of(engine, who, query.client.as_deref(), query.current).await?;
    let may_manage = who.role >= Role::Admin;
    if scope.clients.is_empty() {
        return Ok(OrdersPage { nobody: true, may_manage, query, ..OrdersPage::default() });
    }
    let (store, zone) = (&engine.store, engine.config.current().zone);
    let today = zone.date(engine.clock.now());
    let (range, problem) = query.range(today);
    let filter = filter(&scope, &query, range);
    let sums = store.order_sums(&filter).await?;
    let pages = u32::try_from(sums.listed.div_ceil(u64::from(PER_PAGE))).unwrap_or(u32::MAX).max(1);
    // A page past the end, from an old link or a narrower filter, shows the last one.
    let number = query.page.clamp(1, pages);
    let of_list = OrderPage {
        sort: query.sort,
        descending: !query.ascending,
        offset: (number - 1).saturating_mul(PER_PAGE),
        limit: PER_PAGE,
    };
    let rows = store.order_page(&filter, of_list).await?;
    let sources = store.order_sources(&scope.whose).await?;
    let failed = scope.clients.iter().filter(|client| OrderScope::has_failed(client) && in_view(client, &scope));
    let failed =
        failed.map(|client| (client.name.clone(), client.standing.error.clone().unwrap_or_default())).collect();
    let one = scope.one.as_ref();
    let synced = one.and_then(|client| client.standing.last_success_ms).and_then(DateTime::from_timestamp_millis);
    Ok(OrdersPage {
        clients: if scope.chooses { options(&scope.clients) } else { Vec::new() },
        client: one.map(|client| client.name.clone()).unwrap_or_default(),
        client_id: one.map(|client| client.id.clone()).unwrap_or_default(),
        may_manage,
        nobody: false,
        synced: synced.map(|at| zone.moment(&at.to_rfc3339())),
        failed,
        problem,
        from: range.from.to_string(),
        to: range.to.to_string(),
        days: range.words(),
        today: today.to_string(),
        stats: stats(&sums, range),
        sources,
        listed: sums.listed,
        uncounted: sums.listed.saturating_sub(sums.orders),
        page: number,
        pages,
        exports: export_query(&query, one, range),
        empty: why_empty(&query, one),
        rows: rows.iter().map(|row| line(row, &scope, zone)).collect(),
        query,
    })
}

/// Whether a client's orders are among those asked for, were they not left out for being out of date.
fn in_view(client: &Client, scope: &OrderScope) -> bool {
    scope.one.as_ref().is_none_or(|one| one.id == client.id)
}

fn options(clients: &[Client]) -> Vec<ClientOption> {
    let option = |client: &Client| {
        let mark = match (client.removed, OrderScope::has_failed(client)) {
            (true, _) => " (removed)",
            (_, true) => " (sync failed)",
            _ => "",
        };
        ClientOption { id: client.id.clone(), label: format!("{}{mark}", client.name) }
    };
    clients.iter().map(option).collect()
}

fn stats(sums: &OrderSums, range: DateRange) -> Vec<Stat> {
    let currency = sums.currency.as_deref();
    let money =
        |amount: crate::model::Cents| currency.map_or_else(|| MIXED.to_owned(), |currency| amount.shown(currency));
    let stat = |name: &str, value: String, note: String| Stat { name: name.to_owned(), value, note, ..Stat::default() };
    let since = if currency.is_some() {
        format!("since {}", range.from.format("%-d %b %Y"))
    } else {
        "clients have different currencies: choose one".to_owned()
    };
    let average = sums.average().map_or_else(|| "no orders".to_owned(), money);
    let unmatched = sums.orders.saturating_sub(sums.matched);
    vec![
        stat("Revenue", money(sums.net), since),
        stat("Orders", grouped(sums.orders.into()), guests(sums.guests)),
        stat("Average order", average, "without tax and tips".to_owned()),
        stat("Tips", money(sums.tips), format!("tax {}", money(sums.tax))),
        stat("Matched", grouped(sums.matched.into()), format!("{} without a contact", grouped(unmatched.into()))),
    ]
}

fn guests(guests: u64) -> String {
    match guests {
        0 => "no guests counted".to_owned(),
        1 => "1 guest".to_owned(),
        many => format!("{} guests", grouped(many.into())),
    }
}

fn line(row: &OrderRow, scope: &OrderScope, zone: Zone) -> OrderLine {
    let client = scope.named(&row.client);
    let currency = scope.currency(&row.client);
    let tip = (row.tips.0 != 0).then(|| format!("+ {} tip", row.tips.shown(currency)));
    let refund = (row.refunds.0 != 0).then(|| format!("{} refunded", row.refunds.shown(currency)));
    let several = scope.one.is_none();
    OrderLine {
        key: key(&row.client, &row.guid),
        number: number(&row.number),
        client: if several {
            client.map_or_else(|| row.client.clone(), |client| client.name.clone())
        } else {
            String::new()
        },
        customer: if row.customer.is_empty() { "Guest".to_owned() } else { row.customer.clone() },
        source: if row.source.is_empty() { "not said".to_owned() } else { row.source.clone() },
        total: row.total.shown(currency),
        tip: tip.into_iter().chain(refund).collect::<Vec<_>>().join(", "),
        state: state(row.state).to_owned(),
        is_void: !row.state.counts(),
        contact: row.link.as_ref().map(|link| link.name.clone()).unwrap_or_default(),
        day: row.business_day.format("%-d %b %Y").to_string(),
        time: row.opened_ms.and_then(|at| time(at, clock_of(client, zone))).unwrap_or_default(),
    }
}

/// The order's name in an address.
fn key(client: &str, guid: &str) -> String {
    format!("{client}/{guid}")
}

fn number(number: &str) -> String {
    if number.is_empty() { "no number".to_owned() } else { format!("#{number}") }
}

fn state(state: OrderState) -> &'static str {
    match state {
        OrderState::Open => "Open",
        OrderState::Closed => "",
        OrderState::Voided => "Voided",
        OrderState::Deleted => "Deleted",
        OrderState::Test => "Test order",
    }
}

/// The restaurant's own clock; the user's until its settings were read.
fn clock_of(client: Option<&Client>, zone: Zone) -> Zone {
    client.and_then(|client| Zone::parse(&client.time_zone)).unwrap_or(zone)
}

fn time(at_ms: i64, zone: Zone) -> Option<String> {
    Some(DateTime::from_timestamp_millis(at_ms)?.with_timezone(&zone.tz()).format("%H:%M").to_string())
}

fn export_query(query: &OrdersQuery, one: Option<&Client>, range: DateRange) -> String {
    let flag = |is: bool, name: &str, value: &str| is.then(|| format!("{name}={value}"));
    let text = |name: &str, value: &str| (!value.is_empty()).then(|| format!("{name}={}", encoded(value)));
    let parts = [
        one.map(|client| format!("client={}", encoded(&client.id))),
        Some(format!("since={}", range.from)),
        Some(format!("until={}", range.to)),
        text("search", &query.search),
        text("source", &query.source),
        query.matched.map(|matched| format!("matched={}", if matched { "yes" } else { "no" })),
        flag(!query.voided, "voided", "no"),
        flag(query.invoices, "invoices", "yes"),
        flag(query.current && one.is_none(), "current", "yes"),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("&")
}

fn why_empty(query: &OrdersQuery, one: Option<&Client>) -> String {
    let never = one.is_some_and(|client| client.standing.last_success_ms.is_none());
    if query.is_narrowed() && !(query.invoices && query.search.is_empty()) {
        "No order of these days fits the filters. Clear them, or take more days.".to_owned()
    } else if never {
        "This client was not synced yet. An admin can sync it on the page of clients.".to_owned()
    } else {
        "There were no orders in these days. Take more days.".to_owned()
    }
}

#[cfg(test)]
mod tests;
