//! Real rows obey the rules, and their costs are the report's.

use proptest::prelude::*;

use super::rules::{COLUMNS, check};
use super::*;
use crate::export::{Format, Sheet};
use crate::model::{Basis, CostByBasis, Spend, Tokens, Usd};
use chrono::NaiveDate;

const SELLERS: [Seller; 3] = [
    Seller {
        source: "claude_code",
        label: "Claude Code logs",
        provider: Some("anthropic"),
        zone: Tz::America__New_York,
        subscription: false,
    },
    Seller {
        source: "anthropic",
        label: "Anthropic API",
        provider: Some("anthropic"),
        zone: Tz::UTC,
        subscription: false,
    },
    Seller {
        source: "manual",
        label: "Manual entries",
        provider: None,
        zone: Tz::America__New_York,
        subscription: true,
    },
];

const TOKENS: Tokens =
    Tokens { input: 1_200, cache_write_5m: 3_000, cache_write_1h: 500, cache_read: 40_000, output: 900 };
/// What the list says of it.
const COST: Usd = Usd::from_pico(49_800_000_000);

fn row(source: &str, spend: Spend) -> RollupRow {
    RollupRow {
        source: source.into(),
        date: NaiveDate::from_ymd_opt(2026, 11, 1).expect("a date"),
        session: "s-1".into(),
        project: "/home/dev/=shop".into(),
        model: "claude-opus-5-5".into(),
        spend,
    }
}

fn file(rows: &[RollupRow]) -> String {
    let (prices, labels) = (PriceTable::builtin().expect("the table"), Labels::default());
    let terms = Terms { labels: &labels, prices: &prices, sellers: &SELLERS };
    let mut sheet = Sheet::new(Format::Csv, FOCUS);
    let mut out = Vec::new();
    sheet.begin(&mut out, &[]).expect("writes");
    sheet.rows(&mut out, rows.iter().flat_map(|row| focus_rows(row, &terms))).expect("writes");
    String::from_utf8(out).expect("is UTF-8")
}

fn read(rows: &[RollupRow]) -> Vec<std::collections::HashMap<String, String>> {
    let (found, problems) = check(&file(rows));
    assert_eq!(problems, Vec::<String>::new());
    found
}

fn sum(rows: &[std::collections::HashMap<String, String>], column: &str) -> Usd {
    rows.iter().filter_map(|row| Usd::parse_dollars(&row[column])).sum()
}

#[test]
fn every_column_is_there_and_obeys_its_rule_in_an_empty_file_too() {
    assert!(read(&[]).is_empty());
    assert_eq!(FOCUS.iter().filter(|name| !name.starts_with("x_")).count(), COLUMNS.len());
}

#[test]
fn usage_at_list_price_is_a_row_per_kind_of_token() {
    let found = read(&[row("claude_code", Spend::of(TOKENS, Some(COST), Basis::Estimated))]);
    let of = |column: &str| found.iter().map(|row| row[column].as_str()).collect::<Vec<_>>();
    assert_eq!(of("x_TokenType"), ["input", "cache_write_5m", "cache_write_1h", "cache_read", "output"]);
    assert_eq!(of("ConsumedQuantity"), ["1200", "3000", "500", "40000", "900"]);
    assert_eq!(of("PricingQuantity"), ["0.0012", "0.003", "0.0005", "0.04", "0.0009"]);
    assert_eq!(of("ListUnitPrice"), ["4", "5", "8", "0.2", "20"]);
    assert_eq!((sum(&found, "EffectiveCost"), sum(&found, "BilledCost")), (COST, COST));
    let cached = &found[3];
    for (column, value) in [
        ("ChargeDescription", "claude-opus-5-5 cache read tokens"),
        ("ServiceProviderName", "Anthropic"),
        ("SkuPriceId", "claude-opus-5-5/cache_read"),
        ("SkuPriceDetails", "{\"x_TokenType\":\"cache_read\"}"),
        ("ChargePeriodStart", "2026-11-01T04:00:00Z"),
        ("ChargePeriodEnd", "2026-11-02T05:00:00Z"),
        ("BillingPeriodEnd", "2026-12-01T05:00:00Z"),
        ("ResourceId", "s-1"),
        ("x_SourceKind", "estimated"),
        ("ChargeClass", ""),
    ] {
        assert_eq!(cached[column], value, "{column}");
    }
}

#[test]
fn what_the_list_does_not_explain_stays_whole() {
    let searched = COST + Usd::from_pico(10_000_000_000);
    let billed = CostByBasis { billed: Usd::from_pico(1), ..CostByBasis::default() };
    let rows = [
        row("claude_code", Spend::of(TOKENS, Some(searched), Basis::Estimated)),
        row("claude_code", Spend::of(TOKENS, Some(COST), Basis::Reported)),
        row("anthropic", Spend { by_basis: billed, ..Spend::of(TOKENS, None, Basis::Billed) }),
    ];
    let rows = rows.map(|mut row| {
        (row.spend.unpriced_messages, row.spend.unpriced_in, row.spend.unpriced_out) = (0, 0, 0);
        row
    });
    let found = read(&rows);
    assert_eq!(found.len(), 3);
    assert!(found.iter().all(|row| row["ConsumedQuantity"] == "45600" && row["ListUnitPrice"].is_empty()));
    assert_eq!(
        found.iter().map(|row| row["x_SourceKind"].as_str()).collect::<Vec<_>>(),
        ["estimated", "reported", "billed"]
    );
    assert_eq!(sum(&found, "EffectiveCost"), searched + COST + Usd::from_pico(1));
}

