//! The source files of a project: which there are, and how many markers stand in their comments.
//!
//! What `.gitignore` and `.ignore` name is left out, and so are hidden folders and those that hold what others wrote or
//! tools made. Cheap when nothing changed: of every folder the time of its listing and one fingerprint of its source
//! files (name, size, time) are kept. A folder whose time is the same has the same names in it, so a second look only
//! asks for the state of known files, and reads the folders whose fingerprint moved. Only a changed listing, or a
//! changed `.gitignore` or index of git, makes it walk again; and a walk opens no file whose folder's fingerprint is the
//! same. In a large tree even the state of all files costs seconds: there it is asked for once an hour; and its files are
//! opened as far as an [`Allowance`] goes, a part at every reading, until each was searched once. Until then there is no count.

mod walk;

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::io::Read;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rayon::prelude::*;
use rustc_hash::FxHasher;

use super::comments::{self, syntax_of};
use crate::model::Markers;
use crate::sources::allowance::Allowance;
use walk::{MAX_SOURCE_FILES, walk};

/// Larger ones are generated.
const MAX_SOURCE_BYTES: u64 = 1 << 20;
/// A change within a tick of the file system's clock leaves the time as it was: what is so young is looked at again.
const UNSETTLED: Duration = Duration::from_millis(50);
/// Of a tree with more source files their state is asked for when git's index or a listing says that something changed,
/// and else after [`LOOKED_AT_AFTER`], as a work tree is compared with its last commit (`sources/projects`).
const LOOKED_AT_ALWAYS: usize = 2_000;
const LOOKED_AT_AFTER: Duration = Duration::from_secs(3_600);
/// Stands for a state that is never the same again.
const UNKNOWN: u64 = 0;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tree {
    pub folders: Vec<Folder>,
    pub watched: Vec<Watched>,
    /// Folders with a manifest, relative; the project's own comes first, as the empty path.
    pub packages: Vec<String>,
    pub problems: Vec<String>,
    /// Whether there were too many source files.
    pub cut: bool,
    /// When the state of all files was asked for, in nanoseconds since 1970; noted of a large tree only.
    pub looked: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Folder {
    /// Relative to the project.
    pub path: String,
    /// The time its listing changed.
    pub listing: u64,
    /// Of its source files, by name, size and time.
    pub contents: u64,
    /// Those of them that have markers.
    pub marked: Vec<Marked>,
    /// Source files that could not be searched.
    pub passed_over: u64,
    /// Whether it was never searched, because the allowance was used up.
    pub waiting: bool,
    /// The names of its source files, with `/` between them.
    pub files: String,
}

impl Folder {
    /// Whether it was searched, and its fingerprint tells when to do so again.
    fn is_known(&self) -> bool {
        !self.waiting && self.contents != UNKNOWN
    }
}

/// A source file with markers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Marked {
    pub name: String,
    pub markers: Markers,
}

/// A file that says what is left out, or that something may have changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Watched {
    pub path: String,
    pub state: u64,
}

impl Tree {
    /// `None` when there is no source to search, or not all of it was searched yet.
    pub(super) fn markers(&self) -> Option<Markers> {
        if self.waiting() > 0 {
            return None;
        }
        let mut searched = self.folders.iter().filter(|folder| !folder.files.is_empty()).peekable();
        searched.peek()?;
        let marked = searched.flat_map(|folder| &folder.marked);
        Some(marked.fold(Markers::default(), |sum, file| sum.plus(file.markers)))
    }

    /// The files with the most markers, and how many, the fullest first.
    pub(super) fn marked(&self, most: usize) -> Vec<(String, u64)> {
        let path = |folder: &Folder, name: &str| match folder.path.as_str() {
            "" => name.to_owned(),
            folder => format!("{folder}/{name}"),
        };
        let files = self.folders.iter().flat_map(|folder| folder.marked.iter().map(move |file| (folder, file)));
        let mut files: Vec<(String, u64)> =
            files.map(|(folder, file)| (path(folder, &file.name), file.markers.total())).collect();
        files.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        files.truncate(most);
        files
    }

