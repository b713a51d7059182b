//! What has changed since a hub was told last: the facts behind the rows of the roll-up that moved.

use std::collections::{BTreeMap, HashSet};

use anyhow::Context;
use futures::TryStreamExt;
use sqlx::{AssertSqlSafe, Row};

use super::usage::{COLUMNS, event_of};
use super::{LOCAL_ORG, Store};
use crate::model::UsageEvent;

/// What is to be sent, and the generation it leads to.
#[derive(Debug, Default)]
pub struct Outgoing {
    /// By source, in the order of their keys.
    pub facts: BTreeMap<String, Vec<UsageEvent>>,
    pub generation: i64,
}

impl Store {
    /// Returns the facts of `sources` of each day and session that changed after a generation.
    ///
    /// More than changed may be among them; who takes them knows them by their keys.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn outgoing(&self, sources: &[&'static str], after: i64) -> anyhow::Result<Outgoing> {
        // First the generation: what changes while this reads is sent again the next time.
        let generation = self.generation().await?;
        let mut outgoing = Outgoing { facts: BTreeMap::new(), generation };
        for source in sources {
            let moved: Vec<(i64, String)> = sqlx::query_as(
                "SELECT DISTINCT day, session FROM rollup_day WHERE org_id = $1 AND source = $2 AND generation > $3",
            )
            .bind(LOCAL_ORG)
            .bind(source)
            .bind(after)
            .fetch_all(&self.reader)
            .await
            .context("looking for what has changed")?;
            if moved.is_empty() {
                continue;
            }
            let moved: HashSet<(i64, String)> = moved.into_iter().collect();
            let facts = self.facts_of(source, &moved).await?;
            outgoing.facts.insert((*source).to_owned(), facts);
        }
        Ok(outgoing)
    }

    async fn facts_of(&self, source: &str, moved: &HashSet<(i64, String)>) -> anyhow::Result<Vec<UsageEvent>> {
        let sql = format!("SELECT {COLUMNS} FROM usage_event WHERE org_id = $1 AND source = $2");
        let mut rows = sqlx::query(AssertSqlSafe(sql)).bind(LOCAL_ORG).bind(source).fetch(&self.reader);
        let mut facts = Vec::new();
        // Day and session stand third and fourth of the columns.
        while let Some(row) = rows.try_next().await.context("reading what has changed")? {
            if moved.contains(&(row.try_get(2)?, row.try_get(3)?)) {
                facts.push(event_of(&row)?);
            }
        }
        Ok(facts)
    }
}
