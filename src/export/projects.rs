//! Projects, one line each: what was decided about them, how they are, and what they cost in the three windows.

use super::Cell;
use crate::analytics::ProjectReport;
use crate::model::Window;

/// The columns of the table of projects.
pub const PROJECTS: &[&str] = &[
    "id",
    "name",
    "client",
    "status",
    "progress",
    "deadline",
    "tasksDone",
    "tasksTotal",
    "health",
    "startDate",
    "lastCommit",
    "lastActivity",
    "cost7d",
    "commits7d",
    "cost30d",
    "commits30d",
    "cost90d",
    "commits90d",
    "sessions30d",
    "costPerCommit30d",
    "notYetCommitted30d",
];

#[must_use]
pub fn project_row(project: &ProjectReport) -> Vec<Cell<'_>> {
    let choices = &project.choices;
    let window = |window: Window| project.windows.get(window.key());
    let cost = |of| window(of).and_then(|window| window.cost);
    let commits = |of| window(of).and_then(|window| window.commits);
    let month = window(Window::D30);
    vec![
        project.id.as_str().into(),
        choices.name.as_str().into(),
        choices.client.as_str().into(),
        choices.status.as_str().into(),
        choices.known_progress().into(),
        choices.deadline.into(),
        choices.tasks_done.into(),
        choices.tasks_total.into(),
        project.health_score.into(),
        project.start_date.into(),
        project.last_commit.into(),
        project.last_activity.into(),
        cost(Window::D7).into(),
        commits(Window::D7).into(),
        cost(Window::D30).into(),
        commits(Window::D30).into(),
        cost(Window::D90).into(),
        commits(Window::D90).into(),
        month.map(|month| month.sessions).into(),
        month.and_then(|month| month.cost_per_commit).into(),
        month.filter(|month| month.cost.is_some()).map(|month| month.not_yet_committed).into(),
    ]
}
