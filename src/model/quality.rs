//! What is known of a project's code on a day: each measure with its evidence, or not there at all.
//!
//! A measure without data is `None`, never 0: "no report" and "nothing covered" are different news.

mod published;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use published::{PublishedCoverage, PublishedQuality};

/// Lines covered of lines that could be, kept as counts so that sums and shares stay exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ratio {
    pub covered: u64,
    pub total: u64,
}

impl Ratio {
    /// Returns the share in whole hundredths of a percent, never rounded up to what is not reached; `None` of nothing.
    #[must_use]
    pub fn basis_points(self) -> Option<u32> {
        if self.total == 0 {
            return None;
        }
        let (covered, total) = (u128::from(self.covered.min(self.total)), u128::from(self.total));
        u32::try_from(covered * 10_000 / total).ok()
    }

    /// Returns the share in percent, with two decimals; `None` of nothing.
    #[must_use]
    pub fn percent(self) -> Option<f64> {
        self.basis_points().map(percent_of)
    }

    #[must_use]
    pub fn plus(self, other: Ratio) -> Ratio {
        Ratio { covered: self.covered.saturating_add(other.covered), total: self.total.saturating_add(other.total) }
    }
}

/// Turns hundredths of a percent into the percent that JSON and pages show.
#[must_use]
pub fn percent_of(basis_points: u32) -> f64 {
    f64::from(basis_points) / 100.0
}

/// Writes hundredths without zeros at the end: `93.5`, `76.92`, `80`. Nothing is rounded: a figure never looks as if it
/// reached a target that it does not.
#[must_use]
pub fn hundredths(value: u64) -> String {
    match (value / 100, value % 100) {
        (whole, 0) => whole.to_string(),
        (whole, rest) if rest % 10 == 0 => format!("{whole}.{}", rest / 10),
        (whole, rest) => format!("{whole}.{rest:02}"),
    }
}

/// Line coverage by side; which file is on which side is said in `sources/quality/coverage/side.rs`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    pub frontend: Option<Ratio>,
    pub backend: Option<Ratio>,
}

impl Coverage {
    /// Returns the mean of the sides that have data, in whole hundredths of a percent.
    #[must_use]
    pub fn mean_basis_points(self) -> Option<u32> {
        let sides: Vec<u32> =
            [self.frontend, self.backend].into_iter().flatten().filter_map(Ratio::basis_points).collect();
        let count = u32::try_from(sides.len()).ok().filter(|count| *count > 0)?;
        Some(sides.iter().sum::<u32>() / count)
    }
}

/// The scores of a Lighthouse report, 0 to 100; a category that was not run has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lighthouse {
    pub performance: Option<u8>,
    pub accessibility: Option<u8>,
    pub best_practices: Option<u8>,
    pub seo: Option<u8>,
}

/// Open markers in comments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Markers {
    pub todo: u64,
    pub fixme: u64,
    pub hack: u64,
}

impl Markers {
    #[must_use]
    pub const fn total(self) -> u64 {
        self.todo.saturating_add(self.fixme).saturating_add(self.hack)
    }

    #[must_use]
    pub const fn plus(self, other: Markers) -> Markers {
        Markers {
            todo: self.todo.saturating_add(other.todo),
            fixme: self.fixme.saturating_add(other.fixme),
            hack: self.hack.saturating_add(other.hack),
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestCounts {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LintCounts {
    pub errors: u64,
    pub warnings: u64,
}

/// Known vulnerabilities of dependencies by severity; `unrated` are those nobody gave one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advisories {
    pub critical: u64,
    pub high: u64,
    pub moderate: u64,
    pub low: u64,
    #[serde(default)]
    pub unrated: u64,
}

/// What coverage and Lighthouse together say; `None` means that neither has data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TechDebt {
    #[default]
    None,
    Low,
    Medium,
    High,
}

/// What a number can be about, and a file can be evidence of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Measure {
    FrontendCoverage,
    BackendCoverage,
    Lighthouse,
    OpenIssues,
    Tests,
    Lint,
    Advisories,
    LockFile,
}

impl Measure {
    pub const ALL: [Measure; 8] = [
        Measure::FrontendCoverage,
        Measure::BackendCoverage,
        Measure::Lighthouse,
        Measure::OpenIssues,
        Measure::Tests,
        Measure::Lint,
        Measure::Advisories,
        Measure::LockFile,
    ];

    /// The name people read, in the middle of a sentence.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Measure::FrontendCoverage => "frontend coverage",
            Measure::BackendCoverage => "backend coverage",
            Measure::Lighthouse => "Lighthouse",
            Measure::OpenIssues => "open issues",
            Measure::Tests => "test results",
            Measure::Lint => "lint findings",
            Measure::Advisories => "dependency advisories",
            Measure::LockFile => "lock file",
        }
    }

    /// Whether its label is of many things.
    #[must_use]
    pub const fn is_plural(self) -> bool {
        matches!(self, Measure::OpenIssues | Measure::Tests | Measure::Lint | Measure::Advisories)
    }
}

impl Evidence {
    /// The file, as people read it.
    #[must_use]
    pub fn place(&self) -> &str {
        if self.file == "." { "the whole folder" } else { &self.file }
    }
}

/// A report older than this speaks for other code than today's, and is marked.
pub const STALE_AFTER_DAYS: u32 = 14;

