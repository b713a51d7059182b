//! Whose clock counts. A sender's clock may be wrong by little; a time that cannot be is told, or put right.

use chrono::DateTime;

/// A clock that is ahead by more counts as broken: what it dates then counts as of now.
const AHEAD_MS: i64 = 5 * 60 * 1000;
/// Readings are remembered for so long, so that one that is sent again is known. What is older might have been counted.
pub(super) const OLDEST_MS: i64 = 7 * DAY_MS;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// The instant a sender means, in milliseconds since 1970.
pub(super) fn of(time_ns: u64, now_ms: i64) -> Result<i64, &'static str> {
    if time_ns == 0 {
        return Err("it has no time");
    }
    let at_ms = i64::try_from(time_ns / 1_000_000).unwrap_or(i64::MAX);
    if at_ms < now_ms - OLDEST_MS {
        return Err("it is older than 7 days: it might have been counted already");
    }
    Ok(if at_ms > now_ms + AHEAD_MS { now_ms } else { at_ms })
}

/// The instant of an event, which is known by its id, however old it is.
pub(super) fn of_event(times_ns: [u64; 2], told: &str, now_ms: i64) -> Result<i64, &'static str> {
    let in_ms = |ns: u64| (ns > 0).then(|| i64::try_from(ns / 1_000_000).unwrap_or(i64::MAX));
    let told = || DateTime::parse_from_rfc3339(told).ok().map(|at| at.timestamp_millis());
    let at_ms = times_ns.into_iter().find_map(in_ms).or_else(told).ok_or("it has no time")?;
    if at_ms < 0 {
        return Err("its time is before 1970");
    }
    Ok(if at_ms > now_ms + AHEAD_MS { now_ms } else { at_ms })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_ahead_counts_as_now_and_one_that_is_far_behind_is_told() {
        let now_ms = 1_800_000_000_000;
        let ns = |ms: i64| u64::try_from(ms).expect("fits") * 1_000_000;
        assert_eq!(of(ns(now_ms - 1), now_ms), Ok(now_ms - 1));
        assert_eq!(of(ns(now_ms + AHEAD_MS), now_ms), Ok(now_ms + AHEAD_MS), "a little ahead is believed");
        assert_eq!(of(ns(now_ms + AHEAD_MS + 1), now_ms), Ok(now_ms));
        assert_eq!(of(u64::MAX, now_ms), Ok(now_ms));
        assert!(of(ns(now_ms - OLDEST_MS - 1), now_ms).is_err_and(|said| said.contains("7 days")));
        assert!(of(0, now_ms).is_err());
    }

    #[test]
    fn an_event_takes_the_first_time_it_has() {
        assert_eq!(of_event([0, 2_000_000], "", 10), Ok(2));
        assert_eq!(of_event([0, 0], "1970-01-01T00:00:01Z", 10_000), Ok(1000));
        assert_eq!(of_event([u64::MAX, 0], "", 10), Ok(10));
        assert!(of_event([0, 0], "yesterday", 10).is_err());
    }
}
