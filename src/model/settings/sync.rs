//! The forms of `sync.json` and `sources.json`: how often, in which time zone, and what is read at all.

use super::{Form, Known, Problem, cell, knows};

const LIST: &str = "source";
/// A day, in minutes.
const MINUTES_MAX: u64 = 1_440;

/// What the form about the schedule says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncChoices {
    pub interval_minutes: u32,
    /// `None` is the machine's.
    pub timezone: Option<String>,
}

/// What the form says of one source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceChoice {
    pub name: String,
    pub enabled: bool,
    /// `None` is that of all the others.
    pub interval_minutes: Option<u32>,
}

#[must_use]
pub fn sync_form(interval_minutes: u32, timezone: Option<&str>) -> Form {
    let mut form = Form::default();
    form.set("interval", interval_minutes.to_string());
    form.set("timezone", timezone.unwrap_or_default());
    form
}

/// Reads the form: what it says, and what is wrong with it.
#[must_use]
pub fn read_sync(form: &Form, known: &Known) -> (SyncChoices, Vec<Problem>) {
    let (mut choices, mut problems) = (SyncChoices::default(), Vec::new());
    match minutes(form, "interval") {
        Ok(minutes) => choices.interval_minutes = minutes,
        Err(problem) => problems.push(problem),
    }
    match form.text("timezone") {
        "" => {}
        zone if known.zones.iter().any(|name| name == zone) => choices.timezone = Some(zone.to_owned()),
        _ => problems.push(Problem::new("timezone", "Choose a zone from the list, such as Europe/Berlin or UTC.")),
    }
    (choices, problems)
}

#[must_use]
pub fn sources_form(sources: &[SourceChoice]) -> Form {
    let mut form = Form::default();
    for (row, source) in (0..).zip(sources) {
        form.set(cell(LIST, row, "name"), source.name.clone());
        form.tick(cell(LIST, row, "on"), source.enabled);
        let minutes = source.interval_minutes.map(|minutes| minutes.to_string());
        form.set(cell(LIST, row, "interval"), minutes.unwrap_or_default());
    }
    form
}

/// Reads the form: what it says, and what is wrong with it.
#[must_use]
pub fn read_sources(form: &Form, known: &Known) -> (Vec<SourceChoice>, Vec<Problem>) {
    let (mut choices, mut problems) = (Vec::new(), Vec::new());
    for row in form.rows(LIST) {
        let (name, interval) = (form.text(&cell(LIST, row, "name")), cell(LIST, row, "interval"));
        if !knows(&known.sources, name) {
            problems.push(Problem::new(cell(LIST, row, "name"), "There is no such source."));
        }
        let interval_minutes = match form.text(&interval) {
            "" => None,
            _ => minutes(form, &interval).map_err(|problem| problems.push(problem)).ok(),
        };
        let enabled = form.is_ticked(&cell(LIST, row, "on"));
        choices.push(SourceChoice { name: name.to_owned(), enabled, interval_minutes });
    }
    (choices, problems)
}

fn minutes(form: &Form, name: &str) -> Result<u32, Problem> {
    let minutes = form.whole(name, 1, MINUTES_MAX);
    let minutes = minutes.map_err(|_| Problem::new(name, "Write minutes: a whole number from 1 to 1440 (a day)."))?;
    Ok(u32::try_from(minutes).unwrap_or(u32::MAX))
}
