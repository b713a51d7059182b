use std::sync::Arc;

use chrono::NaiveDate;
use proptest::prelude::*;

use super::*;
use crate::analytics::{Attribution, ProjectNames};
use crate::model::{Basis, ModelRates, Rates, Spend};

const DOLLAR: i128 = 1_000_000_000_000;

/// Opus at $5, $6.25, $10, $0.50 and $25 for a million tokens, Haiku at a fifth; nobody knows the price of others.
#[derive(Debug)]
struct Listed;

impl Rates for Listed {
    fn rates(&self, model: &str, _: NaiveDate) -> Option<ModelRates> {
        let opus = [5_000_000_000, 6_250_000_000, 10_000_000_000, 500_000_000, 25_000_000_000];
        let standard = match model {
            "claude-opus-4-5" => TokenRates(opus),
            "claude-haiku-4-5" => TokenRates(opus.map(|rate| rate / 5)),
            _ => return None,
        };
        Some(ModelRates { standard, batch: None })
    }
}

const BEFORE: &str = "2026-11-13";
const NOW: &str = "2026-11-20";

fn used(date: &str, project: &str, model: &str, tokens: Tokens) -> RollupRow {
    let date: NaiveDate = date.parse().expect("a date");
    let cost = Listed.rates(model, date).map(|rates| rates.standard.cost(&tokens));
    let basis = if cost.is_some() { Basis::Estimated } else { Basis::Unpriced };
    costing(date, project, model, Spend::of(tokens, cost, basis))
}

fn costing(date: NaiveDate, project: &str, model: &str, spend: Spend) -> RollupRow {
    RollupRow {
        source: "claude_code".into(),
        date,
        session: "s".into(),
        project: project.into(),
        model: model.into(),
        spend,
    }
}

fn millions(input: u64, cache_read: u64, output: u64) -> Tokens {
    let million = 1_000_000;
    Tokens { input: input * million, cache_read: cache_read * million, output: output * million, ..Tokens::default() }
}

fn taken_apart(rows: Vec<RollupRow>) -> Change {
    let names = ProjectNames::new(rows.iter().map(|row| row.project.as_ref()), &Attribution::default());
    let facts = Facts::of(rows, names, Arc::new(Listed));
    let week = DateRange::ending(NOW.parse().expect("a date"), 7);
    let lines = Lines::of(&facts, |_| true);
    change(&facts, &lines, week.previous(), week)
}

fn dollars(amount: i128) -> Usd {
    Usd::from_pico(amount * DOLLAR)
}

#[test]
fn twice_the_work_is_volume() {
    let found = taken_apart(vec![
        used(BEFORE, "/shop", "claude-opus-4-5", millions(2, 10, 1)),
        used(NOW, "/shop", "claude-opus-4-5", millions(4, 20, 2)),
    ]);
    assert_eq!((found.total, found.volume), (dollars(40), dollars(40)));
    assert_eq!((found.mix, found.cache, found.price), (Usd::ZERO, Usd::ZERO, Usd::ZERO));
    assert_eq!(found.sentence, "+$40: +$40 more work on shop");
}

#[test]
fn the_same_tokens_by_a_dearer_model_are_mix() {
    let found = taken_apart(vec![
        used(BEFORE, "/shop", "claude-haiku-4-5", millions(9, 0, 0)),
        used(BEFORE, "/shop", "claude-opus-4-5", millions(1, 0, 0)),
        used(NOW, "/shop", "claude-haiku-4-5", millions(1, 0, 0)),
        used(NOW, "/shop", "claude-opus-4-5", millions(9, 0, 0)),
    ]);
    assert_eq!((found.total, found.mix), (dollars(32), dollars(32)), "from $14 to $46");
    assert_eq!((found.volume, found.cache, found.price), (Usd::ZERO, Usd::ZERO, Usd::ZERO));
    assert!(found.sentence.starts_with("+$32: +$29 Opus 4.5 share on shop"), "{}", found.sentence);
}

#[test]
fn the_same_prompts_with_less_from_the_cache_are_cache_misses() {
    let found = taken_apart(vec![
        used(BEFORE, "/shop", "claude-opus-4-5", millions(2, 18, 0)),
        used(NOW, "/shop", "claude-opus-4-5", millions(4, 16, 0)),
    ]);
    assert_eq!((found.total, found.cache), (dollars(9), dollars(9)), "two million at $5 instead of $0.50");
    assert_eq!(found.sentence, "+$9.00: +$9.00 cache misses of Opus 4.5 on shop");
}

