//! What is left of a limit, and how much to slow down before it is used up.

use std::time::Duration;

use axum::http::HeaderMap;
use chrono::{DateTime, Utc};

pub(super) const RESET: &str = "x-toast-ratelimit-reset";
const REMAINING: &str = "x-toast-ratelimit-remaining";
/// The limits that are known, by what they count; the smallest one an answer can speak of is assumed: a tenth of it is
/// left when it is time to slow down.
const SLICE: u32 = 10_000;
const PER_SECOND: u32 = 20;
/// A slice of a quarter of an hour ends at the latest then.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// Returns how long to wait before the next request: nothing while more than a tenth is left, then what is left of the
/// time shared out among what is left of the requests.
pub(super) fn pause(headers: &HeaderMap, now: DateTime<Utc>) -> Duration {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<i64>().ok();
    let (Some(left), Some(reset)) = (number(REMAINING), number(RESET)) else { return Duration::ZERO };
    let until = DateTime::from_timestamp(reset, 0).and_then(|reset| (reset - now).to_std().ok());
    let Some(until) = until.filter(|until| *until <= LONGEST) else { return Duration::ZERO };
    // What ends within two seconds is the limit of a second; everything else is the slice.
    let whole = if until.as_secs() < 2 { PER_SECOND } else { SLICE };
    let left = u32::try_from(left).unwrap_or(0);
    if left.saturating_mul(10) >= whole { Duration::ZERO } else { until / left.max(1) }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn check(left: &str, in_seconds: i64, wait: Duration) {
        let now = Utc::now();
        let mut headers = HeaderMap::new();
        headers.insert(REMAINING, HeaderValue::from_str(left).expect("is a header"));
        let reset = (now.timestamp() + in_seconds).to_string();
        headers.insert(RESET, HeaderValue::from_str(&reset).expect("is a header"));
        let paused = pause(&headers, DateTime::from_timestamp(now.timestamp(), 0).expect("is a time"));
        assert_eq!(paused, wait, "{left} left, {in_seconds} s");
    }

    #[test]
    fn it_slows_down_when_less_than_a_tenth_is_left() {
        check("9000", 600, Duration::ZERO);
        check("1000", 600, Duration::ZERO);
        check("600", 600, Duration::from_secs(1));
        check("0", 30, Duration::from_secs(30));
        check("19", 1, Duration::ZERO);
        check("1", 1, Duration::from_secs(1));
        for (left, seconds) in [("soon", 60), ("0", -5), ("0", 1_000_000)] {
            check(left, seconds, Duration::ZERO);
        }
        assert_eq!(pause(&HeaderMap::new(), Utc::now()), Duration::ZERO);
    }
}
