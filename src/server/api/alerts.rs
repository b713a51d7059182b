//! Alerts for scripts: what holds, and what was sent.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::error::AppError;
use crate::model::Role;
use crate::server::{App, require};

/// Messages of the delivery log the answer holds.
const DELIVERIES: u32 = 50;

/// `GET /api/alerts`: what holds now, and what became of the last messages.
pub(crate) async fn alerts(State(app): State<App>) -> Result<Response, AppError> {
    require(Role::Viewer)?;
    let deliveries = app.engine.store.deliveries(DELIVERIES).await?;
    let snapshot = app.engine.snapshot();
    Ok(Json(json!({"active": snapshot.alerts.as_ref(), "deliveries": deliveries})).into_response())
}
