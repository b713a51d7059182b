//! From the snapshot to the finished page. Pure.

use std::cmp::Reverse;
use std::path::PathBuf;

use super::{Group, ProjectCard, ProjectsPage, ProjectsQuery, Sort};
use crate::analytics::ProjectReport;
use crate::components::{HealthMark, project_address, project_query};
use crate::model::{ProjectChoices, ProjectStatus, Shown, Window};
use crate::pages::deadline::{count, due};
use crate::sync::Snapshot;

pub(super) fn page(
    snapshot: &Snapshot,
    money: Shown,
    roots: &[PathBuf],
    query: &ProjectsQuery,
    project: Option<&str>,
) -> ProjectsPage {
    let all = &snapshot.projects;
    if all.is_empty() {
        let looked_in = roots.iter().map(|root| root.display().to_string()).collect();
        return ProjectsPage {
            headline: "No projects yet".to_owned(),
            looked_in: Some(looked_in),
            ..ProjectsPage::default()
        };
    }
    let only = project.and_then(|id| snapshot.project(id));
    let wanted = query.search.trim();
    let mut found: Vec<&ProjectReport> = match only {
        Some(only) => vec![only],
        None => all.iter().filter(|project| matches(project, wanted)).collect(),
    };
    let shown = match only {
        Some(only) => format!("Only {} is shown.", only.choices.name),
        None if wanted.is_empty() => String::new(),
        None if found.is_empty() => format!("No project matches “{wanted}”."),
        None => format!("{} of {} match “{wanted}”.", found.len(), all.len()),
    };
    sort(&mut found, query.sort);
    let group = |status: ProjectStatus| {
        let cards = found.iter().filter(|project| project.choices.status == status);
        Group {
            label: status.label().to_owned(),
            cards: cards.map(|project| card(project, snapshot.today, money)).collect(),
        }
    };
    ProjectsPage {
        headline: headline(all),
        sort: query.sort,
        groups: ProjectStatus::ALL.into_iter().map(group).filter(|group| !group.cards.is_empty()).collect(),
        shown,
        narrowed: only.is_some(),
        exports: project_query(only.map(|project| project.id.as_str())),
        looked_in: None,
        money,
    }
}

fn headline(projects: &[ProjectReport]) -> String {
    let of = |status: ProjectStatus| {
        let number = projects.iter().filter(|project| project.choices.status == status).count();
        (number > 0).then(|| format!("{number} {}", status.as_str()))
    };
    let parts: Vec<String> = ProjectStatus::ALL.into_iter().filter_map(of).collect();
    format!("{}: {}", count(projects.len() as u64, "project"), parts.join(", "))
}

fn matches(project: &ProjectReport, wanted: &str) -> bool {
    let wanted = wanted.to_lowercase();
    let choices = &project.choices;
    let texts = [&project.id, &choices.name, &choices.client].into_iter().chain(&project.description);
    texts.chain(&project.stack).any(|text| text.to_lowercase().contains(&wanted))
}

/// What is not known comes last; what is equal stays in the order of its name.
fn sort(projects: &mut [&ProjectReport], by: Sort) {
    projects.sort_by_cached_key(|project| (project.choices.name.to_lowercase(), project.id.clone()));
    match by {
        Sort::Name => {}
        Sort::Activity => projects.sort_by_key(|project| Reverse(project.last_activity)),
        Sort::Spend => projects
            .sort_by_key(|project| Reverse(project.windows.get(Window::D30.key()).and_then(|window| window.cost))),
        Sort::Health => projects.sort_by_key(|project| (project.health_score.is_none(), project.health_score)),
    }
}

fn card(project: &ProjectReport, today: chrono::NaiveDate, money: Shown) -> ProjectCard {
    let choices = &project.choices;
    let due = due(choices, today);
    let tasks = (choices.tasks_total > 0).then(|| tasks(choices, project.velocity));
    ProjectCard {
        name: choices.name.clone(),
        href: project_address(&project.id),
        client: choices.client.clone(),
        health: HealthMark::of(project.health_score, &project.health),
        sentence: project.sentence_in(money),
        description: project.description.clone().unwrap_or_default(),
        stack: project.stack.clone(),
        progress: choices.known_progress(),
        tasks: tasks.unwrap_or_default(),
        overdue: due.as_ref().is_some_and(|due| due.overdue),
        deadline: due.map(|due| due.text).unwrap_or_default(),
        last_commit: project.last_commit.map(|date| date.to_string()).unwrap_or_default(),
        next: project.next_actions.first().map(|action| action.title.clone()).unwrap_or_default(),
    }
}

/// `4 of 10, 1.5 a week`.
fn tasks(choices: &ProjectChoices, velocity: Option<f64>) -> String {
    let of = format!("{} of {}", choices.tasks_done, choices.tasks_total);
    match velocity {
        Some(velocity) if velocity > 0.0 => format!("{of}, {} a week", format!("{velocity:.1}").trim_end_matches(".0")),
        _ => of,
    }
}

#[cfg(test)]
mod tests;
