//! Claude Code's session logs: append-only JSONL under `<config>/projects/<slug>/…`.
//!
//! Three stages: [`find`] lists the files, [`Plan::new`] keeps those that grew, [`Group::read`] reads only what was
//! appended. Prompt and answer text is skipped unread and never leaves the line it was on.

mod discover;
mod lenient;
mod line;
mod reader;
mod retention;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use crate::model::{Batch, Cursor, UsageEvent};
use crate::sources::Problems;

pub use retention::Retention;

pub use discover::{Found, LogFile, default_roots, find, find_roots};

pub const NAME: &str = "claude_code";

/// Files read between two commits: bounds memory to about 50 MB of facts per gigabyte of logs.
const GROUP_BYTES: u64 = 1 << 30;

/// What has to be read, given how far we were.
#[derive(Debug, Default)]
pub struct Plan {
    groups: Vec<Vec<Job>>,
    /// Bytes to read in all.
    pub bytes: u64,
    /// Files to read in all.
    pub files: u64,
}

#[derive(Debug)]
struct Job {
    file: LogFile,
    from: u64,
    /// Hash of the bytes right before `from`, to notice a file that was rewritten in place.
    tail: u64,
}

/// What one group of files gave.
#[derive(Debug, Default)]
pub struct Reading {
    pub batch: Batch,
    pub lines_bad: Problems,
    pub files_bad: Problems,
}

impl Plan {
    /// Compares the files with the cursors: unchanged files are not opened.
    #[must_use]
    pub fn new(files: Vec<LogFile>, cursors: &HashMap<String, Cursor>) -> Plan {
        let mut plan = Plan::default();
        let mut group_bytes = 0;
        for file in files {
            let (from, tail) = match cursors.get(&file.item).map(|cursor| file.resume(cursor)) {
                Some(None) => continue,
                Some(Some(start)) => start,
                None => (0, 0),
            };
            let bytes = file.size.saturating_sub(from);
            plan.bytes += bytes;
            plan.files += 1;
            if plan.groups.is_empty() || group_bytes + bytes > GROUP_BYTES {
                plan.groups.push(Vec::new());
                group_bytes = 0;
            }
            group_bytes += bytes;
            if let Some(group) = plan.groups.last_mut() {
                group.push(Job { file, from, tail });
            }
        }
        plan
    }

    /// Returns the groups, each to be read and stored before the next.
    #[must_use]
    pub fn into_groups(self) -> Vec<Group> {
        self.groups.into_iter().map(Group).collect()
    }
}

/// Files that are read in parallel and stored in one transaction.
#[derive(Debug)]
pub struct Group(Vec<Job>);

impl Group {
    /// Reads the appended part of every file; `done` counts the bytes, for a progress bar.
    #[must_use]
    pub fn read(self, done: &AtomicU64) -> Reading {
        // One list that grows: lists per file, put together in the end, would need the memory twice.
        let all = Mutex::new(Reading { batch: Batch { source: NAME, ..Batch::default() }, ..Reading::default() });
        self.0.par_iter().for_each_init(reader::Buffer::default, |buffer, job| {
            read_file(job, buffer, &all);
            done.fetch_add(job.file.size.saturating_sub(job.from), Ordering::Relaxed);
        });
        let mut all = all.into_inner().unwrap_or_else(PoisonError::into_inner);
        // Which file came first is chance; what is named to people must not be.
        all.lines_bad.examples.sort_unstable();
        all.files_bad.examples.sort_unstable();
        all
    }
}

fn read_file(job: &Job, buffer: &mut reader::Buffer, all: &Mutex<Reading>) {
    let mut lines = line::Lines::new(&job.file);
    let end = reader::read(&job.file.path, job.from, job.tail, buffer, |offset, text| lines.take(offset, text));
    let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
    all.batch.events.append(&mut lines.events);
    all.lines_bad.merge(lines.bad);
    match end {
        Ok(end) => all.batch.cursors.push(job.file.cursor(end.position, end.tail)),
        // What was read before the error is kept; the cursor stays, so the file is tried again.
        Err(error) => all.files_bad.add(|| format!("{}: {error}", job.file.path.display())),
    }
}

/// One file's text, names shared among its events.
type Shared = Arc<str>;

/// Keeps the better of two sightings that follow each other, which is what streaming writes.
fn push_or_improve(events: &mut Vec<UsageEvent>, event: UsageEvent) {
    match events.last_mut() {
        Some(last) if last.key == event.key => {
            if crate::model::rank(&event, last).is_gt() {
                *last = event;
            }
        }
        _ => events.push(event),
    }
}

/// Where Claude Code keeps its logs, or what the user said instead.
#[must_use]
pub fn roots(configured: Option<&[PathBuf]>) -> Vec<PathBuf> {
    configured.map_or_else(default_roots, <[PathBuf]>::to_vec)
}
