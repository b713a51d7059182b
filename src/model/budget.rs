//! A budget, what is spent of it, and where it is heading.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Usd;

/// `budget.json`: what may be spent in a month of the calendar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct BudgetFile {
    /// US dollars. Default 200.
    pub monthly: Usd,
    /// `USD`, the currency providers bill in.
    pub currency: String,
}

impl Default for BudgetFile {
    fn default() -> BudgetFile {
        BudgetFile { monthly: Usd::from_pico(200_000_000_000_000), currency: "USD".to_owned() }
    }
}

/// How near the end of a budget is at the pace of the last thirty days (behaviours 2.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    #[default]
    Normal,
    /// Less than fifteen days.
    Warning,
    /// Less than seven days, or exceeded.
    Critical,
}

/// A budget in the current month.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Budget {
    pub monthly: Usd,
    pub currency: String,
    /// The known part of what was spent since the first of the month.
    pub spent: Usd,
    /// Whether some usage of the month has no price, so that `spent` is a lower bound.
    pub unpriced: bool,
    /// Never below zero.
    pub remaining: Usd,
    /// A day, over the last thirty.
    pub burn_rate: Usd,
    /// Whole days until nothing remains at that rate; `None` when nothing is spent, or nothing remains.
    pub days_until_exhaustion: Option<u32>,
    pub exhaustion_date: Option<NaiveDate>,
    pub severity: Severity,
    /// In words: `Lasts 12 days at this pace`, `No spending detected`, `Budget exceeded`.
    pub message: String,
    /// `None` until there are two weeks to learn from.
    pub forecast: Option<Forecast>,
}

/// What a month is expected to come to, with the range that holds four times out of five.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Forecast {
    pub month_end: Usd,
    pub low: Usd,
    pub high: Usd,
    /// The day the budget is crossed on; `None` when the month ends before.
    pub crosses: Option<NaiveDate>,
    /// The earliest and the latest day, of four times out of five.
    pub crosses_from: Option<NaiveDate>,
    pub crosses_to: Option<NaiveDate>,
}

/// A day of a budget's month: what was spent by its end, or what the forecast expects by then. All are sums since the
/// first of the month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BudgetDay {
    pub date: NaiveDate,
    /// The known part; `None` on days to come.
    pub spent: Option<Usd>,
    /// What is expected, with the range that holds four times out of five; `None` without a forecast, and in the past.
    pub low: Option<Usd>,
    pub mid: Option<Usd>,
    pub high: Option<Usd>,
}
