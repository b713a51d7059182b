//! Anthropic's Admin API: what was used, what was billed, who used Claude Code, and what ids are called.
//!
//! Each report is a request and a parser, both pure. It covers usage by API keys and the Console; never claude.ai, and
//! never subscriptions. The key goes into a header, by the HTTP client, and nowhere else.

pub mod claude_code;
pub mod cost;
pub mod names;
pub mod usage;

use chrono::NaiveTime;
use serde::Deserialize;

use crate::model::from_epoch_day;
use crate::sources::provider::{DaySpan, Frame, Midnight, Name, Request};

pub const NAME: &str = "anthropic";
pub const BASE_URL: &str = "https://api.anthropic.com";
/// An admin key; every other kind of key is refused by these reports.
pub const KEY_HEADER: &str = "x-api-key";
pub const KEY_PREFIX: &str = "sk-ant-admin";
/// The header every request needs beside the key.
pub const VERSION_HEADER: (&str, &str) = ("anthropic-version", "2023-06-01");
/// The most days a page can hold.
const DAYS_PER_PAGE: &str = "31";

/// A page of a report by days.
type Days<'a, T> = Frame<'a, Day<T>>;

#[derive(Deserialize)]
struct Day<T> {
    starting_at: Midnight,
    results: Vec<T>,
}

/// A request for days of a report, grouped by `dimensions`.
fn by_day(path: &'static str, dimensions: &[&str], span: DaySpan, page: Option<&str>) -> Request {
    let mut query = vec![
        ("starting_at", midnight(span.first)),
        // A bucket counts when it ends by then: midnight after the last day brings the last day too.
        ("ending_at", midnight(span.end())),
        ("bucket_width", "1d".to_owned()),
        ("limit", DAYS_PER_PAGE.to_owned()),
    ];
    query.extend(dimensions.iter().map(|dimension| ("group_by[]", (*dimension).to_owned())));
    query.extend(page.map(|cursor| ("page", cursor.to_owned())));
    Request::new(path, query)
}

fn midnight(day: i32) -> String {
    from_epoch_day(day).and_time(NaiveTime::MIN).format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The text of a dimension; null means something of its own (the default workspace, the Console), and is empty.
fn text<'a>(dimension: &'a Option<Name<'_>>) -> &'a str {
    dimension.as_deref().unwrap_or_default()
}
