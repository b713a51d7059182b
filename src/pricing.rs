//! Model, tokens and day in; cost out, or no price. A table of facts built in, the user's own prices over it.
//!
//! Pure: no IO, no clock, no float in arithmetic. It never guesses a model: a name it does not know has no price,
//! which is not a price of zero, and the caller shows it as unpriced.

mod builtin;
mod decimal;
mod modifiers;
mod names;
mod overrides;
mod rates;
mod row;

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use crate::model::fingerprint;

pub use modifiers::Modifiers;
pub use names::implies_fast;
pub use row::{PriceRow, PriceStatus, Quote};

/// Names the built-in facts, so that costs are computed again when a release corrects one.
#[must_use]
pub fn builtin_fingerprint() -> u64 {
    fingerprint(builtin::BUILTIN.as_bytes())
}

/// Every known price. Large: share it behind an `Arc`.
#[derive(Clone, Debug)]
pub struct PriceTable {
    compiled: String,
    rows: Vec<PriceRow>,
    /// Every model name and alias, in normal form, to the rows that answer to it.
    by_name: HashMap<String, Vec<usize>>,
}

/// What is wrong with a price table, said to the person who can mend it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PriceError {
    #[error("the built-in price table is broken: {model}: {problem}; this is a bug of this build")]
    Builtin { model: String, problem: String },
    #[error(
        "cannot be read: {problem}; \
         it holds {{\"models\": [{{\"model\": \"name\", \"input\": 3.0, \"output\": 15.0}}]}}"
    )]
    OverrideFile { problem: String },
    #[error("model {model}: {problem}")]
    Override { model: String, problem: String },
}

impl PriceTable {
    /// Returns the prices this build knows.
    pub fn builtin() -> Result<PriceTable, PriceError> {
        let (compiled, rows) = builtin::load()?;
        let by_name = index(&rows);
        Ok(PriceTable { compiled, rows, by_name })
    }

    /// Lays the user's prices (the text of `data/config/prices.json`) over the table; the module `overrides` has the
    /// shape and the rules.
    pub fn with_overrides(mut self, json: &str) -> Result<PriceTable, PriceError> {
        let mut own = overrides::load(json, &self)?;
        let mut owned: HashSet<String> = HashSet::new();
        for row in &mut own {
            owned.insert(row.model.clone());
            owned.extend(row.aliases.iter().cloned());
            let replaced = self.rows.iter().filter(|old| old.model == row.model);
            row.aliases.extend(replaced.flat_map(|old| old.aliases.iter().cloned()));
        }
        self.rows.retain(|old| own.iter().all(|row| row.model != old.model));
        let first_own = self.rows.len();
        self.rows.extend(own);
        self.by_name = index(&self.rows);
        for name in owned {
            self.by_name.entry(name).and_modify(|rows| rows.retain(|row| *row >= first_own));
        }
        Ok(self)
    }

    /// Returns the price of a model for usage on this day (UTC); `None` when the model has no known price.
    ///
    /// The name is looked up as it is, then with one prefix or suffix less at a time, so the most exact name wins. A
    /// name that matched only without its `-fast` needs a row with a fast price; the caller then sets
    /// [`Modifiers::fast`] by [`implies_fast`].
    #[must_use]
    pub fn find(&self, model: &str, date: NaiveDate) -> Option<&PriceRow> {
        let name = names::normal(model);
        let (mut name, mut fast): (&str, bool) = (&name, false);
        loop {
            let row = self.named(name, date).filter(|row| !fast || row.has_fast_price());
            if row.is_some() {
                return row;
            }
            let step = names::shorter(name)?;
            (name, fast) = (step.name, fast || step.fast);
        }
    }

    /// Returns how many models have a price.
    #[must_use]
    pub fn models(&self) -> usize {
        self.rows.iter().map(|row| row.model.as_str()).collect::<HashSet<_>>().len()
    }

    /// Returns the day the built-in facts were compiled, `2026-11-20`.
    #[must_use]
    pub fn compiled(&self) -> &str {
        &self.compiled
    }

    /// Chooses among the rows of a name: those whose dates hold; of them a model's own name before an alias; then the
    /// latest start; then a superseded price, which still holds only on days it was seen, before the open-ended one.
    ///
    /// Usage from before the first start has the earliest price. A model cannot be used before its release, and
    /// release dates are approximate, so the price is right and the date is not. A gap or an end has no price.
    fn named(&self, name: &str, date: NaiveDate) -> Option<&PriceRow> {
        let rows = || self.by_name.get(name).into_iter().flatten().filter_map(|row| self.rows.get(*row));
        let holding = rows()
            .filter(|row| row.holds_on(date))
            .max_by_key(|row| (row.model == name, row.effective_from, row.status == PriceStatus::Superseded));
        holding.or_else(|| {
            let lasting = || rows().filter(|row| row.status != PriceStatus::Superseded);
            let early = lasting().all(|row| row.effective_from.is_some_and(|from| date < from));
            early.then(|| lasting().max_by_key(|row| (row.model == name, Reverse(row.effective_from)))).flatten()
        })
    }
}

