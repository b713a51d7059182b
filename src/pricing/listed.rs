//! A model's rates as people and scripts read them: US dollars per million tokens, exact.
//!
//! For showing only. Costs are computed from the cards themselves.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Serialize, Serializer};

use super::rates::{Card, Rates};
use super::row::{PriceRow, SERVICES};
use crate::model::Usd;

const PICO_PER_NANO: i128 = 1_000;

/// US dollars per million tokens, held as whole nano-USD: assumed and multiplied rates have up to nine decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct PerMillion(i128);

impl PerMillion {
    const PER_USD: i128 = 1_000_000_000;

    /// A rate in femto-USD per token is the same number in nano-USD per million tokens.
    pub(super) const fn from_femto(femto: i128) -> PerMillion {
        PerMillion(femto)
    }

    /// Writes it in full, as a plain decimal of dollars.
    #[must_use]
    pub fn plain(self) -> String {
        Usd::from_pico(self.0.saturating_mul(PICO_PER_NANO)).plain()
    }
}

/// `$3.75`, `$0.000001`: two decimals, and as many more as there are.
impl fmt::Display for PerMillion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = format!("{:09}", self.0 % Self::PER_USD);
        let kept = decimals.trim_end_matches('0').len().max(2);
        write!(f, "${}.{}", self.0 / Self::PER_USD, decimals.get(..kept).unwrap_or(&decimals))
    }
}

/// A decimal number of dollars.
impl Serialize for PerMillion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // The text is exact, and the number of JSON is the one that prints as it.
        let text = format!("{}.{:09}", self.0 / Self::PER_USD, self.0 % Self::PER_USD);
        text.parse::<f64>().map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}

/// The rates of one size of prompt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RateLine {
    pub input: PerMillion,
    #[serde(rename = "cacheWrite5m")]
    pub cache_write_5m: PerMillion,
    #[serde(rename = "cacheWrite1h")]
    pub cache_write_1h: PerMillion,
    pub cache_read: PerMillion,
    pub output: PerMillion,
}

/// Rates of prompts above a size, for the whole request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TierLine {
    pub above_prompt_tokens: u64,
    #[serde(flatten)]
    pub rates: RateLine,
}

/// The rates of a model: the standard ones, and where they matter those of batch, flex and priority.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Prices {
    #[serde(flatten)]
    pub base: RateLine,
    /// Lowest threshold first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tiers: Vec<TierLine>,
    #[serde(flatten)]
    pub services: BTreeMap<&'static str, RateLine>,
}

impl RateLine {
    fn new(rates: &Rates) -> RateLine {
        let [input, cache_write_5m, cache_write_1h, cache_read, output] =
            rates.0.map(|rate| PerMillion::from_femto(rate.femto));
        RateLine { input, cache_write_5m, cache_write_1h, cache_read, output }
    }

    /// Returns every rate with its name.
    #[must_use]
    pub fn named(&self) -> [(&'static str, PerMillion); 5] {
        [
            ("input", self.input),
            ("5-minute cache write", self.cache_write_5m),
            ("1-hour cache write", self.cache_write_1h),
            ("cache read", self.cache_read),
            ("output", self.output),
        ]
    }
}

impl Prices {
    pub(super) fn new(card: &Card) -> Prices {
        let tier =
            |(above, rates): &(u64, Rates)| TierLine { above_prompt_tokens: *above, rates: RateLine::new(rates) };
        Prices {
            base: RateLine::new(&card.base),
            tiers: card.tiers.iter().rev().map(tier).collect(),
            services: BTreeMap::new(),
        }
    }

    pub(super) fn with_services(mut self, services: &[Option<Card>; 3]) -> Prices {
        let line = |(name, card): (_, &Option<Card>)| Some((name, RateLine::new(&card.as_ref()?.base)));
        self.services = SERVICES.into_iter().zip(services).filter_map(line).collect();
        self
    }

    /// Returns the rates of a prompt of this size.
    #[must_use]
    pub fn at(&self, prompt_tokens: u64) -> &RateLine {
        let tier = self.tiers.iter().rev().find(|tier| prompt_tokens > tier.above_prompt_tokens);
        tier.map_or(&self.base, |tier| &tier.rates)
    }
}

impl PriceRow {
    /// Returns the standard rates, for people to read.
    #[must_use]
    pub fn prices(&self) -> Prices {
        Prices::new(&self.standard)
    }

    /// Returns the standard rates and those of batch, flex and priority.
    #[must_use]
    pub fn all_prices(&self) -> Prices {
        let charged = self.charged_as(&self.model);
        Prices::new(&charged.standard).with_services(&charged.services)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_written_with_all_their_decimals_and_no_more() {
        for (nano, text, json) in [
            (0, "$0.00", "0.0"),
            (3_000_000_000, "$3.00", "3.0"),
            (3_750_000_000, "$3.75", "3.75"),
            (125_000_000, "$0.125", "0.125"),
            (1_000, "$0.000001", "1e-6"),
            (999_999_999_999_000, "$999999.999999", "999999.999999"),
        ] {
            let rate = PerMillion::from_femto(nano);
            let written = serde_json::to_string(&rate).expect("serialises");
            assert_eq!((rate.to_string().as_str(), written.as_str()), (text, json));
        }
    }
}
