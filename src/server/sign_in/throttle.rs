//! Slows down who guesses: by the address they come from, and by the name they try. Nobody is locked out for good.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, NotUntil, Quota, RateLimiter};

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
const REMEMBERED_MS: i64 = 60 * MINUTE_MS;
const MINUTE_MS: i64 = 60_000;

#[derive(Debug)]
pub(super) struct Throttle {
    by_address: Option<DefaultKeyedRateLimiter<IpAddr>>,
    by_name: Mutex<HashMap<String, Failures>>,
    /// When a refusal was last told of, by the network it came from.
    told: Mutex<HashMap<IpAddr, i64>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Failures {
    count: u32,
    until_ms: i64,
    last_ms: i64,
}

impl Default for Throttle {
    fn default() -> Throttle {
        let quota = Quota::with_period(ONE_TRY).zip(NonZeroU32::new(BURST));
        let by_address = quota.map(|(quota, burst)| RateLimiter::keyed(quota.allow_burst(burst)));
        Throttle { by_address, by_name: Mutex::default(), told: Mutex::default() }
    }
}

impl Throttle {
    /// Counts a try, as a wrong one until [`Throttle::succeeded`] says otherwise: of many at once only a few are let
    /// through. Or returns the seconds until the next one counts. Without a name only the address is slowed down.
    pub(super) fn enter(&self, ip: IpAddr, name: &str, now_ms: i64) -> Result<(), u64> {
        self.enter_from(ip)?;
        if name.is_empty() {
            return Ok(());
        }
        let mut names = self.names();
        let wait = names.get(name).map_or(0, |failures| failures.until_ms.saturating_sub(now_ms));
        if wait > 0 {
            return Err(u64::try_from(wait).unwrap_or(0).div_ceil(1000));
        }
        if names.len() >= NAMES_MOST && !names.contains_key(name) {
            make_room(&mut names, now_ms);
        }
        let failures = names.entry(name.to_owned()).or_default();
        failures.count = failures.count.saturating_add(1);
        failures.last_ms = now_ms;
        if let Some(beyond) = failures.count.checked_sub(FREE_FAILURES) {
            let wait = FIRST_WAIT_MS.checked_shl(beyond.min(16)).unwrap_or(LONGEST_WAIT_MS).min(LONGEST_WAIT_MS);
            failures.until_ms = now_ms.saturating_add(wait);
        }
        Ok(())
    }

    /// Counts a request of an address; or returns the seconds until the next one counts.
    pub(super) fn enter_from(&self, ip: IpAddr) -> Result<(), u64> {
        let Some(limiter) = &self.by_address else { return Ok(()) };
        if limiter.len() >= NAMES_MOST {
            limiter.retain_recent();
        }
        let early = |early: NotUntil<_>| early.wait_time_from(DefaultClock::default().now()).as_secs().max(1);
        limiter.check_key(&network(ip)).map_err(early)
    }

    pub(super) fn succeeded(&self, name: &str) {
        self.names().remove(name);
    }

    /// Whether a refusal of this kind is news: of a flood from one address one a minute is.
    pub(super) fn is_news(&self, ip: IpAddr, now_ms: i64) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.retain(|_, at_ms| now_ms.saturating_sub(*at_ms) < MINUTE_MS);
        if told.len() >= NAMES_MOST || told.contains_key(&network(ip)) {
            return false;
        }
        told.insert(network(ip), now_ms);
        true
    }

    fn names(&self) -> std::sync::MutexGuard<'_, HashMap<String, Failures>> {
        self.by_name.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Forgets the names nobody has tried for an hour, and if there are none the one that was tried longest ago.
fn make_room(names: &mut HashMap<String, Failures>, now_ms: i64) {
    names.retain(|_, failures| now_ms.saturating_sub(failures.last_ms) < REMEMBERED_MS);
    if names.len() >= NAMES_MOST
        && let Some(oldest) = names.iter().min_by_key(|(_, failures)| failures.last_ms).map(|(name, _)| name.clone())
    {
        names.remove(&oldest);
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

    /// A try from an address of its own.
    fn tried(throttle: &Throttle, n: u32, name: &str, now_ms: i64) -> Result<(), u64> {
        throttle.enter(IpAddr::V4(n.into()), name, now_ms)
    }

    #[test]
    fn a_name_waits_longer_and_longer_and_never_more_than_fifteen_minutes() {
        let throttle = Throttle::default();
        for n in 0..FREE_FAILURES {
            assert_eq!(tried(&throttle, n, "ada", 0), Ok(()), "also when all come at once");
        }
        let (mut waits, mut now_ms) = (Vec::new(), 0);
        for n in 100..107 {
            let wait = tried(&throttle, n, "ada", now_ms).expect_err("waits");
            waits.push(wait);
            now_ms += i64::try_from(wait).expect("fits") * 1000;
            assert_eq!(tried(&throttle, n + 100, "ada", now_ms), Ok(()), "it ends");
        }
        assert_eq!(waits, [30, 60, 120, 240, 480, 900, 900]);
        assert_eq!(tried(&throttle, 300, "bob", 0), Ok(()), "of others nothing is said");
        throttle.succeeded("ada");
        assert_eq!(tried(&throttle, 301, "ada", now_ms), Ok(()));
    }

    #[test]
    fn a_flood_of_made_up_names_does_not_make_a_name_forgotten() {
        let throttle = Throttle::default();
        let names = u32::try_from(NAMES_MOST).expect("fits");
        for n in 0..names {
            assert_eq!(tried(&throttle, n, &format!("n{n}"), 0), Ok(()));
        }
        for n in 0..FREE_FAILURES {
            assert_eq!(tried(&throttle, names + n, "ada", 1), Ok(()));
        }
        for n in 0..100 {
            assert_eq!(tried(&throttle, 2 * names + n, &format!("m{n}"), 2), Ok(()));
        }
        assert!(tried(&throttle, 3 * names, "ada", 3).is_err());
    }

    #[test]
    fn without_a_name_only_the_address_waits() {
        let throttle = Throttle::default();
        for n in 0..100 {
            assert_eq!(tried(&throttle, n, "", 0), Ok(()), "nobody can close the links of others");
        }
    }

    #[test]
    fn of_a_flood_one_refusal_a_minute_is_news() {
        let throttle = Throttle::default();
        let news = |now_ms| throttle.is_news(ip("192.0.2.1"), now_ms);
        assert_eq!([0, 1, MINUTE_MS - 1, MINUTE_MS].map(news), [true, false, false, true]);
        assert!(throttle.is_news(ip("192.0.2.2"), 1));
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
