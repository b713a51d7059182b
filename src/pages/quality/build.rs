//! From the snapshot to the finished page. Pure.

use std::cmp::Reverse;

use super::words::{self, BACKEND, FRONTEND, LIGHTHOUSE, NO_DATA, Target};
use super::{COLUMNS, Figure, MeasuredProject, QualityPage, UnmeasuredProject};
use crate::analytics::{ProjectReport, quality_by_day};
use crate::charts;
use crate::components::{HealthMark, Stat, project_address, project_query};
use crate::model::{DateRange, Measure, QualityEntry, Ratio, TechDebt, hundredths};
use crate::sync::Snapshot;

const TREND_DAYS: u32 = 30;
/// More notes on one project are a matter for its own page.
const NOTES_SHOWN: usize = 4;

type Measured<'a> = (&'a ProjectReport, &'a QualityEntry);

pub(super) fn page(snapshot: &Snapshot, project: Option<&str>) -> QualityPage {
    let chosen = project.and_then(|id| snapshot.project(id));
    let shown: Vec<&ProjectReport> =
        snapshot.projects.iter().filter(|project| chosen.is_none_or(|chosen| chosen.id == project.id)).collect();
    let mut measured: Vec<Measured<'_>> =
        shown.iter().filter_map(|project| measured(project).map(|entry| (*project, entry))).collect();
    measured.sort_by_cached_key(|(project, entry)| {
        let debt = Reverse(entry.tech_debt as u8);
        (project.health_score, debt, project.choices.name.to_lowercase(), project.id.clone())
    });
    let mut without: Vec<&ProjectReport> =
        shown.iter().copied().filter(|project| self::measured(project).is_none()).collect();
    without.sort_by_cached_key(|project| (project.choices.name.to_lowercase(), project.id.clone()));
    QualityPage {
        headline: match &shown[..] {
            [project] => headline_of(project),
            _ => headline(&measured, shown.len()),
        },
        stats: if measured.is_empty() { Vec::new() } else { stats(&measured, shown.len()) },
        chart: Some(trend(snapshot, chosen)).filter(|chart| !chart.legend.is_empty()),
        measured: measured.into_iter().map(line).collect(),
        unmeasured: without.into_iter().map(unmeasured).collect(),
        exports: project_query(chosen.map(|project| project.id.as_str())),
    }
}

/// The entry of a project, when it rests on anything.
fn measured(project: &ProjectReport) -> Option<&QualityEntry> {
    project.quality.as_ref().filter(|entry| !entry.evidence.is_empty())
}

fn headline_of(project: &ProjectReport) -> String {
    let name = &project.choices.name;
    match measured(project).map(|entry| entry.tech_debt) {
        None => format!("{name} has no data yet."),
        Some(TechDebt::None) => format!("{name} has neither a coverage nor a Lighthouse report."),
        Some(debt) => format!("{name} has {} tech debt.", words::tech_debt(debt).1),
    }
}

