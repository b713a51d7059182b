//! The machines that push here: their tokens' hashes, what they pushed, and when.

use anyhow::Context;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row};

use super::meta::next_generation;
use super::{LOCAL_ORG, Store};
use crate::model::Machine;

const COLUMNS: &str = "id, name, person, created_ms, last_seen_ms, revoked_ms, instance, host, pushed_ms";

impl Store {
    /// Returns the machines, by name.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn machines(&self) -> anyhow::Result<Vec<Machine>> {
        let sql = format!("SELECT {COLUMNS} FROM machine WHERE org_id = $1 ORDER BY name, id");
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(LOCAL_ORG)
            .fetch_all(&self.writer)
            .await
            .context("reading the machines")?;
        rows.iter().map(machine_of).collect()
    }

    /// Returns the machine a token's hash belongs to.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn machine_by_token(&self, token_hash: &str) -> anyhow::Result<Option<Machine>> {
        let sql = format!("SELECT {COLUMNS} FROM machine WHERE org_id = $1 AND token_hash = $2");
        let row = sqlx::query(AssertSqlSafe(sql))
            .bind(LOCAL_ORG)
            .bind(token_hash)
            .fetch_optional(&self.reader)
            .await
            .context("looking for the machine")?;
        row.as_ref().map(machine_of).transpose()
    }

    /// Adds a machine.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn add_machine(&self, machine: &Machine, token_hash: &str) -> anyhow::Result<()> {
        sqlx::query(
            "INSERT INTO machine (org_id, id, name, person, token_hash, created_ms, instance, host) \
             VALUES ($1, $2, $3, $4, $5, $6, '', '')",
        )
        .bind(LOCAL_ORG)
        .bind(&machine.id)
        .bind(&machine.name)
        .bind(&machine.person)
        .bind(token_hash)
        .bind(machine.created_ms)
        .execute(&self.writer)
        .await
        .context("adding the machine")?;
        Ok(())
    }

    /// Makes a machine's token worthless, from this moment on; says whether there was one to revoke.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn revoke_machine(&self, id: &str, now_ms: i64) -> anyhow::Result<bool> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let done =
            sqlx::query("UPDATE machine SET revoked_ms = $3 WHERE org_id = $1 AND id = $2 AND revoked_ms IS NULL")
                .bind(LOCAL_ORG)
                .bind(id)
                .bind(now_ms)
                .execute(&mut *tx)
                .await?;
        next_generation(&mut tx).await?;
        tx.commit().await.context("revoking the machine")?;
        Ok(done.rows_affected() > 0)
    }

    /// Notes that a machine was heard of.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn note_seen(&self, id: &str, now_ms: i64) -> anyhow::Result<()> {
        sqlx::query("UPDATE machine SET last_seen_ms = $3 WHERE org_id = $1 AND id = $2")
            .bind(LOCAL_ORG)
            .bind(id)
            .bind(now_ms)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Gives the token of a machine to an installation, unless another one used it after `since_ms`; says whether it
    /// has it.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn bind_instance(
        &self,
        id: &str,
        instance: &str,
        host: &str,
        now_ms: i64,
        since_ms: i64,
    ) -> anyhow::Result<bool> {
        let done = sqlx::query(
            "UPDATE machine SET instance = $3, host = $4, pushed_ms = $5, last_seen_ms = $6 WHERE org_id = $1 AND id = $2 \
             AND revoked_ms IS NULL AND (instance = '' OR instance = $7 OR pushed_ms IS NULL OR pushed_ms < $8)",
        )
        .bind(LOCAL_ORG)
        .bind(id)
        .bind(instance)
        .bind(host)
        .bind(now_ms)
        .bind(now_ms)
        .bind(instance)
        .bind(since_ms)
        .execute(&self.writer)
        .await
        .context("noting the machine")?;
        Ok(done.rows_affected() > 0)
    }

    /// Says how many facts a push held that was stored before; `None` when it was not.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn known_push(&self, machine: &str, batch: &str) -> anyhow::Result<Option<u64>> {
        let facts: Option<i64> =
            sqlx::query_scalar("SELECT facts FROM push_batch WHERE org_id = $1 AND machine = $2 AND batch = $3")
                .bind(LOCAL_ORG)
                .bind(machine)
                .bind(batch)
                .fetch_optional(&self.writer)
                .await?;
        Ok(facts.map(|facts| u64::try_from(facts).unwrap_or(0)))
    }

    /// Notes a push that was stored.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn note_push(&self, machine: &str, batch: &str, facts: u64, now_ms: i64) -> anyhow::Result<()> {
        sqlx::query(
            "INSERT INTO push_batch (org_id, machine, batch, at_ms, facts) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (org_id, machine, batch) DO NOTHING",
        )
        .bind(LOCAL_ORG)
        .bind(machine)
        .bind(batch)
        .bind(now_ms)
        .bind(i64::try_from(facts).unwrap_or(i64::MAX))
        .execute(&self.writer)
        .await
        .context("noting the push")?;
        Ok(())
    }
}

fn machine_of(row: &SqliteRow) -> anyhow::Result<Machine> {
    Ok(Machine {
        id: row.try_get(0)?,
        name: row.try_get(1)?,
        person: row.try_get(2)?,
        created_ms: row.try_get(3)?,
        last_seen_ms: row.try_get(4)?,
        revoked_ms: row.try_get(5)?,
        instance: row.try_get(6)?,
        host: row.try_get(7)?,
        pushed_ms: row.try_get(8)?,
    })
}
