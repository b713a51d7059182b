//! The user's own prices, `data/config/prices.json`: negotiated rates, private models, a price we do not know yet.
//!
//! ```json
//! {"models": [
//!   {"model": "my-model", "aliases": ["mine"], "input": 3.0, "output": 15.0,
//!    "cacheWrite5m": 3.75, "cacheWrite1h": 6, "cacheRead": 0.3, "from": "2026-01-01", "to": "2027-01-01"}
//! ]}
//! ```
//!
//! Rates are US dollars per million tokens, up to six decimals. `model`, `input` and `output` are required. `from` is
//! the first day (UTC) of the price and `to` the first day without it. Cache rates left out are assumed from `input`
//! as Anthropic does it: 1.25x, 2x and 0.1x. A model may have several entries with different `from`.
//!
//! From the first day of its model's earliest entry on (without one, for all days), an entry replaces every other price
//! of its model and owns its names: `model` and `aliases` mean this entry, and nothing else. Days before it keep the
//! price they had; if they had none, the earliest entry is theirs too. A user who corrects a known model states token rates only, so the entry keeps what else the built-in
//! row knew: its aliases, its multipliers (batch, fast, US) and its price of a web search.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::decimal::{Ratio, Unfit, pico_per_token};
use super::rates::{CacheRule, Card, Listed, ListedCard};
use super::row::{Extras, Origin, PriceRow, PriceStatus};
use super::{PriceError, PriceTable, names};

const PATH: &str = "data/config/prices.json";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    models: Vec<Value>,
}

/// Rates stay JSON values here, so that a wrong one is reported by its name.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Entry {
    pub model: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    pub input: Value,
    pub output: Value,
    #[serde(rename = "cacheWrite5m", skip_serializing_if = "Option::is_none")]
    pub cache_write_5m: Option<Value>,
    #[serde(rename = "cacheWrite1h", skip_serializing_if = "Option::is_none")]
    pub cache_write_1h: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_read: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// Reads the entries as rows; `known` gives what an entry inherits.
pub(super) fn load(json: &str, known: &PriceTable) -> Result<Vec<PriceRow>, PriceError> {
    let mut rows: Vec<PriceRow> = Vec::new();
    for entry in entries(json)? {
        let model = entry.model.clone();
        let row = row(entry, known).map_err(|problem| PriceError::Override { model: model.clone(), problem })?;
        if let Some(problem) = rows.iter().find_map(|other| clash(&row, other)) {
            return Err(PriceError::Override { model, problem });
        }
        rows.push(row);
    }
    Ok(rows)
}

/// The first day on which each model and each alias is the user's; `None` when it always is.
pub(super) fn first_days(own: &[PriceRow]) -> HashMap<String, Option<NaiveDate>> {
    let mut days: HashMap<String, Option<NaiveDate>> = HashMap::new();
    for row in own {
        let first = own.iter().filter(|other| other.model == row.model).map(|other| other.effective_from).min();
        for name in std::iter::once(&row.model).chain(&row.aliases) {
            days.insert(name.clone(), first.flatten());
        }
    }
    days
}

pub(super) fn entries(json: &str) -> Result<Vec<Entry>, PriceError> {
    let document: Document =
        serde_json::from_str(json).map_err(|error| PriceError::OverrideFile { problem: error.to_string() })?;
    let entry = |(index, value): (usize, Value)| {
        let named = value.get("model").and_then(Value::as_str).map(str::to_owned);
        let model = named.unwrap_or_else(|| format!("number {}", index + 1));
        serde_json::from_value(value).map_err(|error| PriceError::Override { model, problem: error.to_string() })
    };
    document.models.into_iter().enumerate().map(entry).collect()
}

