//! A LiteLLM proxy's daily activity: what it forwarded, and what it reckons that cost.
//!
//! A request and a parser, both pure. The proxy's own figure is kept as it is. A page counts rows, not days, so a day
//! may go on on the next page: pages must be added up ([`super::provider::Pages::of_split_days`]).

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::model::{Origin, Provider, Tokens, UsageEvent, Usd, from_epoch_day};
use crate::sources::provider::{
    Bucket, Count, DaySpan, FeedError, Name, NamesPage, Page, Request, Served, SpentDollars, Usage, UtcDate, read,
};

pub const NAME: &str = "litellm";
pub const FEED: &str = "LiteLLM daily activity";
const ROWS_PER_PAGE: &str = "1000";

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    results: Vec<Day<'a>>,
    metadata: Metadata,
}

#[derive(Deserialize)]
struct Metadata {
    page: Option<u32>,
    total_pages: Option<u32>,
    has_more: Option<bool>,
}

#[derive(Deserialize)]
struct Day<'a> {
    date: UtcDate,
    metrics: Metrics,
    #[serde(borrow, default)]
    breakdown: Breakdown<'a>,
}

#[derive(Deserialize, Default)]
struct Breakdown<'a> {
    #[serde(borrow, default)]
    models: BTreeMap<Name<'a>, Model<'a>>,
    #[serde(borrow, default)]
    api_keys: BTreeMap<Name<'a>, Key<'a>>,
}

#[derive(Deserialize)]
struct Model<'a> {
    metrics: Metrics,
    #[serde(borrow, default)]
    api_key_breakdown: BTreeMap<Name<'a>, Key<'a>>,
}

#[derive(Deserialize)]
struct Key<'a> {
    metrics: Metrics,
    #[serde(borrow, default)]
    metadata: KeyMetadata<'a>,
}

#[derive(Deserialize, Default)]
struct KeyMetadata<'a> {
    #[serde(borrow)]
    key_alias: Option<Name<'a>>,
}

/// The proxy may leave out what is zero. Prompt tokens include what the cache gave and took.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct Metrics {
    spend: Option<SpentDollars>,
    prompt_tokens: Count,
    completion_tokens: Count,
    cache_read_input_tokens: Count,
    cache_creation_input_tokens: Count,
}

/// Returns the request for the usage of these days.
#[must_use]
pub fn request(span: DaySpan, page: Option<&str>) -> Request {
    let query = vec![
        ("start_date", from_epoch_day(span.first).to_string()),
        ("end_date", from_epoch_day(span.last).to_string()),
        ("page_size", ROWS_PER_PAGE.to_owned()),
        ("page", page.unwrap_or("1").to_owned()),
    ];
    Request::new("/user/daily/activity", query)
}

/// Reads one page. Days without usage are not in it; see [`super::provider::fill_gaps`].
///
/// # Errors
/// When it is not the documented report, whole: the field that is missing or impossible is named.
pub fn parse(bytes: &[u8]) -> Result<Page<UsageEvent>, FeedError> {
    let answer: Answer<'_> = read(FEED, bytes)?;
    let mut days: BTreeMap<i32, Vec<UsageEvent>> = BTreeMap::new();
    for day in &answer.results {
        events(day, days.entry(day.date.0).or_default());
    }
    let buckets = days.into_iter().map(|(day, facts)| Bucket::new(day, facts)).collect();
    Ok(Page { buckets, next: next_page(&answer.metadata)? })
}

/// Reads the aliases of the keys, by their hashes, from the same answer.
///
/// # Errors
/// As [`parse`].
pub fn parse_names(bytes: &[u8]) -> Result<NamesPage, FeedError> {
    let answer: Answer<'_> = read(FEED, bytes)?;
    let breakdowns = || answer.results.iter().map(|day| &day.breakdown);
    let of_models = breakdowns().flat_map(|by| by.models.values()).flat_map(|model| &model.api_key_breakdown);
    let keys = breakdowns().flat_map(|by| &by.api_keys).chain(of_models);
    let named = keys.filter_map(|(hash, key)| Some((hash.to_string(), key.metadata.key_alias.as_ref()?.to_string())));
    let names: BTreeMap<String, String> = named.collect();
    Ok(NamesPage { names: names.into_iter().collect(), next: next_page(&answer.metadata)? })
}

