//! The frame around the pages of a report: Anthropic and OpenAI use the same one, whatever stands in it.

use serde::Deserialize;

use super::{Bucket, Fact, FeedError, Name, Page, next_page};

/// `{"data": […], "has_more": …, "next_page": …}`.
#[derive(Deserialize)]
pub struct Frame<'a, T> {
    #[serde(bound(deserialize = "T: Deserialize<'de>"))]
    pub data: Vec<T>,
    has_more: bool,
    #[serde(borrow)]
    next_page: Option<Name<'a>>,
}

impl<T> Frame<'_, T> {
    /// Returns the cursor of the next page.
    pub fn next(self, feed: &'static str) -> Result<Option<String>, FeedError> {
        next_page(feed, self.has_more, "next_page", self.next_page)
    }

    /// Returns the page, each entry of `data` a day.
    pub fn into_page<F: Fact>(
        self,
        feed: &'static str,
        bucket: impl Fn(&T) -> Bucket<F>,
    ) -> Result<Page<F>, FeedError> {
        Ok(Page { buckets: self.data.iter().map(bucket).collect(), next: self.next(feed)? })
    }
}
