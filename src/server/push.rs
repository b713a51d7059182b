//! `POST /api/push`: the history of another machine, stored when the answer is 200.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::App;
use super::body::plain;
use super::token::{Denied, machine};
use crate::sources::push;
use crate::sync::Taken;

/// When a machine should come again.
const SOON_S: u32 = 2;
const LATER_S: u32 = 30;

/// 200 with what was new; 400 for what is no push, 401 without a token that is known, 403 when it was revoked, 409 when
/// another installation uses the same one.
pub(super) async fn push(State(app): State<App>, request: Request) -> Response {
    let machine = match machine(&app, request.headers()).await {
        Ok(Ok(machine)) => machine,
        Ok(Err(Denied::Unknown)) => return refused(StatusCode::UNAUTHORIZED, Denied::Unknown.words(), None),
        Ok(Err(Denied::Revoked)) => return refused(StatusCode::FORBIDDEN, Denied::Revoked.words(), None),
        Err(error) => return failed(&error),
    };
    let Some(_place) = app.engine.admit() else {
        let words = "Too much comes at once: send it again in a moment.";
        return refused(StatusCode::TOO_MANY_REQUESTS, words, Some(SOON_S));
    };
    let body = match plain(request).await {
        Ok(body) => body,
        Err((status, words)) => return refused(status, &words, None),
    };
    let now_ms = app.engine.clock.now().timestamp_millis();
    let received = match tokio::task::spawn_blocking(move || push::read(&body, now_ms)).await {
        Ok(Ok(received)) => received,
        Ok(Err(words)) => return refused(StatusCode::BAD_REQUEST, &words, None),
        Err(error) => return failed(&error.into()),
    };
    match app.engine.take_push(&machine, received).await {
        Ok(Taken::Stored { facts, added, repeated, knows_previous, rejected, unknown }) => Json(json!({
            "messages": facts, "added": added, "repeated": repeated, "rejected": rejected.count,
            "details": rejected.examples, "unknownSources": unknown, "knowsPrevious": knows_previous,
        }))
        .into_response(),
        Ok(Taken::Revoked) => refused(StatusCode::FORBIDDEN, Denied::Revoked.words(), None),
        Ok(Taken::Cloned(host)) => {
            let words = format!(
                "Another installation pushes with the same token: {host}, within the last hour. Nothing was stored. Give each \
                 machine a token of its own (`allclear machines add NAME`); if this is the same machine, renamed or set up \
                 anew, push again in an hour."
            );
            refused(StatusCode::CONFLICT, &words, None)
        }
        Err(error) => failed(&error),
    }
}

fn failed(error: &anyhow::Error) -> Response {
    tracing::error!(error = format!("{error:#}"), "a push could not be stored: {error:#}");
    let words = "It could not be stored. The log of this Allclear says why; push again later.";
    refused(StatusCode::SERVICE_UNAVAILABLE, words, Some(LATER_S))
}

fn refused(status: StatusCode, words: &str, retry_s: Option<u32>) -> Response {
    let mut response = (status, Json(json!({"error": words, "details": []}))).into_response();
    if let Some(seconds) = retry_s {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response
}
