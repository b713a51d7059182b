//! OpenAI's organisation reports: what was used, what was billed, and what ids are called.
//!
//! Each report is a request and a parser, both pure. The admin key goes into a header, by the HTTP client, and nowhere
//! else. Paths carry the `/v1`; the base address does not.

pub mod beside;
pub mod costs;
pub mod names;
pub mod usage;

use serde::Deserialize;

use crate::sources::provider::{DaySpan, Frame, Name, Request, UnixMidnight};

pub const NAME: &str = "openai";
pub const BASE_URL: &str = "https://api.openai.com";
/// A key of an organisation's owner, sent as `Authorization: Bearer`; keys of projects are refused.
pub const KEY_PREFIX: &str = "sk-admin-";

/// A page of a report by days.
type Days<'a, T> = Frame<'a, Day<T>>;

#[derive(Deserialize)]
struct Day<T> {
    start_time: UnixMidnight,
    results: Vec<T>,
}

/// A request for days of a report, grouped by `dimensions`. Arrays are sent in brackets, as the official clients do.
fn by_day(path: &'static str, days_per_page: u32, dimensions: &[&str], span: DaySpan, page: Option<&str>) -> Request {
    let mut query = vec![
        ("start_time", seconds(span.first)),
        // Exclusive.
        ("end_time", seconds(span.end())),
        ("bucket_width", "1d".to_owned()),
        ("limit", days_per_page.to_string()),
    ];
    query.extend(dimensions.iter().map(|dimension| ("group_by[]", (*dimension).to_owned())));
    query.extend(page.map(|cursor| ("page", cursor.to_owned())));
    Request::new(path, query)
}

fn seconds(day: i32) -> String {
    (i64::from(day) * 86_400).to_string()
}

fn text<'a>(dimension: &'a Option<Name<'_>>) -> &'a str {
    dimension.as_deref().unwrap_or_default()
}
