//! The quality of a project's code, from the reports its tools left behind and the comments in its source.
//!
//! [`read`] looks at one folder and never fails: what cannot be read, or is another project's, becomes a note. It runs
//! nothing, follows no links, leaves the folder as it is, and reads nothing without a bound. The parsers are pure.

pub mod advisories;
pub mod comments;
pub mod coverage;
mod find;
mod gather;
pub mod junit;
pub mod lighthouse;
pub mod lint;
mod lock_file;
mod paths;
mod recognise;
mod report;
mod stamp;
mod tree;
pub(in crate::sources) mod xml;

use std::hash::{Hash, Hasher};
use std::path::Path;

use chrono::NaiveDate;
use rustc_hash::FxHasher;

use crate::model::{Evidence, Markers, Measure, QualityEntry};
use crate::sources::allowance::Allowance;
use paths::Home;
use stamp::Stamp;
use tree::Tree;

/// Files with markers that are named; the fullest tell where to begin.
const MARKED_SHOWN: usize = 20;

/// What was read of a folder before, to tell what has changed since.
#[derive(Clone, Copy, Debug)]
pub struct Previous<'a> {
    pub entry: &'a QualityEntry,
    pub stamp: &'a [u8],
}

/// What was read of a folder.
#[derive(Clone, Debug)]
pub struct QualityReading {
    /// Without the tech debt, which is judged from it.
    pub entry: QualityEntry,
    /// To be kept for the next reading; opaque. `None` when nothing should be kept.
    pub stamp: Option<Vec<u8>>,
    /// Source files that were never searched: the next reading goes on with them.
    pub waiting: usize,
}

/// Reads one project. What has not changed since `previous` is not opened again.
#[must_use]
pub fn read(
    folder: &Path,
    project: &str,
    today: NaiveDate,
    previous: Option<Previous<'_>>,
    allowance: &Allowance,
) -> QualityReading {
    let mut entry = QualityEntry::unknown(project, today);
    let real = match std::fs::canonicalize(folder) {
        Ok(real) if real.is_dir() => real,
        Ok(_) => return noted(entry, format!("{} is a file, not a folder", folder.display())),
        Err(error) => return noted(entry, format!("{} cannot be read: {error}", folder.display())),
    };
    let home = Home::new(folder, &real);
    let before = previous.and_then(|previous| Some((Stamp::decode(previous.stamp)?, previous.entry)));
    let tree = tree::scan(&real, before.as_ref().map(|(stamp, _)| &stamp.tree), allowance);
    let (found, mut finding_notes) = find::find(&real, &tree.packages);
    let reports = fingerprint(&found, today);
    let unchanged = before.filter(|(stamp, entry)| stamp.reports == reports && entry.date == today);
    let report_notes = match unchanged {
        Some((stamp, before)) => {
            take_over(&mut entry, before);
            stamp.report_notes
        }
        None => {
            finding_notes.extend(gather::gather(&mut entry, &home, &real, found));
            finding_notes
        }
    };
    entry.notes.clone_from(&report_notes);
    entry.notes.extend(tree.notes());
    entry.markers = tree.markers();
    entry.evidence.extend(tree.markers().into_iter().flat_map(|markers| where_markers_are(&tree, markers)));
    if !real.is_dir() {
        return noted(
            QualityEntry::unknown(project, today),
            format!("{} vanished while it was read", folder.display()),
        );
    }
    let waiting = tree.waiting();
    let stamp = Stamp { reports, report_notes, tree }.encode();
    QualityReading { entry, stamp: Some(stamp), waiting }
}

fn noted(mut entry: QualityEntry, note: String) -> QualityReading {
    entry.notes.push(note);
    QualityReading { entry, stamp: None, waiting: 0 }
}

/// Names the files with markers, the fullest first; the folder itself when none has any.
fn where_markers_are(tree: &Tree, markers: Markers) -> Vec<Evidence> {
    let mut files = tree.marked(MARKED_SHOWN);
    if markers.total() == 0 {
        files.push((".".to_owned(), 0));
    }
    let evidence = |(file, count)| Evidence {
        measure: Measure::OpenIssues,
        file,
        count: Some(count),
        modified: None,
        age_days: None,
        stale: false,
    };
    files.into_iter().map(evidence).collect()
}

/// Takes over what the reports said, which are still the same.
fn take_over(entry: &mut QualityEntry, before: &QualityEntry) {
    entry.coverage = before.coverage;
    entry.lighthouse = before.lighthouse;
    entry.tests = before.tests;
    entry.lint = before.lint;
    entry.advisories = before.advisories;
    entry.lock_file_age_days = before.lock_file_age_days;
    let of_reports = |evidence: &&Evidence| evidence.measure != Measure::OpenIssues;
    entry.evidence = before.evidence.iter().filter(of_reports).cloned().collect();
}

/// Ages count from today, so the day is a part of what must not have changed.
fn fingerprint(found: &[find::Found], today: NaiveDate) -> u64 {
    let mut hasher = FxHasher::default();
    (today, found).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests;
