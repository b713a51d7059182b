//! What is asked for: which days, of which sources and project, added up by what. Read from an address, or filled in by
//! the command line.

use chrono::NaiveDate;

use crate::analytics::ReportBy;
use crate::model::{DateRange, Window};

/// Days are counted from here; no usage is older.
const EARLIEST: NaiveDate = NaiveDate::from_ymd_opt(1970, 1, 1).expect("a date of the calendar");

/// The days asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Days {
    /// The dates of a window, ending today.
    Last(Window),
    All,
    /// Without a first day it is the first with usage, without a last day it is today.
    Between(Option<NaiveDate>, Option<NaiveDate>),
}

impl Default for Days {
    fn default() -> Days {
        Days::Last(Window::default())
    }
}

impl Days {
    /// Reads the key of a window, or `all`.
    ///
    /// # Errors
    /// With the keys there are, when it is none of them.
    pub fn window(key: &str) -> Result<Days, String> {
        let days = if key == "all" { Some(Days::All) } else { Window::parse(key).map(Days::Last) };
        days.ok_or_else(|| format!("window is one of {}, all", Window::ALL.map(Window::key).join(", ")))
    }

    /// Returns the dates; `None` is all of them.
    ///
    /// # Errors
    /// When no day lies between.
    pub fn range(self, today: NaiveDate) -> Result<Option<DateRange>, String> {
        match self {
            Days::All => Ok(None),
            Days::Last(window) => Ok(Some(window.range(today))),
            Days::Between(since, until) => {
                let (from, to) = (since.unwrap_or(EARLIEST), until.unwrap_or(today));
                if from > to {
                    return Err(format!("since {from} is after until {to}: no day lies between"));
                }
                Ok(Some(DateRange { from, to }))
            }
        }
    }
}

/// Which usage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    pub days: Days,
    pub by: Option<ReportBy>,
    /// None: all of them.
    pub sources: Vec<String>,
    /// The id of a project, or the name its usage goes by.
    pub project: Option<String>,
}

impl Request {
    /// Reads the query of an address.
    ///
    /// # Errors
    /// With everything that is wrong, a sentence each.
    pub fn parse(query: &[(String, String)], sources: &[&str]) -> Result<Request, Vec<String>> {
        let (mut request, mut problems) = (Request::default(), Vec::new());
        let (mut window, mut since, mut until) = (None, None, None);
        for (name, value) in query {
            let mut keep = |read: Result<(), String>| problems.extend(read.err());
            match name.as_str() {
                "window" => keep(Days::window(value).map(|days| window = Some(days))),
                "since" => keep(date(name, value).map(|date| since = Some(date))),
                "until" => keep(date(name, value).map(|date| until = Some(date))),
                "by" => keep(ReportBy::parse(value).map(|by| request.by = Some(by))),
                "source" if sources.contains(&value.as_str()) => request.sources.push(value.clone()),
                "source" => problems.push(format!("source is one of {}", sources.join(", "))),
                "project" => request.project = Some(value.clone()).filter(|id| !id.is_empty()),
                _ => problems.push(format!("{} is not known; there are {PARAMETERS}", shown(name))),
            }
        }
        let between = since.is_some() || until.is_some();
        if between && window.is_some() {
            problems.push("give a window, or since and until, not both".to_owned());
        }
        request.days = if between { Days::Between(since, until) } else { window.unwrap_or_default() };
        if problems.is_empty() { Ok(request) } else { Err(problems) }
    }
}

const PARAMETERS: &str = "window, since, until, by, project and source";

fn date(name: &str, value: &str) -> Result<NaiveDate, String> {
    value.parse().map_err(|_| format!("{name} is a date such as 2026-11-20"))
}

/// A text from outside, as much of it as belongs into a message.
fn shown(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(query: &str) -> Result<Request, Vec<String>> {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let pairs: Vec<_> = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Request::parse(&pairs, &["claude_code", "openai"])
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn an_address_says_what_is_wanted() {
        assert_eq!(parse("").expect("is fine"), Request::default());
        let all = parse("since=2026-01-01&by=client&source=openai&source=claude_code&project=shop").expect("is fine");
        assert_eq!(all.days, Days::Between(Some(day("2026-01-01")), None));
        assert_eq!((all.by, all.sources.len(), all.project.as_deref()), (Some(ReportBy::Client), 2, Some("shop")));
        assert_eq!(parse("window=all&project=").map(|request| (request.days, request.project)), Ok((Days::All, None)));
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let problems = parse("window=8d&by=hour&source=abacus&since=soon&colour=red").expect_err("is refused");
        assert_eq!(problems.len(), 5, "{problems:?}");
        assert!(parse("window=7d&until=2026-01-01").is_err(), "one or the other");
        let range = Days::Between(Some(day("2026-02-01")), Some(day("2026-01-01"))).range(day("2026-11-20"));
        assert!(range.is_err_and(|problem| problem.contains("no day lies between")));
    }

    #[test]
    fn a_window_ends_today() {
        let today = day("2026-11-20");
        let range = Days::default().range(today).expect("is fine").expect("has ends");
        assert_eq!((range.days(), range.to), (30, today));
        assert_eq!(
            Days::Between(None, None).range(today).map(|range| range.map(|range| range.from)),
            Ok(Some(EARLIEST))
        );
    }
}
