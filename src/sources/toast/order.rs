//! A page of orders: each read by itself, so that one that cannot be read never takes the others with it.

use chrono::{NaiveDate, TimeZone, Timelike};
use chrono_tz::Tz;
use serde_json::value::RawValue;

use super::fields::{BusinessDay, moment_ms};
use super::metrics::{amounts, counts, discounted, discounts, gross, holds, is_applied, kind, state};
use super::wire;
use crate::model::{
    Adjustment, AdjustmentKind, Cents, Customer, Order, OrderItem, OrderPayment, fingerprint, plain_email, plain_phone,
};
use crate::sources::provider::{FeedError, Name, read};

const FEED: &str = "Toast orders";
/// Names are shown and searched; a text longer than this is no name.
const NAME_MAX: usize = 200;
const GUID_MAX: usize = 100;

/// How orders are read for a client.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'a> {
    pub client: &'a str,
    /// The restaurant's clock.
    pub zone: Tz,
    pub keeps_personal: bool,
}

/// An order that was there and could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Its id, or where it stood when it has none.
    pub which: String,
    /// Its id as it is stored, or a fingerprint of what came when it has none.
    pub guid: String,
    /// Its business day, when that much can be read.
    pub day: Option<NaiveDate>,
    /// The field, and what is wrong with it; nothing of what stands there.
    pub problem: String,
}

/// Reads a page: the orders, and those that could not be read.
///
/// # Errors
/// When it is no list of orders at all.
pub fn parse_page(bytes: &[u8], reading: Reading<'_>) -> Result<(Vec<Order>, Vec<Unreadable>), FeedError> {
    let page: Vec<&RawValue> = read(FEED, bytes)?;
    let (mut orders, mut unreadable) = (Vec::with_capacity(page.len()), Vec::new());
    for (place, raw) in page.into_iter().enumerate() {
        match parse_order(raw.get().as_bytes(), reading) {
            Ok(order) => orders.push(order),
            Err(error) => {
                let guid = guid_of(raw);
                let which = guid.clone().unwrap_or_else(|| format!("the one at place {}", place + 1));
                let unnamed = || format!("no-id-{:016x}", fingerprint(raw.get().as_bytes()));
                let guid = guid.map_or_else(unnamed, |guid| guid.to_lowercase());
                unreadable.push(Unreadable { which, guid, day: day_of(raw), problem: error.problem });
            }
        }
    }
    Ok((orders, unreadable))
}

/// Reads one order.
///
/// # Errors
/// When it has no id or no business day, or a field holds what it cannot: the field is named.
pub fn parse_order(bytes: &[u8], reading: Reading<'_>) -> Result<Order, FeedError> {
    let order: wire::Order<'_> = read(FEED, bytes)?;
    let guid = order.guid.trim().to_lowercase();
    if guid.is_empty() || guid.len() > GUID_MAX {
        return Err(FeedError { feed: FEED, problem: "guid: empty, or absurdly long".to_owned() });
    }
    Ok(translated(&order, guid, reading))
}

fn translated(order: &wire::Order<'_>, guid: String, reading: Reading<'_>) -> Order {
    let at = |text: &Option<std::borrow::Cow<'_, str>>| text.as_deref().and_then(moment_ms);
    let opened_ms = at(&order.opened_date).or_else(|| at(&order.created_date));
    let hour = opened_ms.and_then(|ms| reading.zone.timestamp_millis_opt(ms).single());
    Order {
        client: reading.client.to_owned(),
        guid,
        number: name(&order.display_number),
        business_day: order.business_date.0,
        hour: hour.and_then(|at| u8::try_from(at.hour()).ok()),
        opened_ms,
        closed_ms: at(&order.closed_date),
        paid_ms: at(&order.paid_date),
        modified_ms: at(&order.modified_date).or(opened_ms).unwrap_or(0),
        source: name(&order.source),
        guests: u32::try_from(order.number_of_guests).unwrap_or(0),
        state: state(order),
        amounts: amounts(order),
        customer: reading.keeps_personal.then(|| customer(order)).flatten(),
        items: order.checks.iter().flat_map(items).collect(),
        adjustments: order.checks.iter().filter(|check| holds(check)).flat_map(adjustments).collect(),
        payments: order.checks.iter().flat_map(|check| payments(check, order, reading.keeps_personal)).collect(),
    }
}

fn items(check: &wire::Check<'_>) -> Vec<OrderItem> {
    check.selections.iter().map(|selection| item(selection, !holds(check))).collect()
}

