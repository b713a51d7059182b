//! What a list brings, what of it is refused, and what stays as it was.

mod exact;
mod services;

use super::*;
use crate::model::Tokens;
use crate::pricing::Modifiers;

const LITELLM: &str = include_str!("fixtures/litellm.json");
const MODELS_DEV: &str = include_str!("fixtures/models_dev.json");
const TODAY: &str = "2026-11-21";

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn taken(text: &str, date: &str, before: Option<&Updated>) -> Update {
    update(text, "test.json", day(date), before, Shorter::Refuse).expect("a good list")
}

fn failure(text: &str) -> String {
    let taken = update(text, "test.json", day(TODAY), None, Shorter::Refuse).map(|_| ());
    let error = taken.expect_err("a bad list").to_string();
    assert!(
        error.starts_with("the price list test.json ") && error.ends_with("the prices stay as they are"),
        "{error}"
    );
    error
}

fn table(updated: &Updated) -> PriceTable {
    PriceTable::builtin().expect("the built-in table").with_updates(updated).expect("good prices")
}

/// Micro-dollars per million tokens of (input, cache read, output) under a name, with what it implies.
fn rates(table: &PriceTable, model: &str, date: &str) -> Option<[i128; 3]> {
    let row = table.find(model, day(date))?;
    let modifiers = Modifiers { fast: crate::pricing::implies_fast(model), ..Modifiers::default() };
    let one = Tokens::default();
    let kinds = [Tokens { input: 1, ..one }, Tokens { cache_read: 1, ..one }, Tokens { output: 1, ..one }];
    Some(kinds.map(|tokens| row.cost(&tokens, 0, modifiers).cost.pico()))
}

fn edited(list: &str, change: impl FnOnce(&mut serde_json::Map<String, serde_json::Value>)) -> String {
    let mut value: serde_json::Value = serde_json::from_str(list).expect("is JSON");
    change(value.as_object_mut().expect("an object"));
    value.to_string()
}

#[test]
fn a_litellm_list_brings_what_is_new_and_names_what_is_refused() {
    let Update { report, document } = taken(LITELLM, TODAY, None);
    let added: Vec<&str> =
        report.added.iter().map(|added| added.model.as_str()).filter(|model| !model.contains("filler")).collect();
    assert_eq!(
        added,
        [
            "claude-opus-7",
            "deepseek-v3.2",
            "grok-9-fast",
            "kimi-k9",
            "openrouter/somebody/thing-1",
            "text-embedding-9",
            "grok-9"
        ]
    );
    let changed: Vec<(&str, String, String)> = report
        .changed
        .iter()
        .map(|changed| (changed.model.as_str(), changed.old.base.input.to_string(), changed.new.base.input.to_string()))
        .collect();
    assert_eq!(
        changed,
        [
            ("gpt-5.4-mini", "$0.75".to_owned(), "$0.60".to_owned()),
            ("us.anthropic.claude-opus-4-5-20251101-v1:0", "$5.00".to_owned(), "$5.50".to_owned()),
        ]
    );
    let refused: Vec<(&str, &str)> =
        report.refused.iter().map(|refusal| (refusal.model.as_str(), refusal.reason.as_str())).collect();
    let expected = [
        ("a name", "its name is none"),
        (
            "claude-3-haiku-20240307",
            "its 1-hour cache write price is $6.00 per million tokens, more than ten times off $0.50",
        ),
        ("claude-3-opus-20240229", "an hour in its cache costs less"),
        ("claude-haiku-5-5", "does not say what long prompts cost"),
        ("dear-cache", "reading its cache costs more"),
        ("gpt-5.1", "its input price is $0.00 per million tokens"),
        ("gpt-5.4", "its input price is $250.00 per million tokens, more than ten times off $2.50"),
        ("half-a-dollar-a-token", "ten times what the dearest"),
        ("negative", "its input_cost_per_token is negative"),
        ("no-input", "lists no input price"),
        ("no-output", "lists no output price"),
        ("per-million", "a dollar per token or more"),
        ("ranges", "priced by ranges"),
        ("rounding-noise", "a fraction of a millionth"),
        ("thinker", "prices reasoning apart"),
        ("twice", "listed twice, at different prices"),
        ("words", "its input_cost_per_token is no number"),
    ];
    assert_eq!(refused.len(), expected.len(), "{refused:?}");
    for ((model, reason), (name, part)) in refused.into_iter().zip(expected) {
        assert!(model == name && reason.contains(part), "{model}: {reason}, expected {name}: {part}");
    }
    let skipped: Vec<(&str, u64)> = report.skipped.iter().map(|(what, count)| (what.as_str(), *count)).collect();
    assert_eq!(
        skipped,
        [
            ("entries that are no model", 1),
            ("models for images, sound, video, ranking and the like", 1),
            ("models listed without a price per token", 2),
            ("models listed without charge: free, or part of a subscription", 1),
            ("prices by other units: input_cost_per_audio_token", 1),
            ("prices by other units: input_cost_per_second", 1),
            ("prices by other units: search_context_cost_per_query", 1),
        ]
    );
    let counts = report.counts;
    assert_eq!((counts.added, counts.changed, counts.unchanged), (47, 2, 6));
    assert_eq!((counts.refused, counts.skipped, document.counts), (17, 8, counts));
}

