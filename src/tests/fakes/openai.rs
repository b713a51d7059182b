//! OpenAI's organisation reports.

use axum::extract::{Path, RawQuery, State as Held};
use axum::http::HeaderMap;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::{Answer, Asked, Fake, Refusal, State, bearer, cut, dimension, lock, names, refusal};

pub(in crate::tests) const KEY: &str = "sk-admin-canary-openai-R2D2";
const DAY: i64 = 86_400;

pub(in crate::tests) async fn start(today: i32) -> Fake {
    Fake::start(router, today).await
}

fn router(books: State) -> Router {
    Router::new()
        .route("/v1/organization/usage/{report}", get(usage))
        .route("/v1/organization/costs", get(costs))
        .route("/v1/organization/projects", get(projects))
        .route("/v1/organization/projects/{project}/api_keys", get(keys))
        .with_state(books)
}

fn error(status: u16, message: &str) -> Refusal {
    let error = json!({"message": message, "type": "invalid_request_error", "param": null, "code": null});
    refusal(status, json!({"error": error}))
}

fn admitted(headers: &HeaderMap) -> Result<(), Refusal> {
    match bearer(headers) {
        "" => Err(error(401, "Missing bearer authentication in header")),
        key if key.starts_with("sk-admin-") => Ok(()),
        _ => Err(error(403, "You have insufficient permissions: missing scopes: api.usage.read")),
    }
}

/// The days asked for, and how many to a page.
fn span(asked: &Asked, most: usize) -> Result<(i32, i32, usize), Refusal> {
    let day = |name| {
        let seconds: Option<i64> =
            asked.get(name).map(|text| text.parse().map_err(|_| error(400, name))).transpose()?;
        Ok(seconds.and_then(|seconds| i32::try_from(seconds / DAY).ok()))
    };
    let first = day("start_time")?.ok_or_else(|| error(400, "start_time is required"))?;
    let end = day("end_time")?.unwrap_or(i32::MAX);
    if asked.get("bucket_width").unwrap_or("1d") != "1d" {
        return Err(error(400, "bucket_width"));
    }
    Ok((first, end, asked.limit("limit", 7, most).map_err(|message| error(400, &message))?))
}

fn page(days: std::ops::Range<i32>, next: Option<String>, results: impl Fn(i32) -> Vec<Value>) -> Answer {
    let bucket = |day: i32| {
        let start = i64::from(day) * DAY;
        json!({"object": "bucket", "start_time": start, "end_time": start + DAY, "results": results(day)})
    };
    let data: Vec<Value> = days.map(bucket).collect();
    Ok(Json(json!({"object": "page", "data": data, "has_more": next.is_some(), "next_page": next})))
}

/// All usage of tokens is of completions; embeddings and moderations have days without any.
async fn usage(
    Held(books): Held<State>,
    Path(report): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Answer {
    admitted(&headers)?;
    let asked = Asked::of(&query.unwrap_or_default());
    let (first, end, limit) = span(&asked, 31)?;
    let by = asked.all("group_by");
    let books = lock(&books);
    if books.lacks.contains(&report.as_str()) {
        return Err(error(404, "There is no such report for this organisation"));
    }
    let (days, next) = cut(&asked, &books, first, end, limit);
    let row = |used: &super::Used| {
        let [input, write, _, read, output] = used.tokens;
        json!({
            "object": "organization.usage.completions.result", "input_tokens": used.prompt(),
            "input_cached_tokens": read, "input_cache_write_tokens": write, "input_uncached_tokens": input,
            "output_tokens": output, "num_model_requests": 1, "user_id": null, "batch": false,
            "project_id": dimension(&used.group, by.contains(&"project_id")),
            "api_key_id": dimension(&used.key, by.contains(&"api_key_id")),
            "model": dimension(&used.model, by.contains(&"model")), "service_tier": "default",
        })
    };
    page(days, next, |day| match report.as_str() {
        "completions" => books.used.get(&day).into_iter().flatten().map(row).collect(),
        report => counted(&books, day, report),
    })
}

/// A day of a report that counts something else than tokens, ungrouped.
fn counted(books: &super::Books, day: i32, report: &str) -> Vec<Value> {
    let field = match report {
        "images" => "images",
        "audio_speeches" => "characters",
        "audio_transcriptions" => "seconds",
        "vector_stores" => "usage_bytes",
        "code_interpreter_sessions" => "num_sessions",
        _ => "num_requests",
    };
    let counts = books.beside.iter().filter(|((on, of), _)| *on == day && *of == report);
    counts.map(|(_, count)| json!({"object": "result", field: count, "project_id": null, "model": null})).collect()
}

async fn costs(Held(books): Held<State>, headers: HeaderMap, RawQuery(query): RawQuery) -> Answer {
    admitted(&headers)?;
    let asked = Asked::of(&query.unwrap_or_default());
    let (first, end, limit) = span(&asked, 180)?;
    let books = lock(&books);
    let (days, next) = cut(&asked, &books, first, end, limit);
    let row = |bill: &super::Bill| {
        let line = if bill.model.is_empty() { bill.kind.clone() } else { format!("{}, {}", bill.model, bill.kind) };
        let value: Value = serde_json::from_str(&bill.amount).expect("a number");
        json!({
            "object": "organization.costs.result", "amount": {"value": value, "currency": "usd"}, "line_item": line,
            "project_id": dimension(&bill.group, true), "api_key_id": null, "quantity": null, "quantity_unit": null,
        })
    };
    page(days, next, |day| books.billed.get(&day).into_iter().flatten().map(row).collect())
}

async fn projects(Held(books): Held<State>, headers: HeaderMap, RawQuery(query): RawQuery) -> Answer {
    admitted(&headers)?;
    list(&lock(&books).groups, &query.unwrap_or_default())
}

async fn keys(
    Held(books): Held<State>,
    Path(project): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Answer {
    admitted(&headers)?;
    let books = lock(&books);
    if !books.groups.iter().any(|(id, _)| *id == project) {
        return Err(error(404, "No such project"));
    }
    list(&books.keys, &query.unwrap_or_default())
}

fn list(all: &[(String, String)], query: &str) -> Answer {
    let asked = Asked::of(query);
    let limit = asked.limit("limit", 20, 100).map_err(|message| error(400, &message))?;
    let (part, more) = names(all, asked.get("after"), limit);
    let last = part.last().map(|(id, _)| id.clone());
    let data: Vec<Value> = part.into_iter().map(|(id, name)| json!({"id": id, "name": name})).collect();
    Ok(Json(json!({"object": "list", "data": data, "has_more": more, "last_id": last})))
}
