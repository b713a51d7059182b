//! What a folder looks like from outside: what is as before is not read.
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
const READER: u32 = 2;
/// More references than any repository that people work in by hand; bounds a walk through a broken one.
const MAX_REFERENCES: usize = 20_000;

/// How a folder looked when it was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    /// Its manifests, and the list of what git keeps.
    pub files: u64,
    /// Its head and references, and the day, because windows move with it.
    pub history: u64,
    /// Files in the index.
    pub entries: usize,
    /// Whether its lines are counted in a few files only, because it is large and others came first.
    pub rough: bool,
    /// When its work tree was compared, in milliseconds since 1970; `None` when that is still to be done.
    pub looked_ms: Option<i64>,
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Stamp { files, history, entries, rough, looked_ms } = self;
        let rough = u8::from(*rough);
        write!(
            f,
            "r{READER} {files:x} {history:x} {entries} {rough} {}",
            looked_ms.map_or_else(|| "-".to_owned(), |at| at.to_string())
        )
    }
}

impl FromStr for Stamp {
    type Err = ();

    fn from_str(text: &str) -> Result<Stamp, ()> {
        let mut parts = text.strip_prefix(&format!("r{READER} ")).ok_or(())?.split(' ');
        let mut next = || parts.next().ok_or(());
        let files = u64::from_str_radix(next()?, 16).map_err(|_| ())?;
        let history = u64::from_str_radix(next()?, 16).map_err(|_| ())?;
        let entries = next()?.parse().map_err(|_| ())?;
        let rough = next()? == "1";
        let looked_ms = Some(next()?).filter(|at| *at != "-").map(|at| at.parse().map_err(|_| ())).transpose()?;
        Ok(Stamp { files, history, entries, rough, looked_ms })
    }
}

/// Names the state of a folder, without having read any of it.
pub(super) fn seen(folder: &Path, files: &Files, moment: Moment) -> Stamp {
    let (mut own_files, mut history) = (String::new(), format!("{} {} ", moment.today(), moment.tz));
    note(&mut own_files, folder);
    for file in files.paths.iter().chain(&files.folders) {
        note(&mut own_files, &folder.join(file));
    }
    if let Some(own) = git::git_folder(folder) {
        // A linked work tree has a head and an index of its own, and shares the rest.
        let common = git::common_folder(&own);
        note(&mut own_files, &own.join("index"));
        note(&mut history, &own.join("HEAD"));
        for name in ["config", "packed-refs", "shallow", "worktrees"] {
            note(&mut history, &common.join(name));
        }
        let mut left = MAX_REFERENCES;
        references(&common.join("refs"), &mut history, &mut left);
    }
    let (files, history) = (fingerprint(own_files.as_bytes()), fingerprint(history.as_bytes()));
    Stamp { files, history, ..Stamp::default() }
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
        let stamp = Stamp { files: 0xfe, history: 0xab, entries: 12, rough: true, looked_ms: Some(-1) };
        for stamp in [stamp, Stamp { looked_ms: None, ..stamp }] {
            assert_eq!(stamp.to_string().parse(), Ok(stamp));
        }
        assert_eq!("r1 fe 12 1".parse::<Stamp>(), Err(()));
        assert_eq!("".parse::<Stamp>(), Err(()));
    }
}
