//! OpenRouter's activity: the last thirty completed days, those without usage left out, no pages.

use axum::extract::{RawQuery, State as Held};
use axum::http::HeaderMap;
use axum::routing::get;
use axum::{Json, Router};
use chrono::NaiveDate;
use serde_json::{Value, json};

use super::{Answer, Asked, Fake, Refusal, State, bearer, lock, refusal};
use crate::model::{epoch_day, from_epoch_day};

pub(in crate::tests) const KEY: &str = "sk-or-v1-management-canary-R2D2";

pub(in crate::tests) async fn start(today: i32) -> Fake {
    Fake::start(router, today).await
}

fn router(books: State) -> Router {
    let credits = json!({"data": {"total_credits": 100.5, "total_usage": 25.75}});
    let key = json!({"data": {"label": "sk-or", "limit": 10, "limit_remaining": 7.5, "limit_reset": "monthly"}});
    Router::new()
        .route("/api/v1/activity", get(activity))
        .route("/api/v1/credits", get(|| async { Json(credits) }))
        .route("/api/v1/key", get(|| async { Json(key) }))
        .with_state(books)
}

fn error(status: u16, message: &str) -> Refusal {
    refusal(status, json!({"error": {"code": status, "message": message}}))
}

async fn activity(Held(books): Held<State>, headers: HeaderMap, RawQuery(query): RawQuery) -> Answer {
    match bearer(&headers) {
        key if key.starts_with("sk-or-v1-management") => {}
        key if key.starts_with("sk-or-") => return Err(error(403, "Only management keys can fetch activity")),
        _ => return Err(error(401, "No auth credentials found")),
    }
    let asked = Asked::of(&query.unwrap_or_default());
    let books = lock(&books);
    let covered = books.today - 30..books.today;
    let only = match asked.get("date").map(|date| date.parse::<NaiveDate>().map(epoch_day)) {
        None => None,
        Some(Ok(day)) if covered.contains(&day) => Some(day),
        Some(_) => return Err(error(400, "date must be one of the last 30 completed UTC days")),
    };
    let days = covered.filter(|day| only.is_none_or(|only| only == *day));
    let row = |day: i32, used: &super::Used| {
        let spend: Value = serde_json::from_str(&used.spend).expect("a number");
        json!({
            "date": from_epoch_day(day).to_string(), "model": used.model, "model_permaslug": used.model,
            "endpoint_id": used.key, "provider_name": "Fake", "usage": spend, "byok_usage_inference": 0, "requests": 1,
            "prompt_tokens": used.prompt(), "completion_tokens": used.tokens[4], "reasoning_tokens": 0,
        })
    };
    let data: Vec<Value> =
        days.flat_map(|day| books.used.get(&day).into_iter().flatten().map(move |used| row(day, used))).collect();
    Ok(Json(json!({"data": data})))
}
