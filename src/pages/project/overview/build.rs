//! From a project's report to the finished tab. Pure.

use chrono::NaiveDate;

use super::facts::{facts, languages};
use super::{ActionLine, Overview};
use crate::analytics::ProjectReport;
use crate::components::signed;
use crate::config::Zone;
use crate::model::{Priority, ProjectChoices, Shown};
use crate::pages::project::edit::{FormData, Typed};
use crate::pages::project::{ProjectQuery, save};

pub(in crate::pages::project) fn overview(
    report: &ProjectReport,
    shown: Shown,
    query: &ProjectQuery,
    zone: Zone,
    today: NaiveDate,
) -> Overview {
    let saved = if query.saved { "What you decided about it is saved." } else { "" };
    let health = &report.health;
    let found = report.found.as_ref();
    Overview {
        saved: saved.to_owned(),
        narrative: report.narrative.clone(),
        sentence: report.sentence_in(shown),
        description: report.description.clone().unwrap_or_default(),
        actions: report
            .next_actions
            .iter()
            .map(|action| {
                let (priority, dot) = priority(action.priority);
                ActionLine {
                    priority: priority.to_owned(),
                    dot: dot.to_owned(),
                    title: action.title.clone(),
                    description: action.description.clone(),
                }
            })
            .collect(),
        score: match report.health_score {
            Some(score) if health.reasons.is_empty() => format!("{score} of 100: nothing to deduct"),
            Some(score) => format!("{score} of 100"),
            None => "no data: nothing was measured, committed or promised".to_owned(),
        },
        reasons: health.reasons.iter().map(|reason| (signed(reason.points), reason.words.clone())).collect(),
        missing: health.missing.clone(),
        facts: facts(report, zone, today),
        languages: found.map(|found| languages(&found.languages)).unwrap_or_default(),
        notes: found.map(|found| found.notes.clone()).unwrap_or_default(),
        form: form(report, query),
    }
}

fn priority(priority: Priority) -> (&'static str, &'static str) {
    match priority {
        Priority::Critical => ("critical", "bad"),
        Priority::High => ("high", "warn"),
        Priority::Medium => ("medium", "calm"),
        Priority::Low => ("low", ""),
    }
}

/// The form holds what was typed, when it was refused; else what holds now.
fn form(report: &ProjectReport, query: &ProjectQuery) -> FormData {
    let id = report.id.clone();
    match &query.refused {
        Some(typed) => {
            let problem = save::choices(typed).err().unwrap_or_default();
            FormData { id, values: typed.clone(), problem, open: true }
        }
        None => FormData { id, values: typed_of(&report.choices), problem: String::new(), open: false },
    }
}

fn typed_of(choices: &ProjectChoices) -> Typed {
    Typed {
        name: choices.name.clone(),
        client: choices.client.clone(),
        status: choices.status.as_str().to_owned(),
        progress: choices.progress.to_string(),
        deadline: choices.deadline.map(|date| date.to_string()).unwrap_or_default(),
        tasks_total: choices.tasks_total.to_string(),
        tasks_done: choices.tasks_done.to_string(),
    }
}
