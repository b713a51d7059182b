//! Anthropic's Admin API.

use axum::extract::{RawQuery, State as Held};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use chrono::{DateTime, NaiveDate, NaiveTime};
use serde_json::{Value, json};

use super::{Answer, Asked, Fake, Refusal, State, cut, dimension, header, lock, names, refusal};
use crate::model::{epoch_day, from_epoch_day};

pub(in crate::tests) const KEY: &str = "sk-ant-admin01-canary-anthropic-R2D2";

pub(in crate::tests) async fn start(today: i32) -> Fake {
    Fake::start(router, today).await
}

fn router(books: State) -> Router {
    Router::new()
        .route("/v1/organizations/usage_report/messages", get(usage))
        .route("/v1/organizations/cost_report", get(cost))
        .route("/v1/organizations/usage_report/claude_code", get(claude_code))
        .route("/v1/organizations/workspaces", get(workspaces))
        .route("/v1/organizations/api_keys", get(keys))
        .layer(map_response(with_request_id))
        .with_state(books)
}

async fn with_request_id(mut answer: Response) -> Response {
    answer.headers_mut().insert("request-id", HeaderValue::from_static("req_fake_anthropic"));
    answer
}

fn error(status: u16, kind: &str, message: &str) -> Refusal {
    let error = json!({"type": kind, "message": message});
    refusal(status, json!({"type": "error", "error": error, "request_id": "req_fake_anthropic"}))
}

fn invalid(message: &str) -> Refusal {
    error(400, "invalid_request_error", message)
}

fn admitted(headers: &HeaderMap) -> Result<(), Refusal> {
    if !header(headers, "x-api-key").starts_with("sk-ant-admin") {
        return Err(error(401, "authentication_error", "invalid x-api-key"));
    }
    if header(headers, "anthropic-version").is_empty() {
        return Err(invalid("anthropic-version: header is required"));
    }
    Ok(())
}

/// The days asked for, and how many to a page.
fn span(asked: &Asked) -> Result<(i32, i32, usize), Refusal> {
    let day = |name| {
        let text = asked.get(name).ok_or_else(|| invalid(&format!("{name}: Field required")))?;
        let at = DateTime::parse_from_rfc3339(text).map_err(|_| invalid(&format!("{name}: not a time")))?;
        Ok(epoch_day(at.to_utc().date_naive()))
    };
    let (first, end) = (day("starting_at")?, day("ending_at")?);
    if end <= first {
        return Err(invalid("ending_at: must be after starting_at"));
    }
    if asked.get("bucket_width").unwrap_or("1d") != "1d" {
        return Err(invalid("bucket_width: only 1d is known here"));
    }
    Ok((first, end, asked.limit("limit", 7, 31).map_err(|error| invalid(&error))?))
}

fn grouped(asked: &Asked, known: &[&str]) -> Result<Vec<String>, Refusal> {
    let by = asked.all("group_by");
    match by.iter().find(|name| !known.contains(name)) {
        Some(unknown) => Err(invalid(&format!("group_by: {unknown} is not known"))),
        None => Ok(by.into_iter().map(str::to_owned).collect()),
    }
}

fn bucket(day: i32, results: Vec<Value>) -> Value {
    let midnight = |day: i32| from_epoch_day(day).and_time(NaiveTime::MIN).format("%Y-%m-%dT%H:%M:%SZ").to_string();
    json!({"starting_at": midnight(day), "ending_at": midnight(day + 1), "results": results})
}

async fn usage(Held(books): Held<State>, headers: HeaderMap, RawQuery(query): RawQuery) -> Answer {
    const DIMENSIONS: [&str; 6] =
        ["model", "workspace_id", "api_key_id", "service_tier", "context_window", "inference_geo"];
    admitted(&headers)?;
    let asked = Asked::of(&query.unwrap_or_default());
    let (first, end, limit) = span(&asked)?;
    let by = grouped(&asked, &DIMENSIONS)?;
    let is_by = |name: &str| by.iter().any(|by| by == name);
    let books = lock(&books);
    let (days, next) = cut(&asked, &books, first, end, limit);
    let rows = |day: &i32| books.used.get(day).map(Vec::as_slice).unwrap_or_default().iter();
    let row = |used: &super::Used| {
        let [input, write_5m, write_1h, read, output] = used.tokens;
        json!({
            "uncached_input_tokens": input, "cache_read_input_tokens": read, "output_tokens": output,
            "cache_creation": {"ephemeral_1h_input_tokens": write_1h, "ephemeral_5m_input_tokens": write_5m},
            "server_tool_use": {"web_search_requests": 0}, "account_id": null, "service_account_id": null,
            "api_key_id": dimension(&used.key, is_by("api_key_id")),
            "workspace_id": dimension(&used.group, is_by("workspace_id")),
            "model": dimension(&used.model, is_by("model")),
            "service_tier": dimension("standard", is_by("service_tier")),
            "context_window": dimension("0-200k", is_by("context_window")),
            "inference_geo": dimension("not_available", is_by("inference_geo")),
        })
    };
    let data: Vec<Value> = days.map(|day| bucket(day, rows(&day).map(row).collect())).collect();
    Ok(Json(json!({"data": data, "has_more": next.is_some(), "next_page": next})))
}

