//! What is known of each host: when it may be asked next, and whether it is left alone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use reqwest::Url;
use tokio::time::{Instant, sleep_until};

use super::api::{Api, Lane};
use super::breaker::{Breaker, Entry};
use super::error::HttpError;

/// A wish to be left alone is believed for a day.
const LONGEST_WISH: Duration = Duration::from_secs(24 * 60 * 60);

/// The hosts that were asked so far; there are as many as base URLs.
#[derive(Debug)]
pub(super) struct Hosts {
    spacing: Duration,
    /// By scheme, name and port, and lane.
    known: Mutex<HashMap<String, Arc<Host>>>,
}

#[derive(Debug)]
pub(super) struct Host {
    spacing: Duration,
    /// Who holds this is the next to ask. Tokio's mutex is fair, so requests go in the order they came.
    next_turn: tokio::sync::Mutex<Instant>,
    breaker: Mutex<Breaker>,
    /// Until when the host has asked to be left alone; also by a call that gave up rather than wait.
    limited: Mutex<Option<Instant>>,
}

impl Hosts {
    pub(super) fn new(spacing: Duration) -> Hosts {
        Hosts { spacing, known: Mutex::default() }
    }

    pub(super) fn of(&self, url: &Url, lane: Option<&Lane>) -> Arc<Host> {
        let origin = url.origin().ascii_serialization();
        let name = lane.map_or_else(|| origin.clone(), |lane| format!("{origin} {}", lane.name));
        let spacing = lane.map_or(self.spacing, |lane| lane.spacing.max(self.spacing));
        lock(&self.known).entry(name).or_insert_with(|| Arc::new(Host::new(spacing))).clone()
    }
}

impl Host {
    fn new(spacing: Duration) -> Host {
        let next_turn = tokio::sync::Mutex::new(Instant::now());
        Host { spacing, next_turn, breaker: Mutex::new(Breaker::new()), limited: Mutex::default() }
    }

    /// Waits until this host may be asked again.
    pub(super) async fn turn(&self) {
        let mut next = self.next_turn.lock().await;
        // A timer waits for the next full millisecond, also when it is due.
        if *next > Instant::now() {
            sleep_until(*next).await;
        }
        *next = Instant::now() + self.spacing;
    }

    /// Lets a request pass, unless the host rests or wants to be left alone.
    pub(super) fn enter(&self, api: &Api) -> Result<Permit<'_>, HttpError> {
        let wait = lock(&self.limited).map(|until| until.saturating_duration_since(Instant::now()));
        if let Some(wait) = wait.filter(|wait| !wait.is_zero()) {
            return Err(HttpError::RateLimited { service: api.to_string(), retry_after: Some(wait) });
        }
        let mut breaker = lock(&self.breaker);
        match breaker.enter(Instant::now()) {
            Ok(entry) => Ok(Permit { host: self, entry, judged: false }),
            Err(wait) => Err(HttpError::Resting {
                service: api.to_string(),
                until: Utc::now() + TimeDelta::from_std(wait).unwrap_or_default(),
                wait,
                because: breaker.because().to_owned(),
            }),
        }
    }

    pub(super) fn is_resting(&self) -> bool {
        lock(&self.breaker).is_resting(Instant::now())
    }
}

/// A request under way. Dropped without a judgement, it says nothing about the host.
pub(super) struct Permit<'a> {
    host: &'a Host,
    entry: Entry,
    judged: bool,
}

impl Permit<'_> {
    pub(super) fn judge<T>(mut self, outcome: &Result<T, HttpError>) {
        self.judged = true;
        let mut breaker = lock(&self.host.breaker);
        if let Err(HttpError::RateLimited { retry_after: Some(wait), .. }) = outcome {
            *lock(&self.host.limited) = Instant::now().checked_add((*wait).min(LONGEST_WISH));
        }
        match outcome {
            Err(HttpError::Unavailable { reason, .. }) => breaker.failed(self.entry, Instant::now(), reason.clone()),
            _ => breaker.succeeded(),
        }
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if !self.judged {
            lock(&self.host.breaker).abandoned(self.entry, Instant::now());
        }
    }
}

/// What these locks guard is replaced whole, so a panic elsewhere leaves nothing half-done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(hosts: &Hosts, url: &str) -> Arc<Host> {
        hosts.of(&Url::parse(url).expect("is an address"), None)
    }

    #[tokio::test(start_paused = true)]
    async fn requests_to_one_host_keep_their_distance_and_other_hosts_do_not_wait() {
        let hosts = Hosts::new(Duration::from_secs(2));
        let start = Instant::now();
        for (url, waited_s) in [
            ("http://a.test/x", 0),
            ("http://a.test/y", 2),
            ("http://b.test/x", 2),
            ("http://a.test:81/x", 2),
            ("http://a.test/z", 4),
        ] {
            host(&hosts, url).turn().await;
            // The timer counts in milliseconds.
            assert_eq!((start.elapsed() + Duration::from_millis(5)).as_secs(), waited_s, "{url}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn lanes_of_one_host_do_not_wait_for_each_other() {
        let hosts = Hosts::new(Duration::ZERO);
        let url = Url::parse("http://a.test").expect("is an address");
        let lane = |name: &str| Lane { name: name.to_owned(), spacing: Duration::from_secs(2) };
        let start = Instant::now();
        for (name, waited_s) in [("a", 0), ("b", 0), ("a", 2), ("b", 2)] {
            hosts.of(&url, Some(&lane(name))).turn().await;
            assert_eq!((start.elapsed() + Duration::from_millis(5)).as_secs(), waited_s, "{name}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_that_is_given_up_while_waiting_is_free_for_the_next() {
        let hosts = Hosts::new(Duration::from_secs(2));
        let host = host(&hosts, "http://a.test");
        let start = Instant::now();
        host.turn().await;
        tokio::time::timeout(Duration::from_secs(1), host.turn()).await.expect_err("gives up");
        host.turn().await;
        assert_eq!((start.elapsed() + Duration::from_millis(5)).as_secs(), 2);
    }

    #[test]
    fn a_request_that_is_dropped_is_no_failure_of_the_host() {
        let hosts = Hosts::new(Duration::ZERO);
        let host = host(&hosts, "http://a.test");
        let api = Api::new("Somebody", "http://a.test", "SOMEBODY_BASE_URL").expect("is an address");
        for _ in 0..10 {
            drop(host.enter(&api).expect("may pass"));
        }
        assert!(!host.is_resting());
    }
}
