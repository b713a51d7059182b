//! An entry as `data/quality.json` and the archive have it: the names of the earlier system, with fields added.

use chrono::NaiveDate;
use serde::Serialize;

use super::{
    Advisories, Coverage, Evidence, Lighthouse, LintCounts, Markers, QualityEntry, Ratio, TechDebt, TestCounts,
};

/// One element of `data/quality.json`, and the data of a line of the quality history. Unknown is `null`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PublishedQuality<'a> {
    pub project: &'a str,
    pub date: NaiveDate,
    pub test_coverage: PublishedCoverage,
    pub lighthouse_score: Option<u8>,
    pub lighthouse: Option<Lighthouse>,
    pub open_issues: Option<u64>,
    pub open_issues_by_kind: Option<Markers>,
    pub tech_debt: TechDebt,
    pub tech_debt_reason: &'a str,
    pub tests: Option<TestCounts>,
    pub lint: Option<LintCounts>,
    pub advisories: Option<Advisories>,
    pub lock_file_age_days: Option<u32>,
    pub evidence: &'a [Evidence],
    pub notes: &'a [String],
}

/// Percent, as the earlier system had it, and the lines it comes from.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct PublishedCoverage {
    pub frontend: Option<f64>,
    pub backend: Option<f64>,
    pub lines: Coverage,
}

impl QualityEntry {
    /// The entry in the shape of `data/quality.json`: the names of the earlier system, with fields added.
    #[must_use]
    pub fn published(&self) -> PublishedQuality<'_> {
        PublishedQuality {
            project: &self.project,
            date: self.date,
            test_coverage: PublishedCoverage {
                frontend: self.coverage.frontend.and_then(Ratio::percent),
                backend: self.coverage.backend.and_then(Ratio::percent),
                lines: self.coverage,
            },
            lighthouse_score: self.lighthouse_score(),
            lighthouse: self.lighthouse,
            open_issues: self.open_issues(),
            open_issues_by_kind: self.markers,
            tech_debt: self.tech_debt,
            tech_debt_reason: &self.tech_debt_reason,
            tests: self.tests,
            lint: self.lint,
            advisories: self.advisories,
            lock_file_age_days: self.lock_file_age_days,
            evidence: &self.evidence,
            notes: &self.notes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_is_null_in_the_published_shape() {
        let entry = QualityEntry::unknown("shop", "2026-11-20".parse().expect("a date"));
        let published = serde_json::to_value(entry.published()).expect("is JSON");
        for name in ["lighthouseScore", "openIssues", "tests", "lint", "advisories", "lockFileAgeDays"] {
            assert!(published[name].is_null(), "{name}: {published}");
        }
        assert!(published["testCoverage"]["frontend"].is_null() && published["testCoverage"]["backend"].is_null());
        assert_eq!((&published["techDebt"], &published["date"]), (&"none".into(), &"2026-11-20".into()));
    }
}
