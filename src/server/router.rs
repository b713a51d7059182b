//! Every route, and the layers around them.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Request};
use axum::handler::HandlerWithoutStateExt;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Router, middleware};
use futures::future::BoxFuture;
use leptos::config::LeptosOptions;
use leptos::prelude::provide_context;
use leptos_axum::{LeptosRoutes, generate_route_list, render_app_async_with_context};
use serde_json::json;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::services::ServeDir;

use super::api::webhooks::MAX_EVENT;
use super::body::MAX_SENT;
use super::guard::{AllowedHosts, add_headers, check_host};
use super::sign_in::{self, SignIn};
use super::{App, api, events, export, otlp, push};
use crate::app::{Root, shell};
use crate::config::SyncFile;
use crate::model::{AlertsFile, BudgetFile};

/// Forms and JSON of this dashboard are kilobytes.
const MAX_BODY: usize = 256 << 10;

/// Builds the router of an app.
pub fn router(app: App) -> Router {
    let hosts = AllowedHosts::new(&app.engine.config.environment);
    let options = app.leptos.clone();
    let sign_in = Arc::new(SignIn::new(app.engine.clone()));
    let secure = sign_in::is_secure(&app.engine.config);
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
        .route("/api/export/contacts.csv", get(export::contacts::csv))
        .route("/api/export/orders.csv", get(export::orders::csv))
        .route("/api/export/orders.json", get(export::orders::json))
        .route("/api/export/{file}", get(export::export))
        .route("/api/alerts", get(api::alerts::alerts))
        .route("/api/channels/test", post(api::channels::test))
        .route("/api/settings/budget", api::settings::of::<BudgetFile>())
        .route("/api/settings/alerts", api::settings::of::<AlertsFile>())
        .route("/api/settings/sync", api::settings::of::<SyncFile>())
        .merge(received())
        .route("/api/projects/status", post(api::project_status).patch(api::project_status))
        .route("/api/webhooks/toast", post(api::webhooks::toast).layer(DefaultBodyLimit::max(MAX_EVENT)))
        .route("/sign-in/oidc", get(sign_in::oidc_begin))
        .route("/sign-in/oidc/callback", get(sign_in::oidc_come_back))
        .leptos_routes_with_context(&app, generate_route_list(Root), context.clone(), {
            let options = options.clone();
            move || shell(options.clone())
        })
        .fallback_service(files(&options).fallback(not_found(context, options).into_service()))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(sign_in, sign_in::gate))
        .layer(sign_in::sessions(&app.engine, secure))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(CsrfLayer::new().with_rejection_response(cross_site))
        .layer(middleware::from_fn_with_state(hosts, check_host))
        .layer(middleware::from_fn(add_headers))
        .with_state(app)
}

/// What programs send: larger than any form, and judged by tokens of their own (`token.rs`).
fn received() -> Router<App> {
    Router::new()
        .route("/v1/metrics", post(otlp::take_metrics))
        .route("/v1/logs", post(otlp::take_logs))
        .route("/api/push", post(push::push))
        .layer(DefaultBodyLimit::max(MAX_SENT))
}

/// The front end's files. Not by the handler of Leptos (0.8): that one answers in the context of whatever page was drawn
/// last on its thread, and takes that page's headers away: its policy, its cookies and its status.
fn files(options: &LeptosOptions) -> ServeDir {
    ServeDir::new(&*options.site_root)
        .precompressed_br()
        .precompressed_gzip()
        .append_index_html_on_directories(false)
        .call_fallback_on_method_not_allowed(true)
}

/// The page for every address that is none.
fn not_found(
    context: impl Fn() + Clone + Send + Sync + 'static,
    options: LeptosOptions,
) -> impl Fn(Request) -> BoxFuture<'static, Response> + Clone + Send + Sync + 'static {
    let render = render_app_async_with_context(context, move || shell(options.clone()));
    move |request| {
        let page = render(request);
        Box::pin(async move { (StatusCode::NOT_FOUND, page.await).into_response() })
    }
}

/// A request another site made this browser send.
fn cross_site<E>(_: E) -> Response {
    let body = json!({"error": "This request came from another site and was refused.", "details": []});
    (StatusCode::FORBIDDEN, axum::Json(body)).into_response()
}
