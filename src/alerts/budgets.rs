//! Budgets: a threshold that is reached, a limit that is used, a period that is heading too high.

use super::AlertFacts;
use super::tell::project_page;
use crate::model::{Alert, AlertLevel, AlertType, BudgetStanding, GLOBAL_BUDGET, Period, Scope, Threshold};

/// Every threshold that every budget has reached, and every project's limit.
pub(super) fn thresholds(facts: &AlertFacts<'_>) -> Vec<Alert> {
    let of = |budget: &BudgetStanding| -> Vec<Alert> {
        if budget.is_limit {
            return limit(facts, budget).into_iter().collect();
        }
        let reached = |threshold: &&Threshold| {
            // Without usage nothing is reached, however small the budget is.
            budget.spent.count() > 0 && threshold.percent.is_reached(budget.spent.count(), budget.amount.count())
        };
        let thresholds = facts.choices.global_thresholds.iter();
        thresholds.filter(reached).map(|threshold| reached_alert(facts, budget, threshold)).collect()
    };
    facts.analytics.budgets.iter().flat_map(of).collect()
}

/// Budgets that are expected to be crossed before their period ends.
pub(super) fn crossings(facts: &AlertFacts<'_>) -> Vec<Alert> {
    facts.analytics.budgets.iter().filter_map(|budget| crossing(facts, budget)).collect()
}

fn reached_alert(facts: &AlertFacts<'_>, budget: &BudgetStanding, threshold: &Threshold) -> Alert {
    let level = if threshold.is_critical() { AlertLevel::Critical } else { AlertLevel::Warning };
    let label = threshold.label.as_deref().filter(|label| !label.trim().is_empty()).unwrap_or(level.word());
    let used = budget.spent.per_mille_of(budget.amount).unwrap_or_default();
    let or_more = if budget.unpriced { " or more" } else { "" };
    let what = if budget.amount.is_tokens() { "use" } else { "spend" };
    let message = format!(
        "{} {what} is at {}.{}%{or_more} of {} {}budget ({label})",
        budget.name,
        used / 10,
        used % 10,
        budget.amount,
        budget.period.adjective()
    );
    let key = format!("{}-{}", name(budget), threshold.percent);
    Alert { message, detail: heading(budget), ..alert(facts, budget, &key, level) }
}

/// A limit of `alerts.json`: no threshold before all of it is used, and then at once critical.
fn limit(facts: &AlertFacts<'_>, budget: &BudgetStanding) -> Option<Alert> {
    let (spent, amount) = (budget.spent, budget.amount);
    if amount.count() <= 0 || spent.count() < amount.count() {
        return None;
    }
    // Exactly all of it is used, not exceeded.
    let how = if spent == amount { "all of its" } else { "exceeding its" };
    let message = format!("Project \"{}\" has spent {spent}, {how} {amount} limit", budget.name);
    let key = format!("{}-limit", name(budget));
    Some(Alert { message, detail: heading(budget), ..alert(facts, budget, &key, AlertLevel::Critical) })
}

fn crossing(facts: &AlertFacts<'_>, budget: &BudgetStanding) -> Option<Alert> {
    let forecast = budget.forecast?;
    let date = forecast.crosses?;
    let at_least = if budget.unpriced { "at least " } else { "" };
    let what = if budget.is_limit { "limit" } else { "budget" };
    let message = format!(
        "{} is on pace for {at_least}{} of its {} {}{what} and crosses it on {}",
        budget.name,
        forecast.end,
        budget.amount,
        budget.period.adjective(),
        date.format("%-d %b")
    );
    let range = match (forecast.crosses_from, forecast.crosses_to) {
        (Some(from), Some(to)) if from != to => {
            format!("80 % range {} to {}", from.format("%-d %b"), to.format("%-d %b"))
        }
        (Some(from), None) => format!("80 % range {} to not in this period", from.format("%-d %b")),
        _ => String::new(),
    };
    let found = alert(facts, budget, &format!("forecast-{}", name(budget)), AlertLevel::Warning);
    Some(Alert { kind: AlertType::Forecast, message, detail: range, ..found })
}

/// Where the period is heading, in a sentence; nothing where there is no forecast.
fn heading(budget: &BudgetStanding) -> String {
    let at_least = if budget.unpriced { "at least " } else { "" };
    let end = |when: &str| {
        budget.forecast.map_or_else(String::new, |forecast| format!("On pace for {at_least}{} {when}", forecast.end))
    };
    match budget.period {
        Period::Month => end("by the end of the month"),
        Period::Week => end("by Sunday"),
        Period::Day => String::new(),
        Period::Days(days) => end(&format!("in the next {days} days")),
    }
}

/// Begins its keys: one of the user's never meets one of ours.
fn name(budget: &BudgetStanding) -> String {
    let own = budget.id == GLOBAL_BUDGET || budget.is_limit;
    if own { budget.id.clone() } else { format!("budget-{}", budget.id) }
}

fn alert(facts: &AlertFacts<'_>, budget: &BudgetStanding, key: &str, level: AlertLevel) -> Alert {
    let kind = match &budget.scope {
        Scope::Global if budget.id == GLOBAL_BUDGET => AlertType::Global,
        Scope::Project(_) => AlertType::Project,
        _ => AlertType::Budget,
    };
    // What is no project yet has no page.
    let page = budget.scope.project().filter(|id| facts.projects.iter().any(|project| project.id == *id));
    Alert {
        alert_key: format!("{key}@{}", budget.period_key),
        kind,
        level,
        scope: budget.scope.clone(),
        project_name: budget.scope.project().map(|_| budget.name.clone()),
        period: budget.period_key.clone(),
        href: page.map_or_else(|| "/tokens".to_owned(), project_page),
        // Another amount is another budget: what is reached of it is news again.
        basis: serde_json::to_string(&budget.amount).unwrap_or_default(),
        ..Alert::default()
    }
}
