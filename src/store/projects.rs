//! The projects: what the user decided and what the folders said, one row each.
//!
//! Two roads in, and they never touch each other's columns: [`Store::apply_projects`] writes what a scan found,
//! [`Store::set_choices`] what the user decided, and [`Store::set_status`] of that the status alone.

use std::path::PathBuf;

use anyhow::Context;
use chrono::NaiveDate;
use sqlx::{Row, Sqlite, Transaction};

use super::meta::next_generation;
use super::{LOCAL_ORG, Store};
use crate::model::{Project, ProjectChoices, ProjectStatus, epoch_day, from_epoch_day};

/// A project with the stamp of its last reading, as the source wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredProject {
    pub project: Project,
    pub stamp: String,
}

/// The ids of the projects a scan changed, and of those it added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scanned {
    pub changed: Vec<String>,
    pub added: Vec<String>,
}

const COLUMNS: &str = "id, name, client, status, progress, start_day, deadline, tasks_total, tasks_done, folder, \
                       last_folder, facts, stamp, task_log";

impl Store {
    /// Returns all projects, by id.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn projects(&self) -> anyhow::Result<Vec<StoredProject>> {
        let sql = format!("SELECT {COLUMNS} FROM project WHERE org_id = $1 ORDER BY id");
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(LOCAL_ORG).fetch_all(&self.writer).await;
        rows.context("reading the projects")?.iter().map(stored).collect()
    }

    /// Writes what a scan found, all or nothing: new projects with everything, known ones with all but the user's
    /// fields. What is as it was is not written.
    ///
    /// # Errors
    /// When the database cannot be written; nothing has changed then.
    pub async fn apply_projects(&self, projects: &[StoredProject]) -> anyhow::Result<Scanned> {
        let before = self.projects().await?;
        let mut scanned = Scanned::default();
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await.context("starting to write the projects")?;
        let mut written = false;
        for found in projects {
            let Project { id, folder, last_folder, found: facts, .. } = &found.project;
            let known = before.iter().find(|known| known.project.id == *id);
            let is_same = known.is_some_and(|known| {
                let known = &known.project;
                (&known.folder, &known.last_folder, &known.found) == (folder, last_folder, facts)
            });
            if is_same && known.is_some_and(|known| known.stamp == found.stamp) {
                continue;
            }
            match known {
                None => scanned.added.push(id.clone()),
                Some(_) if !is_same => scanned.changed.push(id.clone()),
                Some(_) => {}
            }
            written |= !is_same;
            upsert(&mut tx, found).await?;
        }
        if written {
            next_generation(&mut tx).await?;
        }
        tx.commit().await.context("committing the projects")?;
        Ok(scanned)
    }

    /// Writes what the user decided, and notes it when another number of tasks is done `today`; false when there is no
    /// such project.
    ///
    /// # Errors
    /// When the choices cannot be meant, or the database cannot be written; nothing has changed then.
    pub async fn set_choices(&self, id: &str, choices: &ProjectChoices, today: NaiveDate) -> anyhow::Result<bool> {
        choices.validate().map_err(anyhow::Error::msg)?;
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let sql = format!("SELECT {COLUMNS} FROM project WHERE org_id = $1 AND id = $2");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(LOCAL_ORG).bind(id).fetch_optional(&mut *tx).await?;
        let Some(row) = row else { return Ok(false) };
        let Project { choices: before, start_date, mut task_log, .. } = stored(&row)?.project;
        let done_before = Some(before.tasks_done).filter(|_| before.tasks_total > 0);
        task_log.note(start_date, done_before, today, choices.tasks_done);
        sqlx::query(
            "UPDATE project SET name = $3, client = $4, status = $5, progress = $6, deadline = $7, tasks_total = $8, \
             tasks_done = $9, task_log = $10 WHERE org_id = $1 AND id = $2",
        )
        .bind(LOCAL_ORG)
        .bind(id)
        .bind(choices.name.trim())
        .bind(choices.client.trim())
        .bind(choices.status.as_str())
        .bind(i64::from(choices.progress))
        .bind(choices.deadline.map(|date| i64::from(epoch_day(date))))
        .bind(i64::from(choices.tasks_total))
        .bind(i64::from(choices.tasks_done))
        .bind(serde_json::to_string(&task_log)?)
        .execute(&mut *tx)
        .await
        .with_context(|| format!("writing the choices of project {id}"))?;
        next_generation(&mut tx).await?;
        tx.commit().await.with_context(|| format!("committing the choices of project {id}"))?;
        Ok(true)
    }

    /// Writes where a project stands and nothing else, so that whoever changes another field at the same moment loses
    /// nothing; false when there is no such project.
    ///
    /// # Errors
    /// When the database cannot be written; nothing has changed then.
    pub async fn set_status(&self, id: &str, status: ProjectStatus) -> anyhow::Result<bool> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let done = sqlx::query("UPDATE project SET status = $3 WHERE org_id = $1 AND id = $2")
            .bind(LOCAL_ORG)
            .bind(id)
            .bind(status.as_str())
            .execute(&mut *tx)
            .await
            .with_context(|| format!("writing the status of project {id}"))?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        next_generation(&mut tx).await?;
        tx.commit().await.with_context(|| format!("committing the status of project {id}"))?;
        Ok(true)
    }

    /// Returns the folders all usage came from.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn used_folders(&self) -> anyhow::Result<Vec<PathBuf>> {
        let folders: Vec<String> = sqlx::query_scalar("SELECT DISTINCT project FROM rollup_day WHERE org_id = $1")
            .bind(LOCAL_ORG)
            .fetch_all(&self.writer)
            .await
            .context("reading the folders of the usage")?;
        Ok(folders.into_iter().map(PathBuf::from).filter(|folder| folder.is_absolute()).collect())
    }

    /// Returns the projects, by name or path, that other machines say they worked on.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn told_projects(&self) -> anyhow::Result<Vec<String>> {
        let machines = sqlx::query_scalar("SELECT COUNT(*) FROM machine WHERE org_id = $1").bind(LOCAL_ORG);
        // Without machines, which is the rule, the whole roll-up would be read for nothing.
        if machines.fetch_one(&self.writer).await.map(|count: i64| count == 0).context("counting the machines")? {
            return Ok(Vec::new());
        }
        sqlx::query_scalar(
            "SELECT DISTINCT r.project FROM rollup_day r JOIN session_tag t \
             ON t.org_id = r.org_id AND t.source = r.source AND t.session = r.session \
             WHERE r.org_id = $1 AND t.machine <> '' AND r.project <> '' ORDER BY r.project",
        )
        .bind(LOCAL_ORG)
        .fetch_all(&self.writer)
        .await
        .context("reading the projects of other machines")
    }
}

