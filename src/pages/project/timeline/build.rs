//! From a project's report to the finished tab. Pure.

use std::cmp::Reverse;

use chrono::{DateTime, NaiveDate, Utc};

use super::{Event, Timeline};
use crate::analytics::ProjectReport;
use crate::config::Zone;
use crate::model::ProjectStatus;
use crate::pages::deadline::count;

pub(in crate::pages::project) fn timeline(report: &ProjectReport, zone: Zone, today: NaiveDate) -> Timeline {
    let mut events = events(report, zone);
    // Of one day the later in the list happened later, as far as that is known.
    events.reverse();
    events.sort_by_key(|(date, _)| Reverse(*date));
    let event = |(date, mut event): (NaiveDate, Event)| {
        if date > today {
            event.title = format!("{} (to come)", event.title);
        }
        Event { date: date.to_string(), ..event }
    };
    Timeline { figures: figures(report, today), events: events.into_iter().map(event).collect() }
}

/// Days it has gone on, and days to its deadline.
fn figures(report: &ProjectReport, today: NaiveDate) -> Vec<(String, String, bool)> {
    let choices = &report.choices;
    let completed = choices.status == ProjectStatus::Completed;
    let end = if completed { report.last_activity.unwrap_or(today) } else { today };
    let start = first_known(report);
    let active = count((end - start).num_days().unsigned_abs() + 1, "day");
    let (left, bad) = match choices.deadline.map(|deadline| (deadline - today).num_days()) {
        None => ("no deadline".to_owned(), false),
        Some(_) if completed => ("completed".to_owned(), false),
        Some(days @ ..0) if choices.status == ProjectStatus::Active => {
            (format!("{} overdue", count(days.unsigned_abs(), "day")), true)
        }
        Some(_) if choices.status == ProjectStatus::Paused => ("paused".to_owned(), false),
        Some(days) => (count(days.unsigned_abs(), "day"), false),
    };
    let since = match report.last_activity.map(|last| (today - last).num_days().unsigned_abs()) {
        None => "none known".to_owned(),
        Some(0) => "today".to_owned(),
        Some(days) => format!("{} ago", count(days, "day")),
    };
    [("Days active", active, false), ("Days remaining", left, bad), ("Last activity", since, false)]
        .map(|(name, value, bad)| (name.to_owned(), value, bad))
        .into()
}

/// A folder that was first seen today may be years old.
fn first_known(report: &ProjectReport) -> NaiveDate {
    let git = report.found.as_ref().and_then(|found| found.git.as_ref());
    let commit = git.and_then(|git| git.commits.keys().next().copied());
    commit.map_or(report.start_date, |commit| commit.min(report.start_date))
}

fn events(report: &ProjectReport, zone: Zone) -> Vec<(NaiveDate, Event)> {
    let event =
        |title: String, detail: String, dot: &str| Event { date: String::new(), title, detail, dot: dot.to_owned() };
    let day = |at: &str| DateTime::parse_from_rfc3339(at).ok().map(|at| zone.date(at.with_timezone(&Utc)));
    let seen = "The day Allclear first saw it".to_owned();
    let mut events = vec![(report.start_date, event("Start".to_owned(), seen, ""))];
    if let Some(git) = report.found.as_ref().and_then(|found| found.git.as_ref()) {
        for branch in git.merged.iter().rev() {
            let commits = count(branch.commits.values().map(|commits| u64::from(*commits)).sum(), "commit");
            let merged = event(format!("Merged {}", branch.name), commits, "calm");
            events.extend(day(&branch.merged_at).map(|day| (day, merged)));
        }
        for (place, tag) in git.releases.iter().enumerate().rev() {
            let all =
                if place == 0 { format!("The latest of {}", count(git.tags.into(), "tag")) } else { String::new() };
            events.extend(day(&tag.at).map(|day| (day, event(format!("Tagged {}", tag.name), all, "ok"))));
        }
        if let Some(commit) = &git.last_commit {
            let detail = format!("{}, by {}", commit.summary, commit.author);
            events.push((commit.date, event("Last commit".to_owned(), detail, "calm")));
        }
    }
    if let Some(last) = report.last_activity.filter(|last| Some(*last) != report.last_commit) {
        events.push((last, event("Last activity".to_owned(), "Usage without a commit".to_owned(), "")));
    }
    if let Some(deadline) = report.choices.deadline {
        let late = report.choices.status == ProjectStatus::Active;
        let detail = format!("{} % done", report.choices.progress);
        events.push((deadline, event("Deadline".to_owned(), detail, if late { "warn" } else { "" })));
    }
    events
}
