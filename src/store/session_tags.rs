//! Whose a session is: its machine and its person, where somebody told. Who tells first is believed.

use anyhow::Context;
use sqlx::{AssertSqlSafe, Sqlite, Transaction};

use super::usage::placeholders;
use super::{LOCAL_ORG, Store};
use crate::model::SessionTag;

const ROWS_PER_STATEMENT: usize = 400;
const COLUMNS: usize = 6;

impl Store {
    /// Returns whose the sessions are.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn session_tags(&self) -> anyhow::Result<Vec<SessionTag>> {
        let rows: Vec<(String, String, String, String, String)> =
            sqlx::query_as("SELECT source, session, machine, host, person FROM session_tag WHERE org_id = $1")
                .bind(LOCAL_ORG)
                .fetch_all(&self.writer)
                .await
                .context("reading whose the sessions are")?;
        let tag = |(source, session, machine, host, person)| SessionTag { source, session, machine, host, person };
        Ok(rows.into_iter().map(tag).collect())
    }

    /// Notes whose sessions are.
    ///
    /// # Errors
    /// When the database cannot be written; nothing has changed then.
    pub async fn note_sessions(&self, tags: &[SessionTag]) -> anyhow::Result<()> {
        if tags.is_empty() {
            return Ok(());
        }
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        write_tags(&mut tx, tags).await?;
        Ok(tx.commit().await?)
    }

    /// Returns the sessions one of `sources` tells of and one of `others` too.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn shared_sessions(&self, sources: &[&str], others: &[&str]) -> anyhow::Result<Vec<String>> {
        let marks = |count: usize| vec!["?"; count].join(",");
        // Most dashboards have none of these: the key tells at once, and everything else need not be looked through.
        let sql = format!(
            "SELECT 1 FROM rollup_day WHERE org_id = '{LOCAL_ORG}' AND source IN ({}) LIMIT 1",
            marks(sources.len())
        );
        let mut query = sqlx::query_scalar::<_, i64>(AssertSqlSafe(sql));
        for source in sources {
            query = query.bind(*source);
        }
        if query.fetch_optional(&self.writer).await?.is_none() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "SELECT DISTINCT session FROM rollup_day WHERE org_id = '{LOCAL_ORG}' AND source IN ({}) AND messages > 0 \
             AND session IN (SELECT session FROM rollup_day WHERE org_id = '{LOCAL_ORG}' AND source IN ({}) \
             AND session <> '' AND messages > 0)",
            marks(others.len()),
            marks(sources.len())
        );
        let mut query = sqlx::query_scalar(AssertSqlSafe(sql));
        for source in others.iter().chain(sources) {
            query = query.bind(*source);
        }
        query.fetch_all(&self.writer).await.context("looking for sessions that are told of twice")
    }
}

pub(super) async fn write_tags(tx: &mut Transaction<'_, Sqlite>, tags: &[SessionTag]) -> anyhow::Result<()> {
    for rows in tags.chunks(ROWS_PER_STATEMENT) {
        let first = |column: &str| {
            format!(
                "{column} = CASE WHEN session_tag.{column} = '' THEN excluded.{column} ELSE session_tag.{column} END"
            )
        };
        let sql = format!(
            "INSERT INTO session_tag (org_id, source, session, machine, host, person) VALUES {} \
             ON CONFLICT (org_id, source, session) DO UPDATE SET {}, {}, {}",
            placeholders(rows.len(), COLUMNS),
            first("machine"),
            first("host"),
            first("person")
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for tag in rows {
            query = query.bind(LOCAL_ORG).bind(&tag.source).bind(&tag.session);
            query = query.bind(&tag.machine).bind(&tag.host).bind(&tag.person);
        }
        query.execute(&mut **tx).await.context("noting whose the sessions are")?;
    }
    Ok(())
}
