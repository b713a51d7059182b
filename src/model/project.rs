//! A project: what the user decided about it, and what its folder says.
//!
//! The two halves never mix. The user's fields are set in the page and survive every sync; the facts are read from the
//! folder and never typed. What is not known is `None`, and `null` on the wire.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::TaskLog;

/// Where the user says a project stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProjectStatus {
    #[default]
    Active,
    Paused,
    Completed,
}

impl ProjectStatus {
    pub const ALL: [ProjectStatus; 3] = [ProjectStatus::Active, ProjectStatus::Paused, ProjectStatus::Completed];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            ProjectStatus::Active => "active",
            ProjectStatus::Paused => "paused",
            ProjectStatus::Completed => "completed",
        }
    }

    /// The name people read.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            ProjectStatus::Active => "Active",
            ProjectStatus::Paused => "Paused",
            ProjectStatus::Completed => "Completed",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<ProjectStatus> {
        ProjectStatus::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// Says that a text is none of them, and which there are.
    #[must_use]
    pub fn refusal(text: &str) -> String {
        let [active, paused, completed] = ProjectStatus::ALL.map(ProjectStatus::as_str);
        let shown: String = text.chars().filter(|letter| !letter.is_control()).take(40).collect();
        format!("The status is \"{shown}\"; choose {active}, {paused} or {completed}.")
    }
}

/// Who a project is for until the user says.
pub const INTERNAL_CLIENT: &str = "Internal";

/// One project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// The folder's name; a second folder of that name gets a number behind it, and keeps it.
    pub id: String,
    pub choices: ProjectChoices,
    /// The day it was first seen.
    pub start_date: NaiveDate,
    /// Where it lies; `None` when it has no folder, or the folder is gone.
    pub folder: Option<PathBuf>,
    /// The folder it had last: usage and a folder that comes back are recognised by it.
    pub last_folder: Option<PathBuf>,
    /// What the folder said when it was read last.
    pub found: Option<FolderFacts>,
    pub task_log: TaskLog,
}

/// What the user decides about a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProjectChoices {
    pub name: String,
    pub client: String,
    pub status: ProjectStatus,
    /// 0 to 100.
    pub progress: u8,
    #[serde(with = "date_or_empty")]
    pub deadline: Option<NaiveDate>,
    pub tasks_total: u32,
    pub tasks_done: u32,
}

impl ProjectChoices {
    /// What holds of a project nobody has said anything about.
    #[must_use]
    pub fn of_new(id: &str) -> ProjectChoices {
        ProjectChoices {
            name: title(id),
            client: INTERNAL_CLIENT.to_owned(),
            status: ProjectStatus::Active,
            progress: 0,
            deadline: None,
            tasks_total: 0,
            tasks_done: 0,
        }
    }

    /// The progress, when anything was ever promised: nobody who sets neither that, tasks nor a deadline has said that
    /// nothing is done.
    #[must_use]
    pub const fn known_progress(&self) -> Option<u8> {
        if self.progress > 0 || self.tasks_total > 0 || self.deadline.is_some() { Some(self.progress) } else { None }
    }

    /// Says what is wrong, with the remedy.
    ///
    /// # Errors
    /// When a field cannot be meant.
    pub fn validate(&self) -> Result<(), String> {
        /// More is no name, and would push everything else off the page.
        const LONGEST: usize = 120;
        for (field, text) in [("name", &self.name), ("client", &self.client)] {
            if text.trim().is_empty() || text.chars().count() > LONGEST || text.chars().any(char::is_control) {
                return Err(format!("the {field} must be a line of 1 to {LONGEST} characters"));
            }
        }
        if self.progress > 100 {
            return Err(format!("progress is {} %; choose 0 to 100", self.progress));
        }
        if self.tasks_done > self.tasks_total {
            return Err(format!("{} of {} tasks are done; choose at most all", self.tasks_done, self.tasks_total));
        }
        Ok(())
    }
}

/// Makes a name for people of a folder's name: `my-web_shop` → `My Web Shop`.
#[must_use]
pub fn title(folder: &str) -> String {
    let words = folder.split(['-', '_', '.', ' ']).filter(|word| !word.is_empty());
    let upper = |word: &str| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect::<String>())
    };
    let name = words.map(upper).collect::<Vec<_>>().join(" ");
    if name.is_empty() { folder.to_owned() } else { name }
}

/// What a folder says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FolderFacts {
    pub description: Option<String>,
    /// Friendly names of frameworks, tools and platforms, the most telling first.
    pub stack: Vec<String>,
    /// The largest first. Data and prose are not counted.
    pub languages: Vec<Language>,
    /// As the manifest says it, else what the licence file is recognised as.
    pub licence: Option<String>,
    pub readme: bool,
    pub git: Option<GitFacts>,
    /// What was wrong, a sentence each.
    pub notes: Vec<String>,
    /// The file each fact is from, relative to the folder.
    pub evidence: BTreeMap<String, String>,
}

