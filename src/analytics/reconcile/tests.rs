//! Usage that several sources see is counted once, and a bill has the last word.

use proptest::prelude::*;

use super::bills::shares;
use super::*;
use crate::model::{Basis, ModelRates, Spend, TokenRates, Tokens, Usd};

mod neighbours;

const OVERLAPS: [Overlap; 1] = [sees("claude_code", "anthropic")];
const DAY: &str = "2026-11-18";

const fn sees(seen_by: &'static str, reported_by: &'static str) -> Overlap {
    Overlap { seen_by, reported_by, has_local_days: true, by_proxy: false }
}

/// Output costs five times what input does; only of models whose name begins with `claude`.
#[derive(Debug)]
struct Listed;

impl Rates for Listed {
    fn rates(&self, model: &str, _: NaiveDate) -> Option<ModelRates> {
        let standard = TokenRates([1_000_000, 1_250_000, 2_000_000, 100_000, 5_000_000]);
        model.starts_with("claude").then_some(ModelRates { standard, batch: None })
    }
}

fn rules<'a>(overlaps: &'a [Overlap], zone: Tz, today: &str) -> CountingRules<'a> {
    CountingRules { overlaps, rates: &Listed, zone, today: date(today) }
}

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

#[test]
fn a_proxy_that_tells_writes_to_the_cache_as_one_number_counts_nothing_twice() {
    let writes = |source: &str, tokens: Tokens| {
        let spend = Spend::of(tokens, Some(Usd::from_pico(5)), Basis::Estimated);
        RollupRow { spend, ..row(source, "", "claude-opus-5-5", 0, None) }
    };
    let rows = vec![
        writes("claude_code", Tokens { input: 10, cache_write_1h: 700, cache_write_5m: 300, ..Tokens::default() }),
        writes("litellm", Tokens { input: 10, cache_write_5m: 1_000, ..Tokens::default() }),
    ];
    let through = [Overlap { by_proxy: true, ..sees("claude_code", "litellm") }];
    let left = reconcile(rows, &[], &rules(&through, Tz::UTC, "2026-11-20"));
    assert_eq!(left.iter().map(|row| &*row.source).collect::<Vec<_>>(), ["claude_code"]);
}

fn counted(rows: Vec<RollupRow>, bills: &[BilledRow]) -> Vec<RollupRow> {
    reconcile(rows, bills, &rules(&OVERLAPS, Tz::UTC, "2026-11-20"))
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
    let rows = reconcile(rows, &[bill("tokens", "claude-opus-5-5", 91)], &rules(&[], Tz::UTC, "2026-11-20"));
    assert_eq!((rows.len(), sum(&rows).cost()), (1, Usd::from_f64(0.91)));
}

#[test]
fn today_is_not_billed_yet_and_others_stay_as_they_are() {
    let rows = vec![
        row("manual", "shop", "claude-opus-5-5", 5, Some(50)),
        row("anthropic", "anthropic::", "claude-opus-5-5", 5, Some(50)),
    ];
    let unfinished = reconcile(rows.clone(), &[bill("tokens", "claude-opus-5-5", 1)], &rules(&OVERLAPS, Tz::UTC, DAY));
    assert_eq!(unfinished, rows);
}

fn reported(mut row: RollupRow) -> RollupRow {
    let by_basis = &mut row.spend.by_basis;
    by_basis.reported = std::mem::take(&mut by_basis.estimated);
    row
}

#[test]
fn money_leaves_with_the_tokens_it_paid_for_whatever_it_was_known_by() {
    // The agent says itself what it cost; the report's rows are estimates.
    let rows = vec![
        reported(row("claude_code", "/p", "claude-opus-5-5", 1_000_000, Some(500))),
        row("anthropic", "anthropic::", "claude-opus-5-5", 1_100_000, Some(550)),
    ];
    assert_eq!(sum(&counted(rows, &[])).cost(), Usd::from_f64(5.5));
    // The log's estimate is dearer than the provider's figure: the other application keeps its part of that.
    let rows = vec![
        row("claude_code", "/p", "claude-opus-5-5", 1_000, Some(2_000)),
        reported(row("anthropic", "anthropic::", "claude-opus-5-5", 1_500, Some(1_500))),
    ];
    let rows = counted(rows, &[]);
    assert_eq!((rows[1].spend.tokens.input, rows[1].spend.cost()), (500, Usd::from_f64(5.0)));
}

