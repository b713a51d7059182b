//! The daily roll-up: what every report and page is computed from.
//!
//! One row per (source, day, session, project, model). Rows move by the difference of facts, never by recounting, and
//! only inside the transaction that changes the facts; `Store::rebuild` computes them from nothing.

use std::sync::Arc;

use anyhow::Context;
use rustc_hash::FxHashMap;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row, Sqlite, Transaction};

use super::usage::{pico_column, placeholders};
use super::{LOCAL_ORG, Store};
use crate::model::{
    CostByBasis, DateRange, RollupRow, SessionRow, Spend, Tokens, UsageEvent, Usd, epoch_day, from_epoch_day,
};

const MEASURES: &str = "messages, input, cache_write_5m, cache_write_1h, cache_read, output, billed_pico, reported_pico, \
                        estimated_pico, unpriced_messages, unpriced_in, unpriced_out";
const MEASURE_COUNT: usize = 12;
/// SQLite answers a row faster than it parses a statement; 400 rows of 19 values stay below its limit of variables.
const ROWS_PER_STATEMENT: usize = 400;

/// Day, session, project, model.
type RowKey = (i32, Arc<str>, Arc<str>, Arc<str>);

/// What the rows of one source move by.
#[derive(Default)]
pub(super) struct Deltas {
    rows: FxHashMap<RowKey, [i64; MEASURE_COUNT]>,
    overflow: bool,
}

impl Deltas {
    pub(super) fn put(&mut self, event: &UsageEvent) {
        self.shift(event, 1);
    }

    pub(super) fn take(&mut self, event: &UsageEvent) {
        self.shift(event, -1);
    }

    fn shift(&mut self, event: &UsageEvent, sign: i64) {
        let spend = Spend::of(event.tokens, event.cost, event.basis);
        let key = (event.day, event.session.clone(), event.project.clone(), event.model.clone());
        let row = self.rows.entry(key).or_default();
        for (slot, value) in row.iter_mut().zip(measures(&spend)) {
            match value.and_then(|value| slot.checked_add(value.checked_mul(sign)?)) {
                Some(sum) => *slot = sum,
                None => self.overflow = true,
            }
        }
    }

    pub(super) async fn write(self, tx: &mut Transaction<'_, Sqlite>, source: &str, now_ms: i64) -> anyhow::Result<()> {
        anyhow::ensure!(!self.overflow, "the usage of one day and session is too large to be real; the log is damaged");
        let changed: Vec<_> = self.rows.into_iter().filter(|(_, row)| row.iter().any(|value| *value != 0)).collect();
        let sums: Vec<String> = MEASURES
            .split(", ")
            .map(|measure| format!("{measure} = rollup_day.{measure} + excluded.{measure}"))
            .collect();
        for rows in changed.chunks(ROWS_PER_STATEMENT) {
            let sql = format!(
                "INSERT INTO rollup_day (org_id, source, day, session, project, model, {MEASURES}, changed_ms) VALUES {} \
                 ON CONFLICT (org_id, source, day, session, project, model) DO UPDATE SET {}, changed_ms = excluded.changed_ms",
                placeholders(rows.len(), MEASURE_COUNT + 7),
                sums.join(", "),
            );
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for ((day, session, project, model), measures) in rows {
                query = query.bind(LOCAL_ORG).bind(source).bind(i64::from(*day));
                query = query.bind(session.clone()).bind(project.clone()).bind(model.clone());
                for measure in measures {
                    query = query.bind(*measure);
                }
                query = query.bind(now_ms);
            }
            query.execute(&mut **tx).await.context("writing the daily roll-up")?;
        }
        if !changed.is_empty() {
            sqlx::query(
                "DELETE FROM rollup_day WHERE org_id = $1 AND source = $2 AND messages = 0 AND changed_ms = $3",
            )
            .bind(LOCAL_ORG)
            .bind(source)
            .bind(now_ms)
            .execute(&mut **tx)
            .await?;
        }
        Ok(())
    }
}

fn measures(spend: &Spend) -> [Option<i64>; MEASURE_COUNT] {
    let count = |value: u64| i64::try_from(value).ok();
    let money = |value: Usd| pico_column(value).ok();
    [
        count(spend.messages),
        count(spend.tokens.input),
        count(spend.tokens.cache_write_5m),
        count(spend.tokens.cache_write_1h),
        count(spend.tokens.cache_read),
        count(spend.tokens.output),
        money(spend.by_basis.billed),
        money(spend.by_basis.reported),
        money(spend.by_basis.estimated),
        count(spend.unpriced_messages),
        count(spend.unpriced_in),
        count(spend.unpriced_out),
    ]
}

/// Reads the measures that start at `first` of a row.
fn spend_of(row: &SqliteRow, first: usize) -> anyhow::Result<Spend> {
    let count =
        |at: usize| -> anyhow::Result<u64> { Ok(u64::try_from(row.try_get::<i64, _>(first + at)?).unwrap_or(0)) };
    let money =
        |at: usize| -> anyhow::Result<Usd> { Ok(Usd::from_pico(i128::from(row.try_get::<i64, _>(first + at)?))) };
    Ok(Spend {
        messages: count(0)?,
        tokens: Tokens {
            input: count(1)?,
            cache_write_5m: count(2)?,
            cache_write_1h: count(3)?,
            cache_read: count(4)?,
            output: count(5)?,
        },
        by_basis: CostByBasis { billed: money(6)?, reported: money(7)?, estimated: money(8)? },
        unpriced_messages: count(9)?,
        unpriced_in: count(10)?,
        unpriced_out: count(11)?,
    })
}

