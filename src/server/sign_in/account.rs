//! What people do with their own account: password, second factor, sessions, keys for scripts.

use serde_json::Value;

use super::enter::session;
use super::gate::TOKEN_PREFIX;
use super::password::Compared;
use super::random::{hash_of, secret, short_id};
use super::session_store::{hash, lifetime};
use super::users::by_a_person;
use super::{SignIn, check_password, totp};
use crate::config::Vault;
use crate::error::AppError;
use crate::model::TokenScope;
use crate::server::auth::{Via, Visit};
use crate::store::{ApiToken, Store, User};

/// The secret of an authenticator app that is being set up, sealed.
const NEW_TOTP: &str = "totp";
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
const LONGEST_DAYS: u32 = 3650;
const LONGEST_LABEL: usize = 80;
/// Of a session's hash: enough to tell a person's sessions apart.
const SESSION_NAME: usize = 16;

/// An account, as its page shows it.
#[derive(Clone, Debug, Default)]
pub(crate) struct AccountFacts {
    pub has_password: bool,
    pub has_totp: bool,
    pub recovery_left: usize,
    /// Of an app that is being set up: its secret, its link, and the code to scan.
    pub new_totp: Option<(String, String, i32, String)>,
    pub sessions: Vec<SessionFacts>,
    pub tokens: Vec<TokenFacts>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct SessionFacts {
    pub name: String,
    pub is_this: bool,
    pub agent: String,
    pub ip: String,
    pub begun_ms: i64,
    pub seen_ms: i64,
}

pub(crate) type TokenFacts = ApiToken;

/// Makes a key for scripts, and returns it: it is shown this once.
///
/// # Errors
/// When what was chosen cannot be (a sentence), or the database cannot be written.
pub(crate) async fn new_token(
    store: &Store,
    user_name: &str,
    label: &str,
    scope: TokenScope,
    days: u32,
    now_ms: i64,
) -> Result<String, AppError> {
    let label = label.trim();
    if label.is_empty() || label.chars().count() > LONGEST_LABEL || label.chars().any(char::is_control) {
        return Err(AppError::BadRequest("Say what the token is for, in 1 to 80 letters.".to_owned()));
    }
    if !(1..=LONGEST_DAYS).contains(&days) {
        return Err(AppError::BadRequest(format!("A token counts for 1 to {LONGEST_DAYS} days.")));
    }
    let id = short_id()?;
    let key = format!("{TOKEN_PREFIX}{id}_{}", secret()?);
    let token = ApiToken {
        id,
        key_hash: hash_of(&key),
        user_name: user_name.to_owned(),
        label: label.to_owned(),
        scope,
        created_ms: now_ms,
        expires_ms: now_ms.saturating_add(i64::from(days) * DAY_MS),
        used_ms: None,
    };
    store.add_token(&token).await?;
    Ok(key)
}

impl SignIn {
    /// Everything about the account of who asks.
    ///
    /// # Errors
    /// When it has none, or the database cannot be read.
    pub(crate) async fn account(&self, visit: &Visit) -> Result<AccountFacts, AppError> {
        let user = self.own(visit).await?;
        let store = &self.engine.store;
        let this = visit.session.as_ref().and_then(|session| session.id()).map(hash);
        let sessions = store.sessions_of(&user.name, lifetime(self.now_ms())).await?;
        let sessions = sessions.into_iter().map(|session| {
            let data: Value = serde_json::from_str(&session.data).unwrap_or_default();
            let text = |key: &str| data.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            SessionFacts {
                is_this: this.as_deref() == Some(&session.id_hash),
                name: session.id_hash.chars().take(SESSION_NAME).collect(),
                agent: text("agent"),
                ip: text("ip"),
                begun_ms: session.created_ms,
                seen_ms: session.seen_ms,
            }
        });
        let mut tokens = store.tokens().await?;
        tokens.retain(|token| token.user_name == user.name);
        Ok(AccountFacts {
            has_password: user.password.is_some(),
            has_totp: user.totp.is_some(),
            recovery_left: user.recovery.len(),
            new_totp: self.new_totp(visit, &user.name).await?,
            sessions: sessions.collect(),
            tokens,
        })
    }

