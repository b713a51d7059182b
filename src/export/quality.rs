//! The quality of projects, one line per project and day. What was not measured is empty.

use super::Cell;
use crate::model::{QualityEntry, Ratio, TechDebt};

/// The columns of the table of quality.
pub const QUALITY: &[&str] = &[
    "project",
    "date",
    "frontendCoverage",
    "backendCoverage",
    "lighthouse",
    "openIssues",
    "testsPassed",
    "testsFailed",
    "testsSkipped",
    "lintErrors",
    "lintWarnings",
    "advisoriesCritical",
    "advisoriesHigh",
    "advisoriesModerate",
    "advisoriesLow",
    "advisoriesUnrated",
    "lockFileAgeDays",
    "techDebt",
];

#[must_use]
pub fn quality_row(entry: &QualityEntry) -> Vec<Cell<'_>> {
    let (tests, lint, advisories) = (entry.tests, entry.lint, entry.advisories);
    vec![
        entry.project.as_str().into(),
        entry.date.into(),
        percent(entry.coverage.frontend),
        percent(entry.coverage.backend),
        entry.lighthouse_score().into(),
        entry.open_issues().into(),
        tests.map(|tests| tests.passed).into(),
        tests.map(|tests| tests.failed).into(),
        tests.map(|tests| tests.skipped).into(),
        lint.map(|lint| lint.errors).into(),
        lint.map(|lint| lint.warnings).into(),
        advisories.map(|found| found.critical).into(),
        advisories.map(|found| found.high).into(),
        advisories.map(|found| found.moderate).into(),
        advisories.map(|found| found.low).into(),
        advisories.map(|found| found.unrated).into(),
        entry.lock_file_age_days.into(),
        tech_debt(entry.tech_debt),
    ]
}

/// Percent of lines, with two decimals.
fn percent(lines: Option<Ratio>) -> Cell<'static> {
    let points = lines.and_then(Ratio::basis_points);
    points.map_or(Cell::Empty, |points| Cell::Number(format!("{}.{:02}", points / 100, points % 100)))
}

fn tech_debt(debt: TechDebt) -> Cell<'static> {
    match debt {
        TechDebt::None => Cell::Empty,
        TechDebt::Low => "low".into(),
        TechDebt::Medium => "medium".into(),
        TechDebt::High => "high".into(),
    }
}
