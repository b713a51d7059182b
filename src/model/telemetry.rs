//! Readings of metrics: how they add up to facts, whatever the order they come in and however often they are sent.

use super::{Tokens, UsageEvent};

/// What a metric counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    Input,
    CacheWrite,
    CacheRead,
    Output,
}

impl TokenKind {
    /// That many tokens of this kind.
    #[must_use]
    pub fn of(self, count: u64) -> Tokens {
        match self {
            TokenKind::Input => Tokens { input: count, ..Tokens::default() },
            TokenKind::CacheWrite => Tokens { cache_write_5m: count, ..Tokens::default() },
            TokenKind::CacheRead => Tokens { cache_read: count, ..Tokens::default() },
            TokenKind::Output => Tokens { output: count, ..Tokens::default() },
        }
    }
}

/// One reading of one series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The fingerprint of the metric and everything that tells it from others.
    pub series: i64,
    /// When its counter began, nanoseconds since 1970 UTC; 0 when it did not say.
    pub start_ns: i64,
    pub time_ns: i64,
    /// Whether it is the total since the start, and not what came since the reading before.
    pub cumulative: bool,
    pub kind: TokenKind,
    pub value: u64,
    /// The fact it adds to, by its place in [`Readings::facts`].
    pub fact: usize,
}

/// What a request told, ready to be added up.
#[derive(Clone, Debug, Default)]
pub struct Readings {
    /// The facts the readings add to, each once, without tokens.
    pub facts: Vec<UsageEvent>,
    pub readings: Vec<Reading>,
}

/// How far a running total has been counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    pub time_ns: i64,
    pub total: u64,
}

impl Counted {
    /// Takes a reading of a running total, and returns where it stands then and what is new.
    ///
    /// A counter that says when it began only grows, for one that begins anew says another start: it counts by its growth,
    /// whatever a clock that was set back says of the order. Of one that does not say so, a later reading counts by its
    /// growth, a smaller one that is later means that it began anew, and what comes late was counted with its successor.
    #[must_use]
    pub fn next(before: Option<Counted>, has_start: bool, time_ns: i64, total: u64) -> (Counted, u64) {
        let read = Counted { time_ns, total };
        match before {
            None => (read, total),
            Some(before) if has_start && total > before.total => (read, total - before.total),
            Some(before) if has_start || time_ns < before.time_ns => (before, 0),
            Some(before) if total >= before.total => (read, total - before.total),
            Some(before) if time_ns == before.time_ns => (before, 0),
            Some(_) => (read, total),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(has_start: bool, readings: &[(i64, u64)]) -> u64 {
        let mut sum = 0;
        let mut state = None;
        for (time, total) in readings {
            let (next, new) = Counted::next(state, has_start, *time, *total);
            state = Some(next);
            sum += new;
        }
        sum
    }

    #[test]
    fn a_running_total_counts_by_its_growth_in_any_order() {
        for has_start in [true, false] {
            assert_eq!(counted(has_start, &[(1, 10), (2, 25), (3, 25), (4, 40)]), 40);
            assert_eq!(counted(has_start, &[(4, 40), (2, 25), (1, 10), (3, 25), (4, 40)]), 40);
            assert_eq!(counted(has_start, &[(1, 10), (1, 10), (2, 25), (1, 10)]), 25, "sent again is nothing new");
        }
    }

    #[test]
    fn a_counter_that_begins_anew_is_counted_from_there() {
        assert_eq!(counted(false, &[(1, 10), (2, 25), (3, 5), (4, 8)]), 33);
    }

    #[test]
    fn a_clock_that_is_set_back_loses_nothing_of_a_counter_that_says_when_it_began() {
        assert_eq!(counted(true, &[(1, 10), (200_000, 25), (3, 40), (4, 55)]), 55);
    }
}
