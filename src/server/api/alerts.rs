//! Alerts for scripts: what holds, what was sent, and the rules.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{ETAG, IF_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::config::{Refusal, alerts_version, parse_alerts, save_alerts};
use crate::error::AppError;
use crate::server::App;

/// Messages of the delivery log the answer holds.
const DELIVERIES: u32 = 50;
/// Names the version that was read, in the settings themselves; `If-Match` does the same.
const VERSION: &str = "version";

/// `GET /api/alerts`: what holds now, and what became of the last messages.
pub(crate) async fn alerts(State(app): State<App>) -> Result<Response, AppError> {
    let deliveries = app.engine.store.deliveries(DELIVERIES).await?;
    let snapshot = app.engine.snapshot();
    Ok(Json(json!({"active": snapshot.alerts.as_ref(), "deliveries": deliveries})).into_response())
}

/// `GET /api/settings/alerts`: the rules in force, with the version to send back.
pub(crate) async fn settings(State(app): State<App>) -> Result<Response, AppError> {
    answer(&app).await
}

/// `POST /api/settings/alerts` with all the rules: 200 with them, 400 with what is wrong with which field, 409 when they
/// were changed since the version that was read.
pub(crate) async fn save_settings(
    State(app): State<App>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, AppError> {
    let refused = |status: StatusCode, error: &str, details: Vec<String>| {
        Ok((status, Json(json!({"error": error, "details": details}))).into_response())
    };
    let (text, said) = match settings_in(&body) {
        Ok(settings) => settings,
        Err(message) => return refused(StatusCode::BAD_REQUEST, NOT_SAVED, vec![message]),
    };
    let file = match parse_alerts(&text) {
        Ok(file) => file,
        Err(details) => return refused(StatusCode::BAD_REQUEST, NOT_SAVED, details),
    };
    let matches = headers.get(IF_MATCH).and_then(|tag| tag.to_str().ok()).map(|tag| tag.trim_matches('"').to_owned());
    let read = said.or(matches);
    let data_dir = app.engine.config.environment.data_dir.clone();
    let saved = tokio::task::spawn_blocking(move || save_alerts(&data_dir, &file, read.as_deref())).await;
    match saved.map_err(anyhow::Error::from)? {
        Ok(()) => {
            app.engine.take_over_choices().await?;
            answer(&app).await
        }
        Err(Refusal::Invalid(details)) => refused(StatusCode::BAD_REQUEST, NOT_SAVED, details),
        Err(Refusal::Changed) => {
            let remedy = "Read the settings again, and change them there.".to_owned();
            refused(StatusCode::CONFLICT, "Somebody else has changed the alerts meanwhile.", vec![remedy])
        }
        Err(Refusal::Failed(message)) => Err(anyhow::anyhow!(message).into()),
    }
}

const NOT_SAVED: &str = "The alerts were not saved: see the details.";

/// The rules as JSON text, and the version they were made from.
fn settings_in(body: &[u8]) -> Result<(String, Option<String>), String> {
    let text = std::str::from_utf8(body).map_err(|_| "the body is not UTF-8 text".to_owned())?;
    let Ok(Value::Object(mut settings)) = serde_json::from_str::<Value>(text) else {
        // Read as it is, for the message names the place.
        return Ok((text.to_owned(), None));
    };
    // What the answer to a GET adds is no setting.
    settings.remove("warnings");
    match settings.remove(VERSION) {
        None => Ok((Value::Object(settings).to_string(), None)),
        Some(Value::String(version)) => Ok((Value::Object(settings).to_string(), Some(version))),
        Some(_) => Err("version: send back the text that was read".to_owned()),
    }
}

async fn answer(app: &App) -> Result<Response, AppError> {
    let data_dir = app.engine.config.environment.data_dir.clone();
    let version = tokio::task::spawn_blocking(move || alerts_version(&data_dir)).await.map_err(anyhow::Error::from)?;
    let config = app.engine.config.current();
    let mut body = serde_json::to_value(&config.alerts).map_err(anyhow::Error::from)?;
    let warnings: Vec<String> = app.engine.snapshot().notes.iter().map(|note| note.message.clone()).collect();
    if let Value::Object(body) = &mut body {
        body.insert(VERSION.to_owned(), json!(version));
        body.insert("warnings".to_owned(), json!(warnings));
    }
    Ok(([(ETAG, format!("\"{version}\""))], Json(body)).into_response())
}
