//! What providers billed, what their ids are called, and which days they took something back of.

use std::collections::{BTreeMap, HashMap};

use anyhow::Context;
use sqlx::{AssertSqlSafe, Row, Sqlite, Transaction};

use super::meta::next_generation;
use super::usage::{pico_column, placeholders};
use super::{LOCAL_ORG, Store};
use crate::model::{BilledRow, Cursor, DateRange, Revision, Usd, epoch_day, from_epoch_day};

const ROWS_PER_STATEMENT: usize = 500;

impl Store {
    /// Replaces the bills of whole days and moves the cursors, all or nothing. Returns how many rows changed.
    ///
    /// `days` are those the report spoke of: one without a row was billed nothing.
    ///
    /// # Errors
    /// When the database cannot be written; nothing has changed then.
    pub async fn apply_billed(
        &self,
        source: &'static str,
        days: &[i32],
        rows: &[BilledRow],
        cursors: &[Cursor],
    ) -> anyhow::Result<u64> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await.context("starting to write the bills")?;
        let before = stored(&mut tx, source, days).await?;
        // A report may tell things apart that we do not: what ends in the same place adds up.
        let mut after: BTreeMap<Key, Usd> = BTreeMap::new();
        for row in rows {
            *after.entry(key(row)).or_default() += row.amount;
        }
        let changed = after.iter().filter(|(key, amount)| before.get(*key) != Some(*amount)).count()
            + before.keys().filter(|key| !after.contains_key(*key)).count();
        if changed > 0 {
            for day in days {
                sqlx::query("DELETE FROM billed_day WHERE org_id = $1 AND source = $2 AND day = $3")
                    .bind(LOCAL_ORG)
                    .bind(source)
                    .bind(i64::from(*day))
                    .execute(&mut *tx)
                    .await?;
            }
            insert(&mut tx, source, &after).await?;
            next_generation(&mut tx).await?;
        }
        super::usage::write_cursors(&mut tx, source, cursors).await?;
        tx.commit().await.context("committing the bills")?;
        Ok(changed as u64)
    }

    /// Returns what was billed in a span of days (UTC days of the provider), oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn billed(&self, range: Option<DateRange>) -> anyhow::Result<Vec<BilledRow>> {
        let (from, to) = super::rollup::days_of(range);
        let rows = sqlx::query(
            "SELECT source, day, origin, kind, model, amount_pico FROM billed_day \
             WHERE org_id = $1 AND day >= $2 AND day <= $3 ORDER BY day, source, origin, kind, model",
        )
        .bind(LOCAL_ORG)
        .bind(from)
        .bind(to)
        .fetch_all(&self.writer)
        .await
        .context("reading the bills")?;
        rows.iter()
            .map(|row| {
                Ok(BilledRow {
                    source: row.try_get::<&str, _>(0)?.into(),
                    date: from_epoch_day(i32::try_from(row.try_get::<i64, _>(1)?).unwrap_or(0)),
                    origin: row.try_get::<&str, _>(2)?.into(),
                    kind: row.try_get::<&str, _>(3)?.into(),
                    model: row.try_get::<&str, _>(4)?.into(),
                    amount: Usd::from_pico(i128::from(row.try_get::<i64, _>(5)?)),
                })
            })
            .collect()
    }

    /// Notes what ids are called; names that are gone from the provider are kept for the usage that bears them.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn note_names(&self, source: &'static str, names: &[(String, String)]) -> anyhow::Result<()> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        for names in names.chunks(ROWS_PER_STATEMENT) {
            let sql = format!(
                "INSERT INTO origin_name (org_id, source, id, name) VALUES {} \
                 ON CONFLICT (org_id, source, id) DO UPDATE SET name = excluded.name",
                placeholders(names.len(), 4)
            );
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for (id, name) in names {
                query = query.bind(LOCAL_ORG).bind(source).bind(id).bind(name);
            }
            query.execute(&mut *tx).await.context("noting the names of workspaces and keys")?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Returns what ids are called, of all sources: ids of different providers differ.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn names(&self) -> anyhow::Result<HashMap<String, String>> {
        let rows: Vec<(String, String)> = sqlx::query_as("SELECT id, name FROM origin_name WHERE org_id = $1")
            .bind(LOCAL_ORG)
            .fetch_all(&self.writer)
            .await?;
        Ok(rows.into_iter().collect())
    }

    /// Returns the days of a span that became smaller when they were read again, latest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn revisions(&self, range: Option<DateRange>) -> anyhow::Result<Vec<Revision>> {
        let (from, to) = super::rollup::days_of(range);
        let rows = sqlx::query(
            "SELECT source, day, noted_ms, tokens_before, tokens_after, pico_before, pico_after FROM revision \
             WHERE org_id = $1 AND day >= $2 AND day <= $3 ORDER BY noted_ms DESC, day DESC",
        )
        .bind(LOCAL_ORG)
        .bind(from)
        .bind(to)
        .fetch_all(&self.writer)
        .await?;
        rows.iter()
            .map(|row| {
                let count = |at: usize| row.try_get::<i64, _>(at).map(|count| u64::try_from(count).unwrap_or(0));
                let money = |at: usize| row.try_get::<i64, _>(at).map(|pico| Usd::from_pico(i128::from(pico)));
                Ok(Revision {
                    source: row.try_get(0)?,
                    date: from_epoch_day(i32::try_from(row.try_get::<i64, _>(1)?).unwrap_or(0)),
                    noted_ms: row.try_get(2)?,
                    tokens_before: count(3)?,
                    tokens_after: count(4)?,
                    cost_before: money(5)?,
                    cost_after: money(6)?,
                })
            })
            .collect()
    }
}

