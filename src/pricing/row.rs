//! One price of one model over a span of days, and what a request costs under it.

use chrono::NaiveDate;
use serde::Deserialize;

use super::Modifiers;
use super::decimal::Ratio;
use super::rates::{Card, FEMTO_PER_PICO};
use crate::model::{Tokens, Usd};

/// What became of a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PriceStatus {
    Active,
    /// The model was shut down; its old usage still has this price.
    Retired,
    /// An older price whose end nobody recorded: good for usage up to the day it was seen.
    Superseded,
}

/// One price of one model. The public fields are where it comes from; the numbers answer through [`PriceRow::cost`].
#[derive(Clone, Debug)]
pub struct PriceRow {
    pub provider: String,
    pub model: String,
    pub aliases: Vec<String>,
    pub status: PriceStatus,
    /// The first day (UTC) of this price.
    pub effective_from: Option<NaiveDate>,
    /// The first day (UTC) that no longer has it.
    pub effective_to: Option<NaiveDate>,
    /// When the source was read, `2026-11` or `2026-08-01`; `None` when not recorded.
    pub as_of: Option<String>,
    /// `official`, `litellm`, `derived`, `knowledge`, joined by `+`; `override` for the user's own.
    pub confidence: String,
    pub source: String,
    pub notes: Option<String>,
    /// For [`PriceStatus::Superseded`]: the last day it is good for.
    pub(super) last_seen: Option<NaiveDate>,
    pub(super) standard: Card,
    pub(super) extras: Extras,
}

/// Prices of the modifiers and of what is not counted in tokens.
#[derive(Clone, Debug, Default)]
pub(super) struct Extras {
    pub batch: Service,
    pub flex: Service,
    pub priority: Service,
    pub fast: Option<Ratio>,
    pub us_only: Option<Ratio>,
    pub web_search_pico: i128,
}

/// A way to be served: its own rates where the provider lists them, else a factor on the standard ones.
#[derive(Clone, Debug, Default)]
pub(super) struct Service {
    pub card: Option<Card>,
    pub factor: Option<Ratio>,
}

/// The cost of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote {
    pub cost: Usd,
    /// True when the price list does not say everything: a cache rate (or embeddings' output rate) was assumed from
    /// the input rate, or a modifier has no listed price and changed nothing.
    pub assumed: bool,
}

impl PriceRow {
    /// Returns what a request costs; exact, rounded once to the pico-dollar, saturating.
    ///
    /// Batch, flex and priority exclude each other: the first of them that is set counts. Fast and US-only multiply
    /// on top. `fast` without a fast price is priority, as OpenAI renamed it. Web searches are never multiplied.
    ///
    /// A cache rate that is not listed is assumed: for Anthropic (and the user's own prices) 1.25x input for a
    /// 5-minute write, 2x for a 1-hour write, 0.1x for a read; for any other provider the input rate. DeepSeek's peak
    /// hours are not known here: its usage is priced off-peak.
    #[must_use]
    pub fn cost(&self, tokens: &Tokens, web_searches: u32, modifiers: Modifiers) -> Quote {
        let plan = self.plan(modifiers);
        let (femto, rates_listed) = plan.card.at(tokens.tokens_in()).charge(tokens);
        let searches = self.extras.web_search_pico.saturating_mul(i128::from(web_searches));
        let pico = plan.factor.apply(femto, FEMTO_PER_PICO).saturating_add(searches);
        Quote { cost: Usd::from_pico(pico), assumed: !(rates_listed && plan.listed) }
    }

    /// Returns whether usage of this day has this price by the row's own dates.
    pub(super) fn holds_on(&self, date: NaiveDate) -> bool {
        self.effective_from.is_none_or(|from| from <= date)
            && self.effective_to.is_none_or(|to| date < to)
            && (self.status != PriceStatus::Superseded || self.last_seen.is_some_and(|seen| date <= seen))
    }

    /// Returns whether a `-fast` behind the model's name can be this model in fast mode. Without a price for it the
    /// name belongs to another model (`grok-3-fast` is not a fast `grok-3`).
    pub(super) fn has_fast_price(&self) -> bool {
        self.extras.fast.is_some() || self.extras.priority.is_listed()
    }

    fn plan(&self, modifiers: Modifiers) -> Plan<'_> {
        let extras = &self.extras;
        let mut plan = Plan { card: &self.standard, factor: Ratio::ONE, listed: true };
        let fast_is_priority = modifiers.fast && extras.fast.is_none();
        if modifiers.batch {
            plan.serve(&extras.batch);
        } else if modifiers.flex {
            plan.serve(&extras.flex);
        } else if modifiers.priority || fast_is_priority {
            plan.serve(&extras.priority);
        }
        if modifiers.fast && !fast_is_priority {
            plan.multiply(extras.fast);
        }
        if modifiers.us_only {
            plan.multiply(extras.us_only);
        }
        // Fast batches and fast flex do not exist; a log that claims one is priced without the fast part.
        plan.listed &= !(fast_is_priority && (modifiers.batch || modifiers.flex));
        plan
    }
}

