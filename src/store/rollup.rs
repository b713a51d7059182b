//! The daily roll-up: what every report and page is computed from.
//!
//! One row per (source, day, session, project, model). Rows move by the difference of facts, never by recounting, and
//! only inside the transaction that changes the facts; `Store::rebuild` computes them from nothing. Rows without
//! messages are what is left of facts that moved, kept for the archive and for nobody else.

mod deltas;
mod quarters;

use std::sync::Arc;

use anyhow::Context;
use futures::TryStreamExt;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row, SqliteConnection};

pub(super) use deltas::Deltas;
pub(super) use quarters::clear as clear_quarters;

use super::usage::pico_column;
use super::{LOCAL_ORG, Store};
use crate::model::{CostByBasis, DateRange, RollupRow, Spend, Tokens, Usd, epoch_day, from_epoch_day};

const MEASURES: &str = "messages, input, cache_write_5m, cache_write_1h, cache_read, output, billed_pico, reported_pico, \
                        estimated_pico, unpriced_messages, unpriced_in, unpriced_out";
const MEASURE_COUNT: usize = 12;
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
        let (from, to) = days_of(range);
        let sql = format!(
            "SELECT source, day, session, project, model, {MEASURES} FROM rollup_day \
             WHERE org_id = $1 AND day >= $2 AND day <= $3 AND messages > 0 ORDER BY day"
        );
        // One at a time: a row as the driver holds it is twenty times what is kept of it.
        let mut rows = sqlx::query(AssertSqlSafe(sql)).bind(LOCAL_ORG).bind(from).bind(to).fetch(&self.writer);
        let (mut names, mut read) = (Names::default(), Vec::new());
        while let Some(row) = rows.try_next().await.context("reading the daily roll-up")? {
            read.push(row_of(&row, &mut names)?);
        }
        Ok(read)
    }

    /// Returns the roll-up rows that changed after a generation, and the generation they lead to: for the archive.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn rollup_changes(&self, after: i64) -> anyhow::Result<(Vec<RollupRow>, i64)> {
        let sql = format!(
            "SELECT source, day, session, project, model, {MEASURES}, generation FROM rollup_day \
             WHERE org_id = $1 AND generation > $2 ORDER BY generation"
        );
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(LOCAL_ORG).bind(after).fetch_all(&self.reader).await?;
        let newest = rows.last().map_or(Ok(after), |row| row.try_get(5 + MEASURE_COUNT))?;
        let mut names = Names::default();
        Ok((rows.iter().map(|row| row_of(row, &mut names)).collect::<anyhow::Result<_>>()?, newest))
    }

    /// Lets go of the empty rows the archive has taken note of.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn forget_empty_rollup(&self, archived: i64) -> anyhow::Result<()> {
        sqlx::query("DELETE FROM rollup_day WHERE org_id = $1 AND messages = 0 AND generation <= $2")
            .bind(LOCAL_ORG)
            .bind(archived)
            .execute(&self.writer)
            .await?;
        Ok(())
    }
}

/// The first and last day of a span as the database holds them; `None` is all of time.
pub(super) fn days_of(range: Option<DateRange>) -> (i64, i64) {
    range.map_or((i64::MIN, i64::MAX), |range| (i64::from(epoch_day(range.from)), i64::from(epoch_day(range.to))))
}

/// Every row of one source.
pub(super) async fn rollup_of(tx: &mut SqliteConnection, source: &str) -> anyhow::Result<Vec<RollupRow>> {
    let sql = format!(
        "SELECT source, day, session, project, model, {MEASURES} FROM rollup_day WHERE org_id = $1 AND source = $2"
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(LOCAL_ORG).bind(source).fetch_all(tx).await?;
    let mut names = Names::default();
    rows.iter().map(|row| row_of(row, &mut names)).collect()
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
