//! Spans of days: N dates ending today, in the user's zone.

use chrono::{Datelike, Days, NaiveDate};
use serde::{Deserialize, Serialize};

/// One of the three windows every number is computed for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Window {
    #[serde(rename = "7d")]
    D7,
    #[default]
    #[serde(rename = "30d")]
    D30,
    #[serde(rename = "90d")]
    D90,
}

impl Window {
    pub const ALL: [Window; 3] = [Window::D7, Window::D30, Window::D90];

    #[must_use]
    pub const fn days(self) -> u32 {
        match self {
            Window::D7 => 7,
            Window::D30 => 30,
            Window::D90 => 90,
        }
    }

    /// The key in URLs, files and command lines.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Window::D7 => "7d",
            Window::D30 => "30d",
            Window::D90 => "90d",
        }
    }

    #[must_use]
    pub fn parse(key: &str) -> Option<Window> {
        Window::ALL.into_iter().find(|window| window.key() == key)
    }

    /// Returns the window's dates, ending today.
    #[must_use]
    pub fn range(self, today: NaiveDate) -> DateRange {
        DateRange::ending(today, self.days())
    }
}

/// Dates from `from` to `to`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateRange {
    pub from: NaiveDate,
    pub to: NaiveDate,
}

impl DateRange {
    /// Returns the `days` dates that end at `to`.
    #[must_use]
    pub fn ending(to: NaiveDate, days: u32) -> DateRange {
        let back = Days::new(u64::from(days.saturating_sub(1)));
        DateRange { from: to.checked_sub_days(back).unwrap_or(NaiveDate::MIN), to }
    }

    /// Returns the span of the same length right before this one.
    #[must_use]
    pub fn previous(self) -> DateRange {
        DateRange::ending(self.from.pred_opt().unwrap_or(NaiveDate::MIN), self.days())
    }

    #[must_use]
    pub fn days(self) -> u32 {
        u32::try_from((self.to - self.from).num_days() + 1).unwrap_or(0)
    }

    #[must_use]
    pub fn contains(self, date: NaiveDate) -> bool {
        self.from <= date && date <= self.to
    }

    /// `24 Sep to 23 Oct 2026`, `21 Nov 2026`: a year is said once where there is only one.
    #[must_use]
    pub fn words(self) -> String {
        if self.from == self.to {
            return day_words(self.to);
        }
        let from = if self.from.year() == self.to.year() { day_of_year(self.from) } else { day_words(self.from) };
        format!("{from} to {}", day_words(self.to))
    }

    pub fn iter(self) -> impl Iterator<Item = NaiveDate> {
        self.from.iter_days().take_while(move |date| *date <= self.to)
    }
}

/// `21 Nov 2026`. The browser has no other need of chrono's formats, which are large.
fn day_words(date: NaiveDate) -> String {
    format!("{} {}", day_of_year(date), date.year())
}

/// `21 Nov`
fn day_of_year(date: NaiveDate) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = MONTHS.get(date.month0() as usize).copied().unwrap_or_default();
    format!("{} {month}", date.day())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_n_dates_ending_today() {
        let today = NaiveDate::from_ymd_opt(2026, 3, 1).expect("a date");
        for window in Window::ALL {
            let range = window.range(today);
            assert_eq!(range.days(), window.days());
            assert_eq!(range.iter().count() as u32, window.days());
            assert!(range.contains(today));
            assert_eq!(range.previous().days(), window.days());
            assert_eq!(range.previous().to.succ_opt(), Some(range.from));
        }
    }

    #[test]
    fn a_span_says_its_year_once_and_a_single_day_is_one() {
        let words = |from: &str, to: &str| {
            let day = |text: &str| text.parse().expect("a date");
            DateRange { from: day(from), to: day(to) }.words()
        };
        assert_eq!(words("2026-09-24", "2026-10-23"), "24 Sep to 23 Oct 2026");
        assert_eq!(words("2025-12-25", "2026-01-02"), "25 Dec 2025 to 2 Jan 2026");
        assert_eq!(words("2026-11-21", "2026-11-21"), "21 Nov 2026");
    }
}
