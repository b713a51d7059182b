//! What a folder looks like from outside: when this is as before, nothing is read.
//!
//! Looks at names, sizes and times only. Edits inside a work tree do not show here; `projects.rs` says when those are
//! looked for.

use std::fmt::{self, Write as _};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::str::FromStr;

use super::manifest::Files;
use super::{Moment, git};
use crate::model::fingerprint;

/// Grows when folders are understood that were not, or differently, before.
const READER: u32 = 1;
/// More references than any repository that people work in by hand; bounds a walk through a broken one.
const MAX_REFERENCES: usize = 20_000;

/// How a folder looked when it was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    pub seen: u64,
    /// Files in the index.
    pub entries: usize,
    /// When its work tree was compared, in milliseconds since 1970.
    pub looked_ms: i64,
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "r{READER} {:x} {} {}", self.seen, self.entries, self.looked_ms)
    }
}

impl FromStr for Stamp {
    type Err = ();

    fn from_str(text: &str) -> Result<Stamp, ()> {
        let mut parts = text.strip_prefix(&format!("r{READER} ")).ok_or(())?.split(' ');
        let mut next = || parts.next().ok_or(());
        let seen = u64::from_str_radix(next()?, 16).map_err(|_| ())?;
        let entries = next()?.parse().map_err(|_| ())?;
        Ok(Stamp { seen, entries, looked_ms: next()?.parse().map_err(|_| ())? })
    }
}

/// Names the state of a folder: its head, references, index, manifests, and the day, because windows move with it.
pub(super) fn seen(folder: &Path, files: &Files, moment: Moment) -> u64 {
    let mut text = format!("{} {} ", moment.today(), moment.tz);
    note(&mut text, folder);
    for file in files.paths.iter().chain(&files.folders) {
        note(&mut text, &folder.join(file));
    }
    if let Some(own) = git::git_folder(folder) {
        // A linked work tree has a head and an index of its own, and shares the rest.
        let common = git::common_folder(&own);
        for name in ["HEAD", "index"] {
            note(&mut text, &own.join(name));
        }
        for name in ["config", "packed-refs", "shallow", "worktrees"] {
            note(&mut text, &common.join(name));
        }
        let mut left = MAX_REFERENCES;
        references(&common.join("refs"), &mut text, &mut left);
    }
    fingerprint(text.as_bytes())
}

fn note(text: &mut String, path: &Path) {
    match std::fs::symlink_metadata(path) {
        Ok(data) => {
            let _ = write!(text, "{} {} {} {}", data.ino(), data.len(), data.mtime(), data.mtime_nsec());
        }
        Err(error) => {
            let _ = write!(text, "{:?}", error.kind());
        }
    }
    let _ = writeln!(text, " {}", path.display());
}

fn references(folder: &Path, text: &mut String, left: &mut usize) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut entries: Vec<_> = entries.flatten().take(*left).collect();
    *left -= entries.len();
    entries.sort_unstable_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            references(&path, text, left);
        } else {
            note(text, &path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_comes_back_from_its_text_and_one_of_another_reader_does_not() {
        let stamp = Stamp { seen: 0xfe, entries: 12, looked_ms: -1 };
        assert_eq!(stamp.to_string().parse(), Ok(stamp));
        assert_eq!("r0 fe 12 1".parse::<Stamp>(), Err(()));
        assert_eq!("".parse::<Stamp>(), Err(()));
    }
}
