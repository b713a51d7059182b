//! The login of an account: kept over restarts, sealed, and used until shortly before its end.
//!
//! Toast gives two an hour. They are counted before they are asked for, by account and not by client, so that neither a
//! restart nor a second location makes a third; and each is asked for once. Why the last one failed is remembered: as
//! long as none may be made, that is what is wrong.
//!
//! What counts is a login Toast has answered: with a token, a refusal or a limit. One that it left unanswered (no
//! connection, no answer in time, an error of its own) is given back, so that an outage of minutes does not cost an hour.
//! Whether Toast has counted it all the same nobody can know: so there is a pause before the next, and when Toast then
//! says 429, that is an answer, and counts. Cut off before any answer, a login counts.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};

use super::pull::http_error;
use crate::config::{Secret, Vault};
use crate::model::Client;
use crate::sources::http::{Http, HttpError, Retry};
use crate::sources::toast::feed::{Account, log_in};
use crate::sources::toast::login::{SPARE, TOKEN_NAME};
use crate::store::ClientLogin;
use crate::sync::engine::{Engine, blocking};

const LOGINS_AN_HOUR: usize = 2;
const HOUR: TimeDelta = TimeDelta::hours(1);
/// Between a login that was left unanswered and the next: a dozen an hour at most.
const AFTER_OUTAGE: TimeDelta = TimeDelta::minutes(5);

/// No login may be asked for before a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LoginsUsedUp {
    pub until: DateTime<Utc>,
    /// Why the last login failed, when it did.
    pub refused: Option<String>,
    /// Toast did not answer the last one: that is what is waited for.
    pub outage: bool,
}

impl fmt::Display for LoginsUsedUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.until.format("%H:%M:%S UTC");
        if let Some(refused) = &self.refused {
            write!(f, "{refused}. ")?;
        }
        if self.outage {
            return write!(f, "The login is tried again at {at}");
        }
        write!(f, "Toast allows two logins an hour, and both were used: the next may be at {at}")
    }
}

impl std::error::Error for LoginsUsedUp {}

/// Where and as whom a client is read.
pub(super) struct Login<'a> {
    pub engine: &'a Engine,
    pub http: &'a Http,
    pub base: &'a str,
    pub api_client: &'a str,
    pub secret: &'a Secret,
}

/// What logins are counted by.
pub(super) fn account(base: &str, api_client: &str) -> String {
    format!("{base} {api_client}")
}

impl Login<'_> {
    fn account(&self) -> String {
        account(self.base, self.api_client)
    }

    fn place(&self) -> String {
        format!("toast login/{}", self.account())
    }

    /// Returns a token: the stored one while it lasts and was not refused, else a new one. Others of the account wait
    /// for a login that is under way, nobody else does.
    pub(super) async fn token(&self, refused: Option<&Secret>) -> anyhow::Result<Secret> {
        let account = self.account();
        let vault = open_vault(self.engine).await?;
        let login = self.engine.store.client_login(&account).await?;
        if let Some(token) = self.kept(&login, &vault, refused) {
            return Ok(token);
        }
        let turn = self.engine.orders.login_turn(&account);
        let _one = turn.lock().await;
        let login = self.engine.store.client_login(&account).await?;
        match self.kept(&login, &vault, refused) {
            Some(token) => Ok(token),
            None => self.log_in(login, &vault).await,
        }
    }

    /// Returns the token that is kept, when it would be used.
    pub(super) async fn kept_token(&self) -> anyhow::Result<Option<Secret>> {
        let vault = open_vault(self.engine).await?;
        let login = self.engine.store.client_login(&self.account()).await?;
        Ok(self.kept(&login, &vault, None))
    }

    /// Logs in, whatever is kept: the one way to know whether the keys themselves work. One of the two an hour.
    pub(super) async fn token_anew(&self) -> anyhow::Result<Secret> {
        let account = self.account();
        let vault = open_vault(self.engine).await?;
        let turn = self.engine.orders.login_turn(&account);
        let _one = turn.lock().await;
        let login = self.engine.store.client_login(&account).await?;
        self.log_in(login, &vault).await
    }

    fn kept(&self, login: &ClientLogin, vault: &Vault, refused: Option<&Secret>) -> Option<Secret> {
        let spare = i64::try_from(SPARE.as_millis()).unwrap_or(0);
        let now_ms = self.engine.clock.now().timestamp_millis();
        let sealed = login.token.as_deref().filter(|_| login.expires_ms - spare > now_ms)?;
        // A token that was sealed with a key that is gone is as good as none.
        let token = vault.unseal(&self.place(), TOKEN_NAME, sealed).ok()?;
        refused.is_none_or(|refused| refused.expose() != token.expose()).then_some(token)
    }

    /// Asks for a token, once. The one before stays until there is another: other locations may still use it.
    async fn log_in(&self, mut login: ClientLogin, vault: &Vault) -> anyhow::Result<Secret> {
        let (now, account) = (self.engine.clock.now(), self.account());
        let uncounted = login.logins.clone();
        count(&mut login, now)?;
        self.engine.store.note_login(&account, &login).await?;
        let at = Account { base: self.base, api_client: self.api_client };
        match log_in(self.http, at, self.secret, &Retry::new(1, &|_| {})).await {
            Ok(token) => {
                let lasts = i64::try_from(token.lasts.as_millis()).unwrap_or(0);
                login.token = Some(vault.seal(&self.place(), token.secret.expose())?);
                login.expires_ms = now.timestamp_millis().saturating_add(lasts);
                (login.refused, login.unanswered_ms) = (None, 0);
                self.engine.store.note_login(&account, &login).await?;
                Ok(token.secret)
            }
            Err(error) => {
                match http_error(&error) {
                    // Nothing was sent.
                    Some(HttpError::Resting { .. }) => login.logins = uncounted,
                    Some(HttpError::Unavailable { .. }) => {
                        login.logins = uncounted;
                        login.unanswered_ms = now.timestamp_millis();
                        login.refused = Some(format!("{error:#}"));
                    }
                    Some(HttpError::Stopped | HttpError::RateLimited { .. }) => login.unanswered_ms = 0,
                    _ => (login.refused, login.unanswered_ms) = (Some(format!("{error:#}")), 0),
                }
                self.engine.store.note_login(&account, &login).await?;
                Err(error)
            }
        }
    }
}

