//! Facts: the one road by which usage enters the database.
//!
//! A batch is merged with what is stored, and roll-ups move by exactly the difference between the row before and the
//! row after, in the same transaction. So a page read twice, a retry or a correction changes nothing it should not.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::Context;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{AssertSqlSafe, Row, Sqlite, SqliteConnection, Transaction};

use super::merge::keep_best;
use super::rollup::Deltas;
use super::{LOCAL_ORG, Store};
use crate::model::{
    Basis, Batch, Cursor, RollupRow, Spend, Tokens, UsageEvent, Usd, from_epoch_day, is_shadow, message_prefix, rank,
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
    /// `now_ms` stamps the changed roll-ups.
    ///
    /// # Errors
    /// When the database cannot be written (disk full, locked by a stuck process); nothing has changed then.
    pub async fn apply(&self, mut batch: Batch, now_ms: i64) -> anyhow::Result<Applied> {
        keep_best(&mut batch.events);
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await.context("starting to write the facts")?;
        let mut stored = if is_empty(&mut tx, batch.source).await? {
            HashMap::new()
        } else if batch.replaces_all {
            all_events(&mut tx, batch.source).await?
        } else {
            sightings(&mut tx, batch.source, &batch.events).await?
        };
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
            let keep_before = before.as_ref().is_some_and(|old| !batch.replaces_all && rank(event, old).is_le());
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
        let gone: Vec<UsageEvent> =
            stored.into_values().filter(|old| batch.replaces_all || shadowed(&old.key)).collect();
        for old in &gone {
            deltas.take(old);
            applied.changed += 1;
        }
        delete(&mut tx, batch.source, &gone).await?;
        upsert(&mut tx, batch.source, &batch.events, |event| deltas.put(event)).await?;
        deltas.write(&mut tx, batch.source, now_ms).await?;
        if batch.replaces_all {
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
        let found: Option<i64> = sqlx::query_scalar("SELECT 1 FROM rollup_day WHERE org_id = $1 LIMIT 1")
            .bind(LOCAL_ORG)
            .fetch_optional(&self.writer)
            .await?;
        Ok(found.is_some())
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
    pub async fn rebuild(
        &self,
        source: &'static str,
        judge: &(dyn Fn(&mut UsageEvent) + Sync),
        now_ms: i64,
    ) -> anyhow::Result<u64> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let mut deltas = Deltas::default();
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
        sqlx::query("DELETE FROM rollup_day WHERE org_id = $1 AND source = $2")
            .bind(LOCAL_ORG)
            .bind(source)
            .execute(&mut *tx)
            .await?;
        deltas.write(&mut tx, source, now_ms).await?;
        tx.commit().await.context("committing the roll-ups")?;
        Ok(repriced.len() as u64)
    }
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

async fn is_empty(tx: &mut SqliteConnection, source: &str) -> anyhow::Result<bool> {
    let found: Option<i64> = sqlx::query_scalar("SELECT 1 FROM usage_event WHERE org_id = $1 AND source = $2 LIMIT 1")
        .bind(LOCAL_ORG)
        .bind(source)
        .fetch_optional(tx)
        .await?;
    Ok(found.is_none())
}

const COLUMNS: &str = "dedupe_key, at_ms, day, session, project, model, input, cache_write_5m, cache_write_1h, cache_read, \
                       output, web_searches, modifiers, cost_pico, basis";
const COLUMN_COUNT: usize = 15;

/// Stored rows that share a message with one of `events`. Each lookup is one range of the primary key.
async fn sightings(
    tx: &mut SqliteConnection,
    source: &str,
    events: &[UsageEvent],
) -> anyhow::Result<HashMap<String, UsageEvent>> {
    let mut found = HashMap::new();
    let sql = format!(
        "SELECT {COLUMNS} FROM usage_event WHERE org_id = $1 AND source = $2 AND dedupe_key >= $3 AND dedupe_key < $4"
    );
    let mut last = "";
    for event in events {
        let prefix = message_prefix(&event.key);
        if prefix == last {
            continue;
        }
        last = prefix;
        // `;` follows `:` in ASCII, so the range holds exactly the keys with this prefix.
        let end = prefix.strip_suffix(':').map_or_else(|| format!("{prefix}\u{1}"), |message| format!("{message};"));
        let rows = sqlx::query(AssertSqlSafe(sql.clone()))
            .bind(LOCAL_ORG)
            .bind(source)
            .bind(prefix)
            .bind(end)
            .fetch_all(&mut *tx)
            .await?;
        for row in rows {
            let event = event_of(&row)?;
            found.insert(event.key.to_string(), event);
        }
    }
    Ok(found)
}

async fn all_events(tx: &mut SqliteConnection, source: &str) -> anyhow::Result<HashMap<String, UsageEvent>> {
    let sql = format!("SELECT {COLUMNS} FROM usage_event WHERE org_id = $1 AND source = $2");
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(LOCAL_ORG).bind(source).fetch_all(tx).await?;
    rows.iter().map(|row| event_of(row).map(|event| (event.key.to_string(), event))).collect()
}

fn event_of(row: &SqliteRow) -> anyhow::Result<UsageEvent> {
    let count =
        |column: usize| -> anyhow::Result<u64> { Ok(u64::try_from(row.try_get::<i64, _>(column)?).unwrap_or(0)) };
    let basis: &str = row.try_get(14)?;
    Ok(UsageEvent {
        key: row.try_get::<&str, _>(0)?.into(),
        at_ms: row.try_get(1)?,
        day: i32::try_from(row.try_get::<i64, _>(2)?).unwrap_or(0),
        session: row.try_get::<&str, _>(3)?.into(),
        project: row.try_get::<&str, _>(4)?.into(),
        model: row.try_get::<&str, _>(5)?.into(),
        tokens: Tokens {
            input: count(6)?,
            cache_write_5m: count(7)?,
            cache_write_1h: count(8)?,
            cache_read: count(9)?,
            output: count(10)?,
        },
        web_searches: u32::try_from(count(11)?).unwrap_or(0),
        modifiers: row.try_get::<&str, _>(12)?.into(),
        cost: row.try_get::<Option<i64>, _>(13)?.map(|pico| Usd::from_pico(i128::from(pico))),
        basis: Basis::parse(basis).with_context(|| format!("the stored basis \"{basis}\" is unknown"))?,
    })
}

/// Writes the facts; `written` sees each of them, at a time that is free.
async fn upsert(
    tx: &mut Transaction<'_, Sqlite>,
    source: &'static str,
    events: &[UsageEvent],
    mut written: impl FnMut(&UsageEvent),
) -> anyhow::Result<()> {
    let shared = Shared::new(source);
    let mut chunks = events.chunks(ROWS_PER_STATEMENT).map(|rows| {
        rows.iter().for_each(&mut written);
        shared.upsert(rows)
    });
    let mut next = chunks.next().transpose()?;
    while let Some(statement) = next {
        // The database's thread executes a statement while this one prepares the next.
        let (executed, prepared) = tokio::join!(statement.execute(&mut **tx), async { chunks.next().transpose() });
        executed.context("writing the facts")?;
        next = prepared?;
    }
    Ok(())
}

/// The organisation and the source are written into the statement, and not bound to it a hundred thousand times: they
/// are names of this program, never of the outside.
fn upsert_statement(source: &'static str, rows: usize) -> String {
    let row = format!("('{LOCAL_ORG}','{source}'{})", ",?".repeat(COLUMN_COUNT));
    format!(
        "INSERT INTO usage_event (org_id, source, {COLUMNS}) VALUES {} ON CONFLICT (org_id, source, dedupe_key) DO \
         UPDATE SET at_ms = excluded.at_ms, day = excluded.day, session = excluded.session, project = excluded.project, \
         model = excluded.model, input = excluded.input, cache_write_5m = excluded.cache_write_5m, \
         cache_write_1h = excluded.cache_write_1h, cache_read = excluded.cache_read, output = excluded.output, \
         web_searches = excluded.web_searches, modifiers = excluded.modifiers, cost_pico = excluded.cost_pico, \
         basis = excluded.basis",
        vec![row; rows].join(",")
    )
}

/// The texts every row repeats, shared instead of copied.
struct Shared {
    source: &'static str,
    bases: [(Basis, Arc<str>); 4],
    /// The statement of a full chunk, which is nearly all of them.
    full: Arc<str>,
}

impl Shared {
    fn new(source: &'static str) -> Shared {
        let bases = [Basis::Billed, Basis::Reported, Basis::Estimated, Basis::Unpriced];
        Shared {
            source,
            bases: bases.map(|basis| (basis, basis.as_str().into())),
            full: upsert_statement(source, ROWS_PER_STATEMENT).into(),
        }
    }

    fn upsert(&self, rows: &[UsageEvent]) -> anyhow::Result<Query<'static, Sqlite, SqliteArguments>> {
        let whole = rows.len() == ROWS_PER_STATEMENT;
        let sql: Arc<str> = if whole { self.full.clone() } else { upsert_statement(self.source, rows.len()).into() };
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for event in rows {
            let tokens = &event.tokens;
            query = query
                .bind(event.key.clone())
                .bind(event.at_ms)
                .bind(i64::from(event.day))
                .bind(event.session.clone())
                .bind(event.project.clone())
                .bind(event.model.clone())
                .bind(column(tokens.input)?)
                .bind(column(tokens.cache_write_5m)?)
                .bind(column(tokens.cache_write_1h)?)
                .bind(column(tokens.cache_read)?)
                .bind(column(tokens.output)?)
                .bind(i64::from(event.web_searches))
                .bind(event.modifiers.clone())
                .bind(event.cost.map(pico_column).transpose()?)
                .bind(self.bases.iter().find(|(basis, _)| *basis == event.basis).map(|(_, text)| text.clone()));
        }
        Ok(query)
    }
}

async fn delete(tx: &mut Transaction<'_, Sqlite>, source: &str, events: &[UsageEvent]) -> anyhow::Result<()> {
    for event in events {
        sqlx::query("DELETE FROM usage_event WHERE org_id = $1 AND source = $2 AND dedupe_key = $3")
            .bind(LOCAL_ORG)
            .bind(source)
            .bind(event.key.as_ref())
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

async fn write_cursors(tx: &mut Transaction<'_, Sqlite>, source: &str, cursors: &[Cursor]) -> anyhow::Result<()> {
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
