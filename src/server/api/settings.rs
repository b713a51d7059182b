//! The user's choices for scripts: `budget.json`, `alerts.json` and `sync.json`, each read and written as a whole.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{ETAG, IF_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use serde_json::{Value, json};

use crate::config::{Choices, Refusal, parse_choices, save_choices, version_of};
use crate::error::AppError;
use crate::model::Role;
use crate::server::{App, note, require};

/// Names the version that was read, in the settings themselves; `If-Match` does the same.
const VERSION: &str = "version";

/// `GET` and `POST` of one file.
pub(crate) fn of<T: Choices>() -> MethodRouter<App> {
    get(show::<T>).post(save::<T>)
}

async fn show<T: Choices>(State(app): State<App>) -> Result<Response, AppError> {
    require(Role::Admin)?;
    answer::<T>(&app).await
}

/// 200 with the choices in force, 400 with what is wrong with which field, 409 when they were changed since the version
/// that was read.
async fn save<T: Choices>(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Result<Response, AppError> {
    require(Role::Admin)?;
    let not_saved = format!("{} was not saved: see the details.", T::FILE);
    let refused = |status: StatusCode, error: &str, details: Vec<String>| {
        Ok((status, Json(json!({"error": error, "details": details}))).into_response())
    };
    let (text, said) = match settings_in(&body) {
        Ok(settings) => settings,
        Err(message) => return refused(StatusCode::BAD_REQUEST, &not_saved, vec![message]),
    };
    let file: T = match parse_choices(&text) {
        Ok(file) => file,
        Err(details) => return refused(StatusCode::BAD_REQUEST, &not_saved, details),
    };
    let matches = headers.get(IF_MATCH).and_then(|tag| tag.to_str().ok()).map(|tag| tag.trim_matches('"').to_owned());
    let read = said.or(matches);
    let data_dir = app.engine.config.environment.data_dir.clone();
    let saved = tokio::task::spawn_blocking(move || save_choices(&data_dir, &file, read.as_deref())).await;
    match saved.map_err(anyhow::Error::from)? {
        Ok(()) => {
            app.engine.take_over_choices().await?;
            note("settings changed", T::FILE).await;
            answer::<T>(&app).await
        }
        Err(Refusal::Invalid(details)) => refused(StatusCode::BAD_REQUEST, &not_saved, details),
        Err(Refusal::Changed) => {
            let remedy = "Read the settings again, and change them there.".to_owned();
            let error = format!("Somebody else has changed {} meanwhile.", T::FILE);
            refused(StatusCode::CONFLICT, &error, vec![remedy])
        }
        Err(Refusal::Broken(message) | Refusal::Failed(message)) => Err(anyhow::anyhow!(message).into()),
    }
}

/// The settings as JSON text, and the version they were made from.
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

async fn answer<T: Choices>(app: &App) -> Result<Response, AppError> {
    let data_dir = app.engine.config.environment.data_dir.clone();
    let version = tokio::task::spawn_blocking(move || version_of::<T>(&data_dir)).await.map_err(anyhow::Error::from)?;
    let config = app.engine.config.current();
    let mut body = serde_json::to_value(T::of(&config)).map_err(anyhow::Error::from)?;
    let of_all = app.engine.config.problems();
    let broken = of_all.iter().filter(|problem| problem.file == T::FILE);
    let snapshot = app.engine.snapshot();
    let notes = snapshot.notes.iter().filter(|note| note.file == T::FILE);
    let warnings: Vec<String> = broken.chain(notes).map(|note| note.message.clone()).collect();
    if let Value::Object(body) = &mut body {
        body.insert(VERSION.to_owned(), json!(version));
        body.insert("warnings".to_owned(), json!(warnings));
    }
    Ok(([(ETAG, format!("\"{version}\""))], Json(body)).into_response())
}