#[test]
fn what_is_left_costs_what_its_kinds_of_tokens_are_worth() {
    let both = |input, output, cents: i128| {
        let tokens = Tokens { input, output, ..Tokens::default() };
        Spend::of(tokens, Some(Usd::from_pico(cents * 10_000_000_000)), Basis::Estimated)
    };
    let mut rows = vec![
        row("claude_code", "/p", "claude-opus-5-5", 0, Some(0)),
        row("anthropic", "anthropic::", "claude-opus-5-5", 0, Some(0)),
    ];
    (rows[0].spend, rows[1].spend) = (both(500, 0, 50), both(500, 100, 100));
    assert_eq!(counted(rows, &[])[1].spend.cost(), Usd::from_f64(0.5), "a hundred of output are worth 500 of input");
}

#[test]
fn a_cost_without_tokens_is_nobodys_but_the_reports() {
    let rows = vec![
        row("claude_code", "/p", "claude-opus-5-5", 10, Some(1)),
        row("anthropic", "anthropic::", "claude-opus-5-5", 0, Some(7)),
    ];
    assert_eq!(sum(&counted(rows, &[])).cost(), Usd::from_f64(0.08));
}

#[test]
fn the_dated_name_and_the_alias_of_a_model_are_the_same_model() {
    for (seen, reported) in [
        ("claude-opus-4-5", "claude-opus-4-5-20251101"),
        ("anthropic/claude-opus-4.5", "claude-opus-4-5-20251101"),
        ("gpt-4o", "gpt-4o-2024-08-06"),
    ] {
        let rows =
            vec![row("claude_code", "/p", seen, 700, Some(70)), row("anthropic", "x", reported, 1_000, Some(100))];
        let rows = counted(rows, &[bill("tokens", reported, 200)]);
        assert_eq!((sum(&rows).tokens.input, sum(&rows).cost()), (1_000, Usd::from_f64(2.0)), "{seen} {reported}");
        assert_eq!(rows.len(), 2, "the bill has found its usage");
    }
    let rows = vec![
        row("claude_code", "/p", "claude-opus-4-5", 7, Some(7)),
        row("anthropic", "x", "claude-opus-4-6", 9, Some(9)),
    ];
    assert_eq!(sum(&counted(rows, &[])).tokens.input, 16, "another version is another model");
}

#[test]
fn what_went_through_a_proxy_counts_once_of_agent_proxy_and_provider() {
    let overlaps = [sees("opencode", "litellm"), sees("opencode", "anthropic"), sees("litellm", "anthropic")];
    let rows = vec![
        row("opencode", "/p", "claude-opus-5-5", 100, Some(10)),
        row("litellm", "litellm::", "claude-opus-5-5", 130, Some(13)),
        row("anthropic", "anthropic::", "claude-opus-5-5", 150, Some(15)),
    ];
    let rows = reconcile(rows, &[], &rules(&overlaps, Tz::UTC, "2026-11-20"));
    let left: Vec<_> = rows.iter().map(|row| (row.source.as_ref(), row.spend.tokens.input)).collect();
    assert_eq!(left, [("opencode", 100), ("litellm", 30), ("anthropic", 20)]);
    assert_eq!(sum(&rows).cost(), Usd::from_f64(0.15));
}

proptest! {
    #[test]
    fn shares_add_up_whatever_the_weights(amount in any::<i64>(), weights in prop::collection::vec(0..i64::MAX, 1..50)) {
        let weights: Vec<i128> = weights.into_iter().map(|weight| i128::from(weight) + 1).collect();
        let shares = shares(Usd::from_pico(i128::from(amount)), &weights);
        prop_assert_eq!(shares.iter().map(|share| share.pico()).sum::<i128>(), i128::from(amount));
        prop_assert!(shares.iter().all(|share| share.pico().signum() * i128::from(amount).signum() >= 0));
    }

    #[test]
    fn the_larger_of_two_sightings_is_what_counts_and_each_token_keeps_its_cost(
        logs in prop::collection::vec((0..1000u64, any::<bool>()), 0..5),
        usage in prop::collection::vec((0..1000u64, any::<bool>()), 0..5),
    ) {
        // A cent a token by the log, three by the report.
        let of = |source: &str, price: i128, (input, is_reported): &(u64, bool)| {
            let row = row(source, "/p", "m", *input, Some(price * i128::from(*input)));
            if *is_reported { reported(row) } else { row }
        };
        let mut rows: Vec<_> = logs.iter().map(|seen| of("claude_code", 1, seen)).collect();
        rows.extend(usage.iter().map(|used| of("anthropic", 3, used)));
        let counted = sum(&counted(rows, &[]));
        let (seen, used): (u64, u64) = (logs.iter().map(|(input, _)| input).sum(), usage.iter().map(|(input, _)| input).sum());
        prop_assert_eq!(counted.tokens.input, seen.max(used));
        let cents = i128::from(seen) + 3 * i128::from(used.saturating_sub(seen));
        prop_assert_eq!(counted.known_cost(), Usd::from_pico(cents * 10_000_000_000));
    }
}
