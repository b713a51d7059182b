//! One message or bucket of token usage, as a source read it and pricing judged it.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

use super::{Spend, Tokens, Usd};

/// How a cost is known, best first. The same usage is counted once, by the best basis it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// An invoice-grade report of the provider.
    Billed,
    /// The log's own figure.
    Reported,
    /// Tokens times price.
    Estimated,
    /// No price is known: the tokens count, the cost is unknown.
    Unpriced,
}

impl Basis {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Basis::Billed => "billed",
            Basis::Reported => "reported",
            Basis::Estimated => "estimated",
            Basis::Unpriced => "unpriced",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Basis> {
        [Basis::Billed, Basis::Reported, Basis::Estimated, Basis::Unpriced]
            .into_iter()
            .find(|basis| basis.as_str() == text)
    }
}

/// A fact: what one request used. Never holds prompt or answer text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageEvent {
    /// Unique within its source; two sightings of the same usage share it.
    pub key: Arc<str>,
    /// Milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// The day in the user's zone, days since 1970-01-01.
    pub day: i32,
    pub session: Arc<str>,
    pub project: Arc<str>,
    pub model: Arc<str>,
    pub tokens: Tokens,
    pub web_searches: u32,
    /// What changes the price of a request beside its tokens: `""`, or words of `pricing::Modifiers` joined by `+`.
    pub modifiers: Arc<str>,
    /// `None` exactly when the basis is [`Basis::Unpriced`].
    pub cost: Option<Usd>,
    pub basis: Basis,
}

/// How far one file (or page) of a source has been read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub item: String,
    pub position: i64,
    /// What the item looked like then; the source's own text.
    pub stamp: String,
}

/// What a source read in one go: facts and how far it came, to be stored together.
#[derive(Debug, Default)]
pub struct Batch {
    pub source: &'static str,
    pub events: Vec<UsageEvent>,
    pub cursors: Vec<Cursor>,
    pub replaces: Replaces,
}

/// Which stored facts go when they are not in the batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Replaces {
    /// A log: what was read before stays.
    #[default]
    Nothing,
    /// A file that is the truth as a whole; its cursors go too.
    Everything,
    /// The days a provider's report spoke of, each by the beginning its keys share. It ends in `;`.
    Days(Vec<String>),
}

/// One row of the roll-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollupRow {
    pub source: Arc<str>,
    pub date: NaiveDate,
    pub session: Arc<str>,
    pub project: Arc<str>,
    pub model: Arc<str>,
    pub spend: Spend,
}

/// What was used in one quarter of an hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuarterRow {
    /// Where it begins, milliseconds since 1970 UTC.
    pub at_ms: i64,
    pub project: Arc<str>,
    pub messages: u64,
    pub tokens: u64,
    /// The known part.
    pub cost: Usd,
    pub unpriced_messages: u64,
}

/// A session's usage, for the paged table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    pub source: String,
    pub session: String,
    pub project: String,
    pub models: Vec<String>,
    pub last_day: NaiveDate,
    pub spend: Spend,
}

/// Days from 1970-01-01 to `date`.
#[must_use]
pub fn epoch_day(date: NaiveDate) -> i32 {
    date.num_days_from_ce() - UNIX_EPOCH_FROM_CE
}

/// The date of an epoch day; a number outside chrono's calendar gives 1970-01-01.
#[must_use]
pub fn from_epoch_day(day: i32) -> NaiveDate {
    day.checked_add(UNIX_EPOCH_FROM_CE).and_then(NaiveDate::from_num_days_from_ce_opt).unwrap_or_default()
}

const UNIX_EPOCH_FROM_CE: i32 = 719_163;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn epoch_days_round_trip() {
        let date = NaiveDate::from_ymd_opt(2026, 11, 20).expect("a date");
        assert_eq!(from_epoch_day(epoch_day(date)), date);
        assert_eq!(epoch_day(NaiveDate::default()), 0);
    }
}