#[test]
fn a_models_dev_list_is_read_by_its_shape() {
    let Update { report, document } = taken(MODELS_DEV, TODAY, None);
    assert_eq!(report.format, ListFormat::ModelsDev);
    let added: Vec<&str> =
        report.added.iter().map(|added| added.model.as_str()).filter(|model| !model.contains("filler")).collect();
    assert_eq!(added, ["claude-opus-7", "gpt-9", "openrouter/anthropic/claude-opus-7"]);
    let changed: Vec<&str> = report.changed.iter().map(|changed| changed.model.as_str()).collect();
    assert_eq!(changed, ["gpt-5.4-mini"]);
    let refused: Vec<&str> = report.refused.iter().map(|refusal| refusal.model.as_str()).collect();
    assert_eq!(refused, ["gpt-5.4", "openai/gpt-9-hourly", "openai/gpt-9-thinker", "openrouter/somebody/no-output"]);
    assert_eq!(report.skipped.values().sum::<u64>(), 5);
    let table = table(&document);
    let prompt = |input| Tokens { input, ..Tokens::default() };
    let row = table.find("openai/gpt-9", day(TODAY)).expect("a price");
    let cost = |input| row.cost(&prompt(input), 0, Modifiers::default()).cost.pico();
    assert_eq!((cost(272_000), cost(272_001)), (272_000 * 5_000_000, 272_001 * 10_000_000), "its tiers, once");
    // The reseller's price is the reseller's, and Claude's cache follows Anthropic's rules there too.
    assert_eq!(rates(&table, "claude-opus-7", TODAY), Some([6_000_000, 300_000, 30_000_000]));
    assert_eq!(rates(&table, "openrouter/anthropic/claude-opus-7", TODAY), Some([6_300_000, 630_000, 31_500_000]));
}

