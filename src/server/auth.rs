//! Who asks, and whether they may. Every server function and every handler that is not public begins here.
//!
//! The gate (`gate.rs`) finds out once per request and leaves a [`Visit`]: for handlers in the task they run in, for pages
//! in the request's parts, because Leptos draws those in tasks of its own. Without either, nobody asks.

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::request::Parts;
use leptos::prelude::with_context;
use tower_sessions::Session;

use super::sign_in::SignIn;
use crate::error::AppError;
use crate::model::{Role, Who};

tokio::task_local! {
    /// Of the request that is being answered.
    pub(super) static VISIT: Arc<Visit>;
}

/// How somebody was recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    Nothing,
    /// There are no users, and the dashboard is open on its own machine.
    OpenMachine,
    Session,
    Token,
    Proxy,
}

/// A request, as far as it matters who makes it.
#[derive(Debug)]
pub struct Visit {
    pub who: Option<Who>,
    pub via: Via,
    pub ip: IpAddr,
    pub agent: String,
    pub session: Option<Session>,
    /// The id of the key for scripts that it came with.
    pub token: Option<String>,
    pub sign_in: Arc<SignIn>,
}

impl Visit {
    /// The name of who asks; empty when that is nobody.
    #[must_use]
    pub fn name(&self) -> &str {
        self.who.as_ref().map_or("", |who| who.name.as_str())
    }
}

/// Whose request this is, when that person may do what `least` may.
///
/// # Errors
/// [`AppError::SignedOut`] for nobody, [`AppError::Forbidden`] for somebody of a lesser role.
pub fn require(least: Role) -> Result<Who, AppError> {
    let (visit, in_context) = current().ok_or(AppError::SignedOut)?;
    judge(visit.who.clone(), least).map_err(|error| if in_context { error.answer() } else { error })
}

/// Who asks, if anybody; for what is left out of a page rather than refused.
#[must_use]
pub fn who() -> Option<Who> {
    current()?.0.who.clone()
}

/// The request that is being answered.
///
/// # Errors
/// Outside a request, as when routes are listed at start.
pub fn visit() -> Result<Arc<Visit>, AppError> {
    current().map(|(visit, _)| visit).ok_or(AppError::Internal)
}

/// The visit, and whether the context at hand is this request's own: on a thread that draws pages, a handler may see the
/// context of a page that is half drawn.
fn current() -> Option<(Arc<Visit>, bool)> {
    let of_context = with_context::<Parts, _>(|parts| parts.extensions.get::<Arc<Visit>>().cloned()).flatten();
    match (VISIT.try_with(Arc::clone), of_context) {
        (Ok(mine), of_context) => {
            let in_context = of_context.is_some_and(|other| Arc::ptr_eq(&mine, &other));
            Some((mine, in_context))
        }
        (Err(_), of_context) => of_context.map(|visit| (visit, true)),
    }
}

fn judge(who: Option<Who>, least: Role) -> Result<Who, AppError> {
    match who {
        None => Err(AppError::SignedOut),
        Some(who) if who.role < least => Err(AppError::Forbidden),
        Some(who) => Ok(who),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_told_to_sign_in_and_a_lesser_role_that_it_may_not() {
        let of = |role| Some(Who { name: "a".into(), role, client: None });
        assert_eq!(judge(None, Role::Client), Err(AppError::SignedOut));
        assert_eq!(judge(of(Role::Viewer), Role::Operator), Err(AppError::Forbidden));
        assert!(judge(of(Role::Operator), Role::Operator).is_ok() && judge(of(Role::Admin), Role::Client).is_ok());
    }

    #[test]
    fn outside_a_request_nobody_asks() {
        assert_eq!(require(Role::Client), Err(AppError::SignedOut));
        assert_eq!(who(), None);
    }
}
