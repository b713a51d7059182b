//! The quality of projects, one entry for each project and day; the last one of a day holds.
//!
//! An entry that says what is stored already changes nothing, neither the row nor the generation.

use std::collections::HashMap;

use anyhow::Context;
use sqlx::{Sqlite, Transaction};

use super::meta::next_generation;
use super::{LOCAL_ORG, Store};
use crate::model::{DateRange, QualityEntry, epoch_day};

/// How far the archive has taken over the entries.
const ARCHIVED: &str = "archived_quality";

impl Store {
    /// Stores entries and stamps, all or nothing, and returns how many entries are new or changed.
    ///
    /// A stamp of `None` forgets what was seen of that project.
    ///
    /// # Errors
    /// When the database cannot be written; nothing has changed then.
    pub async fn apply_quality(
        &self,
        entries: &[QualityEntry],
        stamps: &[(String, Option<Vec<u8>>)],
    ) -> anyhow::Result<u64> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await.context("starting to write the quality")?;
        let mut changed = Vec::new();
        for entry in entries {
            let json = serde_json::to_string(entry)?;
            let stored: Option<String> =
                sqlx::query_scalar("SELECT entry FROM quality_day WHERE org_id = $1 AND project = $2 AND day = $3")
                    .bind(LOCAL_ORG)
                    .bind(&entry.project)
                    .bind(i64::from(epoch_day(entry.date)))
                    .fetch_optional(&mut *tx)
                    .await?;
            if stored.as_ref() != Some(&json) {
                changed.push((entry, json));
            }
        }
        if !changed.is_empty() {
            let generation = next_generation(&mut tx).await?;
            for (entry, json) in &changed {
                write_entry(&mut tx, entry, json, generation).await?;
            }
        }
        for (project, stamp) in stamps {
            write_stamp(&mut tx, project, stamp.as_deref()).await?;
        }
        tx.commit().await.context("committing the quality")?;
        self.use_write_ahead_log().await;
        Ok(changed.len() as u64)
    }

    /// Returns what was seen of each project's folder.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn quality_stamps(&self) -> anyhow::Result<HashMap<String, Vec<u8>>> {
        let rows: Vec<(String, Vec<u8>)> = sqlx::query_as("SELECT project, stamp FROM quality_stamp WHERE org_id = $1")
            .bind(LOCAL_ORG)
            .fetch_all(&self.writer)
            .await
            .context("reading what was seen of the projects")?;
        Ok(rows.into_iter().collect())
    }

    /// Returns the latest entry of every project, by name.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn latest_quality(&self) -> anyhow::Result<Vec<QualityEntry>> {
        let rows: Vec<String> = sqlx::query_scalar(
            "SELECT q.entry FROM quality_day q JOIN (SELECT project, MAX(day) AS day FROM quality_day \
             WHERE org_id = $1 GROUP BY project) latest ON latest.project = q.project AND latest.day = q.day \
             WHERE q.org_id = $1 ORDER BY q.project",
        )
        .bind(LOCAL_ORG)
        .fetch_all(&self.writer)
        .await
        .context("reading the latest quality")?;
        parsed(&rows)
    }

    /// Returns the entries of one project, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn quality_series(&self, project: &str) -> anyhow::Result<Vec<QualityEntry>> {
        let rows: Vec<String> =
            sqlx::query_scalar("SELECT entry FROM quality_day WHERE org_id = $1 AND project = $2 ORDER BY day")
                .bind(LOCAL_ORG)
                .bind(project)
                .fetch_all(&self.writer)
                .await
                .context("reading the quality of a project")?;
        parsed(&rows)
    }

    /// Returns the entries of a span of days, by day and then by project.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn quality(&self, range: DateRange) -> anyhow::Result<Vec<QualityEntry>> {
        let rows: Vec<String> = sqlx::query_scalar(
            "SELECT entry FROM quality_day WHERE org_id = $1 AND day >= $2 AND day <= $3 ORDER BY day, project",
        )
        .bind(LOCAL_ORG)
        .bind(i64::from(epoch_day(range.from)))
        .bind(i64::from(epoch_day(range.to)))
        .fetch_all(&self.writer)
        .await
        .context("reading the quality of some days")?;
        parsed(&rows)
    }

    /// Returns the entries the archive has not seen, in the order they changed, and the generation it has seen then.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn quality_to_archive(&self) -> anyhow::Result<(Vec<QualityEntry>, i64)> {
        let seen = self.meta(ARCHIVED).await?.and_then(|text| text.parse().ok()).unwrap_or(i64::MIN);
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "SELECT entry, generation FROM quality_day WHERE org_id = $1 AND generation > $2 \
             ORDER BY generation, day, project",
        )
        .bind(LOCAL_ORG)
        .bind(seen)
        .fetch_all(&self.writer)
        .await
        .context("reading what the archive lacks")?;
        let newest = rows.last().map_or(seen, |(_, generation)| *generation);
        let rows: Vec<String> = rows.into_iter().map(|(entry, _)| entry).collect();
        Ok((parsed(&rows)?, newest))
    }

    /// Notes that the archive has the entries up to a generation.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn quality_is_archived(&self, generation: i64) -> anyhow::Result<()> {
        self.set_meta(ARCHIVED, &generation.to_string()).await
    }
}

