//! Projects whose code got worse within a week.

use chrono::NaiveDate;

use super::AlertFacts;
use super::tell::project_page;
use crate::analytics::ProjectReport;
use crate::model::{Alert, AlertLevel, AlertType, Period, ProjectStatus, Scope};

/// Coverage or health that fell by the points the user finds worth a word.
pub(super) fn drops(facts: &AlertFacts<'_>, today: NaiveDate) -> Vec<Alert> {
    let points = facts.choices.quality_drop_points;
    let active = facts.projects.iter().filter(|project| project.choices.status == ProjectStatus::Active);
    active.filter_map(|project| drop_of(project, points, today)).collect()
}

fn drop_of(project: &ProjectReport, points: u32, today: NaiveDate) -> Option<Alert> {
    let lost = |change: Option<i32>, unit: u32| {
        let lost = change.filter(|change| *change < 0)?.unsigned_abs();
        (lost >= points.saturating_mul(unit)).then_some(lost / unit)
    };
    let name = &project.choices.name;
    let message = match (lost(project.coverage_change, 100), lost(project.health_change, 1)) {
        (Some(coverage), _) => format!("Coverage of {name} fell by {coverage} points in a week"),
        (None, Some(health)) => format!("Health of {name} fell by {health} points in a week"),
        (None, None) => return None,
    };
    let week = Period::Week.key(today);
    Some(Alert {
        alert_key: format!("quality-{}@{week}", project.id),
        kind: AlertType::QualityDrop,
        level: AlertLevel::Warning,
        message,
        detail: String::new(),
        scope: Scope::Project(project.id.clone()),
        project_name: Some(name.clone()),
        period: week,
        href: project_page(&project.id),
        ..Alert::default()
    })
}
