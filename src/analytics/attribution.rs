//! Which project usage belongs to: the user's rules over folders, repositories, workspaces and keys, then the folder
//! it happened in.
//!
//! Pure, and applied when numbers are computed, never when facts are stored: a changed rule counts at once, for all days.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::model::{Mapping, Origin, Project, ProjectsFile, plain_remote};

/// The user's rules, and what is needed to apply them.
#[derive(Clone, Debug, Default)]
pub struct Attribution {
    pub rules: ProjectsFile,
    /// What people call the ids of workspaces and keys.
    pub names: HashMap<String, String>,
    /// The remote of the repository each folder belongs to.
    pub repositories: HashMap<String, String>,
    /// The projects that are known.
    pub projects: Vec<ProjectPlaces>,
}

/// A project, and the folders whose usage is its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectPlaces {
    pub id: String,
    pub name: String,
    pub folders: Vec<PathBuf>,
}

impl ProjectPlaces {
    #[must_use]
    pub fn of(project: &Project) -> ProjectPlaces {
        let folders = project.places().cloned().collect();
        ProjectPlaces { id: project.id.clone(), name: project.choices.name.clone(), folders }
    }
}

impl Attribution {
    /// Returns the project of a fact's place (a folder, or the text of an origin): the id of one that is known, or what a
    /// rule calls it. `None` leaves it to the folder's name.
    #[must_use]
    pub fn project(&self, place: &str) -> Option<String> {
        let origin = Origin::parse(place);
        let rule = self.rules.map.iter().find(|rule| match &origin {
            Some(origin) => self.fits_origin(rule, origin),
            None => self.fits_folder(rule, place),
        });
        match (rule, origin) {
            (Some(rule), _) => Some(self.called(&rule.project).unwrap_or_else(|| rule.project.clone())),
            // Visible as what it is: nobody has said yet whose it is.
            (None, Some(origin)) => Some(format!("Unmapped: {}", origin.display(|id| self.names.get(id).cloned()))),
            (None, None) => self.around(place).or_else(|| self.called(place)),
        }
    }

    /// The id of the project people call so.
    fn called(&self, name: &str) -> Option<String> {
        let by_id = self.projects.iter().find(|project| project.id == name);
        by_id
            .or_else(|| self.projects.iter().find(|project| project.name.eq_ignore_ascii_case(name)))
            .map(|project| project.id.clone())
    }

    /// The id of the project a folder lies in; of nested ones the inner.
    fn around(&self, place: &str) -> Option<String> {
        let place = Path::new(place);
        let depth = |project: &ProjectPlaces| {
            let above = project.folders.iter().filter(|folder| place.starts_with(folder));
            above.map(|folder| folder.components().count()).max()
        };
        let found = self.projects.iter().filter_map(|project| Some((depth(project)?, project)));
        // Of two that claim one folder the first by id, whatever order they come in.
        let found = found.max_by(|(a, first), (b, second)| a.cmp(b).then_with(|| second.id.cmp(&first.id)));
        found.map(|(_, project)| project.id.clone())
    }

    fn fits_origin(&self, rule: &Mapping, origin: &Origin) -> bool {
        let is = |id: &str, wanted: &Option<String>| {
            wanted.as_ref().is_none_or(|wanted| wanted == id || self.names.get(id).is_some_and(|name| name == wanted))
        };
        let named = rule.provider.is_some() || rule.workspace.is_some() || rule.api_key.is_some();
        let provider = rule.provider.as_ref().is_none_or(|name| name == origin.provider.name());
        named && provider && is(&origin.group, &rule.workspace) && is(&origin.key, &rule.api_key)
    }

    fn fits_folder(&self, rule: &Mapping, folder: &str) -> bool {
        if rule.cwd.is_none() && rule.repository.is_none() {
            return false;
        }
        let below = rule.cwd.as_ref().is_none_or(|cwd| Path::new(folder).starts_with(cwd));
        let same = rule
            .repository
            .as_ref()
            .is_none_or(|wanted| self.repositories.get(folder).is_some_and(|remote| same_repository(remote, wanted)));
        below && same
    }

