//! Signing in: passwords, second factors, sessions, keys for scripts, identity providers. Decides who somebody is; what
//! they may do is asked where it is done (`auth.rs`).
//!
//! Never says which of name and password was wrong, and never logs or returns a password, a code or a key.

mod account;
mod enter;
mod gate;
mod links;
mod oidc;
mod password;
mod proxy;
mod random;
mod session_store;
mod throttle;
mod totp;
mod users;

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

pub(crate) use account::{AccountFacts, SessionFacts, TokenFacts, new_token};
pub(crate) use enter::{Entered, Refused};
pub(super) use gate::gate;
pub(super) use links::is_exposed;
pub(crate) use links::{Reach, new_link, reach};
pub(crate) use oidc::provider_link;
pub(super) use oidc::{begin as oidc_begin, come_back as oidc_come_back};
pub(crate) use password::{check_password, hash_password};
pub(super) use proxy::is_forwarded;
pub(super) use session_store::sessions;
pub(crate) use users::{name_of, new_user};

use super::auth::{Via, Visit};
use crate::config::ConfigStore;
use crate::error::AppError;
use crate::model::Said;
use crate::store::AuditEntry;
use crate::sync::Engine;
use random::secret;

/// What is said to who comes back to a page, all together.
const SAID_MOST: usize = 500;
const SAID_FOR_MS: i64 = 10 * 60 * 1000;
/// How often it is looked whether the key of a stream still counts: a row by its key, for scripts, which are few.
const TOKEN_LOOKED_AT: Duration = Duration::from_secs(2);

/// Everything about signing in of one dashboard.
pub struct SignIn {
    pub(super) engine: Arc<Engine>,
    throttle: throttle::Throttle,
    hashing: password::Hashing,
    provider: oidc::Provider,
    has_users: AtomicBool,
    said: Mutex<HashMap<String, Sentence>>,
}

/// Something said to one person, once.
struct Sentence {
    to: String,
    said: Said,
    at_ms: i64,
}

impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignIn")
    }
}

/// Whether people come over HTTPS: a cookie is then sent over nothing else.
pub(super) fn is_secure(config: &ConfigStore) -> bool {
    let named = config.current().sign_in.public_url.as_ref().is_some_and(|url| url.starts_with("https://"));
    named || !config.environment.trusted_proxies.is_empty()
}

impl SignIn {
    pub(super) fn new(engine: Arc<Engine>) -> SignIn {
        SignIn {
            engine,
            throttle: throttle::Throttle::default(),
            hashing: password::Hashing::default(),
            provider: oidc::Provider::default(),
            has_users: AtomicBool::new(false),
            said: Mutex::default(),
        }
    }

    pub(super) fn now_ms(&self) -> i64 {
        self.engine.clock.now().timestamp_millis()
    }

    /// Whether there are users. Once there are, there always are; until then another process may make one any moment.
    pub(crate) async fn has_users(&self) -> anyhow::Result<bool> {
        if self.has_users.load(Ordering::Acquire) {
            return Ok(true);
        }
        let found = self.engine.store.has_users().await?;
        if found {
            self.there_are_users();
        }
        Ok(found)
    }

    /// Closes an open dashboard at once.
    fn there_are_users(&self) {
        self.has_users.store(true, Ordering::Release);
    }

    /// Whether who asked a while ago is still somebody who may: for an answer that goes on.
    pub(super) async fn still_counts(&self, visit: &Visit) -> bool {
        if visit.via == Via::OpenMachine {
            return !self.has_users().await.unwrap_or(true);
        }
        let user = self.engine.store.user(visit.name()).await.ok().flatten();
        let same =
            user.is_some_and(|user| !user.disabled && visit.who.as_ref().is_some_and(|who| who.role <= user.role));
        if visit.via == Via::Token {
            return same && self.token_counts(visit).await;
        }
        match visit.session.as_ref().and_then(|session| session.id()) {
            Some(id) if visit.via == Via::Session => {
                let counts = session_store::lifetime(self.now_ms());
                let hash = session_store::hash(id);
                same && self.engine.store.session(&hash, counts).await.is_ok_and(|session| session.is_some())
            }
            _ => same,
        }
    }

    /// Whether the key a request came with is still there and has not expired.
    async fn token_counts(&self, visit: &Visit) -> bool {
        let Some(id) = &visit.token else { return false };
        let token = self.engine.store.token(id).await.ok().flatten();
        token.is_some_and(|token| token.expires_ms > self.now_ms())
    }

    /// Ends when the key a request came with counts no longer; never, for one that came without. The database is asked
    /// again and again, since another process may revoke the key: nothing here hears of that.
    pub(super) async fn token_over(&self, visit: &Visit) {
        if visit.via != Via::Token {
            return std::future::pending().await;
        }
        while self.still_counts(visit).await {
            tokio::time::sleep(TOKEN_LOOKED_AT).await;
        }
    }

    /// Writes the audit log. What was done is done: a log that cannot be written is said in the diary.
    pub(crate) async fn audit(&self, visit: &Visit, actor: &str, action: &str, target: &str, outcome: &str) {
        tracing::info!(actor, ip = %visit.ip, action, target, outcome, "{action}: {outcome}");
        let entry = AuditEntry {
            at_ms: self.now_ms(),
            actor: actor.to_owned(),
            ip: visit.ip.to_string(),
            action: action.to_owned(),
            target: target.to_owned(),
            outcome: outcome.to_owned(),
        };
        if let Err(error) = self.engine.store.add_audit(&entry).await {
            tracing::error!("the audit log cannot be written: {error:#}");
        }
    }

    /// Keeps something to be said on the page one is sent to, and returns the address of that page: what is said may be a
    /// key, and does not travel in it.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub(crate) fn say(&self, visit: &Visit, page: &str, said: Said) -> Result<String, AppError> {
        let (name, now) = (secret()?, self.now_ms());
        let mut kept = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, sentence| sentence.at_ms > now.saturating_sub(SAID_FOR_MS));
        if kept.len() < SAID_MOST {
            kept.insert(name.clone(), Sentence { to: visit.name().to_owned(), said, at_ms: now });
        }
        Ok(format!("{page}?said={name}"))
    }

    /// Returns what was kept for this person, once.
    pub(crate) fn heard(&self, visit: &Visit, name: &str) -> Option<Said> {
        let mut kept = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        // What is said may be a key: it is for the person who asked for it, and not for their scripts.
        if visit.via == Via::Token || kept.get(name)?.to != visit.name() {
            return None;
        }
        kept.remove(name).map(|sentence| sentence.said)
    }
}