    async fn new_totp(&self, visit: &Visit, name: &str) -> anyhow::Result<Option<(String, String, i32, String)>> {
        let Some(session) = &visit.session else { return Ok(None) };
        let Some(sealed) = session.get::<String>(NEW_TOTP).await? else { return Ok(None) };
        let secret = self.vault()?.unseal(&totp::place(name), "the second factor", &sealed)?;
        let link = totp::link(name, secret.expose())?;
        let (size, path) = totp::qr(&link).unwrap_or_default();
        Ok(Some((secret.expose().to_owned(), link, size, path)))
    }

    /// Changes the password of who asks, and ends their other sessions.
    ///
    /// # Errors
    /// When the old one is wrong, or the new one not good enough: a sentence.
    pub(crate) async fn change_password(&self, visit: &Visit, old: String, new: String) -> Result<(), AppError> {
        let user = self.own(visit).await?;
        check_password(&new, &user.name).map_err(AppError::BadRequest)?;
        self.confirm(visit, &user, old).await?;
        let hashed = self.hashing.hash(new).await?;
        self.engine.store.change_user(&user.name, |user| user.password = Some(hashed)).await?;
        // Before the new id: whoever holds the old one is out.
        self.engine.store.end_sessions_of(&user.name, "", None).await?;
        self.audit(visit, &user.name, "new password", &user.name, "ok").await;
        if visit.via == Via::Session {
            self.let_in(visit, &user.name, "sign in again after a new password").await?;
        }
        Ok(())
    }

    /// Begins to set up an authenticator app.
    ///
    /// # Errors
    /// When who asks has no account, or has such an app: a session left open must not lock its owner out.
    pub(crate) async fn begin_totp(&self, visit: &Visit) -> Result<(), AppError> {
        let user = self.own(visit).await?;
        without_totp(&user)?;
        let sealed = self.vault()?.seal(&totp::place(&user.name), &totp::new_secret())?;
        session(visit)?.insert(NEW_TOTP, sealed).await.map_err(anyhow::Error::from)?;
        Ok(())
    }

    /// Turns the second factor on when the app shows the right code; returns the recovery codes.
    ///
    /// # Errors
    /// When the code is wrong: a sentence.
    pub(crate) async fn confirm_totp(&self, visit: &Visit, code: &str) -> Result<Vec<String>, AppError> {
        let user = self.own(visit).await?;
        without_totp(&user)?;
        let session = session(visit)?;
        let sealed: Option<String> = session.get(NEW_TOTP).await.map_err(anyhow::Error::from)?;
        let late =
            || AppError::BadRequest("Begin again: the code to scan is no longer the one that was shown.".to_owned());
        let sealed = sealed.ok_or_else(late)?;
        let secret = self.vault()?.unseal(&totp::place(&user.name), "the second factor", &sealed)?;
        let step = totp::step_of(&user.name, secret.expose(), code, self.now_ms())?;
        let wrong = || AppError::BadRequest("That is not the code the app shows now; is its clock right?".to_owned());
        let totp_step = step.ok_or_else(wrong)?;
        let (codes, recovery) = totp::recovery_codes()?.into_iter().unzip();
        let turn_on =
            |user: &mut User| (user.totp, user.totp_step, user.recovery) = (Some(sealed), totp_step, recovery);
        self.engine.store.change_user(&user.name, turn_on).await?;
        session.remove_value(NEW_TOTP).await.map_err(anyhow::Error::from)?;
        self.audit(visit, &user.name, "second factor on", &user.name, "ok").await;
        Ok(codes)
    }

