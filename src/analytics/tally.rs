//! A running total over roll-up rows: the one place where usage is added up for people.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use crate::model::{Breakdown, RollupRow, Spend, Unpriced};

/// The sum of some roll-up rows, with their sessions and unpriced models.
#[derive(Default)]
pub struct Tally<'a> {
    pub spend: Spend,
    sessions: FxHashSet<(&'a str, &'a str)>,
    unpriced_models: BTreeSet<&'a str>,
}

impl<'a> Tally<'a> {
    pub fn add(&mut self, row: &'a RollupRow) {
        self.spend += &row.spend;
        if !row.session.is_empty() {
            self.sessions.insert((&row.source, &row.session));
        }
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
