//! A LiteLLM proxy: its pages count rows, the latest day first, and end in the middle of a day.

use std::collections::BTreeMap;

use axum::extract::{RawQuery, State as Held};
use axum::http::HeaderMap;
use axum::routing::get;
use axum::{Json, Router};
use chrono::NaiveDate;
use serde_json::{Map, Value, json};

use super::{Answer, Asked, Fake, Refusal, State, Used, bearer, header, lock, refusal};
use crate::model::{Usd, epoch_day, from_epoch_day};

pub(in crate::tests) const KEY: &str = "sk-canary-litellm-R2D2";

pub(in crate::tests) async fn start(today: i32) -> Fake {
    Fake::start(router, today).await
}

fn router(books: State) -> Router {
    Router::new().route("/user/daily/activity", get(activity)).with_state(books)
}

fn invalid(field: &str, message: &str) -> Refusal {
    refusal(422, json!({"detail": [{"loc": ["query", field], "msg": message, "type": "value_error"}]}))
}

async fn activity(Held(books): Held<State>, headers: HeaderMap, RawQuery(query): RawQuery) -> Answer {
    if ![bearer(&headers), header(&headers, "x-litellm-api-key")].iter().any(|key| key.starts_with("sk-")) {
        let error = json!({"message": "Authentication Error, No api key passed in.", "type": "auth_error"});
        return Err(refusal(401, json!({"error": error})));
    }
    let asked = Asked::of(&query.unwrap_or_default());
    let date = |name: &str| {
        let date = asked.get(name).and_then(|date| date.parse::<NaiveDate>().ok());
        date.map(epoch_day).ok_or_else(|| invalid(name, "must be YYYY-MM-DD"))
    };
    let (first, last) = (date("start_date")?, date("end_date")?);
    let limit = |name, usual, max| asked.limit(name, usual, max).map_err(|error| invalid(name, &error));
    let (page, size) = (limit("page", 1, usize::MAX)?, limit("page_size", 50, 1000)?);
    let books = lock(&books);
    let rows: Vec<(i32, &Used)> = books
        .used
        .range(first..=last)
        .rev()
        .flat_map(|(day, used)| used.iter().map(move |used| (*day, used)))
        .collect();
    let size = size.min(books.per_page);
    let pages = rows.len().div_ceil(size).max(1);
    let mut days: BTreeMap<i32, Vec<&Used>> = BTreeMap::new();
    for (day, used) in rows.iter().skip((page - 1) * size).take(size) {
        days.entry(*day).or_default().push(used);
    }
    let results: Vec<Value> = days.iter().rev().map(|(day, used)| of_day(*day, used, &books.keys)).collect();
    let page = if books.circles { 0 } else { page };
    let metadata = json!({"page": page, "total_pages": pages, "has_more": books.circles || page < pages});
    Ok(Json(json!({"results": results, "metadata": metadata})))
}

/// The metrics of some rows; what is zero is left out.
fn metrics(rows: &[&Used]) -> Value {
    let sum = |count: fn(&Used) -> u64| rows.iter().map(|used| count(used)).sum::<u64>();
    let spend =
        rows.iter().filter_map(|used| Usd::parse_dollars(&used.spend)).fold(Usd::ZERO, |sum, spend| sum + spend);
    // Tests spend whole micro-dollars.
    let spend = format!("{}.{:06}", spend.pico() / 1_000_000_000_000, spend.pico() / 1_000_000 % 1_000_000);
    let mut metrics = Map::new();
    metrics.insert("spend".into(), serde_json::from_str(&spend).expect("a number"));
    for (name, count) in [
        ("prompt_tokens", sum(Used::prompt)),
        ("completion_tokens", sum(|used| used.tokens[4])),
        ("cache_read_input_tokens", sum(|used| used.tokens[3])),
        ("cache_creation_input_tokens", sum(|used| used.tokens[1])),
    ] {
        if count > 0 {
            metrics.insert(name.into(), count.into());
        }
    }
    metrics.into()
}

fn of_day(day: i32, rows: &[&Used], aliases: &[(String, String)]) -> Value {
    let with = |of: &dyn Fn(&Used) -> bool| rows.iter().copied().filter(|used| of(used)).collect::<Vec<_>>();
    let model = |name: &str| {
        let by_key = with(&|used| used.model == name).into_iter().map(|used| {
            let alias = aliases.iter().find(|(hash, _)| *hash == used.key).map(|(_, alias)| alias);
            let metrics = metrics(&with(&|other| other.model == name && other.key == used.key));
            (used.key.clone(), json!({"metrics": metrics, "metadata": {"key_alias": alias, "team_id": null}}))
        });
        let by_key: Map<String, Value> = by_key.collect();
        json!({"metrics": metrics(&with(&|used| used.model == name)), "metadata": {}, "api_key_breakdown": by_key})
    };
    let models: Map<String, Value> = rows.iter().map(|used| (used.model.clone(), model(&used.model))).collect();
    json!({"date": from_epoch_day(day).to_string(), "metrics": metrics(rows), "breakdown": {"models": models}})
}
