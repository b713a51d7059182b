//! The usage report: tokens by day, workspace, key, model and how they were served. Its costs are estimated later.

use serde::Deserialize;

use super::{Day, Days, by_day, text};
use crate::model::{Origin, Provider, Tokens, UsageEvent};
use crate::sources::provider::{Bucket, Count, DaySpan, FeedError, Name, Page, Request, Served, Usage, read};

pub const FEED: &str = "Anthropic usage report";

/// Speed is left out: only a beta header allows to group by it, and a beta may end without notice. Fast requests are
/// estimated at the standard price until the cost report tells what they were.
const DIMENSIONS: [&str; 6] =
    ["model", "workspace_id", "api_key_id", "service_tier", "context_window", "inference_geo"];

#[derive(Deserialize)]
struct Row<'a> {
    uncached_input_tokens: Count,
    cache_creation: CacheCreation,
    cache_read_input_tokens: Count,
    output_tokens: Count,
    server_tool_use: Option<ServerToolUse>,
    #[serde(borrow)]
    api_key_id: Option<Name<'a>>,
    #[serde(borrow)]
    workspace_id: Option<Name<'a>>,
    #[serde(borrow)]
    model: Option<Name<'a>>,
    #[serde(borrow)]
    service_tier: Option<Name<'a>>,
    #[serde(borrow)]
    context_window: Option<Name<'a>>,
    #[serde(borrow)]
    inference_geo: Option<Name<'a>>,
}

#[derive(Deserialize)]
struct CacheCreation {
    ephemeral_1h_input_tokens: Count,
    ephemeral_5m_input_tokens: Count,
}

#[derive(Deserialize)]
struct ServerToolUse {
    web_search_requests: Option<u32>,
}

/// Returns the request for the usage of these days.
#[must_use]
pub fn request(span: DaySpan, page: Option<&str>) -> Request {
    by_day("/v1/organizations/usage_report/messages", &DIMENSIONS, span, page)
}

/// Reads one page.
///
/// # Errors
/// When it is not the documented report, whole: the field that is missing or impossible is named.
pub fn parse(bytes: &[u8]) -> Result<Page<UsageEvent>, FeedError> {
    let bucket = |Day { starting_at, results }: &Day<Row<'_>>| {
        Bucket::new(starting_at.0, results.iter().map(|row| event(starting_at.0, row)).collect())
    };
    read::<Days<'_, Row<'_>>>(FEED, bytes)?.into_page(FEED, bucket)
}

fn event(day: i32, row: &Row<'_>) -> UsageEvent {
    let (tier, window, geo) = (text(&row.service_tier), text(&row.context_window), text(&row.inference_geo));
    let served = Served { tier, batch: false, us_only: geo == "us", long: is_long(window) };
    Usage {
        day,
        origin: Origin::new(Provider::Anthropic, text(&row.workspace_id), text(&row.api_key_id)),
        model: text(&row.model),
        apart: &[tier, window, geo],
        // The classes are disjoint.
        tokens: Tokens {
            input: row.uncached_input_tokens.0,
            cache_write_5m: row.cache_creation.ephemeral_5m_input_tokens.0,
            cache_write_1h: row.cache_creation.ephemeral_1h_input_tokens.0,
            cache_read: row.cache_read_input_tokens.0,
            output: row.output_tokens.0,
        },
        web_searches: row.server_tool_use.as_ref().and_then(|tools| tools.web_search_requests).unwrap_or(0),
        modifiers: served.modifiers(),
        cost: None,
    }
    .event()
}

