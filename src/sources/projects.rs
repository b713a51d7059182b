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

use crate::model::{FolderFacts, NOT_COMPARED};
use crate::sources::allowance::Allowance;
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
    /// Whether it is a large project with something left to do: others took the allowance.
    pub waiting: bool,
}

/// What one reading may do about large projects.
#[derive(Debug)]
pub struct Allowances {
    /// Files of work trees that are compared with the last commit.
    pub compared: Allowance,
    /// Files whose lines are counted.
    pub counted: Allowance,
}

/// Looks at folders, in parallel; what did not change since `Known` is not read.
#[must_use]
pub fn read_all(folders: &[(PathBuf, Option<Known>)], moment: Moment, may: &Allowances) -> Vec<Reading> {
    folders.par_iter().with_max_len(1).map(|(folder, known)| read(folder, known.as_ref(), moment, may)).collect()
}

/// Looks at one folder. Of a large one, files are compared and counted as far as the allowances go.
#[must_use]
pub fn read(folder: &Path, known: Option<&Known>, moment: Moment, may: &Allowances) -> Reading {
    let attempt = catch_unwind(AssertUnwindSafe(|| attempt(folder, known, moment, may)));
    attempt.unwrap_or_else(|_| {
        let note = "It could not be read: reading it ended abnormally. Check the repository with \"git fsck\".";
        let facts = FolderFacts { notes: vec![note.to_owned()], ..FolderFacts::default() };
        let changed = known.is_none_or(|known| known.facts != facts);
        Reading { facts: changed.then_some(facts), stamp: Stamp::default(), waiting: false }
    })
}

fn attempt(folder: &Path, known: Option<&Known>, moment: Moment, may: &Allowances) -> Reading {
    let files = manifest::candidates(folder);
    let seen = stamp::seen(folder, &files, moment);
    let before = known.map(|known| known.stamp).unwrap_or_default();
    let same_files = known.filter(|_| before.files == seen.files);
    let same = same_files.filter(|_| before.history == seen.history);
    let mut stamp = Stamp { looked_ms: same.and(before.looked_ms), ..seen };
    let is_counted = !before.rough || may.counted.is_used_up();
    let mut facts = match same.filter(|_| is_counted) {
        Some(known) => {
            (stamp.entries, stamp.rough) = (before.entries, before.rough);
            known.facts.clone()
        }
        None => {
            let lines_of = same_files.filter(|_| is_counted);
            stamp.rough = lines_of.is_some() && before.rough;
            let lines_of = lines_of.map(|known| &known.facts);
            let mut facts = read_folder(folder, &files, moment, lines_of, &may.counted, &mut stamp);
            if let (Some(git), Some(known)) = (&mut facts.git, same) {
                // Only the lines are counted anew: the work tree is not compared twice for that.
                git.uncommitted = known.facts.git.as_ref().and_then(|git| git.uncommitted);
                stamp.looked_ms = before.looked_ms.filter(|_| git.uncommitted.is_some());
            }
            facts
        }
    };
    let waiting = compare(folder, &mut facts, &mut stamp, moment.now.timestamp_millis(), &may.compared);
    let changed = known.is_none_or(|known| known.facts != facts);
    Reading { facts: changed.then_some(facts), stamp, waiting: waiting || stamp.rough }
}

/// Counts what is not committed, when it is time to: edits in a work tree show in nothing but the files themselves.
/// Returns whether that has to wait.
fn compare(folder: &Path, facts: &mut FolderFacts, stamp: &mut Stamp, now_ms: i64, allowance: &Allowance) -> bool {
    let FolderFacts { git: Some(git), notes, .. } = facts else { return false };
    // What could not be compared is tried again when something changes.
    if git.bare || (stamp.looked_ms.is_some() && git.uncommitted.is_none()) {
        return false;
    }
    if stamp.entries > COMPARED_ALWAYS {
        let is_recent = |looked: i64| (0..COMPARED_EVERY_MS).contains(&now_ms.saturating_sub(looked));
        if stamp.looked_ms.is_some_and(is_recent) {
            return false;
        }
        if !allowance.take(stamp.entries) {
            // What was counted the last time stands meanwhile, unless there is another commit or index since.
            git.uncommitted = git.uncommitted.filter(|_| stamp.looked_ms.is_some());
            return true;
        }
    }
    match git::open(folder).and_then(|repository| git::uncommitted(&repository)) {
        Ok(count) => git.uncommitted = Some(count),
        Err(_) if stamp.looked_ms.is_some() => {}
        Err(error) => notes.push(format!("{NOT_COMPARED} with the last commit: {error}")),
    }
    stamp.looked_ms = Some(now_ms);
    false
}

/// Reads everything but what is not committed; the lines of code stand when the files are as they were.
fn read_folder(
    folder: &Path,
    files: &manifest::Files,
    moment: Moment,
    same_files: Option<&FolderFacts>,
    allowance: &Allowance,
    stamp: &mut Stamp,
) -> FolderFacts {
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
    stamp.entries = tracked.as_ref().map_or(0, Vec::len);
    let bare = facts.git.as_ref().is_some_and(|git| git.bare);
    if !bare {
        match same_files.filter(|_| tracked.is_some()) {
            Some(before) => {
                facts.languages.clone_from(&before.languages);
                notes.extend(before.notes.iter().filter(|note| note.starts_with(languages::ESTIMATED)).cloned());
            }
            None => (facts.languages, stamp.rough) = languages::count(folder, tracked, allowance, notes),
        }
        manifest::read(folder, files, &mut facts);
    }
    facts
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
