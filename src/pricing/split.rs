//! What each kind of token cost, where the price list alone explains the cost.

use super::rates::FEMTO_PER_PICO;
use super::{PriceRow, PriceTable};
use crate::model::{Tokens, Usd};
use chrono::NaiveDate;

/// The tokens of one kind under their price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindCharge {
    pub tokens: u64,
    pub per_million: Usd,
    pub cost: Usd,
}

const PER_MILLION: i128 = 1_000_000;

impl PriceTable {
    /// Splits the cost of a day's usage by kind, in the order of [`Tokens`]: input, cache writes for 5 minutes and for an
    /// hour, cache reads, output.
    ///
    /// `None` unless the model's usual rates give exactly this cost. Long prompts, batch, fast and US-only requests and
    /// web searches cost otherwise, and a sum of requests does not tell how many of them there were. A day of the user's
    /// touches two UTC days, by which prices go, so the days around it are tried too.
    #[must_use]
    pub fn split(&self, model: &str, day: NaiveDate, tokens: &Tokens, cost: Usd) -> Option<[KindCharge; 5]> {
        let days = [Some(day), day.pred_opt(), day.succ_opt()].into_iter().flatten();
        days.filter_map(|day| self.find(model, day)).find_map(|row| row.split(model, tokens, cost))
    }
}

impl PriceRow {
    fn split(&self, model: &str, tokens: &Tokens, cost: Usd) -> Option<[KindCharge; 5]> {
        let rates = self.charged_as(model).standard.base;
        let counts = [tokens.input, tokens.cache_write_5m, tokens.cache_write_1h, tokens.cache_read, tokens.output];
        let mut charges = [KindCharge { tokens: 0, per_million: Usd::ZERO, cost: Usd::ZERO }; 5];
        for ((charge, rate), count) in charges.iter_mut().zip(rates.0).zip(counts) {
            let femto = rate.femto.checked_mul(i128::from(count))?;
            if femto % FEMTO_PER_PICO != 0 {
                return None;
            }
            let per_million = Usd::from_pico(rate.femto.saturating_mul(PER_MILLION / FEMTO_PER_PICO));
            *charge = KindCharge { tokens: count, per_million, cost: Usd::from_pico(femto / FEMTO_PER_PICO) };
        }
        (charges.iter().map(|charge| charge.cost).sum::<Usd>() == cost).then_some(charges)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKENS: Tokens =
        Tokens { input: 1_200, cache_write_5m: 3_000, cache_write_1h: 500, cache_read: 40_000, output: 900 };
    /// 1200 × $4 + 3000 × $5 + 500 × $8 + 40000 × $0.20 + 900 × $20, per million.
    const COST: Usd = Usd::from_pico(49_800_000_000);

    fn split(cost: Usd) -> Option<[KindCharge; 5]> {
        let day = "2026-11-18".parse().expect("a date");
        PriceTable::builtin().expect("the table").split("claude-opus-5-5", day, &TOKENS, cost)
    }

    #[test]
    fn a_cost_that_the_rates_explain_is_split_and_adds_up() {
        let charges = split(COST).expect("is explained");
        assert_eq!(charges.iter().map(|charge| charge.cost).sum::<Usd>(), COST);
        assert_eq!(charges.map(|charge| charge.tokens), [1_200, 3_000, 500, 40_000, 900]);
        assert_eq!(charges[3].per_million, Usd::from_f64(0.2).expect("money"));
    }

    #[test]
    fn any_other_cost_is_not() {
        for other in [COST + Usd::from_pico(1), COST + Usd::from_pico(10_000_000_000), Usd::ZERO] {
            assert_eq!(split(other), None, "{other}");
        }
    }
}
