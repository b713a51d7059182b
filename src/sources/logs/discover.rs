//! Finding log files and recognising whether one grew, was cut, or was replaced.
//!
//! Symlinks below a root are never followed: what they point to inside is found anyway, what lies outside is not ours.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::{End, LogFormat};
use crate::model::Cursor;
use crate::sources::Problems;

/// Deeper than any layout of the agent; bounds a walk through a folder that is not one.
const MAX_DEPTH: u32 = 8;

/// What the roots hold.
#[derive(Debug, Default)]
pub struct Found {
    pub files: Vec<LogFile>,
    /// Roots that exist.
    pub roots: Vec<PathBuf>,
    pub problems: Problems,
}

/// Where to go on reading a file; the default is its beginning.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Start {
    pub from: u64,
    /// Hash of the bytes right before `from`, to notice a file that was rewritten in place.
    pub tail: u64,
    /// What the format has to remember of what came before.
    pub state: String,
}

/// One session log, as it looks now.
#[derive(Clone, Debug)]
pub struct LogFile {
    pub path: PathBuf,
    /// The absolute path as text: the cursor's name.
    pub item: String,
    /// The path below the root, for keys of lines without an id.
    pub relative: String,
    pub size: u64,
    reader: u32,
    identity: (u64, u64),
    modified_ns: i128,
}

impl LogFile {
    /// A log of which only the name is known, for text that comes from elsewhere than a disk.
    #[must_use]
    pub fn named(relative: &str) -> LogFile {
        LogFile {
            path: PathBuf::from(relative),
            item: relative.to_owned(),
            relative: relative.to_owned(),
            size: 0,
            reader: 0,
            identity: (0, 0),
            modified_ns: 0,
        }
    }

    /// Returns where to go on, or `None` when nothing changed.
    pub(super) fn resume(&self, cursor: &Cursor) -> Option<Start> {
        let Some((at, _)) = cursor.stamp.match_indices(' ').nth(3) else { return Some(Start::default()) };
        let (seen, rest) = (&cursor.stamp[..at], &cursor.stamp[at + 1..]);
        if seen == self.seen() {
            return None;
        }
        let position = u64::try_from(cursor.position).unwrap_or(0);
        let same_file = seen.starts_with(&format!("{} ", self.place()));
        if !same_file || self.size < position {
            return Some(Start::default());
        }
        let (tail, state) = rest.split_once(' ').unwrap_or((rest, ""));
        let tail = u64::from_str_radix(tail, 16).unwrap_or(0);
        Some(Start { from: position, tail, state: state.to_owned() })
    }

    /// When the file last changed; a time before 1970 is as good as 1970.
    pub(super) fn modified(&self) -> SystemTime {
        let ns = u64::try_from(self.modified_ns).unwrap_or(0);
        SystemTime::UNIX_EPOCH + Duration::from_nanos(ns)
    }

    pub(super) fn cursor(&self, end: &End, state: &str) -> Cursor {
        let separator = if state.is_empty() { "" } else { " " };
        Cursor {
            item: self.item.clone(),
            position: i64::try_from(end.position).unwrap_or(i64::MAX),
            stamp: format!("{} {:x}{separator}{state}", self.seen(), end.tail),
        }
    }

    fn seen(&self) -> String {
        format!("{} {} {}", self.place(), self.size, self.modified_ns)
    }

    /// Which file it is, for which reader: a reader that understands more reads again what was passed over.
    fn place(&self) -> String {
        format!("r{} {}:{}", self.reader, self.identity.0, self.identity.1)
    }
}

impl LogFormat {
    /// Lists the logs below `roots`; each is a folder of the agent, or the folder of its logs itself.
    #[must_use]
    pub fn find(&self, roots: &[PathBuf]) -> Found {
        let mut found = Found { roots: self.find_roots(roots), ..Found::default() };
        for root in found.roots.clone() {
            self.walk(&root, &root, 0, &mut found);
        }
        found.files.sort_unstable_by(|a, b| a.item.cmp(&b.item));
        found.files.dedup_by(|a, b| a.item == b.item);
        found
    }

    /// Returns the folders of logs that exist, each once.
    #[must_use]
    pub fn find_roots(&self, roots: &[PathBuf]) -> Vec<PathBuf> {
        let mut found: Vec<PathBuf> = Vec::new();
        for root in roots {
            let mut folders = (self.folders)(root);
            folders.retain(|folder| folder.is_dir());
            if folders.is_empty() && self.bare_roots {
                folders.push(root.clone());
            }
            for folder in folders.into_iter().filter_map(|folder| folder.canonicalize().ok()) {
                if !found.contains(&folder) {
                    found.push(folder);
                }
            }
        }
        found
    }

    fn walk(&self, root: &Path, folder: &Path, depth: u32, found: &mut Found) {
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => return found.problems.add(|| format!("{}: {error}", folder.display())),
        };
        for entry in entries.flatten() {
            let Ok(kind) = entry.file_type() else { continue };
            let path = entry.path();
            if kind.is_dir() && depth < MAX_DEPTH {
                self.walk(root, &path, depth + 1, found);
            } else if kind.is_file() && (self.is_log)(&path) {
                match entry.metadata() {
                    Ok(metadata) => found.files.push(self.log_file(root, path, &metadata)),
                    // Gone between listing and looking: the agent rotates its logs.
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                    Err(error) => found.problems.add(|| format!("{}: {error}", path.display())),
                }
            }
        }
    }

    fn log_file(&self, root: &Path, path: PathBuf, metadata: &std::fs::Metadata) -> LogFile {
        LogFile {
            item: path.to_string_lossy().into_owned(),
            relative: path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned(),
            size: metadata.len(),
            reader: self.reader,
            identity: (metadata.dev(), metadata.ino()),
            modified_ns: i128::from(metadata.mtime()) * 1_000_000_000 + i128::from(metadata.mtime_nsec()),
            path,
        }
    }
}

/// Whether a path has one of these extensions.
#[must_use]
pub fn ends_with(path: &Path, extensions: &[&str]) -> bool {
    path.extension().is_some_and(|extension| extensions.iter().any(|wanted| extension == *wanted))
}
