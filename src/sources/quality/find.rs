//! Where the reports of a project's tools lie: known places in it and in its packages, known kinds of names.
//!
//! Lists folders and looks at states; opens nothing.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use super::recognise::{Guess, guess};

/// The places tools write to, or people tell them to.
const PLACES: [&str; 27] = [
    "",
    "coverage",
    "coverage/lcov",
    ".lighthouseci",
    "lighthouse",
    "lighthouse-reports",
    "reports",
    "report",
    "test-results",
    "test-reports",
    "junit",
    "artifacts",
    "audit",
    "target",
    "target/coverage",
    "target/llvm-cov",
    "target/tarpaulin",
    "target/nextest/default",
    "target/nextest/ci",
    "target/site/jacoco",
    "target/site/cobertura",
    "target/surefire-reports",
    "build/reports/jacoco/test",
    "build/reports/kover",
    "build/test-results/test",
    "TestResults",
    "storybook-static/lighthouse",
];
/// Names looked at in one place: a folder of so many is no folder of reports.
const MAX_NAMES: usize = 5_000;
/// Report files of one project.
const MAX_FOUND: usize = 500;

/// A file that may be a report.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Found {
    /// Relative to the project.
    pub path: String,
    /// The package it lies in, relative to the project.
    pub base: String,
    pub guess: Guess,
    pub modified: Option<SystemTime>,
    pub bytes: u64,
}

/// Lists what may be reports, and says what was left out.
pub(super) fn find(root: &Path, packages: &[String]) -> (Vec<Found>, Vec<String>) {
    let mut found = Vec::new();
    for base in packages {
        for place in PLACES {
            list(root, base, place, &mut found);
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found.dedup_by(|a, b| a.path == b.path);
    let mut notes = Vec::new();
    if found.len() > MAX_FOUND {
        notes.push(format!("Of {} report files only the latest {MAX_FOUND} were read", found.len()));
        found.sort_by(|a, b| b.modified.cmp(&a.modified).then_with(|| a.path.cmp(&b.path)));
        found.truncate(MAX_FOUND);
    }
    (found, notes)
}

fn list(root: &Path, base: &str, place: &str, found: &mut Vec<Found>) {
    let relative = joined(base, place);
    // A link may lead anywhere, and is not followed on the way either.
    let mut folder = root.join(base);
    for part in place.split('/').filter(|part| !part.is_empty()) {
        folder.push(part);
        if !fs::symlink_metadata(&folder).is_ok_and(|metadata| metadata.is_dir()) {
            return;
        }
    }
    let Ok(entries) = fs::read_dir(&folder) else { return };
    for entry in entries.take(MAX_NAMES).flatten() {
        let name = entry.file_name();
        let Some((name, guess)) = name.to_str().and_then(|name| Some((name, guess(place, name)?))) else { continue };
        let Ok(metadata) = entry.metadata() else { continue };
        if metadata.is_file() {
            found.push(Found {
                path: joined(&relative, name),
                base: base.to_owned(),
                guess,
                modified: metadata.modified().ok(),
                bytes: metadata.len(),
            });
        }
    }
}

fn joined(folder: &str, name: &str) -> String {
    match (folder, name) {
        ("", name) => name.to_owned(),
        (folder, "") => folder.to_owned(),
        (folder, name) => format!("{folder}/{name}"),
    }
}
