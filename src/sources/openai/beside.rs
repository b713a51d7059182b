//! The usage reports that do not count tokens: images, sound, searches, sessions, stored bytes.
//!
//! What they cost is in the costs report, and nothing here estimates it: the counts stand beside the bill, so that one
//! sees what a line like `image models` was for. Only whole days are asked for, without any grouping.

use std::cmp::Ordering;

use serde::Deserialize;

use super::{Day, Days, by_day};
use crate::model::Unit;
use crate::sources::provider::{Bucket, Count, DaySpan, Fact, FeedError, Page, Request, read};

const DAYS_PER_PAGE: u32 = 31;

/// A report that counts something else than tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    Images,
    Speeches,
    Transcriptions,
    VectorStores,
    CodeSessions,
    FileSearches,
    WebSearches,
}

impl Report {
    pub const ALL: [Report; 7] = [
        Report::Images,
        Report::Speeches,
        Report::Transcriptions,
        Report::VectorStores,
        Report::CodeSessions,
        Report::FileSearches,
        Report::WebSearches,
    ];

    #[must_use]
    pub const fn feed(self) -> &'static str {
        match self {
            Report::Images => "OpenAI usage of images",
            Report::Speeches => "OpenAI usage of speech",
            Report::Transcriptions => "OpenAI usage of transcription",
            Report::VectorStores => "OpenAI usage of vector stores",
            Report::CodeSessions => "OpenAI usage of the code interpreter",
            Report::FileSearches => "OpenAI usage of file search",
            Report::WebSearches => "OpenAI usage of web search",
        }
    }

    /// Its name in the cursor.
    #[must_use]
    pub const fn item(self) -> &'static str {
        self.unit().name()
    }

    #[must_use]
    pub const fn unit(self) -> Unit {
        match self {
            Report::Images => Unit::Images,
            Report::Speeches => Unit::SpokenCharacters,
            Report::Transcriptions => Unit::AudioSeconds,
            Report::VectorStores => Unit::VectorBytes,
            Report::CodeSessions => Unit::CodeSessions,
            Report::FileSearches => Unit::FileSearches,
            Report::WebSearches => Unit::WebSearches,
        }
    }

    const fn path(self) -> &'static str {
        match self {
            Report::Images => "/v1/organization/usage/images",
            Report::Speeches => "/v1/organization/usage/audio_speeches",
            Report::Transcriptions => "/v1/organization/usage/audio_transcriptions",
            Report::VectorStores => "/v1/organization/usage/vector_stores",
            Report::CodeSessions => "/v1/organization/usage/code_interpreter_sessions",
            Report::FileSearches => "/v1/organization/usage/file_search_calls",
            Report::WebSearches => "/v1/organization/usage/web_search_calls",
        }
    }

    /// The field that holds the count, and what stands in it.
    const fn count(self, row: &Row) -> (&'static str, Option<Count>) {
        match self {
            Report::Images => ("images", row.images),
            Report::Speeches => ("characters", row.characters),
            Report::Transcriptions => ("seconds", row.seconds),
            Report::VectorStores => ("usage_bytes", row.usage_bytes),
            Report::CodeSessions => ("num_sessions", row.num_sessions),
            Report::FileSearches | Report::WebSearches => ("num_requests", row.num_requests),
        }
    }
}

/// How much of it a day had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted(pub u64);

impl Fact for Counted {
    fn by_identity(&self, _: &Counted) -> Ordering {
        Ordering::Equal
    }

    fn absorb(&mut self, other: &Counted) {
        self.0 = self.0.saturating_add(other.0);
    }
}

#[derive(Deserialize)]
struct Row {
    images: Option<Count>,
    characters: Option<Count>,
    seconds: Option<Count>,
    usage_bytes: Option<Count>,
    num_sessions: Option<Count>,
    num_requests: Option<Count>,
}

/// Returns the request for what was used on these days.
#[must_use]
pub fn request(report: Report, span: DaySpan, page: Option<&str>) -> Request {
    by_day(report.path(), DAYS_PER_PAGE, &[], span, page)
}

/// Reads one page of a report.
///
/// # Errors
/// When it is not the documented report, whole: the field that is missing or impossible is named.
pub fn parse(report: Report, bytes: &[u8]) -> Result<Page<Counted>, FeedError> {
    let feed = report.feed();
    let days: Days<'_, Row> = read(feed, bytes)?;
    for (at, day) in days.data.iter().enumerate() {
        for (row_at, row) in day.results.iter().enumerate() {
            if let (field, None) = report.count(row) {
                return Err(FeedError::new(feed, format!("data[{at}].results[{row_at}]: missing field `{field}`")));
            }
        }
    }
    let counted = |row: &Row| report.count(row).1.map(|count| Counted(count.0));
    days.into_page(feed, |Day { start_time, results }| {
        Bucket::new(start_time.0, results.iter().filter_map(counted).collect())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::provider::testing::{edited, refused};

    const FIXTURE: &str = include_str!("fixtures/images.json");

    #[test]
    fn a_day_has_one_count_however_many_groups_there_are() {
        let page = parse(Report::Images, FIXTURE.as_bytes()).expect("parses");
        let days: Vec<(i32, &[Counted])> =
            page.buckets.iter().map(|bucket| (bucket.day, bucket.facts.as_slice())).collect();
        assert_eq!(days, [(20_758, [Counted(12)].as_slice()), (20_759, &[])]);
        assert_eq!(page.next.as_deref(), Some("page_2"));
    }

    #[test]
    fn each_report_reads_the_field_it_is_about() {
        for (report, field) in [
            (Report::Images, "images"),
            (Report::Speeches, "characters"),
            (Report::Transcriptions, "seconds"),
            (Report::VectorStores, "usage_bytes"),
            (Report::CodeSessions, "num_sessions"),
            (Report::FileSearches, "num_requests"),
            (Report::WebSearches, "num_requests"),
        ] {
            let answer = FIXTURE.replace("\"images\"", &format!("\"{field}\""));
            let page = parse(report, answer.as_bytes()).expect("parses");
            assert_eq!(page.buckets[0].facts, [Counted(12)], "{field}");
            let named = format!("data[0].results[0]: missing field `{field}`");
            refused(parse(report, FIXTURE.replace("\"images\"", "\"x\"").as_bytes()), report.feed(), &named);
        }
    }

    #[test]
    fn what_is_not_the_report_is_refused_and_named() {
        let check = |find: &str, with: &str, named: &str| {
            let answer = edited(FIXTURE, find, with);
            refused(parse(Report::Images, answer.as_bytes()), Report::Images.feed(), named);
        };
        check(r#""images": 10"#, r#""images": -1"#, "data[0].results[0].images: invalid value");
        check("1793491200", "1793491201", "data[0].start_time: not the start of a UTC day");
        check(r#""page_2""#, "null", "has_more is true, and next_page is missing");
    }

    #[test]
    fn a_request_asks_for_days_as_a_whole() {
        let request = request(Report::CodeSessions, DaySpan { first: 20_758, last: 20_758 }, None);
        assert_eq!(request.path, "/v1/organization/usage/code_interpreter_sessions");
        assert!(request.query.iter().all(|(name, _)| *name != "group_by[]"));
    }
}
