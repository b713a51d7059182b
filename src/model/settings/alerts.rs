//! The form of `alerts.json`: thresholds, limits of projects, rules, quiet hours. What it does not show is kept.

use std::collections::BTreeSet;

use chrono::NaiveTime;

use super::{Form, Known, Problem, cell, knows};
use crate::model::{AlertRules, AlertsFile, Decimal, Percent, QuietHours, Threshold};

const LABEL_MAX: usize = 40;
const CLOCK: &str = "%H:%M";

/// The rules that can be switched off: the field, and what it watches.
pub const RULES: [(&str, &str); 6] = [
    ("rule-thresholds", "Thresholds and limits"),
    ("rule-forecast", "A budget that will be crossed at this pace"),
    ("rule-spike", "A day far dearer than usual"),
    ("rule-stale", "A source that fails or has no fresh data"),
    ("rule-quality", "A project whose quality drops"),
    ("rule-unpriced", "A model without a price"),
];

/// Writes the form of what the file says.
#[must_use]
pub fn alerts_form(file: &AlertsFile) -> Form {
    let mut form = Form::default();
    for (row, threshold) in (0..).zip(&file.global_thresholds) {
        form.set(cell("threshold", row, "percent"), threshold.percent.to_string());
        form.set(cell("threshold", row, "label"), threshold.label.clone().unwrap_or_default());
    }
    for (row, (project, limit)) in (0..).zip(&file.per_project_limits) {
        form.set(cell("limit", row, "project"), project.clone());
        form.set(cell("limit", row, "amount"), limit.plain());
    }
    let AlertRules { thresholds, forecast, spike, stale_source, quality_drop, unpriced_model } = file.rules;
    let switches = [thresholds, forecast, spike, stale_source, quality_drop, unpriced_model];
    for ((name, _), ticked) in RULES.into_iter().zip(switches) {
        form.tick(name, ticked);
    }
    form.set("quality", file.quality_drop_points.to_string());
    form.tick("quiet", file.quiet_hours.is_some());
    let clock =
        |time: Option<NaiveTime>, usual: &str| time.map_or(usual.to_owned(), |time| time.format(CLOCK).to_string());
    form.set("quiet-from", clock(file.quiet_hours.map(|hours| hours.from), "22:00"));
    form.set("quiet-to", clock(file.quiet_hours.map(|hours| hours.to), "07:00"));
    form.tick("quiet-critical", file.quiet_hours.is_none_or(|hours| hours.critical_passes));
    form
}

/// Reads the form over what the `file` says: what becomes of it, and what is wrong.
#[must_use]
pub fn read_alerts(form: &Form, known: &Known, mut file: AlertsFile) -> (AlertsFile, Vec<Problem>) {
    let mut problems = Vec::new();
    file.global_thresholds = thresholds(form, &mut problems);
    file.per_project_limits.clear();
    for row in form.rows("limit") {
        let (project, amount) = (cell("limit", row, "project"), cell("limit", row, "amount"));
        let id = form.text(&project);
        if id.is_empty() && form.text(&amount).is_empty() {
            continue;
        }
        if !knows(&known.projects, id) {
            problems.push(Problem::new(project, "Choose a project from the list."));
        } else if file.per_project_limits.contains_key(id) {
            problems.push(Problem::new(project, "This project has a limit already; remove one."));
        }
        match form.dollars(&amount) {
            Ok(limit) => drop(file.per_project_limits.insert(id.to_owned(), limit)),
            Err(problem) => problems.push(problem),
        }
    }
    let on = |at: usize| form.is_ticked(RULES[at].0);
    file.rules = AlertRules {
        thresholds: on(0),
        forecast: on(1),
        spike: on(2),
        stale_source: on(3),
        quality_drop: on(4),
        unpriced_model: on(5),
    };
    match form.whole("quality", 1, 100) {
        Ok(points) => file.quality_drop_points = u32::try_from(points).unwrap_or(100),
        Err(problem) => problems.push(problem),
    }
    file.quiet_hours = if form.is_ticked("quiet") { quiet_hours(form, &mut problems) } else { None };
    (file, problems)
}

fn thresholds(form: &Form, problems: &mut Vec<Problem>) -> Vec<Threshold> {
    let (mut thresholds, mut seen) = (Vec::new(), BTreeSet::new());
    for row in form.rows("threshold") {
        let (percent, label) = (cell("threshold", row, "percent"), cell("threshold", row, "label"));
        let text = form.text(&percent).trim_end_matches('%').trim_end();
        if text.is_empty() && form.text(&label).is_empty() {
            continue;
        }
        let hundredths = Decimal::parse(text).and_then(|number| number.exact(2));
        let hundredths = hundredths.and_then(|number| i64::try_from(number).ok());
        let Some(read) = hundredths.filter(|number| (100..=10_000).contains(number)).map(Percent::from_hundredths)
        else {
            problems.push(Problem::new(percent, "Write a percentage from 1 to 100."));
            continue;
        };
        if !seen.insert(read) {
            problems.push(Problem::new(percent, "Another threshold has this percentage; remove one."));
        }
        match form.line(&label, LABEL_MAX) {
            Ok(label) => thresholds.push(Threshold { percent: read, label }),
            Err(problem) => problems.push(problem),
        }
    }
    thresholds
}

fn quiet_hours(form: &Form, problems: &mut Vec<Problem>) -> Option<QuietHours> {
    let mut clock = |name: &str| {
        let time = NaiveTime::parse_from_str(form.text(name), CLOCK).ok();
        if time.is_none() {
            problems.push(Problem::new(name, "Write a time of day, such as 22:00."));
        }
        time
    };
    let (from, to) = (clock("quiet-from"), clock("quiet-to"));
    Some(QuietHours { from: from?, to: to?, critical_passes: form.is_ticked("quiet-critical") })
}
