//! A span of days and what it is compared with, as an address names them.

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{DateRange, Window};

/// What the address says, in its own words; an empty one is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpanQuery {
    /// `7d`, `30d`, `90d`, `month` or `last-month`; with `from` or `to` it does not count.
    pub window: String,
    /// `2026-11-01`, both included.
    pub from: String,
    pub to: String,
    /// `previous` or `year`.
    pub compare: String,
}

/// Which days, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SpanKind {
    Window(Window),
    Month,
    LastMonth,
    Custom,
}

/// What a span is compared with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Compare {
    /// The span right before; of a month the month before, up to the same day.
    #[default]
    Previous,
    /// The same dates a year before.
    Year,
}

/// A span to be computed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    pub kind: SpanKind,
    pub range: DateRange,
    pub compare: Compare,
    pub before: DateRange,
    /// What of the address was not followed, and why; empty when all of it was.
    pub problem: String,
}

impl SpanKind {
    pub const NAMED: [SpanKind; 5] = [
        SpanKind::Window(Window::D7),
        SpanKind::Window(Window::D30),
        SpanKind::Window(Window::D90),
        SpanKind::Month,
        SpanKind::LastMonth,
    ];

    /// The word in addresses; a custom span has none.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            SpanKind::Window(window) => window.key(),
            SpanKind::Month => "month",
            SpanKind::LastMonth => "last-month",
            SpanKind::Custom => "",
        }
    }

    #[must_use]
    pub fn label(self) -> String {
        match self {
            SpanKind::Window(window) => format!("{} days", window.days()),
            SpanKind::Month => "This month".to_owned(),
            SpanKind::LastMonth => "Last month".to_owned(),
            SpanKind::Custom => "Custom".to_owned(),
        }
    }

    fn range(self, today: NaiveDate) -> DateRange {
        let first = today.with_day(1).unwrap_or(today);
        match self {
            SpanKind::Window(window) => window.range(today),
            SpanKind::Month => DateRange { from: first, to: today },
            SpanKind::LastMonth => {
                let last = first.pred_opt().unwrap_or(first);
                DateRange { from: last.with_day(1).unwrap_or(last), to: last }
            }
            SpanKind::Custom => DateRange { from: today, to: today },
        }
    }
}

impl Compare {
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Compare::Previous => "previous",
            Compare::Year => "year",
        }
    }
}

impl SpanQuery {
    /// Returns the days meant. What cannot be followed falls back to thirty days, or to what is there, and says so.
    /// `first` is the first day numbers are kept of.
    #[must_use]
    pub fn resolve(&self, first: NaiveDate, today: NaiveDate) -> Span {
        let compare = if self.compare == "year" { Compare::Year } else { Compare::Previous };
        let mut problem = String::new();
        let (kind, range) = if self.from.is_empty() && self.to.is_empty() {
            let named = SpanKind::NAMED.into_iter().find(|kind| kind.key() == self.window);
            let kind = named.unwrap_or(SpanKind::Window(Window::D30));
            (kind, kind.range(today))
        } else {
            match self.custom(first, today) {
                Ok((range, told)) => {
                    problem = told;
                    (SpanKind::Custom, range)
                }
                Err(told) => {
                    problem = told;
                    (SpanKind::Window(Window::D30), Window::D30.range(today))
                }
            }
        };
        Span { kind, range, compare, before: before(kind, range, compare), problem }
    }

