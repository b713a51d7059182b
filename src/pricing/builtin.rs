//! The built-in price table: facts read from public price pages, embedded so that pricing needs no network.
//!
//! `prices.json` keeps where and when each fact was read; a person corrects a price there, or in an override.

use serde::Deserialize;

use super::PriceError;
use super::entry::Entry;
use super::row::PriceRow;

pub(super) const BUILTIN: &str = include_str!("prices.json");
const SCHEMA: &str = "ai-price-table/1";

#[derive(Deserialize)]
struct Document {
    meta: Meta,
    models: Vec<Entry>,
}

#[derive(Deserialize)]
struct Meta {
    schema: String,
    compiled: String,
    tools: Tools,
}

#[derive(Deserialize)]
struct Tools {
    anthropic_web_search_micro_usd_per_1k: u64,
}

/// Returns the day the table was compiled, what Anthropic takes for a thousand searches, and the rows.
pub(super) fn load() -> Result<(String, u64, Vec<PriceRow>), PriceError> {
    let document: Document = serde_json::from_str(BUILTIN)
        .map_err(|error| PriceError::Builtin { model: "the file".to_owned(), problem: error.to_string() })?;
    if document.meta.schema != SCHEMA {
        let problem = format!("has schema {}, not {SCHEMA}", document.meta.schema);
        return Err(PriceError::Builtin { model: "the file".to_owned(), problem });
    }
    let search = document.meta.tools.anthropic_web_search_micro_usd_per_1k;
    let row = |entry: Entry| {
        let model = entry.model.clone();
        entry.row(search).map_err(|problem| PriceError::Builtin { model, problem })
    };
    let rows: Result<Vec<PriceRow>, PriceError> = document.models.into_iter().map(row).collect();
    Ok((document.meta.compiled, search, rows?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_parses_with_sane_rates_and_a_source() {
        let (compiled, _, rows) = load().expect("the built-in table");
        assert_eq!((compiled.as_str(), rows.len()), ("2026-11-20", 118));
        for row in rows {
            assert!(!row.confidence.is_empty() && !row.source.is_empty(), "{}", row.model);
            assert_eq!(row.model, row.model.to_lowercase());
            assert!(row.effective_from.zip(row.effective_to).is_none_or(|(from, to)| from < to), "{}", row.model);
        }
    }
}
