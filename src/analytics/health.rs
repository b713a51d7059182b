//! How a project is: tech debt, health score, next actions and a paragraph that tells it.
//!
//! Heuristics, each with its reason in words. A measure without data deducts nothing and is said to be missing: an
//! absent report is no bad report.

mod actions;
mod narrative;

use chrono::NaiveDate;

use crate::model::{Health, QualityEntry, Reason, TechDebt, hundredths};
pub use actions::next_actions;
pub use narrative::narrative;

/// What the rules look at. Whatever is not known is `None`.
#[derive(Clone, Copy, Debug)]
pub struct HealthInput<'a> {
    pub name: &'a str,
    /// Neither paused nor completed: only then a deadline counts.
    pub active: bool,
    /// Percent.
    pub progress: Option<u8>,
    pub deadline: Option<NaiveDate>,
    pub tasks: Option<Tasks>,
    pub last_activity: Option<NaiveDate>,
    /// Tasks per week.
    pub velocity: Option<f64>,
    pub quality: Option<&'a QualityEntry>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tasks {
    pub done: u64,
    pub total: u64,
}

impl HealthInput<'_> {
    fn days_left(&self, today: NaiveDate) -> Option<i64> {
        self.deadline.filter(|_| self.active).map(|deadline| (deadline - today).num_days())
    }

    fn idle_days(&self, today: NaiveDate) -> Option<i64> {
        self.last_activity.map(|last| (today - last).num_days().max(0))
    }

    /// Tasks that say something: none at all say nothing about how many are done.
    fn tasks(&self) -> Option<Tasks> {
        self.tasks.filter(|tasks| tasks.total > 0)
    }

    /// Hundredths of a percent.
    fn coverage(&self) -> Option<u32> {
        self.quality.and_then(|quality| quality.coverage.mean_basis_points())
    }

    fn lighthouse(&self) -> Option<u8> {
        self.quality.and_then(QualityEntry::lighthouse_score)
    }

    fn open_issues(&self) -> Option<u64> {
        self.quality.and_then(QualityEntry::open_issues)
    }
}

/// Judges the tech debt from coverage and Lighthouse, and says why. What has no data is not held against it.
#[must_use]
pub fn tech_debt(entry: &QualityEntry) -> (TechDebt, String) {
    let coverage = entry.coverage.mean_basis_points();
    let lighthouse = entry.lighthouse_score();
    let values: Vec<u32> = coverage.into_iter().chain(lighthouse.map(|score| u32::from(score) * 100)).collect();
    let known = match (coverage, lighthouse) {
        (Some(coverage), Some(score)) => format!("coverage is {} and Lighthouse {score}", percent(coverage)),
        (Some(coverage), None) => format!("coverage is {}, and there is no Lighthouse report", percent(coverage)),
        (None, Some(score)) => format!("Lighthouse is {score}, and there is no coverage report"),
        (None, None) => return (TechDebt::None, "There is neither a coverage nor a Lighthouse report".to_owned()),
    };
    let above = |limit: u32| values.iter().all(|value| *value > limit * 100);
    let (debt, word) = match () {
        () if above(80) => (TechDebt::Low, "Low"),
        () if above(50) => (TechDebt::Medium, "Medium"),
        () => (TechDebt::High, "High"),
    };
    (debt, format!("{word}, because {known} (low above 80, medium above 50)"))
}

/// Computes the score: 100, less what the rules deduct, within 0 and 100.
#[must_use]
pub fn health(input: &HealthInput<'_>, today: NaiveDate) -> Health {
    let mut reasons = Vec::new();
    let mut missing = Vec::new();
    let rules =
        [deadline(input, today), coverage(input), lighthouse(input), idle(input, today), drift(input), pace(input)];
    for rule in rules {
        match rule {
            Verdict::Counts(points, words) => reasons.push(Reason { points, words }),
            Verdict::Missing(words) => missing.push(words.to_owned()),
            Verdict::Fine => {}
        }
    }
    let score = reasons.iter().map(|reason| reason.points).sum::<i32>().saturating_add(100).clamp(0, 100);
    Health { score: u8::try_from(score).unwrap_or(0), reasons, missing }
}

