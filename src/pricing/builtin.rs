//! The built-in price table: facts read from public price pages, embedded so that pricing needs no network.
//!
//! `prices.json` keeps where and when each fact was read; a person corrects a price there, or in an override.

use std::collections::BTreeMap;

use chrono::{Days, Months, NaiveDate};
use serde::Deserialize;
use serde_json::Number;

use super::decimal::Ratio;
use super::rates::{CacheRule, Card, ListedCard};
use super::row::{Extras, PriceRow, PriceStatus, Service};
use super::{PriceError, names};

pub(super) const BUILTIN: &str = include_str!("prices.json");
const SCHEMA: &str = "ai-price-table/1";
/// Micro-USD per 1000 searches to pico-USD per search.
const PICO_PER_MICRO_PER_1K: i128 = 1_000;
/// 1 USD per token: beyond it a number is a mistake in units.
const RATE_MAX_PICO: u64 = 1_000_000_000_000;

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

#[derive(Deserialize)]
struct Entry {
    provider: String,
    model: String,
    #[serde(default)]
    aliases: Vec<String>,
    status: PriceStatus,
    effective_from: Option<NaiveDate>,
    effective_to: Option<NaiveDate>,
    rates: Cards,
    #[serde(default)]
    multipliers: BTreeMap<String, Number>,
    web_search_micro_usd_per_1k: Option<u64>,
    as_of: Option<String>,
    confidence: String,
    source: String,
    notes: Option<String>,
}

#[derive(Deserialize)]
struct Cards {
    standard: ListedCard,
    batch: Option<ListedCard>,
    flex: Option<ListedCard>,
    priority: Option<ListedCard>,
}

/// Returns the day the table was compiled and its rows.
pub(super) fn load() -> Result<(String, Vec<PriceRow>), PriceError> {
    let document: Document = serde_json::from_str(BUILTIN)
        .map_err(|error| PriceError::Builtin { model: "the file".to_owned(), problem: error.to_string() })?;
    if document.meta.schema != SCHEMA {
        let problem = format!("has schema {}, not {SCHEMA}", document.meta.schema);
        return Err(PriceError::Builtin { model: "the file".to_owned(), problem });
    }
    let search = document.meta.tools.anthropic_web_search_micro_usd_per_1k;
    let rows: Result<Vec<PriceRow>, PriceError> = document.models.into_iter().map(|entry| row(entry, search)).collect();
    Ok((document.meta.compiled, rows?))
}

fn row(entry: Entry, anthropic_search: u64) -> Result<PriceRow, PriceError> {
    let wrong = |problem: &str| PriceError::Builtin { model: entry.model.clone(), problem: problem.to_owned() };
    let anthropic = entry.provider == "anthropic";
    let rule = if anthropic { CacheRule::Anthropic } else { CacheRule::InputRate };
    if !entry.rates.all().all(ListedCard::is_sane) {
        return Err(wrong("has a rate of 1 USD per token or more"));
    }
    let standard = Card::standard(&entry.rates.standard, rule).ok_or_else(|| wrong("has no input rate"))?;
    let factor = |name: &str| match entry.multipliers.get(name).map(|number| Ratio::parse(&number.to_string())) {
        Some(None) => Err(wrong("has a multiplier that is no positive decimal")),
        found => Ok(found.flatten()),
    };
    let service = |name: &str, listed: &Option<ListedCard>| {
        let card = listed.as_ref().and_then(|listed| Card::variant(listed, &entry.rates.standard, &standard));
        Ok::<_, PriceError>(Service { card, factor: factor(name)? })
    };
    let search = entry.web_search_micro_usd_per_1k.unwrap_or(if anthropic { anthropic_search } else { 0 });
    let extras = Extras {
        batch: service("batch", &entry.rates.batch)?,
        flex: service("flex", &entry.rates.flex)?,
        priority: service("priority", &entry.rates.priority)?,
        fast: factor("fast")?,
        us_only: factor("inference_geo_us")?.map_or_else(|| factor("regional_us"), |us| Ok(Some(us)))?,
        web_search_pico: i128::from(search).saturating_mul(PICO_PER_MICRO_PER_1K),
    };
    let last_seen = entry.as_of.as_deref().and_then(last_day);
    if entry.status == PriceStatus::Superseded && last_seen.is_none() {
        return Err(wrong("is superseded and does not say when it was seen (as_of)"));
    }
    Ok(PriceRow {
        provider: entry.provider,
        model: names::normal(&entry.model).into_owned(),
        aliases: entry.aliases.iter().map(|alias| names::normal(alias).into_owned()).collect(),
        status: entry.status,
        effective_from: entry.effective_from,
        effective_to: entry.effective_to,
        as_of: entry.as_of,
        confidence: entry.confidence,
        source: entry.source,
        notes: entry.notes,
        last_seen,
        standard,
        extras,
    })
}

/// Returns the day, or the last day of a month: a price read in November held until its end.
fn last_day(as_of: &str) -> Option<NaiveDate> {
    let month = || {
        let first: NaiveDate = format!("{as_of}-01").parse().ok()?;
        first.checked_add_months(Months::new(1))?.checked_sub_days(Days::new(1))
    };
    as_of.parse().ok().or_else(month)
}

impl Cards {
    fn all(&self) -> impl Iterator<Item = &ListedCard> {
        [Some(&self.standard), self.batch.as_ref(), self.flex.as_ref(), self.priority.as_ref()].into_iter().flatten()
    }
}

impl ListedCard {
    fn is_sane(&self) -> bool {
        let lists = std::iter::once(&self.base).chain(self.tiers.iter().map(|tier| &tier.listed));
        lists.flat_map(|listed| listed.in_order()).flatten().all(|pico| pico < RATE_MAX_PICO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_parses_with_sane_rates_and_a_source() {
        let (compiled, rows) = load().expect("the built-in table");
        assert_eq!((compiled.as_str(), rows.len()), ("2026-11-20", 118));
        for row in rows {
            assert!(!row.confidence.is_empty() && !row.source.is_empty(), "{}", row.model);
            assert_eq!(row.model, row.model.to_lowercase());
            assert!(row.effective_from.zip(row.effective_to).is_none_or(|(from, to)| from < to), "{}", row.model);
        }
    }

    #[test]
    fn a_month_lasts_until_its_last_day() {
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        assert_eq!(last_day("2026-11"), day("2026-11-30"));
        assert_eq!(last_day("2026-08-01"), day("2026-08-01"));
        assert_eq!(last_day("autumn"), None);
    }
}
