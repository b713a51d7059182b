//! Statements on the table of facts: one row per message or provider bucket.
//!
//! The ingest path is measured: a full statement is one shared text with plain placeholders, and binds share their
//! strings instead of copying them.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::Context;
use rustc_hash::FxHashMap;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{AssertSqlSafe, Row, Sqlite, SqliteConnection, Transaction};

use super::{ROWS_PER_STATEMENT, column, pico_column, placeholders};
use crate::model::{Basis, Tokens, UsageEvent, Usd, message_prefix};
use crate::store::LOCAL_ORG;

pub(super) async fn is_empty(tx: &mut SqliteConnection, source: &str) -> anyhow::Result<bool> {
    let found: Option<i64> = sqlx::query_scalar("SELECT 1 FROM usage_event WHERE org_id = $1 AND source = $2 LIMIT 1")
        .bind(LOCAL_ORG)
        .bind(source)
        .fetch_optional(tx)
        .await?;
    Ok(found.is_none())
}

pub(in crate::store) const COLUMNS: &str = "dedupe_key, at_ms, day, session, project, model, input, cache_write_5m, cache_write_1h, cache_read, \
                       output, web_searches, modifiers, cost_pico, basis";
const COLUMN_COUNT: usize = 15;

/// Stored rows that share a message with one of `events`. Each lookup is one range of the primary key.
pub(super) async fn sightings(
    tx: &mut SqliteConnection,
    source: &str,
    events: &[UsageEvent],
) -> anyhow::Result<HashMap<String, UsageEvent>> {
    let mut found = HashMap::new();
    let sql = range_statement();
    let mut last = "";
    for event in events {
        let prefix = message_prefix(&event.key);
        if prefix == last {
            continue;
        }
        last = prefix;
        // `;` follows `:` in ASCII, so the range holds exactly the keys with this prefix.
        let end = prefix.strip_suffix(':').map_or_else(|| format!("{prefix}\u{1}"), |message| format!("{message};"));
        found.extend(range(tx, &sql, source, prefix, &end).await?);
    }
    Ok(found)
}

fn range_statement() -> String {
    format!(
        "SELECT {COLUMNS} FROM usage_event WHERE org_id = $1 AND source = $2 AND dedupe_key >= $3 AND dedupe_key < $4"
    )
}

/// Stored rows with keys from `start` on and before `end`.
async fn range(
    tx: &mut SqliteConnection,
    sql: &str,
    source: &str,
    start: &str,
    end: &str,
) -> anyhow::Result<HashMap<String, UsageEvent>> {
    let query = sqlx::query(AssertSqlSafe(sql.to_owned())).bind(LOCAL_ORG).bind(source).bind(start).bind(end);
    let rows = query.fetch_all(tx).await?;
    rows.iter().map(|row| event_of(row).map(|event| (event.key.to_string(), event))).collect()
}

/// Stored rows whose key begins with one of `beginnings`, each of which ends in `;`.
pub(super) async fn beginning_with(
    tx: &mut SqliteConnection,
    source: &str,
    beginnings: &[String],
) -> anyhow::Result<HashMap<String, UsageEvent>> {
    let mut found = HashMap::new();
    let sql = range_statement();
    for beginning in beginnings {
        // `<` follows `;` in ASCII.
        let end = beginning.strip_suffix(';').map(|start| format!("{start}<")).context("a day of keys ends in ;")?;
        found.extend(range(tx, &sql, source, beginning, &end).await?);
    }
    Ok(found)
}

pub(super) async fn all_events(tx: &mut SqliteConnection, source: &str) -> anyhow::Result<HashMap<String, UsageEvent>> {
    let sql = format!("SELECT {COLUMNS} FROM usage_event WHERE org_id = $1 AND source = $2");
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(LOCAL_ORG).bind(source).fetch_all(tx).await?;
    rows.iter().map(|row| event_of(row).map(|event| (event.key.to_string(), event))).collect()
}

/// The facts of keys, as far as they are stored.
pub(in crate::store) async fn events_by_key(
    tx: &mut SqliteConnection,
    source: &str,
    keys: &[&str],
) -> anyhow::Result<FxHashMap<Arc<str>, UsageEvent>> {
    let mut found = FxHashMap::default();
    for keys in keys.chunks(ROWS_PER_STATEMENT) {
        let sql = format!(
            "SELECT {COLUMNS} FROM usage_event WHERE org_id = ? AND source = ? AND dedupe_key IN {}",
            placeholders(1, keys.len())
        );
        let mut query = sqlx::query(AssertSqlSafe(sql)).bind(LOCAL_ORG).bind(source);
        for key in keys {
            query = query.bind(*key);
        }
        for row in query.fetch_all(&mut *tx).await.context("reading the facts")? {
            let event = event_of(&row)?;
            found.insert(event.key.clone(), event);
        }
    }
    Ok(found)
}

pub(in crate::store) fn event_of(row: &SqliteRow) -> anyhow::Result<UsageEvent> {
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
pub(in crate::store) async fn upsert(
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

pub(super) async fn delete(
    tx: &mut Transaction<'_, Sqlite>,
    source: &str,
    events: &[UsageEvent],
) -> anyhow::Result<()> {
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
