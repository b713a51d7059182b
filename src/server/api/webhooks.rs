//! What others push here. Public: each event proves by its signature whom it is from.

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::super::App;
use crate::sources::toast::RESTAURANT_HEADER;
use crate::sources::toast::webhook::{Refused, SIGNATURE_HEADER};
use crate::sync::OrderPushed;

/// One order can be more than 600 KB; nothing is ten times that.
pub(in crate::server) const MAX_EVENT: usize = 8 << 20;

/// `POST /api/webhooks/toast`: 200 when it is kept or was here before, and then it is worked off; 400, 401 or 413 when it
/// is refused. Whether there is a client at a location is told to nobody who cannot sign.
pub(in crate::server) async fn toast(
    State(app): State<App>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let body = match body {
        Ok(body) => body,
        Err(rejection) => return answer(rejection.status(), "The event is too large or broke off."),
    };
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let signature = text(SIGNATURE_HEADER).unwrap_or_default();
    match app.engine.push_order(signature, text(RESTAURANT_HEADER), &body).await {
        Ok(OrderPushed::Kept | OrderPushed::Known) => {
            (StatusCode::OK, axum::Json(json!({"success": true}))).into_response()
        }
        Ok(OrderPushed::Refused(Refused::NotAnEvent)) => {
            answer(StatusCode::BAD_REQUEST, "This is no event of an order.")
        }
        Ok(refused) => {
            tracing::warn!("an event for Toast's webhook was refused: {refused:?}");
            answer(StatusCode::UNAUTHORIZED, "The signature does not fit, or the event is too old.")
        }
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "what Toast pushed could not be kept: {error:#}");
            answer(StatusCode::INTERNAL_SERVER_ERROR, "The event could not be kept: send it again.")
        }
    }
}

fn answer(status: StatusCode, error: &str) -> Response {
    (status, axum::Json(json!({"error": error, "details": []}))).into_response()
}
