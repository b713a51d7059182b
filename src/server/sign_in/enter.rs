//! The way in: name and password, then the second factor when there is one; or a link that works once.

use serde::{Deserialize, Serialize};
use tower_sessions::Session;

use super::password::Compared;
use super::random::hash_of;
use super::session_store::USER;
use super::totp::{place, recovery_hash, step_of};
use super::users::{name_of, new_user};
use super::{SignIn, check_password};
use crate::config::Vault;
use crate::error::AppError;
use crate::model::Role;
use crate::server::auth::Visit;
use crate::store::{User, UserChange};

/// Who has given the right password, and not yet a code.
const HALF: &str = "half";
const HALF_MS: i64 = 5 * 60 * 1000;
const WHERE_FROM: &str = "ip";
const AGENT: &str = "agent";

/// What came of a way in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entered {
    In,
    /// The password was right; a code of the authenticator app is asked for next.
    NeedsCode,
}

/// Why somebody was not let in. Never says which of two was wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Name or password.
    Wrong,
    Code,
    /// Too many tries; seconds until the next counts.
    Wait(u64),
    /// What was begun is over: begin again.
    Late,
    /// The link works no longer.
    Link,
    /// A sentence about what was typed.
    Bad(String),
    Failed(AppError),
}

impl<E: Into<anyhow::Error>> From<E> for Refused {
    fn from(error: E) -> Refused {
        Refused::Failed(error.into().into())
    }
}

#[derive(Serialize, Deserialize)]
struct Half {
    name: String,
    until_ms: i64,
}

impl SignIn {
    /// Signs somebody in by name and password.
    pub(crate) async fn enter(&self, visit: &Visit, name: &str, password: String) -> Result<Entered, Refused> {
        let typed = name.trim().to_lowercase();
        if typed.is_empty() {
            return Err(Refused::Wrong);
        }
        let now_ms = self.now_ms();
        self.may_try(visit, &typed, "sign in").await?;
        let user = self.engine.store.user(&typed).await?.filter(|user| !user.disabled);
        let hashed = user.as_ref().and_then(|user| user.password.clone());
        let compared = self.hashing.compare(password, hashed).await?;
        let Some(user) = user.filter(|_| compared != Compared::Wrong) else {
            self.audit(visit, &shown(&typed), "sign in", "", "refused: wrong name or password").await;
            return Err(Refused::Wrong);
        };
        if let Compared::Rehashed(hash) = compared {
            self.engine.store.change_user(&user.name, |user| user.password = Some(hash)).await?;
        }
        if user.totp.is_some() {
            let session = session(visit)?;
            session.cycle_id().await?;
            session.insert(HALF, Half { name: user.name, until_ms: now_ms.saturating_add(HALF_MS) }).await?;
            return Ok(Entered::NeedsCode);
        }
        self.throttle.succeeded(&user.name);
        self.let_in(visit, &user.name, "sign in").await?;
        Ok(Entered::In)
    }

    /// Signs in who has given the right password before, by a code of the authenticator app or a recovery code.
    pub(crate) async fn enter_code(&self, visit: &Visit, code: &str) -> Result<(), Refused> {
        let now_ms = self.now_ms();
        let half: Option<Half> = session(visit)?.get(HALF).await?;
        let half = half.filter(|half| half.until_ms > now_ms).ok_or(Refused::Late)?;
        self.may_try(visit, &half.name, "second factor").await?;
        let user = self.engine.store.user(&half.name).await?.filter(|user| !user.disabled).ok_or(Refused::Late)?;
        let Some(by) = self.code_counts(&user, code).await? else {
            self.audit(visit, &user.name, "second factor", "", "refused: wrong code").await;
            return Err(Refused::Code);
        };
        self.throttle.succeeded(&user.name);
        self.let_in(visit, &user.name, by).await?;
        Ok(())
    }

    /// Whether somebody has given the right password and is asked for a code.
    pub(crate) async fn is_half_in(&self, visit: &Visit) -> bool {
        let Some(session) = &visit.session else { return false };
        let half: Option<Half> = session.get(HALF).await.ok().flatten();
        half.is_some_and(|half| half.until_ms > self.now_ms())
    }

