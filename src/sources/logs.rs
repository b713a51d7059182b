//! What all logs of agents have in common: finding the files, reading only what is new, and how to go on the next time.
//!
//! An agent's own file says where its logs lie and what stands in them ([`LogFormat`]); the rest is here, once. Three
//! stages: [`LogFormat::find`] lists the files, [`Plan::new`] keeps those that changed, [`Group::read`] reads them. Prompt
//! and answer text never leaves the line it was on.

pub mod collect;
mod discover;
pub mod editors;
pub mod reader;
mod retention;
pub mod stateful;
#[cfg(test)]
pub mod testing;
pub mod values;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use crate::model::{Batch, Cursor, UsageEvent};
use crate::sources::Problems;

pub use discover::{Found, LogFile, Start, ends_with};
pub use reader::{Buffer, End, noted};
pub use retention::{Keeps, Retention};

/// One file's text, names shared among its events.
pub type Shared = Arc<str>;

/// Files read between two commits: bounds memory to about 50 MB of facts per gigabyte of logs.
const GROUP_BYTES: u64 = 1 << 30;

/// Where an agent keeps its logs, and how they are read.
#[derive(Debug)]
pub struct LogFormat {
    /// The name of the source.
    pub name: &'static str,
    /// What people call the agent.
    pub agent: &'static str,
    /// Grows when something is understood that was refused, or differently, before: then the files are read again.
    pub reader: u32,
    /// Its folders when the user names none.
    pub default_roots: fn() -> Vec<PathBuf>,
    /// The folders below a root that hold logs, whether they exist or not.
    pub folders: fn(&Path) -> Vec<PathBuf>,
    /// Whether a root without such folders is one of them itself.
    pub bare_roots: bool,
    /// Whether a file below such a folder is a log, by its path.
    pub is_log: fn(&Path) -> bool,
    /// Reads what is new in a file.
    pub read: fn(&LogFile, &Start, &mut Buffer) -> FileReading,
    /// How long the agent keeps the logs of a folder, when it deletes them at all.
    pub keeps: fn(&Path) -> Option<Keeps>,
}

impl LogFormat {
    /// Where the agent keeps its logs, or what the user said instead.
    #[must_use]
    pub fn roots(&self, configured: Option<&[PathBuf]>) -> Vec<PathBuf> {
        configured.map_or_else(self.default_roots, <[PathBuf]>::to_vec)
    }
}

/// What reading one file gave.
#[derive(Debug)]
pub struct FileReading {
    pub events: Vec<UsageEvent>,
    pub bad: Problems,
    /// What has to be remembered to go on in the middle of the file; the format's own text.
    pub state: String,
    pub end: std::io::Result<End>,
}

/// What has to be read, given how far we were.
#[derive(Debug)]
pub struct Plan {
    format: &'static LogFormat,
    groups: Vec<Vec<Job>>,
    /// Bytes to read in all.
    pub bytes: u64,
    /// Files to read in all.
    pub files: u64,
}

#[derive(Debug)]
struct Job {
    file: LogFile,
    start: Start,
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
    pub fn new(format: &'static LogFormat, files: Vec<LogFile>, cursors: &HashMap<String, Cursor>) -> Plan {
        let mut plan = Plan { format, groups: Vec::new(), bytes: 0, files: 0 };
        let mut group_bytes = 0;
        for file in files {
            let start = match cursors.get(&file.item).map(|cursor| file.resume(cursor)) {
                Some(None) => continue,
                Some(Some(start)) => start,
                None => Start::default(),
            };
            let bytes = file.size.saturating_sub(start.from);
            plan.bytes += bytes;
            plan.files += 1;
            if plan.groups.is_empty() || group_bytes + bytes > GROUP_BYTES {
                plan.groups.push(Vec::new());
                group_bytes = 0;
            }
            group_bytes += bytes;
            if let Some(group) = plan.groups.last_mut() {
                group.push(Job { file, start });
            }
        }
        plan
    }

    /// Returns the groups, each to be read and stored before the next.
    #[must_use]
    pub fn into_groups(self) -> Vec<Group> {
        let format = self.format;
        self.groups.into_iter().map(|jobs| Group { format, jobs }).collect()
    }
}

/// Files that are read in parallel and stored in one transaction.
#[derive(Debug)]
pub struct Group {
    format: &'static LogFormat,
    jobs: Vec<Job>,
}

impl Group {
    /// Reads the appended part of every file; `done` counts the bytes, for a progress bar.
    #[must_use]
    pub fn read(self, done: &AtomicU64) -> Reading {
        // One list that grows: lists per file, put together in the end, would need the memory twice.
        let all =
            Mutex::new(Reading { batch: Batch { source: self.format.name, ..Batch::default() }, ..Reading::default() });
        self.jobs.par_iter().for_each_init(Buffer::default, |buffer, job| {
            read_file(self.format, job, buffer, &all);
            done.fetch_add(job.file.size.saturating_sub(job.start.from), Ordering::Relaxed);
        });
        let mut all = all.into_inner().unwrap_or_else(PoisonError::into_inner);
        // Which file came first is chance; what is named to people must not be.
        all.lines_bad.examples.sort_unstable();
        all.files_bad.examples.sort_unstable();
        all
    }
}

fn read_file(format: &LogFormat, job: &Job, buffer: &mut Buffer, all: &Mutex<Reading>) {
    let mut read = (format.read)(&job.file, &job.start, buffer);
    let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
    all.batch.events.append(&mut read.events);
    all.lines_bad.merge(read.bad);
    match read.end {
        Ok(end) => all.batch.cursors.push(job.file.cursor(&end, &read.state)),
        // What was read before the error is kept; the cursor stays, so the file is tried again.
        Err(error) => all.files_bad.add(|| format!("{}: {error}", job.file.path.display())),
    }
}

/// The folders a variable names, separated by commas; `None` when it is not set.
#[must_use]
pub fn folders_in(variable: &str) -> Option<Vec<PathBuf>> {
    let list = std::env::var_os(variable).filter(|list| !list.is_empty())?;
    let list = list.to_string_lossy().into_owned();
    Some(list.split(',').map(str::trim).filter(|part| !part.is_empty()).map(PathBuf::from).collect())
}

/// The home folder of whoever runs the program.
#[must_use]
pub fn home() -> PathBuf {
    // A test reads nobody's logs.
    if cfg!(test) { PathBuf::from("/nonexistent") } else { std::env::home_dir().unwrap_or_default() }
}
