//! The user's time zone: days and months are counted in it.

use std::fmt;

use chrono::{DateTime, NaiveDate, Offset, TimeZone, Utc};
use chrono_tz::Tz;

use crate::model::{Moment, epoch_day};

/// An IANA zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone(Tz);

impl Zone {
    #[must_use]
    pub fn parse(name: &str) -> Option<Zone> {
        name.trim().parse().ok().map(Zone)
    }

    /// Returns the zone of `TZ`, else the machine's; UTC when neither says.
    #[must_use]
    pub fn of_this_machine() -> Zone {
        if let Some(zone) = std::env::var("TZ").ok().and_then(|name| Zone::parse(name.trim_start_matches(':'))) {
            return zone;
        }
        iana_time_zone::get_timezone().ok().and_then(|name| Zone::parse(&name)).unwrap_or(Zone(Tz::UTC))
    }

    /// The IANA name of every zone.
    #[must_use]
    pub fn names() -> Vec<String> {
        chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name().to_owned()).collect()
    }

    #[must_use]
    pub const fn tz(self) -> Tz {
        self.0
    }

    #[must_use]
    pub fn date(self, instant: DateTime<Utc>) -> NaiveDate {
        instant.with_timezone(&self.0).date_naive()
    }

    /// Returns an instant (RFC 3339) with its text in this zone; text that is no instant stays as it is.
    #[must_use]
    pub fn moment(self, at: &str) -> Moment {
        let text = DateTime::parse_from_rfc3339(at)
            .map_or_else(|_| at.to_owned(), |at| at.with_timezone(&self.0).format("%-d %b %Y, %H:%M:%S").to_string());
        Moment { at: at.to_owned(), text }
    }

    /// Returns the day of an instant given in milliseconds since 1970 UTC, as days since 1970-01-01.
    #[must_use]
    pub fn day_of(self, at_ms: i64) -> i32 {
        let Some(instant) = DateTime::from_timestamp_millis(at_ms) else { return 0 };
        let offset = self.0.offset_from_utc_datetime(&instant.naive_utc()).fix();
        epoch_day((instant.naive_utc() + offset).date())
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_at_the_users_midnight() {
        let at = |text: &str| DateTime::parse_from_rfc3339(text).expect("a time").timestamp_millis();
        let date = |text: &str| epoch_day(text.parse().expect("a date"));
        let cases = [
            ("UTC", "2026-11-18T23:59:59.999Z", "2026-11-18"),
            ("Europe/Berlin", "2026-11-18T23:00:00Z", "2026-11-19"),
            ("America/New_York", "2026-03-08T06:59:00Z", "2026-03-08"),
            ("America/New_York", "2026-03-09T03:30:00Z", "2026-03-08"),
            ("Asia/Kathmandu", "2026-01-01T18:15:00Z", "2026-01-02"),
            ("Pacific/Kiritimati", "2026-01-01T10:00:00Z", "2026-01-02"),
        ];
        for (zone, instant, day) in cases {
            assert_eq!(Zone::parse(zone).expect("a zone").day_of(at(instant)), date(day), "{zone} {instant}");
        }
    }
}