async fn upsert(tx: &mut Transaction<'_, Sqlite>, found: &StoredProject) -> anyhow::Result<()> {
    let StoredProject { project, stamp } = found;
    let choices = &project.choices;
    let text = |path: &Option<PathBuf>| path.as_ref().map(|path| path.to_string_lossy().into_owned());
    let facts = project.found.as_ref().map(serde_json::to_string).transpose()?;
    let sql = format!(
        "INSERT INTO project (org_id, {COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) \
         ON CONFLICT (org_id, id) DO UPDATE SET folder = excluded.folder, last_folder = excluded.last_folder, \
         facts = excluded.facts, stamp = excluded.stamp"
    );
    sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(LOCAL_ORG)
        .bind(&project.id)
        .bind(&choices.name)
        .bind(&choices.client)
        .bind(choices.status.as_str())
        .bind(i64::from(choices.progress))
        .bind(i64::from(epoch_day(project.start_date)))
        .bind(choices.deadline.map(|date| i64::from(epoch_day(date))))
        .bind(i64::from(choices.tasks_total))
        .bind(i64::from(choices.tasks_done))
        .bind(text(&project.folder))
        .bind(text(&project.last_folder))
        .bind(facts)
        .bind(stamp)
        .bind(serde_json::to_string(&project.task_log)?)
        .execute(&mut **tx)
        .await
        .with_context(|| format!("writing project {}", project.id))?;
    Ok(())
}

