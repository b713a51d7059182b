//! Accumulated usage: what every total, row and roll-up of the product is made of.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

use super::{Basis, Tokens, Usd};

/// Known cost by how it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostByBasis {
    pub billed: Usd,
    pub reported: Usd,
    pub estimated: Usd,
}

/// Usage whose price is unknown: counted in tokens, never as money.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Unpriced {
    pub models: Vec<String>,
    pub tokens_in: u64,
    pub tokens_out: u64,
}

/// A sum of usage. Adding is exact, commutative and associative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spend {
    pub tokens: Tokens,
    pub messages: u64,
    pub by_basis: CostByBasis,
    pub unpriced_messages: u64,
    pub unpriced_in: u64,
    pub unpriced_out: u64,
}

impl Spend {
    /// Returns what one message adds.
    #[must_use]
    pub fn of(tokens: Tokens, cost: Option<Usd>, basis: Basis) -> Spend {
        let mut spend = Spend { tokens, messages: 1, ..Spend::default() };
        match (cost, basis) {
            (Some(cost), Basis::Billed) => spend.by_basis.billed = cost,
            (Some(cost), Basis::Reported) => spend.by_basis.reported = cost,
            (Some(cost), Basis::Estimated) => spend.by_basis.estimated = cost,
            (None, _) | (_, Basis::Unpriced) => {
                spend.unpriced_messages = 1;
                spend.unpriced_in = tokens.tokens_in();
                spend.unpriced_out = tokens.output;
            }
        }
        spend
    }

    /// Takes out what `seen` holds of this, measure by measure and never below zero; `seen` keeps the rest.
    pub fn take(&mut self, seen: &mut Spend) {
        let count = |mine: &mut u64, theirs: &mut u64| {
            let both = (*mine).min(*theirs);
            (*mine, *theirs) = (*mine - both, *theirs - both);
        };
        let money = |mine: &mut Usd, theirs: &mut Usd| {
            let both = (*mine).min(*theirs).max(Usd::ZERO);
            (*mine, *theirs) = (*mine - both, *theirs - both);
        };
        let (mine, theirs) = (&mut self.tokens, &mut seen.tokens);
        count(&mut mine.input, &mut theirs.input);
        count(&mut mine.cache_write_5m, &mut theirs.cache_write_5m);
        count(&mut mine.cache_write_1h, &mut theirs.cache_write_1h);
        count(&mut mine.cache_read, &mut theirs.cache_read);
        count(&mut mine.output, &mut theirs.output);
        let (mine, theirs) = (&mut self.by_basis, &mut seen.by_basis);
        money(&mut mine.reported, &mut theirs.reported);
        money(&mut mine.estimated, &mut theirs.estimated);
        count(&mut self.unpriced_in, &mut seen.unpriced_in);
        count(&mut self.unpriced_out, &mut seen.unpriced_out);
    }

    /// Returns the known part of the cost, or `None` when there is usage and none of it has a price.
    #[must_use]
    pub fn cost(&self) -> Option<Usd> {
        (self.unpriced_messages == 0 || self.unpriced_messages < self.messages).then(|| self.known_cost())
    }

    /// Returns the known part of the cost; what has no price adds nothing.
    #[must_use]
    pub fn known_cost(&self) -> Usd {
        self.by_basis.billed + self.by_basis.reported + self.by_basis.estimated
    }

    #[must_use]
    pub fn has_unpriced(&self) -> bool {
        self.unpriced_messages > 0
    }
}

impl AddAssign<&Spend> for Spend {
    fn add_assign(&mut self, other: &Spend) {
        self.tokens += other.tokens;
        self.messages = self.messages.saturating_add(other.messages);
        self.by_basis.billed += other.by_basis.billed;
        self.by_basis.reported += other.by_basis.reported;
        self.by_basis.estimated += other.by_basis.estimated;
        self.unpriced_messages = self.unpriced_messages.saturating_add(other.unpriced_messages);
        self.unpriced_in = self.unpriced_in.saturating_add(other.unpriced_in);
        self.unpriced_out = self.unpriced_out.saturating_add(other.unpriced_out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unpriced_usage_is_unknown_and_never_zero() {
        let tokens = Tokens { input: 10, output: 5, ..Tokens::default() };
        let mut spend = Spend::of(tokens, None, Basis::Unpriced);
        assert_eq!(spend.cost(), None);
        spend += &Spend::of(tokens, Some(Usd::from_pico(7)), Basis::Estimated);
        assert_eq!(spend.cost(), Some(Usd::from_pico(7)));
        assert_eq!((spend.unpriced_in, spend.unpriced_out), (10, 5));
        assert_eq!(Spend::default().cost(), Some(Usd::ZERO));
    }
}