    fn custom(&self, first: NaiveDate, today: NaiveDate) -> Result<(DateRange, String), String> {
        let date = |text: &str, otherwise: NaiveDate| {
            let text = text.trim();
            if text.is_empty() { Some(otherwise) } else { text.parse().ok() }
        };
        let unreadable = |text: &str| format!("“{text}” is no date such as {today}: these are the last 30 days.");
        let to = date(&self.to, today).ok_or_else(|| unreadable(&self.to))?;
        let from = date(&self.from, to.min(today)).ok_or_else(|| unreadable(&self.from))?;
        if from > to {
            return Err(format!("{from} is after {to}, so no day lies between: these are the last 30 days."));
        }
        if from > today {
            return Err(format!("{from} is yet to come: these are the last 30 days."));
        }
        if to < first {
            return Err(format!(
                "Pages go back to {first}; `allclear report` knows older days. These are the last 30."
            ));
        }
        let told = if from < first {
            format!("Pages go back to {first}, which is where this begins; `allclear report` knows older days.")
        } else {
            String::new()
        };
        Ok((DateRange { from: from.max(first), to: to.min(today) }, told))
    }
}

fn before(kind: SpanKind, range: DateRange, compare: Compare) -> DateRange {
    let back = |date: NaiveDate, months: u32| date.checked_sub_months(Months::new(months)).unwrap_or(date);
    match (compare, kind) {
        (Compare::Year, _) => DateRange { from: back(range.from, 12), to: back(range.to, 12) },
        (Compare::Previous, SpanKind::Month) => {
            let from = back(range.from, 1);
            let end = range.from.pred_opt().unwrap_or(range.from);
            let same = from.checked_add_days(Days::new(u64::from(range.days().saturating_sub(1)))).unwrap_or(end);
            DateRange { from, to: same.min(end) }
        }
        (Compare::Previous, SpanKind::LastMonth) => SpanKind::LastMonth.range(range.from),
        (Compare::Previous, _) => range.previous(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn resolved(window: &str, from: &str, to: &str, compare: &str) -> Span {
        let [window, from, to, compare] = [window, from, to, compare].map(str::to_owned);
        SpanQuery { window, from, to, compare }.resolve(day("2025-11-01"), day("2026-03-30"))
    }

    fn dates(range: DateRange) -> String {
        format!("{} {}", range.from, range.to)
    }

    #[test]
    fn an_address_names_days_and_what_they_are_compared_with() {
        for (query, range, before) in [
            (["", "", "", ""], "2026-03-01 2026-03-30", "2026-01-30 2026-02-28"),
            (["7d", "", "", ""], "2026-03-24 2026-03-30", "2026-03-17 2026-03-23"),
            // February has no 30th.
            (["month", "", "", ""], "2026-03-01 2026-03-30", "2026-02-01 2026-02-28"),
            (["last-month", "", "", ""], "2026-02-01 2026-02-28", "2026-01-01 2026-01-31"),
            (["last-month", "", "", "year"], "2026-02-01 2026-02-28", "2025-02-01 2025-02-28"),
            (["7d", "2026-01-10", "2026-01-12", ""], "2026-01-10 2026-01-12", "2026-01-07 2026-01-09"),
            (["", "2026-03-29", "", ""], "2026-03-29 2026-03-30", "2026-03-27 2026-03-28"),
            (["", "2026-03-29", "2027-01-01", ""], "2026-03-29 2026-03-30", "2026-03-27 2026-03-28"),
        ] {
            let [window, from, to, compare] = query;
            let span = resolved(window, from, to, compare);
            assert_eq!((dates(span.range).as_str(), dates(span.before).as_str()), (range, before), "{query:?}");
            assert_eq!(span.problem, "", "{query:?}");
        }
    }

    #[test]
    fn what_cannot_be_followed_is_said() {
        for (from, to, said) in [
            ("yesterday", "", "“yesterday” is no date"),
            ("2026-03-02", "2026-03-01", "2026-03-02 is after 2026-03-01"),
            ("2026-04-01", "2026-04-02", "yet to come"),
            ("2020-01-01", "2020-02-01", "go back to 2025-11-01"),
            ("2020-01-01", "2026-02-01", "which is where this begins"),
        ] {
            let span = resolved("", from, to, "");
            assert!(span.problem.contains(said), "{from} {to}: {}", span.problem);
            assert!(span.range.from >= day("2025-11-01") && span.range.from <= span.range.to);
        }
    }
}