/// Takes one of the logins of the hour. A clock that was set back makes no more of them, and holds none back for ever.
fn count(login: &mut ClientLogin, now: DateTime<Utc>) -> Result<(), LoginsUsedUp> {
    let (now_ms, hour) = (now.timestamp_millis(), HOUR.num_milliseconds());
    login.logins.retain(|at| (now_ms - at).abs() < hour);
    if login.logins.len() >= LOGINS_AN_HOUR {
        let oldest = login.logins.iter().min().copied().unwrap_or(now_ms);
        let until = DateTime::from_timestamp_millis(oldest + hour).unwrap_or(now + HOUR);
        return Err(LoginsUsedUp { until, refused: login.refused.clone(), outage: false });
    }
    let pause = AFTER_OUTAGE.num_milliseconds();
    if (now_ms - login.unanswered_ms).abs() < pause {
        let until = DateTime::from_timestamp_millis(login.unanswered_ms + pause).unwrap_or(now + AFTER_OUTAGE);
        return Err(LoginsUsedUp { until, refused: login.refused.clone(), outage: true });
    }
    login.logins.insert(0, now_ms);
    Ok(())
}

/// Opens the client's secret.
pub(super) async fn secret_of(engine: &Engine, client: &Client) -> anyhow::Result<Secret> {
    let keys = engine.store.client_keys(&client.id).await?;
    let name = secret_name(&client.name);
    let Some(sealed) = keys.secret else {
        anyhow::bail!("{name} is missing: enter it in the client's settings");
    };
    open_vault(engine).await?.unseal(&secret_place(&client.id), &name, &sealed)
}

pub(super) fn secret_name(client: &str) -> String {
    format!("the Toast secret of {client}")
}

pub(super) fn secret_place(id: &str) -> String {
    format!("client/{id}/secret")
}

pub(super) fn webhook_place(id: &str) -> String {
    format!("client/{id}/webhook")
}

pub(super) async fn open_vault(engine: &Engine) -> anyhow::Result<Vault> {
    let data_dir = engine.config.environment.data_dir.clone();
    blocking(move || Vault::open(&data_dir)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_logins_an_hour_and_no_more() {
        let at = |minutes: i64| DateTime::from_timestamp(1_795_000_000 + minutes * 60, 0).expect("a time");
        let used_up = |until, outage| LoginsUsedUp { until, refused: None, outage };
        let mut login = ClientLogin::default();
        assert_eq!(count(&mut login, at(0)), Ok(()));
        assert_eq!(count(&mut login, at(10)), Ok(()));
        assert_eq!(count(&mut login, at(20)), Err(used_up(at(60), false)));
        assert_eq!(count(&mut login, at(60)), Ok(()));
        assert_eq!(count(&mut login, at(61)), Err(used_up(at(70), false)));
        assert_eq!(count(&mut login, at(-600)), Ok(()), "a clock that was set back by much");
        // One that was left unanswered is no login, and is not repeated at once.
        let mut login = ClientLogin { unanswered_ms: at(0).timestamp_millis(), ..ClientLogin::default() };
        assert_eq!(count(&mut login, at(4)), Err(used_up(at(5), true)));
        assert_eq!((count(&mut login, at(5)), login.logins.len()), (Ok(()), 1));
    }
}
