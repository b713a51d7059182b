//! By what the rows of the daily roll-up move in one transaction.

use std::sync::Arc;

use anyhow::Context;
use rustc_hash::FxHashMap;
use sqlx::{AssertSqlSafe, Sqlite, Transaction};

use super::quarters::Quarters;
use super::{MEASURE_COUNT, MEASURES, measures};
use crate::model::{RollupRow, Spend, UsageEvent, epoch_day};
use crate::store::LOCAL_ORG;
use crate::store::meta::next_generation;
use crate::store::usage::placeholders;

/// SQLite answers a row faster than it parses a statement; 400 rows of 19 values stay below its limit of variables.
const ROWS_PER_STATEMENT: usize = 400;

/// Day, session, project, model.
type RowKey = (i32, Arc<str>, Arc<str>, Arc<str>);

/// What the rows of one source move by.
#[derive(Default)]
pub(in crate::store) struct Deltas {
    rows: FxHashMap<RowKey, [i64; MEASURE_COUNT]>,
    quarters: Quarters,
    overflow: bool,
}

impl Deltas {
    pub(in crate::store) fn put(&mut self, event: &UsageEvent) {
        self.shift_by(event, 1);
    }

    pub(in crate::store) fn take(&mut self, event: &UsageEvent) {
        self.shift_by(event, -1);
    }

    /// Takes a whole row away, to be put together again from its facts.
    pub(in crate::store) fn take_row(&mut self, row: &RollupRow) {
        let key = (epoch_day(row.date), row.session.clone(), row.project.clone(), row.model.clone());
        self.shift(key, &row.spend, -1);
    }

    fn shift_by(&mut self, event: &UsageEvent, sign: i64) {
        let spend = Spend::of(event.tokens, event.cost, event.basis);
        let key = (event.day, event.session.clone(), event.project.clone(), event.model.clone());
        self.shift(key, &spend, sign);
        self.quarters.shift(event, sign);
    }

    fn shift(&mut self, key: RowKey, spend: &Spend, sign: i64) {
        let row = self.rows.entry(key).or_default();
        for (slot, value) in row.iter_mut().zip(measures(spend)) {
            match value.and_then(|value| slot.checked_add(value.checked_mul(sign)?)) {
                Some(sum) => *slot = sum,
                None => self.overflow = true,
            }
        }
    }

    /// Moves the rows. A row whose facts are all gone stays, with zeros, until the archive has taken note of it.
    pub(in crate::store) async fn write(self, tx: &mut Transaction<'_, Sqlite>, source: &str) -> anyhow::Result<()> {
        let overflow = self.overflow || self.quarters.overflow;
        anyhow::ensure!(!overflow, "the usage of one day and session is too large to be real; the log is damaged");
        self.quarters.write(tx, source).await?;
        let changed: Vec<_> = self.rows.into_iter().filter(|(_, row)| row.iter().any(|value| *value != 0)).collect();
        if changed.is_empty() {
            return Ok(());
        }
        let generation = next_generation(tx).await?;
        let sums: Vec<String> = MEASURES
            .split(", ")
            .map(|measure| format!("{measure} = rollup_day.{measure} + excluded.{measure}"))
            .collect();
        for rows in changed.chunks(ROWS_PER_STATEMENT) {
            let sql = format!(
                "INSERT INTO rollup_day (org_id, source, day, session, project, model, {MEASURES}, generation) VALUES {} \
                 ON CONFLICT (org_id, source, day, session, project, model) DO UPDATE SET {}, generation = excluded.generation",
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
                query = query.bind(generation);
            }
            query.execute(&mut **tx).await.context("writing the daily roll-up")?;
        }
        Ok(())
    }
}
