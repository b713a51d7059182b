//! Tables over time: what is told when the clock moves, months end, budgets change and people answer.

use chrono::{DateTime, Duration, TimeZone, Utc};
use chrono_tz::Tz;

use super::*;
use crate::analytics::{Facts, ProjectNames, generate};
use crate::model::{
    AlertLevel, AlertState, AlertType, Basis, BudgetFile, Budgets, Freshness, FreshnessState, QuietHours, RollupRow,
    Spend, Tokens, Usd,
};

mod memory;
mod rules;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn usd(dollars: f64) -> Usd {
    Usd::from_f64(dollars).expect("money")
}

fn row(date: &str, project: &str, dollars: f64) -> RollupRow {
    RollupRow {
        source: "claude_code".into(),
        date: day(date),
        session: "s".into(),
        project: project.into(),
        model: "claude-opus-4-5".into(),
        spend: Spend::of(Tokens { input: 1_000, ..Tokens::default() }, Some(usd(dollars)), Basis::Estimated),
    }
}

fn choices(json: &str) -> AlertsFile {
    serde_json::from_str(json).expect("parses")
}

/// What holds when these rows are all there is.
fn active_of(rows: &[RollupRow], budget: &str, choices: &AlertsFile, today: &str) -> Vec<Alert> {
    let file: BudgetFile = serde_json::from_str(budget).expect("parses");
    let names =
        ProjectNames::new(rows.iter().map(|row| row.project.as_ref()), &crate::analytics::Attribution::default());
    let facts = Facts::of(rows.to_vec(), names, Facts::none().rates);
    let mut budgets = Budgets::of(&file, choices);
    budgets.others.iter_mut().for_each(|budget| {
        budget.name.get_or_insert(budget.scope.value().to_owned());
    });
    let analytics = generate(&facts, day(today), "UTC", &budgets, Vec::new(), DateTime::UNIX_EPOCH);
    let facts = AlertFacts { choices, analytics: &analytics, spikes: &[], projects: &[], unpriced: &[], clients: &[] };
    active(&facts, day(today))
}

fn keys(alerts: &[Alert]) -> Vec<&str> {
    alerts.iter().map(|alert| alert.alert_key.as_str()).collect()
}