    /// Turns the second factor off; the password is asked for.
    ///
    /// # Errors
    /// When the password is wrong: a sentence.
    pub(crate) async fn stop_totp(&self, visit: &Visit, password: String) -> Result<(), AppError> {
        let user = self.own(visit).await?;
        self.confirm(visit, &user, password).await?;
        self.engine.store.change_user(&user.name, User::without_totp).await?;
        self.audit(visit, &user.name, "second factor off", &user.name, "ok").await;
        Ok(())
    }

    /// Ends one of the sessions of who asks, or all but this one.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub(crate) async fn end_sessions(&self, visit: &Visit, name: Option<&str>) -> Result<u64, AppError> {
        let user = self.own(visit).await?;
        let this = visit.session.as_ref().and_then(|session| session.id()).map(hash);
        let (prefix, kept) = match name {
            Some(name) if name.len() == SESSION_NAME => (name, None),
            Some(_) => return Ok(0),
            None => ("", this.as_deref()),
        };
        let ended = self.engine.store.end_sessions_of(&user.name, prefix, kept).await?;
        self.audit(visit, &user.name, "sessions ended", &user.name, &ended.to_string()).await;
        Ok(ended)
    }

    /// Makes a key for the scripts of who asks.
    ///
    /// # Errors
    /// When what was chosen cannot be: a sentence.
    pub(crate) async fn add_token(
        &self,
        visit: &Visit,
        label: &str,
        scope: TokenScope,
        days: u32,
    ) -> Result<String, AppError> {
        let user = self.own(visit).await?;
        let key = new_token(&self.engine.store, &user.name, label, scope, days, self.now_ms()).await?;
        self.audit(visit, &user.name, "token made", label.trim(), scope.name()).await;
        Ok(key)
    }

    /// Takes a key of who asks out of use.
    ///
    /// # Errors
    /// When it is somebody else's, or the database cannot be written.
    pub(crate) async fn remove_token(&self, visit: &Visit, id: &str) -> Result<(), AppError> {
        let user = self.own(visit).await?;
        if !self.engine.store.remove_token(id, Some(&user.name)).await? {
            return Err(AppError::BadRequest("There is no such token of yours; the page was out of date.".to_owned()));
        }
        self.audit(visit, &user.name, "token revoked", id, "ok").await;
        Ok(())
    }

    /// The user who asks: by a browser, for a key for scripts must not make itself another.
    async fn own(&self, visit: &Visit) -> Result<User, AppError> {
        by_a_person(visit)?;
        let none = || AppError::BadRequest("There are no users yet: the dashboard is open on this machine.".to_owned());
        self.engine.store.user(visit.name()).await?.ok_or_else(none)
    }

    /// Asks for the password again before something that matters. Who has none signs in elsewhere, and is not given one
    /// here: they would stay when the provider lets them go.
    async fn confirm(&self, visit: &Visit, user: &User, password: String) -> Result<(), AppError> {
        let none = "You have no password here. An admin can give you a link to choose one.";
        let hashed = user.password.clone().ok_or_else(|| AppError::BadRequest(none.to_owned()))?;
        if let Err(super::Refused::Wait(seconds)) = self.may_try(visit, &user.name, "password").await {
            return Err(AppError::TooMany(format!("Too many tries. Wait {seconds} seconds.")));
        }
        if self.hashing.compare(password, Some(hashed)).await? == Compared::Wrong {
            self.audit(visit, &user.name, "password", "", "refused: wrong").await;
            return Err(AppError::BadRequest("The password you have now is another one.".to_owned()));
        }
        self.throttle.succeeded(&user.name);
        Ok(())
    }

    fn vault(&self) -> anyhow::Result<Vault> {
        Vault::open(&self.engine.config.environment.data_dir)
    }
}

/// A second factor is replaced by turning it off first, which asks for the password.
fn without_totp(user: &User) -> Result<(), AppError> {
    let said = "An authenticator app is set up already. Turn it off first; that asks for your password.";
    if user.totp.is_some() { Err(AppError::BadRequest(said.to_owned())) } else { Ok(()) }
}
