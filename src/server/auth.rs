//! Who asks, and whether they may. Every server function and every handler that is not public begins here.

use axum::http::request::Parts;
use leptos::prelude::use_context;

use crate::error::AppError;
use crate::model::{Role, Who};

/// Whose request a server function runs in, when that person may do what `least` may.
///
/// # Errors
/// [`AppError::SignedOut`] for nobody, [`AppError::Forbidden`] for somebody of a lesser role.
pub fn require(least: Role) -> Result<Who, AppError> {
    let who = use_context::<Parts>().and_then(|parts| parts.extensions.get::<Who>().cloned());
    judge(who.unwrap_or_else(Who::owner), least).map_err(AppError::answer)
}

fn judge(who: Who, least: Role) -> Result<Who, AppError> {
    if who.role >= least { Ok(who) } else { Err(AppError::Forbidden) }
}