/// `200k-1M`, or whatever comes after it: a window that does not begin at nothing.
fn is_long(window: &str) -> bool {
    !window.is_empty() && !window.starts_with("0-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::provider::testing::{edited, event_line, refused};

    const FIXTURE: &str = include_str!("fixtures/usage.json");

    #[test]
    fn a_page_becomes_days_of_facts() {
        let page = parse(FIXTURE.as_bytes()).expect("parses");
        let days: Vec<i32> = page.buckets.iter().map(|bucket| bucket.day).collect();
        assert_eq!(days, [20_758, 20_759, 20_760]);
        assert!(page.buckets[1].facts.is_empty(), "a day without usage is a day");
        assert_eq!(page.next.as_deref(), Some("page_MjAyNi0xMS0wNFQwMDowMDowMFo="));
        let lines: Vec<String> = page.buckets.iter().flat_map(|bucket| &bucket.facts).map(event_line).collect();
        assert_eq!(
            lines,
            [
                "anthropic:wrkspc_01Example:apikey_01Example claude-opus-5-5 [18250, 3000, 500, 401000, 9120] 3 sum unpriced",
                "anthropic:wrkspc_01Example:apikey_01Example claude-opus-5-5 [10, 0, 0, 0, 1] 0 sum+turbo%overdrive unpriced",
                "anthropic:wrkspc_01Example:apikey_01Example claude-sonnet-4-5-20250929 [900000, 0, 0, 0, 4000] 0 \
                 batch+us+sum+long unpriced",
                "anthropic:: claude-opus-4-5-20251101 [7, 0, 0, 0, 3] 0 priority+sum unpriced",
            ]
        );
        let first = &page.buckets[0].facts[0];
        assert_eq!((first.day, first.at_ms), (20_758, 1_793_491_200_000));
        assert_eq!(&*first.key, "2026-11-01;wrkspc_01Example;apikey_01Example;claude-opus-5-5;standard;0-200k;global");
        assert_eq!(
            &*page.buckets[2].facts[0].key,
            "2026-11-03;;;claude-opus-4-5-20251101;priority_on_demand;0-200k;not_available"
        );
    }

    #[test]
    fn what_is_not_the_report_is_refused_and_named() {
        let check = |find: &str, with: &str, named: &str| {
            refused(parse(edited(FIXTURE, find, with).as_bytes()), FEED, named);
        };
        check(r#""uncached_input_tokens": 18250,"#, "", "data[0].results[0]: missing field `uncached_input_tokens`");
        check(r#""output_tokens": 9120,"#, "", "missing field `output_tokens`");
        check("9120", "-1", "data[0].results[0].output_tokens: invalid value: integer `-1`");
        check("9120", "null", "results[0].output_tokens: invalid type: null");
        check("9120", "1.5", "results[0].output_tokens: invalid type: floating point");
        check("9120", "1000000000000001", "results[0].output_tokens: the count is too large to be real");
        check("9120", "99999999999999999999", "results[0].output_tokens");
        check("9120", r#""sk-ant-admin01-secret""#, "output_tokens: invalid type: a text, expected u64");
        check(r#""ephemeral_1h_input_tokens": 500,"#, "", "cache_creation: missing field `ephemeral_1h_input_tokens`");
        check(r#""starting_at": "2026-11-01T00:00:00Z","#, "", "data[0]: missing field `starting_at`");
        check("2026-11-01T00:00:00Z", "2026-11-01T05:00:00Z", "data[0].starting_at: not the start of a UTC day");
        check("2026-11-01T00:00:00Z", "yesterday", "data[0].starting_at: not a time in RFC 3339");
        check(r#""page_MjAyNi0xMS0wNFQwMDowMDowMFo=""#, "null", "has_more is true, and next_page is missing");
        check(r#""page_MjAyNi0xMS0wNFQwMDowMDowMFo=""#, r#""""#, "has_more is true, and next_page is missing");
        check(r#""has_more": true,"#, "", "missing field `has_more`");
        check(r#""claude-opus-5-5""#, "5", "data[0].results[0].model: invalid type: integer `5`, expected a text");
        check(r#""results": []"#, r#""results": null"#, "data[1].results: invalid type: null");
        refused(parse(b"<html>502 Bad Gateway</html>"), FEED, "the answer: expected value at line 1 column 1");
        refused(parse(b""), FEED, "the answer");
        refused(parse(b"{}"), FEED, "missing field `data`");
        refused(parse(format!("{FIXTURE} {FIXTURE}").as_bytes()), FEED, "trailing characters");
        refused(parse(&FIXTURE.as_bytes()[..FIXTURE.len() - 40]), FEED, "EOF while parsing");
        refused(parse(format!(r#"{{"x":{}"#, "[".repeat(200_000)).as_bytes()), FEED, "");
    }

    #[test]
    fn a_request_asks_for_whole_days() {
        let request = request(DaySpan { first: 20_758, last: 20_760 }, Some("page_x"));
        assert_eq!(request.path, "/v1/organizations/usage_report/messages");
        let query: Vec<String> = request.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(
            query.join("&"),
            "starting_at=2026-11-01T00:00:00Z&ending_at=2026-11-04T00:00:00Z&bucket_width=1d&limit=31&group_by[]=model\
             &group_by[]=workspace_id&group_by[]=api_key_id&group_by[]=service_tier&group_by[]=context_window\
             &group_by[]=inference_geo&page=page_x"
        );
    }
}
