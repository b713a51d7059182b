//! The writers: what is written reads back, and nothing in it runs.

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::analytics::Labels;
use crate::model::RollupRow;
use crate::model::{Basis, Spend, Tokens};

const COLUMNS: &[&str] = &["name", "amount", "note"];

fn written(format: Format, pieces: &[Vec<Vec<Cell<'_>>>]) -> String {
    let mut sheet = Sheet::new(format, COLUMNS);
    let mut out = Vec::new();
    sheet.begin(&mut out, &[("from", "2026-11-01")]).expect("writes");
    for piece in pieces {
        sheet.rows(&mut out, piece.clone()).expect("writes");
    }
    sheet.end(&mut out).expect("writes");
    String::from_utf8(out).expect("is UTF-8")
}

fn row<'a>(name: &'a str, pico: i128, note: &'a str) -> Vec<Cell<'a>> {
    vec![name.into(), Usd::from_pico(pico).into(), note.into()]
}

#[test]
fn csv_is_as_rfc_4180_has_it() {
    let text = written(Format::Csv, &[vec![row("a,\"b\"", -1_500_000_000_000, "")], vec![row("=1+1", 0, "x\ny")]]);
    assert_eq!(text, "name,amount,note\r\n\"a,\"\"b\"\"\",-1.5,\r\n'=1+1,0,\"x\ny\"\r\n");
}

#[test]
fn json_in_pieces_is_one_document() {
    let pieces = [vec![row("a", 1, "")], vec![], vec![row("=b", -5_000_000_000, "\"")]];
    let json: Value = serde_json::from_str(&written(Format::Json, &pieces)).expect("is JSON");
    assert_eq!(json["from"], "2026-11-01");
    assert_eq!(json["rows"][0]["note"], Value::Null, "what is not known");
    assert_eq!((&json["rows"][1]["name"], &json["rows"][1]["amount"]), (&"=b".into(), &(-0.005).into()));
    assert_eq!(json["rows"].as_array().map(Vec::len), Some(2));
    let none: Value = serde_json::from_str(&written(Format::Json, &[])).expect("is JSON");
    assert_eq!(none["rows"].as_array().map(Vec::len), Some(0));
}

#[test]
fn a_span_is_read_by_the_months_of_the_calendar() {
    let span =
        |from: &str, to: &str| DateRange { from: from.parse().expect("a date"), to: to.parse().expect("a date") };
    let found: Vec<_> = months(span("2025-12-30", "2026-03-01")).collect();
    let expected = [
        span("2025-12-30", "2025-12-31"),
        span("2026-01-01", "2026-01-31"),
        span("2026-02-01", "2026-02-28"),
        span("2026-03-01", "2026-03-01"),
    ];
    assert_eq!(found, expected);
    assert_eq!(months(span("2026-11-20", "2026-11-20")).count(), 1);
}

#[test]
fn a_row_of_usage_says_what_it_rests_on_and_unknown_is_empty() {
    let tokens = Tokens { input: 10, output: 5, ..Tokens::default() };
    let of = |spend: Spend| RollupRow {
        source: "claude_code".into(),
        date: "2026-11-20".parse().expect("a date"),
        session: "s-1".into(),
        project: "/home/dev/shop".into(),
        model: "m".into(),
        spend,
    };
    let labels = Labels { clients: [("/home/dev/shop".to_owned(), "Acme".to_owned())].into(), ..Labels::default() };
    let cells = |spend: Spend, wanted: &[&str]| -> Vec<Cell<'static>> {
        let row = of(spend);
        let cells = usage_row(&row, &labels);
        assert_eq!(cells.len(), USAGE.len());
        let at = |name: &&str| USAGE.iter().position(|column| column == name).and_then(|at| cells.get(at));
        wanted
            .iter()
            .map(|name| match at(name).expect("is a column") {
                Cell::Text(text) => Cell::Text(text.clone().into_owned().into()),
                Cell::Number(number) => Cell::Number(number.clone()),
                Cell::Empty => Cell::Empty,
            })
            .collect()
    };
    let unknown = Spend::of(tokens, None, Basis::Unpriced);
    let text = |text: &'static str| Cell::from(text);
    assert_eq!(
        cells(unknown, &["cost", "costBasis", "client", "unpricedTokensIn"]),
        [Cell::Empty, text("unpriced"), text("Acme"), 10_u64.into()]
    );
    let mut both = Spend::of(tokens, Some(Usd::from_pico(1)), Basis::Estimated);
    both += &Spend::of(tokens, Some(Usd::from_pico(2)), Basis::Reported);
    both += &unknown;
    assert_eq!(
        cells(both, &["cost", "costBasis"]),
        [Cell::Number("0.000000000003".to_owned()), text("reported+estimated+unpriced")]
    );
    assert_eq!(cells(Spend::of(tokens, Some(Usd::ZERO), Basis::Estimated), &["cost", "costBasis"]).len(), 2);
    let free = cells(Spend::of(tokens, Some(Usd::ZERO), Basis::Estimated), &["cost", "costBasis"]);
    assert_eq!(free, [Cell::Number("0".to_owned()), text("estimated")], "for nothing, and known to be");
}

proptest! {
    #[test]
    fn no_text_is_a_formula_and_every_text_reads_back(
        names in proptest::collection::vec("[=+@\\-\t\r\n,\"' a-z0-9é]{0,8}", 1..8),
        pico in -1_000_000_000_000_000_i128..1_000_000_000_000_000,
    ) {
        let rows: Vec<Vec<Cell<'_>>> = names.iter().map(|name| row(name, pico, name)).collect();
        let text = written(Format::Csv, &[rows]);
        let mut reader = ::csv::ReaderBuilder::new().from_reader(text.as_bytes());
        let mut read = 0;
        for (record, name) in reader.records().zip(&names) {
            let record = record.expect("is a record");
            for cell in [&record[0], &record[2]] {
                prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?}");
                prop_assert!(cell == name || cell.strip_prefix('\'') == Some(name.as_str()), "{cell:?} {name:?}");
            }
            prop_assert_eq!(Usd::parse_dollars(&record[1]), Some(Usd::from_pico(pico)), "a number stays one");
            read += 1;
        }
        prop_assert_eq!(read, names.len());
        let whole = written(Format::Json, &[names.iter().map(|name| row(name, pico, name)).collect()]);
        let json: Value = serde_json::from_str(&whole).expect("is JSON");
        for (row, name) in json["rows"].as_array().expect("has rows").iter().zip(&names) {
            prop_assert_eq!(row["name"].as_str().unwrap_or_default(), name, "JSON needs no guard");
        }
    }
}
