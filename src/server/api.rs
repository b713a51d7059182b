//! The HTTP interface for scripts: published documents, sync, alerts, the settings, where a project stands, health.

pub(super) mod alerts;
pub(super) mod channels;
pub(super) mod settings;
pub(super) mod webhooks;

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use super::{App, require};
use crate::error::AppError;
use crate::model::{ProjectStatus, Role, RunStatus, Trigger, fingerprint};
use crate::sync::Outcome;

/// `GET /data/analytics.json`
pub(super) async fn analytics(State(app): State<App>, headers: HeaderMap) -> Result<Response, AppError> {
    require(Role::Viewer)?;
    let snapshot = app.engine.snapshot();
    Ok(document(&headers, &snapshot.analytics.generated_at, snapshot.analytics_json.clone()))
}

/// `GET /data/projects.json`
pub(super) async fn projects(State(app): State<App>, headers: HeaderMap) -> Result<Response, AppError> {
    require(Role::Viewer)?;
    let snapshot = app.engine.snapshot();
    Ok(document(&headers, &snapshot.analytics.generated_at, snapshot.projects_json.clone()))
}

/// `GET /data/quality.json`
pub(super) async fn quality(State(app): State<App>, headers: HeaderMap) -> Result<Response, AppError> {
    require(Role::Viewer)?;
    file(&app, &headers, "quality.json").await
}

/// `GET /data/sync-status.json`
pub(super) async fn sync_status(State(app): State<App>, headers: HeaderMap) -> Result<Response, AppError> {
    require(Role::Viewer)?;
    file(&app, &headers, "sync-status.json").await
}

/// A published document that no number of a page is made of: as it lies there.
async fn file(app: &App, headers: &HeaderMap, name: &str) -> Result<Response, AppError> {
    let path = app.engine.config.environment.data_dir.join(name);
    match tokio::fs::read_to_string(&path).await {
        Ok(text) => Ok(document(headers, &format!("{:016X}", fingerprint(text.as_bytes())), text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(AppError::NotFound),
        Err(error) => Err(anyhow::Error::from(error).context(format!("reading {name}")).into()),
    }
}

fn document(headers: &HeaderMap, version: &str, text: impl ToString) -> Response {
    let tag = format!("W/\"{version}\"");
    if headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response();
    }
    ([(CONTENT_TYPE, "application/json".to_owned()), (ETAG, tag)], text.to_string()).into_response()
}

/// `POST /api/sync`: 200 with the run, 409 with the running one.
pub(super) async fn sync(State(app): State<App>) -> Result<Response, AppError> {
    require(Role::Operator)?;
    match app.engine.run(Trigger::Manual, &[]).await? {
        Outcome::Busy(_) => {
            let running = app.engine.live().borrow().running.clone();
            let body = json!({"error": AppError::SyncRunning.to_string(), "details": [], "running": running});
            Ok((StatusCode::CONFLICT, Json(body)).into_response())
        }
        Outcome::Finished(run) => {
            let success = run.status == RunStatus::Success;
            let message = run.error.clone().unwrap_or_else(|| format!("Sync complete ({} ms)", run.duration_ms));
            let status =
                if run.status == RunStatus::Error { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::OK };
            let body = json!({
                "success": success, "message": message, "status": run.status, "durationMs": run.duration_ms,
                "error": run.error, "steps": run.steps, "id": run.id,
            });
            Ok((status, Json(body)).into_response())
        }
    }
}

#[derive(Deserialize)]
pub(super) struct RunsQuery {
    limit: Option<u32>,
}

/// `GET /api/sync/runs?limit=10`
pub(super) async fn runs(
    State(app): State<App>,
    query: Result<Query<RunsQuery>, QueryRejection>,
) -> Result<Response, AppError> {
    const DEFAULT: u32 = 10;
    require(Role::Viewer)?;
    let Query(query) = query.map_err(|_| AppError::BadRequest("limit must be a number such as 10".to_owned()))?;
    let limit = query.limit.unwrap_or(DEFAULT) as usize;
    let snapshot = app.engine.snapshot();
    let runs: Vec<_> = snapshot.runs.iter().take(limit).collect();
    Ok(Json(runs).into_response())
}

#[derive(Deserialize)]
pub(super) struct StatusChange {
    id: String,
    status: String,
}

/// `PATCH` or `POST /api/projects/status` with `{"id": "shop", "status": "paused"}`: 200 with the same, or 400, or 404.
pub(super) async fn project_status(
    State(app): State<App>,
    body: Result<Json<StatusChange>, JsonRejection>,
) -> Result<Response, AppError> {
    require(Role::Operator)?;
    let refused = |details: String| {
        let error = "The status was not changed: see the details.";
        (StatusCode::BAD_REQUEST, Json(json!({"error": error, "details": [details]}))).into_response()
    };
    let Json(StatusChange { id, status }) = match body {
        Ok(change) => change,
        Err(rejection) => return Ok(refused(format!("{}; {EXAMPLE}", rejection.body_text()))),
    };
    let Some(wanted) = ProjectStatus::parse(&status) else { return Ok(refused(ProjectStatus::refusal(&status))) };
    if !app.engine.set_status(&id, wanted).await? {
        return Err(AppError::NotFound);
    }
    Ok(Json(json!({"id": id, "status": wanted})).into_response())
}

const EXAMPLE: &str = "send JSON such as {\"id\": \"shop\", \"status\": \"paused\"}";

/// `GET /healthz`: the process answers.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database answers too.
pub(super) async fn readyz(State(app): State<App>) -> Result<&'static str, AppError> {
    app.engine.store.sqlite_version().await?;
    Ok("ready\n")
}
