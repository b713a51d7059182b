//! The usage reports that count tokens: completions, embeddings, moderations. Their costs are estimated later.
//!
//! What is counted in other units is in `beside.rs`.

use serde::Deserialize;

use super::{Day, Days, by_day, text};
use crate::model::{Origin, Provider, Tokens, UsageEvent};
use crate::sources::provider::{Bucket, Count, DaySpan, FeedError, Name, Page, Request, Served, Usage, read};

const DAYS_PER_PAGE: u32 = 31;

/// A report that counts tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    Completions,
    Embeddings,
    Moderations,
}

impl Report {
    pub const ALL: [Report; 3] = [Report::Completions, Report::Embeddings, Report::Moderations];

    #[must_use]
    pub const fn feed(self) -> &'static str {
        match self {
            Report::Completions => "OpenAI usage of completions",
            Report::Embeddings => "OpenAI usage of embeddings",
            Report::Moderations => "OpenAI usage of moderations",
        }
    }

    /// Tells the reports apart in the keys of facts.
    const fn name(self) -> &'static str {
        match self {
            Report::Completions => "completions",
            Report::Embeddings => "embeddings",
            Report::Moderations => "moderations",
        }
    }
}

/// Input includes what the cache gave and took. Text, audio and images are not told apart: the prices are those of
/// text, and the costs report has the true ones.
#[derive(Deserialize)]
struct Row<'a> {
    input_tokens: Count,
    input_cached_tokens: Option<Count>,
    input_cache_write_tokens: Option<Count>,
    input_uncached_tokens: Option<Count>,
    output_tokens: Option<Count>,
    #[serde(borrow)]
    project_id: Option<Name<'a>>,
    #[serde(borrow)]
    api_key_id: Option<Name<'a>>,
    #[serde(borrow)]
    model: Option<Name<'a>>,
    batch: Option<bool>,
    #[serde(borrow)]
    service_tier: Option<Name<'a>>,
}

/// Returns the request for the usage of these days.
#[must_use]
pub fn request(report: Report, span: DaySpan, page: Option<&str>) -> Request {
    let (path, dimensions): (_, &[&str]) = match report {
        Report::Completions => {
            ("/v1/organization/usage/completions", &["model", "project_id", "api_key_id", "batch", "service_tier"])
        }
        Report::Embeddings => ("/v1/organization/usage/embeddings", &["model", "project_id", "api_key_id"]),
        Report::Moderations => ("/v1/organization/usage/moderations", &["model", "project_id", "api_key_id"]),
    };
    by_day(path, DAYS_PER_PAGE, dimensions, span, page)
}

/// Reads one page of a report.
///
/// # Errors
/// When it is not the documented report, whole: the field that is missing or impossible is named.
pub fn parse(report: Report, bytes: &[u8]) -> Result<Page<UsageEvent>, FeedError> {
    let feed = report.feed();
    let days: Days<'_, Row<'_>> = read(feed, bytes)?;
    for (at, day) in days.data.iter().enumerate() {
        let missing = |row: &Row<'_>| report == Report::Completions && row.output_tokens.is_none();
        if let Some(row) = day.results.iter().position(missing) {
            return Err(FeedError::new(feed, format!("data[{at}].results[{row}]: missing field `output_tokens`")));
        }
    }
    days.into_page(feed, |Day { start_time, results }| {
        Bucket::new(start_time.0, results.iter().map(|row| event(report, start_time.0, row)).collect())
    })
}

fn event(report: Report, day: i32, row: &Row<'_>) -> UsageEvent {
    let (tier, batch) = (text(&row.service_tier), row.batch == Some(true));
    let served = Served { tier, batch, ..Served::default() };
    Usage {
        day,
        origin: Origin::new(Provider::OpenAi, text(&row.project_id), text(&row.api_key_id)),
        model: text(&row.model),
        apart: &[report.name(), if batch { "batch" } else { "" }, tier],
        tokens: tokens(row),
        web_searches: 0,
        modifiers: served.modifiers(),
        cost: None,
    }
    .event()
}

