//! Which orders are asked for, and in which order.

use serde::{Deserialize, Serialize};

use crate::model::DateRange;

/// Whose orders. There is no "none given means all": who forgets to say sees nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Whose {
    Everybody,
    /// Of these clients, by id; of nobody when it is empty.
    These(Vec<String>),
}

impl Whose {
    #[must_use]
    pub fn client(id: &str) -> Whose {
        Whose::These(vec![id.to_owned()])
    }
}

/// Which orders, and which of their sums.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderFilter {
    pub whose: Whose,
    /// Business days.
    pub range: DateRange,
    /// Looked for in number, items and customer; empty for everything.
    pub search: String,
    /// One source exactly, or empty for all.
    pub source: String,
    pub matched: Option<bool>,
    /// Lists what does not count too: voided, deleted, test. Sums never have them.
    pub voided: bool,
    pub invoices: bool,
}

impl OrderFilter {
    /// All orders that count of some days, invoices left out.
    #[must_use]
    pub const fn of(whose: Whose, range: DateRange) -> OrderFilter {
        OrderFilter {
            whose,
            range,
            search: String::new(),
            source: String::new(),
            matched: None,
            voided: false,
            invoices: false,
        }
    }
}

/// What the list is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OrderSort {
    /// Business day and time of opening.
    #[default]
    Opened,
    Number,
    /// Who ordered; orders of nobody known come last, whichever way it is sorted.
    Customer,
    Source,
    Total,
    Tips,
}

impl OrderSort {
    pub const ALL: [OrderSort; 6] = [
        OrderSort::Opened,
        OrderSort::Number,
        OrderSort::Customer,
        OrderSort::Source,
        OrderSort::Total,
        OrderSort::Tips,
    ];

    /// The word in addresses.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            OrderSort::Opened => "opened",
            OrderSort::Number => "number",
            OrderSort::Customer => "customer",
            OrderSort::Source => "source",
            OrderSort::Total => "total",
            OrderSort::Tips => "tips",
        }
    }

    #[must_use]
    pub fn parse(key: &str) -> Option<OrderSort> {
        OrderSort::ALL.into_iter().find(|sort| sort.key() == key)
    }
}

/// A page of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderPage {
    pub sort: OrderSort,
    pub descending: bool,
    pub offset: u32,
    pub limit: u32,
}