    /// How many source files were never searched.
    pub(super) fn waiting(&self) -> usize {
        self.folders.iter().filter(|folder| folder.waiting).map(|folder| names(folder).count()).sum()
    }

    fn files(&self) -> usize {
        self.folders.iter().map(|folder| names(folder).count()).sum()
    }

    fn is_large(&self) -> bool {
        self.files() > LOOKED_AT_ALWAYS
    }

    /// Whether the state of all files was asked for so lately, and they are so many, that it is left at that.
    fn is_recent(&self, now: SystemTime) -> bool {
        let looked = UNIX_EPOCH + Duration::from_nanos(self.looked);
        self.is_large() && now.duration_since(looked).is_ok_and(|since| since < LOOKED_AT_AFTER)
    }

    /// Whether nothing needs to be looked at.
    fn is_settled(&self, now: SystemTime) -> bool {
        self.is_recent(now) && self.folders.iter().all(Folder::is_known)
    }

    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes = self.problems.clone();
        if self.cut {
            notes.push(format!("Only the first {MAX_SOURCE_FILES} source files were searched for open issues"));
        }
        match self.waiting() {
            0 => {}
            waiting => {
                let (searched, all) = (self.files() - waiting, self.files());
                notes.push(format!("Open issues are being counted: {searched} of {all} source files are searched"));
            }
        }
        match self.folders.iter().map(|folder| folder.passed_over).sum() {
            0 => {}
            1 => notes.push("1 source file could not be searched: unreadable, or larger than 1 MB".to_owned()),
            count => notes.push(format!("{count} source files could not be searched: unreadable, or larger than 1 MB")),
        }
        notes
    }
}

/// Searches the source of a project, as far as it changed since the last time and the allowance goes.
pub(super) fn scan(root: &Path, before: Option<&Tree>, allowance: &Allowance) -> Tree {
    // Whatever changes from here on is younger than this, and not trusted.
    let now = SystemTime::now();
    let settled = now.checked_sub(UNSETTLED).unwrap_or(UNIX_EPOCH);
    // What could not be listed may be readable by now, which changes no time: it is walked again.
    let same = before.filter(|before| before.problems.is_empty() && has_same_names(root, before));
    if let Some(before) = same.filter(|before| before.is_settled(now)) {
        return before.clone();
    }
    let recent = same.is_some_and(|before| before.is_recent(now));
    let mut tree = same.cloned().unwrap_or_else(|| walk(root, settled));
    let is_large = tree.is_large();
    if !recent {
        tree.looked = if is_large { nanos(Some(now)) } else { UNKNOWN };
    }
    let known: HashMap<&str, &Folder> =
        before.into_iter().flat_map(|before| &before.folders).map(|folder| (folder.path.as_str(), folder)).collect();
    tree.folders.par_iter_mut().for_each(|folder| {
        let known = known.get(folder.path.as_str()).copied();
        if recent && folder.is_known() {
            return;
        }
        let contents = state_of_files(root, folder, settled);
        let searched = known.filter(|known| !known.waiting);
        let unchanged = searched.filter(|known| contents != UNKNOWN && known.contents == contents);
        folder.contents = contents;
        if let Some(known) = unchanged {
            (folder.marked, folder.passed_over) = (known.marked.clone(), known.passed_over);
        } else if is_large && !allowance.take(names(folder).count()) {
            // What was found the last time stands meanwhile.
            let stands = searched.map(|known| (known.marked.clone(), known.passed_over));
            folder.waiting = stands.is_none();
            (folder.marked, folder.passed_over) = stands.unwrap_or_default();
            folder.contents = UNKNOWN;
            return;
        } else {
            let searched = search(root, folder);
            (folder.marked, folder.passed_over) = (searched.marked, searched.passed_over);
            if !searched.all_opened {
                // A file may become readable without another time or size: the folder is searched again.
                folder.contents = UNKNOWN;
            }
        }
        folder.waiting = false;
    });
    tree
}

