//! What the page shows, from projects and entries made for it.

use super::*;
use crate::analytics::{ProjectNames, project_reports};
use crate::model::{Evidence, Lighthouse, Markers, Project, TestCounts};

const TODAY: &str = "2026-11-21";

fn today() -> chrono::NaiveDate {
    TODAY.parse().expect("a date")
}

fn evidence(measure: Measure, age: u32) -> Evidence {
    let file = "coverage/lcov.info".to_owned();
    Evidence { measure, file, count: None, modified: None, age_days: Some(age), stale: age > 14 }
}

/// An entry of today: lines covered of a hundred on the backend, and open issues.
fn entry(project: &str, covered: Option<u64>, issues: u64) -> QualityEntry {
    let mut entry = QualityEntry::unknown(project, today());
    entry.coverage.backend = covered.map(|covered| Ratio { covered, total: 100 });
    entry.markers = Some(Markers { todo: issues, ..Markers::default() });
    entry.evidence = vec![evidence(Measure::OpenIssues, 0)];
    (entry.tech_debt, entry.tech_debt_reason) = crate::analytics::health::tech_debt(&entry);
    entry
}

fn built(ids: &[&str], entries: Vec<QualityEntry>, chosen: Option<&str>) -> QualityPage {
    let folder = |id: &str| Some(format!("/home/me/{id}").into());
    let projects: Vec<Project> = ids.iter().map(|id| Project::new((*id).to_owned(), folder(id), today())).collect();
    let mut snapshot = Snapshot::blank(today());
    snapshot.projects =
        project_reports(&projects, &[], &ProjectNames::default(), &entries, today(), chrono_tz::Tz::UTC).into();
    snapshot.quality = entries.into();
    page(&snapshot, chosen)
}

#[test]
fn means_are_over_the_projects_that_have_data_and_say_over_how_many() {
    let entries = vec![entry("a", Some(90), 2), entry("b", Some(75), 9), QualityEntry::unknown("c", today())];
    let page = built(&["a", "b", "c", "d"], entries, None);
    assert_eq!(page.headline, "2 of 4 projects have data; none has high tech debt.");
    let [frontend, backend, lighthouse, issues] = &page.stats[..] else { panic!("{:?}", page.stats) };
    assert_eq!((frontend.value.as_str(), lighthouse.value.as_str()), ("no data", "no data"));
    assert_eq!(
        (backend.value.as_str(), backend.strong.as_str(), backend.tone.as_str()),
        ("82.5 %", "below the target", "up")
    );
    assert_eq!(backend.note, "of 85 %; mean over 2 of 4 projects");
    assert_eq!((issues.value.as_str(), issues.strong.as_str(), issues.tone.as_str()), ("11", "above the target", "up"));
    assert_eq!(issues.note, "of 5 a project; mean 5.5 over 2 of 4 projects");
    let without: Vec<_> = page.unmeasured.iter().map(|project| (project.name.as_str(), project.why.as_str())).collect();
    assert_eq!(
        without,
        [
            ("C", "Neither a report nor source code was found in /home/me/c."),
            ("D", "Nothing was read yet in /home/me/d; the next sync does."),
        ]
    );
    let chart = page.chart.expect("there is a day with data");
    assert_eq!(chart.rows, [[TODAY, "82.5"]]);
}

#[test]
fn the_worst_project_comes_first() {
    let entries = vec![
        entry("good", Some(95), 0),
        entry("poor", Some(40), 0),
        entry("fair", Some(75), 0),
        entry("bare", None, 0),
    ];
    let page = built(&["bare", "fair", "good", "poor"], entries, None);
    let order: Vec<_> = page.measured.iter().map(|project| project.name.as_str()).collect();
    assert_eq!(order, ["Poor", "Fair", "Good", "Bare"], "by health, then by tech debt");
    assert_eq!(page.headline, "All 4 projects have data; 1 has high tech debt.");
    let poor = &page.measured[0];
    assert_eq!(poor.href, "/projects/poor");
    assert!(poor.debt.starts_with("Tech debt: High, because coverage is 40 %"), "{}", poor.debt);
    let shown: Vec<_> = poor.figures.iter().map(|figure| (figure.value.as_str(), figure.tone.as_str())).collect();
    assert_eq!(shown.len(), COLUMNS.len());
    assert_eq!(shown[..4], [("no data", "mute"), ("40 %", "bad"), ("no data", "mute"), ("0", "good")]);
    assert_eq!((shown[7], poor.also.as_str()), (("high", "bad"), "Open issues: 0"));
}

#[test]
fn one_project_is_shown_alone_and_its_numbers_are_no_means() {
    let mut shop = entry("shop", Some(90), 7);
    shop.lighthouse = Some(Lighthouse { performance: Some(69), ..Lighthouse::default() });
    shop.tests = Some(TestCounts { passed: 3, failed: 1, skipped: 0 });
    let page = built(&["blog", "shop"], vec![shop, entry("blog", Some(10), 0)], Some("shop"));
    assert_eq!((page.measured.len(), page.unmeasured.len()), (1, 0));
    assert_eq!(page.headline, "Shop has low tech debt.");
    let [_, backend, lighthouse, issues] = &page.stats[..] else { panic!("{:?}", page.stats) };
    assert_eq!((backend.strong.as_str(), backend.note.as_str()), ("meets the target", "of 85 %"));
    assert_eq!((lighthouse.value.as_str(), lighthouse.tone.as_str(), lighthouse.note.as_str()), ("69", "bad", "of 90"));
    assert_eq!(
        (issues.value.as_str(), issues.strong.as_str(), issues.note.as_str()),
        ("7", "above the target", "of 5")
    );
    assert_eq!(page.measured[0].figures[4].value, "1 failed of 4");
    assert_eq!(built(&["shop"], Vec::new(), Some("shop")).headline, "Shop has no data yet.");
    assert_eq!(
        built(&["a", "b"], vec![entry("a", None, 0)], Some("gone")).headline,
        "1 of 2 projects has data; none has high tech debt."
    );
}

#[test]
fn what_is_stale_is_marked_with_its_age_and_its_file() {
    let mut shop = entry("shop", Some(90), 0);
    shop.evidence.push(evidence(Measure::BackendCoverage, 18));
    shop.notes = (1..=5).map(|number| format!("Note {number}.")).collect();
    let page = built(&["shop"], vec![shop], None);
    let shop = &page.measured[0];
    assert_eq!((shop.figures[1].stale.as_str(), shop.figures[3].stale.as_str()), ("18 days old", ""));
    assert_eq!(shop.notes[0], "Stale: backend coverage is from coverage/lcov.info, 18 days old.");
    assert_eq!(shop.notes.last().map(String::as_str), Some("And 2 more; the project's page has them all."));
}

#[test]
fn without_projects_or_data_nothing_is_made_up() {
    let page = built(&[], Vec::new(), None);
    assert_eq!((page.headline.as_str(), page.stats.len(), page.chart), ("Nothing can be measured yet.", 0, None));
    let page = built(&["blog", "shop"], Vec::new(), None);
    assert_eq!((page.headline.as_str(), page.stats.len()), ("No project has been measured yet.", 0));
    assert_eq!(page.unmeasured.len(), 2);
}
