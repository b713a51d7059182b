//! The demo's quality history: what reports said of each project over half a year, as `quality.json` has it.
//!
//! Pure. Not every project has every report, and one has none: that is how it is, and what the pages must show.

use chrono::{Days, NaiveDate};

use super::documents::pretty;
use super::rng::Rng;
use crate::model::{Advisories, Evidence, Lighthouse, LintCounts, Markers, Measure, QualityEntry, Ratio, TestCounts};

const DAYS: u64 = 180;
/// Apart from the days' streams, the ledger's and the projects'.
const STREAM: u64 = u64::MAX - 2;

/// Where a measure began and where it is now; in between it moves in a line, with some noise.
#[derive(Clone, Copy)]
struct Course(u64, u64);

struct Made {
    id: &'static str,
    /// Days ago of the last report.
    until: u64,
    /// Percent of the lines, and how many there are.
    frontend: Option<(Course, u64)>,
    backend: Option<(Course, u64)>,
    lighthouse: Option<Course>,
    open: Course,
    tests: Option<u64>,
    advisories: u64,
}

const PROJECTS: [Made; 5] = [
    Made {
        id: "storefront",
        until: 0,
        frontend: Some((Course(58, 74), 9_120)),
        backend: Some((Course(71, 83), 4_300)),
        lighthouse: Some(Course(78, 91)),
        open: Course(31, 12),
        tests: Some(612),
        advisories: 1,
    },
    Made {
        id: "billing-api",
        until: 0,
        frontend: None,
        backend: Some((Course(93, 88), 10_480)),
        lighthouse: None,
        open: Course(4, 7),
        tests: Some(431),
        advisories: 0,
    },
    Made {
        id: "mobile",
        until: 1,
        frontend: Some((Course(22, 46), 7_940)),
        backend: None,
        lighthouse: None,
        open: Course(44, 38),
        tests: Some(178),
        advisories: 3,
    },
    Made {
        id: "docs-site",
        until: 40,
        frontend: None,
        backend: None,
        lighthouse: Some(Course(96, 97)),
        open: Course(2, 2),
        tests: None,
        advisories: 0,
    },
    Made {
        id: "proj-07",
        until: 60,
        frontend: None,
        backend: Some((Course(80, 86), 6_020)),
        lighthouse: None,
        open: Course(9, 3),
        tests: Some(264),
        advisories: 0,
    },
];

/// Returns `quality.json`.
pub(super) fn quality(today: NaiveDate, seed: u64) -> String {
    let mut rng = Rng::new(seed, STREAM);
    let mut entries = Vec::new();
    for made in &PROJECTS {
        for ago in (made.until..DAYS).rev() {
            if let Some(date) = today.checked_sub_days(Days::new(ago)) {
                entries.push(entry(made, date, ago, &mut rng));
            }
        }
    }
    pretty(&entries.iter().map(QualityEntry::published).collect::<Vec<_>>())
}

fn entry(made: &Made, date: NaiveDate, ago: u64, rng: &mut Rng) -> QualityEntry {
    let mut entry = QualityEntry::unknown(made.id, date);
    let mut at = |course: Course| course.at(ago, rng);
    entry.coverage.frontend = made.frontend.map(|(course, total)| Ratio { covered: total * at(course) / 100, total });
    entry.coverage.backend = made.backend.map(|(course, total)| Ratio { covered: total * at(course) / 100, total });
    entry.lighthouse = made.lighthouse.map(|course| {
        let score = |points: u64| u8::try_from(points.min(100)).ok();
        let performance = at(course);
        Lighthouse {
            performance: score(performance),
            accessibility: score(performance + 4),
            best_practices: score(performance + 2),
            seo: score(performance + 6),
        }
    });
    let open = at(made.open);
    entry.markers = Some(Markers { todo: open - open / 4, fixme: open / 4, hack: 0 });
    entry.tests = made.tests.map(|tests| TestCounts { passed: tests - ago / 2, failed: 0, skipped: 2 });
    entry.lint = made.tests.map(|_| LintCounts { errors: 0, warnings: open / 3 });
    entry.advisories = made.tests.map(|_| Advisories { moderate: made.advisories, ..Advisories::default() });
    entry.lock_file_age_days = Some(u32::try_from(ago % 30).unwrap_or(0));
    entry.evidence = evidence(&entry);
    entry
}

impl Course {
    fn at(self, ago: u64, rng: &mut Rng) -> u64 {
        let Course(first, last) = self;
        let straight = (first * ago + last * (DAYS - ago)) / DAYS;
        // What was read last stands as it is written above.
        if ago.is_multiple_of(7) { straight } else { straight.saturating_sub(rng.between(0, 1)) }
    }
}

fn evidence(entry: &QualityEntry) -> Vec<Evidence> {
    let known = [
        (Measure::FrontendCoverage, "coverage/lcov.info", entry.coverage.frontend.is_some()),
        (Measure::BackendCoverage, "target/coverage/cobertura.xml", entry.coverage.backend.is_some()),
        (Measure::Lighthouse, ".lighthouseci/report.json", entry.lighthouse.is_some()),
        (Measure::OpenIssues, ".", true),
        (Measure::Tests, "reports/junit.xml", entry.tests.is_some()),
        (Measure::Lint, "reports/lint.sarif", entry.lint.is_some()),
        (Measure::Advisories, "reports/audit.json", entry.advisories.is_some()),
        (Measure::LockFile, "package-lock.json", true),
    ];
    let of = |measure, file: &str| Evidence {
        measure,
        file: file.to_owned(),
        count: None,
        modified: Some(entry.date),
        age_days: Some(0),
        stale: false,
    };
    known.into_iter().filter(|(.., known)| *known).map(|(measure, file, _)| of(measure, file)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_names_a_file_and_what_there_is_no_report_of_is_null() {
        let text = quality("2026-11-20".parse().expect("a date"), 7);
        let entries: Vec<serde_json::Value> = serde_json::from_str(&text).expect("is JSON");
        assert_eq!(text, quality("2026-11-20".parse().expect("a date"), 7));
        let last = |project: &str| entries.iter().rfind(|entry| entry["project"] == project).expect("is there");
        assert_eq!(last("storefront")["testCoverage"]["frontend"], 73.99, "in whole lines");
        assert_eq!(last("storefront")["date"], "2026-11-20");
        assert_eq!(last("docs-site")["lighthouseScore"], 96);
        for (project, measure) in [("billing-api", "lighthouseScore"), ("docs-site", "tests")] {
            assert!(last(project)[measure].is_null(), "{project} {measure}");
        }
        for entry in &entries {
            assert!(entry["evidence"].as_array().is_some_and(|files| !files.is_empty()));
        }
    }
}
