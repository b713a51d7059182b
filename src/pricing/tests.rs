//! Which price a name has on a day.

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
