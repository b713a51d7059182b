//! Budgets: a threshold that is reached, a limit that is used, a period that is heading too high.

use super::AlertFacts;
use super::tell::project_page;
use crate::model::{Alert, AlertLevel, AlertType, BudgetStanding, GLOBAL_BUDGET, Period, Scope, Threshold};

/// Every threshold that every budget has reached, and every project's limit.
pub(super) fn thresholds(facts: &AlertFacts<'_>) -> Vec<Alert> {
    let of = |budget: &BudgetStanding| -> Vec<Alert> {
        if budget.is_limit {
            return limit(budget).into_iter().collect();
        }
        let reached = |threshold: &&Threshold| {
            // Without usage nothing is reached, however small the budget is.
            budget.spent.count() > 0 && threshold.percent.is_reached(budget.spent.count(), budget.amount.count())
        };
        let thresholds = facts.choices.global_thresholds.iter();
        thresholds.filter(reached).map(|threshold| reached_alert(budget, threshold)).collect()
    };
    facts.analytics.budgets.iter().flat_map(of).collect()
}

/// Budgets that are expected to be crossed before their period ends.
pub(super) fn crossings(facts: &AlertFacts<'_>) -> Vec<Alert> {
    facts.analytics.budgets.iter().filter_map(crossing).collect()
}

fn reached_alert(budget: &BudgetStanding, threshold: &Threshold) -> Alert {
    let level = if threshold.is_critical() { AlertLevel::Critical } else { AlertLevel::Warning };
    let label = threshold.label.as_deref().filter(|label| !label.trim().is_empty()).unwrap_or(level.word());
    let used = budget.spent.per_mille_of(budget.amount).unwrap_or_default();
    let at_least = if budget.unpriced { "at least " } else { "" };
    let what = if budget.amount.is_tokens() { "use" } else { "spend" };
    let message = format!(
        "{} {what} is at {at_least}{}.{}% of {} {}budget ({label})",
        budget.name,
        used / 10,
        used % 10,
        budget.amount,
        budget.period.adjective()
    );
    let name = if budget.id == GLOBAL_BUDGET { GLOBAL_BUDGET.to_owned() } else { format!("budget-{}", budget.id) };
    Alert { message, detail: heading(budget), ..alert(budget, &format!("{name}-{}", threshold.percent), level) }
}

/// A limit of `alerts.json`: nothing before all of it is used, and then at once critical.
fn limit(budget: &BudgetStanding) -> Option<Alert> {
    let (spent, amount) = (budget.spent, budget.amount);
    if amount.count() <= 0 || spent.count() < amount.count() {
        return None;
    }
    // Exactly all of it is used, not exceeded.
    let how = if spent == amount { "all of its" } else { "exceeding its" };
    let message = format!("Project \"{}\" has spent {spent}, {how} {amount} limit", budget.name);
    let key = format!("{}-limit", budget.id);
    Some(Alert { message, detail: heading(budget), ..alert(budget, &key, AlertLevel::Critical) })
}

fn crossing(budget: &BudgetStanding) -> Option<Alert> {
    let forecast = budget.forecast?;
    let date = forecast.crosses?;
    let message = format!(
        "{} is on pace for {} of its {} {}budget and crosses it on {}",
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
    let found = alert(budget, &format!("forecast-{}", budget.id), AlertLevel::Warning);
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

fn alert(budget: &BudgetStanding, key: &str, level: AlertLevel) -> Alert {
    let kind = match &budget.scope {
        Scope::Global if budget.id == GLOBAL_BUDGET => AlertType::Global,
        Scope::Project(_) => AlertType::Project,
        _ => AlertType::Budget,
    };
    Alert {
        alert_key: format!("{key}@{}", budget.period_key),
        kind,
        level,
        scope: budget.scope.clone(),
        project_name: budget.scope.project().map(|_| budget.name.clone()),
        period: budget.period_key.clone(),
        href: budget.scope.project().map_or_else(|| "/tokens".to_owned(), project_page),
        // Another amount is another budget: what is reached of it is news again.
        basis: budget.amount.to_string(),
        ..Alert::default()
    }
}
