//! How far the reading of a client's orders has come.

use anyhow::Context;
use sqlx::{Row, Sqlite, Transaction};

use crate::store::{LOCAL_ORG, Store};

/// What a cursor follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OrderCursorKind {
    /// Changes up to this moment (milliseconds) are here: the end of the window that was asked for.
    Watermark,
    /// The first reading, newest day first: the oldest business day (of 1970-01-01) that is done, and the one aimed at.
    Backfill,
    /// A full resync, likewise; gone when it is done.
    Resync,
    /// The day of the last nightly comparison.
    Nightly,
}

impl OrderCursorKind {
    const ALL: [OrderCursorKind; 4] =
        [OrderCursorKind::Watermark, OrderCursorKind::Backfill, OrderCursorKind::Resync, OrderCursorKind::Nightly];

    const fn as_str(self) -> &'static str {
        match self {
            OrderCursorKind::Watermark => "watermark",
            OrderCursorKind::Backfill => "backfill",
            OrderCursorKind::Resync => "resync",
            OrderCursorKind::Nightly => "nightly",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderCursor {
    pub kind: OrderCursorKind,
    pub value: i64,
    pub aim: Option<i64>,
}

impl Store {
    /// Returns how far each kind of reading of a client has come.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn order_cursors(&self, client: &str) -> anyhow::Result<Vec<OrderCursor>> {
        let rows = sqlx::query("SELECT kind, value, aim FROM order_cursor WHERE org_id = $1 AND client = $2")
            .bind(LOCAL_ORG)
            .bind(client)
            .fetch_all(&self.writer)
            .await
            .context("reading how far the orders were read")?;
        let cursors = rows.iter().map(|row| {
            let name: String = row.try_get(0)?;
            let kind = OrderCursorKind::ALL.into_iter().find(|kind| kind.as_str() == name);
            Ok(kind.map(|kind| (kind, row)).map(|(kind, row)| -> anyhow::Result<OrderCursor> {
                Ok(OrderCursor { kind, value: row.try_get(1)?, aim: row.try_get(2)? })
            }))
        });
        cursors.filter_map(|cursor: anyhow::Result<_>| cursor.transpose()).map(|cursor| cursor?).collect()
    }

    /// Moves a cursor when there are no orders to store with it.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn set_order_cursor(&self, client: &str, cursor: OrderCursor) -> anyhow::Result<()> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        write_cursor(&mut tx, client, cursor).await?;
        Ok(tx.commit().await?)
    }

    /// Plans a full resync. One that is under way goes on unless this one reaches further back: then it begins anew.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn plan_order_walk(&self, client: &str, walk: OrderCursor) -> anyhow::Result<()> {
        sqlx::query(
            "INSERT INTO order_cursor (org_id, client, kind, value, aim) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (org_id, client, kind) DO UPDATE SET value = excluded.value, aim = excluded.aim \
             WHERE order_cursor.aim > excluded.aim",
        )
        .bind(LOCAL_ORG)
        .bind(client)
        .bind(walk.kind.as_str())
        .bind(walk.value)
        .bind(walk.aim)
        .execute(&self.writer)
        .await
        .context("planning to read orders again")?;
        Ok(())
    }

    /// Ends a full resync; one with another aim, which was planned meanwhile, stays.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn end_order_walk(&self, client: &str, walk: OrderCursor) -> anyhow::Result<()> {
        sqlx::query("DELETE FROM order_cursor WHERE org_id = $1 AND client = $2 AND kind = $3 AND aim = $4")
            .bind(LOCAL_ORG)
            .bind(client)
            .bind(walk.kind.as_str())
            .bind(walk.aim)
            .execute(&self.writer)
            .await
            .context("noting that the orders were read again")?;
        Ok(())
    }
}

/// Writes a cursor. That of a full resync is only moved, never made: another may have been planned meanwhile.
pub(super) async fn write_cursor(
    tx: &mut Transaction<'_, Sqlite>,
    client: &str,
    cursor: OrderCursor,
) -> anyhow::Result<()> {
    let sql = match cursor.kind {
        OrderCursorKind::Resync => {
            "UPDATE order_cursor SET value = $4 WHERE org_id = $1 AND client = $2 AND kind = $3 AND aim = $5"
        }
        _ => {
            "INSERT INTO order_cursor (org_id, client, kind, value, aim) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (org_id, client, kind) DO UPDATE SET value = excluded.value, aim = excluded.aim"
        }
    };
    sqlx::query(sql)
        .bind(LOCAL_ORG)
        .bind(client)
        .bind(cursor.kind.as_str())
        .bind(cursor.value)
        .bind(cursor.aim)
        .execute(&mut **tx)
        .await
        .context("noting how far the orders were read")?;
    Ok(())
}
