//! Toast: the orders of a restaurant, as its till has them.
//!
//! Requests and parsers, all pure; the asking is [`feed`]'s. What an order comes to is said in `metrics` and nowhere
//! else. Names, addresses and telephone numbers of guests are dropped as they are read unless the client's setting keeps
//! them; card numbers have no place to go at all.

pub mod feed;
mod fields;
mod limits;
pub mod link;
pub mod login;
mod metrics;
mod order;
pub mod restaurant;
pub mod webhook;
mod wire;

pub use order::{Reading, Unreadable, parse_order, parse_page};

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};

/// What people read.
pub const LABEL: &str = "Toast";
/// Where the API answers unless a client says otherwise.
pub const BASE_URL: &str = "https://ws-api.toasttab.com";
/// Sets it for all clients, for a sandbox or a test.
pub const BASE_VARIABLE: &str = "ALLCLEAR_TOAST_BASE_URL";
/// Names the location a request is about, by its GUID.
pub const RESTAURANT_HEADER: &str = "toast-restaurant-external-id";
pub const ORDERS_PATH: &str = "/orders/v2/ordersBulk";
/// The number of the parser: one that understands more has a higher one, and what could not be read is read again.
pub const READER: i64 = 1;
/// As many as Toast gives.
pub const PAGE_SIZE: u32 = 100;

/// Which orders to ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// Changed within these moments, the last not included.
    Changed { from: DateTime<Utc>, to: DateTime<Utc> },
    /// Of a business day.
    Day(NaiveDate),
}

impl Window {
    /// Returns the query of a page, 1 being the first.
    #[must_use]
    pub fn query(self, page: u32) -> Vec<(&'static str, String)> {
        let mut query = match self {
            Window::Changed { from, to } => vec![("startDate", moment(from)), ("endDate", moment(to))],
            Window::Day(day) => vec![("businessDate", day.format("%Y%m%d").to_string())],
        };
        query.push(("pageSize", PAGE_SIZE.to_string()));
        query.push(("page", page.to_string()));
        query
    }
}

/// `2026-11-18T14:13:12.000+0000`, which is how Toast writes it.
fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true).replace('Z', "+0000")
}

#[cfg(test)]
mod tests;
