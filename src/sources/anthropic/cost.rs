//! The cost report: what was billed by day and workspace. It knows no keys, and nothing of the Priority Tier.

use std::sync::Arc;

use serde::Deserialize;

use super::{Day, Days, by_day, text};
use crate::model::{Origin, Provider};
use crate::sources::provider::{BilledCost, Bucket, Cents, DaySpan, FeedError, Name, Page, Request, read, usd_only};

pub const FEED: &str = "Anthropic cost report";

/// The description itself is free text and is not read; grouping by it is what fills the other fields.
const DIMENSIONS: [&str; 2] = ["workspace_id", "description"];

#[derive(Deserialize)]
struct Row<'a> {
    #[serde(rename = "currency", deserialize_with = "usd_only")]
    _currency: (),
    amount: Cents,
    #[serde(borrow)]
    workspace_id: Option<Name<'a>>,
    #[serde(borrow)]
    cost_type: Option<Name<'a>>,
    #[serde(borrow)]
    token_type: Option<Name<'a>>,
    #[serde(borrow)]
    model: Option<Name<'a>>,
}

/// Returns the request for what was billed on these days.
#[must_use]
pub fn request(span: DaySpan, page: Option<&str>) -> Request {
    by_day("/v1/organizations/cost_report", &DIMENSIONS, span, page)
}

/// Reads one page.
///
/// # Errors
/// When it is not the documented report, whole, or an amount is not in US dollars: the field is named.
pub fn parse(bytes: &[u8]) -> Result<Page<BilledCost>, FeedError> {
    let bucket = |Day { starting_at, results }: &Day<Row<'_>>| {
        Bucket::new(starting_at.0, results.iter().map(|row| cost(starting_at.0, row)).collect())
    };
    read::<Days<'_, Row<'_>>>(FEED, bytes)?.into_page(FEED, bucket)
}

fn cost(day: i32, row: &Row<'_>) -> BilledCost {
    let kind = match (text(&row.cost_type), text(&row.token_type)) {
        (cost, "") => cost.to_owned(),
        (cost, token) => format!("{cost}/{token}"),
    };
    BilledCost {
        day,
        origin: Origin::new(Provider::Anthropic, text(&row.workspace_id), "").text(),
        kind: kind.into(),
        model: row.model.as_deref().map(Arc::from),
        amount: row.amount.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::provider::testing::{cost_line, edited, refused};

    const FIXTURE: &str = include_str!("fixtures/cost.json");

    #[test]
    fn cents_become_exact_amounts() {
        let page = parse(FIXTURE.as_bytes()).expect("parses");
        assert_eq!(page.next, None);
        assert!(page.buckets[1].facts.is_empty());
        let lines: Vec<String> = page.buckets[0].facts.iter().map(cost_line).collect();
        assert_eq!(
            lines,
            [
                "anthropic:: session_usage - 1",
                "anthropic:: web_search - 30000000000",
                // Standard and batch are one kind: $73 and $1.23456789.
                "anthropic:wrkspc_01Example: tokens/uncached_input_tokens claude-opus-5-5 74234567890000",
            ]
        );
    }

    #[test]
    fn what_is_not_the_report_is_refused_and_named() {
        let check = |find: &str, with: &str, named: &str| {
            refused(parse(edited(FIXTURE, find, with).as_bytes()), FEED, named);
        };
        check(r#""amount": "7300.00","#, "", "data[0].results[0]: missing field `amount`");
        check(r#""7300.00""#, "null", "data[0].results[0].amount: not an amount of money");
        check("7300.00", "", "results[0].amount: not an amount of money");
        check("7300.00", "1e12", "results[0].amount: the amount is too large to be real");
        check("7300.00", "1,5", "results[0].amount: not an amount of money");
        check(r#""currency": "USD", "#, "", "data[0].results[0]: missing field `currency`");
        check(r#""USD""#, r#""EUR""#, "results[0].currency: the currency is EUR, and only USD can be counted");
        check(r#""USD""#, "null", "results[0].currency: invalid type: null");
        check(r#""has_more": false"#, r#""has_more": true"#, "has_more is true, and next_page is missing");
    }
}
