//! How far usage reaches: its first and last day, and the places it came from. For exports, which read it in pieces.

use chrono::NaiveDate;
use sqlx::Row;

use super::rollup::days_of;
use super::{LOCAL_ORG, Store};
use crate::model::{DateRange, from_epoch_day};

impl Store {
    /// The same database by read-only connections: a long export keeps no sync waiting, and cannot write.
    #[must_use]
    pub fn read_only(&self) -> Store {
        let mut store = self.clone();
        store.writer = store.reader.clone();
        store
    }

    /// Returns the first and the last day with usage or a bill; `None` without any.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn usage_span(&self) -> anyhow::Result<Option<DateRange>> {
        let row = sqlx::query(
            "SELECT MIN(first), MAX(last) FROM ( \
             SELECT MIN(day) AS first, MAX(day) AS last FROM rollup_day WHERE org_id = $1 AND messages > 0 \
             UNION ALL SELECT MIN(day), MAX(day) FROM billed_day WHERE org_id = $2) AS spans",
        )
        .bind(LOCAL_ORG)
        .bind(LOCAL_ORG)
        .fetch_one(&self.writer)
        .await?;
        let day = |at: usize| -> anyhow::Result<Option<NaiveDate>> {
            let day: Option<i64> = row.try_get(at)?;
            Ok(day.map(|day| from_epoch_day(i32::try_from(day).unwrap_or(0))))
        };
        Ok(day(0)?.zip(day(1)?).map(|(from, to)| DateRange { from, to }))
    }

    /// Returns the places (folders, and origins at providers) usage of a span came from, each with its source.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn places(&self, range: DateRange) -> anyhow::Result<Vec<(String, String)>> {
        let (from, to) = days_of(Some(range));
        Ok(sqlx::query_as(
            "SELECT source, project FROM rollup_day WHERE org_id = $1 AND day >= $2 AND day <= $3 AND messages > 0 \
             UNION SELECT source, origin FROM billed_day WHERE org_id = $4 AND day >= $5 AND day <= $6",
        )
        .bind(LOCAL_ORG)
        .bind(from)
        .bind(to)
        .bind(LOCAL_ORG)
        .bind(from)
        .bind(to)
        .fetch_all(&self.writer)
        .await?)
    }
}