async fn cost(Held(books): Held<State>, headers: HeaderMap, RawQuery(query): RawQuery) -> Answer {
    admitted(&headers)?;
    let asked = Asked::of(&query.unwrap_or_default());
    let (first, end, limit) = span(&asked)?;
    let by = grouped(&asked, &["workspace_id", "description"])?;
    let described = by.iter().any(|by| by == "description");
    let books = lock(&books);
    let (days, next) = cut(&asked, &books, first, end, limit);
    let row = |bill: &super::Bill| {
        let (cost_type, token_type) =
            if bill.model.is_empty() { (bill.kind.as_str(), "") } else { ("tokens", bill.kind.as_str()) };
        json!({
            "currency": "USD", "amount": bill.amount, "workspace_id": dimension(&bill.group, true),
            "description": format!("{} Usage", bill.model), "cost_type": dimension(cost_type, described),
            "token_type": dimension(token_type, described), "model": dimension(&bill.model, described),
            "context_window": null, "service_tier": null, "inference_geo": null,
        })
    };
    let rows = |day: &i32| books.billed.get(day).map(Vec::as_slice).unwrap_or_default().iter();
    let data: Vec<Value> = days.map(|day| bucket(day, rows(&day).map(row).collect())).collect();
    Ok(Json(json!({"data": data, "has_more": next.is_some(), "next_page": next})))
}

/// One day, one person to a page.
async fn claude_code(Held(books): Held<State>, headers: HeaderMap, RawQuery(query): RawQuery) -> Answer {
    admitted(&headers)?;
    let asked = Asked::of(&query.unwrap_or_default());
    asked.limit("limit", 20, 1000).map_err(|error| invalid(&error))?;
    let date = asked.get("starting_at").and_then(|date| date.parse::<NaiveDate>().ok());
    let date = date.ok_or_else(|| invalid("starting_at: must be YYYY-MM-DD"))?;
    let at: usize = asked.get("page").and_then(|page| page.strip_prefix("person_")?.parse().ok()).unwrap_or(0);
    let books = lock(&books);
    let people = books.people.get(&epoch_day(date)).map(Vec::as_slice).unwrap_or_default();
    let done = json!({"num_sessions": 1, "lines_of_code": {"added": 2, "removed": 1}, "commits_by_claude_code": 1,
        "pull_requests_by_claude_code": 0});
    let record = |(email, cents): &(String, u64)| {
        let tokens = json!({"input": 10, "output": 5, "cache_read": 0, "cache_creation": 0});
        let cost = json!({"currency": "USD", "amount": cents});
        json!({
            "date": format!("{date}T00:00:00Z"), "actor": {"type": "user_actor", "email_address": email},
            "organization_id": "org", "customer_type": "api", "subscription_type": null, "terminal_type": "vscode",
            "core_metrics": done, "tool_actions": {},
            "model_breakdown": [{"model": "claude-opus-5-5", "tokens": tokens, "estimated_cost": cost}],
        })
    };
    let data: Vec<Value> = people.get(at).map(record).into_iter().collect();
    let next = (at + 1 < people.len()).then(|| format!("person_{}", at + 1));
    Ok(Json(json!({"data": data, "has_more": next.is_some(), "next_page": next})))
}

async fn workspaces(Held(books): Held<State>, headers: HeaderMap, RawQuery(query): RawQuery) -> Answer {
    admitted(&headers)?;
    list(&lock(&books).groups, &query.unwrap_or_default())
}

async fn keys(Held(books): Held<State>, headers: HeaderMap, RawQuery(query): RawQuery) -> Answer {
    admitted(&headers)?;
    list(&lock(&books).keys, &query.unwrap_or_default())
}

fn list(all: &[(String, String)], query: &str) -> Answer {
    let asked = Asked::of(query);
    let limit = asked.limit("limit", 20, 1000).map_err(|error| invalid(&error))?;
    let (part, more) = names(all, asked.get("after_id"), limit);
    let (first, last) = (part.first().map(|(id, _)| id.clone()), part.last().map(|(id, _)| id.clone()));
    let data: Vec<Value> = part.into_iter().map(|(id, name)| json!({"id": id, "name": name})).collect();
    Ok(Json(json!({"data": data, "has_more": more, "first_id": first, "last_id": last})))
}
