//! Who used an agent, day by day.

use anyhow::Context;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row};

use super::usage::{column, pico_column, placeholders};
use super::{LOCAL_ORG, Store};
use crate::model::{DateRange, PersonDay, Usd, from_epoch_day};

const ROWS_PER_STATEMENT: usize = 400;
const COLUMNS: usize = 16;

impl Store {
    /// Returns who used agents in a span of UTC days; all there is when `range` is `None`.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn people(&self, range: Option<DateRange>) -> anyhow::Result<Vec<PersonDay>> {
        let (from, to) = super::rollup::days_of(range);
        let rows = sqlx::query(
            "SELECT day, actor, is_key, customer_type, terminal, model, tokens_in, tokens_out, cost_pico, sessions, \
             lines_added, lines_removed, commits, pull_requests FROM person_day \
             WHERE org_id = $1 AND day >= $2 AND day <= $3 ORDER BY day",
        )
        .bind(LOCAL_ORG)
        .bind(from)
        .bind(to)
        .fetch_all(&self.writer)
        .await
        .context("reading who used the agent")?;
        rows.iter().map(person_day).collect()
    }

    /// Replaces what a source says of one day.
    ///
    /// # Errors
    /// When the database cannot be written; nothing has changed then.
    pub async fn replace_people(&self, source: &'static str, day: i32, rows: &[PersonDay]) -> anyhow::Result<()> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query("DELETE FROM person_day WHERE org_id = $1 AND source = $2 AND day = $3")
            .bind(LOCAL_ORG)
            .bind(source)
            .bind(i64::from(day))
            .execute(&mut *tx)
            .await?;
        for rows in rows.chunks(ROWS_PER_STATEMENT) {
            let sql = format!(
                "INSERT INTO person_day (org_id, source, day, actor, is_key, customer_type, terminal, model, tokens_in, \
                 tokens_out, cost_pico, sessions, lines_added, lines_removed, commits, pull_requests) VALUES {} \
                 ON CONFLICT (org_id, source, day, actor, customer_type, terminal, model) DO UPDATE SET \
                 tokens_in = person_day.tokens_in + excluded.tokens_in, \
                 tokens_out = person_day.tokens_out + excluded.tokens_out, \
                 cost_pico = person_day.cost_pico + excluded.cost_pico",
                placeholders(rows.len(), COLUMNS)
            );
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for row in rows {
                query = query.bind(LOCAL_ORG).bind(source).bind(i64::from(day)).bind(&row.actor);
                query = query.bind(i64::from(row.is_key)).bind(&row.customer_type).bind(&row.terminal).bind(&row.model);
                query = query.bind(column(row.tokens_in)?).bind(column(row.tokens_out)?).bind(pico_column(row.cost)?);
                for count in [row.sessions, row.lines_added, row.lines_removed, row.commits, row.pull_requests] {
                    query = query.bind(column(count)?);
                }
            }
            query.execute(&mut *tx).await.context("writing who used the agent")?;
        }
        tx.commit().await.context("committing who used the agent")
    }
}

fn person_day(row: &SqliteRow) -> anyhow::Result<PersonDay> {
    let count = |at: usize| -> anyhow::Result<u64> { Ok(u64::try_from(row.try_get::<i64, _>(at)?).unwrap_or(0)) };
    Ok(PersonDay {
        date: from_epoch_day(i32::try_from(row.try_get::<i64, _>(0)?).unwrap_or(0)),
        actor: row.try_get(1)?,
        is_key: row.try_get::<i64, _>(2)? != 0,
        customer_type: row.try_get(3)?,
        terminal: row.try_get(4)?,
        model: row.try_get(5)?,
        tokens_in: count(6)?,
        tokens_out: count(7)?,
        cost: Usd::from_pico(i128::from(row.try_get::<i64, _>(8)?)),
        sessions: count(9)?,
        lines_added: count(10)?,
        lines_removed: count(11)?,
        commits: count(12)?,
        pull_requests: count(13)?,
    })
}
