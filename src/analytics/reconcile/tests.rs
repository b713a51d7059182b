//! Usage that several sources see is counted once, and a bill has the last word.

use proptest::prelude::*;

use super::*;
use crate::model::{Basis, Tokens};

const OVERLAPS: [Overlap; 1] = [Overlap { seen_by: "claude_code", reported_by: "anthropic" }];
const DAY: &str = "2026-11-18";

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn row(source: &str, project: &str, model: &str, input: u64, cents: Option<i128>) -> RollupRow {
    let tokens = Tokens { input, ..Tokens::default() };
    let cost = cents.map(|cents| Usd::from_pico(cents * 10_000_000_000));
    let basis = if cost.is_some() { Basis::Estimated } else { Basis::Unpriced };
    RollupRow {
        source: source.into(),
        date: date(DAY),
        session: "".into(),
        project: project.into(),
        model: model.into(),
        spend: Spend::of(tokens, cost, basis),
    }
}

fn bill(kind: &str, model: &str, cents: i128) -> BilledRow {
    let amount = Usd::from_pico(cents * 10_000_000_000);
    let (source, origin) = ("anthropic".into(), "anthropic:w:".into());
    BilledRow { source, date: date(DAY), origin, kind: kind.into(), model: model.into(), amount }
}

fn counted(rows: Vec<RollupRow>, bills: &[BilledRow]) -> Vec<RollupRow> {
    reconcile(rows, bills, &OVERLAPS, date("2026-11-20"))
}

fn sum(rows: &[RollupRow]) -> Spend {
    let mut sum = Spend::default();
    rows.iter().for_each(|row| sum += &row.spend);
    sum
}

#[test]
fn what_the_log_saw_is_not_counted_again() {
    let rows = vec![
        row("claude_code", "/home/dev/shop", "claude-opus-5-5", 700, Some(70)),
        row("anthropic", "anthropic:w:agent", "claude-opus-5-5", 800, Some(80)),
        row("anthropic", "anthropic:w:ci", "claude-opus-5-5", 200, Some(20)),
        row("anthropic", "anthropic:w:ci", "claude-haiku-5-5", 50, Some(5)),
    ];
    let rows = counted(rows, &[]);
    let left: Vec<_> = rows.iter().map(|row| (row.project.as_ref(), row.spend.tokens.input)).collect();
    let expected =
        [("/home/dev/shop", 700), ("anthropic:w:agent", 100), ("anthropic:w:ci", 200), ("anthropic:w:ci", 50)];
    assert_eq!(left, expected);
    assert_eq!(sum(&rows).cost(), Usd::from_f64(1.05));
}

#[test]
fn a_bill_is_what_a_finished_day_cost_to_the_last_pico_dollar() {
    let rows = vec![
        row("claude_code", "/home/dev/shop", "claude-opus-5-5", 700, Some(70)),
        row("anthropic", "anthropic:w:ci", "claude-opus-5-5", 1000, Some(100)),
        row("anthropic", "anthropic:w:ci", "claude-next", 10, None),
    ];
    let bills = [
        bill("tokens/output", "claude-opus-5-5", 81),
        bill("tokens/input", "claude-opus-5-5", 10),
        bill("tokens/input", "claude-next", 3),
        bill("web_search", "", 7),
    ];
    let rows = counted(rows, &bills);
    let total = sum(&rows);
    assert_eq!(total.by_basis.billed, Usd::from_f64(1.01).expect("an amount"));
    assert_eq!((total.by_basis.estimated, total.has_unpriced()), (Usd::ZERO, false));
    let shop = rows.iter().find(|row| &*row.project == "/home/dev/shop").expect("is there");
    assert_eq!(shop.spend.cost(), Usd::from_f64(0.637), "seven tenths of the 91 cents");
    assert!(rows.iter().any(|row| &*row.model == "web_search" && row.spend.tokens.total() == 0));
}

#[test]
fn a_bill_replaces_the_estimate_of_a_provider_no_log_overlaps_with() {
    let rows = vec![row("anthropic", "anthropic:w:ci", "claude-opus-5-5", 1000, Some(100))];
    let rows = reconcile(rows, &[bill("tokens", "claude-opus-5-5", 91)], &[], date("2026-11-20"));
    assert_eq!((rows.len(), sum(&rows).cost()), (1, Usd::from_f64(0.91)));
}

#[test]
fn today_is_not_billed_yet_and_others_stay_as_they_are() {
    let rows = vec![
        row("manual", "shop", "claude-opus-5-5", 5, Some(50)),
        row("anthropic", "anthropic::", "claude-opus-5-5", 5, Some(50)),
    ];
    let unfinished = reconcile(rows.clone(), &[bill("tokens", "claude-opus-5-5", 1)], &OVERLAPS, date(DAY));
    assert_eq!(unfinished, rows);
}

proptest! {
    #[test]
    fn shares_add_up_whatever_the_weights(amount in any::<i64>(), weights in prop::collection::vec(0..i64::MAX, 1..50)) {
        let weights: Vec<i128> = weights.into_iter().map(|weight| i128::from(weight) + 1).collect();
        let shares = shares(i128::from(amount), &weights);
        prop_assert_eq!(shares.iter().sum::<i128>(), i128::from(amount));
        prop_assert!(shares.iter().all(|share| share.signum() * i128::from(amount).signum() >= 0));
    }

    #[test]
    fn the_larger_of_two_sightings_is_what_counts(logs in prop::collection::vec(0..1000u64, 0..5), usage in prop::collection::vec(0..1000u64, 0..5)) {
        let mut rows: Vec<_> = logs.iter().map(|input| row("claude_code", "/p", "m", *input, Some(1))).collect();
        rows.extend(usage.iter().map(|input| row("anthropic", "anthropic::", "m", *input, Some(1))));
        let counted = sum(&counted(rows, &[])).tokens.input;
        prop_assert_eq!(counted, logs.iter().sum::<u64>().max(usage.iter().sum()));
    }
}
