//! The roll-up by quarter of an hour: when on the clock usage happened.
//!
//! It moves with the facts in their transaction, like the daily one.

use std::sync::Arc;

use anyhow::Context;
use rustc_hash::FxHashMap;
use sqlx::{AssertSqlSafe, Row, Sqlite, Transaction};

use crate::model::{QuarterRow, UsageEvent, Usd};
use crate::store::usage::{pico_column, placeholders};
use crate::store::{LOCAL_ORG, Store};

const QUARTER_MS: i64 = 15 * 60 * 1000;
/// 400 rows of 8 values stay below SQLite's limit of variables.
const ROWS_PER_STATEMENT: usize = 400;
const MEASURE_COUNT: usize = 4;

/// What the quarters of one source move by: messages, tokens, pico-dollars, messages without a price.
#[derive(Default)]
pub(super) struct Quarters {
    rows: FxHashMap<(i64, Arc<str>), [i64; MEASURE_COUNT]>,
    pub overflow: bool,
}

impl Quarters {
    pub fn shift(&mut self, event: &UsageEvent, sign: i64) {
        let row = self.rows.entry((event.at_ms / QUARTER_MS, event.project.clone())).or_default();
        let measures = [
            Some(1),
            i64::try_from(event.tokens.total()).ok(),
            pico_column(event.cost.unwrap_or_default()).ok(),
            Some(i64::from(event.cost.is_none())),
        ];
        for (slot, value) in row.iter_mut().zip(measures) {
            match value.and_then(|value| slot.checked_add(value.checked_mul(sign)?)) {
                Some(sum) => *slot = sum,
                None => self.overflow = true,
            }
        }
    }

    pub async fn write(self, tx: &mut Transaction<'_, Sqlite>, source: &str) -> anyhow::Result<()> {
        let changed: Vec<_> = self.rows.into_iter().filter(|(_, row)| row.iter().any(|value| *value != 0)).collect();
        for rows in changed.chunks(ROWS_PER_STATEMENT) {
            let sql = format!(
                "INSERT INTO rollup_quarter (org_id, source, quarter, project, messages, tokens, cost_pico, \
                 unpriced_messages) VALUES {} ON CONFLICT (org_id, source, quarter, project) DO UPDATE SET \
                 messages = rollup_quarter.messages + excluded.messages, tokens = rollup_quarter.tokens + excluded.tokens, \
                 cost_pico = rollup_quarter.cost_pico + excluded.cost_pico, \
                 unpriced_messages = rollup_quarter.unpriced_messages + excluded.unpriced_messages",
                placeholders(rows.len(), MEASURE_COUNT + 4),
            );
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for ((quarter, project), measures) in rows {
                query = query.bind(LOCAL_ORG).bind(source).bind(*quarter).bind(project.clone());
                for measure in measures {
                    query = query.bind(*measure);
                }
            }
            query.execute(&mut **tx).await.context("writing the roll-up by the clock")?;
        }
        if changed.iter().any(|(_, row)| row[0] < 0) {
            sqlx::query("DELETE FROM rollup_quarter WHERE org_id = $1 AND source = $2 AND messages = 0")
                .bind(LOCAL_ORG)
                .bind(source)
                .execute(&mut **tx)
                .await?;
        }
        Ok(())
    }
}

/// Takes every quarter of a source away, to be put together again from its facts.
pub(in crate::store) async fn clear(tx: &mut Transaction<'_, Sqlite>, source: &str) -> anyhow::Result<()> {
    sqlx::query("DELETE FROM rollup_quarter WHERE org_id = $1 AND source = $2")
        .bind(LOCAL_ORG)
        .bind(source)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

impl Store {
    /// Returns when usage of a source happened, from an instant (milliseconds since 1970 UTC) on, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn quarters(&self, source: &'static str, from_ms: i64) -> anyhow::Result<Vec<QuarterRow>> {
        let rows = sqlx::query(
            "SELECT quarter, project, messages, tokens, cost_pico, unpriced_messages FROM rollup_quarter \
             WHERE org_id = $1 AND source = $2 AND quarter >= $3 ORDER BY quarter",
        )
        .bind(LOCAL_ORG)
        .bind(source)
        .bind(from_ms / QUARTER_MS)
        .fetch_all(&self.writer)
        .await
        .context("reading the roll-up by the clock")?;
        let mut names = super::Names::default();
        let mut count = |row: &sqlx::sqlite::SqliteRow| -> anyhow::Result<QuarterRow> {
            let number =
                |at: usize| -> anyhow::Result<u64> { Ok(u64::try_from(row.try_get::<i64, _>(at)?).unwrap_or(0)) };
            Ok(QuarterRow {
                at_ms: row.try_get::<i64, _>(0)?.saturating_mul(QUARTER_MS),
                project: names.shared(row.try_get(1)?),
                messages: number(2)?,
                tokens: number(3)?,
                cost: Usd::from_pico(i128::from(row.try_get::<i64, _>(4)?)),
                unpriced_messages: number(5)?,
            })
        };
        rows.iter().map(&mut count).collect()
    }
}
