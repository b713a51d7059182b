//! Each measure as text: its value, and what the value is made of.

use crate::model::{Advisories, Lighthouse, Markers, Measure, QualityEntry, Ratio, hundredths};
use crate::pages::deadline::count;

/// Returns the value of a measure and its parts; `None` without data.
pub(super) fn value(entry: &QualityEntry, measure: Measure) -> Option<(String, String)> {
    match measure {
        Measure::FrontendCoverage => coverage(entry.coverage.frontend),
        Measure::BackendCoverage => coverage(entry.coverage.backend),
        Measure::Lighthouse => entry.lighthouse.and_then(lighthouse),
        Measure::OpenIssues => entry.markers.map(markers),
        Measure::Tests => entry.tests.map(|tests| {
            let parts = [(tests.failed, "failed"), (tests.skipped, "skipped")];
            (format!("{} passed", tests.passed), told(&parts))
        }),
        Measure::Lint => entry.lint.map(|lint| {
            (
                count(lint.errors.saturating_add(lint.warnings), "finding"),
                told(&[(lint.errors, "errors"), (lint.warnings, "warnings")]),
            )
        }),
        Measure::Advisories => entry.advisories.map(advisories),
        Measure::LockFile => entry.lock_file_age_days.map(|days| {
            let ago = if days == 0 { "today".to_owned() } else { format!("{} ago", count(days.into(), "day")) };
            (ago, "last written".to_owned())
        }),
    }
}

/// The files a measure is read from.
pub(super) const fn looked_for(measure: Measure) -> &'static str {
    match measure {
        Measure::FrontendCoverage => {
            "coverage-summary.json, lcov.info, or Cobertura XML, with lines of JavaScript, TypeScript, styles or markup"
        }
        Measure::BackendCoverage => {
            "lcov.info, Cobertura or JaCoCo XML, llvm-cov.json, tarpaulin-report.json, or a Go cover profile"
        }
        Measure::Lighthouse => "lighthouse*.json, lhr-*.json, or .lighthouseci/*.json",
        Measure::OpenIssues => "TODO, FIXME and HACK in the comments of the source",
        Measure::Tests => "JUnit XML, such as junit.xml",
        Measure::Lint => "SARIF (*.sarif), eslint*.json, or clippy*.json",
        Measure::Advisories => "the JSON of npm, pnpm or cargo audit, in a file with audit in its name",
        Measure::LockFile => "package-lock.json, pnpm-lock.yaml, Cargo.lock and the like",
    }
}

fn coverage(lines: Option<Ratio>) -> Option<(String, String)> {
    let lines = lines?;
    let percent = hundredths(lines.basis_points()?.into());
    Some((format!("{percent} %"), format!("{} of {}", lines.covered, count(lines.total, "line"))))
}

fn lighthouse(scores: Lighthouse) -> Option<(String, String)> {
    let parts =
        [("accessibility", scores.accessibility), ("best practices", scores.best_practices), ("SEO", scores.seo)];
    let told: Vec<String> =
        parts.into_iter().filter_map(|(name, score)| score.map(|score| format!("{name} {score}"))).collect();
    match scores.performance {
        Some(score) => Some((format!("performance {score}"), told.join(", "))),
        None if told.is_empty() => None,
        None => Some(("performance not run".to_owned(), told.join(", "))),
    }
}

fn markers(markers: Markers) -> (String, String) {
    let parts = [(markers.todo, "TODO"), (markers.fixme, "FIXME"), (markers.hack, "HACK")];
    (markers.total().to_string(), told(&parts))
}

fn advisories(advisories: Advisories) -> (String, String) {
    let parts = [
        (advisories.critical, "critical"),
        (advisories.high, "high"),
        (advisories.moderate, "moderate"),
        (advisories.low, "low"),
        (advisories.unrated, "unrated"),
    ];
    let total = parts.iter().fold(0_u64, |sum, (number, _)| sum.saturating_add(*number));
    (total.to_string(), told(&parts))
}

/// `3 high, 1 low`: what there is none of is left out.
fn told(parts: &[(u64, &str)]) -> String {
    let some = parts.iter().filter(|(number, _)| *number > 0);
    let one =
        |number: u64, name: &str| if number == 1 { name.trim_end_matches('s').to_owned() } else { name.to_owned() };
    some.map(|(number, name)| format!("{number} {}", one(*number, name))).collect::<Vec<_>>().join(", ")
}
