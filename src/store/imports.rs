//! Imports: which there are, and the days that are known from elsewhere.

use std::collections::BTreeSet;

use anyhow::Context;
use chrono::NaiveDate;
use sqlx::AssertSqlSafe;

use super::{LOCAL_ORG, Store};
use crate::model::from_epoch_day;

/// Under this name the days are remembered that were asked for.
const KEPT_DAYS: &str = "import:kept-days";

impl Store {
    /// Returns what the keys of a source begin with, up to their first `;`: the names of imports.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn names_in_keys(&self, source: &str) -> anyhow::Result<Vec<String>> {
        Ok(sqlx::query_scalar(
            "SELECT DISTINCT SUBSTR(dedupe_key, 1, INSTR(dedupe_key, ';') - 1) FROM usage_event \
             WHERE org_id = $1 AND source = $2 ORDER BY 1",
        )
        .bind(LOCAL_ORG)
        .bind(source)
        .fetch_all(&self.writer)
        .await?)
    }

    /// Returns the days whose imports count although something else tells of them.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn kept_days(&self) -> anyhow::Result<BTreeSet<NaiveDate>> {
        let kept = self.meta(KEPT_DAYS).await?;
        Ok(kept.and_then(|kept| serde_json::from_str(&kept).ok()).unwrap_or_default())
    }

    /// Has the imports of some days count whatever else tells of them.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn keep_days(&self, days: impl Iterator<Item = NaiveDate> + Send) -> anyhow::Result<()> {
        let mut kept = self.kept_days().await?;
        kept.extend(days);
        self.set_meta(KEPT_DAYS, &serde_json::to_string(&kept)?).await
    }

    /// Returns the days some sources tell of.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn days_of(&self, sources: &[&str]) -> anyhow::Result<BTreeSet<NaiveDate>> {
        let sql = format!(
            "SELECT DISTINCT day FROM rollup_day WHERE org_id = '{LOCAL_ORG}' AND source IN ({}) AND messages > 0",
            vec!["?"; sources.len()].join(",")
        );
        let mut query = sqlx::query_scalar::<_, i64>(AssertSqlSafe(sql));
        for source in sources {
            query = query.bind(*source);
        }
        let days = query.fetch_all(&self.writer).await.context("looking for days that are known")?;
        Ok(days.into_iter().map(|day| from_epoch_day(i32::try_from(day).unwrap_or(0))).collect())
    }
}