fn next_page(metadata: &Metadata) -> Result<Option<String>, FeedError> {
    let by_number = || metadata.page.zip(metadata.total_pages).map(|(page, pages)| page < pages);
    let missing =
        |field| FeedError::new(FEED, format!("metadata.{field} is missing, so it may not be the whole report"));
    if !metadata.has_more.or_else(by_number).ok_or_else(|| missing("has_more"))? {
        return Ok(None);
    }
    let page = metadata.page.ok_or_else(|| missing("page"))?;
    Ok(Some(page.saturating_add(1).to_string()))
}

/// The facts of a day by key and model. What the breakdown leaves out is a fact too, so that they always add up to
/// the day's own metrics.
fn events(day: &Day<'_>, into: &mut Vec<UsageEvent>) {
    let mut push = |model: &str, key: &str, metrics: Metrics| {
        if !metrics.is_nothing() {
            into.push(event(day.date.0, model, key, metrics));
        }
    };
    for (name, model) in &day.breakdown.models {
        for (hash, key) in &model.api_key_breakdown {
            push(name, hash, key.metrics.known());
        }
        push(name, "", model.metrics.known().without(model.api_key_breakdown.values().map(|key| key.metrics)));
    }
    push("", "", day.metrics.known().without(day.breakdown.models.values().map(|model| model.metrics)));
}

fn event(day: i32, model: &str, key: &str, metrics: Metrics) -> UsageEvent {
    let (read, written) = (metrics.cache_read_input_tokens.0, metrics.cache_creation_input_tokens.0);
    Usage {
        day,
        origin: Origin::new(Provider::LiteLlm, "", key),
        model,
        apart: &[],
        tokens: Tokens {
            input: metrics.prompt_tokens.0.saturating_sub(read).saturating_sub(written),
            cache_write_5m: written,
            cache_write_1h: 0,
            cache_read: read,
            output: metrics.completion_tokens.0,
        },
        web_searches: 0,
        modifiers: Served::default().modifiers(),
        // No word at all is for the judge.
        cost: metrics.spend.map(|spend| spend.0),
    }
    .event()
}

/// The proxy adds up floats: sums and parts differ by less than this.
const DUST: Usd = Usd::from_pico(1_000_000);

impl Metrics {
    /// Zero beside tokens is the proxy's word for what it has no price for: no cost is known then. What is left of a sum
    /// with a cost may well be free.
    fn known(self) -> Metrics {
        let spend = self.spend.filter(|spend| spend.0 > Usd::ZERO || self.has_no_tokens());
        Metrics { spend, ..self }
    }

    fn has_no_tokens(&self) -> bool {
        let counts = [self.prompt_tokens, self.completion_tokens, self.cache_read_input_tokens];
        counts.into_iter().chain([self.cache_creation_input_tokens]).all(|count| count.0 == 0)
    }

    fn is_nothing(&self) -> bool {
        self.spend.is_none_or(|spend| spend.0 == Usd::ZERO) && self.has_no_tokens()
    }

