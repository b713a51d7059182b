//! Why the spend changed between two spans of days, and which days stood out.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Usd;

/// The change of the known cost between two spans, taken apart. The four parts add up to `total` exactly, and so do the
/// drivers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    pub total: Usd,
    /// More or less usage, by project, at what a token of the project cost before.
    pub volume: Usd,
    /// Other models, or more output for the same prompt.
    pub mix: Usd,
    /// A larger or smaller part of the prompts came from the cache.
    pub cache: Usd,
    /// The same tokens became dearer or cheaper.
    pub price: Usd,
    /// The largest first.
    pub drivers: Vec<Driver>,
    /// `+$38: +$29 Opus share on proj-07, +$9 cache misses`; empty when there is nothing to compare.
    pub sentence: String,
    /// Whether usage without a price was left out of either span.
    pub unpriced: bool,
}

/// One reason of a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Driver {
    pub kind: DriverKind,
    /// The project's name, as pages show it.
    pub project: String,
    /// The model's id; empty for [`DriverKind::Volume`].
    pub model: String,
    pub amount: Usd,
    /// `more work on proj-07`, `Opus 4.5 share on proj-07`; without the amount.
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DriverKind {
    Volume,
    Mix,
    Cache,
    Price,
    /// Smaller reasons, gathered.
    Other,
}

/// A day that cost far more or less than usual.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Anomaly {
    pub date: NaiveDate,
    /// The known part.
    pub cost: Usd,
    /// What the days before led to expect, and the band the day left.
    pub expected: Usd,
    pub low: Usd,
    pub high: Usd,
    /// The project and model (id) that did most of it, and by how much they left their usual; `None` when nothing did.
    pub project: Option<String>,
    pub model: Option<String>,
    pub driver: Option<Usd>,
    /// `$48 on 12 Nov, usually $12 to $20: +$29 Opus 4.5 on proj-07`
    pub sentence: String,
}
