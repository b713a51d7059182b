//! Where tower-sessions keeps its sessions: our own database, by the hash of the id that only the browser knows.

use std::sync::Arc;

use async_trait::async_trait;
use tower_sessions::cookie::SameSite;
use tower_sessions::cookie::time::{Duration, OffsetDateTime};
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};
use tower_sessions::{Expiry, SessionManagerLayer, SessionStore};

use super::random::hash_of;
use crate::store::{Lifetime, Store, StoredSession};
use crate::sync::{Clock, Engine};

/// Days without a request after which a session ends.
const IDLE_DAYS: i64 = 7;
/// Days after which it ends however much it was used.
const ABSOLUTE_DAYS: i64 = 30;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Use is noted no more often than this.
const NOTED_EVERY_MS: i64 = 5 * 60 * 1000;
/// The key of a session's data that names who is signed in.
pub(super) const USER: &str = "user";

/// Since when a session that counts now was begun, and seen.
pub(super) fn lifetime(now_ms: i64) -> Lifetime {
    Lifetime {
        begun_after_ms: now_ms.saturating_sub(ABSOLUTE_DAYS * DAY_MS),
        seen_after_ms: now_ms.saturating_sub(IDLE_DAYS * DAY_MS),
    }
}

/// What is kept of a session's id.
pub(super) fn hash(id: Id) -> String {
    hash_of(&id.to_string())
}

/// The layer that reads and sets the cookie. `secure` is for who comes over HTTPS: such a cookie is sent back over nothing
/// else, and no other host can set it.
pub(in crate::server) fn sessions(engine: &Arc<Engine>, secure: bool) -> SessionManagerLayer<Sessions> {
    let sessions = Sessions { store: engine.store.clone(), clock: engine.clock.clone() };
    SessionManagerLayer::new(sessions)
        .with_name(if secure { "__Host-allclear" } else { "allclear" })
        .with_secure(secure)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(Duration::days(ABSOLUTE_DAYS)))
}

#[derive(Clone)]
pub(in crate::server) struct Sessions {
    store: Store,
    clock: Clock,
}

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sessions")
    }
}

impl Sessions {
    fn now_ms(&self) -> i64 {
        self.clock.now().timestamp_millis()
    }
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let now_ms = self.now_ms();
        loop {
            let session = StoredSession {
                id_hash: hash(record.id),
                user_name: user_of(record).to_owned(),
                data: data_of(record)?,
                created_ms: now_ms,
                seen_ms: now_ms,
            };
            if self.store.begin_session(&session, lifetime(now_ms)).await.map_err(failed)? {
                return Ok(());
            }
            record.id = Id::default();
        }
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let data = data_of(record)?;
        self.store.keep_session(&hash(record.id), user_of(record), &data, self.now_ms()).await.map_err(failed)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let (id_hash, now_ms) = (hash(*id), self.now_ms());
        let Some(session) = self.store.session(&id_hash, lifetime(now_ms)).await.map_err(failed)? else {
            return Ok(None);
        };
        if now_ms.saturating_sub(session.seen_ms) > NOTED_EVERY_MS {
            let store = self.store.clone();
            // A page does not wait until a sync in progress lets go of the database.
            tokio::spawn(async move {
                if let Err(error) = store.touch_session(&id_hash, now_ms).await {
                    tracing::warn!("{error:#}");
                }
            });
        }
        let ends = session.created_ms.saturating_add(ABSOLUTE_DAYS * DAY_MS) / 1000;
        let expiry_date =
            OffsetDateTime::from_unix_timestamp(ends).map_err(|error| Error::Decode(error.to_string()))?;
        let data = serde_json::from_str(&session.data).map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.store.end_session(&hash(*id)).await.map_err(failed)
    }
}

fn user_of(record: &Record) -> &str {
    record.data.get(USER).and_then(serde_json::Value::as_str).unwrap_or_default()
}

fn data_of(record: &Record) -> Result<String> {
    serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))
}

fn failed(error: anyhow::Error) -> Error {
    Error::Backend(format!("{error:#}"))
}
