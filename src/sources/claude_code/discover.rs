//! Finding log files and recognising whether one grew, was cut, or was replaced.
//!
//! Symlinks below a root are never followed: what they point to inside is found anyway, what lies outside is not ours.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::model::Cursor;
use crate::sources::Problems;

/// Deeper than any layout of the agent; bounds a walk through a folder that is not one.
const MAX_DEPTH: u32 = 8;

/// Grows when lines are understood that were refused, or differently, before.
const READER: u32 = 2;

/// What the roots hold.
#[derive(Debug, Default)]
pub struct Found {
    pub files: Vec<LogFile>,
    /// Roots that exist.
    pub roots: Vec<PathBuf>,
    pub problems: Problems,
}

/// One session log, as it looks now.
#[derive(Clone, Debug)]
pub struct LogFile {
    pub path: PathBuf,
    /// The absolute path as text: the cursor's name.
    pub item: String,
    /// The path below the root, for keys of lines without an id.
    pub relative: String,
    /// First folder below the root: the working directory, with everything but letters and digits replaced by `-`.
    pub slug: String,
    /// File stem, or for nested files the folder below the slug (rule 7).
    pub session: String,
    pub size: u64,
    identity: (u64, u64),
    modified_ns: i128,
}

impl LogFile {
    /// Returns where to go on and the hash of what was right before, or `None` when nothing changed.
    pub(super) fn resume(&self, cursor: &Cursor) -> Option<(u64, u64)> {
        let Some((seen, tail)) = cursor.stamp.rsplit_once(' ') else { return Some((0, 0)) };
        if seen == self.seen() {
            return None;
        }
        let position = u64::try_from(cursor.position).unwrap_or(0);
        let same_file = seen.starts_with(&format!("{} ", self.place()));
        if !same_file || self.size < position {
            return Some((0, 0));
        }
        Some((position, u64::from_str_radix(tail, 16).unwrap_or(0)))
    }

    /// When the file last changed; a time before 1970 is as good as 1970.
    pub(super) fn modified(&self) -> SystemTime {
        let ns = u64::try_from(self.modified_ns).unwrap_or(0);
        SystemTime::UNIX_EPOCH + Duration::from_nanos(ns)
    }

    pub(super) fn cursor(&self, position: u64, tail: u64) -> Cursor {
        Cursor {
            item: self.item.clone(),
            position: i64::try_from(position).unwrap_or(i64::MAX),
            stamp: format!("{} {tail:x}", self.seen()),
        }
    }

    fn seen(&self) -> String {
        format!("{} {} {}", self.place(), self.size, self.modified_ns)
    }

    /// Which file it is, for which reader: a reader that understands more reads again what was passed over.
    fn place(&self) -> String {
        format!("r{READER} {}:{}", self.identity.0, self.identity.1)
    }
}

/// Where Claude Code keeps its logs: `$CLAUDE_CONFIG_DIR` (comma-separated), else both of its usual places.
#[must_use]
pub fn default_roots() -> Vec<PathBuf> {
    if let Some(list) = std::env::var_os("CLAUDE_CONFIG_DIR").filter(|list| !list.is_empty()) {
        let list = list.to_string_lossy().into_owned();
        return list.split(',').map(str::trim).filter(|part| !part.is_empty()).map(PathBuf::from).collect();
    }
    let home = std::env::home_dir().unwrap_or_default();
    let config = std::env::var_os("XDG_CONFIG_HOME")
        .filter(|dir| !dir.is_empty())
        .map_or_else(|| home.join(".config"), PathBuf::from);
    vec![config.join("claude"), home.join(".claude")]
}

/// Lists the log files below `roots`; each is a config folder that holds `projects/`, or a projects folder itself.
#[must_use]
pub fn find(roots: &[PathBuf]) -> Found {
    let mut found = Found { roots: find_roots(roots), ..Found::default() };
    for root in found.roots.clone() {
        walk(&root, &root, 0, &mut found);
    }
    found.files.sort_unstable_by(|a, b| a.item.cmp(&b.item));
    found.files.dedup_by(|a, b| a.item == b.item);
    found
}

/// Returns the projects folders that exist, each once.
#[must_use]
pub fn find_roots(roots: &[PathBuf]) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::new();
    for root in roots {
        let projects = root.join("projects");
        let folder = if projects.is_dir() { projects } else { root.clone() };
        match folder.canonicalize() {
            Ok(folder) if !found.contains(&folder) => found.push(folder),
            _ => {}
        }
    }
    found
}

fn walk(root: &Path, folder: &Path, depth: u32, found: &mut Found) {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return found.problems.add(|| format!("{}: {error}", folder.display())),
    };
    for entry in entries.flatten() {
        let Ok(kind) = entry.file_type() else { continue };
        let path = entry.path();
        if kind.is_dir() && depth < MAX_DEPTH {
            walk(root, &path, depth + 1, found);
        } else if kind.is_file() && path.extension().is_some_and(|extension| extension == "jsonl") {
            match entry.metadata() {
                Ok(metadata) => found.files.push(log_file(root, path, &metadata)),
                // Gone between listing and looking: the agent rotates its logs.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => found.problems.add(|| format!("{}: {error}", path.display())),
            }
        }
    }
}

fn log_file(root: &Path, path: PathBuf, metadata: &std::fs::Metadata) -> LogFile {
    let relative = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
    let mut parts = relative.split('/');
    let first = parts.next().unwrap_or_default();
    let second = parts.next();
    let nested = parts.next().is_some();
    let stem = |name: &str| name.strip_suffix(".jsonl").unwrap_or(name).to_owned();
    let (slug, session) = match second {
        None => (String::new(), stem(first)),
        Some(second) if nested => (first.to_owned(), second.to_owned()),
        Some(second) => (first.to_owned(), stem(second)),
    };
    LogFile {
        item: path.to_string_lossy().into_owned(),
        relative,
        slug,
        session,
        size: metadata.len(),
        identity: (metadata.dev(), metadata.ino()),
        modified_ns: i128::from(metadata.mtime()) * 1_000_000_000 + i128::from(metadata.mtime_nsec()),
        path,
    }
}
