//! The costs report: what was billed by day, project and line of the bill. It is what the invoice adds up to.

use std::sync::Arc;

use serde::Deserialize;

use super::{Day, Days, by_day, text};
use crate::model::{Origin, Provider};
use crate::sources::provider::{BilledCost, Bucket, DaySpan, Dollars, FeedError, Name, Page, Request, read, usd_only};

pub const FEED: &str = "OpenAI costs report";
const DAYS_PER_PAGE: u32 = 180;

#[derive(Deserialize)]
struct Row<'a> {
    amount: Amount,
    #[serde(borrow)]
    project_id: Option<Name<'a>>,
    #[serde(borrow)]
    line_item: Option<Name<'a>>,
}

#[derive(Deserialize)]
struct Amount {
    value: Dollars,
    #[serde(rename = "currency", deserialize_with = "usd_only")]
    _currency: (),
}

/// Returns the request for what was billed on these days.
#[must_use]
pub fn request(span: DaySpan, page: Option<&str>) -> Request {
    by_day("/v1/organization/costs", DAYS_PER_PAGE, &["project_id", "line_item"], span, page)
}

/// Reads one page.
///
/// # Errors
/// When it is not the documented report, whole, or an amount is not in US dollars: the field is named.
pub fn parse(bytes: &[u8]) -> Result<Page<BilledCost>, FeedError> {
    let bucket = |Day { start_time, results }: &Day<Row<'_>>| {
        Bucket::new(start_time.0, results.iter().map(|row| cost(start_time.0, row)).collect())
    };
    read::<Days<'_, Row<'_>>>(FEED, bytes)?.into_page(FEED, bucket)
}

fn cost(day: i32, row: &Row<'_>) -> BilledCost {
    let line = text(&row.line_item);
    BilledCost {
        day,
        origin: Origin::new(Provider::OpenAi, text(&row.project_id), "").text(),
        kind: line.into(),
        model: model_of(line).map(Arc::from),
        amount: row.amount.value.0,
    }
}

/// The model of a line like `gpt-6.1-sol, cached input`. The text is not documented: a line of any other form names no
/// model, rather than a wrong one.
fn model_of(line: &str) -> Option<&str> {
    let (model, what) = line.split_once(", ")?;
    let is_name = !model.is_empty() && !model.contains(char::is_whitespace);
    (is_name && (what.ends_with("input") || what.ends_with("output"))).then_some(model)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::provider::testing::{cost_line, edited, refused};

    const FIXTURE: &str = include_str!("fixtures/costs.json");

    #[test]
    fn an_amount_is_exact_however_it_is_written() {
        let page = parse(FIXTURE.as_bytes()).expect("parses");
        let lines: Vec<String> = page.buckets[0].facts.iter().map(cost_line).collect();
        assert_eq!(
            lines,
            [
                "openai::  - -2500000000000",
                "openai:: image models - 500000000000",
                "openai:proj_abc: Vector storage, daily, per gibibyte - 150000",
                "openai:proj_abc: gpt-4o-2024-08-06, output gpt-4o-2024-08-06 12000000000000",
                "openai:proj_abc: gpt-6.1-sol, cached input gpt-6.1-sol 123456789012",
                "openai:proj_abc: gpt-6.1-sol, input gpt-6.1-sol 60000000000",
            ]
        );
    }

    #[test]
    fn what_is_not_the_report_is_refused_and_named() {
        let check = |find: &str, with: &str, named: &str| {
            refused(parse(edited(FIXTURE, find, with).as_bytes()), FEED, named);
        };
        check(r#""amount": { "value": 0.06, "currency": "usd" },"#, "", "data[0].results[0]: missing field `amount`");
        check(r#"{ "value": 0.06, "currency": "usd" }"#, "null", "data[0].results[0].amount: invalid type: null");
        check(r#""value": 0.06, "#, "", "data[0].results[0].amount: missing field `value`");
        check("0.06", "null", "results[0].amount.value: not an amount of money");
        check("0.06", "true", "results[0].amount.value: not an amount of money");
        check("0.06", "[]", "results[0].amount.value: not an amount of money");
        check("0.06", "1e7", "results[0].amount.value: the amount is too large to be real");
        check(r#""currency": "usd""#, r#""currency": "eur""#, "results[0].amount.currency: the currency is eur");
        check(r#""currency": "usd""#, r#""currency": "sk-1""#, "the currency is something else");
        check(r#", "currency": "usd""#, "", "data[0].results[0].amount: missing field `currency`");
    }

    #[test]
    fn only_a_line_of_the_known_form_names_a_model() {
        let cases = [
            ("gpt-6.1-sol, input", Some("gpt-6.1-sol")),
            ("o3-2025-04-16, cached input", Some("o3-2025-04-16")),
            ("web search tool calls, input", None),
            ("gpt-6.1-sol", None),
            (", input", None),
            ("gpt-6.1-sol, images", None),
            ("", None),
        ];
        for (line, model) in cases {
            assert_eq!(model_of(line), model, "{line}");
        }
    }
}
