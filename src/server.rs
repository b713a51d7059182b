//! The web side: router, guards, live events. Knows HTTP, the engine and the configuration; computes nothing.

mod api;
mod auth;
mod body;
mod events;
mod export;
mod guard;
mod orders;
mod otlp;
mod push;
mod router;
pub mod shutdown;
mod sign_in;
mod site;
mod token;

use std::sync::Arc;

use axum::extract::FromRef;
use axum::http::header::ACCEPT;
use axum::http::request::Parts;
use leptos::config::LeptosOptions;
use leptos::prelude::use_context;

pub use auth::{Via, Visit, require, visit, who};
pub use orders::OrderScope;
pub use router::router;
pub(crate) use sign_in::{
    AccountFacts, Entered, Reach, Refused, SessionFacts, TokenFacts, check_password, hash_password, name_of, new_link,
    new_token, new_user, provider_link, reach,
};
pub use site::site_options;

use crate::error::AppError;
use crate::model::Said;
use crate::sync::Engine;

/// What every request can reach. Held by the router for the life of the process.
#[derive(Clone)]
pub struct App {
    pub engine: Arc<Engine>,
    pub leptos: LeptosOptions,
}

impl FromRef<App> for LeptosOptions {
    fn from_ref(app: &App) -> LeptosOptions {
        app.leptos.clone()
    }
}

/// Whether a browser without JavaScript posted a form, and wants a page for an answer.
#[must_use]
pub fn is_plain_form() -> bool {
    let accept = use_context::<Parts>().and_then(|parts| parts.headers.get(ACCEPT).cloned());
    accept.is_some_and(|accept| accept.to_str().is_ok_and(|accept| accept.contains("text/html")))
}

/// Refuses a key for scripts: it makes no keys, and is told none.
///
/// # Errors
/// When the request carries one.
pub fn by_a_person() -> Result<(), AppError> {
    if visit()?.via == Via::Token { Err(AppError::Forbidden.answer()) } else { Ok(()) }
}

/// Writes into the audit log what whoever asks has changed.
pub async fn note(action: &str, target: &str) {
    if let Ok(visit) = visit() {
        visit.sign_in.audit(&visit, visit.name(), action, target, "ok").await;
    }
}

/// The address this dashboard is asked under: the public one, else the one of the request.
#[must_use]
pub fn address() -> String {
    let named = app().ok().and_then(|app| app.engine.config.current().sign_in.public_url.clone());
    let asked = || {
        let parts = use_context::<axum::http::request::Parts>()?;
        let host = parts.headers.get(axum::http::header::HOST)?.to_str().ok()?.to_owned();
        Some(format!("http://{host}"))
    };
    named.or_else(asked).unwrap_or_default().trim_end_matches('/').to_owned()
}

/// Answers a form of a page: without JavaScript it comes back there, and the page says what became of it.
///
/// # Errors
/// To a script, what went wrong.
pub fn come_back(page: &str, outcome: Result<Said, AppError>) -> Result<(), AppError> {
    if !is_plain_form() {
        return outcome.map(|_| ()).map_err(AppError::answer);
    }
    let visit = visit()?;
    let said = outcome.unwrap_or_else(|error| Said::bad(error.to_string()));
    leptos_axum::redirect(&visit.sign_in.say(&visit, page, said)?);
    Ok(())
}

/// Returns the app of the request a server function runs in.
///
/// # Errors
/// Outside a request, as when routes are listed at start: the caller passes it on, nothing panics.
pub fn app() -> Result<App, AppError> {
    use_context::<App>().ok_or(AppError::Internal)
}
