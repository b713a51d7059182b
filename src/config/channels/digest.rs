//! When digests are sent: a day and a time of the user's clock.
//!
//! Pure: what is due follows from the clock and from what was sent last.

use std::fmt;

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, Weekday};
use serde::{Deserialize, Serialize};

use crate::model::{DateRange, clock};

/// How often a digest comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Every {
    Daily,
    Weekly,
}

impl Every {
    pub const ALL: [Every; 2] = [Every::Daily, Every::Weekly];
}

/// `daily`, as files have it.
impl fmt::Display for Every {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Every::Daily => "daily",
            Every::Weekly => "weekly",
        })
    }
}

/// When digests are sent, in the user's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DigestTimes {
    /// Of the weekly one. Default `"monday"`.
    #[serde(with = "weekday")]
    pub day: Weekday,
    /// Of both. Default `"08:00"`.
    #[serde(with = "clock")]
    pub time: NaiveTime,
}

impl Default for DigestTimes {
    fn default() -> DigestTimes {
        DigestTimes { day: Weekday::Mon, time: NaiveTime::from_hms_opt(8, 0, 0).unwrap_or_default() }
    }
}

/// A digest whose time has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    pub every: Every,
    /// The days it is about: yesterday, or the last week that is over.
    pub days: DateRange,
    /// When its time came, on the user's clock.
    pub at: NaiveDateTime,
}

impl DigestTimes {
    /// Returns the digest whose time has come last. Whether it has been sent is not known here.
    #[must_use]
    pub fn latest(self, every: Every, now: NaiveDateTime) -> Due {
        let back = |date: NaiveDate, days: u64| date.checked_sub_days(Days::new(days)).unwrap_or(date);
        let (sent, days) = match every {
            Every::Daily => {
                let sent = back(now.date(), u64::from(now.time() < self.time));
                (sent, DateRange { from: back(sent, 1), to: back(sent, 1) })
            }
            Every::Weekly => {
                let since = u64::from((7 + now.weekday().num_days_from_monday() - self.day.num_days_from_monday()) % 7);
                let early = since == 0 && now.time() < self.time;
                let sent = back(now.date(), since + if early { 7 } else { 0 });
                let monday = back(sent, u64::from(sent.weekday().num_days_from_monday()) + 7);
                (sent, DateRange { from: monday, to: monday.checked_add_days(Days::new(6)).unwrap_or(monday) })
            }
        };
        Due { every, days, at: sent.and_time(self.time) }
    }
}

/// `"monday"`
mod weekday {
    use chrono::Weekday;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    const NAMES: [(&str, Weekday); 7] = [
        ("monday", Weekday::Mon),
        ("tuesday", Weekday::Tue),
        ("wednesday", Weekday::Wed),
        ("thursday", Weekday::Thu),
        ("friday", Weekday::Fri),
        ("saturday", Weekday::Sat),
        ("sunday", Weekday::Sun),
    ];

    pub(super) fn serialize<S: Serializer>(day: &Weekday, serializer: S) -> Result<S::Ok, S::Error> {
        let name = NAMES.iter().find(|(_, known)| known == day).map_or("monday", |(name, _)| name);
        serializer.serialize_str(name)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Weekday, D::Error> {
        let text = String::deserialize(deserializer)?;
        let found = NAMES.iter().find(|(name, _)| *name == text).map(|(_, day)| *day);
        found.ok_or_else(|| D::Error::custom(format!("\"{text}\" is no day of the week; write such as \"monday\"")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_due_is_the_last_day_and_the_last_week_that_are_over() {
        let times = |text: &str| serde_json::from_str::<DigestTimes>(text).expect("parses");
        let (usual, friday) = (times("{}"), times(r#"{"day": "friday", "time": "17:30"}"#));
        for (times, every, now, expected) in [
            (usual, Every::Daily, "2026-11-21 08:00", "2026-11-20 to 2026-11-20"),
            (usual, Every::Daily, "2026-11-21 07:59", "2026-11-19 to 2026-11-19"),
            (usual, Every::Daily, "2026-03-01 09:00", "2026-02-28 to 2026-02-28"),
            // 16 November 2026 is a Monday.
            (usual, Every::Weekly, "2026-11-16 07:59", "2026-11-02 to 2026-11-08"),
            (usual, Every::Weekly, "2026-11-16 08:00", "2026-11-09 to 2026-11-15"),
            (usual, Every::Weekly, "2026-11-22 23:59", "2026-11-09 to 2026-11-15"),
            (usual, Every::Weekly, "2027-01-04 08:00", "2026-12-28 to 2027-01-03"),
            (friday, Every::Weekly, "2026-11-20 17:29", "2026-11-02 to 2026-11-08"),
            (friday, Every::Weekly, "2026-11-20 17:30", "2026-11-09 to 2026-11-15"),
            (friday, Every::Weekly, "2026-11-23 00:00", "2026-11-09 to 2026-11-15"),
        ] {
            let at = NaiveDateTime::parse_from_str(now, "%Y-%m-%d %H:%M").expect("a time");
            let due = times.latest(every, at);
            assert_eq!(format!("{} to {}", due.days.from, due.days.to), expected, "{every} at {now}");
        }
        let wrong = serde_json::from_str::<DigestTimes>(r#"{"day": "Monday"}"#).expect_err("is refused");
        assert!(wrong.to_string().starts_with("\"Monday\" is no day of the week"), "{wrong}");
    }
}
