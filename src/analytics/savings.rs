//! What the prompt cache saved: every token read from it would have been read afresh, every token written to it cost a
//! surcharge.

use chrono::NaiveDate;
use rustc_hash::FxHashMap;

use super::Facts;
use super::lines::Lines;
use crate::model::{DateRange, RollupRow, Tokens, Usd};

/// Returns the savings of a span at list prices; `None` when the cache was used, and by no model with a price.
pub(super) fn cache_savings(facts: &Facts, lines: &Lines<'_>, range: DateRange) -> Option<Usd> {
    let mut used: FxHashMap<(u32, NaiveDate), Tokens> = FxHashMap::default();
    for line in lines.lines.iter().filter(|line| range.contains(line.row.date) && touches_cache(line.row)) {
        *used.entry((line.model, line.row.date)).or_default() += line.row.spend.tokens;
    }
    let mut saved = Usd::ZERO;
    let (mut known, mut unknown) = (false, false);
    for ((model, date), tokens) in used {
        match facts.rates.rates(lines.models[model as usize], date) {
            Some(rates) => {
                known = true;
                saved += rates.standard.cost(&afresh(&tokens)) - rates.standard.cost(&tokens);
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
