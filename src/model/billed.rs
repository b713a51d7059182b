//! What a provider billed for a day, what it took back, and who else sees the same usage.

use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Usd;

/// An amount of an invoice-grade report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BilledRow {
    pub source: Arc<str>,
    /// A UTC day.
    pub date: NaiveDate,
    /// The text of an origin: the workspace or project it was billed to.
    pub origin: Arc<str>,
    /// What was paid for, in the provider's words.
    pub kind: Arc<str>,
    /// Empty when the bill names none.
    pub model: Arc<str>,
    /// Negative for a credit.
    pub amount: Usd,
}

/// A day that was complete and became smaller when it was read again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Revision {
    pub source: String,
    pub date: NaiveDate,
    /// Milliseconds since 1970 UTC.
    pub noted_ms: i64,
    pub tokens_before: u64,
    pub tokens_after: u64,
    pub cost_before: Usd,
    pub cost_after: Usd,
}

/// A source that sees usage which a provider's report holds too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overlap {
    /// The log.
    pub seen_by: &'static str,
    /// The provider's report. Its days are UTC days.
    pub reported_by: &'static str,
    /// Whether the log's days are those of the user's zone, and not UTC days too.
    pub has_local_days: bool,
    /// Whether the report is that of a proxy, through which only a part of what the log sees may have gone.
    pub by_proxy: bool,
}
