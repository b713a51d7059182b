//! The rates of one kind of request, resolved once when the table is read: every rate is there, and knows whether the
//! provider listed it or we assumed it. Costing is then only multiplication.
//!
//! Rates are held in femto-USD (10⁻¹⁵ $) per token: a thousand times finer than the pico-USD prices come in, so that an
//! assumed rate (1.25x, 0.1x) is still a whole number and a request is rounded once, at its end.

use serde::{Deserialize, Serialize};

use super::decimal::Ratio;
use crate::model::Tokens;

pub(super) const FEMTO_PER_PICO: i128 = 1_000;

/// Rates as a table lists them, in pico-USD per token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Listed {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_write: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_write_1h: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_read: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ListedTier {
    pub above_prompt_tokens: u64,
    #[serde(flatten)]
    pub listed: Listed,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ListedCard {
    #[serde(flatten)]
    pub base: Listed,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tiers: Vec<ListedTier>,
}

/// What a cache rate is when nobody listed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CacheRule {
    /// Anthropic's usual ratios to the input rate: 1.25x to write, 2x to write for an hour, 0.1x to read.
    Anthropic,
    /// No ratio is known elsewhere. The full input rate is what a provider without a cache would charge.
    InputRate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rate {
    pub femto: i128,
    pub listed: bool,
}

/// The five rates in [`Tokens`] order: input, 5-minute write, 1-hour write, read, output.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rates(pub [Rate; 5]);

/// The rates of one kind of request at every prompt size.
#[derive(Clone, Debug)]
pub(super) struct Card {
    pub base: Rates,
    /// Highest threshold first.
    pub tiers: Vec<(u64, Rates)>,
}

impl Card {
    /// Resolves the standard rates; `None` when not even an input rate is listed.
    pub fn standard(card: &ListedCard, rule: CacheRule) -> Option<Card> {
        let base = Rates::resolve(&[&card.base], Rates::assumed(card.base.input?, rule));
        let tier = |tier: &ListedTier| {
            let input = tier.listed.input.or(card.base.input)?;
            Some((tier.above_prompt_tokens, Rates::resolve(&[&tier.listed, &card.base], Rates::assumed(input, rule))))
        };
        Some(Card::sorted(base, card.tiers.iter().filter_map(tier).collect()))
    }

    /// Resolves the rates of batch, flex or priority. What they leave out (batch lists carry no cache rates) is the
    /// standard rate in the proportion of the two input rates, and counts as assumed. A list without input, or without
    /// output where there is a standard one, is a fragment and no price: `None`.
    pub fn variant(card: &ListedCard, standard: &ListedCard, resolved: &Card) -> Option<Card> {
        let input = card.base.input?;
        let complete = card.base.output.is_some() || standard.base.output.is_none();
        let factor = match standard.base.input? {
            0 => Ratio::ONE,
            standard => Ratio::new(i128::from(input), i128::from(standard))?,
        };
        let base = Rates::resolve(&[&card.base], resolved.base.scaled(factor));
        let tiers = if card.tiers.is_empty() {
            resolved.tiers.iter().map(|(above, rates)| (*above, rates.scaled(factor))).collect()
        } else {
            let tier = |tier: &ListedTier| {
                let scaled = resolved.at(tier.above_prompt_tokens.saturating_add(1)).scaled(factor);
                (tier.above_prompt_tokens, Rates::resolve(&[&tier.listed, &card.base], scaled))
            };
            card.tiers.iter().map(tier).collect()
        };
        complete.then(|| Card::sorted(base, tiers))
    }

    fn sorted(base: Rates, mut tiers: Vec<(u64, Rates)>) -> Card {
        tiers.sort_by_key(|(above, _)| std::cmp::Reverse(*above));
        Card { base, tiers }
    }

    /// Returns the card with every rate multiplied; what a factor gives is nobody's list price.
    pub fn times(&self, factor: Ratio) -> Card {
        if factor == Ratio::ONE {
            return self.clone();
        }
        let tiers = self.tiers.iter().map(|(above, rates)| (*above, rates.scaled(factor))).collect();
        Card { base: self.base.scaled(factor), tiers }
    }

    /// Returns the rates of a prompt of this size; the tier holds for the whole request.
    pub fn at(&self, prompt_tokens: u64) -> &Rates {
        self.tiers.iter().find(|(above, _)| prompt_tokens > *above).map_or(&self.base, |(_, rates)| rates)
    }
}

impl Rates {
    /// Every rate from the input rate alone. No output rate (embeddings) means there should be no output.
    fn assumed(input_pico: u64, rule: CacheRule) -> Rates {
        let input = i128::from(input_pico).saturating_mul(FEMTO_PER_PICO);
        let (write_5m, write_1h, read) = match rule {
            CacheRule::Anthropic => (input / 4 * 5, input * 2, input / 10),
            CacheRule::InputRate => (input, input, input),
        };
        Rates([input, write_5m, write_1h, read, input].map(|femto| Rate { femto, listed: false }))
    }

