//! Which project a folder is: the one it was, else one of its name that lost its folder, else a new one.
//!
//! Looks only whether known folders are still there. Ids never change, and no two projects have the same.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use crate::model::{FolderFacts, Project};
use crate::store::StoredProject;

/// The last part of a folder's path.
pub(super) fn folder_name(folder: &Path) -> String {
    folder.file_name().map_or_else(|| folder.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// Gives every folder its project; returns all projects, by id.
pub(super) fn assign(known: Vec<StoredProject>, folders: Vec<PathBuf>, today: NaiveDate) -> Vec<StoredProject> {
    let mut projects = known;
    for stored in &mut projects {
        settle(stored);
    }
    for folder in folders {
        let is_taken = projects.iter().any(|stored| stored.project.folder.as_ref() == Some(&folder));
        if is_taken {
            continue;
        }
        let name = folder_name(&folder);
        let lost = projects.iter_mut().find(|stored| stored.project.id == name && stored.project.folder.is_none());
        if let Some(stored) = lost {
            move_to(&mut stored.project, folder);
            stored.stamp.clear();
            continue;
        }
        let ids: BTreeSet<&str> = projects.iter().map(|stored| stored.project.id.as_str()).collect();
        let mut id = name.clone();
        let mut number = 2;
        while ids.contains(id.as_str()) {
            id = format!("{name}-{number}");
            number += 1;
        }
        projects.push(StoredProject { project: Project::new(id, Some(folder), today), stamp: String::new() });
    }
    projects.sort_by(|a, b| a.project.id.cmp(&b.project.id));
    projects
}

/// Adds what other machines worked on, by the names pages have for it: the folders are not here. A project of the same
/// name is the same project, and a path is no name.
pub(super) fn told(mut projects: Vec<StoredProject>, names: &[String], today: NaiveDate) -> Vec<StoredProject> {
    for name in names.iter().filter(|name| !name.contains(['/', '\\'])) {
        if projects.iter().all(|stored| stored.project.id != *name) {
            let project = Project::new(name.clone(), None, today);
            projects.push(StoredProject { project, stamp: String::new() });
        }
    }
    projects.sort_by(|a, b| a.project.id.cmp(&b.project.id));
    projects
}

/// Gives a project another folder. What was used in the one before stays its own, as in another work tree.
fn move_to(project: &mut Project, folder: PathBuf) {
    let before = project.last_folder.replace(folder.clone());
    project.folder = Some(folder);
    if let (Some(before), Some(git)) = (before, project.found.as_mut().and_then(|found| found.git.as_mut())) {
        git.worktrees.push(before);
    }
}

/// Notices that a known folder is gone, or is there again.
fn settle(stored: &mut StoredProject) {
    let Some(last) = stored.project.last_folder.clone() else { return };
    // A disk that is not mounted, or a folder nobody may look at, is not told from one that was removed: all come back.
    let is_there = last.is_dir();
    let project = &mut stored.project;
    match (is_there, project.folder.is_some()) {
        (true, false) => {
            project.folder = Some(last);
            stored.stamp.clear();
        }
        (false, true) => {
            project.folder = None;
            let note = format!("Its folder {} is gone; what is shown is what it said last.", last.display());
            project.found.get_or_insert_with(FolderFacts::default).notes.push(note);
            stored.stamp.clear();
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::GitFacts;

    fn ids(projects: &[StoredProject]) -> Vec<(&str, Option<&Path>)> {
        projects.iter().map(|stored| (stored.project.id.as_str(), stored.project.folder.as_deref())).collect()
    }

    #[test]
    fn what_other_machines_worked_on_is_a_project_once_and_gets_its_folder_when_there_is_one() {
        let today = NaiveDate::default();
        let names = ["shop", "ann/shop", "site"].map(str::to_owned);
        let projects = told(told(Vec::new(), &names, today), &names, today);
        assert_eq!(ids(&projects), [("shop", None), ("site", None)]);
        let root = tempfile::tempdir().expect("a folder");
        let shop = root.path().join("shop");
        std::fs::create_dir(&shop).expect("makes a folder");
        assert_eq!(ids(&assign(projects, vec![shop.clone()], today))[0], ("shop", Some(shop.as_path())));
    }

    #[test]
    fn folders_keep_their_ids_and_two_of_one_name_get_two() {
        let root = tempfile::tempdir().expect("a folder");
        let make = |name: &str| {
            std::fs::create_dir_all(root.path().join(name)).expect("makes a folder");
            root.path().join(name)
        };
        let (first, second) = (make("a/shop"), make("b/shop"));
        let today = NaiveDate::default();
        let once = assign(Vec::new(), vec![first.clone(), second.clone()], today);
        assert_eq!(ids(&once), [("shop", Some(first.as_path())), ("shop-2", Some(second.as_path()))]);
        let twice = assign(once.clone(), vec![second.clone(), first.clone()], today);
        assert_eq!(twice, once, "whatever order they are found in");
        assert_eq!(ids(&assign(once.clone(), Vec::new(), today)), ids(&once), "known folders are looked at anyway");

        std::fs::remove_dir_all(&first).expect("removes");
        let gone = assign(once, vec![second.clone()], today);
        assert_eq!(ids(&gone), [("shop", None), ("shop-2", Some(second.as_path()))]);
        let notes = &gone[0].project.found.as_ref().expect("has a note").notes;
        assert!(notes[0].contains("is gone"), "{notes:?}");
        assert_eq!(assign(gone.clone(), Vec::new(), today), gone, "noted once");
        make("a/shop");
        assert_eq!(ids(&assign(gone.clone(), Vec::new(), today))[0], ("shop", Some(first.as_path())), "it came back");
        std::fs::remove_dir_all(&first).expect("removes");
        let mut gone = gone;
        gone[0].project.found = Some(FolderFacts { git: Some(GitFacts::default()), ..FolderFacts::default() });
        let moved = make("c/shop");
        assert_eq!(
            ids(&assign(gone.clone(), vec![moved.clone()], today))[0],
            ("shop", Some(moved.as_path())),
            "it moved"
        );
        let places: Vec<PathBuf> = assign(gone, vec![moved.clone()], today)[0].project.places().cloned().collect();
        assert_eq!(places, [moved, first], "and what was used in the folder before is still its own");
    }
}
