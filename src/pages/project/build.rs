//! From the snapshot to the finished page: what stands above the tabs, and the tab that was asked for. Pure.

use super::overview::build::overview;
use super::quality::build::quality;
use super::spend::build::spend;
use super::tab::Tab;
use super::timeline::build::timeline;
use super::{Content, ProjectPage, ProjectQuery};
use crate::components::HealthMark;
use crate::config::Zone;
use crate::model::Shown;
use crate::pages::deadline::due;
use crate::sync::Snapshot;

pub(super) fn page(snapshot: &Snapshot, shown: Shown, zone: Zone, query: &ProjectQuery) -> Option<ProjectPage> {
    let report = snapshot.project(&query.id)?;
    let (choices, today) = (&report.choices, snapshot.today);
    let due = due(choices, today);
    // What came back from the form is to be seen, whatever tab it was on.
    let tab = if query.refused.is_some() { Tab::Overview } else { query.tab };
    let content = match tab {
        Tab::Overview => Content::Overview(Box::new(overview(report, shown, query, zone, today))),
        Tab::Spend => Content::Spend(Box::new(spend(snapshot, shown, report, query.window, zone))),
        Tab::Quality => Content::Quality(Box::new(quality(snapshot, report))),
        Tab::Timeline => Content::Timeline(timeline(report, zone, today)),
    };
    Some(ProjectPage {
        id: report.id.clone(),
        name: choices.name.clone(),
        about: format!("{} · {} · since {}", choices.status.label(), choices.client, report.start_date),
        overdue: due.as_ref().is_some_and(|due| due.overdue),
        deadline: due.map(|due| format!("Deadline {}", due.text)).unwrap_or_default(),
        health: HealthMark::of(report.health_score, &report.health),
        stack: report.stack.clone(),
        tab,
        content,
        shown,
    })
}

#[cfg(test)]
mod tests;
