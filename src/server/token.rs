//! Who may send us usage: a machine by its token, and on the owner's own machine anybody who is on it.
//!
//! These requests come from programs, not from people who signed in: `/v1/metrics`, `/v1/logs` and `/api/push` are judged
//! here and nowhere else.

use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, HOST};

use super::App;
use super::sign_in::{is_exposed, is_forwarded};
use crate::model::Machine;
use crate::sync::{TOKEN_PREFIX, token_hash};

/// Who sends.
pub(super) enum Sender {
    /// Somebody on the machine the dashboard runs on.
    Here,
    Machine(Box<Machine>),
}

/// Why a request is turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Denied {
    /// No token, or one that nobody knows.
    Unknown,
    Revoked,
}

impl Denied {
    pub(super) const fn words(self) -> &'static str {
        match self {
            Denied::Unknown => {
                "This needs the token of a machine: add one with `allclear machines add NAME` or on the page Machines, and \
                 send it as `Authorization: Bearer …`."
            }
            Denied::Revoked => {
                "The token of this machine was revoked. Nothing was stored; add the machine again to get another token."
            }
        }
    }
}

impl Sender {
    pub(super) fn machine(&self) -> Option<&Machine> {
        match self {
            Sender::Here => None,
            Sender::Machine(machine) => Some(machine),
        }
    }
}

/// The machine whose token a request carries.
pub(super) async fn machine(app: &App, headers: &HeaderMap) -> anyhow::Result<Result<Machine, Denied>> {
    let Some(token) = bearer(headers).filter(|token| token.starts_with(TOKEN_PREFIX)) else {
        return Ok(Err(Denied::Unknown));
    };
    Ok(match app.engine.store.machine_by_token(&token_hash(token)).await? {
        None => Err(Denied::Unknown),
        Some(machine) if machine.revoked_ms.is_some() => Err(Denied::Revoked),
        Some(machine) => Ok(machine),
    })
}

/// Who sends telemetry: a machine, or somebody here when the dashboard listens on this machine only.
pub(super) async fn sender(app: &App, headers: &HeaderMap) -> anyhow::Result<Result<Sender, Denied>> {
    let with_token = bearer(headers).is_some_and(|token| token.starts_with(TOKEN_PREFIX));
    if !with_token && is_here(app, headers) {
        return Ok(Ok(Sender::Here));
    }
    Ok(machine(app, headers).await?.map(|machine| Sender::Machine(Box::new(machine))))
}

/// Whether a request can only come from this machine: nothing was said of others that may reach the dashboard, it is
/// addressed so, and no proxy says that it speaks for somebody.
fn is_here(app: &App, headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let local = name.eq_ignore_ascii_case("localhost")
        || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    !is_exposed(&app.engine.config.environment) && local && !is_forwarded(headers)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