impl Service {
    fn is_listed(&self) -> bool {
        self.card.is_some() || self.factor.is_some()
    }
}

/// Which rates a request pays, and what they are multiplied with.
struct Plan<'a> {
    card: &'a Card,
    factor: Ratio,
    listed: bool,
}

impl<'a> Plan<'a> {
    fn serve(&mut self, service: &'a Service) {
        match &service.card {
            Some(card) => self.card = card,
            None => self.multiply(service.factor),
        }
    }

    fn multiply(&mut self, factor: Option<Ratio>) {
        match factor {
            Some(factor) => self.factor = self.factor.times(factor),
            None => self.listed = false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pricing::PriceTable;

    fn quote(model: &str, tokens: Tokens, searches: u32, modifiers: &str) -> (i128, bool) {
        let table = PriceTable::builtin().expect("the built-in table");
        let date = NaiveDate::from_ymd_opt(2026, 11, 20).expect("a date");
        let row = table.find(model, date).expect("a known model");
        let quote = row.cost(&tokens, searches, Modifiers::parse(modifiers));
        (quote.cost.pico(), quote.assumed)
    }

    fn tokens([input, cache_write_5m, cache_write_1h, cache_read, output]: [u64; 5]) -> Tokens {
        Tokens { input, cache_write_5m, cache_write_1h, cache_read, output }
    }

    #[test]
    fn the_published_vectors_are_exact() {
        let cases = [
            ("claude-opus-5-5", [1_200, 3_000, 500, 40_000, 900], 49_800_000_000),
            ("claude-opus-4-8", [4, 5_123, 0, 18_211, 412], 51_444_250_000),
            ("claude-haiku-5-5", [10_000, 0, 0, 90_000, 1_000], 2_400_000_000),
            ("claude-haiku-5-5", [20_000, 0, 0, 90_000, 1_000], 17_000_000_000),
            ("gpt-6.1-sol", [500, 100, 0, 400, 500], 6_290_000_000),
            ("gemini-2.5-pro", [150_000, 0, 0, 60_000, 2_000], 420_000_000_000),
        ];
        for (model, counts, pico) in cases {
            assert_eq!(quote(model, tokens(counts), 0, ""), (pico, false), "{model}");
        }
    }

    #[test]
    fn modifiers_stack_and_say_when_they_have_no_price() {
        let (input, both) = (tokens([1, 0, 0, 0, 0]), tokens([1, 0, 0, 1, 0]));
        let cases = [
            ("claude-opus-5-5", "fast", input, (8_000_000, false)),
            ("claude-opus-5-5", "us", input, (4_400_000, false)),
            ("claude-opus-5-5", "fast+us", input, (8_800_000, false)),
            ("claude-opus-5-5", "batch+us", input, (2_200_000, false)),
            ("claude-opus-4-5", "batch", input, (2_500_000, false)),
            ("claude-opus-4-5", "fast+us", input, (5_000_000, true)),
            ("gpt-6.1-sol", "flex", input, (1_000_000, false)),
            ("gpt-6.1-sol", "fast", input, (4_000_000, false)),
            ("gpt-6.1-sol", "fast+priority", input, (4_000_000, false)),
            ("gpt-6.1-sol", "fast+batch", input, (1_000_000, true)),
            ("gpt-4.1", "priority", input, (3_500_000, false)),
            // Batch lists no cache rate: it follows the input rate, here a half.
            ("gpt-4.1", "batch", both, (1_250_000, true)),
            // The source lists a priority input rate for this model, fifty times the standard one, and nothing else.
            ("gpt-5-nano", "priority", input, (50_000, true)),
        ];
        for (model, modifiers, tokens, expected) in cases {
            assert_eq!(quote(model, tokens, 0, modifiers), expected, "{model} {modifiers}");
        }
    }

    #[test]
    fn web_searches_cost_the_same_whatever_the_modifiers() {
        let none = Tokens::default();
        assert_eq!(quote("claude-opus-5-5", none, 3, "fast+us"), (30_000_000_000, false));
        assert_eq!(quote("gemini-2.5-pro", none, 1, ""), (35_000_000_000, false));
        assert_eq!(quote("deepseek-flash", none, 9, ""), (0, false));
    }

    #[test]
    fn absurd_counts_saturate() {
        let table = PriceTable::builtin().expect("the built-in table");
        let most = tokens([u64::MAX; 5]);
        for row in &table.rows {
            for modifiers in ["", "fast+us", "batch+us", "flex", "priority"] {
                let quote = row.cost(&most, u32::MAX, Modifiers::parse(modifiers));
                assert!(quote.cost >= Usd::ZERO, "{}", row.model);
            }
        }
    }
}
