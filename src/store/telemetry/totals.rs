//! Running totals: a row for each counter, with how far it has been counted.

use anyhow::Context;
use rustc_hash::FxHashMap;
use sqlx::{AssertSqlSafe, Sqlite, Transaction};

use crate::model::{Counted, Reading, Tokens};
use crate::store::LOCAL_ORG;
use crate::store::usage::column;

const ROWS_PER_STATEMENT: usize = 500;

/// Series and start: one counter.
type Counter = (i64, i64);

/// Counts what running totals have grown by; returns how many readings were new.
pub(super) async fn grow(
    tx: &mut Transaction<'_, Sqlite>,
    readings: &[Reading],
    added: &mut [Option<Tokens>],
) -> anyhow::Result<u64> {
    let mut totals: Vec<&Reading> = readings.iter().filter(|reading| reading.cumulative).collect();
    if totals.is_empty() {
        return Ok(0);
    }
    totals.sort_unstable_by_key(|reading| (counter(reading), reading.time_ns, reading.value));
    let mut counters: Vec<Counter> = totals.iter().map(|reading| counter(reading)).collect();
    counters.dedup();
    let mut states = stored(tx, &counters).await?;
    let mut new = 0;
    for reading in totals {
        let state = states.entry(counter(reading)).or_default();
        let (next, grown) = Counted::next(*state, reading.start_ns != 0, reading.time_ns, reading.value);
        new += u64::from(*state != Some(next));
        *state = Some(next);
        if grown > 0 {
            *added[reading.fact].get_or_insert_default() += reading.kind.of(grown);
        }
    }
    write(tx, &states).await?;
    Ok(new)
}

fn counter(reading: &Reading) -> Counter {
    (reading.series, reading.start_ns)
}

async fn stored(
    tx: &mut Transaction<'_, Sqlite>,
    counters: &[Counter],
) -> anyhow::Result<FxHashMap<Counter, Option<Counted>>> {
    let mut states = FxHashMap::default();
    for some in counters.chunks(ROWS_PER_STATEMENT) {
        let sql = format!(
            "SELECT series, start_ns, time_ns, total FROM telemetry_total WHERE org_id = '{LOCAL_ORG}' \
             AND (series, start_ns) IN (VALUES {})",
            vec!["(?,?)"; some.len()].join(",")
        );
        let mut query = sqlx::query_as::<_, (i64, i64, i64, i64)>(AssertSqlSafe(sql));
        for (series, start_ns) in some {
            query = query.bind(*series).bind(*start_ns);
        }
        for (series, start_ns, time_ns, total) in query.fetch_all(&mut **tx).await.context("reading the totals")? {
            let total = u64::try_from(total).unwrap_or(0);
            states.insert((series, start_ns), Some(Counted { time_ns, total }));
        }
    }
    Ok(states)
}

async fn write(tx: &mut Transaction<'_, Sqlite>, states: &FxHashMap<Counter, Option<Counted>>) -> anyhow::Result<()> {
    let rows: Vec<(Counter, Counted)> =
        states.iter().filter_map(|(counter, state)| Some((*counter, (*state)?))).collect();
    for some in rows.chunks(ROWS_PER_STATEMENT) {
        let row = format!("('{LOCAL_ORG}',?,?,?,?)");
        let sql = format!(
            "INSERT INTO telemetry_total (org_id, series, start_ns, time_ns, total) VALUES {} \
             ON CONFLICT (org_id, series, start_ns) DO UPDATE SET time_ns = excluded.time_ns, total = excluded.total",
            vec![row; some.len()].join(",")
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for ((series, start_ns), counted) in some {
            query = query.bind(*series).bind(*start_ns).bind(counted.time_ns).bind(column(counted.total)?);
        }
        query.execute(&mut **tx).await.context("noting the totals")?;
    }
    Ok(())
}