/// Code of one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Language {
    pub name: String,
    /// Lines of code, without blank lines and comments.
    pub code: u64,
    pub files: u64,
}

/// Begins the note on a work tree that could not be compared with its last commit.
pub const NOT_COMPARED: &str = "The work tree could not be compared";

/// Begins the note on a repository whose head could not be read.
pub const HEAD_UNREADABLE: &str = "HEAD cannot be read";

/// What the repository says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GitFacts {
    /// `None` when the head is detached.
    pub branch: Option<String>,
    /// `None` while the repository has no commit.
    pub head: Option<String>,
    pub default_branch: Option<String>,
    pub last_commit: Option<Commit>,
    /// Commits reachable from the head, by the user's days; the last 180.
    pub commits: BTreeMap<NaiveDate, u32>,
    /// Who made commits in the last 90 days, and how many.
    pub authors: BTreeMap<String, u32>,
    /// Changed, added, removed and untracked files; `None` where there is no work tree, or it could not be compared.
    pub uncommitted: Option<u32>,
    /// Against the upstream of the branch, as of the last fetch; `None` without one.
    pub ahead: Option<u32>,
    pub behind: Option<u32>,
    /// The last tags by the commit they name, latest first.
    pub releases: Vec<Tag>,
    /// How many tags there are.
    pub tags: u32,
    /// The last branches merged into the line of the head, latest first.
    pub merged: Vec<MergedBranch>,
    /// Where it is kept, without any user or password: `github.com/me/shop`.
    pub remote: Option<String>,
    /// Further work trees of the repository: usage there is usage of this project.
    pub worktrees: Vec<PathBuf>,
    pub shallow: bool,
    pub bare: bool,
}

/// A commit, as people name it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Commit {
    pub hash: String,
    pub summary: String,
    /// RFC 3339, UTC.
    pub at: String,
    /// The day in the user's zone.
    pub date: NaiveDate,
    pub author: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tag {
    pub name: String,
    /// RFC 3339, UTC: when the tagged commit was made.
    pub at: String,
}

/// A branch that was merged, and what it brought.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MergedBranch {
    pub name: String,
    /// Hash of the merge.
    pub hash: String,
    /// RFC 3339, UTC.
    pub merged_at: String,
    /// Its commits by the user's days, the merge not among them.
    pub commits: BTreeMap<NaiveDate, u32>,
}

impl Project {
    /// A project nobody has seen before.
    #[must_use]
    pub fn new(id: String, folder: Option<PathBuf>, today: NaiveDate) -> Project {
        let choices = ProjectChoices::of_new(&id);
        let (last_folder, task_log) = (folder.clone(), TaskLog::default());
        Project { id, choices, start_date: today, last_folder, folder, found: None, task_log }
    }

    #[must_use]
    pub fn git(&self) -> Option<&GitFacts> {
        self.found.as_ref()?.git.as_ref()
    }

    /// The folders whose usage is this project's: its own, and its other work trees.
    pub fn places(&self) -> impl Iterator<Item = &PathBuf> {
        self.last_folder.iter().chain(self.git().into_iter().flat_map(|git| &git.worktrees))
    }
}

/// The earlier system writes "no date" as an empty text.
mod date_or_empty {
    use chrono::NaiveDate;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    #[expect(clippy::ref_option, reason = "the signature serde asks for")]
    pub fn serialize<S: Serializer>(date: &Option<NaiveDate>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&date.map(|date| date.to_string()).unwrap_or_default())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveDate>, D::Error> {
        match Option::<String>::deserialize(deserializer)?.as_deref() {
            None | Some("") => Ok(None),
            Some(text) => text.parse().map(Some).map_err(D::Error::custom),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folder_names_become_names_for_people() {
        for (folder, name) in [("my-web_shop", "My Web Shop"), ("proj-07", "Proj 07"), ("API", "API"), ("--", "--")] {
            assert_eq!(title(folder), name);
        }
    }

    #[test]
    fn choices_that_cannot_be_meant_are_refused_with_what_to_do() {
        let good = ProjectChoices::of_new("shop");
        assert_eq!(good.validate(), Ok(()));
        for (bad, part) in [
            (ProjectChoices { name: " ".to_owned(), ..good.clone() }, "the name must be"),
            (ProjectChoices { client: "a\nb".to_owned(), ..good.clone() }, "the client must be"),
            (ProjectChoices { progress: 101, ..good.clone() }, "choose 0 to 100"),
            (ProjectChoices { tasks_done: 2, tasks_total: 1, ..good.clone() }, "choose at most all"),
        ] {
            assert!(bad.validate().expect_err("is refused").contains(part), "{bad:?}");
        }
    }

    #[test]
    fn no_deadline_is_an_empty_text_as_in_the_earlier_system() {
        let json = serde_json::to_value(ProjectChoices::of_new("shop")).expect("serialises");
        assert_eq!(json["deadline"], "");
        let back: ProjectChoices = serde_json::from_value(json).expect("parses");
        assert_eq!(back, ProjectChoices::of_new("shop"));
    }
}
