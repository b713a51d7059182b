//! Whole projects in temporary folders, with the reports real tools have written.

mod changed;

use std::fs::{self, File};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use super::*;
use crate::model::{Advisories, Coverage, Lighthouse, LintCounts, Markers, Ratio, TestCounts};

const ISTANBUL: &str = include_str!("fixtures/istanbul-coverage-summary.json");
const LCOV: &str = include_str!("fixtures/lcov.info");
const LLVM_COV: &str = include_str!("fixtures/llvm-cov.json");
const LIGHTHOUSE: &str = include_str!("fixtures/lighthouse-report.json");
const VITEST: &str = include_str!("fixtures/junit-vitest.xml");
const ESLINT: &str = include_str!("fixtures/eslint.json");
const SARIF: &str = include_str!("fixtures/eslint.sarif");
const CLIPPY: &str = include_str!("fixtures/clippy.json");
const NPM: &str = include_str!("fixtures/npm-audit.json");
const CARGO_AUDIT: &str = include_str!("fixtures/cargo-audit.json");

/// Reads a project with leave to open every file.
fn read(folder: &Path, project: &str, today: NaiveDate, previous: Option<Previous<'_>>) -> QualityReading {
    super::read(folder, project, today, previous, &Allowance::of(usize::MAX))
}

/// The day after the one the fixtures were made on.
fn today() -> NaiveDate {
    "2026-11-22".parse().expect("a date")
}

/// A project whose files were all written a while ago, as far as their times tell.
struct Project {
    root: tempfile::TempDir,
}

impl Project {
    fn new() -> Project {
        Project { root: tempfile::tempdir().expect("a folder") }
    }

    fn path(&self) -> PathBuf {
        fs::canonicalize(self.root.path()).expect("is there")
    }

    /// Writes a file of an age in days; paths of the fixtures become those of this project.
    fn write_aged(&self, name: &str, text: &str, days: u64) -> &Project {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("has a folder")).expect("makes the folder");
        let here = self.path().display().to_string();
        let text = text.replace("/home/dev/shop", &here).replace("/home/dev/ledger", &here);
        fs::write(&path, text).expect("writes");
        let noon: SystemTime = today().and_hms_opt(12, 0, 0).expect("a time").and_utc().into();
        let file = File::options().write(true).open(&path).expect("opens");
        file.set_modified(noon - Duration::from_secs(days * 86_400)).expect("ages");
        self
    }

    fn write(&self, name: &str, text: &str) -> &Project {
        self.write_aged(name, text, 1)
    }

    fn read(&self) -> QualityEntry {
        read(self.root.path(), "shop", today(), None).entry
    }
}

fn files(entry: &QualityEntry, measure: Measure) -> Vec<&str> {
    entry.evidence_of(measure).map(|evidence| evidence.file.as_str()).collect()
}

#[test]
fn an_empty_folder_is_no_data_and_not_zero() {
    let entry = Project::new().read();
    assert_eq!(entry, QualityEntry::unknown("shop", today()));
}

#[test]
fn every_measure_comes_from_its_report_and_names_it() {
    let project = Project::new();
    project.write("coverage/coverage-summary.json", ISTANBUL).write("llvm-cov.json", LLVM_COV);
    project.write("lighthouse-report.json", LIGHTHOUSE).write("junit.xml", VITEST);
    project.write("reports/eslint.sarif", SARIF).write("clippy.json", CLIPPY);
    project.write("npm-audit.json", NPM).write("audit.json", CARGO_AUDIT).write_aged("Cargo.lock", "", 40);
    project.write("src/cart.ts", "// TODO: taxes\nconst a = 'FIXME';\n");
    let entry = project.read();
    assert_eq!(entry.notes, Vec::<String>::new());
    assert_eq!(entry.coverage.frontend, Some(Ratio { covered: 10, total: 13 }));
    assert_eq!(entry.coverage.backend, Some(Ratio { covered: 61, total: 80 }));
    assert_eq!(
        entry.lighthouse.map(|Lighthouse { performance, seo, .. }| (performance, seo)),
        Some((Some(100), Some(82)))
    );
    assert_eq!(entry.markers, Some(Markers { todo: 1, fixme: 0, hack: 0 }));
    assert_eq!(entry.tests, Some(TestCounts { passed: 2, failed: 1, skipped: 1 }));
    assert_eq!(entry.lint, Some(LintCounts { errors: 1, warnings: 4 }));
    assert_eq!(entry.advisories, Some(Advisories { critical: 2, high: 3, moderate: 1, low: 1, unrated: 1 }));
    assert_eq!(entry.lock_file_age_days, Some(40));
    let cited: Vec<(Measure, &str)> = entry.evidence.iter().map(|e| (e.measure, e.file.as_str())).collect();
    assert_eq!(
        cited,
        [
            (Measure::FrontendCoverage, "coverage/coverage-summary.json"),
            (Measure::BackendCoverage, "llvm-cov.json"),
            (Measure::Lighthouse, "lighthouse-report.json"),
            (Measure::Tests, "junit.xml"),
            (Measure::Lint, "reports/eslint.sarif"),
            (Measure::Lint, "clippy.json"),
            (Measure::Advisories, "npm-audit.json"),
            (Measure::Advisories, "audit.json"),
            (Measure::LockFile, "Cargo.lock"),
            (Measure::OpenIssues, "src/cart.ts"),
        ]
    );
    assert!(entry.evidence.iter().all(|evidence| !evidence.stale));
}

