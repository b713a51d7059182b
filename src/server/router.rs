//! Every route, and the layers around them.

use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Router, middleware};
use leptos::prelude::provide_context;
use leptos_axum::{LeptosRoutes, generate_route_list};
use serde_json::json;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;

use super::guard::{AllowedHosts, add_headers, check_host};
use super::{App, api, events};
use crate::app::{Root, shell};

/// Forms and JSON of this dashboard are kilobytes.
const MAX_BODY: usize = 256 << 10;

/// Builds the router of an app.
pub fn router(app: App) -> Router {
    let hosts = AllowedHosts::new(&app.engine.config.environment);
    let options = app.leptos.clone();
    let context = {
        let app = app.clone();
        move || provide_context(app.clone())
    };
    Router::new()
        .route("/events", get(events::events))
        .route("/healthz", get(api::healthz))
        .route("/readyz", get(api::readyz))
        .route("/data/analytics.json", get(api::analytics))
        .route("/data/projects.json", get(api::projects))
        .route("/data/quality.json", get(api::quality))
        .route("/data/sync-status.json", get(api::sync_status))
        .route("/api/sync", post(api::sync))
        .route("/api/sync/runs", get(api::runs))
        .route("/api/projects/status", post(api::project_status).patch(api::project_status))
        .leptos_routes_with_context(&app, generate_route_list(Root), context.clone(), {
            let options = options.clone();
            move || shell(options.clone())
        })
        .fallback(leptos_axum::file_and_error_handler_with_context::<App, _>(context, shell))
        .layer(CompressionLayer::new())
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(CsrfLayer::new().with_rejection_response(cross_site))
        .layer(middleware::from_fn_with_state(hosts, check_host))
        .layer(middleware::from_fn(add_headers))
        .with_state(app)
}

/// A request another site made this browser send.
fn cross_site<E>(_: E) -> Response {
    let body = json!({"error": "This request came from another site and was refused.", "details": []});
    (StatusCode::FORBIDDEN, axum::Json(body)).into_response()
}
