//! The published vectors to the pico-dollar, and what modifiers do to a price.

use super::*;
use crate::pricing::PriceTable;

fn quote(model: &str, tokens: Tokens, searches: u32, modifiers: &str) -> (i128, bool) {
    let table = PriceTable::builtin().expect("the built-in table");
    let date = NaiveDate::from_ymd_opt(2026, 11, 20).expect("a date");
    let row = table.find(model, date).expect("a known model");
    let quote = row.cost(&tokens, searches, Modifiers::parse(modifiers));
    (quote.cost.pico(), quote.assumed)
}

fn tokens([input, cache_write_5m, cache_write_1h, cache_read, output]: [u64; 5]) -> Tokens {
    Tokens { input, cache_write_5m, cache_write_1h, cache_read, output }
}

#[test]
fn the_published_vectors_are_exact() {
    let cases = [
        ("claude-opus-5-5", [1_200, 3_000, 500, 40_000, 900], 49_800_000_000),
        ("claude-opus-4-8", [4, 5_123, 0, 18_211, 412], 51_444_250_000),
        ("claude-haiku-5-5", [10_000, 0, 0, 90_000, 1_000], 2_400_000_000),
        ("claude-haiku-5-5", [20_000, 0, 0, 90_000, 1_000], 17_000_000_000),
        ("gpt-6.1-sol", [500, 100, 0, 400, 500], 6_290_000_000),
        ("gemini-2.5-pro", [150_000, 0, 0, 60_000, 2_000], 420_000_000_000),
    ];
    for (model, counts, pico) in cases {
        assert_eq!(quote(model, tokens(counts), 0, ""), (pico, false), "{model}");
    }
}

#[test]
fn modifiers_stack_and_say_when_they_have_no_price() {
    let (input, both) = (tokens([1, 0, 0, 0, 0]), tokens([1, 0, 0, 1, 0]));
    let cases = [
        ("claude-opus-5-5", "fast", input, (8_000_000, false)),
        ("claude-opus-5-5", "us", input, (4_400_000, false)),
        ("claude-opus-5-5", "fast+us", input, (8_800_000, false)),
        ("claude-opus-5-5", "batch+us", input, (2_200_000, false)),
        ("claude-opus-4-5", "batch", input, (2_500_000, false)),
        ("claude-opus-4-5", "fast+us", input, (5_000_000, true)),
        ("gpt-6.1-sol", "flex", input, (1_000_000, false)),
        ("gpt-6.1-sol", "fast", input, (4_000_000, false)),
        ("gpt-6.1-sol", "fast+priority", input, (4_000_000, false)),
        ("gpt-6.1-sol", "fast+batch", input, (1_000_000, true)),
        ("gpt-4.1", "priority", input, (3_500_000, false)),
        // Batch lists no cache rate: it follows the input rate, here a half.
        ("gpt-4.1", "batch", both, (1_250_000, true)),
        // The source lists a priority input rate for this model, fifty times the standard one, and nothing else.
        ("gpt-5-nano", "priority", input, (50_000, true)),
    ];
    for (model, modifiers, tokens, expected) in cases {
        assert_eq!(quote(model, tokens, 0, modifiers), expected, "{model} {modifiers}");
    }
}

#[test]
fn a_sum_of_requests_is_no_long_prompt() {
    let many = tokens([150_000_000, 0, 0, 60_000_000, 2_000_000]);
    let cases = [("", 420_000_000_000_000), ("sum", 215_000_000_000_000), ("sum+long", 420_000_000_000_000)];
    for (modifiers, pico) in cases {
        let (cost, _) = quote("gemini-2.5-pro", many, 0, modifiers);
        assert_eq!(cost, pico, "{modifiers}");
    }
    let few = tokens([1, 0, 0, 0, 0]);
    assert_eq!(quote("claude-sonnet-4-5", few, 0, "sum").0, 3_000_000);
    assert_eq!(quote("claude-sonnet-4-5", few, 0, "sum+long").0, 6_000_000);
}

#[test]
fn web_searches_cost_the_same_whatever_the_modifiers() {
    let none = Tokens::default();
    assert_eq!(quote("claude-opus-5-5", none, 3, "fast+us"), (30_000_000_000, false));
    assert_eq!(quote("gemini-2.5-pro", none, 1, ""), (35_000_000_000, false));
    assert_eq!(quote("deepseek-flash", none, 9, ""), (0, false));
}

#[test]
fn absurd_counts_saturate() {
    let table = PriceTable::builtin().expect("the built-in table");
    let most = tokens([u64::MAX; 5]);
    for row in &table.rows {
        for modifiers in ["", "fast+us", "batch+us", "flex", "priority"] {
            let quote = row.cost(&most, u32::MAX, Modifiers::parse(modifiers));
            assert!(quote.cost >= Usd::ZERO, "{}", row.model);
        }
    }
}
