//! What is wrong with the data and what stands out in it: stale sources, dear days, models without a price.

use chrono::{Days, NaiveDate};

use super::AlertFacts;
use crate::model::{Alert, AlertLevel, AlertType, Anomaly, Freshness, FreshnessState, Scope, compact};

/// A model nobody used for so long is no news.
const UNPRICED_DAYS: u64 = 30;

/// Sources that came due three times without a success, or cannot be read.
pub(super) fn stale(facts: &AlertFacts<'_>) -> Vec<Alert> {
    facts.analytics.freshness.iter().filter_map(stale_one).collect()
}

fn stale_one(source: &Freshness) -> Option<Alert> {
    let label = &source.label;
    // A refused key is another trouble than a provider that is down: who was told of the one has not heard of the other.
    let (rule, message) = match source.status {
        FreshnessState::Late => {
            let be = if label.ends_with('s') { "are" } else { "is" };
            ("stale", format!("{label} {be} late"))
        }
        FreshnessState::Failing => ("stale", format!("{label} could not be read")),
        FreshnessState::Unauthorised => ("refused", format!("{label}: the key was refused")),
        FreshnessState::Current | FreshnessState::RateLimited | FreshnessState::Skipped | FreshnessState::Never => {
            return None;
        }
    };
    let since = source.last_success.clone().unwrap_or_else(|| "never".to_owned());
    Some(Alert {
        alert_key: format!("{rule}-{}", source.source),
        kind: AlertType::StaleSource,
        level: AlertLevel::Warning,
        message,
        detail: source.message.clone(),
        scope: Scope::Source(source.source.clone()),
        period: since,
        href: "/sources".to_owned(),
        ..Alert::default()
    })
}

/// Today or yesterday, when it cost far more than usual.
pub(super) fn spikes(facts: &AlertFacts<'_>) -> Vec<Alert> {
    let alert = |day: &Anomaly| Alert {
        alert_key: format!("spike@{}", day.date),
        kind: AlertType::Spike,
        level: AlertLevel::Warning,
        message: day.sentence.clone(),
        period: day.date.to_string(),
        href: "/tokens".to_owned(),
        ..Alert::default()
    };
    facts.spikes.iter().map(alert).collect()
}

/// Models in use that have no price.
pub(super) fn unpriced(facts: &AlertFacts<'_>, today: NaiveDate) -> Vec<Alert> {
    let since = today.checked_sub_days(Days::new(UNPRICED_DAYS)).unwrap_or(today);
    let mut alerts: Vec<Alert> = Vec::new();
    for model in facts.unpriced.iter().filter(|model| model.last_day >= since) {
        let name = &model.model;
        // Two sources may use the same model.
        if alerts.iter().any(|alert| matches!(&alert.scope, Scope::Model(known) if known == name)) {
            continue;
        }
        let all = facts.unpriced.iter().filter(|other| other.model == *name);
        let tokens = all.clone().map(|other| other.tokens_in.saturating_add(other.tokens_out));
        let first = all.map(|other| other.first_day).min().unwrap_or(model.first_day);
        alerts.push(Alert {
            alert_key: format!("unpriced-{name}"),
            kind: AlertType::UnpricedModel,
            level: AlertLevel::Warning,
            message: format!("{name} has no price"),
            detail: format!("{} tokens of it are not in the totals", compact(tokens.sum())),
            scope: Scope::Model(name.clone()),
            period: first.to_string(),
            href: "/prices".to_owned(),
            ..Alert::default()
        });
    }
    alerts
}