fn headline(measured: &[Measured<'_>], projects: usize) -> String {
    let known = match (measured.len(), projects) {
        (_, 0) => return "Nothing can be measured yet.".to_owned(),
        (0, _) => return "No project has been measured yet.".to_owned(),
        (count, projects) if count == projects => format!("All {projects} projects have data"),
        (1, projects) => format!("1 of {projects} projects has data"),
        (count, projects) => format!("{count} of {projects} projects have data"),
    };
    let high = measured.iter().filter(|(_, entry)| entry.tech_debt == TechDebt::High).count();
    match high {
        0 => format!("{known}; none has high tech debt."),
        1 => format!("{known}; 1 has high tech debt."),
        high => format!("{known}; {high} have high tech debt."),
    }
}

fn trend(snapshot: &Snapshot, chosen: Option<&ProjectReport>) -> crate::model::Chart {
    let days = DateRange::ending(snapshot.today, TREND_DAYS);
    // A project that is gone is in no mean of today either.
    let shown = |entry: &&QualityEntry| match chosen {
        Some(project) => project.id == entry.project,
        None => snapshot.project(&entry.project).is_some(),
    };
    charts::quality_trend(&quality_by_day(snapshot.quality.iter().filter(shown), days))
}

fn basis_points(lines: Option<Ratio>) -> Option<u32> {
    lines.and_then(Ratio::basis_points)
}

fn stats(measured: &[Measured<'_>], projects: usize) -> Vec<Stat> {
    let values = |value: fn(&QualityEntry) -> Option<u32>| -> Vec<u32> {
        measured.iter().filter_map(|(_, entry)| value(entry)).collect()
    };
    let frontend = values(|entry| basis_points(entry.coverage.frontend));
    let backend = values(|entry| basis_points(entry.coverage.backend));
    let lighthouse = values(|entry| entry.lighthouse_score().map(|score| u32::from(score) * 100));
    let issues: Vec<u64> = measured.iter().filter_map(|(_, entry)| entry.open_issues()).collect();
    vec![
        mean("Frontend coverage", &frontend, FRONTEND, " %", projects),
        mean("Backend coverage", &backend, BACKEND, " %", projects),
        mean("Lighthouse", &lighthouse, LIGHTHOUSE, "", projects),
        open_issues(&issues, projects),
    ]
}

/// Over how many of all projects a mean is; nothing to say where there is only one.
fn over(count: usize, projects: usize) -> String {
    if projects == 1 { String::new() } else { format!("over {count} of {projects} projects") }
}

fn joined(first: String, second: &str) -> String {
    if second.is_empty() { first } else { format!("{first}; {second}") }
}

fn no_data(name: &str) -> Stat {
    let note = "no report of it was found".to_owned();
    Stat { name: name.to_owned(), value: NO_DATA.to_owned(), note, ..Stat::default() }
}

fn mean(name: &str, values: &[u32], target: Target, unit: &str, projects: usize) -> Stat {
    let Some(mean) = words::mean(values) else { return no_data(name) };
    let (tone, word) = target.judge(mean);
    let over = over(values.len(), projects);
    let over = if over.is_empty() { over } else { format!("mean {over}") };
    Stat {
        name: name.to_owned(),
        value: format!("{}{unit}", hundredths(u64::from(mean))),
        strong: word.to_owned(),
        tone: stat_tone(tone).to_owned(),
        note: joined(format!("of {}{unit}", target.good), &over),
        spark: String::new(),
    }
}

fn open_issues(counts: &[u64], projects: usize) -> Stat {
    let name = "Open issues";
    let known = counts.len() as u64;
    let total: u64 = counts.iter().copied().fold(0, u64::saturating_add);
    let Some(mean) = total.saturating_mul(100).checked_div(known) else { return no_data(name) };
    let (tone, word) = words::judge_issues(total, known);
    let over = over(counts.len(), projects);
    let note = match over.as_str() {
        "" => format!("of {}", words::FEW),
        over => format!("of {} a project; mean {} {over}", words::FEW, hundredths(mean)),
    };
    Stat {
        name: name.to_owned(),
        value: total.to_string(),
        strong: word.to_owned(),
        tone: stat_tone(tone).to_owned(),
        note,
        spark: String::new(),
    }
}

/// The cards' word for what deserves a look.
fn stat_tone(tone: &'static str) -> &'static str {
    if tone == "warn" { "up" } else { tone }
}

fn line((project, entry): Measured<'_>) -> MeasuredProject {
    let figures = figures(entry);
    // But for the tech debt, which has a sentence of its own.
    let lesser = COLUMNS.iter().zip(&figures).take(COLUMNS.len() - 1).skip(2);
    let lesser = lesser.filter(|(_, figure)| figure.value != NO_DATA);
    let also: Vec<String> = lesser.map(|(column, figure)| format!("{column}: {}", figure.value)).collect();
    MeasuredProject {
        name: project.choices.name.clone(),
        href: project_address(&project.id),
        health: HealthMark::of(project.health_score, &project.health),
        debt: format!("Tech debt: {}.", entry.tech_debt_reason.trim_end_matches('.')),
        also: also.join(" · "),
        notes: notes(entry),
        figures,
    }
}

/// In the order of [`COLUMNS`].
fn figures(entry: &QualityEntry) -> Vec<Figure> {
    let covered = |lines: Option<Ratio>, target: Target| {
        basis_points(lines).map(|share| (target.judge(share).0, words::percent(share)))
    };
    let lighthouse =
        entry.lighthouse_score().map(|score| (LIGHTHOUSE.judge(u32::from(score) * 100).0, score.to_string()));
    let issues = entry.open_issues().map(|open| (words::judge_issues(open, 1).0, open.to_string()));
    let figure = |known: Option<(&'static str, String)>, measure: Measure| match known {
        Some((tone, value)) => Figure { value, tone: tone.to_owned(), stale: stale(entry, measure) },
        None => Figure { value: NO_DATA.to_owned(), tone: "mute".to_owned(), stale: String::new() },
    };
    let (debt_tone, debt) = words::tech_debt(entry.tech_debt);
    let debt_tone = if debt == NO_DATA { "mute" } else { debt_tone };
    vec![
        figure(covered(entry.coverage.frontend, FRONTEND), Measure::FrontendCoverage),
        figure(covered(entry.coverage.backend, BACKEND), Measure::BackendCoverage),
        figure(lighthouse, Measure::Lighthouse),
        figure(issues, Measure::OpenIssues),
        figure(entry.tests.map(words::tests), Measure::Tests),
        figure(entry.lint.map(words::lint), Measure::Lint),
        figure(entry.advisories.map(words::advisories), Measure::Advisories),
        Figure { value: debt, tone: debt_tone.to_owned(), stale: String::new() },
    ]
}

/// How old the oldest stale file behind a number is.
fn stale(entry: &QualityEntry, measure: Measure) -> String {
    let oldest = entry.evidence_of(measure).filter(|evidence| evidence.stale).filter_map(|evidence| evidence.age_days);
    oldest.max().map(|days| format!("{days} days old")).unwrap_or_default()
}

fn notes(entry: &QualityEntry) -> Vec<String> {
    let stale = entry.evidence.iter().filter(|evidence| evidence.stale);
    let told = stale.map(|evidence| {
        let age = evidence.age_days.map(|days| format!(", {days} days old")).unwrap_or_default();
        let be = if evidence.measure.is_plural() { "are" } else { "is" };
        format!("Stale: {} {be} from {}{age}.", evidence.measure.label(), evidence.place())
    });
    let mut notes: Vec<String> = told.chain(entry.notes.iter().cloned()).collect();
    let more = notes.len().saturating_sub(NOTES_SHOWN);
    notes.truncate(NOTES_SHOWN);
    if more > 0 {
        notes.push(format!("And {more} more; the project's page has them all."));
    }
    notes
}

fn unmeasured(project: &ProjectReport) -> UnmeasuredProject {
    let notes = project.quality.as_ref().map(|entry| entry.notes.join(" ")).unwrap_or_default();
    let why = match (&project.folder, &project.quality) {
        _ if !notes.is_empty() => notes,
        (None, _) => "It has no folder on this machine, so there is nothing to read.".to_owned(),
        (Some(folder), None) => format!("Nothing was read yet in {folder}; the next sync does."),
        (Some(folder), Some(_)) => format!("Neither a report nor source code was found in {folder}."),
    };
    UnmeasuredProject { name: project.choices.name.clone(), href: project_address(&project.id), why }
}

#[cfg(test)]
mod tests;