#[test]
fn the_newest_report_wins_and_packages_add_up() {
    let project = Project::new();
    project.write_aged("coverage/lcov.info", "SF:src/a.ts\nDA:1,0\nend_of_record\n", 9);
    project.write_aged("lcov.info", LCOV, 2);
    assert_eq!(project.read().coverage.frontend, Some(Ratio { covered: 10, total: 13 }), "not both");
    project.write("packages/ui/package.json", "{}");
    project.write("packages/ui/coverage/lcov.info", "SF:src/b.ts\nDA:1,1\nDA:2,1\nend_of_record\n");
    project.write_aged("packages/old/package.json", "{}", 90);
    project.write_aged("packages/old/coverage/lcov.info", "SF:src/c.ts\nDA:1,0\nend_of_record\n", 90);
    let entry = project.read();
    assert_eq!(entry.coverage.frontend, Some(Ratio { covered: 12, total: 15 }));
    assert_eq!(files(&entry, Measure::FrontendCoverage), ["packages/ui/coverage/lcov.info", "lcov.info"]);
}

#[test]
fn the_same_test_twice_counts_once_and_pieces_of_a_run_add_up() {
    let project = Project::new();
    let suite = |name: &str, failed: bool| {
        let failure = if failed { "<failure/>" } else { "" };
        format!("<testsuite><testcase classname='{name}' name='works'>{failure}</testcase></testsuite>")
    };
    project.write("target/surefire-reports/TEST-A.xml", &suite("A", false));
    project.write("target/surefire-reports/TEST-B.xml", &suite("B", true));
    project.write_aged("junit.xml", &suite("B", false), 3);
    let entry = project.read();
    assert_eq!(entry.tests, Some(TestCounts { passed: 1, failed: 1, skipped: 0 }));
    assert_eq!(files(&entry, Measure::Tests).len(), 2);
}

#[test]
fn open_issues_name_the_files_they_are_in() {
    let project = Project::new();
    project.write("a.rs", "// TODO").write("src/b.rs", "// FIXME HACK").write("src/c.rs", "");
    let named = |entry: &QualityEntry| -> Vec<(String, Option<u64>)> {
        entry.evidence_of(Measure::OpenIssues).map(|evidence| (evidence.file.clone(), evidence.count)).collect()
    };
    assert_eq!(named(&project.read()), [("src/b.rs".to_owned(), Some(2)), ("a.rs".to_owned(), Some(1))]);
    let clean = Project::new();
    clean.write("a.rs", "");
    assert_eq!(named(&clean.read()), [(".".to_owned(), Some(0))]);
}

#[test]
fn an_old_report_is_marked_with_its_age() {
    let project = Project::new();
    project.write_aged("coverage/lcov.info", LCOV, 15);
    let entry = project.read();
    let evidence = &entry.evidence[0];
    assert_eq!((evidence.age_days, evidence.stale), (Some(15), true));
    assert_eq!(evidence.modified, Some("2026-11-07".parse().expect("a date")));
    assert_eq!(entry.coverage.frontend.and_then(Ratio::percent), Some(76.92), "old, but all there is");
}

#[test]
fn another_projects_report_is_refused_and_said() {
    let project = Project::new();
    project.write("coverage/coverage-summary.json", &ISTANBUL.replace("/home/dev/shop", "/home/dev/other"));
    project.write("eslint.json", &ESLINT.replace("/home/dev/shop", "/home/dev/other"));
    project.write("go.mod", "module example.com/mine\n");
    project.write("cover.out", include_str!("fixtures/go-cover.out"));
    let entry = project.read();
    assert_eq!((entry.coverage, entry.lint), (Coverage::default(), None));
    assert_eq!(
        entry.notes,
        [
            "cover.out was not counted as Go cover profile: it is about another module than example.com/mine, such as example.com/shop/cart.go",
            "coverage/coverage-summary.json was not counted as Istanbul summary: it is about files outside of this project, such as /home/dev/other/src/cart.ts",
            "eslint.json was not counted as ESLint report: it is about files outside of this project, such as /home/dev/other/src/label.js",
        ]
    );
}

