//! Orders that were there and could not be read: named, so that nothing waits for them and none is forgotten.

use std::collections::BTreeSet;

use anyhow::Context;
use chrono::NaiveDate;
use sqlx::{Row, Sqlite, Transaction};

use super::day_of;
use super::write::{guids, of_orders};
use crate::model::{Order, epoch_day};
use crate::store::{LOCAL_ORG, Store};

/// Orders looked for in one statement.
const AT_ONCE: usize = 200;

/// An order that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadableOrder {
    /// Its id; something made of what came when it has none.
    pub guid: String,
    /// The day it is found under, when that is known.
    pub day: Option<NaiveDate>,
    /// The field, and what is wrong with it.
    pub problem: String,
    /// The number of the parser that failed.
    pub reader: i64,
}

/// A business day that was read from its first page to its last, and which of its orders could not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WholeDay {
    pub day: NaiveDate,
    pub unreadable: BTreeSet<String>,
}

impl Store {
    /// Returns a client's orders that could not be read, the latest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn unreadable_orders(&self, client: &str) -> anyhow::Result<Vec<UnreadableOrder>> {
        let rows = sqlx::query(
            "SELECT guid, business_day, problem, reader FROM order_unreadable WHERE org_id = $1 AND client = $2 \
             ORDER BY first_seen_ms DESC, guid",
        )
        .bind(LOCAL_ORG)
        .bind(client)
        .fetch_all(&self.writer)
        .await
        .context("looking for orders that could not be read")?;
        rows.iter()
            .map(|row| {
                let day = row.try_get::<Option<i64>, _>(1)?.map(day_of);
                Ok(UnreadableOrder { guid: row.try_get(0)?, day, problem: row.try_get(2)?, reader: row.try_get(3)? })
            })
            .collect()
    }
}

pub(super) async fn note_unreadable(
    tx: &mut Transaction<'_, Sqlite>,
    client: &str,
    orders: &[UnreadableOrder],
    now_ms: i64,
) -> anyhow::Result<()> {
    for order in orders {
        sqlx::query(
            "INSERT INTO order_unreadable (org_id, client, guid, business_day, problem, reader, first_seen_ms) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (org_id, client, guid) DO UPDATE SET \
             business_day = COALESCE(excluded.business_day, order_unreadable.business_day), \
             problem = excluded.problem, reader = excluded.reader",
        )
        .bind(LOCAL_ORG)
        .bind(client)
        .bind(&order.guid)
        .bind(order.day.map(|day| i64::from(epoch_day(day))))
        .bind(&order.problem)
        .bind(order.reader)
        .bind(now_ms)
        .execute(&mut **tx)
        .await
        .context("noting an order that could not be read")?;
    }
    Ok(())
}

/// What is stored now is unreadable no more.
pub(super) async fn settle_stored(
    tx: &mut Transaction<'_, Sqlite>,
    client: &str,
    orders: &[&Order],
) -> anyhow::Result<()> {
    for orders in orders.chunks(AT_ONCE) {
        let mut query = of_orders("DELETE FROM order_unreadable", client, guids(orders));
        query.build().execute(&mut **tx).await.context("settling orders that could not be read")?;
    }
    Ok(())
}

/// What a whole day does not show any more is not there any more.
pub(super) async fn settle_day(tx: &mut Transaction<'_, Sqlite>, client: &str, whole: &WholeDay) -> anyhow::Result<()> {
    let known: Vec<String> =
        sqlx::query_scalar("SELECT guid FROM order_unreadable WHERE org_id = $1 AND client = $2 AND business_day = $3")
            .bind(LOCAL_ORG)
            .bind(client)
            .bind(i64::from(epoch_day(whole.day)))
            .fetch_all(&mut **tx)
            .await?;
    for guid in known.into_iter().filter(|guid| !whole.unreadable.contains(guid)) {
        sqlx::query("DELETE FROM order_unreadable WHERE org_id = $1 AND client = $2 AND guid = $3")
            .bind(LOCAL_ORG)
            .bind(client)
            .bind(guid)
            .execute(&mut **tx)
            .await
            .context("settling a day of orders")?;
    }
    Ok(())
}
