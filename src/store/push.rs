//! Browsers that have subscribed to Web Push.

use anyhow::Context;
use sqlx::Row;

use super::{LOCAL_ORG, Store};
use crate::model::PushSubscription;

/// More is a mistake, or somebody filling the table.
const SUBSCRIPTIONS_MAX: i64 = 200;

/// Of the browsers that are told: everybody's while there are no users, and then those of users who may see alerts. Who
/// is removed, disabled, or now only a client's, is told of nothing more.
macro_rules! told {
    ($select:literal, $rest:literal) => {
        concat!(
            $select,
            " FROM push_subscription s WHERE org_id = $1 AND (NOT EXISTS (SELECT 1 FROM user_account u WHERE u.org_id = s.org_id) \
             OR EXISTS (SELECT 1 FROM user_account u WHERE u.org_id = s.org_id AND u.name = s.owner AND u.disabled = 0 \
             AND u.role <> 'client'))",
            $rest
        )
    };
}

impl Store {
    /// Remembers a browser by its id; the same one again is replaced. False when there are too many.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn add_subscription(
        &self,
        id: &str,
        owner: &str,
        browser: &PushSubscription,
        now_ms: i64,
    ) -> anyhow::Result<bool> {
        let written = sqlx::query(
            "INSERT INTO push_subscription (org_id, id, owner, endpoint, p256dh, auth, created_ms) \
             SELECT $1, $2, $3, $4, $5, $6, $7 WHERE (SELECT COUNT(*) FROM push_subscription WHERE org_id = $1) < $8 \
             ON CONFLICT (org_id, id) DO UPDATE SET owner = excluded.owner, p256dh = excluded.p256dh, auth = excluded.auth",
        )
        .bind(LOCAL_ORG)
        .bind(id)
        .bind(owner)
        .bind(&browser.endpoint)
        .bind(&browser.p256dh)
        .bind(&browser.auth)
        .bind(now_ms)
        .bind(SUBSCRIPTIONS_MAX)
        .execute(&self.writer)
        .await
        .context("remembering a browser")?;
        Ok(written.rows_affected() > 0)
    }

    /// Forgets a browser.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn remove_subscription(&self, id: &str) -> anyhow::Result<()> {
        sqlx::query("DELETE FROM push_subscription WHERE org_id = $1 AND id = $2")
            .bind(LOCAL_ORG)
            .bind(id)
            .execute(&self.writer)
            .await
            .context("forgetting a browser")?;
        Ok(())
    }

    /// Returns a browser, while it is subscribed and its owner may be told.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn subscription(&self, id: &str) -> anyhow::Result<Option<PushSubscription>> {
        let row = sqlx::query(told!("SELECT endpoint, p256dh, auth", " AND id = $2"))
            .bind(LOCAL_ORG)
            .bind(id)
            .fetch_optional(&self.reader)
            .await
            .context("looking for a browser")?;
        row.map(|row| {
            Ok(PushSubscription { endpoint: row.try_get(0)?, p256dh: row.try_get(1)?, auth: row.try_get(2)? })
        })
        .transpose()
    }

    /// Returns the ids of the browsers that are told, the first one first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn subscribers(&self) -> anyhow::Result<Vec<String>> {
        sqlx::query_scalar(told!("SELECT id", " ORDER BY created_ms, id"))
            .bind(LOCAL_ORG)
            .fetch_all(&self.reader)
            .await
            .context("reading the browsers that are subscribed")
    }
}