    /// Whether any rule asks for repositories; else nobody needs to look for them.
    #[must_use]
    pub fn asks_for_repositories(rules: &ProjectsFile) -> bool {
        rules.map.iter().any(|rule| rule.repository.is_some())
    }
}

/// `git@github.com:me/shop.git`, `https://github.com/me/shop` and `github.com/me/shop` are the same.
fn same_repository(remote: &str, wanted: &str) -> bool {
    plain_remote(remote).eq_ignore_ascii_case(&plain_remote(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn rule(project: &str) -> Mapping {
        Mapping { project: project.to_owned(), ..Mapping::default() }
    }

    #[test]
    fn the_first_rule_that_fits_says_the_project() {
        let text = |text: &str| Some(text.to_owned());
        let map = vec![
            Mapping { api_key: text("ci"), workspace: text("wrkspc_1"), ..rule("pipeline") },
            Mapping { workspace: text("Shop"), ..rule("storefront") },
            Mapping { provider: text("openai"), ..rule("experiments") },
            Mapping { cwd: Some(PathBuf::from("/home/me/shop")), ..rule("storefront") },
            Mapping { repository: text("github.com/me/api"), ..rule("backend") },
        ];
        let attribution = Attribution {
            rules: ProjectsFile { map, ..ProjectsFile::default() },
            names: [("wrkspc_1", "Shop"), ("apikey_1", "ci")].map(|(id, name)| (id.to_owned(), name.to_owned())).into(),
            repositories: [("/srv/api".to_owned(), "git@GitHub.com:me/api.git".to_owned())].into(),
            projects: Vec::new(),
        };
        for (place, project) in [
            ("anthropic:wrkspc_1:apikey_1", Some("pipeline")),
            ("anthropic:wrkspc_1:apikey_2", Some("storefront")),
            ("openai:proj_x:", Some("experiments")),
            ("anthropic::apikey_1", Some("Unmapped: Anthropic · Default workspace · ci")),
            ("/home/me/shop/web", Some("storefront")),
            ("/home/me/shopping", None),
            ("/srv/api", Some("backend")),
            ("", None),
        ] {
            assert_eq!(attribution.project(place).as_deref(), project, "{place}");
        }
    }

    #[test]
    fn usage_in_a_projects_folder_is_its_own_and_rules_win() {
        let place = |id: &str, name: &str, folders: &[&str]| ProjectPlaces {
            id: id.to_owned(),
            name: name.to_owned(),
            folders: folders.iter().map(PathBuf::from).collect(),
        };
        let projects = vec![
            place("shop", "The shop", &["/home/me/shop", "/home/me/trees/shop-fix"]),
            place("cart", "Cart", &["/home/me/shop/packages/cart"]),
            place("shop-2", "Shop", &["/srv/shop"]),
        ];
        let map = vec![Mapping { cwd: Some(PathBuf::from("/srv/shop/docs")), ..rule("the SHOP") }];
        let rules = ProjectsFile { map, ..ProjectsFile::default() };
        let attribution = Attribution { rules, projects, ..Attribution::default() };
        for (place, project) in [
            ("/home/me/shop", Some("shop")),
            ("/home/me/shop/src/deep", Some("shop")),
            ("/home/me/trees/shop-fix/src", Some("shop")),
            ("/home/me/shop/packages/cart/src", Some("cart")),
            ("/srv/shop/src", Some("shop-2")),
            ("/srv/shop/docs", Some("shop")),
            ("shop", Some("shop")),
            ("/home/me/shopping", None),
        ] {
            assert_eq!(attribution.project(place).as_deref(), project, "{place}");
        }
    }

    #[test]
    fn one_repository_has_many_spellings() {
        for remote in [
            "git@github.com:me/shop.git",
            "ssh://git@github.com/me/shop.git",
            "https://me:token@github.com/me/shop/",
            "github.com/Me/Shop",
        ] {
            assert!(same_repository(remote, "github.com/me/shop"), "{remote}");
        }
        assert!(!same_repository("github.com/me/shop2", "github.com/me/shop"));
    }
}
