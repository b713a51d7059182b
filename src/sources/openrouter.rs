//! OpenRouter's activity: what was used and charged on the last thirty completed UTC days.
//!
//! A request and a parser, both pure. The charge is OpenRouter's own figure and is kept as it is. What requests with
//! one's own provider key cost there is left out: it is on that provider's bill.

pub mod credit;

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::model::{Origin, Provider, Tokens, UsageEvent, from_epoch_day};
use crate::sources::provider::{
    Bucket, Count, DaySpan, FeedError, Name, Page, Request, Served, SpentDollars, Usage, UtcDate, read,
};

pub const NAME: &str = "openrouter";
pub const BASE_URL: &str = "https://openrouter.ai";
pub const FEED: &str = "OpenRouter activity";
/// How far back the report goes; today is not in it.
const DAYS: i32 = 30;

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    data: Vec<Row<'a>>,
}

#[derive(Deserialize)]
struct Row<'a> {
    date: UtcDate,
    #[serde(borrow)]
    model: Name<'a>,
    #[serde(borrow)]
    model_permaslug: Option<Name<'a>>,
    #[serde(borrow)]
    endpoint_id: Option<Name<'a>>,
    #[serde(borrow)]
    provider_name: Option<Name<'a>>,
    usage: SpentDollars,
    prompt_tokens: Count,
    completion_tokens: Count,
}

/// Returns the days that the report covers when it is asked on `today` (UTC).
#[must_use]
pub const fn covered(today: i32) -> DaySpan {
    DaySpan { first: today.saturating_sub(DAYS), last: today.saturating_sub(1) }
}

/// Returns the request for one day, or for all that are covered. There are no pages.
#[must_use]
pub fn request(day: Option<i32>) -> Request {
    let query = day.map(|day| ("date", from_epoch_day(day).to_string())).into_iter().collect();
    Request::new("/api/v1/activity", query)
}

/// Reads the answer. Days without usage are not in it; see [`super::provider::fill_gaps`].
///
/// # Errors
/// When it is not the documented report, whole: the field that is missing or impossible is named.
pub fn parse(bytes: &[u8]) -> Result<Page<UsageEvent>, FeedError> {
    let answer: Answer<'_> = read(FEED, bytes)?;
    let mut days: BTreeMap<i32, Vec<UsageEvent>> = BTreeMap::new();
    for row in &answer.data {
        days.entry(row.date.0).or_default().push(event(row));
    }
    Ok(Page { buckets: days.into_iter().map(|(day, facts)| Bucket::new(day, facts)).collect(), next: None })
}

fn event(row: &Row<'_>) -> UsageEvent {
    let text = |name: &Option<Name<'_>>| name.as_deref().unwrap_or_default().to_owned();
    let apart = [text(&row.model_permaslug), text(&row.endpoint_id), text(&row.provider_name)];
    Usage {
        day: row.date.0,
        origin: Origin::new(Provider::OpenRouter, "", ""),
        model: &row.model,
        apart: &apart.each_ref().map(String::as_str),
        // Completions are taken to include their reasoning; the documents do not say.
        tokens: Tokens { input: row.prompt_tokens.0, output: row.completion_tokens.0, ..Tokens::default() },
        web_searches: 0,
        modifiers: Served::default().modifiers(),
        cost: Some(row.usage.0),
    }
    .event()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::provider::fill_gaps;
    use crate::sources::provider::testing::{edited, event_line, refused};

    const FIXTURE: &str = include_str!("openrouter/fixtures/activity.json");

    #[test]
    fn each_endpoint_is_a_fact_with_its_charge() {
        let page = parse(FIXTURE.as_bytes()).expect("parses");
        let lines: Vec<String> = page.buckets.iter().flat_map(|bucket| &bucket.facts).map(event_line).collect();
        assert_eq!(
            lines,
            [
                "openrouter:: openai/gpt-6.1-sol [9, 0, 0, 0, 0] 0 sum 0 reported",
                "openrouter:: anthropic/claude-opus-5.5 [50, 0, 0, 0, 125] 0 sum 15000000000 reported",
                "openrouter:: anthropic/claude-opus-5.5 [1, 0, 0, 0, 2] 0 sum 300000 reported",
            ]
        );
        let today = 20_776;
        let days = fill_gaps(page.buckets, covered(today));
        assert_eq!((days.len(), days[0].day, days[29].day), (30, today - 30, today - 1));
        assert_eq!(days.iter().map(|bucket| bucket.facts.len()).sum::<usize>(), 3);
    }

    #[test]
    fn what_is_not_the_report_is_refused_and_named() {
        let check = |find: &str, with: &str, named: &str| {
            refused(parse(edited(FIXTURE, find, with).as_bytes()), FEED, named);
        };
        check(r#""usage": 0.015, "#, "", "data[0]: missing field `usage`");
        check("0.015", "-0.015", "data[0].usage: the spend is negative");
        check(r#""prompt_tokens": 50, "#, "", "data[0]: missing field `prompt_tokens`");
        check("2026-11-18", "18.11.2026", "data[0].date: not a date like 2026-11-18");
        refused(parse(br#"{"error":{"code":403,"message":"no"}}"#), FEED, "missing field `data`");
    }
}
