//! From the snapshot to the finished page. Pure.

use chrono::NaiveDate;

use super::card::element_id;
use super::{Card, KanbanPage};
use crate::analytics::ProjectReport;
use crate::components::{HealthMark, encoded, project_address};
use crate::model::ProjectStatus;
use crate::sync::Snapshot;

pub(super) fn page(snapshot: &Snapshot, project: Option<&str>, moved: Option<&str>) -> KanbanPage {
    let chosen = project.and_then(|id| snapshot.project(id));
    let mut shown: Vec<&ProjectReport> =
        snapshot.projects.iter().filter(|project| chosen.is_none_or(|chosen| chosen.id == project.id)).collect();
    shown.sort_by_cached_key(|project| (project.choices.name.to_lowercase(), project.id.clone()));
    KanbanPage {
        snapshot: snapshot.number,
        said: moved.map(|id| said(snapshot, id)).unwrap_or_default(),
        cards: shown.into_iter().map(|project| (project.choices.status, card(project, snapshot.today))).collect(),
        any: !snapshot.projects.is_empty(),
        narrowed: chosen.is_some(),
    }
}

/// The page a form without JavaScript comes to: at the card, saying where that is now.
pub(super) fn page_after(id: &str) -> String {
    format!("/kanban?moved={}#{}", encoded(id), element_id(id))
}

fn said(snapshot: &Snapshot, id: &str) -> String {
    match snapshot.project(id) {
        Some(project) => format!("{} is {} now.", project.choices.name, project.choices.status.as_str()),
        None => "There is no such project any more; nothing was moved.".to_owned(),
    }
}

fn card(project: &ProjectReport, today: NaiveDate) -> Card {
    let choices = &project.choices;
    let (deadline, overdue) = choices.deadline.map(|day| deadline(day, choices.status, today)).unwrap_or_default();
    Card {
        id: project.id.clone(),
        name: choices.name.clone(),
        href: project_address(&project.id),
        client: choices.client.clone(),
        health: HealthMark::of(project.health_score, &project.health),
        progress: choices.known_progress(),
        deadline,
        overdue,
        next: project.next_actions.first().map(|action| action.title.clone()).unwrap_or_default(),
    }
}

/// The deadline in words, and whether it is over. Only of an active project anybody waits for it.
fn deadline(day: NaiveDate, status: ProjectStatus, today: NaiveDate) -> (String, bool) {
    let days = (day - today).num_days();
    let counted = |days: u64| if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
    match (status, days) {
        (ProjectStatus::Active, ..0) => (format!("{} overdue", counted(days.unsigned_abs())), true),
        (ProjectStatus::Active, 0) => ("due today".to_owned(), false),
        (ProjectStatus::Active, _) => (format!("due {day}, {} left", counted(days.unsigned_abs())), false),
        (_, ..0) => (format!("was due {day}"), false),
        _ => (format!("due {day}"), false),
    }
}

#[cfg(test)]
mod tests;
