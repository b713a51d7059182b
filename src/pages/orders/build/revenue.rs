//! The charts of the page, and what AI cost beside what came in.

use super::{OrdersQuery, filter};
use crate::analytics::margin::Margin;
use crate::analytics::window_stats;
use crate::charts;
use crate::components::encoded;
use crate::model::{Client, DateRange, OrderFilter, RevenueStep, Role, Who, Whose};
use crate::pages::margins::{in_words, shared};
use crate::pages::orders::charts::{MarginLine, RevenuePage};
use crate::server::OrderScope;
use crate::sync::Engine;

const TOP_ITEMS: u32 = 10;
/// Clients whose margin is told; there is a page for each.
const MARGINS: usize = 20;
/// Projects of a client that are named, the dearest.
const PROJECTS: usize = 12;
const NO_REVENUE: &str = "No revenue data for selected period.";

pub(in crate::pages::orders) async fn revenue(
    engine: &Engine,
    who: &Who,
    query: OrdersQuery,
    step: RevenueStep,
) -> anyhow::Result<RevenuePage> {
    let scope = OrderScope::of(engine, who, query.client.as_deref(), query.current).await?;
    if scope.clients.is_empty() {
        return Ok(RevenuePage { nobody: true, ..RevenuePage::default() });
    }
    let store = &engine.store;
    let (range, _) = query.range(engine.config.current().zone.date(engine.clock.now()));
    let filter = filter(&scope, &query, range);
    let sums = store.order_sums(&filter).await?;
    let Some(currency) = sums.currency else {
        let empty = "These clients have different currencies, which cannot be added up: choose one client.".to_owned();
        return Ok(RevenuePage {
            step,
            empty,
            margin: margin(engine, who, &scope, range).await?,
            ..RevenuePage::default()
        });
    };
    let days = store.order_days(&filter).await?;
    let narrowed = !query.search.is_empty() || !query.source.is_empty() || query.matched.is_some();
    let note =
        if narrowed { "Payments, items and hours are of all orders of these days: they know no filter." } else { "" };
    Ok(RevenuePage {
        nobody: false,
        step,
        revenue: charts::revenue(&days, range, step, &currency),
        empty: NO_REVENUE.to_owned(),
        payments: charts::payments(&store.order_payment_kinds(&filter).await?, range, &currency, kind),
        items: charts::top_items(&store.top_order_items(&filter, TOP_ITEMS).await?, range, &currency),
        hours: charts::order_hours(&store.order_hours(&filter).await?, range, &currency),
        note: note.to_owned(),
        margin: margin(engine, who, &scope, range).await?,
    })
}

/// A kind of payment in words: `Credit`, `Gift card`.
pub(super) fn kind(kind: &str) -> String {
    match kind {
        "GIFTCARD" => "Gift card".to_owned(),
        "REWARDCARD" => "Reward card".to_owned(),
        "LEVELUP" => "LevelUp".to_owned(),
        "TOAST_SV" => "Stored value".to_owned(),
        "" => "Not said".to_owned(),
        other => {
            let words = other.replace('_', " ").to_lowercase();
            let mut letters = words.chars();
            letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
        }
    }
}

/// What AI costs is not for clients to see.
async fn margin(engine: &Engine, who: &Who, scope: &OrderScope, range: DateRange) -> anyhow::Result<Vec<MarginLine>> {
    if who.role <= Role::Client {
        return Ok(Vec::new());
    }
    let snapshot = engine.snapshot();
    // A year by day, model and project is milliseconds of work: not for the thread that answers others.
    let whose = snapshot.facts.clients.clone();
    let stats = tokio::task::spawn_blocking(move || window_stats(&snapshot.facts, range, range.previous())).await?;
    let shown = scope.clients.iter().filter(|client| scope.one.as_ref().is_none_or(|one| one.id == client.id));
    let mut lines = Vec::new();
    for client in shown.take(MARGINS) {
        let sums = engine.store.order_sums(&OrderFilter::of(Whose::client(&client.id), range)).await?;
        let margin = Margin::of(client, &stats.by_client, sums.net, sums.orders);
        if margin.spend.is_some() || margin.orders > 0 {
            let projects = Margin::by_project(client, &stats.by_project, &whose, sums.net, sums.orders);
            lines.push(line(client, &margin, &projects));
        }
    }
    Ok(lines)
}

fn line(client: &Client, margin: &Margin, projects: &[(&str, Margin)]) -> MarginLine {
    let part = |(project, margin): &(&str, Margin)| {
        let href = format!("/projects/{}?tab=spend", encoded(project));
        MarginLine { href, ..of_words((*project).to_owned(), client, margin) }
    };
    let note = shared(projects.len(), &client.name).map(|note| match projects.len().saturating_sub(PROJECTS) {
        0 => note,
        more => format!("{note} The {PROJECTS} dearest are shown, {more} more are not."),
    });
    MarginLine {
        projects: projects.iter().take(PROJECTS).map(part).collect(),
        note: note.unwrap_or_default(),
        ..of_words(client.name.clone(), client, margin)
    }
}

fn of_words(name: String, client: &Client, margin: &Margin) -> MarginLine {
    let words = in_words(margin, &client.currency);
    MarginLine {
        name,
        spend: words.spend,
        revenue: words.revenue,
        share: words.share,
        per_order: words.per_order,
        ..MarginLine::default()
    }
}
