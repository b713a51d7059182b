//! What to do next: the five most pressing of all that the measures ask for.

use chrono::NaiveDate;

use super::{HealthInput, count, percent};
use crate::model::{ActionCategory, Advisories, NextAction, Priority, Ratio};

/// More at once is no list of next actions.
const SHOWN: usize = 5;

/// Returns at most five, the most pressing first.
#[must_use]
pub fn next_actions(input: &HealthInput<'_>, today: NaiveDate) -> Vec<NextAction> {
    let mut actions: Vec<NextAction> = [deadline(input, today), advisories(input), failing(input)]
        .into_iter()
        .chain(sides(input))
        .chain([lighthouse(input), issues(input), tasks(input), stalled(input, today), deploy(input)])
        .flatten()
        .collect();
    actions.sort_by_key(|action| action.priority);
    actions.truncate(SHOWN);
    actions
}

fn action(
    id: &str,
    (priority, category): (Priority, ActionCategory),
    title: impl Into<String>,
    description: impl Into<String>,
    estimated_days: Option<u32>,
) -> NextAction {
    let (title, description) = (title.into(), description.into());
    NextAction { id: id.to_owned(), priority, category, title, description, estimated_days }
}

fn deadline(input: &HealthInput<'_>, today: NaiveDate) -> Option<NextAction> {
    let days = input.days_left(today)?;
    let kind = (Priority::Critical, ActionCategory::Development);
    let progress = input.progress.map(|progress| format!(" at {progress} % progress")).unwrap_or_default();
    if days < 0 {
        let words = format!(
            "It was due {} ago{progress}. Finish it, or agree on another date.",
            count(days.unsigned_abs(), "day")
        );
        return Some(action("deadline", kind, "Settle the missed deadline", words, None));
    }
    let behind = days < 7 && input.progress.is_some_and(|progress| progress < 90);
    let left = count(days.unsigned_abs(), "day");
    let words = || format!("{left} left{progress}. Cut the scope, or agree on another date.");
    behind.then(|| action("deadline", kind, "Save the deadline", words(), u32::try_from(days).ok()))
}

fn advisories(input: &HealthInput<'_>) -> Option<NextAction> {
    let Advisories { critical, high, .. } = input.quality?.advisories?;
    let priority = match (critical, high) {
        (0, 0) => return None,
        (0, _) => Priority::High,
        _ => Priority::Critical,
    };
    let words = format!("{critical} critical and {high} high advisories are known for its dependencies.");
    Some(action("advisories", (priority, ActionCategory::Quality), "Update vulnerable dependencies", words, Some(1)))
}

fn failing(input: &HealthInput<'_>) -> Option<NextAction> {
    let failed = input.quality?.tests?.failed;
    let words = || format!("{} of the last run failed.", count(failed, "test"));
    let kind = (Priority::High, ActionCategory::Testing);
    (failed > 0).then(|| action("failing-tests", kind, "Repair the failing tests", words(), Some(1)))
}

fn sides(input: &HealthInput<'_>) -> [Option<NextAction>; 2] {
    let of = |id: &str, side: &str, lines: Option<Ratio>| {
        let coverage = lines.and_then(Ratio::basis_points).filter(|coverage| *coverage < 7_000)?;
        let priority = if coverage < 5_000 { Priority::High } else { Priority::Medium };
        let title = format!("Raise the {side} test coverage");
        let words = format!("{} of its lines are tested; 70 % is the least to aim for.", percent(coverage));
        Some(action(id, (priority, ActionCategory::Testing), title, words, Some(3)))
    };
    let coverage = input.quality.map(|quality| quality.coverage).unwrap_or_default();
    [of("coverage-frontend", "frontend", coverage.frontend), of("coverage-backend", "backend", coverage.backend)]
}

fn lighthouse(input: &HealthInput<'_>) -> Option<NextAction> {
    let score = input.lighthouse().filter(|score| *score < 90)?;
    let words = format!("Lighthouse gives its performance {score} of 100; 90 is good.");
    Some(action("lighthouse", (Priority::Medium, ActionCategory::Quality), "Make the page faster", words, Some(2)))
}

fn issues(input: &HealthInput<'_>) -> Option<NextAction> {
    let open = input.open_issues().filter(|open| *open > 5)?;
    let priority = if open > 10 { Priority::High } else { Priority::Medium };
    let words = format!("{open} TODO, FIXME and HACK comments wait in the source.");
    Some(action("open-issues", (priority, ActionCategory::Quality), "Work off the open issues", words, Some(2)))
}

fn tasks(input: &HealthInput<'_>) -> Option<NextAction> {
    let tasks = input.tasks()?;
    let left = tasks.total.saturating_sub(tasks.done);
    let words = || format!("{} of {} are left.", count(left, "task"), tasks.total);
    let kind = (Priority::Medium, ActionCategory::Development);
    (left > 0).then(|| action("tasks", kind, "Finish the pending tasks", words(), None))
}

fn stalled(input: &HealthInput<'_>, today: NaiveDate) -> Option<NextAction> {
    let days = input.idle_days(today).filter(|days| *days > 7 && input.active)?;
    let words = format!(
        "Nothing has happened for {}. Take it up again, or set it to paused.",
        count(days.unsigned_abs(), "day")
    );
    let kind = (Priority::Medium, ActionCategory::Development);
    Some(action("stalled", kind, "Take the project up again", words, None))
}

/// Only what is known to be good is ready: no data is no permission.
fn deploy(input: &HealthInput<'_>) -> Option<NextAction> {
    let ready = input.active
        && input.progress.is_some_and(|progress| progress >= 95)
        && input.coverage().is_some_and(|coverage| coverage >= 7_000)
        && input.lighthouse().is_some_and(|score| score >= 85)
        && input.open_issues() == Some(0);
    let words = "Progress, coverage and Lighthouse are good, and no issue is open.";
    let kind = (Priority::High, ActionCategory::Deployment);
    ready.then(|| action("deploy", kind, "Ready to deploy", words, Some(1)))
}
