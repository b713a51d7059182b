//! What providers counted beside tokens, day by day.

use anyhow::Context;

use super::meta::next_generation;
use super::usage::{column, write_cursors};
use super::{LOCAL_ORG, Store};
use crate::model::{BesideTokens, Cursor, DateRange, Unit, from_epoch_day};

impl Store {
    /// Replaces what a source counted of one unit on whole days and moves the cursor, all or nothing.
    ///
    /// # Errors
    /// When the database cannot be written; nothing has changed then.
    pub async fn replace_beside(
        &self,
        source: &'static str,
        unit: Unit,
        days: &[(i32, u64)],
        cursor: Cursor,
    ) -> anyhow::Result<()> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        for (day, count) in days {
            sqlx::query("DELETE FROM beside_day WHERE org_id = $1 AND source = $2 AND day = $3 AND unit = $4")
                .bind(LOCAL_ORG)
                .bind(source)
                .bind(i64::from(*day))
                .bind(unit.name())
                .execute(&mut *tx)
                .await?;
            if *count > 0 {
                sqlx::query("INSERT INTO beside_day (org_id, source, day, unit, count) VALUES ($1, $2, $3, $4, $5)")
                    .bind(LOCAL_ORG)
                    .bind(source)
                    .bind(i64::from(*day))
                    .bind(unit.name())
                    .bind(column(*count)?)
                    .execute(&mut *tx)
                    .await
                    .context("writing what was used beside tokens")?;
            }
        }
        write_cursors(&mut tx, source, &[cursor]).await?;
        next_generation(&mut tx).await?;
        tx.commit().await.context("committing what was used beside tokens")
    }

    /// Returns what was counted in a span of days (UTC days of the provider), oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn beside(&self, range: Option<DateRange>) -> anyhow::Result<Vec<BesideTokens>> {
        let (from, to) = super::rollup::days_of(range);
        let rows: Vec<(String, i64, String, i64)> = sqlx::query_as(
            "SELECT source, day, unit, count FROM beside_day WHERE org_id = $1 AND day >= $2 AND day <= $3 \
             ORDER BY day, source, unit",
        )
        .bind(LOCAL_ORG)
        .bind(from)
        .bind(to)
        .fetch_all(&self.writer)
        .await
        .context("reading what was used beside tokens")?;
        let counted = |(source, day, unit, count): (String, i64, String, i64)| {
            Some(BesideTokens {
                source: source.into(),
                date: from_epoch_day(i32::try_from(day).ok()?),
                // A newer version may have counted what this one does not know.
                unit: Unit::parse(&unit)?,
                count: u64::try_from(count).ok()?,
            })
        };
        Ok(rows.into_iter().filter_map(counted).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_day_is_replaced_and_a_day_without_any_is_gone() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).await.expect("opens");
        let cursor = |day| Cursor { item: "images".to_owned(), position: day, stamp: String::new() };
        let images = |days: Vec<(i32, u64)>, until| {
            let store = &store;
            async move { store.replace_beside("openai", Unit::Images, &days, cursor(until)).await.expect("writes") }
        };
        images(vec![(20_000, 12), (20_001, 3)], 20_001).await;
        store.replace_beside("openai", Unit::WebSearches, &[(20_000, 7)], cursor(0)).await.expect("writes");
        images(vec![(20_000, 11), (20_001, 0)], 20_002).await;
        let stored = store.beside(None).await.expect("reads");
        let told: Vec<String> = stored.iter().map(|row| format!("{} {}", row.date, row.unit.told(row.count))).collect();
        assert_eq!(told, ["2024-10-04 11 images", "2024-10-04 7 web searches"]);
        assert_eq!(store.cursors("openai").await.expect("reads")["images"].position, 20_002);
    }
}
