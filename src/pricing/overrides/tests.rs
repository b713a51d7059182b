//! What the user's own prices win over, what they inherit, and how a bad one is named.

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
fn a_price_with_a_first_day_leaves_the_days_before_as_they_were() {
    let table = table(
        r#"{"models": [
        {"model": "gpt-5.6-sol", "input": 3, "output": 9, "from": "2026-11-01"},
        {"model": "gpt-5.6-sol", "input": 2, "output": 9, "from": "2026-11-10", "to": "2026-11-15"},
        {"model": "nobody-knew", "input": 7, "output": 9, "from": "2026-11-01"}]}"#,
    )
    .expect("good overrides");
    for (model, date, expected) in [
        ("gpt-5.6-sol", "2026-08-20", Some((5_000_000, false))),
        ("gpt-5.6-sol", "2026-10-31", Some((4_000_000, false))),
        ("gpt-5.6", "2026-10-31", Some((4_000_000, false))),
        ("gpt-5.6", "2026-11-01", Some((3_000_000, true))),
        ("gpt-5.6-sol", "2026-11-10", Some((2_000_000, true))),
        ("gpt-5.6-sol", "2026-11-15", Some((3_000_000, true))),
        ("nobody-knew", "2026-01-01", Some((7_000_000, true))),
    ] {
        assert_eq!(price(&table, model, date, ""), expected, "{model} on {date}");
    }
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
        (r#"{"model": "m", "input": 3, "output": 1, "from": "2026-02-01", "to": "2026-02-01"}"#, "`to` must be later"),
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
