//! The pre-computed numbers: what `data/analytics.json` publishes and the pages draw.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Anomaly, Budget, BudgetStanding, Change, CostByBasis, Tokens, Unpriced, Usd};

/// Where the spend of projects without a client stands.
pub const NO_CLIENT: &str = "(no client)";
/// Where the spend stands that no machine's logs told of.
pub const NO_MACHINE: &str = "(no machine)";

/// The whole published document (`data/analytics.json`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Analytics {
    /// RFC 3339, UTC.
    pub generated_at: String,
    pub timezone: String,
    /// Keyed `7d`, `30d`, `90d`.
    pub windows: BTreeMap<String, WindowStats>,
    #[serde(default)]
    pub budget: Budget,
    /// Every budget, that of all spend in a month first.
    #[serde(default)]
    pub budgets: Vec<BudgetStanding>,
    /// Days of the last 90 that cost far more or less than usual, latest first.
    #[serde(default)]
    pub anomalies: Vec<Anomaly>,
    pub freshness: Vec<Freshness>,
}

/// One model's, project's or source's share of a window.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Breakdown {
    /// `None`: there is usage, and none of it has a price.
    pub cost: Option<Usd>,
    pub tokens_in: u64,
    pub tokens_out: u64,
    pub tokens: Tokens,
    pub messages: u64,
    pub sessions: u64,
    /// True when a part of the usage has no price, so that `cost` is a lower bound.
    pub unpriced: bool,
}

/// A day of a window; days without usage are there with zeros.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DaySpend {
    pub date: NaiveDate,
    pub cost: Option<Usd>,
    pub tokens_in: u64,
    pub tokens_out: u64,
    #[serde(default)]
    pub tokens: Tokens,
    /// A span names the same models, projects and sources day after day: the names are shared.
    pub by_model: BTreeMap<Arc<str>, Option<Usd>>,
    pub by_project: BTreeMap<Arc<str>, Option<Usd>>,
    pub by_source: BTreeMap<Arc<str>, Option<Usd>>,
}

/// One hour of the week, added up over the weeks of a window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HourSpend {
    /// `None`: there is usage, and none of it has a price.
    pub cost: Option<Usd>,
    pub tokens: u64,
    pub messages: u64,
}

/// A session, with what it cost in the window.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TopSession {
    pub source: String,
    pub session: String,
    pub project: String,
    pub models: Vec<String>,
    pub last_day: NaiveDate,
    pub cost: Option<Usd>,
    pub tokens: Tokens,
    pub messages: u64,
    /// True when a part of the usage has no price, so that `cost` is a lower bound.
    pub unpriced: bool,
}

/// The same span right before the window.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PreviousWindow {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub total_cost: Option<Usd>,
    pub tokens_in: u64,
    pub tokens_out: u64,
}

/// Everything about one window.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WindowStats {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub days: u32,
    pub total_cost: Option<Usd>,
    pub cost_basis: CostByBasis,
    pub tokens_in: u64,
    pub tokens_out: u64,
    pub tokens: Tokens,
    pub messages: u64,
    pub sessions: u64,
    /// `totalCost / days` (002-05).
    pub burn_rate: Option<Usd>,
    pub by_model: BTreeMap<String, Breakdown>,
    pub by_project: BTreeMap<String, Breakdown>,
    pub by_source: BTreeMap<String, Breakdown>,
    /// By the client of each project; projects without one are under [`NO_CLIENT`].
    #[serde(default)]
    pub by_client: BTreeMap<String, Breakdown>,
    /// By the machine whose logs were read; what a provider reported is under [`NO_MACHINE`].
    #[serde(default)]
    pub by_machine: BTreeMap<String, Breakdown>,
    /// By who used it: the person of a machine, or of a session of telemetry; the rest is under
    /// [`NO_MEMBER`](super::NO_MEMBER).
    #[serde(default)]
    pub by_member: BTreeMap<String, Breakdown>,
    /// As a provider reports its agent's users, by e-mail address or key; for comparing, and in no total.
    #[serde(default)]
    pub by_person: BTreeMap<String, Breakdown>,
    pub daily: Vec<DaySpend>,
    /// Seven days from Monday by twenty-four hours, in the user's zone; only of sources that tell the time of day.
    #[serde(default)]
    pub heat_map: Vec<Vec<HourSpend>>,
    /// The dearest, dearest first.
    #[serde(default)]
    pub top_sessions: Vec<TopSession>,
    /// What the prompt cache saved against reading everything afresh, writing to it counted in; `None` when no usage
    /// has a price.
    #[serde(default)]
    pub cache_savings: Option<Usd>,
    pub previous: PreviousWindow,
    /// Change of the cost against the previous window in whole percent; `None` when there is nothing to compare with.
    pub trend_pct: Option<i64>,
    /// Why the cost changed against the previous window.
    #[serde(default)]
    pub change: Change,
    pub unpriced: Unpriced,
}

/// How current one source is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FreshnessState {
    Current,
    /// Came due three times without a success.
    Late,
    /// The provider asks to be left alone for a while.
    RateLimited,
    /// The provider refuses the key.
    Unauthorised,
    Failing,
    /// Nothing to read: not configured, or nothing found.
    Skipped,
    #[default]
    Never,
}

impl FreshnessState {
    /// The word for it on a page.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            FreshnessState::Current => "current",
            FreshnessState::Late => "late",
            FreshnessState::RateLimited => "rate limited",
            FreshnessState::Unauthorised => "key refused",
            FreshnessState::Failing => "failing",
            FreshnessState::Skipped => "skipped",
            FreshnessState::Never => "not read yet",
        }
    }

    /// The colour of the dot beside the word: `ok`, `warn`, `bad` or nothing.
    #[must_use]
    pub const fn dot(self) -> &'static str {
        match self {
            FreshnessState::Current => "ok",
            FreshnessState::Late | FreshnessState::RateLimited => "warn",
            FreshnessState::Unauthorised | FreshnessState::Failing => "bad",
            FreshnessState::Skipped | FreshnessState::Never => "",
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Freshness {
    pub source: String,
    /// The name people read.
    pub label: String,
    /// RFC 3339, UTC.
    pub last_success: Option<String>,
    pub last_attempt: Option<String>,
    pub status: FreshnessState,
    pub message: String,
    pub due_by: Option<String>,
    /// Facts the last attempt added or changed.
    #[serde(default)]
    pub rows: u64,
    #[serde(default)]
    pub duration_ms: u64,
}