#[test]
fn what_has_no_price_is_left_out_and_what_is_no_token_is_counted_otherwise() {
    let nothing = |by_basis| Spend { by_basis, ..Spend::default() };
    let billed = |pico| CostByBasis { billed: Usd::from_pico(pico), ..CostByBasis::default() };
    let mut half = Spend::of(TOKENS, None, Basis::Unpriced);
    half += &Spend::of(Tokens { output: 7, ..Tokens::default() }, Some(Usd::from_pico(9)), Basis::Reported);
    let found = read(&[
        row("claude_code", Spend::of(TOKENS, None, Basis::Unpriced)),
        row("claude_code", half),
        row("anthropic", nothing(billed(30_000_000_000))),
        row("anthropic", nothing(billed(-5_000_000_000))),
    ]);
    let told: Vec<_> = found
        .iter()
        .map(|row| {
            [&row["ChargeCategory"], &row["ConsumedQuantity"], &row["ConsumedUnit"], &row["BilledCost"]]
                .map(String::as_str)
        })
        .collect();
    let expected =
        [["Usage", "7", "Tokens", "0.000000000009"], ["Usage", "1", "Charges", "0.03"], ["Credit", "", "", "-0.005"]];
    assert_eq!(told, expected);
}

#[test]
fn a_subscription_is_used_and_not_billed_by_use() {
    let found = read(&[row("manual", Spend::of(TOKENS, Some(COST), Basis::Estimated))]);
    assert_eq!((sum(&found, "EffectiveCost"), sum(&found, "BilledCost")), (COST, Usd::ZERO));
}

#[test]
fn the_rules_see_what_is_wrong() {
    let right = file(&[row("claude_code", Spend::of(TOKENS, Some(COST), Basis::Estimated))]);
    for (what, wrong) in [
        ("BilledCost,", "Billed,"),
        (",Usage,", ",Use,"),
        (",USD,", ",,"),
        ("2026-11-01T04:00:00Z", "2026-11-01"),
        (",0.0012,", ",1.2e-3,"),
        (",0.0012,", ",0.0013,"),
        ("\r\n", "\n"),
        ("AI and Machine Learning", "N/A"),
    ] {
        let broken = right.replace(what, wrong);
        assert!(broken != right, "{what}");
        assert!(!check(&broken).1.is_empty(), "{what} → {wrong}");
    }
}

#[test]
fn a_word_for_nothing_is_an_empty_cell_and_its_cost_stays() {
    let mut row = row("claude_code", Spend::of(TOKENS, Some(COST), Basis::Reported));
    (row.model, row.session, row.project) = ("n/a".into(), "null".into(), "Unknown".into());
    let (found, problems) = check(&file(&[row]));
    assert_eq!(problems, Vec::<String>::new());
    for empty in ["SkuId", "ResourceId", "SubAccountId"] {
        assert_eq!(found[0][empty], "", "{empty}");
    }
    assert_eq!((found[0]["x_Model"].as_str(), sum(&found, "EffectiveCost")), ("n/a", COST));
}

proptest! {
    #[test]
    fn any_usage_obeys_the_rules_and_adds_up(
        counts in proptest::collection::vec(0_u64..3_000_000, 5),
        costs in proptest::collection::vec(-10_i128..1_000_000_000_000_000, 3),
        model in "(claude-opus-5-5|gpt-5[.]4-mini|n/a|N/A|null|None|unknown|[=+@a-z/,\"-]{1,12})",
        at_list_price in any::<bool>(),
        day in 0_u64..4_000,
        source in 0_usize..3,
    ) {
        let tokens = Tokens {
            input: counts[0], cache_write_5m: counts[1], cache_write_1h: counts[2], cache_read: counts[3], output: counts[4],
        };
        let [billed, reported, estimated] = [costs[0], costs[1], costs[2]].map(Usd::from_pico);
        let by_basis = if at_list_price {
            let femto = [4, 5, 8, 0, 20].iter().zip(&counts).map(|(rate, count)| rate * i128::from(*count) * 1_000_000).sum::<i128>();
            CostByBasis { estimated: Usd::from_pico(femto + i128::from(counts[3]) * 200_000), ..CostByBasis::default() }
        } else {
            CostByBasis { billed, reported, estimated }
        };
        let mut row = row(SELLERS[source].source, Spend { tokens, messages: 3, by_basis, ..Spend::default() });
        row.model = model.trim_matches('-').into();
        prop_assume!(!row.model.is_empty());
        row.date = NaiveDate::from_ymd_opt(2020, 1, 1).and_then(|date| date.checked_add_days(chrono::Days::new(day))).expect("a date");
        let (found, problems) = check(&file(std::slice::from_ref(&row)));
        prop_assert_eq!(problems, Vec::<String>::new());
        prop_assert_eq!(sum(&found, "EffectiveCost"), row.spend.known_cost());
        let billed = if SELLERS[source].subscription { by_basis.billed } else { row.spend.known_cost() };
        prop_assert_eq!(sum(&found, "BilledCost"), billed);
        let consumed: u64 = found.iter().filter(|row| row["ConsumedUnit"] == "Tokens").filter_map(|row| row["ConsumedQuantity"].parse::<u64>().ok()).sum();
        prop_assert_eq!(consumed, if found.is_empty() { 0 } else { tokens.total() });
    }
}
