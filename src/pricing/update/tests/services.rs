//! Batch, flex, priority and the longer cache: prices that change alone, and those a list does not speak of.

use super::*;

#[test]
fn a_change_of_one_service_or_one_cache_rate_alone_is_a_change() {
    let edit = |model: &'static str, field: &'static str, rate: f64| {
        edited(LITELLM, |models| models[model][field] = serde_json::json!(rate))
    };
    let first = taken(LITELLM, TODAY, None).document;
    let one = |tokens: Tokens, modifiers: &str, updated: &Updated, model: &str, date: &str| {
        let table = table(updated);
        let row = table.find(model, day(date)).expect("a price");
        row.cost(&tokens, 0, Modifiers::parse(modifiers)).cost.pico()
    };
    let input = Tokens { input: 1, ..Tokens::default() };
    let hour = Tokens { cache_write_1h: 1, ..Tokens::default() };
    for (model, field, rate, tokens, modifiers) in [
        ("claude-opus-7", "input_cost_per_token_batches", 2e-06, input, "batch"),
        ("claude-opus-7", "cache_creation_input_token_cost_above_1hr", 9e-06, hour, ""),
        ("gpt-5.4-mini", "input_cost_per_token_flex", 2.5e-07, input, "flex"),
        ("gpt-5.4-mini", "input_cost_per_token_priority", 9e-07, input, "priority"),
    ] {
        let mut list = edit(model, field, rate);
        if modifiers != "batch" && !modifiers.is_empty() {
            // A rate without its output is a fragment.
            list = edited(&list, |models| {
                models[model][field.replace("input", "output")] = serde_json::json!(rate * 5.0);
            });
        }
        let update = taken(&list, "2026-11-25", Some(&first));
        let [changed] = update.report.changed.as_slice() else {
            panic!("{field}: {:?}", update.report.changed);
        };
        assert_eq!(changed.model, model);
        assert_ne!(changed.old, changed.new, "{field}: it is told what changed");
        let pico = (rate * 1e12).round() as i128;
        assert_eq!(one(tokens, modifiers, &update.document, model, "2026-11-25"), pico, "{field}");
        assert_eq!(
            one(tokens, modifiers, &update.document, model, "2026-11-24"),
            one(tokens, modifiers, &first, model, "2026-11-24"),
            "{field}: the past stays"
        );
        let again = taken(&list, "2026-11-26", Some(&update.document));
        assert_eq!(again.document.fingerprint(), update.document.fingerprint(), "{field}: once");
    }
}

#[test]
fn what_a_list_does_not_say_of_services_stays_while_the_price_does() {
    let builtin = PriceTable::builtin().expect("the built-in table");
    let row = builtin.find("gpt-4.1", day(TODAY)).expect("a price");
    let input = Tokens { input: 1, ..Tokens::default() };
    let [batch, priority] = ["batch", "priority"].map(|by| row.cost(&input, 0, Modifiers::parse(by)).cost);
    let list = edited(LITELLM, |models| {
        let model = models["gpt-4.1"].as_object_mut().expect("a model");
        model.retain(|field, _| !field.ends_with("_batches") && !field.ends_with("_priority"));
        model.insert("input_cost_per_token_flex".to_owned(), serde_json::json!(1.5e-06));
        model.insert("output_cost_per_token_flex".to_owned(), serde_json::json!(6e-06));
    });
    let update = taken(&list, TODAY, None);
    assert!(update.report.changed.iter().any(|changed| changed.model == "gpt-4.1"));
    let table = table(&update.document);
    let row = table.find("gpt-4.1", day(TODAY)).expect("a price");
    let cost = |by: &str| row.cost(&input, 0, Modifiers::parse(by)).cost;
    assert_eq!((cost("flex").pico(), cost("batch"), cost("priority")), (1_500_000, batch, priority));
}