/// What belongs to something voided is voided with it.
fn item(selection: &wire::Selection<'_>, voided: bool) -> OrderItem {
    let voided = voided || selection.voided;
    OrderItem {
        name: name(&selection.display_name),
        quantity_milli: selection.quantity.0,
        gross: gross(selection),
        discount: discounts(&selection.applied_discounts),
        price: selection.price.0,
        tax: selection.tax.0,
        voided,
        deferred: selection.deferred,
        refunded: selection.refund_details.as_ref().map_or(Cents::ZERO, |refund| refund.refund_amount.0),
        modifiers: selection.modifiers.iter().map(|modifier| item(modifier, voided)).collect(),
    }
}

fn adjustments(check: &wire::Check<'_>) -> Vec<Adjustment> {
    let named = |kind, name: String, otherwise: &str, amount| {
        let name = if name.is_empty() { otherwise.to_owned() } else { name };
        Adjustment { kind, name, amount }
    };
    let discounts = check.applied_discounts.iter().filter(|discount| is_applied(discount));
    let discounts = discounts
        .map(|discount| named(AdjustmentKind::Discount, name(&discount.name), "Discount", discounted(discount)));
    let charges = check.applied_service_charges.iter();
    let charges =
        charges.map(|charge| named(kind(charge), name(&charge.name), "Service charge", charge.charge_amount.0));
    let tax = named(AdjustmentKind::Tax, String::new(), "Tax", check.tax_amount.0);
    discounts.chain(charges).chain((tax.amount != Cents::ZERO).then_some(tax)).collect()
}

fn payments(check: &wire::Check<'_>, order: &wire::Order<'_>, keeps_personal: bool) -> Vec<OrderPayment> {
    let payment = |payment: &wire::Payment<'_>| {
        let refund = payment.refund.as_ref();
        let refund_day = refund.map(|refund| refund.refund_business_date.unwrap_or(order.business_date).0);
        OrderPayment {
            kind: name(&payment.kind),
            card: name(&payment.card_type),
            last_digits: if keeps_personal { last_digits(&payment.last_digits) } else { String::new() },
            amount: payment.amount.0,
            tip: payment.tip_amount.0,
            refunded: refund.map_or(Cents::ZERO, |refund| refund.refund_amount.0),
            tip_refunded: refund.map_or(Cents::ZERO, |refund| refund.tip_refund_amount.0),
            refund_day,
            status: name(&payment.payment_status),
            counts: holds(check) && counts(payment),
            paid_ms: payment.paid_date.as_deref().and_then(moment_ms),
        }
    };
    // Of a check that is void nothing was given back that counts.
    let listed = check.payments.iter().map(payment);
    listed.map(|payment| if holds(check) { payment } else { OrderPayment { refund_day: None, ..payment } }).collect()
}

/// Four digits and nothing else: what is longer may be the whole number, of which nothing is kept.
fn last_digits(text: &Option<Name<'_>>) -> String {
    let digits = text.as_deref().map(str::trim).unwrap_or_default();
    if digits.len() == 4 && digits.bytes().all(|digit| digit.is_ascii_digit()) {
        digits.to_owned()
    } else {
        String::new()
    }
}

fn customer(order: &wire::Order<'_>) -> Option<Customer> {
    let customer = order.checks.iter().find_map(|check| check.customer.as_ref())?;
    let names = [name(&customer.first_name), name(&customer.last_name)];
    let customer = Customer {
        name: names.iter().map(String::as_str).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" "),
        email: plain_email(&name(&customer.email)),
        phone: plain_phone(&name(&customer.phone)),
    };
    (!customer.is_empty()).then_some(customer)
}

/// A text as it is kept: on one line, of a length a name can have.
fn name(text: &Option<Name<'_>>) -> String {
    let Some(text) = text.as_deref() else { return String::new() };
    let text = text.trim();
    if text.len() <= NAME_MAX && !text.chars().any(char::is_control) {
        return text.to_owned();
    }
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(NAME_MAX).collect()
}

fn guid_of(raw: &RawValue) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Named<'a> {
        #[serde(borrow)]
        guid: Name<'a>,
    }
    let named: Named<'_> = serde_json::from_str(raw.get()).ok()?;
    let fits = named.guid.len() <= GUID_MAX && named.guid.chars().all(|letter| letter.is_ascii_graphic());
    (fits && !named.guid.is_empty()).then(|| named.guid.to_string())
}

fn day_of(raw: &RawValue) -> Option<NaiveDate> {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Dated {
        business_date: BusinessDay,
    }
    serde_json::from_str::<Dated>(raw.get()).ok().map(|dated| dated.business_date.0)
}
