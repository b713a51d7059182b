//! A running total over roll-up rows: the one place where usage is added up for people.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::model::{Breakdown, RollupRow, Spend, Unpriced};

/// Stands for a session: a row is added to many tallies, and a number is cheaper to know again than two names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionNumber(u32);

impl SessionNumber {
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// Numbers sessions from zero, in the order they come.
#[derive(Default)]
pub struct SessionNumbers<'a>(FxHashMap<(&'a str, &'a str), u32>);

impl<'a> SessionNumbers<'a> {
    /// `None` for usage that belongs to no session.
    pub fn of(&mut self, row: &'a RollupRow) -> Option<SessionNumber> {
        if row.session.is_empty() {
            return None;
        }
        let next = u32::try_from(self.0.len()).ok()?;
        Some(SessionNumber(*self.0.entry((&row.session, &row.source)).or_insert(next)))
    }
}

/// The sum of some roll-up rows, with their sessions and unpriced models.
#[derive(Default)]
pub struct Tally<'a> {
    pub spend: Spend,
    sessions: FxHashSet<SessionNumber>,
    unpriced_models: BTreeSet<&'a str>,
}

impl<'a> Tally<'a> {
    /// Adds a row; `session` is its session's number.
    pub fn add(&mut self, row: &'a RollupRow, session: Option<SessionNumber>) {
        self.spend += &row.spend;
        self.sessions.extend(session);
        if row.spend.has_unpriced() {
            self.unpriced_models.insert(&row.model);
        }
    }

    #[must_use]
    pub fn sessions(&self) -> u64 {
        self.sessions.len() as u64
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