    /// Takes each rate from the first list that has it, else from `fallback`.
    fn resolve(lists: &[&Listed], fallback: Rates) -> Rates {
        let mut rates = fallback;
        for (index, rate) in rates.0.iter_mut().enumerate() {
            if let Some(pico) = lists.iter().find_map(|listed| listed.in_order()[index]) {
                *rate = Rate { femto: i128::from(pico).saturating_mul(FEMTO_PER_PICO), listed: true };
            }
        }
        rates
    }

    fn scaled(&self, factor: Ratio) -> Rates {
        Rates(self.0.map(|rate| Rate { femto: factor.apply(rate.femto, 1), listed: false }))
    }

    /// Returns the femto-USD of these tokens, and whether every rate that was needed is a listed one.
    pub fn charge(&self, tokens: &Tokens) -> (i128, bool) {
        let counts = [tokens.input, tokens.cache_write_5m, tokens.cache_write_1h, tokens.cache_read, tokens.output];
        self.0.iter().zip(counts).fold((0, true), |(femto, listed): (i128, bool), (rate, count)| {
            let charge = rate.femto.saturating_mul(i128::from(count));
            (femto.saturating_add(charge), listed && (rate.listed || count == 0))
        })
    }
}

impl Listed {
    /// Returns a place for each rate, in [`Tokens`] order.
    pub const fn in_order_mut(&mut self) -> [&mut Option<u64>; 5] {
        [&mut self.input, &mut self.cache_write, &mut self.cache_write_1h, &mut self.cache_read, &mut self.output]
    }

    pub const fn in_order(&self) -> [Option<u64>; 5] {
        [self.input, self.cache_write, self.cache_write_1h, self.cache_read, self.output]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(card: &Card, tokens: Tokens, pico: i128, listed: bool) {
        assert_eq!(card.at(tokens.tokens_in()).charge(&tokens), (pico * FEMTO_PER_PICO, listed), "{tokens:?}");
    }

    fn card(json: &str) -> ListedCard {
        serde_json::from_str(json).expect("a card")
    }

    const EACH: Tokens = Tokens { input: 1, cache_write_5m: 1, cache_write_1h: 1, cache_read: 1, output: 1 };

    #[test]
    fn missing_cache_rates_are_assumed_and_say_so() {
        let listed = card(r#"{"input": 100, "output": 500}"#);
        let anthropic = Card::standard(&listed, CacheRule::Anthropic).expect("rates");
        check(&anthropic, EACH, 100 + 125 + 200 + 10 + 500, false);
        check(&anthropic, Tokens { input: 2, output: 1, ..Tokens::default() }, 700, true);
        let other = Card::standard(&listed, CacheRule::InputRate).expect("rates");
        check(&other, EACH, 100 * 4 + 500, false);
        assert!(Card::standard(&card(r#"{"output": 1}"#), CacheRule::Anthropic).is_none());
    }

    #[test]
    fn the_highest_exceeded_tier_wins_and_leans_on_the_base() {
        let tiers = r#"{"input": 1, "output": 10, "cache_read": 3, "tiers": [
            {"above_prompt_tokens": 100, "input": 2}, {"above_prompt_tokens": 200, "input": 4, "output": 20}]}"#;
        let card = Card::standard(&card(tiers), CacheRule::InputRate).expect("rates");
        check(&card, Tokens { input: 100, output: 1, ..Tokens::default() }, 110, true);
        check(&card, Tokens { input: 100, cache_read: 1, output: 1, ..Tokens::default() }, 213, true);
        check(&card, Tokens { input: 201, output: 1, ..Tokens::default() }, 824, true);
    }

    #[test]
    fn what_a_variant_leaves_out_follows_its_input_rate() {
        let standard =
            card(r#"{"input": 10, "cache_read": 2, "output": 50, "tiers": [{"above_prompt_tokens": 5, "input": 20}]}"#);
        let resolved = Card::standard(&standard, CacheRule::InputRate).expect("rates");
        let batch = Card::variant(&card(r#"{"input": 5, "output": 25}"#), &standard, &resolved).expect("rates");
        check(&batch, Tokens { input: 2, output: 1, ..Tokens::default() }, 35, true);
        check(&batch, Tokens { cache_read: 2, ..Tokens::default() }, 2, false);
        check(&batch, Tokens { input: 6, output: 1, ..Tokens::default() }, 85, false);
        assert!(Card::variant(&card(r#"{"input": 500}"#), &standard, &resolved).is_none(), "a fragment");
    }
}