fn index(rows: &[PriceRow]) -> HashMap<String, Vec<usize>> {
    let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
    for (position, row) in rows.iter().enumerate() {
        for name in std::iter::once(&row.model).chain(&row.aliases) {
            let rows = by_name.entry(name.clone()).or_default();
            // An override inherits aliases its user may have written too.
            if rows.last() != Some(&position) {
                rows.push(position);
            }
        }
    }
    by_name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Tokens;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn table() -> PriceTable {
        PriceTable::builtin().expect("the built-in table")
    }

    /// The rates of a model on a day, read off by pricing one token of a kind: (input, cache read), in pico-USD.
    fn rates(table: &PriceTable, model: &str, date: &str) -> Option<(i128, i128)> {
        let row = table.find(model, day(date))?;
        let pico = |tokens: Tokens| row.cost(&tokens, 0, Modifiers::default()).cost.pico();
        let one = Tokens::default();
        Some((pico(Tokens { input: 1, ..one }), pico(Tokens { cache_read: 1, ..one })))
    }

    #[test]
    fn a_name_finds_its_model_and_no_other() {
        let table = table();
        let cases = [
            ("claude-opus-5-5", Some("claude-opus-5-5")),
            (" Anthropic/Claude-Opus-5-5[1m] ", Some("claude-opus-5-5")),
            ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", Some("claude-sonnet-4-5")),
            ("global.anthropic.claude-opus-4-6-v1", Some("claude-opus-4-6")),
            ("vertex_ai/claude-opus-4-5@20251101", Some("claude-opus-4-5")),
            ("openrouter/openai/gpt-6.1-sol", Some("gpt-6.1-sol")),
            ("openai/gpt-4o-2024-08-06", Some("gpt-4o")),
            ("models/gemini-2.5-pro", Some("gemini-2.5-pro")),
            ("gpt-5.6", Some("gpt-5.6-sol")),
            ("claude-3-5-sonnet-latest", Some("claude-3-5-sonnet")),
            ("mistral/mistral-small-latest", Some("mistral-small-latest")),
            ("codex-mini-latest", Some("codex-mini-latest")),
            ("claude-opus-4-6-fast", Some("claude-opus-4-6")),
            ("gpt-5.5-fast", Some("gpt-5.5")),
            ("claude-opus-4-9", None),
            ("claude-opus", None),
            ("gpt-6.2-sol", None),
            ("gpt-6", None),
            ("claude-opus-4-5-fast", None),
            ("grok-4-fast", None),
            ("grok-3-fast", None),
            ("somebody/gpt-4o", None),
            ("<synthetic>", None),
            ("", None),
        ];
        for (name, model) in cases {
            assert_eq!(table.find(name, day("2026-11-20")).map(|row| row.model.as_str()), model, "{name}");
        }
        assert_eq!((table.models(), table.compiled()), (111, "2026-11-20"));
    }

    #[test]
    fn a_price_holds_between_its_dates() {
        let table = table();
        let cases = [
            ("claude-sonnet-5-5", "2026-10-06", (2_000_000, 200_000)),
            ("claude-sonnet-5-5", "2026-10-07", (2_000_000, 100_000)),
            ("gpt-5.6-sol", "2026-08-20", (5_000_000, 500_000)),
            ("gpt-5.6-sol", "2026-08-21", (4_000_000, 400_000)),
            ("gemini-3.8-flash", "2026-12-31", (750_000, 75_000)),
            ("gemini-3.8-flash", "2027-01-01", (1_500_000, 150_000)),
            // Before the release: the earliest price, because the release date is what is uncertain.
            ("claude-sonnet-5-5", "2026-09-01", (2_000_000, 200_000)),
            // Shut down, and still priced.
            ("claude-3-opus", "2026-11-20", (15_000_000, 1_500_000)),
        ];
        for (model, date, expected) in cases {
            assert_eq!(rates(&table, model, date), Some(expected), "{model} on {date}");
        }
    }

    #[test]
    fn a_superseded_price_holds_up_to_the_day_it_was_seen() {
        let table = table();
        let cases = [
            ("gemini-3.6-flash", "2026-08-01", Some(("gemini-3.6-flash", PriceStatus::Superseded))),
            ("gemini-3.6-flash", "2026-08-02", Some(("gemini-3.6-flash", PriceStatus::Active))),
            ("deepseek-chat", "2026-08-01", Some(("deepseek-v3.2", PriceStatus::Superseded))),
            ("deepseek-chat", "2026-08-02", Some(("deepseek-flash", PriceStatus::Active))),
            ("deepseek-v4-flash", "2026-08-01", Some(("deepseek-v4-flash", PriceStatus::Superseded))),
            ("deepseek-v4-flash", "2026-11-20", Some(("deepseek-flash", PriceStatus::Active))),
            ("deepseek-v3.2", "2026-11-20", None),
        ];
        for (model, date, expected) in cases {
            let found = table.find(model, day(date)).map(|row| (row.model.as_str(), row.status));
            assert_eq!(found, expected, "{model} on {date}");
        }
    }
}
