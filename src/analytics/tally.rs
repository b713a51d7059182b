//! A running total over roll-up rows: the one place where usage is added up for people.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use crate::model::{Breakdown, RollupRow, Spend, Unpriced};

/// Stands for a session: a row is added to many tallies, and a number is cheaper to know again than two names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct SessionNumber(u32);

impl SessionNumber {
    /// Returns this one, and makes itself the next.
    pub(super) fn advance(&mut self) -> SessionNumber {
        let next = SessionNumber(self.0.saturating_add(1));
        std::mem::replace(self, next)
    }

    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// Numbers sessions from zero, in the order they come.
#[derive(Default)]
pub struct SessionNumbers<'a> {
    found: FxHashMap<(&'a str, &'a str), SessionNumber>,
    next: SessionNumber,
}

impl<'a> SessionNumbers<'a> {
    pub(super) fn count(&self) -> usize {
        self.found.len()
    }

    /// `None` for usage that belongs to no session.
    pub fn of(&mut self, row: &'a RollupRow) -> Option<SessionNumber> {
        if row.session.is_empty() {
            return None;
        }
        Some(*self.found.entry((&row.session, &row.source)).or_insert_with(|| self.next.advance()))
    }
}

/// The sum of some roll-up rows, with their sessions and unpriced models.
#[derive(Default)]
pub struct Tally<'a> {
    pub spend: Spend,
    /// As they come, some of them more than once: numbers are sorted faster in the end than each is looked for.
    sessions: Vec<SessionNumber>,
    unpriced_models: BTreeSet<&'a str>,
}

impl<'a> Tally<'a> {
    /// Adds a row; `session` is its session's number.
    pub fn add(&mut self, row: &'a RollupRow, session: Option<SessionNumber>) {
        self.spend += &row.spend;
        if self.sessions.last() != session.as_ref() {
            self.sessions.extend(session);
        }
        if row.spend.has_unpriced() {
            self.unpriced_models.insert(&row.model);
        }
    }

    /// Adds another tally, whose sessions have numbers of the same kind.
    pub(super) fn add_all(&mut self, other: &Tally<'a>) {
        self.spend += &other.spend;
        self.sessions.extend(&other.sessions);
        self.unpriced_models.extend(&other.unpriced_models);
    }

    #[must_use]
    pub fn sessions(&self) -> u64 {
        let mut sessions = self.sessions.clone();
        sessions.sort_unstable();
        sessions.dedup();
        sessions.len() as u64
    }

    #[must_use]
    pub fn unpriced(&self) -> Unpriced {
        Unpriced {
            models: self.unpriced_models.iter().map(|model| (*model).to_owned()).collect(),
            tokens_in: self.spend.unpriced_in,
            tokens_out: self.spend.unpriced_out,
        }
    }

    #[must_use]
    pub fn breakdown(&self) -> Breakdown {
        Breakdown {
            cost: self.spend.cost(),
            tokens_in: self.spend.tokens.tokens_in(),
            tokens_out: self.spend.tokens.output,
            tokens: self.spend.tokens,
            messages: self.spend.messages,
            sessions: self.sessions(),
            unpriced: self.spend.has_unpriced(),
        }
    }
}
