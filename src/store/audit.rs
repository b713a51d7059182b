//! What was done about signing in, roles, keys and settings: only ever added to. Each row carries a hash over itself and
//! the row before it, so that a row that was changed or taken out is seen.

use anyhow::Context;
use ring::digest::{SHA256, digest};
use sqlx::Row;

use super::{LOCAL_ORG, Store};

/// Thirteen months.
const KEPT_MS: i64 = 396 * 24 * 60 * 60 * 1000;

/// Something that was done, or tried.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditEntry {
    pub at_ms: i64,
    /// Who; empty when that is not known.
    pub actor: String,
    pub ip: String,
    pub action: String,
    pub target: String,
    pub outcome: String,
}

impl Store {
    /// Adds an entry.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn add_audit(&self, entry: &AuditEntry) -> anyhow::Result<()> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await.context("writing the audit log")?;
        let last = sqlx::query("SELECT seq, row_hash FROM audit_entry WHERE org_id = $1 ORDER BY seq DESC LIMIT 1")
            .bind(LOCAL_ORG)
            .fetch_optional(&mut *tx)
            .await?;
        let (seq, before) = match last {
            Some(row) => (row.try_get::<i64, _>(0)?.saturating_add(1), row.try_get(1)?),
            None => (1, String::new()),
        };
        sqlx::query(
            "INSERT INTO audit_entry (org_id, seq, at_ms, actor, ip, action, target, outcome, row_hash) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(LOCAL_ORG)
        .bind(seq)
        .bind(entry.at_ms)
        .bind(&entry.actor)
        .bind(&entry.ip)
        .bind(&entry.action)
        .bind(&entry.target)
        .bind(&entry.outcome)
        .bind(row_hash(&before, seq, entry)?)
        .execute(&mut *tx)
        .await?;
        // The oldest rows have the lowest numbers: this looks at few.
        let oldest = "DELETE FROM audit_entry WHERE org_id = $1 AND seq IN (SELECT seq FROM audit_entry WHERE org_id = $1 \
                      ORDER BY seq LIMIT 100) AND at_ms < $2";
        sqlx::query(oldest).bind(LOCAL_ORG).bind(entry.at_ms.saturating_sub(KEPT_MS)).execute(&mut *tx).await?;
        tx.commit().await.context("writing the audit log")
    }

    /// Returns the latest entries, the latest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn audit(&self, limit: u32) -> anyhow::Result<Vec<AuditEntry>> {
        Ok(self.audit_rows(Some(limit)).await?.into_iter().map(|(_, _, entry)| entry).collect())
    }

    /// Returns the number of the first row that does not follow from the one before it: it, or that one, was changed.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn audit_break(&self) -> anyhow::Result<Option<i64>> {
        let mut rows = self.audit_rows(None).await?;
        rows.reverse();
        for pair in rows.windows(2) {
            let [(earlier, before, _), (seq, hash, entry)] = pair else { continue };
            if *seq != earlier + 1 || *hash != row_hash(before, *seq, entry)? {
                return Ok(Some(*seq));
            }
        }
        Ok(None)
    }

    async fn audit_rows(&self, limit: Option<u32>) -> anyhow::Result<Vec<(i64, String, AuditEntry)>> {
        let rows = sqlx::query(
            "SELECT seq, row_hash, at_ms, actor, ip, action, target, outcome FROM audit_entry WHERE org_id = $1 \
             ORDER BY seq DESC LIMIT $2",
        )
        .bind(LOCAL_ORG)
        .bind(limit.map_or(i64::MAX, i64::from))
        .fetch_all(&self.reader)
        .await
        .context("reading the audit log")?;
        rows.iter()
            .map(|row| {
                let entry = AuditEntry {
                    at_ms: row.try_get(2)?,
                    actor: row.try_get(3)?,
                    ip: row.try_get(4)?,
                    action: row.try_get(5)?,
                    target: row.try_get(6)?,
                    outcome: row.try_get(7)?,
                };
                Ok((row.try_get(0)?, row.try_get(1)?, entry))
            })
            .collect()
    }
}

fn row_hash(before: &str, seq: i64, entry: &AuditEntry) -> anyhow::Result<String> {
    let AuditEntry { at_ms, actor, ip, action, target, outcome } = entry;
    let text = serde_json::to_string(&(before, seq, at_ms, actor, ip, action, target, outcome))?;
    Ok(digest(&SHA256, text.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn log(entries: i64) -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).await.expect("opens");
        for at_ms in 1..=entries {
            let entry = AuditEntry { at_ms, actor: "ada".into(), action: "sign-in".into(), ..AuditEntry::default() };
            store.add_audit(&entry).await.expect("writes");
        }
        (folder, store)
    }

    async fn execute(store: &Store, sql: &'static str) {
        sqlx::query(sql).execute(&store.writer).await.expect("changes");
    }

    #[tokio::test]
    async fn a_row_that_was_changed_or_taken_out_is_seen() {
        let (_folder, store) = log(5).await;
        assert_eq!(store.audit_break().await.expect("reads"), None);
        execute(&store, "UPDATE audit_entry SET actor = 'eve' WHERE seq = 3").await;
        assert_eq!(store.audit_break().await.expect("reads"), Some(3));
        let (_folder, store) = log(5).await;
        execute(&store, "DELETE FROM audit_entry WHERE seq = 3").await;
        assert_eq!(store.audit_break().await.expect("reads"), Some(4));
    }

    #[tokio::test]
    async fn what_is_older_than_thirteen_months_goes() {
        let (_folder, store) = log(3).await;
        let late = AuditEntry { at_ms: KEPT_MS + 3, ..AuditEntry::default() };
        store.add_audit(&late).await.expect("writes");
        assert_eq!(store.audit(10).await.expect("reads").len(), 2);
        assert_eq!(store.audit_break().await.expect("reads"), None);
    }
}
