//! Slows down who guesses: by the address they come from, and by the name they try. Nobody is locked out for good.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Tries from one address before it has to wait for each.
const BURST: u32 = 10;
/// Then one try in this time.
const ONE_TRY: Duration = Duration::from_secs(60);
/// Wrong tries for one name before they cost time.
const FREE_FAILURES: u32 = 5;
const FIRST_WAIT_MS: i64 = 30_000;
const LONGEST_WAIT_MS: i64 = 15 * 60_000;
/// Names that are remembered; a flood of made-up ones fills no more.
const NAMES_MOST: usize = 10_000;

#[derive(Debug)]
pub(super) struct Throttle {
    by_address: Option<DefaultKeyedRateLimiter<IpAddr>>,
    by_name: Mutex<HashMap<String, Failures>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Failures {
    count: u32,
    until_ms: i64,
}

impl Default for Throttle {
    fn default() -> Throttle {
        let quota = Quota::with_period(ONE_TRY).zip(NonZeroU32::new(BURST));
        let by_address = quota.map(|(quota, burst)| RateLimiter::keyed(quota.allow_burst(burst)));
        Throttle { by_address, by_name: Mutex::default() }
    }
}

impl Throttle {
    /// Counts a try; or returns the seconds until the next one counts.
    pub(super) fn enter(&self, ip: IpAddr, name: &str, now_ms: i64) -> Result<(), u64> {
        if let Some(limiter) = &self.by_address
            && let Err(early) = limiter.check_key(&network(ip))
        {
            return Err(early.wait_time_from(DefaultClock::default().now()).as_secs().max(1));
        }
        let until_ms = self.names().get(name).map_or(i64::MIN, |failures| failures.until_ms);
        let wait = until_ms.saturating_sub(now_ms);
        if wait > 0 { Err(u64::try_from(wait).unwrap_or(0).div_ceil(1000)) } else { Ok(()) }
    }

    pub(super) fn failed(&self, name: &str, now_ms: i64) {
        let mut names = self.names();
        if names.len() >= NAMES_MOST {
            names.retain(|_, failures| failures.until_ms > now_ms);
        }
        if names.len() >= NAMES_MOST && !names.contains_key(name) {
            return;
        }
        let failures = names.entry(name.to_owned()).or_default();
        failures.count = failures.count.saturating_add(1);
        if let Some(beyond) = failures.count.checked_sub(FREE_FAILURES) {
            let wait = FIRST_WAIT_MS.checked_shl(beyond.min(16)).unwrap_or(LONGEST_WAIT_MS).min(LONGEST_WAIT_MS);
            failures.until_ms = now_ms.saturating_add(wait);
        }
    }

    pub(super) fn succeeded(&self, name: &str) {
        self.names().remove(name);
    }

    fn names(&self) -> std::sync::MutexGuard<'_, HashMap<String, Failures>> {
        self.by_name.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One person has a whole /64 of the new addresses.
fn network(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & !u128::from(u64::MAX))),
        ip => ip,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn a_name_waits_longer_and_longer_and_never_more_than_fifteen_minutes() {
        let throttle = Throttle::default();
        for _ in 1..FREE_FAILURES {
            throttle.failed("ada", 0);
        }
        assert_eq!(throttle.enter(ip("192.0.2.1"), "ada", 0), Ok(()));
        let mut waits = Vec::new();
        for _ in 0..7 {
            throttle.failed("ada", 0);
            waits.push(throttle.enter(ip("192.0.2.1"), "ada", 0).expect_err("waits"));
        }
        assert_eq!(waits, [30, 60, 120, 240, 480, 900, 900]);
        assert_eq!(throttle.enter(ip("192.0.2.2"), "ada", 900_000), Ok(()), "it ends");
        assert_eq!(throttle.enter(ip("192.0.2.2"), "bob", 0), Ok(()), "of others nothing is said");
        throttle.succeeded("ada");
        assert_eq!(throttle.enter(ip("192.0.2.2"), "ada", 0), Ok(()));
    }

    #[test]
    fn an_address_has_ten_tries_and_a_whole_network_of_the_new_kind_shares_them() {
        let throttle = Throttle::default();
        for n in 0..BURST {
            assert_eq!(throttle.enter(ip(&format!("2001:db8::{n}")), &format!("n{n}"), 0), Ok(()));
        }
        assert!(throttle.enter(ip("2001:db8::ffff"), "x", 0).is_err_and(|seconds| (1..=60).contains(&seconds)));
        assert_eq!(throttle.enter(ip("2001:db8:0:1::1"), "x", 0), Ok(()));
        assert_eq!(network(ip("::ffff:192.0.2.1")), ip("192.0.2.1"));
    }
}
