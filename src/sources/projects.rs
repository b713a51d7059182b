//! The folders the user works in, and what each says of itself: its repository, its manifests, its code.
//!
//! Three stages: `discover` finds the folders, `stamp` sees at a glance whether anything changed, the readers read
//! what did. Nothing is run and nothing is written: no git program, no hook, no filter a repository names. One folder
//! never touches another: what is wrong with it becomes a note on it, whatever it is.

mod discover;
mod git;
mod languages;
mod manifest;
mod stamp;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use rayon::prelude::*;

use crate::model::FolderFacts;
pub use discover::{Candidates, Discovered, discover};
pub use stamp::Stamp;

/// Work trees with more files are compared when something else says that they changed, and else once an hour:
/// looking at each of a million files takes a second.
const COMPARED_ALWAYS: usize = 2_000;
const COMPARED_EVERY_MS: i64 = 3_600_000;

/// When and for whom folders are read.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    pub now: DateTime<Utc>,
    pub tz: Tz,
}

impl Moment {
    pub(self) fn today(self) -> NaiveDate {
        self.now.with_timezone(&self.tz).date_naive()
    }

    /// The user's day of an instant; `None` outside of the calendar.
    pub(self) fn day(self, seconds: i64) -> Option<NaiveDate> {
        Some(DateTime::from_timestamp(seconds, 0)?.with_timezone(&self.tz).date_naive())
    }
}

/// What was known of a folder.
#[derive(Clone, Debug)]
pub struct Known {
    pub stamp: Stamp,
    pub facts: FolderFacts,
}

/// What a look at a folder gave.
#[derive(Clone, Debug)]
pub struct Reading {
    /// `None` when it says what it said before.
    pub facts: Option<FolderFacts>,
    pub stamp: Stamp,
}

/// Looks at folders, in parallel; what did not change since `Known` is not read.
#[must_use]
pub fn read_all(folders: &[(PathBuf, Option<Known>)], moment: Moment) -> Vec<Reading> {
    folders.par_iter().with_max_len(1).map(|(folder, known)| read(folder, known.as_ref(), moment)).collect()
}

/// Looks at one folder.
#[must_use]
pub fn read(folder: &Path, known: Option<&Known>, moment: Moment) -> Reading {
    let attempt = catch_unwind(AssertUnwindSafe(|| attempt(folder, known, moment)));
    attempt.unwrap_or_else(|_| {
        let note = "It could not be read: reading it ended abnormally. Check the repository with \"git fsck\".";
        let facts = FolderFacts { notes: vec![note.to_owned()], ..FolderFacts::default() };
        let changed = known.is_none_or(|known| known.facts != facts);
        Reading { facts: changed.then_some(facts), stamp: Stamp::default() }
    })
}

fn attempt(folder: &Path, known: Option<&Known>, moment: Moment) -> Reading {
    let files = manifest::candidates(folder);
    let seen = stamp::seen(folder, &files, moment);
    let now_ms = moment.now.timestamp_millis();
    match known {
        Some(known) if known.stamp.seen == seen => look_again(folder, known, now_ms),
        _ => {
            let (facts, entries) = read_folder(folder, &files, moment);
            let changed = known.is_none_or(|known| known.facts != facts);
            Reading { facts: changed.then_some(facts), stamp: Stamp { seen, entries, looked_ms: now_ms } }
        }
    }
}

/// Edits in a work tree show in nothing but the files themselves.
fn look_again(folder: &Path, known: &Known, now_ms: i64) -> Reading {
    let age = now_ms.saturating_sub(known.stamp.looked_ms);
    let due = known.stamp.entries <= COMPARED_ALWAYS || !(0..COMPARED_EVERY_MS).contains(&age);
    let before = known.facts.git.as_ref().and_then(|git| git.uncommitted);
    // What could not be compared is tried again when something changes.
    if !due || before.is_none() {
        return Reading { facts: None, stamp: known.stamp };
    }
    let now = git::open(folder).and_then(|repository| git::uncommitted(&repository)).ok();
    let mut facts = known.facts.clone();
    if let (Some(git), Some(_)) = (&mut facts.git, now) {
        git.uncommitted = now;
    }
    Reading { facts: (facts != known.facts).then_some(facts), stamp: Stamp { looked_ms: now_ms, ..known.stamp } }
}

fn read_folder(folder: &Path, files: &manifest::Files, moment: Moment) -> (FolderFacts, usize) {
    let mut facts = FolderFacts::default();
    let notes = &mut facts.notes;
    if let Some(error) = &files.error {
        notes.push(format!("The folder cannot be listed: {error}. Give yourself read access to it."));
    }
    let mut tracked = None;
    if git::is_repository(folder) {
        match git::open(folder) {
            Ok(repository) => {
                facts.git = Some(git::facts(&repository, moment, notes));
                tracked = git::tracked(&repository, notes);
            }
            Err(error) => notes.push(format!("The repository cannot be opened: {error}")),
        }
        facts.evidence.insert("git".to_owned(), if folder.join(".git").exists() { ".git" } else { "." }.to_owned());
    }
    let entries = tracked.as_ref().map_or(0, Vec::len);
    let bare = facts.git.as_ref().is_some_and(|git| git.bare);
    if !bare {
        facts.languages = languages::count(folder, tracked, notes);
        manifest::read(folder, files, &mut facts);
    }
    (facts, entries)
}

/// Makes what a library says fit for a note: one line, cut.
fn one_line(text: &dyn std::fmt::Display) -> String {
    const LONGEST: usize = 200;
    let text = text.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests;
