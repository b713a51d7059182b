//! Providers that keep books: what was used and billed on which day, as the test says, answered as the documents say.
//!
//! Each file below is one provider as an axum router over [`Books`]: what it refuses, how it cuts pages, what stands in
//! its JSON. The test changes the books at any time, also between two pages.

pub(super) mod anthropic;
pub(super) mod litellm;
pub(super) mod openai;
pub(super) mod openrouter;
pub(super) mod push_service;
pub(super) mod receiver;
pub(super) mod smtp;
mod strict;
pub(super) mod toast;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use serde_json::Value;

use super::upstream::Upstream;
use crate::model::Tokens;

/// What one group used on a day.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Used {
    /// Workspace or project; empty for the default one.
    pub group: String,
    pub key: String,
    pub model: String,
    /// Input, 5-minute and 1-hour cache writes, cache reads, output: disjoint.
    pub tokens: [u64; 5],
    /// Decimal dollars, where the provider says what requests cost.
    pub spend: String,
}

impl Used {
    pub(super) fn new(group: &str, key: &str, model: &str, tokens: [u64; 5], spend: &str) -> Used {
        Used { group: group.into(), key: key.into(), model: model.into(), tokens, spend: spend.into() }
    }

    pub(super) fn tokens(&self) -> Tokens {
        let [input, cache_write_5m, cache_write_1h, cache_read, output] = self.tokens;
        Tokens { input, cache_write_5m, cache_write_1h, cache_read, output }
    }

    /// Input as those count it who put what the cache gave and took into it.
    fn prompt(&self) -> u64 {
        self.tokens[..4].iter().sum()
    }
}

/// A line of a day's bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bill {
    pub group: String,
    /// Empty for what is no model's.
    pub model: String,
    /// The provider's word: a token type or cost type, or the end of a line item.
    pub kind: String,
    /// Cents for Anthropic, dollars for OpenAI.
    pub amount: String,
}

impl Bill {
    pub(super) fn new(group: &str, model: &str, kind: &str, amount: &str) -> Bill {
        Bill { group: group.into(), model: model.into(), kind: kind.into(), amount: amount.into() }
    }
}

/// What one provider knows. Days count from 1970-01-01.
#[derive(Debug, Default)]
pub(super) struct Books {
    pub used: BTreeMap<i32, Vec<Used>>,
    pub billed: BTreeMap<i32, Vec<Bill>>,
    /// Claude Code's people: e-mail address and cents.
    pub people: BTreeMap<i32, Vec<(String, u64)>>,
    /// Ids and names of workspaces or projects, and of keys.
    pub groups: Vec<(String, String)>,
    pub keys: Vec<(String, String)>,
    /// The most days (LiteLLM: rows) a page holds, below what was asked for.
    pub per_page: usize,
    /// What is counted in other units than tokens, by day and report; OpenAI.
    pub beside: BTreeMap<(i32, &'static str), u64>,
    /// Reports that this organisation does not have; OpenAI.
    pub lacks: Vec<&'static str>,
    /// The day the provider takes for today.
    pub today: i32,
    /// Every page says that the first one is the next.
    pub circles: bool,
}

type State = Arc<Mutex<Books>>;

/// A provider on a port of its own.
pub(super) struct Fake {
    pub upstream: Upstream,
    books: State,
}

impl Fake {
    async fn start(router: fn(State) -> Router, today: i32) -> Fake {
        let books: State = Arc::new(Mutex::new(Books { per_page: usize::MAX, today, ..Books::default() }));
        Fake { upstream: Upstream::start(router(books.clone())).await, books }
    }

    /// Lets the test write.
    pub(super) fn books(&self) -> MutexGuard<'_, Books> {
        lock(&self.books)
    }

    /// Says what was used on a day, in the place of what was said before.
    pub(super) fn uses(&self, day: i32, used: impl IntoIterator<Item = Used>) {
        self.books().used.insert(day, used.into_iter().collect());
    }

    pub(super) fn bills(&self, day: i32, bills: impl IntoIterator<Item = Bill>) {
        self.books().billed.insert(day, bills.into_iter().collect());
    }

    /// The values one query parameter had in the requests whose path ends like this, since request number `from`.
    pub(super) fn asked(&self, path: &str, name: &str, from: usize) -> Vec<String> {
        let seen = self.upstream.seen();
        let matching = seen.iter().skip(from).filter(|seen| seen.path.ends_with(path));
        matching.filter_map(|seen| Asked::of(&seen.query).get(name).map(str::to_owned)).collect()
    }
}

fn lock(books: &State) -> MutexGuard<'_, Books> {
    books.lock().expect("is not poisoned")
}

/// A query, in order.
struct Asked(Vec<(String, String)>);

impl Asked {
    fn of(query: &str) -> Asked {
        let url = reqwest::Url::parse(&format!("http://fake/?{query}")).expect("is a query");
        Asked(url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a list, in brackets or without.
    fn all(&self, name: &str) -> Vec<&str> {
        let bracketed = format!("{name}[]");
        self.0.iter().filter(|(key, _)| *key == name || *key == bracketed).map(|(_, value)| value.as_str()).collect()
    }

    /// A number between 1 and `max`, or `usual` when it was not said.
    fn limit(&self, name: &str, usual: usize, max: usize) -> Result<usize, String> {
        let Some(text) = self.get(name) else { return Ok(usual) };
        let number = text.parse().map_err(|_| format!("{name}: not a number"))?;
        if (1..=max).contains(&number) { Ok(number) } else { Err(format!("{name}: must be 1 to {max}")) }
    }
}

type Answer = Result<Json<Value>, Refusal>;

struct Refusal(StatusCode, Box<Value>);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, Json(*self.1)).into_response()
    }
}

fn refusal(status: u16, body: Value) -> Refusal {
    Refusal(StatusCode::from_u16(status).expect("is a status"), Box::new(body))
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn bearer(headers: &HeaderMap) -> &str {
    header(headers, "authorization").strip_prefix("Bearer ").unwrap_or_default()
}

/// A page of days: those from `first` (or where the cursor points) before `end`, and the cursor of the next page.
fn cut(asked: &Asked, books: &Books, first: i32, end: i32, limit: usize) -> (std::ops::Range<i32>, Option<String>) {
    let start = asked.get("page").and_then(|cursor| cursor.strip_prefix("page_")).map_or(first, |day| {
        // As opaque as a cursor has to be.
        i32::from_str_radix(day, 16).expect("a cursor that was given out")
    });
    let days = i32::try_from(limit.min(books.per_page)).unwrap_or(i32::MAX);
    let stop = end.min(start.saturating_add(days));
    let next = if books.circles { Some(first) } else { (stop < end).then_some(stop) };
    (start..stop, next.map(|day| format!("page_{day:x}")))
}

/// A part of a list of names after an id, and whether there is more.
fn names(list: &[(String, String)], after: Option<&str>, limit: usize) -> (Vec<(String, String)>, bool) {
    let start = after.map_or(0, |after| list.iter().position(|(id, _)| id == after).map_or(0, |at| at + 1));
    let part: Vec<_> = list[start..].iter().take(limit).cloned().collect();
    let more = start + part.len() < list.len();
    (part, more)
}

/// An id, or null for what is outside every group, or not asked to be told apart.
fn dimension(id: &str, grouped: bool) -> Value {
    if grouped && !id.is_empty() { id.into() } else { Value::Null }
}
