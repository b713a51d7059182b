//! Names for people: projects from folders, models from their ids.

use std::collections::{BTreeSet, HashMap};

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::{Attribution, Machines};
use crate::model::{Project, RollupRow};

/// What a project without a folder is called.
const NO_PROJECT: &str = "(no project)";

/// The short name of every project folder: its last part, with as many of its parents as it takes to be the only one.
#[derive(Clone, Debug, Default)]
pub struct ProjectNames(FxHashMap<String, String>);

impl ProjectNames {
    /// Names every place usage came from: by the user's rules, else by its folder.
    #[must_use]
    pub fn new<'a>(places: impl Iterator<Item = &'a str>, attribution: &Attribution) -> ProjectNames {
        let places: BTreeSet<&str> = places.collect();
        let mut names = FxHashMap::with_capacity_and_hasher(places.len(), FxBuildHasher);
        let mut folders = Vec::with_capacity(places.len());
        for place in places {
            match attribution.project(place) {
                Some(project) => {
                    names.insert(place.to_owned(), project);
                }
                None => folders.push(place),
            }
        }
        // A bare name is what a person, or the earlier system, calls the folder of that name: it is the same project.
        let (mut open, bare): (Vec<&str>, Vec<&str>) =
            folders.into_iter().partition(|folder| folder.contains(['/', '\\']));
        names.extend(bare.into_iter().map(|name| (name.to_owned(), last_parts(name, 1))));
        for parts in 1.. {
            let mut by_name: HashMap<String, Vec<&str>> = HashMap::new();
            for folder in open.drain(..) {
                by_name.entry(last_parts(folder, parts)).or_default().push(folder);
            }
            for (name, same) in by_name {
                if let [folder] = same[..] {
                    names.insert(folder.to_owned(), name);
                } else if same.iter().all(|folder| last_parts(folder, parts + 1) == name) {
                    names.extend(same.iter().map(|folder| ((*folder).to_owned(), (*folder).to_owned())));
                } else {
                    open.extend(same);
                }
            }
            if open.is_empty() {
                break;
            }
        }
        ProjectNames(names)
    }

    /// Returns the project's name; a folder that was not there at construction gets its own path.
    #[must_use]
    pub fn name<'a>(&'a self, folder: &'a str) -> &'a str {
        self.0.get(folder).map_or(folder, String::as_str)
    }
}

/// What people call the places usage comes from, and whose projects they are.
#[derive(Clone, Debug, Default)]
pub struct Labels {
    pub names: ProjectNames,
    /// The client of each project, by its id.
    pub clients: HashMap<String, String>,
    /// Which machine usage is from, and whose.
    pub machines: Machines,
}

/// Whom each project is for, by its id; one without a client is for nobody.
#[must_use]
pub fn clients(projects: &[Project]) -> HashMap<String, String> {
    let choice = |project: &Project| (project.id.clone(), project.choices.client.clone());
    projects.iter().map(choice).filter(|(_, client)| !client.trim().is_empty()).collect()
}

impl Labels {
    #[must_use]
    pub fn project<'a>(&'a self, row: &'a RollupRow) -> &'a str {
        self.names.name(&row.project)
    }

    /// `None` for usage of no known project.
    #[must_use]
    pub fn client<'a>(&'a self, row: &'a RollupRow) -> Option<&'a str> {
        self.clients.get(self.project(row)).map(String::as_str)
    }
}

fn last_parts(folder: &str, count: usize) -> String {
    let parts: Vec<&str> = folder.split(['/', '\\']).filter(|part| !part.is_empty()).collect();
    if parts.is_empty() {
        return if folder.is_empty() { NO_PROJECT.to_owned() } else { folder.to_owned() };
    }
    parts[parts.len().saturating_sub(count)..].join("/")
}

/// Shortens a model id for people: `claude-opus-4-5-20251101` → `Opus 4.5`; an id it does not know stays as it is.
#[must_use]
pub fn model_label(model: &str) -> String {
    let Some(rest) = model.strip_prefix("claude-") else { return model.to_owned() };
    let is_date = |part: &str| part.len() == 8 && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = rest.split('-').filter(|part| !is_date(part)).collect();
    let is_number = |part: &&&str| part.bytes().all(|byte| byte.is_ascii_digit());
    let version: Vec<&str> = parts.iter().filter(is_number).copied().collect();
    let words: Vec<String> = parts.iter().filter(|part| !is_number(part)).map(|word| capitalised(word)).collect();
    if words.is_empty() {
        return model.to_owned();
    }
    format!("{} {}", words.join(" "), version.join(".")).trim_end().to_owned()
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_with_the_same_last_part_are_told_apart() {
        let folders = ["/home/dev/a/api", "/home/dev/b/api", "/home/dev/shop", "", "C:\\work\\site", "//x//y", "/x/y"];
        let names = ProjectNames::new(folders.into_iter(), &Attribution::default());
        assert_eq!(names.name("/home/dev/a/api"), "a/api");
        assert_eq!(names.name("/home/dev/b/api"), "b/api");
        assert_eq!(names.name("/home/dev/shop"), "shop");
        assert_eq!(names.name("C:\\work\\site"), "site");
        assert_eq!(names.name(""), NO_PROJECT);
        assert_eq!(names.name("/x/y"), "/x/y", "what no parent tells apart keeps its path");
    }

    #[test]
    fn a_bare_name_is_the_folder_of_that_name() {
        let names = ProjectNames::new(["/home/dev/shop", "shop"].into_iter(), &Attribution::default());
        assert_eq!((names.name("/home/dev/shop"), names.name("shop")), ("shop", "shop"));
    }

    #[test]
    fn model_ids_become_short_labels() {
        for (id, label) in [
            ("claude-opus-4-5-20251101", "Opus 4.5"),
            ("claude-3-5-sonnet-20241022", "Sonnet 3.5"),
            ("claude-fable-5-1", "Fable 5.1"),
            ("gpt-6.1-sol", "gpt-6.1-sol"),
            ("claude-next-preview", "Next Preview"),
            ("unknown", "unknown"),
        ] {
            assert_eq!(model_label(id), label);
        }
    }
}