/// Takes input apart into disjoint classes. Older rows do not say what was written to the cache; it is what the
/// others leave over, if they say what was not cached.
fn tokens(row: &Row<'_>) -> Tokens {
    let count = |count: Option<Count>| count.map(|count| count.0);
    let cached = count(row.input_cached_tokens).unwrap_or(0);
    let not_read = row.input_tokens.0.saturating_sub(cached);
    let written = count(row.input_cache_write_tokens)
        .or_else(|| count(row.input_uncached_tokens).map(|uncached| not_read.saturating_sub(uncached)))
        .unwrap_or(0);
    Tokens {
        input: not_read.saturating_sub(written),
        cache_write_5m: written,
        cache_write_1h: 0,
        cache_read: cached,
        output: count(row.output_tokens).unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::provider::testing::{edited, event_line, refused};

    const COMPLETIONS: &str = include_str!("fixtures/completions.json");
    const EMBEDDINGS: &str = include_str!("fixtures/embeddings.json");

    #[test]
    fn input_is_taken_apart_into_what_the_cache_gave_and_took() {
        let page = parse(Report::Completions, COMPLETIONS.as_bytes()).expect("parses");
        let lines: Vec<String> = page.buckets[0].facts.iter().map(event_line).collect();
        assert_eq!(
            lines,
            [
                "openai:: unknown [0, 0, 0, 40, 1] 0 sum+scale unpriced",
                // An older row: nothing is said of cache writes.
                "openai:proj_abc:key_abc gpt-4o-2024-08-06 [600, 0, 0, 400, 500] 0 batch+sum unpriced",
                "openai:proj_abc:key_abc gpt-6.1-sol [500, 100, 0, 400, 500] 0 sum unpriced",
                // Only what was not cached is said.
                "openai:proj_abc:key_abc gpt-6.1-sol [350, 250, 0, 400, 0] 0 flex+sum unpriced",
            ]
        );
        assert_eq!(&*page.buckets[0].facts[2].key, "2026-11-01;proj_abc;key_abc;gpt-6.1-sol;completions;;default");
        assert_eq!((page.buckets[1].day, page.buckets[1].facts.len()), (20_759, 0));
        assert_eq!(page.next.as_deref(), Some("page_AAAAAGdGxdEiJdKOAAAAAGcqsYA="));
    }

    #[test]
    fn embeddings_have_no_output() {
        let page = parse(Report::Embeddings, EMBEDDINGS.as_bytes()).expect("parses");
        let fact = &page.buckets[0].facts[0];
        assert_eq!(event_line(fact), "openai:proj_abc:key_abc text-embedding-3-large [16, 0, 0, 0, 0] 0 sum unpriced");
        let same = parse(Report::Moderations, EMBEDDINGS.as_bytes()).expect("parses");
        assert_ne!(fact.key, same.buckets[0].facts[0].key, "reports do not share facts");
        let named = "data[0].results[0]: missing field `output_tokens`";
        refused(parse(Report::Completions, EMBEDDINGS.as_bytes()), Report::Completions.feed(), named);
    }

    #[test]
    fn what_is_not_the_report_is_refused_and_named() {
        let check = |find: &str, with: &str, named: &str| {
            let answer = edited(COMPLETIONS, find, with);
            refused(parse(Report::Completions, answer.as_bytes()), Report::Completions.feed(), named);
        };
        check(r#""input_tokens": 1000, "#, "", "data[0].results[0]: missing field `input_tokens`");
        check(r#""input_tokens": 1000"#, r#""input_tokens": -1000"#, "results[0].input_tokens: invalid value");
        check(r#""input_cached_tokens": 400"#, r#""input_cached_tokens": "400""#, "results[0].input_cached_tokens");
        check(r#""start_time": 1793491200, "#, "", "data[0]: missing field `start_time`");
        check("1793491200", "1793491201", "data[0].start_time: not the start of a UTC day");
        check("1793491200", "99999999999999", "data[0].start_time: not a time in Unix seconds");
        check(r#""page_AAAAAGdGxdEiJdKOAAAAAGcqsYA=""#, "null", "has_more is true, and next_page is missing");
        check(r#""batch": false"#, r#""batch": 0"#, "data[0].results[0].batch: invalid type");
    }

    #[test]
    fn a_request_asks_for_whole_days() {
        let span = DaySpan { first: 20_758, last: 20_758 };
        let asked = |report| {
            let request = request(report, span, None);
            let query: Vec<String> = request.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
            format!("{}?{}", request.path, query.join("&"))
        };
        assert_eq!(
            asked(Report::Completions),
            "/v1/organization/usage/completions?start_time=1793491200&end_time=1793577600&bucket_width=1d&limit=31\
             &group_by[]=model&group_by[]=project_id&group_by[]=api_key_id&group_by[]=batch&group_by[]=service_tier"
        );
        for report in [Report::Embeddings, Report::Moderations] {
            assert!(asked(report).ends_with("&group_by[]=model&group_by[]=project_id&group_by[]=api_key_id"));
        }
    }
}