/// The file a number was read from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    pub measure: Measure,
    /// Relative to the project's folder, with `/`; `.` is the folder itself, searched without a find.
    pub file: String,
    /// How much of the number is from this file, for one that is a sum of files.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub count: Option<u64>,
    /// The UTC day it was made: what it says of itself, else when it was last written.
    pub modified: Option<NaiveDate>,
    pub age_days: Option<u32>,
    /// Too old to speak for the code of today.
    pub stale: bool,
}

/// All that is known of one project on one day. Of several for the same day the last one holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QualityEntry {
    pub project: String,
    pub date: NaiveDate,
    pub coverage: Coverage,
    pub lighthouse: Option<Lighthouse>,
    pub markers: Option<Markers>,
    pub tests: Option<TestCounts>,
    pub lint: Option<LintCounts>,
    pub advisories: Option<Advisories>,
    pub lock_file_age_days: Option<u32>,
    pub tech_debt: TechDebt,
    /// Why it is that, in words.
    pub tech_debt_reason: String,
    pub evidence: Vec<Evidence>,
    /// What could not be read, or only in part, and why.
    pub notes: Vec<String>,
}

impl QualityEntry {
    /// An entry in which nothing is known.
    #[must_use]
    pub fn unknown(project: &str, date: NaiveDate) -> QualityEntry {
        QualityEntry {
            project: project.to_owned(),
            date,
            coverage: Coverage::default(),
            lighthouse: None,
            markers: None,
            tests: None,
            lint: None,
            advisories: None,
            lock_file_age_days: None,
            tech_debt: TechDebt::None,
            tech_debt_reason: String::new(),
            evidence: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// The entry as of a later day: its files are older by then, and may no longer speak for the code.
    #[must_use]
    pub fn aged(&self, today: NaiveDate) -> QualityEntry {
        let mut entry = self.clone();
        let later = u32::try_from((today - self.date).num_days()).unwrap_or(0);
        for evidence in entry.evidence.iter_mut().filter(|_| later > 0) {
            let age = evidence.age_days.unwrap_or(0).saturating_add(later);
            evidence.age_days = Some(age);
            // An old lock file is a finding, not an old report.
            evidence.stale = evidence.measure != Measure::LockFile && age > STALE_AFTER_DAYS;
        }
        entry.lock_file_age_days = entry.lock_file_age_days.map(|age| age.saturating_add(later));
        entry
    }

    /// The performance score, which is what "the Lighthouse score" means.
    #[must_use]
    pub fn lighthouse_score(&self) -> Option<u8> {
        self.lighthouse.and_then(|scores| scores.performance)
    }

    #[must_use]
    pub fn open_issues(&self) -> Option<u64> {
        self.markers.map(Markers::total)
    }

    /// The files behind a number.
    pub fn evidence_of(&self, measure: Measure) -> impl Iterator<Item = &Evidence> {
        self.evidence.iter().filter(move |evidence| evidence.measure == measure)
    }
}

/// All projects together on one day: means over the projects that have data, in percent, points and issues.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QualityDay {
    pub date: NaiveDate,
    /// Projects with an entry, with data or without.
    pub projects: u64,
    pub frontend_coverage: Option<f64>,
    pub backend_coverage: Option<f64>,
    pub lighthouse: Option<f64>,
    pub open_issues: Option<f64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_exact_to_the_hundredth_and_none_of_nothing() {
        let percent = |covered, total| Ratio { covered, total }.percent();
        assert_eq!(percent(10, 13), Some(76.92));
        assert_eq!(percent(1, 3), Some(33.33));
        assert_eq!(percent(2, 3), Some(66.66), "what is not reached is not shown");
        assert_eq!(percent(29_999, 30_000), Some(99.99));
        assert_eq!(percent(0, 8), Some(0.0), "nothing covered is a number");
        assert_eq!(percent(0, 0), None, "nothing to cover is not");
        assert_eq!(percent(u64::MAX, u64::MAX), Some(100.0));
    }

    #[test]
    fn what_nobody_looked_at_since_grows_old() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a date");
        let mut entry = QualityEntry::unknown("shop", day("2026-11-01"));
        let of = |measure, age_days| Evidence {
            measure,
            file: "a".to_owned(),
            count: None,
            modified: None,
            age_days,
            stale: false,
        };
        entry.evidence =
            vec![of(Measure::Tests, Some(3)), of(Measure::OpenIssues, None), of(Measure::LockFile, Some(9))];
        assert_eq!(entry.aged(entry.date), entry);
        let later = entry.aged(day("2026-11-13"));
        let ages: Vec<_> = later.evidence.iter().map(|evidence| (evidence.age_days, evidence.stale)).collect();
        assert_eq!(ages, [(Some(15), true), (Some(12), false), (Some(21), false)]);
    }

    #[test]
    fn the_mean_is_over_the_sides_that_have_data() {
        let (half, all) = (Ratio { covered: 1, total: 2 }, Ratio { covered: 2, total: 2 });
        let mean = |frontend, backend| Coverage { frontend, backend }.mean_basis_points();
        assert_eq!(mean(Some(half), None), Some(5_000));
        assert_eq!(mean(Some(half), Some(all)), Some(7_500));
        assert_eq!(mean(None, Some(Ratio::default())), None);
    }
}
