//! Sums of orders.

use std::ops::AddAssign;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::model::Cents;

/// What orders came to, those that count.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderSums {
    /// Orders that count.
    pub orders: u64,
    /// Rows the filter lists: the orders that count, and the others when they are asked for.
    pub listed: u64,
    /// Of `orders`, how many have a contact.
    pub matched: u64,
    pub guests: u64,
    pub net: Cents,
    pub gross: Cents,
    pub discounts: Cents,
    pub service_charges: Cents,
    pub tax: Cents,
    pub tips: Cents,
    /// Given back on these days, of whatever day the order was.
    pub refunds: Cents,
    pub total: Cents,
    /// The currency of all of it; `None` when clients differ, and then no amount means anything.
    pub currency: Option<String>,
}

impl OrderSums {
    /// Returns the average revenue of an order; `None` without orders.
    #[must_use]
    pub fn average(&self) -> Option<Cents> {
        self.net.each(self.orders)
    }
}

impl AddAssign<&OrderSums> for OrderSums {
    fn add_assign(&mut self, other: &OrderSums) {
        self.orders += other.orders;
        self.listed += other.listed;
        self.matched += other.matched;
        self.guests += other.guests;
        self.net += other.net;
        self.gross += other.gross;
        self.discounts += other.discounts;
        self.service_charges += other.service_charges;
        self.tax += other.tax;
        self.tips += other.tips;
        self.refunds += other.refunds;
        self.total += other.total;
    }
}

/// A business day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DaySums {
    pub day: NaiveDate,
    pub sums: OrderSums,
}

/// An hour of the week, by the restaurants' clocks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HourSums {
    /// Of the business day: 0 is Monday.
    pub weekday: u8,
    pub hour: u8,
    pub orders: u64,
    pub net: Cents,
}

/// A way to pay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentSums {
    /// `CREDIT`, as the source writes it.
    pub kind: String,
    pub payments: u64,
    pub amount: Cents,
    pub tips: Cents,
}

/// A thing on the menu; gift cards are none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemSums {
    pub name: String,
    pub quantity_milli: i64,
    /// After the item's own discounts.
    pub net: Cents,
}
