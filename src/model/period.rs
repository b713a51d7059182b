//! The spans budgets count in: parts of the calendar in the user's zone, or the last N days.

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{DateRange, epoch_day, from_epoch_day};

/// In JSON `"month"`, `"week"`, `"day"` or `{"days": 30}`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Period {
    #[default]
    Month,
    /// From Monday, as ISO 8601 counts weeks.
    Week,
    Day,
    /// So many dates ending today: the oldest leaves as a new one comes.
    Days(u32),
}

impl Period {
    /// Returns the dates that count today, up to and with today.
    #[must_use]
    pub fn so_far(self, today: NaiveDate) -> DateRange {
        let from = match self {
            Period::Month => today.with_day(1).unwrap_or(today),
            Period::Week => back(today, today.weekday().num_days_from_monday()),
            Period::Day => today,
            Period::Days(days) => return DateRange::ending(today, days),
        };
        DateRange { from, to: today }
    }

    /// Returns the last date of the span `today` lies in; for the last N days the date by which none of today's is left.
    #[must_use]
    pub fn end(self, today: NaiveDate) -> NaiveDate {
        let end = match self {
            Period::Month => today.with_day(1).and_then(|first| first.checked_add_months(Months::new(1))?.pred_opt()),
            Period::Week => today.checked_add_days(Days::new(u64::from(6 - today.weekday().num_days_from_monday()))),
            Period::Day => Some(today),
            Period::Days(days) => today.checked_add_days(Days::new(u64::from(days))),
        };
        end.unwrap_or(today)
    }

    /// Names the span `today` lies in; what is told once in a period is told again when this changes. The last N days
    /// have no beginning, so that they are counted off in blocks of N: what stays exceeded is told once in each.
    #[must_use]
    pub fn key(self, today: NaiveDate) -> String {
        match self {
            Period::Month => today.format("%Y-%m").to_string(),
            Period::Week => today.format("%G-W%V").to_string(),
            Period::Day => today.format("%Y-%m-%d").to_string(),
            Period::Days(days) => {
                let (day, length) = (epoch_day(today), i32::try_from(days.max(1)).unwrap_or(i32::MAX));
                format!("{}+{days}d", from_epoch_day(day - day.rem_euclid(length)))
            }
        }
    }

    /// `weekly `, in front of the word "budget"; nothing for a month, which is what a budget usually is.
    #[must_use]
    pub fn adjective(self) -> String {
        match self {
            Period::Month => String::new(),
            Period::Week => "weekly ".to_owned(),
            Period::Day => "daily ".to_owned(),
            Period::Days(days) => format!("{days}-day "),
        }
    }

    /// `this week`
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Period::Month => "this month".to_owned(),
            Period::Week => "this week".to_owned(),
            Period::Day => "today".to_owned(),
            Period::Days(days) => format!("in the last {days} days"),
        }
    }
}

fn back(date: NaiveDate, days: u32) -> NaiveDate {
    date.checked_sub_days(Days::new(days.into())).unwrap_or(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn spans_begin_and_end_with_the_calendar() {
        for (period, today, from, end, key) in [
            (Period::Month, "2026-11-21", "2026-11-01", "2026-11-30", "2026-11"),
            (Period::Month, "2026-12-01", "2026-12-01", "2026-12-31", "2026-12"),
            (Period::Month, "2028-02-29", "2028-02-01", "2028-02-29", "2028-02"),
            (Period::Week, "2026-11-21", "2026-11-16", "2026-11-22", "2026-W47"),
            (Period::Week, "2026-11-22", "2026-11-16", "2026-11-22", "2026-W47"),
            (Period::Week, "2026-11-23", "2026-11-23", "2026-11-29", "2026-W48"),
            // The year of a week is not always that of its days.
            (Period::Week, "2027-01-01", "2026-12-28", "2027-01-03", "2026-W53"),
            (Period::Day, "2026-03-29", "2026-03-29", "2026-03-29", "2026-03-29"),
            (Period::Days(7), "2026-11-21", "2026-11-15", "2026-11-28", "2026-11-19+7d"),
            (Period::Days(1), "2026-11-21", "2026-11-21", "2026-11-22", "2026-11-21+1d"),
        ] {
            let range = DateRange { from: day(from), to: day(today) };
            assert_eq!((period.so_far(day(today)), period.end(day(today))), (range, day(end)), "{period:?} {today}");
            assert_eq!(period.key(day(today)), key, "{period:?} {today}");
        }
    }

    #[test]
    fn a_rolling_span_changes_its_name_once_in_so_many_days() {
        let names: std::collections::BTreeSet<String> =
            day("2026-11-01").iter_days().take(28).map(|date| Period::Days(7).key(date)).collect();
        assert!((4..=5).contains(&names.len()), "{names:?}");
    }
}
