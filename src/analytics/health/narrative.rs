//! How a project stands, told in one paragraph. What is not known is not told.

use chrono::NaiveDate;

use super::{HealthInput, count, percent};
use crate::model::{Coverage, Evidence, Measure, QualityEntry, Ratio, TestCounts};

/// Tells how a project stands.
#[must_use]
pub fn narrative(input: &HealthInput<'_>, today: NaiveDate) -> String {
    let mut sentences: Vec<String> = Vec::new();
    sentences.extend(progress(input, today));
    sentences.extend(activity(input, today));
    sentences.extend(code(input));
    if sentences.is_empty() {
        return format!("Nothing is known of {} yet.", input.name);
    }
    sentences.join(" ")
}

fn progress(input: &HealthInput<'_>, today: NaiveDate) -> Option<String> {
    let done = match (input.progress, input.tasks()) {
        (Some(progress), Some(tasks)) => {
            Some(format!("is {progress} % done, with {} of {} tasks", tasks.done, tasks.total))
        }
        (Some(progress), None) => Some(format!("is {progress} % done")),
        (None, Some(tasks)) => Some(format!("has {} of {} tasks done", tasks.done, tasks.total)),
        (None, None) => None,
    };
    let due = input.days_left(today).map(|days| match days {
        ..0 => format!("is {} over its deadline", count(days.unsigned_abs(), "day")),
        0 => "is due today".to_owned(),
        _ => format!("has {} to its deadline", count(days.unsigned_abs(), "day")),
    });
    let said: Vec<String> = done.into_iter().chain(due).collect();
    (!said.is_empty()).then(|| format!("{} {}.", input.name, said.join(" and ")))
}

fn activity(input: &HealthInput<'_>, today: NaiveDate) -> Option<String> {
    let when = match input.idle_days(today)? {
        0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        days => format!("{days} days ago"),
    };
    let pace = input.velocity.filter(|velocity| *velocity > 0.0);
    let pace = pace.map(|velocity| format!(", at {velocity:.1} tasks a week")).unwrap_or_default();
    Some(format!("The last activity was {when}{pace}."))
}

fn code(input: &HealthInput<'_>) -> Option<String> {
    let quality = input.quality?;
    let Coverage { frontend, backend } = quality.coverage;
    let side = |name: &str, lines: Option<Ratio>| {
        lines.and_then(Ratio::basis_points).map(|coverage| format!("{} of the {name}", percent(coverage)))
    };
    let covered: Vec<String> = side("frontend", frontend).into_iter().chain(side("backend", backend)).collect();
    let mut said: Vec<String> = Vec::new();
    if !covered.is_empty() {
        said.push(format!("tests cover {}", covered.join(" and ")));
    }
    if let Some(TestCounts { passed, failed, .. }) = quality.tests {
        said.push(match failed {
            0 if passed == 1 => "the only test passed".to_owned(),
            0 => format!("all {passed} tests passed"),
            _ => format!("{} failed", count(failed, "test")),
        });
    }
    said.extend(input.lighthouse().map(|score| format!("Lighthouse gives {score} of 100")));
    said.extend(input.open_issues().map(|open| match open {
        0 => "no issue is open".to_owned(),
        1 => "1 issue is open".to_owned(),
        _ => format!("{open} issues are open"),
    }));
    let last = said.pop()?;
    let sentence = if said.is_empty() { last } else { format!("{}, and {last}", said.join(", ")) };
    let mut letters = sentence.chars();
    let first = letters.next()?.to_uppercase();
    Some(format!("{first}{}.{}", letters.as_str(), age(quality)))
}

/// How old the oldest of these reports is, when it is too old to speak for the code of today.
fn age(quality: &QualityEntry) -> String {
    let is_told = |evidence: &&Evidence| evidence.measure != Measure::LockFile && evidence.stale;
    let oldest = quality.evidence.iter().filter(is_told).filter_map(|evidence| evidence.age_days).max();
    oldest.map(|days| format!(" The oldest of this is {} old.", count(days.into(), "day"))).unwrap_or_default()
}