#[test]
fn prices_hold_from_their_day_and_under_all_their_names() {
    let table = table(&taken(LITELLM, TODAY, None).document);
    let cases = [
        ("gpt-5.4-mini", "2026-11-20", Some([750_000, 75_000, 4_500_000])),
        ("gpt-5.4-mini", "2026-11-21", Some([600_000, 60_000, 4_500_000])),
        ("openai/gpt-5.4-mini", "2026-11-21", Some([600_000, 60_000, 4_500_000])),
        ("us.anthropic.claude-opus-4-5-20251101-v1:0", "2026-11-20", Some([5_000_000, 500_000, 25_000_000])),
        ("us.anthropic.claude-opus-4-5-20251101-v1:0", "2026-11-21", Some([5_500_000, 550_000, 27_500_000])),
        ("claude-opus-4-5-20251101", "2026-11-21", Some([5_000_000, 500_000, 25_000_000])),
        // Nobody knew it: every day has its price, also when the name comes with a date.
        ("claude-opus-7", "2026-01-01", Some([6_000_000, 300_000, 30_000_000])),
        ("claude-opus-7-20261101", "2026-11-10", Some([6_000_000, 300_000, 30_000_000])),
        ("claude-opus-7-fast", "2026-11-10", Some([12_000_000, 600_000, 60_000_000])),
        ("kimi-k9", "2026-11-21", Some([600_000, 150_000, 2_500_000])),
        ("moonshot/kimi-k9", "2026-11-21", Some([600_000, 150_000, 2_500_000])),
        ("grok-9-fast", "2026-11-21", Some([500_000, 500_000, 1_000_000])),
        // It had a price once, and a gap since: the past stays as it was.
        ("deepseek-v3.2", "2026-11-20", None),
        ("deepseek-v3.2", "2026-11-21", Some([200_000, 200_000, 400_000])),
        ("thing-1", "2026-11-21", None),
        ("gpt-5.4", "2026-11-21", Some([2_500_000, 250_000, 15_000_000])),
    ];
    for (model, date, expected) in cases {
        assert_eq!(rates(&table, model, date), expected, "{model} on {date}");
    }
    let row = table.find("claude-opus-7", day(TODAY)).expect("a price");
    let cost =
        |modifiers| row.cost(&Tokens { input: 10, ..Tokens::default() }, 1, Modifiers::parse(modifiers)).cost.pico();
    let search = 10_000_000_000;
    assert_eq!(cost("us") - search, 66_000_000, "its own factor, and Anthropic's price of a search");
    assert_eq!(cost("batch") - search, 30_000_000, "its listed batch rate");
    assert_eq!(cost("priority") - search, 60_000_000, "a fragment, a hundred times off: no priority price");
    let mini = table.find("gpt-5.4-mini", day(TODAY)).expect("a price");
    assert_eq!(mini.origin, crate::pricing::Origin::Updated);
    assert!(mini.source == "test.json" && mini.as_of.as_deref() == Some(TODAY));
}

#[test]
fn what_the_list_does_not_say_stays_for_the_same_input_price() {
    let list = edited(LITELLM, |models| {
        models.insert(
            "claude-opus-5-5".to_owned(),
            serde_json::json!({"litellm_provider": "anthropic", "mode": "chat", "input_cost_per_token": 4e-06,
                "output_cost_per_token": 1.8e-05}),
        );
    });
    let table = table(&taken(&list, TODAY, None).document);
    // Reading stays at 0.05x and an hour at 2x, as the built-in table has it; only the output changed.
    assert_eq!(rates(&table, "claude-opus-5-5", TODAY), Some([4_000_000, 200_000, 18_000_000]));
    let row = table.find("claude-opus-5-5", day(TODAY)).expect("a price");
    let fast = row.cost(&Tokens { cache_write_1h: 1, ..Tokens::default() }, 0, Modifiers::parse("fast"));
    assert_eq!((fast.cost.pico(), fast.assumed), (16_000_000, false));
}

#[test]
fn a_list_that_fails_as_a_whole_changes_nothing() {
    let few = edited(LITELLM, |models| models.retain(|name, _| !name.contains("filler")));
    let no_anchors = edited(LITELLM, |models| {
        models.retain(|name, _| !["claude-opus-4-5", "claude-sonnet-4-5", "gpt-4.1"].contains(&name.as_str()));
    });
    let slipped = edited(LITELLM, |models| models["gpt-4.1"]["input_cost_per_token"] = serde_json::json!(2e-03));
    for (list, part) in [
        ("", "is not JSON"),
        ("{\"a\": 1", "is not JSON"),
        ("[]", "is no JSON object; a list is LiteLLM's"),
        ("{}", "has no prices in a form that is known"),
        ("{\"error\": {\"message\": \"not found\"}}", "has no prices in a form that is known"),
        (&few, "has prices of 22 models, and a whole list has at least 50"),
        (&no_anchors, "lacks models that every list has: claude-opus-4-5, claude-sonnet-4-5, gpt-5, gpt-4.1"),
        (&slipped, "cannot be right about gpt-4.1: its input price is $2000.00"),
    ] {
        let error = failure(list);
        assert!(error.contains(part), "{error}, expected {part}");
    }
}

