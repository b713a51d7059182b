//! Sums by business day, computed anew from the orders of the day.
//!
//! A join is a `CROSS JOIN` here, which SQLite takes in the order it is written: left to choose, it walks through all
//! items a client ever sold to find those of one day.

use std::collections::BTreeSet;

use anyhow::Context;
use sqlx::{Sqlite, Transaction};

use crate::model::INVOICE_SOURCE;
use crate::store::{LOCAL_ORG, Store};

const TABLES: [&str; 4] = ["order_day", "order_hour", "order_kind", "order_menu"];

/// Refunds stand on the day they were given, which need not be a day with orders.
const DAY: &str = "INSERT INTO order_day (org_id, client, day, source, matched, orders, uncounted, guests, net, gross, \
     discounts, service_charges, tax, tips, refunds, total) \
     SELECT $1, $2, $3, source, matched, SUM(orders), SUM(uncounted), SUM(guests), SUM(net), SUM(gross), \
     SUM(discounts), SUM(service_charges), SUM(tax), SUM(tips), SUM(refunds), SUM(total) FROM (\
     SELECT source, matched, counts AS orders, 1 - counts AS uncounted, counts * guests AS guests, counts * net AS net, \
     counts * gross AS gross, counts * discounts AS discounts, counts * service_charges AS service_charges, \
     counts * tax AS tax, counts * tips AS tips, 0 AS refunds, counts * total AS total FROM customer_order \
     WHERE org_id = $1 AND client = $2 AND business_day = $3 \
     UNION ALL \
     SELECT o.source, o.matched, 0, 0, 0, 0, 0, 0, 0, 0, 0, o.counts * p.refunded, 0 FROM order_payment AS p \
     CROSS JOIN customer_order AS o WHERE o.org_id = p.org_id AND o.client = p.client AND o.guid = p.guid \
     AND p.org_id = $1 AND p.client = $2 AND p.refund_day = $3) AS rows_of_day GROUP BY source, matched";

const HOUR: &str = "INSERT INTO order_hour (org_id, client, day, hour, invoice, orders, net) \
     SELECT $1, $2, $3, hour, CASE WHEN source = $4 THEN 1 ELSE 0 END, COUNT(*), SUM(net) FROM customer_order \
     WHERE org_id = $1 AND client = $2 AND business_day = $3 AND counts = 1 AND hour IS NOT NULL GROUP BY 4, 5";

const KIND: &str = "INSERT INTO order_kind (org_id, client, day, kind, invoice, payments, amount, tips) \
     SELECT $1, $2, $3, p.kind, CASE WHEN o.source = $4 THEN 1 ELSE 0 END, COUNT(*), SUM(p.amount), SUM(p.tip) \
     FROM customer_order AS o CROSS JOIN order_payment AS p WHERE p.org_id = o.org_id AND p.client = o.client \
     AND p.guid = o.guid AND o.org_id = $1 AND o.client = $2 AND o.business_day = $3 AND o.counts = 1 \
     AND p.counts = 1 GROUP BY 4, 5";

const MENU: &str = "INSERT INTO order_menu (org_id, client, day, name, invoice, quantity_milli, net) \
     SELECT $1, $2, $3, i.name, CASE WHEN o.source = $4 THEN 1 ELSE 0 END, SUM(i.quantity_milli), \
     SUM(i.gross - i.discount) FROM customer_order AS o CROSS JOIN order_item AS i WHERE i.org_id = o.org_id \
     AND i.client = o.client AND i.guid = o.guid AND o.org_id = $1 AND o.client = $2 AND o.business_day = $3 \
     AND o.counts = 1 AND i.depth = 0 AND i.voided = 0 AND i.deferred = 0 GROUP BY 4, 5";

/// Computes the sums of these days of a client anew.
pub(super) async fn recompute(
    tx: &mut Transaction<'_, Sqlite>,
    client: &str,
    days: &BTreeSet<i64>,
) -> anyhow::Result<()> {
    for day in days {
        for table in TABLES {
            let sql = format!("DELETE FROM {table} WHERE org_id = $1 AND client = $2 AND day = $3");
            sqlx::query(sqlx::AssertSqlSafe(sql)).bind(LOCAL_ORG).bind(client).bind(day).execute(&mut **tx).await?;
        }
        for sql in [DAY, HOUR, KIND, MENU] {
            let mut query = sqlx::query(sql).bind(LOCAL_ORG).bind(client).bind(day);
            if sql != DAY {
                query = query.bind(INVOICE_SOURCE);
            }
            query.execute(&mut **tx).await.context("adding up a day of orders")?;
        }
    }
    Ok(())
}

impl Store {
    /// Computes all sums of a client anew, from nothing.
    ///
    /// # Errors
    /// When the database cannot be written; the sums stay as they were.
    pub async fn recompute_orders(&self, client: &str) -> anyhow::Result<()> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let days: Vec<i64> = sqlx::query_scalar(
            "SELECT business_day FROM customer_order WHERE org_id = $1 AND client = $2 \
             UNION SELECT refund_day FROM order_payment WHERE org_id = $1 AND client = $2 AND refund_day IS NOT NULL \
             UNION SELECT day FROM order_day WHERE org_id = $1 AND client = $2",
        )
        .bind(LOCAL_ORG)
        .bind(client)
        .fetch_all(&mut *tx)
        .await?;
        recompute(&mut tx, client, &days.into_iter().collect()).await?;
        tx.commit().await.context("committing the sums of orders")
    }
}
