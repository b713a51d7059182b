//! Model, tokens and day in; cost out, or no price. A table of facts built in, prices from public lists over it, and
//! the user's own prices over both.
//!
//! Pure: no IO, no clock, no float in arithmetic. It never guesses a model: a name it does not know has no price,
//! which is not a price of zero, and the caller shows it as unpriced.

mod builtin;
mod choice;
mod decimal;
mod entry;
mod import;
mod listed;
mod modifiers;
mod names;
mod overrides;
mod rates;
mod row;
mod split;
mod update;
mod updated;

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;

use crate::model::{ModelRates, Rates, fingerprint};

pub use choice::{Choice, put_back, remove, set, typed_rate};
pub use import::{LIST_MAX_BYTES, ListFormat, Refusal};
pub use listed::{PerMillion, Prices, RateLine, TierLine};
pub use modifiers::Modifiers;
pub use names::implies_fast;
pub use row::{Origin, PriceRow, PriceStatus, Quote};
pub use split::KindCharge;
pub use update::{Added, Changed, LITELLM_URL, MODELS_DEV_URL, Shorter, Update, UpdateError, UpdateReport, update};
pub use updated::{Counts, Updated};

/// Names the built-in facts, so that costs are computed again when a release corrects one.
#[must_use]
pub fn builtin_fingerprint() -> u64 {
    fingerprint(builtin::BUILTIN.as_bytes())
}

/// Every known price. Large: share it behind an `Arc`.
#[derive(Clone, Debug)]
pub struct PriceTable {
    compiled: String,
    /// What Anthropic takes for a thousand web searches, in micro-USD.
    anthropic_search: u64,
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
    #[error("cannot be used: {problem}; remove the file and run `allclear prices update`, which writes it anew")]
    Updated { problem: String },
}

impl PriceTable {
    /// Returns the prices this build knows.
    pub fn builtin() -> Result<PriceTable, PriceError> {
        let (compiled, anthropic_search, rows) = builtin::load()?;
        let by_name = index(&rows);
        Ok(PriceTable { compiled, anthropic_search, rows, by_name })
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
        let first_days = overrides::first_days(&own);
        let models: HashSet<String> = own.iter().map(|row| row.model.clone()).collect();
        let mut kept = Vec::new();
        for old in self.rows {
            // A price from a list may be that of a longer name of the same model, which would be found before the
            // user's.
            let longer = || names::spelled(&old.model, &owned).filter(|_| old.origin == Origin::Updated);
            let replaced = if models.contains(&old.model) { Some(old.model.as_str()) } else { longer() };
            kept.extend(match replaced.map(|name| first_days.get(name).copied().flatten()) {
                Some(first_day) => first_day.and_then(|day| old.until(day)),
                None => Some(old),
            });
        }
        self.rows = kept;
        let first_own = self.rows.len();
        self.rows.extend(own);
        self.by_name = index(&self.rows);
        for name in owned {
            let (rows, is_model) = (&self.rows, models.contains(&name));
            let before = |row: usize| is_model && rows.get(row).is_some_and(|row| row.model == name);
            if let Some(rows) = self.by_name.get_mut(&name) {
                rows.retain(|row| *row >= first_own || before(*row));
            }
        }
        Ok(self)
    }

    /// Returns the user's own prices, whatever their days.
    pub fn own(&self) -> impl Iterator<Item = &PriceRow> {
        self.rows.iter().filter(|row| row.origin == Origin::Own)
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

    /// Returns whether any row, of whatever day, could answer to the name.
    fn knows(&self, model: &str) -> bool {
        let name = names::normal(model);
        let (mut name, mut fast): (&str, bool) = (&name, false);
        loop {
            let mut rows = self.by_name.get(name).into_iter().flatten().filter_map(|row| self.rows.get(*row));
            if rows.any(|row| !fast || row.has_fast_price()) {
                return true;
            }
            let Some(step) = names::shorter(name) else { return false };
            (name, fast) = (step.name, fast || step.fast);
        }
    }

    /// Returns the highest rate of any model, in pico-USD per token.
    fn dearest(&self) -> u64 {
        let rates = self.rows.iter().flat_map(|row| row.standard.base.0).map(|rate| rate.femto / rates::FEMTO_PER_PICO);
        u64::try_from(rates.max().unwrap_or_default()).unwrap_or(u64::MAX)
    }

    /// Returns the price of every model that has one on this day, by name.
    #[must_use]
    pub fn in_force(&self, date: NaiveDate) -> Vec<&PriceRow> {
        let names: BTreeSet<&str> = self.rows.iter().map(|row| row.model.as_str()).collect();
        let own = |name: &&str| self.named(name, date).filter(|row| row.model == **name);
        names.iter().filter_map(own).collect()
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
    ///
    /// A price from a list never holds before its first day, and one without a first day holds where nothing else does
    /// but a price of the user's that begins later.
    fn named(&self, name: &str, date: NaiveDate) -> Option<&PriceRow> {
        let all = || self.by_name.get(name).into_iter().flatten().filter_map(|row| self.rows.get(*row));
        let holding = all()
            .filter(|row| row.holds_on(date) && !row.is_stopgap())
            .max_by_key(|row| (row.model == name, row.effective_from, row.status == PriceStatus::Superseded));
        let early = |origin: Origin| {
            let lasting = || all().filter(|row| row.origin == origin && row.status != PriceStatus::Superseded);
            let early = lasting().all(|row| row.effective_from.is_some_and(|from| date < from));
            early.then(|| lasting().max_by_key(|row| (row.model == name, Reverse(row.effective_from)))).flatten()
        };
        let stopgap = || {
            let lasting = |row: &&PriceRow| row.is_stopgap() && row.effective_to.is_none_or(|to| date < to);
            all().filter(lasting).max_by_key(|row| row.model == name)
        };
        holding.or_else(|| early(Origin::BuiltIn)).or_else(stopgap).or_else(|| early(Origin::Own))
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

impl Rates for PriceTable {
    fn rates(&self, model: &str, date: NaiveDate) -> Option<ModelRates> {
        self.find(model, date).map(|row| row.token_rates(model))
    }
}

#[cfg(test)]
mod tests;