#[test]
fn a_list_much_shorter_than_the_last_one_needs_a_word() {
    let mut before = taken(LITELLM, TODAY, None).document;
    before.counts.listed = 100;
    let refused = update(LITELLM, "test.json", day(TODAY), Some(&before), Shorter::Refuse).expect_err("too short");
    assert!(refused.to_string().contains("where it had 100") && refused.to_string().contains("--accept-shorter"));
    update(LITELLM, "test.json", day(TODAY), Some(&before), Shorter::Accept).expect("accepted");
    // The other list is another matter.
    update(MODELS_DEV, "test.json", day(TODAY), Some(&before), Shorter::Refuse).expect("another list");
}

#[test]
fn updates_follow_each_other_and_the_past_stays() {
    let first = taken(LITELLM, TODAY, None).document;
    let again = taken(LITELLM, "2026-11-25", Some(&first));
    assert_eq!((again.report.added.len(), again.report.changed.len()), (0, 0));
    assert_eq!(again.document.fingerprint(), first.fingerprint(), "no news, no new costs");
    assert_eq!(again.document.fetched, day("2026-11-25"));
    let price = |input: f64| {
        edited(LITELLM, |models| models["gpt-5.4-mini"]["input_cost_per_token"] = serde_json::json!(input))
    };
    let input = |updated: &Updated, date| rates(&table(updated), "gpt-5.4-mini", date).map(|[input, ..]| input);
    // Twice on one day: the later one counts, and what is not believed takes nothing back.
    let second = taken(&price(5e-07), "2026-11-30", Some(&again.document)).document;
    let third = taken(&price(4e-07), "2026-11-30", Some(&second)).document;
    let doubted = taken(&price(4e-05), "2026-11-30", Some(&third));
    assert!(doubted.report.refused.iter().any(|refusal| refusal.model == "gpt-5.4-mini"));
    let document = doubted.document;
    for (date, expected) in
        [("2026-11-20", 750_000), ("2026-11-21", 600_000), ("2026-11-29", 600_000), ("2026-11-30", 400_000)]
    {
        assert_eq!(input(&document, date), Some(expected), "{date}");
    }
    // Back to what it was yesterday: nothing is left of today.
    let back = taken(LITELLM, "2026-11-30", Some(&document)).document;
    assert_eq!(back.fingerprint(), first.fingerprint());
    // A price the built-in table announces for a later day still comes.
    assert_eq!(rates(&table(&document), "gemini-3.8-flash", "2027-01-01").map(|[input, ..]| input), Some(1_500_000));
}

#[test]
fn the_document_is_read_back_as_it_was() {
    let document = taken(LITELLM, TODAY, None).document;
    let json = document.to_json().expect("writes");
    assert_eq!(Updated::parse(&json).expect("reads"), document);
    assert_eq!(json.lines().filter(|line| line.contains("\"gpt-5.4-mini\"")).count(), 1, "one price a line");
    for (broken, part) in [
        (json.replace("allclear-prices/1", "allclear-prices/9"), "this version reads allclear-prices/1"),
        (json.replace("\"models\"", "\"rows\""), "missing field `models`"),
        (String::new(), "allclear prices update"),
    ] {
        let error = Updated::parse(&broken).expect_err("broken").to_string();
        assert!(error.contains(part), "{error}");
    }
    let unreal = json.replace("\"input\":600000,", "\"input\":600000000000000,");
    let error = PriceTable::builtin()
        .expect("the built-in table")
        .with_updates(&Updated::parse(&unreal).expect("reads"))
        .expect_err("cannot be real");
    assert!(error.to_string().contains("1 USD per token"), "{error}");
}

#[test]
fn the_users_price_wins_under_every_spelling() {
    let own = r#"{"models": [{"model": "claude-opus-4-5", "input": 1, "output": 2}, {"model": "kimi-k9", "input": 3, "output": 4}]}"#;
    let table = table(&taken(LITELLM, TODAY, None).document).with_overrides(own).expect("good prices");
    for (model, expected) in [
        ("us.anthropic.claude-opus-4-5-20251101-v1:0", 1_000_000),
        ("claude-opus-4-5-20251101", 1_000_000),
        ("kimi-k9", 3_000_000),
        ("moonshot/kimi-k9", 3_000_000),
        ("gpt-5.4-mini", 600_000),
    ] {
        assert_eq!(rates(&table, model, TODAY).map(|[input, ..]| input), Some(expected), "{model}");
    }
}
