//! What the page of prices shows, from a snapshot and a price table made for it.

use super::*;

const OWN: &str = r#"{"models": [{"model": "my-model", "input": 3, "output": 15, "from": "2026-01-01"}]}"#;

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn built(query: &PricesQuery, problem: &str) -> PricesPage {
    let today = date("2026-11-21");
    let mut snapshot = Snapshot::blank(today);
    let unpriced = |model: &str, similar: &str| UnpricedModel {
        model: model.to_owned(),
        source: "claude_code".to_owned(),
        tokens_in: 900_000,
        tokens_out: 100_000,
        messages: 3,
        first_day: date("2026-11-01"),
        last_day: today,
        similar: (!similar.is_empty()).then(|| similar.to_owned()),
    };
    snapshot.unpriced = vec![unpriced("claude-opus-9", "claude-opus-5-5"), unpriced("strange", "")];
    let prices = PriceTable::builtin().and_then(|table| table.with_overrides(OWN)).expect("loads");
    page(&snapshot, &prices, query, problem.to_owned(), today)
}

fn typed(model: &str, input: &str) -> PricesQuery {
    let typed = Typed { model: model.to_owned(), input: input.to_owned(), ..Typed::default() };
    PricesQuery { typed, ..PricesQuery::default() }
}

#[test]
fn models_without_a_price_come_first_with_the_closest_and_a_form() {
    let page = built(&PricesQuery::default(), "");
    assert_eq!(page.headline, "2 models have no price.");
    let [opus, strange] = &page.unpriced[..] else { panic!("{:?}", page.unpriced) };
    assert_eq!((opus.seen.as_str(), opus.chosen), ("Claude Code logs, 1 Nov to 21 Nov 2026", true));
    let similar = opus.similar.as_ref().expect("has one");
    assert_eq!(similar.rates, "$4.00 in and $20.00 out");
    assert!(similar.href.contains("input=4%2E00") && similar.href.ends_with("#set"), "{}", similar.href);
    assert_eq!((strange.chosen, &strange.similar), (false, &None));
    let form = page.form.expect("has a form");
    assert_eq!((form.values.model.as_str(), form.values.input.as_str()), ("claude-opus-9", ""));
}

#[test]
fn what_was_typed_comes_back_with_what_is_wrong() {
    let page = built(&typed("strange", "3,5"), "Input is not a number");
    let form = page.form.expect("has a form");
    assert_eq!((form.values.input.as_str(), form.problem.as_str()), ("3,5", "Input is not a number"));
    assert_eq!(page.unpriced.iter().map(|line| line.chosen).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn a_model_with_a_price_is_changed_from_what_it_costs() {
    let page = built(&typed("claude-opus-5-5", ""), "");
    assert!(page.unpriced.iter().all(|line| !line.chosen), "its form stands apart");
    let form = page.form.expect("has a form");
    let Typed { input, output, cache_read, cache_write, cache_write_1h, from, .. } = &form.values;
    assert_eq!(
        [input, output, cache_read, cache_write, cache_write_1h, from].map(String::as_str),
        ["4.00", "20.00", "0.20", "5.00", "8.00", "2026-11-21"]
    );
    assert!(form.now.starts_with("Now $4.00 in and $20.00 out, Anthropic, built in, since"), "{}", form.now);
}

#[test]
fn the_table_shows_ones_own_first_and_finds_names_and_providers() {
    let page = built(&PricesQuery::default(), "");
    assert_eq!((page.table.len(), page.more, page.table[0].model.as_str()), (SHOWN, true, "my-model"));
    assert_eq!((page.table[0].origin.as_str(), page.table[0].own), ("yours, since 2026-01-01", true));
    let all = built(&PricesQuery { all: true, ..PricesQuery::default() }, "");
    assert!(all.table.len() > SHOWN && !all.more);
    let found = built(&PricesQuery { search: " OPUS-5-5 ".to_owned(), ..PricesQuery::default() }, "");
    assert!(found.table.iter().any(|line| line.model == "claude-opus-5-5") && !found.more);
    let none = built(&PricesQuery { search: "<nothing>".to_owned(), ..PricesQuery::default() }, "");
    assert_eq!((none.table.len(), none.shown.as_str()), (0, "0 models"));
}

#[test]
fn a_price_of_ones_own_is_changed_where_it_begins() {
    let form = |model: &str| built(&typed(model, ""), "").form.expect("has a form").values.from;
    assert_eq!((form("my-model").as_str(), form("strange").as_str()), ("2026-01-01", "2026-11-21"));
    let refused = PricesQuery {
        typed: Typed { from: ALWAYS.to_owned(), ..typed("strange", "x").typed },
        ..PricesQuery::default()
    };
    assert_eq!(built(&refused, "").form.expect("has a form").values.from, ALWAYS, "no date is a choice");
}

#[test]
fn only_what_is_gone_is_said_to_be_removed() {
    let removed = |entry: &str| {
        built(&PricesQuery { removed: entry.to_owned(), ..PricesQuery::default() }, "").removed.map(|gone| gone.said)
    };
    let said = |text: &str| Some(text.to_owned());
    assert_eq!(removed(r#"{"model": "gone", "input": 1}"#), said("Your price of gone was removed."));
    assert_eq!(
        removed(r#"{"model": "my-model", "from": "2026-02-01"}"#),
        said("Your price of my-model from 2026-02-01 was removed.")
    );
    assert_eq!(removed(r#"{"model": "my-model", "from": "2026-01-01"}"#), None);
    assert_eq!((removed(""), removed("{}"), removed("you have won")), (None, None, None));
}

#[test]
fn only_a_price_that_is_there_is_said_to_be_saved() {
    let saved = |model: &str| built(&PricesQuery { saved: model.to_owned(), ..PricesQuery::default() }, "").saved;
    assert!(
        saved("my-model").starts_with("my-model now costs $3.00 in and $15.00 out; every cost"),
        "{}",
        saved("my-model")
    );
    assert_eq!((saved("claude-opus-5-5"), saved("you have won"), saved("")), Default::default());
}
