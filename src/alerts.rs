//! When something is wrong, and whether that is news.
//!
//! Two questions, answered apart. [`active`] says what holds now, from the numbers alone: banners and pages show that.
//! [`newly_fired`] compares it with what is remembered and says what to tell whom: each thing once in its period.
//!
//! Pure: no IO, no async, no clock. The numbers, the memory and the time are arguments.

mod budgets;
mod orders;
mod quality;
mod sources;
mod state;
mod tell;
#[cfg(test)]
mod tests;

use chrono::NaiveDate;

use crate::analytics::{ProjectReport, UnpricedModel};
use crate::model::{Alert, AlertRecord, AlertsFile, Analytics, Anomaly, Client};
pub use state::{Evaluation, acknowledged, newly_fired, shown, snoozed};
pub use tell::{endings, notifications};

/// The numbers alerts are judged by.
#[derive(Clone, Copy, Debug)]
pub struct AlertFacts<'a> {
    pub choices: &'a AlertsFile,
    /// Its budgets and the freshness of its sources.
    pub analytics: &'a Analytics,
    /// Which of today and yesterday cost far more than usual.
    pub spikes: &'a [Anomaly],
    pub projects: &'a [ProjectReport],
    pub unpriced: &'a [UnpricedModel],
    /// How the sync of their orders stands.
    pub clients: &'a [Client],
}

/// Returns everything that holds now, the worst first. Remembers nothing.
#[must_use]
pub fn active(facts: &AlertFacts<'_>, today: NaiveDate) -> Vec<Alert> {
    let rules = facts.choices.rules;
    let mut alerts = Vec::new();
    if rules.thresholds {
        alerts.extend(budgets::thresholds(facts));
    }
    if rules.forecast {
        alerts.extend(budgets::crossings(facts));
    }
    if rules.stale_source {
        alerts.extend(sources::stale(facts));
        alerts.extend(orders::failing(facts));
    }
    if rules.spike {
        alerts.extend(sources::spikes(facts));
    }
    if rules.quality_drop {
        alerts.extend(quality::drops(facts, today));
    }
    if rules.unpriced_model {
        alerts.extend(sources::unpriced(facts, today));
    }
    // Stable: what a rule says together stays together.
    alerts.sort_by_key(|alert| std::cmp::Reverse(alert.level));
    alerts
}

/// Returns what is remembered of an alert.
fn remembered<'a>(records: &'a [AlertRecord], key: &str) -> Option<&'a AlertRecord> {
    records.iter().find(|record| record.alert.alert_key == key)
}
