//! Readings of metrics: counted once, whatever is sent again, in the transaction that adds them to their facts.
//!
//! A delta is known by its series and its span; a running total by how far it has been counted. So a request that is
//! repeated, split or out of order changes nothing it should not, and what was acknowledged is there.

mod points;
mod totals;

use anyhow::Context;
use sqlx::{Sqlite, Transaction};

use self::points::claim;
use self::totals::grow;
use super::rollup::Deltas;
use super::session_tags::write_tags;
use super::usage::{events_by_key, upsert};
use super::{LOCAL_ORG, Store};
use crate::model::{Readings, SessionTag, Tokens, UsageEvent};

/// What a request added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accumulated {
    /// Readings that were new.
    pub counted: u64,
    /// Readings that had been counted before.
    pub repeated: u64,
}

impl Store {
    /// Adds readings to their facts and roll-ups, each once, and notes whose the sessions are, all or nothing.
    ///
    /// `judge` gives the facts that changed their day and cost.
    ///
    /// # Errors
    /// When the database cannot be written; nothing has changed then.
    pub async fn accumulate(
        &self,
        source: &'static str,
        readings: &Readings,
        tags: &[SessionTag],
        judge: &(dyn Fn(&mut [UsageEvent]) + Sync),
    ) -> anyhow::Result<Accumulated> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await.context("starting to write the readings")?;
        let mut added: Vec<Option<Tokens>> = vec![None; readings.facts.len()];
        let mut counted = claim(&mut tx, &readings.readings, &mut added).await?;
        counted += grow(&mut tx, &readings.readings, &mut added).await?;
        let facts = readings.facts.iter().zip(added).filter_map(|(fact, tokens)| Some((fact, tokens?)));
        add(&mut tx, source, facts, judge).await?;
        write_tags(&mut tx, tags).await?;
        tx.commit().await.context("committing the readings")?;
        self.use_write_ahead_log().await;
        let all = readings.readings.len() as u64;
        Ok(Accumulated { counted, repeated: all.saturating_sub(counted) })
    }

    /// Lets go of the readings before an instant (nanoseconds since 1970), which are refused by now when they are sent
    /// again, and of pushes before another (milliseconds).
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn forget_received(&self, before_ns: i64, before_ms: i64) -> anyhow::Result<()> {
        sqlx::query("DELETE FROM telemetry_point WHERE org_id = $1 AND time_ns < $2")
            .bind(LOCAL_ORG)
            .bind(before_ns)
            .execute(&self.writer)
            .await?;
        sqlx::query("DELETE FROM push_batch WHERE org_id = $1 AND at_ms < $2")
            .bind(LOCAL_ORG)
            .bind(before_ms)
            .execute(&self.writer)
            .await?;
        Ok(())
    }
}

/// Adds tokens to facts, stored or new, and moves the roll-ups by the difference.
async fn add(
    tx: &mut Transaction<'_, Sqlite>,
    source: &'static str,
    facts: impl Iterator<Item = (&UsageEvent, Tokens)>,
    judge: &(dyn Fn(&mut [UsageEvent]) + Sync),
) -> anyhow::Result<()> {
    let facts: Vec<(&UsageEvent, Tokens)> = facts.collect();
    let keys: Vec<&str> = facts.iter().map(|(fact, _)| fact.key.as_ref()).collect();
    let mut changed = events_by_key(tx, source, &keys).await?;
    let mut deltas = Deltas::default();
    changed.values().for_each(|stored| deltas.take(stored));
    for (fact, tokens) in facts {
        changed.entry(fact.key.clone()).or_insert_with(|| fact.clone()).tokens += tokens;
    }
    let mut changed: Vec<UsageEvent> = changed.into_values().collect();
    changed.sort_by(|a, b| a.key.cmp(&b.key));
    judge(&mut changed);
    upsert(tx, source, &changed, |event| deltas.put(event)).await?;
    deltas.write(tx, source).await
}

#[cfg(test)]
mod tests;