/// What a rule has to say.
enum Verdict {
    Counts(i32, String),
    Fine,
    Missing(&'static str),
}

fn deadline(input: &HealthInput<'_>, today: NaiveDate) -> Verdict {
    let Some(days) = input.days_left(today) else { return Verdict::Fine };
    if days < 0 {
        return Verdict::Counts(-20, format!("the deadline was {} ago", count(days.unsigned_abs(), "day")));
    }
    let Some(progress) = input.progress else {
        return Verdict::Missing("Progress is not known: set it to see whether the deadline holds");
    };
    let words = || format!("{} left to the deadline at {progress} % progress", count(days.unsigned_abs(), "day"));
    match days {
        0..7 if progress < 90 => Verdict::Counts(-20, words()),
        0..14 if progress < 75 => Verdict::Counts(-10, words()),
        _ => Verdict::Fine,
    }
}

fn coverage(input: &HealthInput<'_>) -> Verdict {
    let Some(coverage) = input.coverage() else {
        return Verdict::Missing("No coverage report found: run your tests with coverage to see it here");
    };
    let words = |limit: u32| format!("test coverage is {}, below {limit} %", percent(coverage));
    match coverage {
        0..5_000 => Verdict::Counts(-15, words(50)),
        5_000..7_000 => Verdict::Counts(-10, words(70)),
        7_000..8_000 => Verdict::Counts(-5, words(80)),
        _ => Verdict::Fine,
    }
}

fn lighthouse(input: &HealthInput<'_>) -> Verdict {
    let Some(score) = input.lighthouse() else {
        return Verdict::Missing(match input.quality.and_then(|quality| quality.lighthouse) {
            Some(_) => "The Lighthouse report has no performance score: run that category too",
            None => "No Lighthouse report found: run Lighthouse with JSON output to see its scores here",
        });
    };
    match score {
        0..70 => Verdict::Counts(-10, format!("the Lighthouse score is {score}, below 70")),
        70..85 => Verdict::Counts(-5, format!("the Lighthouse score is {score}, below 85")),
        _ => Verdict::Fine,
    }
}

fn idle(input: &HealthInput<'_>, today: NaiveDate) -> Verdict {
    let Some(days) = input.idle_days(today) else {
        return Verdict::Missing("The last activity is not known: there is no commit to see it by");
    };
    let words = || format!("nothing has happened for {}", count(days.unsigned_abs(), "day"));
    match days {
        15.. => Verdict::Counts(-20, words()),
        8.. => Verdict::Counts(-10, words()),
        _ => Verdict::Fine,
    }
}

/// Progress is what people say, tasks are what is done: far apart, one of them is wrong.
fn drift(input: &HealthInput<'_>) -> Verdict {
    let (Some(progress), Some(tasks)) = (input.progress, input.tasks()) else { return Verdict::Fine };
    let (said, total) = (i128::from(progress), i128::from(tasks.total));
    let apart = (said * total - i128::from(tasks.done) * 100).abs();
    let words = || format!("progress says {progress} %, but {} of {} tasks are done", tasks.done, tasks.total);
    match () {
        () if apart > 20 * total => Verdict::Counts(-20, words()),
        () if apart > 10 * total => Verdict::Counts(-10, words()),
        () => Verdict::Fine,
    }
}

fn pace(input: &HealthInput<'_>) -> Verdict {
    match input.velocity {
        Some(velocity) if velocity > 10.0 => {
            Verdict::Counts(10, format!("{velocity:.0} tasks a week are done, more than 10"))
        }
        _ => Verdict::Fine,
    }
}

/// `77 %`; never rounded up to a limit it does not reach.
fn percent(basis_points: u32) -> String {
    format!("{} %", hundredths(basis_points.into()))
}

fn count(count: u64, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

#[cfg(test)]
mod tests;