/// Writes that a day became smaller, in the transaction that makes it so.
pub(super) async fn note_revision(tx: &mut Transaction<'_, Sqlite>, revision: &Revision) -> anyhow::Result<()> {
    let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    sqlx::query(
        "INSERT INTO revision (org_id, source, day, noted_ms, tokens_before, tokens_after, pico_before, pico_after) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (org_id, source, day, noted_ms) DO UPDATE SET \
         tokens_after = excluded.tokens_after, pico_after = excluded.pico_after",
    )
    .bind(LOCAL_ORG)
    .bind(&revision.source)
    .bind(i64::from(epoch_day(revision.date)))
    .bind(revision.noted_ms)
    .bind(count(revision.tokens_before))
    .bind(count(revision.tokens_after))
    .bind(pico_column(revision.cost_before)?)
    .bind(pico_column(revision.cost_after)?)
    .execute(&mut **tx)
    .await
    .context("noting a revision")?;
    Ok(())
}

/// Day, origin, kind, model.
type Key = (i32, String, String, String);

fn key(row: &BilledRow) -> Key {
    (epoch_day(row.date), row.origin.to_string(), row.kind.to_string(), row.model.to_string())
}

async fn stored(tx: &mut Transaction<'_, Sqlite>, source: &str, days: &[i32]) -> anyhow::Result<HashMap<Key, Usd>> {
    let mut found = HashMap::new();
    for day in days {
        let rows: Vec<(String, String, String, i64)> = sqlx::query_as(
            "SELECT origin, kind, model, amount_pico FROM billed_day WHERE org_id = $1 AND source = $2 AND day = $3",
        )
        .bind(LOCAL_ORG)
        .bind(source)
        .bind(i64::from(*day))
        .fetch_all(&mut **tx)
        .await?;
        found.extend(
            rows.into_iter()
                .map(|(origin, kind, model, pico)| ((*day, origin, kind, model), Usd::from_pico(i128::from(pico)))),
        );
    }
    Ok(found)
}

async fn insert(tx: &mut Transaction<'_, Sqlite>, source: &str, rows: &BTreeMap<Key, Usd>) -> anyhow::Result<()> {
    let rows: Vec<(&Key, &Usd)> = rows.iter().collect();
    for rows in rows.chunks(ROWS_PER_STATEMENT) {
        let sql = format!(
            "INSERT INTO billed_day (org_id, source, day, origin, kind, model, amount_pico) VALUES {}",
            placeholders(rows.len(), 7)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for ((day, origin, kind, model), amount) in rows {
            query = query.bind(LOCAL_ORG).bind(source).bind(i64::from(*day));
            query = query.bind(origin).bind(kind).bind(model).bind(pico_column(**amount)?);
        }
        query.execute(&mut **tx).await.context("writing the bills")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_day_is_replaced_as_a_set_and_what_ends_in_one_place_adds_up() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).await.expect("opens");
        let row = |kind: &str, pico| BilledRow {
            source: "anthropic".into(),
            date: from_epoch_day(20_000),
            origin: "anthropic::".into(),
            kind: kind.into(),
            model: "".into(),
            amount: Usd::from_pico(pico),
        };
        let first = [row("web_search", 5), row("web_search", 7), row("code_execution", 1)];
        assert_eq!(store.apply_billed("anthropic", &[20_000], &first, &[]).await.expect("writes"), 2);
        assert_eq!(store.apply_billed("anthropic", &[20_000], &first, &[]).await.expect("writes"), 0);
        assert_eq!(store.apply_billed("anthropic", &[20_000], &[row("web_search", 9)], &[]).await.expect("writes"), 2);
        assert_eq!(store.billed(None).await.expect("reads"), [row("web_search", 9)]);
    }
}
