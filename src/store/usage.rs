//! Facts: the one road by which usage enters the database.
//!
//! A batch is merged with what is stored, and roll-ups move by exactly the difference between the row before and the
//! row after, in the same transaction. So a page read twice, a retry or a correction changes nothing it should not.

mod table;

use std::collections::{BTreeMap, HashMap};

use anyhow::Context;
use sqlx::{AssertSqlSafe, Sqlite, Transaction};

pub(super) use self::table::{COLUMNS, event_of, events_by_key, upsert};
use self::table::{all_events, beginning_with, delete, is_empty, sightings};
use super::billed::note_revision;
use super::merge::keep_best;
use super::rollup::{Deltas, clear_quarters, rollup_of};
use super::{LOCAL_ORG, Store};
use crate::model::{
    Batch, Cursor, Replaces, Revision, RollupRow, Spend, UsageEvent, Usd, from_epoch_day, is_shadow, message_prefix,
    rank,
};

/// Rows of one multi-row statement: SQLite binds plain `?` fast, and 500 rows stay far below its limit of variables.
const ROWS_PER_STATEMENT: usize = 500;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Facts that are new or changed.
    pub changed: u64,
    /// Messages that are new.
    pub added: u64,
}

impl Store {
    /// Merges a batch into the facts and roll-ups and moves the cursors, all or nothing.
    ///
    /// `now_ms` dates what became smaller.
    ///
    /// # Errors
    /// When the database cannot be written (disk full, locked by a stuck process); nothing has changed then.
    pub async fn apply(&self, mut batch: Batch, now_ms: i64) -> anyhow::Result<Applied> {
        keep_best(&mut batch.events);
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await.context("starting to write the facts")?;
        let mut stored = match &batch.replaces {
            _ if is_empty(&mut tx, batch.source).await? => HashMap::new(),
            Replaces::Nothing => sightings(&mut tx, batch.source, &batch.events).await?,
            Replaces::Everything => all_events(&mut tx, batch.source).await?,
            Replaces::Days(days) => beginning_with(&mut tx, batch.source, days).await?,
        };
        let replaces = batch.replaces != Replaces::Nothing;
        if matches!(batch.replaces, Replaces::Days(_)) {
            for revision in shrunk(batch.source, stored.values(), &batch.events, now_ms) {
                note_revision(&mut tx, &revision).await?;
            }
        }
        let mut deltas = Deltas::default();
        let mut applied = Applied::default();
        let known_messages = known_messages(&batch.events, &stored);
        let shadowed = |key: &str| is_shadow(key) && known_messages.contains(message_prefix(key));
        // In place: of a first read, a second list of the facts would be as large as everything else together.
        batch.events.retain(|event| {
            if shadowed(&event.key) {
                return false;
            }
            let before = stored.remove(event.key.as_ref());
            let keep_before = before.as_ref().is_some_and(|old| !replaces && rank(event, old).is_le());
            if keep_before || before.as_ref() == Some(event) {
                return false;
            }
            applied.added += u64::from(before.is_none());
            applied.changed += 1;
            if let Some(old) = &before {
                deltas.take(old);
            }
            true
        });
        let gone: Vec<UsageEvent> = stored.into_values().filter(|old| replaces || shadowed(&old.key)).collect();
        for old in &gone {
            deltas.take(old);
            applied.changed += 1;
        }
        delete(&mut tx, batch.source, &gone).await?;
        upsert(&mut tx, batch.source, &batch.events, |event| deltas.put(event)).await?;
        deltas.write(&mut tx, batch.source).await?;
        if batch.replaces == Replaces::Everything {
            sqlx::query("DELETE FROM sync_cursor WHERE org_id = $1 AND source = $2")
                .bind(LOCAL_ORG)
                .bind(batch.source)
                .execute(&mut *tx)
                .await?;
        }
        write_cursors(&mut tx, batch.source, &batch.cursors).await?;
        tx.commit().await.context("committing the facts")?;
        self.use_write_ahead_log().await;
        Ok(applied)
    }

