//! When a failed request is tried again: the server's wish first (`Retry-After`), else exponential backoff with full
//! jitter.
//!
//! All waiting of one call together has a bound, because a sync holds its lock meanwhile. A server that wants more is
//! taken at its word at once: the call ends, and the next sync asks again.

use std::fmt;
use std::time::Duration;

use axum::http::{HeaderMap, header};
use backon::ExponentialBuilder;
use chrono::{DateTime, Utc};

use super::api::Api;
use super::error::{HttpError, in_words};

/// The ceilings of the pauses: the first, and the one that no later passes. A pause is anything up to its ceiling.
const FIRST: Duration = Duration::from_millis(500);
const FIRST_STEADY: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(32);

/// What one call may wait in all unless told otherwise: as long as the usual time between two syncs.
pub(super) const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// How persistent a request is, and who is told when it has to wait.
#[derive(Clone, Copy)]
pub struct Retry<'a> {
    attempts: u32,
    steady: bool,
    tell: &'a (dyn Fn(Waiting) + Sync),
}

impl<'a> Retry<'a> {
    /// Up to `attempts` tries, the first included; `tell` hears of every pause between them.
    #[must_use]
    pub fn new(attempts: u32, tell: &'a (dyn Fn(Waiting) + Sync)) -> Retry<'a> {
        Retry { attempts, steady: false, tell }
    }

    /// Waits what the ceiling says, a second at first, and a tenth of it more at most; never more than the longest. For a
    /// server that counts requests and not callers.
    #[must_use]
    pub fn steady(mut self) -> Retry<'a> {
        self.steady = true;
        self
    }

    pub(super) fn backoff(&self) -> ExponentialBuilder {
        ExponentialBuilder::default()
            .with_min_delay(if self.steady { FIRST_STEADY } else { FIRST })
            .with_max_delay(LONGEST)
            .with_max_times(self.attempts.saturating_sub(1) as usize)
    }

    /// Returns how long to wait after `error`, `None` when it is time to give up: no tries are left, or not enough
    /// patience.
    pub(super) fn pause(
        &self,
        error: &HttpError,
        ceiling: Option<Duration>,
        patience: &mut Duration,
    ) -> Option<Duration> {
        let ceiling = ceiling?;
        let jitter = fastrand::f64();
        let backoff =
            if self.steady { ceiling.mul_f64(1.0 + jitter / 10.0).min(LONGEST) } else { ceiling.mul_f64(jitter) };
        let wait = error.retry_after().unwrap_or(backoff);
        *patience = patience.checked_sub(wait)?;
        Some(wait)
    }

    pub(super) fn tell(&self, waiting: Waiting) {
        tracing::info!(wait_ms = waiting.wait.as_millis(), attempt = waiting.failed, "{waiting}");
        (self.tell)(waiting);
    }
}

const RATE_LIMITED: &str = "rate limited";

/// A pause before the next try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub service: String,
    /// `rate limited`, `not available: …`
    pub why: String,
    pub wait: Duration,
    /// Tries that failed so far.
    pub failed: u32,
}

impl Waiting {
    /// Whether it is a limit that is kept to, and not a failure.
    #[must_use]
    pub fn is_limit(&self) -> bool {
        self.why == RATE_LIMITED
    }

    pub(super) fn after(error: &HttpError, api: &Api, wait: Duration, failed: u32) -> Waiting {
        let why = match error {
            HttpError::Unavailable { reason, .. } => format!("not available: {reason}"),
            _ => RATE_LIMITED.to_owned(),
        };
        Waiting { service: api.to_string(), why, wait, failed }
    }
}

impl fmt::Display for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}, retrying in {}", self.service, self.why, in_words(self.wait))
    }
}

/// Reads `Retry-After`: seconds, or a date. What is neither, or lies in the past, is no wish.
pub(crate) fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let wish = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = if !wish.is_empty() && wish.bytes().all(|byte| byte.is_ascii_digit()) {
        // Only a number too large for the type fails here.
        Duration::from_secs(wish.parse().unwrap_or(u64::MAX))
    } else {
        // The date is by the server's clock, so the server's own idea of now is better than ours.
        let now = headers.get(header::DATE).and_then(|date| date_of(date.to_str().ok()?)).unwrap_or(now);
        (date_of(wish)? - now).to_std().ok()?
    };
    (!wait.is_zero()).then_some(wait)
}

/// Reads when a limit ends, out of a header that holds it as seconds since 1970.
pub(super) fn reset(headers: &HeaderMap, name: &str, now: DateTime<Utc>) -> Option<Duration> {
    let seconds: i64 = headers.get(name)?.to_str().ok()?.trim().parse().ok()?;
    let now = headers.get(header::DATE).and_then(|date| date_of(date.to_str().ok()?)).unwrap_or(now);
    (DateTime::from_timestamp(seconds, 0)? - now).to_std().ok().filter(|wait| !wait.is_zero())
}

