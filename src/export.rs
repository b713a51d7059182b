//! What is stored, in the formats other programs read: CSV, JSON, and FOCUS for those who compare bills.
//!
//! Pure: numbers in, bytes out through an `io::Write` of the caller's. Knows `model`, `analytics` and `pricing`; never a
//! clock, a file, the network or the database. Nothing is rounded: amounts are written in full, so that sums are exact.

mod contacts;
mod csv;
pub mod focus;
mod json;
mod orders;
mod prices;
mod projects;
mod quality;
mod request;
mod runs;
mod sums;
mod usage;

use std::borrow::Cow;
use std::io;

use chrono::NaiveDate;

use crate::model::{Cents, DateRange, Usd};

pub use contacts::{CONTACTS, contact_row};
pub use orders::{ORDERS, OrdersRequest, order_row};
pub use prices::{PRICES, price_rows};
pub use projects::{PROJECTS, project_row};
pub use quality::{QUALITY, quality_row};
pub use request::{Days, Request};
pub use runs::{RUNS, run_rows};
pub use sums::sums;
pub use usage::{USAGE, usage_row};

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180, UTF-8, with a header.
    Csv,
    /// An object whose `rows` are objects.
    Json,
}

/// One value of a table. What is not known is [`Cell::Empty`]: an empty field, or `null`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    Empty,
    Text(Cow<'a, str>),
    /// A plain decimal, as JSON has it.
    Number(String),
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Cell<'a> {
        if text.is_empty() { Cell::Empty } else { Cell::Text(Cow::Borrowed(text)) }
    }
}

impl From<String> for Cell<'_> {
    fn from(text: String) -> Self {
        if text.is_empty() { Cell::Empty } else { Cell::Text(Cow::Owned(text)) }
    }
}

impl From<u64> for Cell<'_> {
    fn from(count: u64) -> Self {
        Cell::Number(count.to_string())
    }
}

impl From<u32> for Cell<'_> {
    fn from(count: u32) -> Self {
        Cell::Number(count.to_string())
    }
}

impl From<u8> for Cell<'_> {
    fn from(count: u8) -> Self {
        Cell::Number(count.to_string())
    }
}

impl From<Usd> for Cell<'_> {
    fn from(amount: Usd) -> Self {
        Cell::Number(amount.plain())
    }
}

impl From<Cents> for Cell<'_> {
    fn from(amount: Cents) -> Self {
        Cell::Number(amount.plain())
    }
}

impl From<NaiveDate> for Cell<'_> {
    fn from(date: NaiveDate) -> Self {
        Cell::Text(Cow::Owned(date.to_string()))
    }
}

impl<'a, T: Into<Cell<'a>>> From<Option<T>> for Cell<'a> {
    fn from(value: Option<T>) -> Cell<'a> {
        value.map_or(Cell::Empty, Into::into)
    }
}

/// A table that is written row by row, in as many pieces as the caller likes.
#[derive(Clone, Debug)]
pub struct Sheet {
    format: Format,
    columns: &'static [&'static str],
    /// Whether a row was written, and the next one needs a comma in front.
    begun: bool,
}

impl Sheet {
    #[must_use]
    pub const fn new(format: Format, columns: &'static [&'static str]) -> Sheet {
        Sheet { format, columns, begun: false }
    }

    /// Writes what comes before the rows. `head` is what the table is about; CSV has no place for it.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn begin(&self, out: &mut dyn io::Write, head: &[(&str, &str)]) -> io::Result<()> {
        match self.format {
            Format::Csv => csv::header(out, self.columns),
            Format::Json => json::begin(out, head),
        }
    }

    /// Writes rows; each has a cell for every column.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn rows<'a>(
        &mut self,
        out: &mut dyn io::Write,
        rows: impl IntoIterator<Item = Vec<Cell<'a>>>,
    ) -> io::Result<()> {
        match self.format {
            Format::Csv => csv::rows(out, rows),
            Format::Json => json::rows(out, self.columns, &mut self.begun, rows),
        }
    }

    /// Writes what comes after the rows.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn end(&self, out: &mut dyn io::Write) -> io::Result<()> {
        match self.format {
            Format::Csv => Ok(()),
            Format::Json => json::end(out),
        }
    }
}

/// Returns the months of the calendar a span touches, the first and the last cut to it.
pub fn months(span: DateRange) -> impl Iterator<Item = DateRange> {
    use chrono::{Datelike, Months};
    let next = |from: NaiveDate| from.with_day(1).and_then(|first| first.checked_add_months(Months::new(1)));
    let starts = std::iter::successors(Some(span.from), move |from| next(*from));
    starts.take_while(move |from| *from <= span.to).map(move |from| {
        let last = next(from).and_then(|next| next.pred_opt()).unwrap_or(span.to);
        DateRange { from, to: last.min(span.to) }
    })
}

#[cfg(test)]
mod tests;
