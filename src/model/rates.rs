//! What a model's tokens cost each, for working out what other usage would have cost.

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Tokens, Usd};

const FEMTO_PER_PICO: i128 = 1_000;

/// Prices of a token by kind, in femto-USD (10⁻¹⁵ $) as price lists are resolved, in the order of [`Tokens`]: input,
/// 5-minute write, 1-hour write, cache read, output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRates(pub [u64; 5]);

impl TokenRates {
    /// Returns what tokens cost, rounded once to the pico-dollar.
    #[must_use]
    pub fn cost(&self, tokens: &Tokens) -> Usd {
        let counts = [tokens.input, tokens.cache_write_5m, tokens.cache_write_1h, tokens.cache_read, tokens.output];
        let femto =
            self.0.iter().zip(counts).fold(0_i128, |sum, (rate, count)| {
                sum.saturating_add(i128::from(*rate).saturating_mul(i128::from(count)))
            });
        Usd::from_pico(femto.saturating_add(FEMTO_PER_PICO / 2) / FEMTO_PER_PICO)
    }
}

/// What usage of a model costs: at once, and in a batch where the provider has a price for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelRates {
    pub standard: TokenRates,
    pub batch: Option<TokenRates>,
}

/// Whoever knows prices.
pub trait Rates: fmt::Debug + Send + Sync {
    /// Returns the rates of a model on a day, for prompts of ordinary length; `None` without a price.
    fn rates(&self, model: &str, date: NaiveDate) -> Option<ModelRates>;
}