impl Store {
    /// Returns the roll-up of a span of days, oldest first; all of it when `range` is `None`.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn rollup(&self, range: Option<DateRange>) -> anyhow::Result<Vec<RollupRow>> {
        let (from, to) = range
            .map_or((i64::MIN, i64::MAX), |range| (i64::from(epoch_day(range.from)), i64::from(epoch_day(range.to))));
        let sql = format!(
            "SELECT source, day, session, project, model, {MEASURES} FROM rollup_day \
             WHERE org_id = $1 AND day >= $2 AND day <= $3 ORDER BY day"
        );
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(LOCAL_ORG).bind(from).bind(to).fetch_all(&self.writer).await;
        let mut names = Names::default();
        rows.context("reading the daily roll-up")?.iter().map(|row| row_of(row, &mut names)).collect()
    }

    /// Returns roll-up rows that changed after `since_ms`, for the archive.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn rollup_changes(&self, since_ms: i64) -> anyhow::Result<(Vec<RollupRow>, i64)> {
        let sql = format!(
            "SELECT source, day, session, project, model, {MEASURES}, changed_ms FROM rollup_day \
             WHERE org_id = $1 AND changed_ms > $2 ORDER BY changed_ms"
        );
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(LOCAL_ORG).bind(since_ms).fetch_all(&self.reader).await?;
        let newest = rows.last().map_or(Ok(since_ms), |row| row.try_get(5 + MEASURE_COUNT))?;
        let mut names = Names::default();
        Ok((rows.iter().map(|row| row_of(row, &mut names)).collect::<anyhow::Result<_>>()?, newest))
    }
}

fn row_of(row: &SqliteRow, names: &mut Names) -> anyhow::Result<RollupRow> {
    let day: i64 = row.try_get(1)?;
    Ok(RollupRow {
        source: names.shared(row.try_get(0)?),
        date: from_epoch_day(i32::try_from(day).unwrap_or(0)),
        session: names.shared(row.try_get(2)?),
        project: names.shared(row.try_get(3)?),
        model: names.shared(row.try_get(4)?),
        spend: spend_of(row, 5)?,
    })
}

/// Keeps one copy of each name: a year of roll-ups repeats a few hundred.
#[derive(Default)]
struct Names(std::collections::HashSet<Arc<str>>);

impl Names {
    fn shared(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.0.get(name) {
            return known.clone();
        }
        let name: Arc<str> = name.into();
        self.0.insert(name.clone());
        name
    }
}

impl Store {
    /// Returns how many sessions a span of days has.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn session_count(&self, range: DateRange) -> anyhow::Result<u64> {
        let total: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM (SELECT DISTINCT source, session FROM rollup_day \
             WHERE org_id = $1 AND day >= $2 AND day <= $3 AND session <> '') AS sessions",
        )
        .bind(LOCAL_ORG)
        .bind(i64::from(epoch_day(range.from)))
        .bind(i64::from(epoch_day(range.to)))
        .fetch_one(&self.reader)
        .await
        .context("counting the sessions")?;
        Ok(u64::try_from(total).unwrap_or(0))
    }

    /// Returns one page of sessions of a span of days, latest first. A session that moved between projects is shown
    /// under one of them.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn sessions(&self, range: DateRange, offset: u32, limit: u32) -> anyhow::Result<Vec<SessionRow>> {
        let (from, to) = (i64::from(epoch_day(range.from)), i64::from(epoch_day(range.to)));
        let sums: Vec<String> = MEASURES.split(", ").map(|measure| format!("CAST(SUM({measure}) AS BIGINT)")).collect();
        let sql = format!(
            "SELECT source, session, MIN(project), MAX(day), {} FROM rollup_day \
             WHERE org_id = $1 AND day >= $2 AND day <= $3 AND session <> '' GROUP BY source, session \
             ORDER BY MAX(day) DESC, session LIMIT $4 OFFSET $5",
            sums.join(", ")
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(LOCAL_ORG)
            .bind(from)
            .bind(to)
            .bind(i64::from(limit))
            .bind(i64::from(offset))
            .fetch_all(&self.reader)
            .await
            .context("reading the sessions")?;
        let mut sessions = Vec::with_capacity(rows.len());
        for row in &rows {
            let (source, session): (String, String) = (row.try_get(0)?, row.try_get(1)?);
            let models = sqlx::query_scalar(
                "SELECT DISTINCT model FROM rollup_day WHERE org_id = $1 AND source = $2 AND session = $3 \
                 AND day >= $4 AND day <= $5 ORDER BY model",
            )
            .bind(LOCAL_ORG)
            .bind(&source)
            .bind(&session)
            .bind(from)
            .bind(to)
            .fetch_all(&self.reader)
            .await?;
            let last_day = from_epoch_day(i32::try_from(row.try_get::<i64, _>(3)?).unwrap_or(0));
            sessions.push(SessionRow {
                source,
                session,
                project: row.try_get(2)?,
                models,
                last_day,
                spend: spend_of(row, 4)?,
            });
        }
        Ok(sessions)
    }
}
