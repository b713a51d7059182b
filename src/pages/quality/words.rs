//! Figures in words: whole hundredths in, text and tone out. Hundredths are shown as they are, here and everywhere: a
//! figure is never rounded up to a target it does not reach.

use crate::model::{Advisories, LintCounts, TechDebt, TestCounts, hundredths};

pub(super) const NO_DATA: &str = "no data";

/// Hundredths of a percent, or of a point, with what is to be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// What is good, in whole percent or points.
    pub good: u32,
    /// Below this it is bad.
    pub fair: u32,
}

/// Below half, coverage is a high tech debt.
pub(super) const FRONTEND: Target = Target { good: 80, fair: 50 };
pub(super) const BACKEND: Target = Target { good: 85, fair: 50 };
pub(super) const LIGHTHOUSE: Target = Target { good: 90, fair: 70 };

impl Target {
    /// The colour and the words for a value in hundredths.
    pub(super) fn judge(self, hundredths: u32) -> (&'static str, &'static str) {
        match hundredths {
            value if value >= self.good * 100 => ("good", "meets the target"),
            value if value >= self.fair * 100 => ("warn", "below the target"),
            _ => ("bad", "far below the target"),
        }
    }
}

/// So many open issues of a project are few, and so many some.
pub(super) const FEW: u64 = 5;
pub(super) const SOME: u64 = 15;

/// The colour and the words for a mean of open issues.
pub(super) fn judge_issues(total: u64, projects: u64) -> (&'static str, &'static str) {
    match total {
        total if total <= FEW.saturating_mul(projects) => ("good", "meets the target"),
        total if total <= SOME.saturating_mul(projects) => ("warn", "above the target"),
        _ => ("bad", "far above the target"),
    }
}

/// `76.92 %`
pub(super) fn percent(share: u32) -> String {
    format!("{} %", hundredths(share.into()))
}

/// The mean of values in hundredths; `None` of none.
pub(super) fn mean(values: &[u32]) -> Option<u32> {
    let count = values.len() as u64;
    let sum: u64 = values.iter().copied().map(u64::from).sum();
    sum.checked_div(count).and_then(|mean| u32::try_from(mean).ok())
}

pub(super) fn tests(counts: TestCounts) -> (&'static str, String) {
    match counts.failed {
        0 => ("good", format!("{} passed", counts.passed)),
        failed => ("bad", format!("{failed} failed of {}", counts.passed.saturating_add(failed))),
    }
}

pub(super) fn lint(counts: LintCounts) -> (&'static str, String) {
    let said = listed(&[(counts.errors, "error", "errors"), (counts.warnings, "warning", "warnings")]);
    match (counts.errors, counts.warnings) {
        (0, 0) => ("good", "none".to_owned()),
        (0, _) => ("warn", said),
        _ => ("bad", said),
    }
}

pub(super) fn advisories(found: Advisories) -> (&'static str, String) {
    let Advisories { critical, high, moderate, low, unrated } = found;
    let kinds = [(critical, "critical"), (high, "high"), (moderate, "moderate"), (low, "low"), (unrated, "unrated")];
    let said = listed(&kinds.map(|(count, kind)| (count, kind, kind)));
    match (said.is_empty(), critical.saturating_add(high)) {
        (true, _) => ("good", "none".to_owned()),
        (false, 0) => ("warn", said),
        (false, _) => ("bad", said),
    }
}

pub(super) fn tech_debt(debt: TechDebt) -> (&'static str, String) {
    let (tone, word) = match debt {
        TechDebt::None => ("", NO_DATA),
        TechDebt::Low => ("good", "low"),
        TechDebt::Medium => ("warn", "medium"),
        TechDebt::High => ("bad", "high"),
    };
    (tone, word.to_owned())
}

/// `1 error, 3 warnings`; what there is none of is left out.
fn listed(counts: &[(u64, &str, &str)]) -> String {
    let some = counts.iter().filter(|(count, ..)| *count > 0);
    some.map(|(count, one, more)| format!("{count} {}", if *count == 1 { one } else { more }))
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_never_looks_better_than_it_is() {
        assert_eq!((percent(7_999), FRONTEND.judge(7_999).1), ("79.99 %".to_owned(), "below the target"));
        assert_eq!((percent(9_350), percent(1_205)), ("93.5 %".to_owned(), "12.05 %".to_owned()));
        assert_eq!((percent(8_000), FRONTEND.judge(8_000).1), ("80 %".to_owned(), "meets the target"));
        assert_eq!((percent(0), BACKEND.judge(4_999).0), ("0 %".to_owned(), "bad"));
        assert_eq!((LIGHTHOUSE.judge(7_000).0, LIGHTHOUSE.judge(6_999).0), ("warn", "bad"));
        assert_eq!((mean(&[]), mean(&[1, 2])), (None, Some(1)));
    }

    #[test]
    fn issues_are_judged_by_their_mean() {
        for (total, projects, tone) in [(5, 1, "good"), (6, 1, "warn"), (30, 2, "warn"), (31, 2, "bad"), (0, 3, "good")]
        {
            assert_eq!(judge_issues(total, projects).0, tone, "{total} over {projects}");
        }
    }

    #[test]
    fn counts_are_told_with_the_worst_first_and_none_is_good_news() {
        assert_eq!(lint(LintCounts { errors: 1, warnings: 3 }), ("bad", "1 error, 3 warnings".to_owned()));
        assert_eq!(lint(LintCounts::default()), ("good", "none".to_owned()));
        let found = Advisories { moderate: 2, unrated: 1, ..Advisories::default() };
        assert_eq!(advisories(found), ("warn", "2 moderate, 1 unrated".to_owned()));
        assert_eq!(advisories(Advisories { high: 1, ..found }).0, "bad");
        let counts = TestCounts { passed: 11, failed: 1, skipped: 4 };
        assert_eq!(super::tests(counts), ("bad", "1 failed of 12".to_owned()));
    }
}