#[test]
fn one_bad_report_is_noted_and_the_others_count() {
    let project = Project::new();
    project.write("coverage/coverage-summary.json", "{\"total\": {").write("coverage/lcov.info", LCOV);
    project.write("npm-audit.json", include_str!("fixtures/npm-audit-failed.json"));
    project.write_aged("junit.xml", VITEST, 0);
    let huge = File::create(project.path().join("huge.lcov")).expect("makes it");
    huge.set_len(33 << 20).expect("grows");
    // As large, but nothing we know: no news.
    File::create(project.path().join("nohup.out")).and_then(|file| file.set_len(33 << 20)).expect("grows");
    let entry = project.read();
    assert_eq!(entry.coverage.frontend, Some(Ratio { covered: 10, total: 13 }));
    assert_eq!((entry.tests.is_some(), entry.advisories), (true, None));
    assert_eq!(entry.notes.len(), 3, "{:?}", entry.notes);
    assert!(entry.notes[0].starts_with("coverage/coverage-summary.json was not counted as Istanbul summary: EOF"));
    assert_eq!(entry.notes[1], "huge.lcov was not read: it is larger than 32 MB");
    assert!(entry.notes[2].contains("npm audit failed: 405"));
}

#[test]
fn a_date_in_the_future_is_noted_and_has_no_age() {
    let project = Project::new();
    let later = LIGHTHOUSE.replace("2026-11-21T", "2031-01-01T");
    project.write_aged("lighthouse-report.json", &later, 3);
    let entry = project.read();
    assert_eq!(entry.lighthouse_score(), Some(100));
    assert_eq!(entry.evidence[0].age_days, Some(3), "the file's own time does");
    assert_eq!(entry.notes, ["lighthouse-report.json says it was made on 2031-01-01, which is in the future"]);
}

#[test]
fn a_folder_that_is_gone_or_a_file_is_a_note() {
    let project = Project::new();
    project.write("file", "");
    for name in ["gone", "file"] {
        let reading = read(&project.path().join(name), "shop", today(), None);
        assert_eq!((reading.entry.notes.len(), reading.entry.markers, reading.stamp), (1, None, None));
        assert!(reading.entry.notes[0].contains(name), "{:?}", reading.entry.notes);
    }
}

#[test]
fn ignored_vendored_and_hidden_files_are_not_searched() {
    let project = Project::new();
    let todo = "// TODO\n";
    project.write(".gitignore", "/out-of-it/\n*.gen.ts\n").write("out-of-it/a.ts", todo).write("b.gen.ts", todo);
    project.write("web/.ignore", "skip.ts\n").write("web/skip.ts", todo).write("web/kept.ts", todo);
    project.write("node_modules/x/index.js", todo).write("target/debug/a.rs", todo).write(".cache/a.ts", todo);
    project.write("notes.md", "TODO").write("app.min.js", todo);
    project.write("large.ts", &todo.repeat((1 << 20) / todo.len() + 1)).write("binary.c", "\0// TODO");
    let entry = project.read();
    assert_eq!(entry.markers, Some(Markers { todo: 1, fixme: 0, hack: 0 }));
    assert_eq!(entry.notes, ["1 source file could not be searched: unreadable, or larger than 1 MB"]);
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_and_loops_end() {
    use std::os::unix::fs::symlink;
    let (project, other) = (Project::new(), Project::new());
    other.write("a.ts", "// TODO").write("lcov.info", LCOV);
    project.write("src/a.ts", "// FIXME");
    symlink(project.path(), project.path().join("src/loop")).expect("links");
    symlink(other.path(), project.path().join("coverage")).expect("links");
    symlink(other.path().join("a.ts"), project.path().join("src/b.ts")).expect("links");
    symlink(other.path().join("lcov.info"), project.path().join("lcov.info")).expect("links");
    let entry = project.read();
    assert_eq!(entry.markers, Some(Markers { todo: 0, fixme: 1, hack: 0 }));
    assert_eq!(entry.coverage.frontend, None);
    let linked = other.path().join("link");
    symlink(project.path(), &linked).expect("links");
    assert_eq!(read(&linked, "shop", today(), None).entry.markers, entry.markers, "the project itself may be a link");
}
