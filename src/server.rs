//! The web side: router, guards, live events. Knows HTTP, the engine and the configuration; computes nothing.

mod api;
mod events;
mod guard;
mod router;
pub mod shutdown;
mod site;

use std::sync::Arc;

use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use leptos::prelude::use_context;

pub use router::router;
pub use site::site_options;

use crate::error::AppError;
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

/// Returns the app of the request a server function runs in.
///
/// # Errors
/// Outside a request, as when routes are listed at start: the caller passes it on, nothing panics.
pub fn app() -> Result<App, AppError> {
    use_context::<App>().ok_or(AppError::Internal)
}
