//! What the providers' reports have in common: a request, a page, its days, and what stands in them.
//!
//! A connector is two pure halves around somebody else's HTTP client: what to ask, and what the bytes of the answer
//! say. Nothing here does IO, waits or reads a clock. An answer that is not understood as a whole is refused as a
//! whole: a day is replaced by what its bucket says, so a field that was misread as zero would erase spend.

mod fields;
mod frame;
mod names;
mod pages;
mod usage;

use std::cmp::Ordering;
use std::sync::Arc;

use serde::Deserialize;

use crate::model::{Basis, UsageEvent, Usd};

pub(super) use fields::{Cents, Count, Dollars, Midnight, Name, SpentDollars, UnixMidnight, UtcDate, usd_only};
pub(super) use frame::Frame;
pub use names::{NamesPage, parse_names};
pub use pages::{MAX_PAGES, Pages, Paging, fill_gaps};
pub(super) use usage::{Served, Usage};

/// A GET to make. The base address, the key's header and the encoding belong to the HTTP client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub path: &'static str,
    /// What follows the path, such as an id out of another answer: whatever is in it, each stays one segment.
    pub segments: Vec<String>,
    /// In order, not yet percent-encoded; a name may repeat.
    pub query: Vec<(&'static str, String)>,
}

impl Request {
    pub(super) const fn new(path: &'static str, query: Vec<(&'static str, String)>) -> Request {
        Request { path, segments: Vec::new(), query }
    }
}

/// UTC days to ask for, as days since 1970-01-01, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DaySpan {
    pub first: i32,
    pub last: i32,
}

impl DaySpan {
    #[must_use]
    pub const fn contains(self, day: i32) -> bool {
        self.first <= day && day <= self.last
    }

    /// Returns the day after the last.
    #[must_use]
    pub const fn end(self) -> i32 {
        self.last.saturating_add(1)
    }
}

/// One answer of a paged report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// In the order of their days. A day with an empty bucket was reported, and nothing was used on it.
    pub buckets: Vec<Bucket<T>>,
    /// The cursor of the next page.
    pub next: Option<String>,
}

/// Everything the answer says about one UTC day; it replaces what was stored of that day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket<T> {
    /// Days since 1970-01-01 (UTC), as [`UsageEvent::day`].
    pub day: i32,
    /// In the order of their identity, each once.
    pub facts: Vec<T>,
}

/// An amount of an invoice-grade report. Negative for a credit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BilledCost {
    /// Days since 1970-01-01 (UTC).
    pub day: i32,
    /// The text of an [`Origin`](crate::model::Origin), which never has a key: bills know workspaces and projects only.
    pub origin: Arc<str>,
    /// What was paid for, in the provider's words: `tokens/output_tokens`, `web_search`, `gpt-6.1-sol, input`.
    pub kind: Arc<str>,
    /// `None` when the bill does not name one, which is not the same as no model.
    pub model: Option<Arc<str>>,
    pub amount: Usd,
}

/// An answer that cannot be used; nothing of it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{feed}: {problem}. Nothing of the answer was taken, what is stored stays. If this lasts, the report has changed: \
     update Allclear"
)]
pub struct FeedError {
    /// The report, in words people know: `Anthropic usage report`.
    pub feed: &'static str,
    /// The field, and what is wrong with it.
    pub problem: String,
}

impl FeedError {
    pub(super) fn new(feed: &'static str, problem: impl Into<String>) -> FeedError {
        FeedError { feed, problem: problem.into() }
    }
}

/// Reads an answer into the types of its feed.
///
/// The reason names the field and never quotes what stands in it: an answer may hold a part of a key.
pub(super) fn read<'a, T: Deserialize<'a>>(feed: &'static str, bytes: &'a [u8]) -> Result<T, FeedError> {
    // Keeping track of the place takes as long as the reading: only an answer that is refused is read so.
    if let Ok(answer) = serde_json::from_slice(bytes) {
        return Ok(answer);
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let answer: T = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let place = if path == "." { "the answer".to_owned() } else { shortened(&path) };
        FeedError::new(feed, format!("{place}: {}", without_quotes(&error.into_inner())))
    })?;
    json.end().map_err(|error| FeedError::new(feed, format!("the answer: {}", without_quotes(&error))))?;
    Ok(answer)
}

fn shortened(text: &str) -> String {
    const LENGTH: usize = 120;
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(LENGTH).collect()
}

/// Serde quotes the text it did not expect; that goes.
fn without_quotes(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let quoted = message.find("string \"").zip(message.rfind("\", expected"));
    match quoted {
        Some((from, to)) if from < to => shortened(&format!("{}a text{}", &message[..from], &message[to + 1..])),
        _ => shortened(&message),
    }
}

/// Returns the cursor of the next page, when there is one.
pub(super) fn next_page(
    feed: &'static str,
    has_more: bool,
    field: &str,
    cursor: Option<Name<'_>>,
) -> Result<Option<String>, FeedError> {
    match cursor.filter(|cursor| has_more && !cursor.is_empty()) {
        Some(cursor) => Ok(Some(cursor.to_string())),
        None if has_more => Err(FeedError::new(feed, format!("has_more is true, and {field} is missing"))),
        None => Ok(None),
    }
}

/// What buckets hold: facts that add up when they are about the same.
pub trait Fact {
    fn by_identity(&self, other: &Self) -> Ordering;
    fn absorb(&mut self, other: &Self);
}

impl Fact for UsageEvent {
    fn by_identity(&self, other: &UsageEvent) -> Ordering {
        self.key.cmp(&other.key)
    }

    /// A cost that is known only in part is not known.
    fn absorb(&mut self, other: &UsageEvent) {
        self.tokens += other.tokens;
        self.web_searches = self.web_searches.saturating_add(other.web_searches);
        self.cost = self.cost.zip(other.cost).map(|(cost, more)| cost + more);
        if self.cost.is_none() {
            self.basis = Basis::Unpriced;
        }
    }
}

impl Fact for BilledCost {
    fn by_identity(&self, other: &BilledCost) -> Ordering {
        (&self.origin, &self.kind, &self.model).cmp(&(&other.origin, &other.kind, &other.model))
    }

    fn absorb(&mut self, other: &BilledCost) {
        self.amount += other.amount;
    }
}

impl<T: Fact> Bucket<T> {
    /// Sorts the facts and adds up those about the same: a report may tell things apart that we do not.
    pub(super) fn new(day: i32, mut facts: Vec<T>) -> Bucket<T> {
        facts.sort_by(T::by_identity);
        facts.dedup_by(|later, kept| {
            let same = kept.by_identity(later).is_eq();
            if same {
                kept.absorb(later);
            }
            same
        });
        Bucket { day, facts }
    }
}

#[cfg(test)]
pub(super) mod testing;
#[cfg(test)]
mod tests;
