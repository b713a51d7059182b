//! One order in words.

use super::contacts::{link, panel};
use super::revenue::kind;
use super::{clock_of, key, number, state, time};
use crate::charts::quantity;
use crate::error::AppError;
use crate::model::{AdjustmentKind, Cents, Client, Order, OrderItem, OrderPayment, Role, Who};
use crate::pages::orders::detail::{DetailQuery, ItemLine, OrderDetail, PaymentLine};
use crate::sync::Engine;

/// Finds the order of an address, if whoever asks may see it; else it is as if there were none.
pub(super) async fn find(engine: &Engine, who: &Who, address: &str) -> Result<(Client, Order), AppError> {
    let missing = || AppError::BadRequest("There is no such order any more: it may be of another client.".to_owned());
    let (client, guid) = address.split_once('/').ok_or_else(missing)?;
    if !who.sees(client) {
        return Err(missing());
    }
    let clients = engine.store.clients().await?;
    let client = clients.into_iter().find(|known| known.id == client).ok_or_else(missing)?;
    let order = engine.store.order(&client.id, guid).await?.ok_or_else(missing)?;
    Ok((client, order))
}

pub(in crate::pages::orders) async fn detail(
    engine: &Engine,
    who: &Who,
    query: &DetailQuery,
) -> Result<OrderDetail, AppError> {
    let (client, order) = find(engine, who, &query.order).await.map_err(AppError::answer)?;
    let may_match = who.role >= Role::Operator;
    let contact = link(engine, &client, &order).await?;
    let wanted = may_match && query.matching && contact.is_none();
    let panel = if wanted { Some(panel(engine, &client, &order, &query.contact).await?) } else { None };
    let zone = engine.config.current().zone;
    let clock = clock_of(Some(&client), zone);
    let currency = client.currency.as_str();
    let money = |amount: Cents| amount.shown(currency);
    let mut items = Vec::new();
    order.items.iter().for_each(|item| push(item, 0, &money, &mut items));
    let paid: Cents =
        order.payments.iter().filter(|payment| payment.counts).map(|payment| payment.amount + payment.tip).sum();
    let several = order.payments.iter().filter(|payment| payment.counts).count() > 1;
    Ok(OrderDetail {
        key: key(&client.id, &order.guid),
        title: format!("Order {}", number(&order.number)),
        state: in_words(&order),
        facts: facts(&client, &order, |at| time(at, clock).unwrap_or_default()),
        items,
        sums: sums(&order, &money),
        total: money(order.amounts.total),
        beside: beside(&order, &money),
        payments: order.payments.iter().map(|payment| payment_line(payment, &money)).collect(),
        paid: if several { money(paid) } else { String::new() },
        contact,
        may_match,
        panel,
    })
}

fn in_words(order: &Order) -> String {
    match state(order.state) {
        "" => String::new(),
        "Open" => "Open: it may still change.".to_owned(),
        word => format!("{word}: it is in no sum."),
    }
}

fn facts(client: &Client, order: &Order, time: impl Fn(i64) -> String) -> Vec<(String, String)> {
    let day = order.business_day.format("%A, %-d %B %Y").to_string();
    let opened = order.opened_ms.map(&time);
    let closed = order.closed_ms.map(&time);
    let customer = order.customer.as_ref();
    let of_customer = |text: fn(&crate::model::Customer) -> &String| customer.map(text).cloned();
    let facts = [
        ("Client", Some(client.name.clone())),
        ("Business day", Some(day)),
        ("Opened", opened),
        ("Closed", closed),
        ("Source", Some(order.source.clone())),
        ("Guests", (order.guests > 0).then(|| order.guests.to_string())),
        ("Customer", of_customer(|customer| &customer.name).or_else(|| Some("Guest".to_owned()))),
        ("Email", of_customer(|customer| &customer.email)),
        ("Telephone", of_customer(|customer| &customer.phone)),
    ];
    let known = facts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    known.filter(|(_, value)| !value.is_empty()).collect()
}

