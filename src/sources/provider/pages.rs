//! The pages of a report, put together by day, and the guard against reports that never end.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashSet};

use super::{Bucket, DaySpan, Fact, FeedError, Page};

/// Pages of one report in one reading: a year of days is twelve pages, a year of a busy proxy's rows some hundred.
pub const MAX_PAGES: usize = 1_000;

/// Follows the cursors of one report, and refuses to go in circles or on for ever.
#[derive(Debug)]
pub struct Paging {
    feed: &'static str,
    seen: HashSet<String>,
    pages_max: usize,
}

impl Paging {
    #[must_use]
    pub fn new(feed: &'static str, pages_max: usize) -> Paging {
        Paging { feed, seen: HashSet::new(), pages_max }
    }

    /// Takes the cursor a page gave and returns it when it may be followed.
    ///
    /// # Errors
    /// When the provider gave it before, or when it would lead to more pages than can be real.
    pub fn follow(&mut self, next: Option<String>) -> Result<Option<String>, FeedError> {
        let Some(cursor) = next else { return Ok(None) };
        if self.seen.len() + 1 >= self.pages_max {
            let problem = format!("there are more than {} pages: stopped", self.pages_max);
            return Err(FeedError::new(self.feed, problem));
        }
        if !self.seen.insert(cursor.clone()) {
            let page = super::shortened(&cursor);
            return Err(FeedError::new(self.feed, format!("the provider repeats page {page}: stopped")));
        }
        Ok(Some(cursor))
    }
}

/// The pages of one report as they arrive.
#[derive(Debug)]
pub struct Pages<T> {
    feed: &'static str,
    paging: Paging,
    /// Whether a page may end within a day (LiteLLM counts rows, the others whole days).
    split_days: bool,
    days: BTreeMap<i32, Vec<T>>,
}

impl<T: Fact> Pages<T> {
    /// For a report whose pages hold whole days. A day that comes twice is an error: the report changed while it was
    /// read, and what is right can only be read anew.
    #[must_use]
    pub fn of_whole_days(feed: &'static str) -> Pages<T> {
        Pages { feed, paging: Paging::new(feed, MAX_PAGES), split_days: false, days: BTreeMap::new() }
    }

    /// For a report whose pages may end within a day: the parts of a day add up.
    #[must_use]
    pub fn of_split_days(feed: &'static str) -> Pages<T> {
        Pages { split_days: true, ..Pages::of_whole_days(feed) }
    }

    /// Takes a page and returns the cursor of the next one.
    ///
    /// # Errors
    /// When the pages do not fit together, or do not end. Nothing of the report can be used then.
    pub fn take(&mut self, page: Page<T>) -> Result<Option<String>, FeedError> {
        for bucket in page.buckets {
            match self.days.entry(bucket.day) {
                Entry::Vacant(day) => {
                    day.insert(bucket.facts);
                }
                Entry::Occupied(mut day) if self.split_days => day.get_mut().extend(bucket.facts),
                Entry::Occupied(_) => {
                    let date = crate::model::from_epoch_day(bucket.day);
                    return Err(FeedError::new(
                        self.feed,
                        format!("the day {date} comes twice: it changed in between"),
                    ));
                }
            }
        }
        self.paging.follow(page.next)
    }

    /// Returns every day that was reported, in order.
    #[must_use]
    pub fn into_buckets(self) -> Vec<Bucket<T>> {
        self.days.into_iter().map(|(day, facts)| Bucket::new(day, facts)).collect()
    }
}

/// Gives every day of the span a bucket, for reports that leave out days without usage. The buckets must be all there
/// are: a day that is not among them is taken to be empty.
#[must_use]
pub fn fill_gaps<T>(buckets: Vec<Bucket<T>>, span: DaySpan) -> Vec<Bucket<T>> {
    let mut days: BTreeMap<i32, Bucket<T>> = buckets.into_iter().map(|bucket| (bucket.day, bucket)).collect();
    for day in span.first..=span.last {
        days.entry(day).or_insert_with(|| Bucket { day, facts: Vec::new() });
    }
    days.into_values().collect()
}
