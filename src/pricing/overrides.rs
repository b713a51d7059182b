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
//! An entry replaces every built-in price of its model and owns its names: `model` and `aliases` mean this entry, and
//! nothing else. A user who corrects a known model states token rates only, so the entry keeps what else the built-in
//! row knew: its aliases, its multipliers (batch, fast, US) and its price of a web search.

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::Value;

use super::decimal::{Ratio, Unfit, pico_per_token};
use super::rates::{CacheRule, Card, Listed, ListedCard};
use super::row::{Extras, PriceRow, PriceStatus};
use super::{PriceError, PriceTable, names};

const PATH: &str = "data/config/prices.json";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    models: Vec<Value>,
}

/// Rates stay JSON values here, so that a wrong one is reported by its name.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Entry {
    model: String,
    #[serde(default)]
    aliases: Vec<String>,
    input: Value,
    output: Value,
    #[serde(rename = "cacheWrite5m")]
    cache_write_5m: Option<Value>,
    #[serde(rename = "cacheWrite1h")]
    cache_write_1h: Option<Value>,
    cache_read: Option<Value>,
    from: Option<String>,
    to: Option<String>,
}

/// Reads the entries as rows; `known` gives what an entry inherits.
pub(super) fn load(json: &str, known: &PriceTable) -> Result<Vec<PriceRow>, PriceError> {
    let document: Document =
        serde_json::from_str(json).map_err(|error| PriceError::OverrideFile { problem: error.to_string() })?;
    let mut rows: Vec<PriceRow> = Vec::with_capacity(document.models.len());
    for (index, value) in document.models.into_iter().enumerate() {
        let named = value.get("model").and_then(Value::as_str).map(str::to_owned);
        let model = named.unwrap_or_else(|| format!("number {}", index + 1));
        let wrong = |problem: String| PriceError::Override { model: model.clone(), problem };
        let entry: Entry = serde_json::from_value(value).map_err(|error| wrong(error.to_string()))?;
        let row = row(entry, known).map_err(wrong)?;
        if let Some(problem) = rows.iter().find_map(|other| clash(&row, other)) {
            return Err(PriceError::Override { model, problem });
        }
        rows.push(row);
    }
    Ok(rows)
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

fn rate(field: &str, value: &Value) -> Result<u64, String> {
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
mod tests {
    use super::*;
    use crate::model::Tokens;
    use crate::pricing::Modifiers;

    fn table(json: &str) -> Result<PriceTable, PriceError> {
        PriceTable::builtin().expect("the built-in table").with_overrides(json)
    }

    /// Pico-USD of one input token and whether the price is the user's own.
    fn price(table: &PriceTable, model: &str, date: &str, modifiers: &str) -> Option<(i128, bool)> {
        let row = table.find(model, date.parse().expect("a date"))?;
        let one = Tokens { input: 1, ..Tokens::default() };
        Some((row.cost(&one, 0, Modifiers::parse(modifiers)).cost.pico(), row.confidence == "override"))
    }

    #[test]
    fn the_users_price_wins_under_every_name_and_keeps_the_multipliers() {
        let table = table(
            r#"{"models": [
            {"model": "GPT-5.6-Sol", "aliases": ["deepseek-chat"], "input": 3.5, "output": 1e1},
            {"model": "claude-opus-5-5", "input": 1, "output": 2, "from": "2026-01-01"},
            {"model": "claude-opus-5-5", "input": 2, "output": 2, "from": "2026-06-01", "to": "2026-12-01"},
            {"model": "claude-opus-4-6-fast", "input": 7, "output": 9},
            {"model": "dear", "input": 123456.789012, "output": 0},
            {"model": "mine", "input": 0.000001, "output": 0}]}"#,
        )
        .expect("good overrides");
        let cases = [
            ("gpt-5.6-sol", "2026-08-01", "", Some((3_500_000, true))),
            ("gpt-5.6", "2026-11-20", "batch", Some((1_750_000, true))),
            ("deepseek-chat", "2026-07-01", "", Some((3_500_000, true))),
            ("claude-opus-5-5", "2026-05-31", "fast+us", Some((2_200_000, true))),
            ("claude-opus-5-5", "2026-06-01", "", Some((2_000_000, true))),
            ("claude-opus-5-5", "2025-01-01", "", Some((1_000_000, true))),
            ("claude-opus-4-6-fast", "2026-11-20", "fast", Some((7_000_000, true))),
            ("claude-opus-4-6", "2026-11-20", "", Some((5_000_000, false))),
            ("dear", "2026-11-20", "", Some((123_456_789_012, true))),
            ("mine", "2026-11-20", "", Some((1, true))),
            ("claude-opus-4-9", "2026-11-20", "", None),
        ];
        for (model, date, modifiers, expected) in cases {
            assert_eq!(price(&table, model, date, modifiers), expected, "{model} {date} {modifiers}");
        }
        assert_eq!(table.models(), 114);
    }

    #[test]
    fn cache_rates_left_out_are_assumed() {
        let table = table(r#"{"models": [{"model": "m", "input": 1, "output": 2, "cacheWrite1h": 3}]}"#).expect("good");
        let row = table.find("m", NaiveDate::default()).expect("a row");
        let cost = |tokens| row.cost(&tokens, 1, Modifiers::default());
        let one_hour = cost(Tokens { cache_write_1h: 1, ..Tokens::default() });
        assert_eq!((one_hour.cost.pico(), one_hour.assumed), (3_000_000, false));
        let read = cost(Tokens { cache_read: 1, ..Tokens::default() });
        assert_eq!((read.cost.pico(), read.assumed), (100_000, true));
    }

    #[test]
    fn a_bad_entry_is_named_with_what_to_do() {
        let cases = [
            (r#"{"model": "m", "input": -1, "output": 1}"#, "model m: `input` must not be negative"),
            (r#"{"model": "m", "input": 1, "output": 0.1234567}"#, "`output` has more than six decimals"),
            (r#"{"model": "m", "input": 1000000, "output": 1}"#, "`input` is a dollar per token or more"),
            (r#"{"model": "m", "input": "3", "output": 1}"#, "model m: `input` must be a number; write US dollars"),
            (r#"{"model": "m", "input": 3}"#, "model m: missing field `output`"),
            (r#"{"model": "m", "input": 3, "output": 1, "cached": 1}"#, "model m: unknown field `cached`"),
            (r#"{"model": "m", "input": 3, "output": 1, "from": "May"}"#, "model m: `from` must be a date"),
            (
                r#"{"model": "m", "input": 3, "output": 1, "from": "2026-02-01", "to": "2026-02-01"}"#,
                "`to` must be later",
            ),
            (r#"{"model": " ", "input": 3, "output": 1}"#, "a name is empty"),
            (r#"{"input": 3, "output": 1}"#, "model number 1: missing field `model`"),
            (
                r#"{"model": "m", "input": 3, "output": 1}, {"model": "M", "input": 3, "output": 1}"#,
                "model M: appears twice",
            ),
            (
                r#"{"model": "m", "input": 3, "output": 1}, {"model": "n", "aliases": ["m"], "input": 3, "output": 1}"#,
                "model n: the name `m` belongs to `m` too",
            ),
        ];
        for (entry, said) in cases {
            let error = table(&format!(r#"{{"models": [{entry}]}}"#)).expect_err(entry).to_string();
            assert!(error.starts_with("model ") && error.contains(said), "{error}");
        }
        let error = table("{").expect_err("no JSON").to_string();
        assert!(error.contains("it holds {\"models\": [{"), "{error}");
    }
}
