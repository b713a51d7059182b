//! A breaker: a host that fails again and again is left alone for a while.
//!
//! Closed, requests pass. After [`FAILURES`] failures in a row it opens, and requests fail without being sent, for a
//! minute; then one may pass and try. If that one fails the rest is twice as long, up to a quarter of an hour; if the
//! host answers, all is forgotten. Pure: the time is an argument.
//!
//! A failure is that the host could not be reached or was in trouble itself. Any answer, also a refusal, a 401 or a
//! 429, comes from a host that lives: what is wrong then is not cured by leaving it alone, and 429 has a wait of its own.

use std::time::Duration;

use tokio::time::Instant;

/// In a row, over all calls.
const FAILURES: u32 = 5;
const FIRST_REST: Duration = Duration::from_secs(60);
const LONGEST_REST: Duration = Duration::from_secs(15 * 60);

#[derive(Debug)]
pub(super) struct Breaker {
    state: State,
    /// How long the next rest is.
    rest: Duration,
    /// The last failure, to say why a host rests.
    because: String,
}

#[derive(Debug)]
enum State {
    Closed { failures: u32 },
    Open { until: Instant },
    HalfOpen,
}

/// That a request may be sent, and whether it is the one that tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    Usual,
    Probe,
}

impl Breaker {
    pub(super) fn new() -> Breaker {
        Breaker { state: State::Closed { failures: 0 }, rest: FIRST_REST, because: String::new() }
    }

    /// Lets a request pass, or says how long the host rests: zero while another request tries.
    pub(super) fn enter(&mut self, now: Instant) -> Result<Entry, Duration> {
        match self.state {
            State::Closed { .. } => Ok(Entry::Usual),
            State::Open { until } if until > now => Err(until - now),
            State::Open { .. } => {
                self.state = State::HalfOpen;
                Ok(Entry::Probe)
            }
            State::HalfOpen => Err(Duration::ZERO),
        }
    }

    pub(super) fn is_resting(&self, now: Instant) -> bool {
        matches!(self.state, State::Open { until } if until > now)
    }

    pub(super) fn because(&self) -> &str {
        &self.because
    }

    pub(super) fn succeeded(&mut self) {
        *self = Breaker::new();
    }

    pub(super) fn failed(&mut self, entry: Entry, now: Instant, because: String) {
        self.because = because;
        match self.state {
            State::Closed { failures } if failures + 1 < FAILURES => {
                self.state = State::Closed { failures: failures + 1 };
            }
            State::Closed { .. } => self.open(now),
            State::HalfOpen if entry == Entry::Probe => self.open(now),
            // A straggler from before it opened tells nothing new.
            State::HalfOpen | State::Open { .. } => {}
        }
    }

    /// A request ended without a word about the host. If it was the one that tried, the next may try.
    pub(super) fn abandoned(&mut self, entry: Entry, now: Instant) {
        if entry == Entry::Probe && matches!(self.state, State::HalfOpen) {
            self.state = State::Open { until: now };
        }
    }

    fn open(&mut self, now: Instant) {
        self.state = State::Open { until: now + self.rest };
        self.rest = (self.rest * 2).min(LONGEST_REST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn fail(breaker: &mut Breaker, now: Instant, times: u32) {
        for _ in 0..times {
            let entry = breaker.enter(now).expect("may pass");
            breaker.failed(entry, now, "no connection".to_owned());
        }
    }

    #[test]
    fn five_failures_in_a_row_open_it_and_a_success_among_them_begins_anew() {
        let (mut breaker, now) = (Breaker::new(), Instant::now());
        fail(&mut breaker, now, 4);
        breaker.succeeded();
        fail(&mut breaker, now, 4);
        assert_eq!(breaker.enter(now), Ok(Entry::Usual));
        breaker.failed(Entry::Usual, now, "no connection".to_owned());
        assert_eq!(breaker.enter(now), Err(MINUTE));
        assert_eq!(breaker.because(), "no connection");
        assert_eq!(breaker.enter(now + MINUTE / 2), Err(MINUTE / 2));
    }

    #[test]
    fn after_the_rest_one_request_tries_alone_and_its_success_closes_it() {
        let (mut breaker, now) = (Breaker::new(), Instant::now());
        fail(&mut breaker, now, 5);
        assert_eq!(breaker.enter(now + MINUTE), Ok(Entry::Probe));
        assert_eq!(breaker.enter(now + MINUTE), Err(Duration::ZERO), "one at a time");
        breaker.succeeded();
        fail(&mut breaker, now + MINUTE, 4);
        assert_eq!(breaker.enter(now + MINUTE), Ok(Entry::Usual), "all is forgotten");
    }

    #[test]
    fn each_failed_try_doubles_the_rest_up_to_a_quarter_of_an_hour() {
        let (mut breaker, mut now) = (Breaker::new(), Instant::now());
        fail(&mut breaker, now, 5);
        for minutes in [1, 2, 4, 8, 15, 15] {
            assert_eq!(breaker.enter(now), Err(MINUTE * minutes));
            now += MINUTE * minutes;
            fail(&mut breaker, now, 1);
        }
    }

    #[test]
    fn a_try_that_was_abandoned_leaves_the_next_one_free_to_try() {
        let (mut breaker, now) = (Breaker::new(), Instant::now());
        fail(&mut breaker, now, 5);
        let later = now + MINUTE;
        let probe = breaker.enter(later).expect("may try");
        breaker.abandoned(Entry::Usual, later);
        assert_eq!(breaker.enter(later), Err(Duration::ZERO), "only the one that tries counts");
        breaker.abandoned(probe, later);
        assert_eq!(breaker.enter(later), Ok(Entry::Probe));
    }

    #[test]
    fn stragglers_do_not_lengthen_the_rest() {
        let (mut breaker, now) = (Breaker::new(), Instant::now());
        fail(&mut breaker, now, 5);
        for _ in 0..10 {
            breaker.failed(Entry::Usual, now, String::new());
        }
        assert_eq!(breaker.enter(now), Err(MINUTE));
        assert_eq!(breaker.enter(now + MINUTE), Ok(Entry::Probe));
        breaker.failed(Entry::Usual, now + MINUTE, String::new());
        assert_eq!(breaker.enter(now + MINUTE), Err(Duration::ZERO), "the probe is still out");
    }
}