    /// Uses up a code, of the app or for recovery; says which it was.
    async fn code_counts(&self, user: &User, code: &str) -> Result<Option<&'static str>, Refused> {
        if let Some(sealed) = &user.totp {
            let vault = Vault::open(&self.engine.config.environment.data_dir)?;
            let secret = vault.unseal(&place(&user.name), "the second factor", sealed)?;
            if let Some(step) = step_of(&user.name, secret.expose(), code, self.now_ms())?
                && self.engine.store.use_totp_step(&user.name, step).await?
            {
                return Ok(Some("sign in with a code"));
            }
        }
        let is_recovery = self.engine.store.use_recovery_code(&user.name, &recovery_hash(code)).await?;
        Ok(is_recovery.then_some("sign in with a recovery code"))
    }

    /// Counts a try, or says how long to wait.
    pub(super) async fn may_try(&self, visit: &Visit, name: &str, action: &str) -> Result<(), Refused> {
        let Err(seconds) = self.throttle.enter(visit.ip, name, self.now_ms()) else { return Ok(()) };
        if self.throttle.is_news(visit.ip, self.now_ms()) {
            self.audit(visit, &shown(name), action, "", "refused: too many tries").await;
        }
        Err(Refused::Wait(seconds))
    }

    /// Gives a browser a new session: what it had before is worth nothing.
    pub(super) async fn let_in(&self, visit: &Visit, name: &str, by: &str) -> anyhow::Result<()> {
        let session = session(visit)?;
        session.clear().await;
        session.cycle_id().await?;
        session.insert(USER, name).await?;
        session.insert(WHERE_FROM, visit.ip).await?;
        session.insert(AGENT, &visit.agent).await?;
        self.audit(visit, name, by, "", "ok").await;
        Ok(())
    }

    /// Ends this browser's session.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub(crate) async fn leave(&self, visit: &Visit) -> anyhow::Result<()> {
        if let Some(session) = &visit.session {
            session.flush().await?;
        }
        if !visit.name().is_empty() {
            self.audit(visit, visit.name(), "sign out", "", "ok").await;
        }
        Ok(())
    }

    /// Makes the first user, an admin, for who holds the link that was printed.
    pub(crate) async fn set_up(&self, visit: &Visit, key: &str, name: &str, password: String) -> Result<(), Refused> {
        self.may_try(visit, "", "set up").await?;
        let key = hash_of(key);
        let store = &self.engine.store;
        if store.link(&key, self.now_ms()).await?.as_deref() != Some("") || store.has_users().await? {
            self.audit(visit, "", "set up", "", "refused: the link works no longer").await;
            return Err(Refused::Link);
        }
        let name = name_of(name).map_err(Refused::Bad)?;
        check_password(&password, &name).map_err(Refused::Bad)?;
        let password = Some(self.hashing.hash(password).await?);
        let admin = User { password, ..new_user(&name, Role::Admin, self.now_ms()) };
        if !store.use_link(&key, self.now_ms()).await? || store.add_user(&admin).await? != UserChange::Done {
            return Err(Refused::Link);
        }
        self.there_are_users();
        self.audit(visit, &name, "set up", &name, "ok").await;
        self.let_in(visit, &name, "sign in").await?;
        Ok(())
    }

    /// Whom a link for a new password is for, while it works.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(crate) async fn link_for(&self, key: &str) -> anyhow::Result<Option<String>> {
        self.engine.store.link(&hash_of(key), self.now_ms()).await
    }

    /// Sets a new password for who holds the link, and ends whatever was open under the old one.
    pub(crate) async fn reset_password(&self, visit: &Visit, key: &str, password: String) -> Result<(), Refused> {
        self.may_try(visit, "", "new password").await?;
        let store = &self.engine.store;
        let name = self.link_for(key).await?.filter(|name| !name.is_empty()).ok_or(Refused::Link)?;
        check_password(&password, &name).map_err(Refused::Bad)?;
        let hashed = self.hashing.hash(password).await?;
        if !store.use_link(&hash_of(key), self.now_ms()).await? {
            return Err(Refused::Link);
        }
        store.change_user(&name, |user| user.password = Some(hashed)).await?;
        store.end_sessions_of(&name, "", None).await?;
        self.throttle.succeeded(&name);
        self.audit(visit, &name, "new password", &name, "by link").await;
        Ok(())
    }
}

pub(super) fn session(visit: &Visit) -> anyhow::Result<&Session> {
    visit.session.as_ref().ok_or_else(|| anyhow::anyhow!("a request came without the session layer"))
}

/// A name nobody may have, as the log shows it: somebody may have typed the password there.
fn shown(typed: &str) -> String {
    name_of(typed).unwrap_or_else(|_| "?".to_owned())
}