fn date_of(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc2822(text).ok().map(|date| date.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use backon::BackoffBuilder;

    use super::*;

    fn limited(retry_after: Option<u64>) -> HttpError {
        HttpError::RateLimited { service: String::new(), retry_after: retry_after.map(Duration::from_secs) }
    }

    fn pause(error: &HttpError, ceiling: Option<Duration>, patience: &mut Duration) -> Option<Duration> {
        Retry::new(9, &|_| {}).pause(error, ceiling, patience)
    }

    fn check(wish: &str, server_time: Option<&str>, expected_s: Option<u64>) {
        let now = date_of("Fri, 20 Nov 2026 12:00:00 GMT").expect("is a date");
        let mut headers = HeaderMap::new();
        headers.insert(header::RETRY_AFTER, HeaderValue::from_str(wish).expect("is a header"));
        if let Some(time) = server_time {
            headers.insert(header::DATE, HeaderValue::from_str(time).expect("is a header"));
        }
        assert_eq!(retry_after(&headers, now), expected_s.map(Duration::from_secs), "{wish}");
    }

    #[test]
    fn a_wish_is_a_number_of_seconds_or_a_date() {
        check("3", None, Some(3));
        check(" 120 ", None, Some(120));
        check("99999999999999999999999999", None, Some(u64::MAX));
        check("Fri, 20 Nov 2026 12:00:30 GMT", None, Some(30));
        // A server whose clock is wrong means the distance.
        check("Fri, 20 Nov 2026 09:00:07 GMT", Some("Fri, 20 Nov 2026 09:00:00 GMT"), Some(7));
    }

    #[test]
    fn garbage_and_the_past_are_no_wish() {
        for garbage in ["", "soon", "-3", "1.5", "3 s", "Fri, 99 Nov 2026", "0", "Fri, 20 Nov 2026 11:59:59 GMT"] {
            check(garbage, None, None);
        }
        assert_eq!(retry_after(&HeaderMap::new(), Utc::now()), None);
    }

    #[test]
    fn pauses_are_full_jitter_under_ceilings_that_double_up_to_32_seconds() {
        let ceilings: Vec<Duration> = Retry::new(10, &|_| {}).backoff().build().collect();
        let expected = [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 32.0, 32.0].map(Duration::from_secs_f64);
        assert_eq!(ceilings, expected, "nine pauses between ten tries");
        let ceiling = Duration::from_secs(32);
        let pauses: Vec<Duration> = (0..1000)
            .map(|_| pause(&limited(None), Some(ceiling), &mut Duration::from_secs(900)).expect("goes on"))
            .collect();
        assert!(pauses.iter().all(|pause| *pause <= ceiling));
        // Full jitter: a thousand throws leave no quarter empty.
        for quarter in 0..4 {
            let within = |pause: &&Duration| (quarter * 8..(quarter + 1) * 8).contains(&pause.as_secs());
            assert!(pauses.iter().any(|pause| within(&pause)), "quarter {quarter}");
        }
    }

    #[test]
    fn the_servers_wish_goes_before_the_backoff_as_long_as_there_is_patience() {
        let mut patience = PATIENCE;
        let ceiling = Some(FIRST);
        assert_eq!(pause(&limited(Some(600)), ceiling, &mut patience), Some(Duration::from_secs(600)));
        assert_eq!(pause(&limited(Some(301)), ceiling, &mut patience), None);
        assert_eq!(pause(&limited(Some(300)), ceiling, &mut patience), Some(Duration::from_secs(300)));
        assert_eq!(pause(&limited(Some(u64::MAX)), ceiling, &mut PATIENCE.clone()), None);
        assert_eq!(pause(&limited(Some(1)), None, &mut PATIENCE.clone()), None, "no tries are left");
    }

    #[test]
    fn a_steady_caller_waits_at_least_the_ceiling_and_at_most_a_tenth_more_and_never_past_32_seconds() {
        let retry = Retry::new(9, &|_| {}).steady();
        let ceilings: Vec<Duration> = retry.backoff().build().collect();
        assert_eq!(ceilings, [1, 2, 4, 8, 16, 32, 32, 32].map(Duration::from_secs));
        for ceiling in ceilings {
            let pauses = (0..200).map(|_| retry.pause(&limited(None), Some(ceiling), &mut PATIENCE.clone()));
            for pause in pauses.map(|pause| pause.expect("goes on")) {
                assert!(pause >= ceiling && pause <= (ceiling * 11 / 10).min(LONGEST), "{ceiling:?} {pause:?}");
            }
        }
        let asked = retry.pause(&limited(Some(7)), Some(FIRST_STEADY), &mut PATIENCE.clone());
        assert_eq!(asked, Some(Duration::from_secs(7)), "the server's wish goes first");
    }

    #[test]
    fn one_attempt_is_one_attempt() {
        assert_eq!(Retry::new(1, &|_| {}).backoff().build().count(), 0);
        assert_eq!(Retry::new(0, &|_| {}).backoff().build().count(), 0);
    }
}
