//! Deltas: a row for each span of a series that was counted.

use anyhow::Context;
use sqlx::{Acquire, AssertSqlSafe, Sqlite, Transaction};

use crate::model::{Reading, Tokens};
use crate::store::LOCAL_ORG;

/// Three values a row: far below SQLite's limit of variables.
const ROWS_PER_STATEMENT: usize = 1000;

/// Time, series, start.
type Point = (i64, i64, i64);

/// Counts the deltas that were not counted yet; returns how many there were.
pub(super) async fn claim(
    tx: &mut Transaction<'_, Sqlite>,
    readings: &[Reading],
    added: &mut [Option<Tokens>],
) -> anyhow::Result<u64> {
    let mut deltas: Vec<&Reading> = readings.iter().filter(|reading| !reading.cumulative).collect();
    // In the order of the key, so that they are written side by side, and of two of one span the larger: the same one
    // whatever order they came in.
    deltas.sort_unstable_by_key(|reading| (point(reading), std::cmp::Reverse(reading.value)));
    deltas.dedup_by_key(|reading| point(reading));
    if !all_are_new(tx, &deltas).await? {
        deltas = only_new(tx, deltas).await?;
    }
    for reading in deltas.iter().filter(|reading| reading.value > 0) {
        *added[reading.fact].get_or_insert_default() += reading.kind.of(reading.value);
    }
    Ok(deltas.len() as u64)
}

fn point(reading: &Reading) -> Point {
    (reading.time_ns, reading.series, reading.start_ns)
}

/// Writes all of them, or none when one is known: what is sent again is rare, and to be told which it is costs more.
async fn all_are_new(tx: &mut Transaction<'_, Sqlite>, deltas: &[&Reading]) -> anyhow::Result<bool> {
    let mut attempt = tx.begin().await?;
    for rows in deltas.chunks(ROWS_PER_STATEMENT) {
        let mut query = sqlx::query(AssertSqlSafe(statement(rows.len(), "")));
        for (time_ns, series, start_ns) in rows.iter().map(|reading| point(reading)) {
            query = query.bind(time_ns).bind(series).bind(start_ns);
        }
        let written = query.execute(&mut *attempt).await.context("noting the readings")?.rows_affected();
        if written != rows.len() as u64 {
            attempt.rollback().await?;
            return Ok(false);
        }
    }
    attempt.commit().await?;
    Ok(true)
}

async fn only_new<'r>(tx: &mut Transaction<'_, Sqlite>, deltas: Vec<&'r Reading>) -> anyhow::Result<Vec<&'r Reading>> {
    let mut new = Vec::with_capacity(deltas.len());
    for rows in deltas.chunks(ROWS_PER_STATEMENT) {
        let sql = statement(rows.len(), " RETURNING time_ns, series, start_ns");
        let mut query = sqlx::query_as::<_, Point>(AssertSqlSafe(sql));
        for (time_ns, series, start_ns) in rows.iter().map(|reading| point(reading)) {
            query = query.bind(time_ns).bind(series).bind(start_ns);
        }
        let mut written: Vec<Point> = query.fetch_all(&mut **tx).await.context("noting the readings")?;
        written.sort_unstable();
        new.extend(rows.iter().filter(|reading| written.binary_search(&point(reading)).is_ok()));
    }
    Ok(new)
}

fn statement(rows: usize, returning: &str) -> String {
    let row = format!("('{LOCAL_ORG}',?,?,?)");
    format!(
        "INSERT INTO telemetry_point (org_id, time_ns, series, start_ns) VALUES {} \
         ON CONFLICT (org_id, time_ns, series, start_ns) DO NOTHING{returning}",
        vec![row; rows].join(",")
    )
}
