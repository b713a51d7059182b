//! How revenue is added up over time.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

/// How many days one bar of revenue holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RevenueStep {
    #[default]
    Day,
    Week,
    Month,
}

impl RevenueStep {
    pub const ALL: [RevenueStep; 3] = [RevenueStep::Day, RevenueStep::Week, RevenueStep::Month];

    /// The word in addresses.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            RevenueStep::Day => "day",
            RevenueStep::Week => "week",
            RevenueStep::Month => "month",
        }
    }

    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            RevenueStep::Day => "Day",
            RevenueStep::Week => "Week",
            RevenueStep::Month => "Month",
        }
    }

    #[must_use]
    pub fn parse(key: &str) -> Option<RevenueStep> {
        RevenueStep::ALL.into_iter().find(|step| step.key() == key)
    }

    /// Returns the first day of the step a date lies in; weeks begin on Monday.
    #[must_use]
    pub fn first_of(self, date: NaiveDate) -> NaiveDate {
        let first = match self {
            RevenueStep::Day => Some(date),
            RevenueStep::Week => {
                date.checked_sub_days(chrono::Days::new(u64::from(date.weekday().num_days_from_monday())))
            }
            RevenueStep::Month => date.with_day(1),
        };
        first.unwrap_or(date)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_begin_on_monday_and_months_on_their_first() {
        for (date, week, month) in [
            ("2026-11-21", "2026-11-16", "2026-11-01"),
            ("2026-11-16", "2026-11-16", "2026-11-01"),
            ("2026-11-01", "2026-10-26", "2026-11-01"),
        ] {
            let date: NaiveDate = date.parse().expect("a date");
            assert_eq!(RevenueStep::Week.first_of(date).to_string(), week);
            assert_eq!(RevenueStep::Month.first_of(date).to_string(), month);
            assert_eq!(RevenueStep::Day.first_of(date), date);
        }
        for step in RevenueStep::ALL {
            assert_eq!(RevenueStep::parse(step.key()), Some(step));
        }
        assert_eq!(RevenueStep::parse("year"), None);
    }
}
