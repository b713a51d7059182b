//! When a day and its month begin and end, as instants.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// A day in its month, `2026-11-01T00:00:00Z`. Ends are not included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Periods {
    pub day_start: String,
    pub day_end: String,
    pub month_start: String,
    pub month_end: String,
}

impl Periods {
    pub fn of(day: NaiveDate, zone: Tz) -> Periods {
        let month = day.with_day(1).unwrap_or(day);
        let text = |day: NaiveDate| start(day, zone).format("%Y-%m-%dT%H:%M:%SZ").to_string();
        Periods {
            day_start: text(day),
            day_end: text(day.checked_add_days(Days::new(1)).unwrap_or(day)),
            month_start: text(month),
            month_end: text(month.checked_add_months(Months::new(1)).unwrap_or(day)),
        }
    }
}

/// The first instant of a day. Where the clock skips midnight (and once, in Samoa, a whole day) it is the end of the gap.
fn start(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    /// No zone has skipped more than a day; gaps are of quarters of an hour.
    const QUARTERS: i32 = 25 * 4;
    let midnight = day.and_time(NaiveTime::MIN);
    let instants = (0..=QUARTERS)
        .filter_map(|quarter| midnight.checked_add_signed(TimeDelta::minutes(15) * quarter))
        .filter_map(|local| zone.from_local_datetime(&local).earliest());
    instants.map(|instant| instant.with_timezone(&Utc)).next().unwrap_or_else(|| midnight.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(day: &str, zone: Tz) -> [String; 4] {
        let Periods { day_start, day_end, month_start, month_end } = Periods::of(day.parse().expect("a date"), zone);
        [day_start, day_end, month_start, month_end]
    }

    #[test]
    fn a_day_and_its_month_begin_at_the_users_midnight() {
        assert_eq!(
            of("2026-11-20", Tz::UTC),
            ["2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"]
        );
        assert_eq!(
            of("2026-10-31", Tz::Europe__Berlin),
            ["2026-10-30T23:00:00Z", "2026-10-31T23:00:00Z", "2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z"]
        );
    }

    #[test]
    fn a_midnight_that_the_clock_skips_is_the_end_of_the_gap() {
        // Summer time began at midnight in Cairo on 24 April 2026.
        let [start, end, ..] = of("2026-04-24", Tz::Africa__Cairo);
        assert_eq!((start.as_str(), end.as_str()), ("2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"));
        let [start, end, ..] = of("2011-12-30", Tz::Pacific__Apia);
        assert_eq!((start.as_str(), end.as_str()), ("2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z"), "there was none");
    }
}
