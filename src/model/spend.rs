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

    /// Takes out the tokens that `seen` holds of this, kind by kind and never below zero, and with them what they cost:
    /// the part of the cost that `worth`, the value of tokens, says they are. Returns them; `seen` keeps its rest.
    ///
    /// What is taken and what is left are what was there, to the last pico-dollar.
    pub fn take(&mut self, seen: &mut Tokens, worth: impl Fn(&Tokens) -> i128) -> Tokens {
        let before = self.tokens;
        let taken = before.common(seen);
        if taken == Tokens::default() {
            return taken;
        }
        (self.tokens, *seen) = (before.without(&taken), seen.without(&taken));
        let (part, whole) = match (worth(&self.tokens), worth(&before)) {
            (_, 0) => (i128::from(self.tokens.total()), i128::from(before.total())),
            known => known,
        };
        let CostByBasis { billed, reported, estimated } = &mut self.by_basis;
        for cost in [billed, reported, estimated] {
            *cost = cost.portion(part, whole);
        }
        let (read, read_before) = (self.tokens.tokens_in(), before.tokens_in());
        self.unpriced_in = portion(self.unpriced_in, read, read_before);
        self.unpriced_out = portion(self.unpriced_out, self.tokens.output, before.output);
        if self.unpriced_in == 0 && self.unpriced_out == 0 {
            self.unpriced_messages = 0;
        }
        taken
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

fn portion(count: u64, part: u64, whole: u64) -> u64 {
    let exact = u128::from(count) * u128::from(part) / u128::from(whole).max(1);
    u64::try_from(exact).unwrap_or(count)
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

    #[test]
    fn tokens_that_are_taken_out_take_their_part_of_the_cost_with_them() {
        let tokens = Tokens { input: 1_100, output: 100, ..Tokens::default() };
        let dear_output = |tokens: &Tokens| i128::from(tokens.input) + 9 * i128::from(tokens.output);
        let mut spend = Spend::of(tokens, Some(Usd::from_pico(2_001)), Basis::Reported);
        let mut seen = Tokens { input: 100, output: 500, ..Tokens::default() };
        let taken = spend.take(&mut seen, dear_output);
        assert_eq!((taken.input, taken.output, seen.output), (100, 100, 400));
        assert_eq!(spend.by_basis.reported, Usd::from_pico(1_000), "half of it, and the rest went with what was taken");
        // Without a value every token counts the same; nothing left costs nothing.
        let mut free = Spend::of(tokens, Some(Usd::from_pico(1_200)), Basis::Estimated);
        free.take(&mut Tokens { input: 300, ..Tokens::default() }, |_| 0);
        assert_eq!(free.known_cost(), Usd::from_pico(900));
        let mut all = tokens;
        free.take(&mut all, |_| 0);
        assert_eq!((free.tokens, free.known_cost()), (Tokens::default(), Usd::ZERO));
        let mut unpriced = Spend::of(tokens, None, Basis::Unpriced);
        unpriced.take(&mut Tokens { input: 1_000, ..Tokens::default() }, |_| 0);
        assert_eq!((unpriced.unpriced_in, unpriced.unpriced_out, unpriced.cost()), (100, 100, None));
    }
}