    /// Says whether anything was ever stored.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn has_usage(&self) -> anyhow::Result<bool> {
        let found: Option<i64> =
            sqlx::query_scalar("SELECT 1 FROM rollup_day WHERE org_id = $1 AND messages > 0 LIMIT 1")
                .bind(LOCAL_ORG)
                .fetch_optional(&self.writer)
                .await?;
        Ok(found.is_some())
    }

    /// Notes how far one item of a source has been read, when nothing else is to be stored.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn note_cursor(&self, source: &'static str, cursor: Cursor) -> anyhow::Result<()> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        write_cursors(&mut tx, source, &[cursor]).await?;
        Ok(tx.commit().await?)
    }

    /// Returns the cursors of a source, by item.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn cursors(&self, source: &str) -> anyhow::Result<HashMap<String, Cursor>> {
        let rows: Vec<(String, i64, String)> =
            sqlx::query_as("SELECT item, position, stamp FROM sync_cursor WHERE org_id = $1 AND source = $2")
                .bind(LOCAL_ORG)
                .bind(source)
                .fetch_all(&self.writer)
                .await
                .context("reading how far the source was read")?;
        Ok(rows.into_iter().map(|(item, position, stamp)| (item.clone(), Cursor { item, position, stamp })).collect())
    }

    /// Returns everything stored of a source as rows of one message each, judged by `judge` and not by what is stored:
    /// for a report in another time zone. Writes nothing.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn judged(
        &self,
        source: &'static str,
        judge: &(dyn Fn(&mut UsageEvent) + Sync),
    ) -> anyhow::Result<Vec<RollupRow>> {
        let mut connection = self.reader.acquire().await?;
        let events = all_events(&mut connection, source).await?;
        let row = |mut event: UsageEvent| {
            judge(&mut event);
            RollupRow {
                source: source.into(),
                date: from_epoch_day(event.day),
                session: event.session,
                project: event.project,
                model: event.model,
                spend: Spend::of(event.tokens, event.cost, event.basis),
            }
        };
        Ok(events.into_values().map(row).collect())
    }

    /// Computes costs and roll-ups of everything stored anew, after the time zone or the prices changed.
    ///
    /// `judge` gives an event the day and cost it has now; it leaves alone what the log or a bill says itself.
    ///
    /// # Errors
    /// When the database cannot be written; the old roll-ups stand then.
    pub async fn rebuild(&self, source: &'static str, judge: &(dyn Fn(&mut UsageEvent) + Sync)) -> anyhow::Result<u64> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let mut deltas = Deltas::default();
        rollup_of(&mut tx, source).await?.iter().for_each(|row| deltas.take_row(row));
        clear_quarters(&mut tx, source).await?;
        let mut repriced = Vec::new();
        for (_, old) in all_events(&mut tx, source).await? {
            let mut new = old.clone();
            judge(&mut new);
            deltas.put(&new);
            if new != old {
                repriced.push(new);
            }
        }
        upsert(&mut tx, source, &repriced, |_| {}).await?;
        deltas.write(&mut tx, source).await?;
        tx.commit().await.context("committing the roll-ups")?;
        Ok(repriced.len() as u64)
    }
}

/// The days of a report whose usage is less than what was stored of them.
fn shrunk<'a>(
    source: &str,
    before: impl Iterator<Item = &'a UsageEvent>,
    after: &'a [UsageEvent],
    now_ms: i64,
) -> Vec<Revision> {
    let mut days: BTreeMap<i32, [(u64, Usd); 2]> = BTreeMap::new();
    let events = before.map(|event| (0, event)).chain(after.iter().map(|event| (1, event)));
    for (side, event) in events {
        let (tokens, cost) = &mut days.entry(event.day).or_default()[side];
        *tokens = tokens.saturating_add(event.tokens.total());
        *cost += event.cost.unwrap_or_default();
    }
    days.into_iter()
        .filter(|(_, [before, after])| after.0 < before.0)
        .map(|(day, [before, after])| Revision {
            source: source.to_owned(),
            date: from_epoch_day(day),
            noted_ms: now_ms,
            tokens_before: before.0,
            tokens_after: after.0,
            cost_before: before.1,
            cost_after: after.1,
        })
        .collect()
}

/// Messages for which a sighting that is no shadow is known, stored or new.
fn known_messages(events: &[UsageEvent], stored: &HashMap<String, UsageEvent>) -> std::collections::HashSet<String> {
    // Only messages that have a shadow matter, and shadows are rare.
    let new_shadows = events.iter().map(|event| event.key.as_ref()).filter(|key| is_shadow(key));
    let old_shadows = stored.keys().map(String::as_str).filter(|key| is_shadow(key));
    let shadowed: std::collections::HashSet<&str> = new_shadows.chain(old_shadows).map(message_prefix).collect();
    if shadowed.is_empty() {
        return std::collections::HashSet::new();
    }
    let new_known = events.iter().map(|event| event.key.as_ref());
    let old_known = stored.keys().map(String::as_str);
    new_known
        .chain(old_known)
        .filter(|key| !is_shadow(key) && shadowed.contains(message_prefix(key)))
        .map(|key| message_prefix(key).to_owned())
        .collect()
}

pub(super) async fn write_cursors(
    tx: &mut Transaction<'_, Sqlite>,
    source: &str,
    cursors: &[Cursor],
) -> anyhow::Result<()> {
    for rows in cursors.chunks(ROWS_PER_STATEMENT) {
        let sql = format!(
            "INSERT INTO sync_cursor (org_id, source, item, position, stamp) VALUES {} ON CONFLICT (org_id, source, item) \
             DO UPDATE SET position = excluded.position, stamp = excluded.stamp",
            placeholders(rows.len(), 5)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for cursor in rows {
            query = query.bind(LOCAL_ORG).bind(source).bind(&cursor.item).bind(cursor.position).bind(&cursor.stamp);
        }
        query.execute(&mut **tx).await.context("noting how far the source was read")?;
    }
    Ok(())
}

/// `(?,?),(?,?)`: plain placeholders, because SQLite looks numbered ones up one by one.
pub(super) fn placeholders(rows: usize, columns: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(","));
    vec![row; rows].join(",")
}

/// A count as the database holds it.
pub(super) fn column(count: u64) -> anyhow::Result<i64> {
    i64::try_from(count).with_context(|| format!("{count} tokens in one fact cannot be real; the log is damaged"))
}

/// Money as the database holds it: pico-USD, up to nine million dollars a row.
pub(super) fn pico_column(amount: Usd) -> anyhow::Result<i64> {
    i64::try_from(amount.pico()).with_context(|| format!("{amount} in one row is more than the database can hold"))
}
