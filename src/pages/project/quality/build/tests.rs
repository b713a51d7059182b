//! What the tab shows, from entries made for it.

use std::sync::Arc;

use chrono::NaiveDate;

use super::*;
use crate::analytics::{Attribution, ProjectNames, project_reports};
use crate::model::{Lighthouse, Markers, Project, Ratio, TestCounts};

fn today() -> NaiveDate {
    "2026-11-21".parse().expect("a date")
}

fn evidence(measure: Measure, file: &str, age_days: u32) -> Evidence {
    Evidence {
        measure,
        file: file.to_owned(),
        count: (measure == Measure::OpenIssues).then_some(1),
        modified: Some(today() - chrono::Days::new(age_days.into())),
        age_days: Some(age_days),
        stale: age_days > 14,
    }
}

fn measured() -> QualityEntry {
    let mut entry = QualityEntry::unknown("shop", today());
    entry.coverage.backend = Some(Ratio { covered: 10, total: 13 });
    entry.lighthouse = Some(Lighthouse { performance: Some(91), seo: Some(80), ..Lighthouse::default() });
    entry.markers = Some(Markers { todo: 4, fixme: 1, hack: 0 });
    entry.tests = Some(TestCounts { passed: 40, failed: 2, skipped: 0 });
    entry.evidence = vec![
        evidence(Measure::BackendCoverage, "lcov.info", 20),
        evidence(Measure::Lighthouse, "lighthouse-report.json", 1),
        evidence(Measure::Tests, "junit.xml", 0),
    ];
    entry.evidence.extend((0..5).map(|number| evidence(Measure::OpenIssues, &format!("src/{number}.ts"), 0)));
    entry
}

fn built(entries: Vec<QualityEntry>) -> Quality {
    let names = ProjectNames::new(std::iter::empty(), &Attribution::default());
    let project = Project::new("shop".to_owned(), None, today());
    let projects = project_reports(&[project], &[], &names, &entries, today(), chrono_tz::Tz::UTC);
    let snapshot = Snapshot { projects: projects.into(), quality: Arc::from(entries), ..Snapshot::blank(today()) };
    quality(&snapshot, snapshot.project("shop").expect("is there"))
}

fn line_of<'a>(page: &'a Quality, name: &str) -> &'a MeasureLine {
    page.measures.iter().find(|line| line.name == name).expect("has the measure")
}

#[test]
fn every_number_names_its_files_their_day_and_their_age() {
    let page = built(vec![measured()]);
    assert_eq!((page.date.as_str(), page.measures.len()), ("2026-11-21", 8));
    for line in page.measures.iter().filter(|line| line.value != "no data") {
        assert!(!line.files.is_empty(), "{line:?}");
    }
    let coverage = line_of(&page, "Backend coverage");
    assert_eq!((coverage.value.as_str(), coverage.detail.as_str()), ("76.92 %", "10 of 13 lines"));
    let file = &coverage.files[0];
    assert_eq!((file.file.as_str(), file.made.as_str(), file.stale), ("lcov.info", "2026-11-01, 20 days old", true));
    assert_eq!(line_of(&page, "Lighthouse").value, "performance 91");
    assert_eq!(line_of(&page, "Lighthouse").detail, "SEO 80");
    assert_eq!(line_of(&page, "Test results").detail, "2 failed");
    let issues = line_of(&page, "Open issues");
    assert_eq!((issues.value.as_str(), issues.files.len(), issues.more.len()), ("5", 3, 2));
    assert_eq!(issues.files[0].made, "1 of them, 2026-11-21, today");
}

#[test]
fn what_has_no_data_says_what_it_is_looked_for_in_and_is_never_zero() {
    let page = built(vec![measured()]);
    let frontend = line_of(&page, "Frontend coverage");
    assert_eq!((frontend.value.as_str(), frontend.files.len()), ("no data", 0));
    assert!(frontend.detail.contains("coverage-summary.json"), "{}", frontend.detail);
    assert_eq!(line_of(&page, "Dependency advisories").value, "no data");
    assert_eq!(page.chart.expect("has lines").legend, ["Backend coverage", "Performance", "SEO"]);
}

#[test]
fn without_any_data_it_says_what_is_looked_for() {
    for page in [built(Vec::new()), built(vec![QualityEntry::unknown("shop", today())])] {
        assert!(page.empty && page.chart.is_none() && page.measures.is_empty());
        assert_eq!(page.sought.len(), 8);
    }
}
