//! Prices from public lists, kept in `data/prices-updated.json`, over the built-in ones and under the user's.
//!
//! A price that differs from the one in force begins on the day it was seen, so the past keeps its costs. A price of a
//! model nobody knew before has no beginning: it is a *stopgap*, good for every day on which no other table has one.
//! Rows are only ever added, so a day that has passed is always answered the same way.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::decimal::Ratio;
use super::entry::Entry;
use super::import::ListFormat;
use super::row::{Extras, Origin, PriceRow};
use super::{PriceError, PriceTable, names};
use crate::model::fingerprint;

const SCHEMA: &str = "allclear-prices/1";

/// The document `data/prices-updated.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Updated {
    pub(super) schema: String,
    /// Where the latest list came from.
    pub source: String,
    pub format: ListFormat,
    /// The day (UTC) the latest list was taken over.
    pub fetched: NaiveDate,
    pub counts: Counts,
    /// Sorted by model, then by their first day.
    pub(super) models: Vec<Entry>,
}

/// How the latest list was taken over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Models with a price that could be read.
    pub listed: u64,
    pub added: u64,
    pub changed: u64,
    pub unchanged: u64,
    pub refused: u64,
    /// Entries and units that are no price per token.
    pub skipped: u64,
}

impl Updated {
    pub(super) fn new(
        source: String,
        format: ListFormat,
        fetched: NaiveDate,
        counts: Counts,
        mut models: Vec<Entry>,
    ) -> Updated {
        models.sort_by(|left, right| (&left.model, left.effective_from).cmp(&(&right.model, right.effective_from)));
        Updated { schema: SCHEMA.to_owned(), source, format, fetched, counts, models }
    }

    /// Reads the document.
    ///
    /// # Errors
    /// When it is damaged or of another version: a sentence with the remedy.
    pub fn parse(json: &str) -> Result<Updated, PriceError> {
        let wrong = |problem: String| PriceError::Updated { problem };
        let document: Updated = serde_json::from_str(json).map_err(|error| wrong(error.to_string()))?;
        if document.schema != SCHEMA {
            return Err(wrong(format!("it has schema {}, and this version reads {SCHEMA}", document.schema)));
        }
        Ok(document)
    }

    /// Returns the text of the document, one price a line.
    ///
    /// # Errors
    /// When a price cannot be written as JSON, which no value of it can cause.
    pub fn to_json(&self) -> serde_json::Result<String> {
        let head = Updated { models: Vec::new(), ..self.clone() };
        let mut text = serde_json::to_string_pretty(&head)?;
        let lines: Vec<String> = self.models.iter().map(serde_json::to_string).collect::<Result<_, _>>()?;
        if let Some(open) = text.rfind("[]") {
            text.truncate(open);
            text.push_str(&format!("[\n{}\n]\n}}\n", lines.join(",\n")));
        }
        Ok(text)
    }

    /// Names the prices, whatever day they were fetched: a list with no news must not have costs computed again.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        self.models.iter().fold(0, |all: u64, entry| {
            let text = serde_json::to_string(entry).unwrap_or_default();
            all.rotate_left(5) ^ fingerprint(text.as_bytes())
        })
    }

    /// Returns how many prices it holds.
    #[must_use]
    pub fn prices(&self) -> usize {
        self.models.len()
    }
}

impl PriceTable {
    /// Lays prices from public lists over the built-in ones. To be called before [`PriceTable::with_overrides`].
    ///
    /// # Errors
    /// When a price cannot be real: the document was changed by hand.
    pub fn with_updates(mut self, updated: &Updated) -> Result<PriceTable, PriceError> {
        let mut rows = Vec::with_capacity(updated.models.len());
        for entry in &updated.models {
            rows.push(self.updated_row(entry, updated)?);
        }
        self.rows.extend(rows);
        self.by_name = super::index(&self.rows);
        Ok(self)
    }

    /// `self` is the built-in table: what a list does not say of a model (its other names, its factors, its price of a
    /// web search), the built-in price of that day says.
    fn updated_row(&self, entry: &Entry, updated: &Updated) -> Result<PriceRow, PriceError> {
        let wrong = |problem: String| PriceError::Updated { problem: format!("model {}: {problem}", entry.model) };
        let mut row = entry.clone().row(self.anthropic_search).map_err(wrong)?;
        row.origin = Origin::Updated;
        if row.source.is_empty() {
            row.source.clone_from(&updated.source);
        }
        if let Some(known) = self.find(&row.model, row.effective_from.unwrap_or(updated.fetched)) {
            if known.model == row.model {
                row.aliases.extend(known.aliases.iter().cloned());
            }
            inherit(&mut row.extras, &known.extras);
        }
        // A price for the very name "x-fast" is the fast price: the fast of the name must not multiply it again.
        if names::implies_fast(&row.model) {
            row.extras.fast = Some(Ratio::ONE);
        }
        Ok(row)
    }
}

/// Batch, flex and priority rates that the built-in table lists stay behind: they were the old price's.
fn inherit(own: &mut Extras, known: &Extras) {
    own.batch.factor = own.batch.factor.or(known.batch.factor);
    own.flex.factor = own.flex.factor.or(known.flex.factor);
    own.priority.factor = own.priority.factor.or(known.priority.factor);
    own.fast = own.fast.or(known.fast);
    own.us_only = own.us_only.or(known.us_only);
    if own.web_search_pico == 0 {
        own.web_search_pico = known.web_search_pico;
    }
}