#[test]
fn the_same_tokens_at_another_price_are_price() {
    let spend = |price: i128| Spend::of(millions(2, 2, 2), Some(dollars(price)), Basis::Reported);
    let at = |date: &str| date.parse().expect("a date");
    let rows = vec![
        costing(at(BEFORE), "/shop", "claude-opus-4-5", spend(10)),
        costing(at(NOW), "/shop", "claude-opus-4-5", spend(7)),
    ];
    let found = taken_apart(rows);
    assert_eq!((found.total, found.price), (dollars(-3), dollars(-3)));
    assert_eq!(found.sentence, "−$3.00: −$3.00 lower price of Opus 4.5");
}

#[test]
fn what_begins_and_what_ends_is_work_that_came_and_went() {
    let found = taken_apart(vec![
        used(BEFORE, "/old", "claude-opus-4-5", millions(2, 0, 0)),
        used(NOW, "/new", "claude-opus-4-5", millions(6, 0, 0)),
    ]);
    assert_eq!((found.total, found.volume), (dollars(20), dollars(20)));
    assert_eq!(found.sentence, "+$20: +$30 new work on new, −$10 no more work on old");
}

#[test]
fn nothing_before_is_nothing_to_compare_with() {
    let found = taken_apart(vec![used(NOW, "/shop", "claude-opus-4-5", millions(1, 0, 0))]);
    assert_eq!((found.total, found.sentence.as_str()), (dollars(5), ""));
    assert_eq!(taken_apart(Vec::new()), Change::default());
}

#[test]
fn usage_without_a_price_is_left_out_and_said() {
    let found = taken_apart(vec![
        used(BEFORE, "/shop", "claude-opus-4-5", millions(2, 0, 0)),
        used(NOW, "/shop", "claude-opus-4-5", millions(2, 0, 0)),
        used(NOW, "/shop", "mystery", millions(50, 0, 0)),
    ]);
    assert_eq!((found.total, found.unpriced), (Usd::ZERO, true));
    assert_eq!(found.sentence, "About the same");
}

fn any_row() -> impl Strategy<Value = RollupRow> {
    let models = prop::sample::select(vec!["claude-opus-4-5", "claude-haiku-4-5", "mystery", "gpt-6.1-sol"]);
    let count = || prop_oneof![Just(0_u64), 1..1_000_u64, 1..1_000_000_000_000_u64];
    let cost = prop_oneof![
        Just(None),
        (-1_000_000_i64..1_000_000).prop_map(Some),
        (-1_000_000_000_000_000_000_i64..1_000_000_000_000_000_000).prop_map(Some)
    ];
    let tokens = (count(), count(), count(), count(), count());
    (7..21_u32, 0..4_u8, models, tokens, cost).prop_map(|(day, project, model, tokens, cost)| {
        let (input, cache_write_5m, cache_write_1h, cache_read, output) = tokens;
        let tokens = Tokens { input, cache_write_5m, cache_write_1h, cache_read, output };
        let cost = cost.map(|pico| Usd::from_pico(i128::from(pico)));
        let basis = if cost.is_some() { Basis::Estimated } else { Basis::Unpriced };
        let date = NaiveDate::from_ymd_opt(2026, 11, day).expect("a date");
        costing(date, &format!("/p{project}"), model, Spend::of(tokens, cost, basis))
    })
}

proptest! {
    #[test]
    fn the_parts_are_the_change_exactly(rows in prop::collection::vec(any_row(), 0..40)) {
        let week = DateRange::ending(NOW.parse().expect("a date"), 7);
        let known = |range: DateRange| -> Usd {
            rows.iter().filter(|row| range.contains(row.date)).map(|row| row.spend.known_cost()).sum()
        };
        let expected = known(week) - known(week.previous());
        let found = taken_apart(rows.clone());
        prop_assert_eq!(found.total, expected);
        prop_assert_eq!(found.volume + found.mix + found.cache + found.price, expected);
        prop_assert_eq!(found.drivers.iter().map(|driver| driver.amount).sum::<Usd>(), expected);
        prop_assert!(found.drivers.len() <= DRIVERS);
    }
}
