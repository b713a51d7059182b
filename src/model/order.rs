//! Orders of a client's customers: what was ordered, what it came to, how it was paid.
//!
//! An order counts when it was neither voided nor deleted nor a test; only such orders are in sums. Its day is the
//! restaurant's business day, never a date in UTC.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Cents;

mod contact;
mod filter;
mod matching;
mod sums;

pub use contact::{ContactBook, Taken};
pub use filter::{OrderFilter, OrderPage, OrderSort, Whose};
pub use matching::{plain_email, plain_phone};
pub use sums::{DaySums, HourSums, ItemSums, OrderSums, PaymentSums};

/// The source that stands for an invoice; such orders are left out unless they are asked for.
pub const INVOICE_SOURCE: &str = "Invoice";

/// Whether an order counts, and if not, why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OrderState {
    /// Not all of its checks are closed yet.
    Open,
    #[default]
    Closed,
    Voided,
    /// Merged into another order, or removed.
    Deleted,
    /// Rung up in the till's training mode.
    Test,
}

impl OrderState {
    pub const ALL: [OrderState; 5] =
        [OrderState::Open, OrderState::Closed, OrderState::Voided, OrderState::Deleted, OrderState::Test];

    /// Whether the order is part of sums.
    #[must_use]
    pub const fn counts(self) -> bool {
        matches!(self, OrderState::Open | OrderState::Closed)
    }

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            OrderState::Open => "open",
            OrderState::Closed => "closed",
            OrderState::Voided => "voided",
            OrderState::Deleted => "deleted",
            OrderState::Test => "test",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<OrderState> {
        OrderState::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// What an order came to. For one that does not count these are what it would have come to, and in no sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderAmounts {
    /// Items less discounts, plus service charges; without tax, tips, gift cards. Revenue.
    pub net: Cents,
    /// The same before discounts.
    pub gross: Cents,
    pub discounts: Cents,
    /// Service charges that are revenue; part of `net`.
    pub service_charges: Cents,
    pub tax: Cents,
    /// Tips and gratuities.
    pub tips: Cents,
    /// What was given back, whenever that was.
    pub refunds: Cents,
    /// Gift cards sold: paid, and not revenue.
    pub gift_cards: Cents,
    /// What the guest was asked for, tips not included.
    pub total: Cents,
}

/// One order with all that is kept of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// The id of the client.
    pub client: String,
    /// The order's id at its source; one client never has two orders of one id.
    pub guid: String,
    /// What the till calls it: `42`.
    pub number: String,
    pub business_day: NaiveDate,
    /// The hour of the day it was opened, 0 to 23, by the restaurant's clock; `None` when nothing says when.
    pub hour: Option<u8>,
    pub opened_ms: Option<i64>,
    pub closed_ms: Option<i64>,
    pub paid_ms: Option<i64>,
    /// The newest change of the order, by the source's clock: of two versions the later one holds.
    pub modified_ms: i64,
    /// `In Store`, `Online`, `Invoice`, …: an open list, as the source writes it; empty when it does not say.
    pub source: String,
    pub guests: u32,
    pub state: OrderState,
    pub amounts: OrderAmounts,
    /// Who ordered; kept only for a client whose setting says so.
    pub customer: Option<Customer>,
    pub items: Vec<OrderItem>,
    /// Discounts of the whole check, service charges, gratuities and taxes, by name.
    pub adjustments: Vec<Adjustment>,
    pub payments: Vec<OrderPayment>,
}

impl Order {
    #[must_use]
    pub fn is_invoice(&self) -> bool {
        self.source == INVOICE_SOURCE
    }

    /// The same order, with nothing that says who placed it.
    #[must_use]
    pub fn nameless(&self) -> Order {
        let nameless = |payment: &OrderPayment| OrderPayment { last_digits: String::new(), ..payment.clone() };
        Order { customer: None, payments: self.payments.iter().map(nameless).collect(), ..self.clone() }
    }
}

/// A thing that was ordered, with what was chosen to go with it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderItem {
    pub name: String,
    /// In thousandths: half a pound is 500.
    pub quantity_milli: i64,
    /// Before discounts, modifiers included; of a modifier its own part, which is not added again.
    pub gross: Cents,
    /// Discounts of this item.
    pub discount: Cents,
    /// What the guest pays for it, without tax.
    pub price: Cents,
    pub tax: Cents,
    pub voided: bool,
    /// A gift card or the like: paid, and not revenue.
    pub deferred: bool,
    pub refunded: Cents,
    pub modifiers: Vec<OrderItem>,
}

/// What an adjustment of an order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AdjustmentKind {
    Discount,
    ServiceCharge,
    /// A service charge that goes to the staff: a tip.
    Gratuity,
    /// A collection for a good cause: not revenue.
    Fundraising,
    Tax,
}

/// A named amount of a whole order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Adjustment {
    pub kind: AdjustmentKind,
    pub name: String,
    pub amount: Cents,
}

/// One payment of an order. Card numbers are never kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderPayment {
    /// `CASH`, `CREDIT`, `GIFTCARD`, …: an open list, as the source writes it.
    pub kind: String,
    /// `VISA`; empty for what is no card.
    pub card: String,
    /// The last four digits of the card; kept only for a client whose setting keeps guests' names.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub last_digits: String,
    pub amount: Cents,
    pub tip: Cents,
    pub refunded: Cents,
    pub tip_refunded: Cents,
    /// The business day of the refund.
    pub refund_day: Option<NaiveDate>,
    /// `CAPTURED`, `VOIDED`, …; empty when the source does not say.
    pub status: String,
    /// Whether the money came: neither voided nor denied nor still open.
    pub counts: bool,
    pub paid_ms: Option<i64>,
}

/// Who ordered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Customer {
    pub name: String,
    /// In lower case.
    pub email: String,
    /// Digits only.
    pub phone: String,
}

/// One line of the list of orders.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderRow {
    pub client: String,
    pub guid: String,
    pub number: String,
    pub business_day: NaiveDate,
    pub opened_ms: Option<i64>,
    pub source: String,
    pub state: OrderState,
    pub net: Cents,
    pub tips: Cents,
    pub refunds: Cents,
    pub total: Cents,
    /// Empty unless the client's setting keeps names.
    pub customer: String,
    pub link: Option<ContactLink>,
}

/// Somebody a client deals with, whom orders can be matched to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Contact {
    pub id: String,
    /// The id of the client whose contact it is.
    pub client: String,
    pub name: String,
    /// In lower case; empty when unknown.
    pub email: String,
    /// Digits only; empty when unknown.
    pub phone: String,
}

/// The contact of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContactLink {
    pub contact: String,
    pub name: String,
    /// Somebody decided it: no sync changes it.
    pub manual: bool,
}

/// A contact that may be the one of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContactScore {
    pub contact: Contact,
    pub score: u32,
}

impl ContactScore {
    /// `High`, `Medium` or `Low`.
    #[must_use]
    pub const fn confidence(&self) -> &'static str {
        match self.score {
            81.. => "High",
            41..=80 => "Medium",
            _ => "Low",
        }
    }
}
