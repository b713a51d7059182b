//! Budgets and limits beside the projects they are about.

use crate::analytics::model_label;
use crate::config::{ALERTS_FILE, Config, ConfigProblem};
use crate::model::{Budgets, Project, Scope};
use crate::sources::Source;

/// Gives every budget the name people know, and takes a project's name for its id.
pub(in crate::sync) fn named(mut budgets: Budgets, projects: &[Project]) -> Budgets {
    for budget in &mut budgets.others {
        let name = match &mut budget.scope {
            Scope::Global => "Global".to_owned(),
            Scope::Project(id) => match project_of(projects, id) {
                Some(project) => {
                    id.clone_from(&project.id);
                    project.choices.name.clone()
                }
                None => id.clone(),
            },
            Scope::Model(model) => model_label(model),
            Scope::Source(name) => Source::parse(name).map_or_else(|| name.clone(), |source| source.label().to_owned()),
            Scope::Client(client) => client.clone(),
        };
        budget.name.get_or_insert(name);
    }
    budgets
}

/// Says which budgets and limits are about a project nobody knows: a warning, for it may come yet.
pub(in crate::sync) fn unknown_projects(config: &Config, projects: &[Project]) -> Vec<ConfigProblem> {
    let unknown = |id: &str| project_of(projects, id).is_none();
    let note = |file: &str, message: String| ConfigProblem { file: file.to_owned(), message };
    let limits = config.alerts.per_project_limits.keys().filter(|id| unknown(id));
    let limits = limits.map(|id| note(ALERTS_FILE, format!("perProjectLimits.{id}: there is no such project yet")));
    let budgets = config.budget.budgets.iter().enumerate().filter_map(|(number, budget)| {
        let id = budget.scope.project().filter(|id| unknown(id))?;
        Some(note("budget.json", format!("budgets[{number}].scope: there is no project \"{id}\" yet")))
    });
    limits.chain(budgets).collect()
}

/// By its id, else by its name, as the earlier system kept limits.
fn project_of<'a>(projects: &'a [Project], id: &str) -> Option<&'a Project> {
    let by_id = projects.iter().find(|project| project.id == id);
    by_id.or_else(|| projects.iter().find(|project| project.choices.name == id))
}

#[cfg(test)]
mod tests;