fn has_same_names(root: &Path, before: &Tree) -> bool {
    let as_before = |file: &Watched| file.state != UNKNOWN && file.state == state(&root.join(&file.path));
    before.watched.iter().all(as_before)
        && before.folders.par_iter().all(|folder| {
            folder.listing != UNKNOWN
                && std::fs::symlink_metadata(root.join(&folder.path))
                    .is_ok_and(|metadata| metadata.is_dir() && nanos(metadata.modified().ok()) == folder.listing)
        })
}

fn listing(path: &Path, settled: SystemTime) -> u64 {
    let modified = std::fs::symlink_metadata(path).and_then(|metadata| metadata.modified()).ok();
    nanos(modified.filter(|modified| *modified < settled))
}

fn nanos(time: Option<SystemTime>) -> u64 {
    let since = time.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since.and_then(|since| u64::try_from(since.as_nanos()).ok()).unwrap_or(UNKNOWN)
}

fn state(path: &Path) -> u64 {
    std::fs::symlink_metadata(path).map_or(UNKNOWN, |metadata| {
        let mut hasher = FxHasher::default();
        (nanos(metadata.modified().ok()), metadata.len()).hash(&mut hasher);
        hasher.finish().max(1)
    })
}

/// Fingerprints the source files of a folder; [`UNKNOWN`] when one is too young to trust its time.
fn state_of_files(root: &Path, folder: &Folder, settled: SystemTime) -> u64 {
    let mut hasher = FxHasher::default();
    let mut path = root.join(&folder.path).join("_");
    for name in names(folder) {
        path.set_file_name(name);
        match std::fs::symlink_metadata(&path) {
            Ok(metadata) => {
                let modified = metadata.modified().ok();
                if modified.is_none_or(|modified| modified >= settled) {
                    return UNKNOWN;
                }
                (name, nanos(modified), metadata.len()).hash(&mut hasher);
            }
            // A file that went away: its folder has another time by now, and will be listed again.
            Err(_) => return UNKNOWN,
        }
    }
    hasher.finish().max(1)
}

fn names(folder: &Folder) -> impl Iterator<Item = &str> {
    folder.files.split('/').filter(|name| !name.is_empty())
}

/// What a folder's source files hold.
struct Searched {
    marked: Vec<Marked>,
    passed_over: u64,
    /// Whether those that were passed over were all too large.
    all_opened: bool,
}

/// Finds the source files of a folder that have markers, and counts those that could not be searched.
fn search(root: &Path, folder: &Folder) -> Searched {
    let mut searched = Searched { marked: Vec::new(), passed_over: 0, all_opened: true };
    let mut path = root.join(&folder.path).join("_");
    let mut bytes = Vec::new();
    for name in names(folder) {
        path.set_file_name(name);
        let Some(syntax) = syntax_of(name) else { continue };
        match read_source(&path, &mut bytes) {
            Ok(true) => match comments::markers(syntax, &bytes) {
                Some(markers) if markers.total() > 0 => searched.marked.push(Marked { name: name.to_owned(), markers }),
                _ => {}
            },
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Ok(false) => searched.passed_over += 1,
            Err(_) => {
                searched.passed_over += 1;
                searched.all_opened = false;
            }
        }
    }
    searched
}

/// Reads a file unless it is larger than a source file would be.
fn read_source(path: &Path, bytes: &mut Vec<u8>) -> std::io::Result<bool> {
    bytes.clear();
    std::fs::File::open(path)?.take(MAX_SOURCE_BYTES + 1).read_to_end(bytes)?;
    Ok(bytes.len() as u64 <= MAX_SOURCE_BYTES)
}
