//! Finding the folders that are projects: below the user's roots, and around the folders agents worked in.
//!
//! Links are not followed. A home folder, the root of a disk and folders for temporary things are no projects.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{git, manifest};

/// More folders than anybody works in; bounds a root that is no folder of projects.
const MAX_PROJECTS: usize = 1_000;
/// Projects may be grouped, by client or by team, one level down.
const MAX_DEPTH: u32 = 2;
/// Of the entries of one folder.
const MAX_ENTRIES: usize = 5_000;

/// Where to look.
#[derive(Clone, Debug, Default)]
pub struct Candidates {
    /// Folders that hold projects, or are one.
    pub roots: Vec<PathBuf>,
    /// Folders agents worked in.
    pub used: Vec<PathBuf>,
    /// Looked at when there is nothing else.
    pub last_resort: Option<PathBuf>,
    /// Never a project: the user's home.
    pub home: Option<PathBuf>,
    /// Where temporary things lie.
    pub temporary: Vec<PathBuf>,
}

impl Candidates {
    /// Whether a folder is too much to be a project.
    fn rule_out(&self, folder: &Path) -> bool {
        folder.parent().is_none()
            || self.home.as_deref() == Some(folder)
            || self.temporary.iter().any(|temporary| temporary == folder)
    }
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Discovered {
    pub folders: Vec<PathBuf>,
    /// What is wrong with a root, a sentence each.
    pub notes: Vec<String>,
}

/// Finds the folders, each once, in the order of their paths.
#[must_use]
pub fn discover(candidates: &Candidates) -> Discovered {
    let mut found = BTreeSet::new();
    let mut notes = Vec::new();
    for root in &candidates.roots {
        match root.canonicalize() {
            Ok(folder) if is_project(&folder) && !candidates.rule_out(&folder) => {
                found.insert(folder);
            }
            Ok(folder) => below(&folder, 1, &mut found, &mut notes),
            Err(error) => {
                notes.push(format!("The root {} cannot be read: {error}. Change \"roots\".", root.display()));
            }
        }
    }
    for folder in &candidates.used {
        // An agent may have worked in any of a repository's folders, and the folder may be gone since.
        let Some(nearest) = folder.ancestors().find_map(|folder| folder.canonicalize().ok()) else { continue };
        // What lies above a folder that is gone is its repository, or nothing of its own.
        let may_be_itself = folder.exists();
        found.extend(around(&nearest, candidates).filter(|project| may_be_itself || git::is_repository(project)));
    }
    if found.is_empty()
        && let Some(project) = candidates.last_resort.as_ref().and_then(|folder| around(folder, candidates))
    {
        found.insert(project);
    }
    if found.len() > MAX_PROJECTS {
        notes.push(format!("There are more than {MAX_PROJECTS} projects; the others are left out."));
    }
    Discovered { folders: found.into_iter().take(MAX_PROJECTS).collect(), notes }
}

/// The repository or project a folder belongs to.
fn around(folder: &Path, candidates: &Candidates) -> Option<PathBuf> {
    let unfit = |folder: &Path| candidates.rule_out(folder);
    let is_temporary = |folder: &Path| candidates.temporary.iter().any(|temporary| folder.starts_with(temporary));
    if is_temporary(folder) {
        return None;
    }
    let repository = folder.ancestors().take_while(|folder| !unfit(folder)).find(|folder| git::is_repository(folder));
    if let Some(repository) = repository {
        return main_of(repository).filter(|main| !unfit(main) && !is_temporary(main));
    }
    (!unfit(folder) && is_project(folder)).then(|| folder.to_path_buf())
}

/// The main work tree of a linked one; anything else is its own.
fn main_of(folder: &Path) -> Option<PathBuf> {
    let own = git::git_folder(folder)?;
    let common = git::common_folder(&own).canonicalize().ok()?;
    let is_linked = own.canonicalize().ok()? != common;
    if !is_linked {
        return Some(folder.to_path_buf());
    }
    // The main repository keeps its work tree around it, unless it is bare.
    if common.file_name().is_some_and(|name| name == ".git") {
        return common.parent().map(Path::to_path_buf);
    }
    Some(common)
}

fn is_project(folder: &Path) -> bool {
    git::is_repository(folder) || manifest::has_own_manifest(folder)
}

fn below(folder: &Path, depth: u32, found: &mut BTreeSet<PathBuf>, notes: &mut Vec<String>) {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            return notes
                .push(format!("{} cannot be listed: {error}. Give yourself read access to it.", folder.display()));
        }
    };
    for entry in entries.flatten().take(MAX_ENTRIES) {
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if !is_folder || entry.file_name().to_string_lossy().starts_with('.') || entry.file_name() == "node_modules" {
            continue;
        }
        let path = entry.path();
        if is_project(&path) {
            // A linked work tree among the projects is its main repository's.
            found.extend(main_of(&path).or(Some(path)));
        } else if depth < MAX_DEPTH {
            below(&path, depth + 1, found, notes);
        }
    }
}
