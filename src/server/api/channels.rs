//! Channels for scripts: a test of one.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use crate::error::AppError;
use crate::model::Role;
use crate::server::{App, require};
use crate::sync::Tested;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Test {
    channel: String,
}

/// `POST /api/channels/test` with `{"channel": "team"}`: 200 when it arrived, 404 when there is no such channel, 502 with
/// the reason when it did not arrive.
pub(crate) async fn test(
    State(app): State<App>,
    body: Result<Json<Test>, JsonRejection>,
) -> Result<Response, AppError> {
    require(Role::Admin)?;
    let refused = |status: StatusCode, error: &str, details: Vec<String>| {
        (status, Json(json!({"error": error, "details": details}))).into_response()
    };
    let Json(Test { channel }) = match body {
        Ok(test) => test,
        Err(rejection) => {
            let remedy = format!("{}; send JSON such as {{\"channel\": \"team\"}}", rejection.body_text());
            return Ok(refused(StatusCode::BAD_REQUEST, "Nothing was sent: see the details.", vec![remedy]));
        }
    };
    Ok(match app.engine.test_channel(&channel).await? {
        Tested::Sent => Json(json!({"channel": channel, "sent": true})).into_response(),
        Tested::Failed(reason) => refused(StatusCode::BAD_GATEWAY, "The test did not arrive.", vec![reason]),
        Tested::Unknown(names) => {
            let known = if names.is_empty() { "there are none".to_owned() } else { names.join(", ") };
            refused(StatusCode::NOT_FOUND, "There is no such channel.", vec![format!("channels: {known}")])
        }
    })
}