fn stored(row: &sqlx::sqlite::SqliteRow) -> anyhow::Result<StoredProject> {
    let day = |day: i64| from_epoch_day(i32::try_from(day).unwrap_or(0));
    let count = |at: usize| row.try_get::<i64, _>(at).map(|count| u32::try_from(count).unwrap_or(0));
    let path = |at: usize| row.try_get::<Option<String>, _>(at).map(|path| path.map(PathBuf::from));
    let facts: Option<&str> = row.try_get(11)?;
    let choices = ProjectChoices {
        name: row.try_get(1)?,
        client: row.try_get(2)?,
        status: ProjectStatus::parse(row.try_get(3)?).unwrap_or_default(),
        progress: u8::try_from(count(4)?).unwrap_or(100),
        deadline: row.try_get::<Option<i64>, _>(6)?.map(day),
        tasks_total: count(7)?,
        tasks_done: count(8)?,
    };
    // What another version wrote and this one does not understand is read again from the folder.
    let found = facts.and_then(|facts| serde_json::from_str(facts).ok());
    let stamp = if found.is_some() { row.try_get(12)? } else { String::new() };
    let (id, start_date) = (row.try_get(0)?, day(row.try_get(5)?));
    let task_log = serde_json::from_str(row.try_get(13)?).unwrap_or_default();
    let project = Project { id, choices, start_date, folder: path(9)?, last_folder: path(10)?, found, task_log };
    Ok(StoredProject { project, stamp })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::FolderFacts;

    #[tokio::test]
    async fn a_scan_never_touches_what_the_user_decided_and_changes_nothing_twice() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).await.expect("opens");
        let today = from_epoch_day(20_000);
        let project = Project::new("shop".to_owned(), Some("/home/me/shop".into()), today);
        let mut found = StoredProject { project, stamp: "one".to_owned() };
        let scan =
            async |found: &StoredProject| store.apply_projects(std::slice::from_ref(found)).await.expect("writes");
        assert_eq!(scan(&found).await, Scanned { changed: Vec::new(), added: vec!["shop".to_owned()] });
        let choices = ProjectChoices {
            name: "The shop".to_owned(),
            client: "Acme".to_owned(),
            status: ProjectStatus::Paused,
            progress: 40,
            deadline: Some(today),
            tasks_total: 10,
            tasks_done: 4,
        };
        assert!(store.set_choices("shop", &choices, today).await.expect("writes"));
        assert!(!store.set_choices("ship", &choices, today).await.expect("there is none"));
        assert!(store.set_choices("shop", &ProjectChoices { progress: 101, ..choices.clone() }, today).await.is_err());
        let generation = store.generation().await.expect("reads");
        assert_eq!(scan(&found).await, Scanned::default());
        assert_eq!(store.generation().await.expect("reads"), generation, "nobody needs to look again");
        found.project.found = Some(FolderFacts { readme: true, ..FolderFacts::default() });
        assert_eq!(scan(&found).await, Scanned { changed: vec!["shop".to_owned()], added: Vec::new() });
        found.project.task_log.note(today, None, today, 4);
        found.project.choices = choices;
        assert_eq!(store.projects().await.expect("reads"), [found]);
    }
    #[tokio::test]
    async fn a_status_is_changed_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).await.expect("opens");
        let project = Project::new("shop".to_owned(), None, from_epoch_day(20_000));
        let found = StoredProject { project, stamp: String::new() };
        store.apply_projects(&[found]).await.expect("writes");
        let generation = store.generation().await.expect("reads");
        // Somebody has the form of the project open, which still says active, and saves another name meanwhile.
        let renamed = ProjectChoices { name: "The shop".to_owned(), ..ProjectChoices::of_new("shop") };
        assert!(store.set_choices("shop", &renamed, from_epoch_day(20_000)).await.expect("writes"));
        assert!(store.set_status("shop", ProjectStatus::Completed).await.expect("writes"));
        assert!(!store.set_status("ship", ProjectStatus::Paused).await.expect("there is none"));
        let stored = store.projects().await.expect("reads");
        let expected = ProjectChoices { status: ProjectStatus::Completed, ..renamed };
        assert_eq!(stored[0].project.choices, expected);
        assert_eq!(store.generation().await.expect("reads"), generation + 2, "others notice both changes");
    }
}
