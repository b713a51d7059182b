//! How a project stands: what is known of its code, judged beside what the user decided about it.

use chrono::{Days, NaiveDate};

use crate::analytics::health::{HealthInput, Tasks, health, narrative, next_actions};
use crate::model::{Health, NextAction, Project, ProjectStatus, QualityEntry};

/// The health of a project with everything it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub health: Health,
    /// Whether there is anything the score could rest on: a full score for a project nobody knows says nothing.
    pub known: bool,
    pub next_actions: Vec<NextAction>,
    pub narrative: String,
    /// The latest entry.
    pub quality: Option<QualityEntry>,
    /// By how much the mean coverage moved in a week, in hundredths of a percent; `None` without data at both ends.
    pub coverage_change: Option<i32>,
    /// By how much the score differs from what the code of a week ago would get today; `None` without both.
    pub health_change: Option<i32>,
}

/// Judges a project. `series` are its entries, oldest first; `last_activity` its last commit or usage.
pub(super) fn standing(
    project: &Project,
    series: &[&QualityEntry],
    last_activity: Option<NaiveDate>,
    today: NaiveDate,
) -> Standing {
    let choices = &project.choices;
    let aged = series.last().map(|entry| entry.aged(today));
    let quality = aged.as_ref();
    let input = HealthInput {
        name: &choices.name,
        active: choices.status == ProjectStatus::Active,
        progress: choices.known_progress(),
        deadline: choices.deadline,
        tasks: Some(Tasks { done: choices.tasks_done.into(), total: choices.tasks_total.into() }),
        last_activity,
        velocity: project.task_log.velocity(today),
        quality,
    };
    let of_a_week_ago = before(series, today).map(|entry| entry.aged(today));
    let health_change = quality.zip(of_a_week_ago.as_ref()).map(|(_, then)| {
        let score = |quality| i32::from(health(&HealthInput { quality, ..input }, today).score);
        score(quality) - score(Some(then))
    });
    let measured = quality.is_some_and(|entry| !entry.evidence.is_empty());
    let promised = choices.deadline.is_some() || choices.tasks_total > 0;
    Standing {
        known: measured || promised || project.git().is_some_and(|git| git.last_commit.is_some()),
        health: health(&input, today),
        next_actions: next_actions(&input, today),
        narrative: narrative(&input, today),
        quality: aged,
        coverage_change: coverage_change(series, today),
        health_change,
    }
}

/// What was known a week ago.
fn before<'a>(series: &[&'a QualityEntry], today: NaiveDate) -> Option<&'a QualityEntry> {
    let week_ago = today.checked_sub_days(Days::new(7))?;
    series.iter().rev().copied().find(|entry| entry.date <= week_ago)
}

fn coverage_change(series: &[&QualityEntry], today: NaiveDate) -> Option<i32> {
    let at = |entry: &QualityEntry| entry.coverage.mean_basis_points().and_then(|value| i32::try_from(value).ok());
    let before = before(series, today).and_then(at)?;
    Some(series.last().copied().and_then(at)? - before)
}

/// `coverage −3`: in whole points, and only when it moved by one.
pub(super) fn coverage_words(change: Option<i32>) -> Option<String> {
    let points = change.map(|change| (f64::from(change) / 100.0).round() as i32).filter(|points| *points != 0)?;
    let sign = if points < 0 { '\u{2212}' } else { '+' };
    Some(format!("coverage {sign}{}", points.unsigned_abs()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Ratio;

    fn entry(day: &str, covered: Option<u64>) -> QualityEntry {
        let mut entry = QualityEntry::unknown("shop", day.parse().expect("a date"));
        entry.coverage.backend = covered.map(|covered| Ratio { covered, total: 100 });
        entry
    }

    fn check(entries: &[(&str, Option<u64>)], expected: Option<&str>) {
        let entries: Vec<_> = entries.iter().map(|(day, covered)| entry(day, *covered)).collect();
        let series: Vec<_> = entries.iter().collect();
        let change = coverage_change(&series, "2026-11-21".parse().expect("a date"));
        assert_eq!(coverage_words(change).as_deref(), expected);
    }

    #[test]
    fn coverage_is_compared_with_a_week_ago_and_never_with_nothing() {
        check(&[("2026-11-10", Some(80)), ("2026-11-13", Some(75)), ("2026-11-21", Some(72))], Some("coverage −3"));
        check(&[("2026-11-14", Some(70)), ("2026-11-20", Some(71))], Some("coverage +1"));
        check(&[("2026-11-15", Some(70)), ("2026-11-21", Some(90))], None);
        check(&[("2026-11-13", None), ("2026-11-21", Some(90))], None);
        check(&[("2026-11-13", Some(70)), ("2026-11-21", None)], None);
        check(&[("2026-11-13", Some(70)), ("2026-11-21", Some(70))], None);
        check(&[], None);
    }
}
