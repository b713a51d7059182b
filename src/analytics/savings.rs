//! What the prompt cache saved: every token read from it would have been read afresh, every token written to it cost a
//! surcharge.

use chrono::NaiveDate;
use rustc_hash::FxHashMap;

use super::Facts;
use crate::model::{DateRange, ModelRates, RollupRow, Tokens, Usd};

/// The rates of models by day, looked up once each.
pub(super) struct KnownRates<'a> {
    facts: &'a Facts,
    found: FxHashMap<(&'a str, NaiveDate), Option<ModelRates>>,
}

impl<'a> KnownRates<'a> {
    pub(super) fn new(facts: &'a Facts) -> KnownRates<'a> {
        KnownRates { facts, found: FxHashMap::default() }
    }

    pub(super) fn of(&mut self, model: &'a str, date: NaiveDate) -> Option<ModelRates> {
        *self.found.entry((model, date)).or_insert_with(|| self.facts.rates.rates(model, date))
    }
}

/// Returns the savings of a span at list prices; `None` when the cache was used, and by no model with a price.
pub(super) fn cache_savings<'a>(facts: &'a Facts, rates: &mut KnownRates<'a>, range: DateRange) -> Option<Usd> {
    let mut saved = Usd::ZERO;
    let (mut known, mut unknown) = (false, false);
    for row in facts.rows.iter().filter(|row| range.contains(row.date) && touches_cache(row)) {
        match rates.of(&row.model, row.date) {
            Some(rates) => {
                known = true;
                saved += rates.standard.cost(&afresh(&row.spend.tokens)) - rates.standard.cost(&row.spend.tokens);
            }
            None => unknown = true,
        }
    }
    (known || !unknown).then_some(saved)
}

fn touches_cache(row: &RollupRow) -> bool {
    let tokens = &row.spend.tokens;
    tokens.cache_read > 0 || tokens.cache_write_5m > 0 || tokens.cache_write_1h > 0
}

/// The same prompts without a cache.
fn afresh(tokens: &Tokens) -> Tokens {
    Tokens { input: tokens.tokens_in(), output: tokens.output, ..Tokens::default() }
}