fn push(item: &OrderItem, depth: u32, money: &impl Fn(Cents) -> String, out: &mut Vec<ItemLine>) {
    let notes = [
        item.voided.then(|| "voided".to_owned()),
        item.deferred.then(|| "gift card or the like: no revenue".to_owned()),
        (item.discount.0 != 0).then(|| format!("{} discount", money(item.discount))),
        (item.refunded.0 != 0).then(|| format!("{} refunded", money(item.refunded))),
    ];
    out.push(ItemLine {
        depth,
        quantity: if depth > 0 && item.quantity_milli == 1_000 { String::new() } else { quantity(item.quantity_milli) },
        name: if item.name.is_empty() { "Without a name".to_owned() } else { item.name.clone() },
        note: notes.into_iter().flatten().collect::<Vec<_>>().join(", "),
        voided: item.voided,
        price: if depth == 0 { money(item.price) } else { String::new() },
    });
    item.modifiers.iter().for_each(|modifier| push(modifier, depth + 1, money, out));
}

/// From the items to the total.
fn sums(order: &Order, money: &impl Fn(Cents) -> String) -> Vec<(String, String)> {
    let amounts = order.amounts;
    let items: Cents = order.items.iter().filter(|item| !item.voided).map(|item| item.gross).sum();
    let item_discounts: Cents = order.items.iter().filter(|item| !item.voided).map(|item| item.discount).sum();
    let mut sums = vec![("Items".to_owned(), money(items))];
    if item_discounts.0 != 0 {
        sums.push(("Discounts of items".to_owned(), money(-item_discounts)));
    }
    let of = |kind: AdjustmentKind| order.adjustments.iter().filter(move |adjustment| adjustment.kind == kind);
    let named = |name: &str, otherwise: &str| if name.is_empty() { otherwise.to_owned() } else { name.to_owned() };
    sums.extend(of(AdjustmentKind::Discount).map(|one| (named(&one.name, "Discount"), money(-one.amount))));
    sums.extend(of(AdjustmentKind::ServiceCharge).map(|one| (named(&one.name, "Service charge"), money(one.amount))));
    sums.extend(of(AdjustmentKind::Fundraising).map(|one| (named(&one.name, "Collection"), money(one.amount))));
    sums.extend(of(AdjustmentKind::Gratuity).map(|one| (named(&one.name, "Gratuity"), money(one.amount))));
    sums.push(("Revenue".to_owned(), money(amounts.net)));
    let taxes: Vec<_> = of(AdjustmentKind::Tax).collect();
    let named_taxes: Cents = taxes.iter().map(|tax| tax.amount).sum();
    if taxes.len() > 1 && named_taxes == amounts.tax {
        sums.extend(taxes.into_iter().map(|tax| (named(&tax.name, "Tax"), money(tax.amount))));
    } else {
        sums.push(("Tax".to_owned(), money(amounts.tax)));
    }
    sums
}

fn beside(order: &Order, money: &impl Fn(Cents) -> String) -> Vec<(String, String)> {
    let amounts = order.amounts;
    let parts = [("Tips", amounts.tips), ("Gift cards sold", amounts.gift_cards), ("Refunded", amounts.refunds)];
    let some = parts.into_iter().filter(|(_, amount)| amount.0 != 0);
    some.map(|(name, amount)| (name.to_owned(), money(amount))).collect()
}

fn payment_line(payment: &OrderPayment, money: &impl Fn(Cents) -> String) -> PaymentLine {
    let card = match (payment.card.as_str(), payment.last_digits.as_str()) {
        ("", "") => None,
        (_, "") => Some(kind(&payment.card)),
        ("", digits) => Some(format!("****{digits}")),
        (_, digits) => Some(format!("{} ****{digits}", kind(&payment.card))),
    };
    let what = card.map_or_else(|| kind(&payment.kind), |card| format!("{} ({card})", kind(&payment.kind)));
    let refunded = payment.refunded + payment.tip_refunded;
    let when = payment.refund_day.map(|day| day.format(" on %-d %b %Y").to_string()).unwrap_or_default();
    let notes = [
        (!payment.counts).then(|| format!("{}: not paid", kind(&payment.status))),
        (refunded.0 != 0).then(|| format!("{} refunded{when}", money(refunded))),
    ];
    PaymentLine {
        what,
        note: notes.into_iter().flatten().collect::<Vec<_>>().join(", "),
        amount: money(payment.amount),
        tip: if payment.tip.0 == 0 { String::new() } else { format!("+ {} tip", money(payment.tip)) },
        void: !payment.counts,
    }
}