fn row(entry: Entry, known: &PriceTable) -> Result<PriceRow, String> {
    let model = names::normal(&entry.model).into_owned();
    let aliases: Vec<String> = entry.aliases.iter().map(|alias| names::normal(alias).into_owned()).collect();
    if model.is_empty() || aliases.iter().any(String::is_empty) {
        return Err("a name is empty; write the model's name as the logs show it".to_owned());
    }
    let base = Listed {
        input: Some(rate("input", &entry.input)?),
        cache_write: optional("cacheWrite5m", entry.cache_write_5m.as_ref())?,
        cache_write_1h: optional("cacheWrite1h", entry.cache_write_1h.as_ref())?,
        cache_read: optional("cacheRead", entry.cache_read.as_ref())?,
        output: Some(rate("output", &entry.output)?),
    };
    let listed = ListedCard { base, tiers: Vec::new() };
    let (effective_from, effective_to) = (day("from", entry.from.as_deref())?, day("to", entry.to.as_deref())?);
    if effective_from.zip(effective_to).is_some_and(|(from, to)| to <= from) {
        return Err("`to` must be later than `from`; it is the first day without this price".to_owned());
    }
    let sibling = known.find(&model, NaiveDate::MAX);
    Ok(PriceRow {
        provider: sibling.map_or_else(|| "custom".to_owned(), |row| row.provider.clone()),
        aliases,
        status: PriceStatus::Active,
        effective_from,
        effective_to,
        as_of: None,
        confidence: "override".to_owned(),
        source: PATH.to_owned(),
        notes: None,
        origin: Origin::Own,
        last_seen: None,
        standard: Card::standard(&listed, CacheRule::Anthropic).ok_or("`input` is missing")?,
        extras: extras(&model, sibling),
        model,
    })
}

/// What an entry keeps of the built-in row. Its listed batch, flex and priority rates go: they were the old price's.
fn extras(model: &str, sibling: Option<&PriceRow>) -> Extras {
    let mut extras = sibling.map(|row| row.extras.clone()).unwrap_or_default();
    for service in [&mut extras.batch, &mut extras.flex, &mut extras.priority] {
        service.card = None;
    }
    // A price for the very name "x-fast" is the fast price: the fast of the name must not multiply it again.
    if names::implies_fast(model) {
        extras.fast = Some(Ratio::ONE);
    }
    extras
}

fn optional(field: &str, value: Option<&Value>) -> Result<Option<u64>, String> {
    value.map(|value| rate(field, value)).transpose()
}

pub(super) fn rate(field: &str, value: &Value) -> Result<u64, String> {
    const REMEDY: &str = "write US dollars per million tokens, such as 3.75";
    let Value::Number(number) = value else { return Err(format!("`{field}` must be a number; {REMEDY}")) };
    let pico = pico_per_token(&number.to_string()).map_err(|unfit| match unfit {
        Unfit::Negative => format!("`{field}` must not be negative; {REMEDY}"),
        Unfit::TooPrecise => format!("`{field}` has more than six decimals; {REMEDY}"),
        Unfit::TooLarge => format!("`{field}` is a dollar per token or more; {REMEDY}"),
    })?;
    u64::try_from(pico).map_err(|_| format!("`{field}` is out of range; {REMEDY}"))
}

fn day(field: &str, text: Option<&str>) -> Result<Option<NaiveDate>, String> {
    let parse = |text: &str| text.parse().map_err(|_| format!("`{field}` must be a date such as \"2026-01-31\""));
    text.map(parse).transpose()
}

/// Says why two entries cannot both stand: nobody could tell which of them is meant.
fn clash(row: &PriceRow, other: &PriceRow) -> Option<String> {
    if row.model == other.model {
        let same = row.effective_from == other.effective_from;
        return same.then(|| "appears twice with the same `from`; keep one, or give them different dates".to_owned());
    }
    let owned = |name: &&String| **name == other.model || other.aliases.contains(name);
    let name = std::iter::once(&row.model).chain(&row.aliases).find(owned)?;
    Some(format!("the name `{name}` belongs to `{}` too; remove it from one of them", other.model))
}

#[cfg(test)]
mod tests;