    /// Returns what the parts leave over.
    fn without(self, parts: impl Iterator<Item = Metrics>) -> Metrics {
        let count = |whole: Count, part: Count| Count(whole.0.saturating_sub(part.0));
        let mut rest = parts.fold(self, |rest, part| Metrics {
            spend: rest.spend.map(|spend| SpentDollars(spend.0 - part.spend.map_or(Usd::ZERO, |part| part.0))),
            prompt_tokens: count(rest.prompt_tokens, part.prompt_tokens),
            completion_tokens: count(rest.completion_tokens, part.completion_tokens),
            cache_read_input_tokens: count(rest.cache_read_input_tokens, part.cache_read_input_tokens),
            cache_creation_input_tokens: count(rest.cache_creation_input_tokens, part.cache_creation_input_tokens),
        });
        rest.spend = rest.spend.map(|spend| if spend.0 < DUST { SpentDollars(Usd::ZERO) } else { spend });
        rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::provider::testing::{edited, event_line, refused};

    const FIXTURE: &str = include_str!("litellm/fixtures/activity.json");

    #[test]
    fn facts_add_up_to_the_day_whatever_the_breakdown_leaves_out() {
        let page = parse(FIXTURE.as_bytes()).expect("parses");
        assert_eq!(page.next.as_deref(), Some("2"));
        let lines: Vec<String> = page.buckets[0].facts.iter().map(event_line).collect();
        assert_eq!(
            lines,
            [
                "litellm::88dc28d0f030c55e claude-opus-5-5 [100, 100, 0, 600, 100] 0 sum 700000000000 reported",
                "litellm::99ff00 claude-opus-5-5 [100, 0, 0, 0, 50] 0 sum 300000000000 reported",
                // In no model's metrics: the rest of the day, to the last cent.
                "litellm:: unknown [30, 0, 0, 0, 49] 0 sum 50000000000 reported",
                "litellm:: gpt-6.1-sol [60, 0, 0, 0, 0] 0 sum 200000000000 reported",
                "litellm:: home-grown [10, 0, 0, 0, 1] 0 sum unpriced",
            ]
        );
        assert!(page.buckets[1].facts.is_empty());
        let names = parse_names(FIXTURE.as_bytes()).expect("parses");
        assert_eq!(names.names, [("88dc28d0f030c55e".to_owned(), "ci".to_owned())]);
    }

    #[test]
    fn zero_beside_tokens_is_no_price_and_what_a_sum_leaves_over_may_be_free() {
        let lines = |find: &str, with: &str| -> Vec<String> {
            let page = parse(edited(FIXTURE, find, with).as_bytes()).expect("parses");
            page.buckets[0].facts.iter().map(event_line).collect()
        };
        let unknown = lines(r#""home-grown": { "metrics": { "#, r#""home-grown": { "metrics": { "spend": 0, "#);
        assert_eq!(unknown[4], "litellm:: home-grown [10, 0, 0, 0, 1] 0 sum unpriced");
        // All of the model's spend is its keys': twenty tokens more cost nothing more.
        let rest = lines(r#""prompt_tokens": 900"#, r#""prompt_tokens": 920"#);
        assert!(rest.contains(&"litellm:: claude-opus-5-5 [20, 0, 0, 0, 0] 0 sum 0 reported".to_owned()), "{rest:?}");
    }

    #[test]
    fn the_next_page_is_a_number() {
        let next = |metadata: &str| {
            parse(format!(r#"{{"results":[],"metadata":{metadata}}}"#).as_bytes()).map(|page| page.next)
        };
        assert_eq!(next(r#"{"page":3,"total_pages":4}"#), Ok(Some("4".to_owned())));
        assert_eq!(next(r#"{"page":4,"total_pages":4}"#), Ok(None));
        assert_eq!(next(r#"{"page":1,"total_pages":9,"has_more":false}"#), Ok(None));
        refused(next("{}"), FEED, "metadata.has_more is missing");
        refused(next(r#"{"has_more":true}"#), FEED, "metadata.page is missing");
    }

    #[test]
    fn what_is_not_the_report_is_refused_and_named() {
        let check = |find: &str, with: &str, named: &str| {
            refused(parse(edited(FIXTURE, find, with).as_bytes()), FEED, named);
        };
        check(r#""spend": 1.25"#, r#""spend": -1.25"#, "results[0].metrics.spend: the spend is negative");
        check(r#""prompt_tokens": 1000"#, r#""prompt_tokens": -1"#, "results[0].metrics.prompt_tokens: invalid value");
        check(r#", "metrics": {}"#, "", "results[1]: missing field `metrics`");
        check(r#""date": "2026-11-18","#, "", "results[0]: missing field `date`");
        refused(parse(br#"{"detail":[]}"#), FEED, "missing field `results`");
    }
}