async fn write_entry(
    tx: &mut Transaction<'_, Sqlite>,
    entry: &QualityEntry,
    json: &str,
    generation: i64,
) -> anyhow::Result<()> {
    sqlx::query(
        "INSERT INTO quality_day (org_id, project, day, entry, generation) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (org_id, project, day) DO UPDATE SET entry = excluded.entry, generation = excluded.generation",
    )
    .bind(LOCAL_ORG)
    .bind(&entry.project)
    .bind(i64::from(epoch_day(entry.date)))
    .bind(json)
    .bind(generation)
    .execute(&mut **tx)
    .await
    .with_context(|| format!("writing the quality of {}", entry.project))?;
    Ok(())
}

async fn write_stamp(tx: &mut Transaction<'_, Sqlite>, project: &str, stamp: Option<&[u8]>) -> anyhow::Result<()> {
    let query = match stamp {
        Some(stamp) => sqlx::query(
            "INSERT INTO quality_stamp (org_id, project, stamp) VALUES ($1, $2, $3) \
             ON CONFLICT (org_id, project) DO UPDATE SET stamp = excluded.stamp",
        )
        .bind(LOCAL_ORG)
        .bind(project)
        .bind(stamp.to_vec()),
        None => {
            sqlx::query("DELETE FROM quality_stamp WHERE org_id = $1 AND project = $2").bind(LOCAL_ORG).bind(project)
        }
    };
    query.execute(&mut **tx).await.context("noting what was seen of a project")?;
    Ok(())
}

fn parsed(rows: &[String]) -> anyhow::Result<Vec<QualityEntry>> {
    rows.iter()
        .map(|row| serde_json::from_str(row).context("an entry in the database is not what was written"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Markers;

    fn entry(project: &str, date: &str, todo: Option<u64>) -> QualityEntry {
        let mut entry = QualityEntry::unknown(project, date.parse().expect("a date"));
        entry.markers = todo.map(|todo| Markers { todo, ..Markers::default() });
        entry
    }

    #[tokio::test]
    async fn the_last_entry_of_a_day_holds_and_an_equal_one_changes_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).await.expect("opens");
        let day = [
            entry("shop", "2026-11-19", Some(1)),
            entry("shop", "2026-11-20", Some(2)),
            entry("till", "2026-11-18", None),
        ];
        let stamps = [("shop".to_owned(), Some(vec![1, 0, 255]))];
        assert_eq!(store.apply_quality(&day, &stamps).await.expect("writes"), 3);
        let generation = store.generation().await.expect("reads");
        assert_eq!(store.apply_quality(&day, &stamps).await.expect("writes"), 0);
        assert_eq!(store.generation().await.expect("reads"), generation, "nothing has changed");

        let later = entry("shop", "2026-11-20", Some(5));
        assert_eq!(store.apply_quality(std::slice::from_ref(&later), &[]).await.expect("writes"), 1);
        assert_eq!(store.latest_quality().await.expect("reads"), [later.clone(), day[2].clone()]);
        assert_eq!(store.quality_series("shop").await.expect("reads"), [day[0].clone(), later.clone()]);
        let range = DateRange { from: "2026-11-18".parse().expect("a date"), to: day[0].date };
        assert_eq!(store.quality(range).await.expect("reads"), [day[2].clone(), day[0].clone()]);

        assert_eq!(store.quality_stamps().await.expect("reads")["shop"], [1, 0, 255]);
        store.apply_quality(&[], &[("shop".to_owned(), None)]).await.expect("writes");
        assert!(store.quality_stamps().await.expect("reads").is_empty());
    }

    #[tokio::test]
    async fn the_archive_is_told_of_each_change_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).await.expect("opens");
        let (first, second) = (entry("shop", "2026-11-20", Some(1)), entry("shop", "2026-11-20", Some(2)));
        store.apply_quality(&[first], &[]).await.expect("writes");
        let (_, seen) = store.quality_to_archive().await.expect("reads");
        store.quality_is_archived(seen).await.expect("writes");
        assert!(store.quality_to_archive().await.expect("reads").0.is_empty());
        store.apply_quality(std::slice::from_ref(&second), &[]).await.expect("writes");
        assert_eq!(store.quality_to_archive().await.expect("reads").0, [second]);
    }
}
