//! The one road by which orders enter the database.

use std::collections::{BTreeSet, HashMap};

use anyhow::{Context, bail};
use sqlx::{AssertSqlSafe, QueryBuilder, Row, Sqlite, Transaction};

use super::contacts::match_orders;
use super::cursors::{OrderCursor, write_cursor};
use super::rollup::recompute;
use super::unreadable::{UnreadableOrder, WholeDay, note_unreadable, settle_day, settle_stored};
use super::words::words_of;
use crate::model::{Order, OrderItem, epoch_day, fingerprint};
use crate::store::meta::next_orders;
use crate::store::usage::placeholders;
use crate::store::{LOCAL_ORG, Store};

/// Rows of one multi-row statement; far below SQLite's limit of 32,766 variables.
const ROWS: usize = 200;

/// Orders of one client that were read together, and how far the reading has come with them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderBatch {
    pub client: String,
    /// The restaurant they were read from: nothing is stored once the client has another, or was removed. `None` is
    /// for orders that were made and not read.
    pub restaurant: Option<String>,
    pub orders: Vec<Order>,
    /// Orders that were there and could not be read.
    pub unreadable: Vec<UnreadableOrder>,
    /// The day whose reading ends with these.
    pub whole_day: Option<WholeDay>,
    pub cursors: Vec<OrderCursor>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OrdersApplied {
    /// Orders that are new.
    pub added: u64,
    /// Orders that were known and have changed.
    pub changed: u64,
}

impl OrdersApplied {
    #[must_use]
    pub const fn rows(self) -> u64 {
        self.added + self.changed
    }
}

impl Store {
    /// Writes orders, their sums and the cursors, all or nothing. An order that is stored in a later version, or in
    /// just this one, stays as it is. What the client is now holds, also when it was another when the reading began.
    /// `now_ms` dates the contacts found.
    ///
    /// # Errors
    /// When the client was removed or has another restaurant, or the database cannot be written; nothing has changed
    /// then.
    pub async fn apply_orders(&self, batch: &OrderBatch, now_ms: i64) -> anyhow::Result<OrdersApplied> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await.context("starting to write orders")?;
        let nameless: Vec<Order>;
        let orders = if keeps_guests(&mut tx, batch).await? {
            &batch.orders
        } else {
            nameless = batch.orders.iter().map(Order::nameless).collect();
            &nameless
        };
        let newest = newest_of(orders);
        note_unreadable(&mut tx, &batch.client, &batch.unreadable, now_ms).await?;
        settle_stored(&mut tx, &batch.client, &newest).await?;
        if let Some(whole) = &batch.whole_day {
            settle_day(&mut tx, &batch.client, whole).await?;
        }
        let stored = versions(&mut tx, &batch.client, &newest).await?;
        let mut applied = OrdersApplied::default();
        let mut days = BTreeSet::new();
        let mut written = Vec::with_capacity(newest.len());
        for order in newest {
            match stored.get(order.guid.as_str()) {
                Some(old) if old.holds_against(order)? => continue,
                Some(old) => {
                    days.insert(old.business_day);
                    applied.changed += 1;
                }
                None => applied.added += 1,
            }
            days.insert(i64::from(epoch_day(order.business_day)));
            written.push(order);
        }
        if !written.is_empty() {
            days.extend(refund_days(&mut tx, &batch.client, &written).await?);
            remove_parts(&mut tx, &batch.client, &written).await?;
            write_orders(&mut tx, &batch.client, &written).await?;
            write_items(&mut tx, &batch.client, &written).await?;
            write_payments(&mut tx, &batch.client, &written).await?;
            days.extend(written.iter().flat_map(|order| new_refund_days(order)));
            match_orders(&mut tx, &batch.client, &written, now_ms).await?;
            recompute(&mut tx, &batch.client, &days).await?;
            next_orders(&mut tx).await?;
        }
        for cursor in &batch.cursors {
            write_cursor(&mut tx, &batch.client, *cursor).await?;
        }
        tx.commit().await.context("committing orders")?;
        Ok(applied)
    }
}

/// Whether who ordered may be stored, by what the client is now.
async fn keeps_guests(tx: &mut Transaction<'_, Sqlite>, batch: &OrderBatch) -> anyhow::Result<bool> {
    let Some(restaurant) = &batch.restaurant else { return Ok(true) };
    let now: Option<(String, i64)> = sqlx::query_as(
        "SELECT restaurant, keeps_personal FROM client WHERE org_id = $1 AND id = $2 AND removed_ms IS NULL",
    )
    .bind(LOCAL_ORG)
    .bind(&batch.client)
    .fetch_optional(&mut **tx)
    .await
    .context("reading whose orders they are")?;
    match now {
        Some((now, keeps)) if now == *restaurant => Ok(keeps != 0),
        Some(_) => bail!("the client has another restaurant now; nothing of the one before is stored any more"),
        None => bail!("the client was removed; nothing of it is stored any more"),
    }
}

/// Of one batch's versions of each order, the one that holds: the latest, and of equals the last one read.
fn newest_of(orders: &[Order]) -> Vec<&Order> {
    let mut newest: HashMap<&str, &Order> = HashMap::with_capacity(orders.len());
    for order in orders {
        let kept = newest.entry(&order.guid).or_insert(order);
        if kept.modified_ms <= order.modified_ms {
            *kept = order;
        }
    }
    let mut newest: Vec<&Order> = newest.into_values().collect();
    newest.sort_unstable_by(|one, other| one.guid.cmp(&other.guid));
    newest
}

/// What is stored of an order, to tell whether a version is news.
struct Version {
    modified_ms: i64,
    business_day: i64,
    fingerprint: i64,
}

impl Version {
    fn holds_against(&self, order: &Order) -> anyhow::Result<bool> {
        Ok(self.modified_ms > order.modified_ms
            || (self.modified_ms == order.modified_ms && self.fingerprint == fingerprint_of(order)?))
    }
}

fn fingerprint_of(order: &Order) -> anyhow::Result<i64> {
    Ok(fingerprint(&serde_json::to_vec(order)?).cast_signed())
}

async fn versions(
    tx: &mut Transaction<'_, Sqlite>,
    client: &str,
    orders: &[&Order],
) -> anyhow::Result<HashMap<String, Version>> {
    let mut found = HashMap::with_capacity(orders.len());
    for orders in orders.chunks(ROWS) {
        let mut query =
            of_orders("SELECT guid, modified_ms, business_day, fingerprint FROM customer_order", client, guids(orders));
        for row in query.build().fetch_all(&mut **tx).await.context("reading what is stored of orders")? {
            let version =
                Version { modified_ms: row.try_get(1)?, business_day: row.try_get(2)?, fingerprint: row.try_get(3)? };
            found.insert(row.try_get(0)?, version);
        }
    }
    Ok(found)
}

/// The days of refunds that are stored of these orders.
async fn refund_days(
    tx: &mut Transaction<'_, Sqlite>,
    client: &str,
    orders: &[&Order],
) -> anyhow::Result<BTreeSet<i64>> {
    let mut days = BTreeSet::new();
    for orders in orders.chunks(ROWS) {
        let mut query = of_orders("SELECT DISTINCT refund_day FROM order_payment", client, guids(orders));
        // Asked for those that are not null, SQLite would read every refund of the client.
        days.extend(query.build_query_scalar::<Option<i64>>().fetch_all(&mut **tx).await?.into_iter().flatten());
    }
    Ok(days)
}

fn new_refund_days(order: &Order) -> impl Iterator<Item = i64> {
    order.payments.iter().filter_map(|payment| payment.refund_day).map(|day| i64::from(epoch_day(day)))
}

async fn remove_parts(tx: &mut Transaction<'_, Sqlite>, client: &str, orders: &[&Order]) -> anyhow::Result<()> {
    for orders in orders.chunks(ROWS) {
        for table in ["order_item", "order_payment"] {
            let mut query = of_orders(&format!("DELETE FROM {table}"), client, guids(orders));
            query.build().execute(&mut **tx).await.context("replacing what belongs to an order")?;
        }
    }
    Ok(())
}

/// A statement about some orders of a client, by their ids.
pub(super) fn of_orders<'a>(start: &str, client: &str, guids: impl Iterator<Item = &'a str>) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new(start);
    query.push(" WHERE org_id = ").push_bind(LOCAL_ORG).push(" AND client = ").push_bind(client.to_owned());
    query.push(" AND guid IN (");
    let mut list = query.separated(",");
    for guid in guids {
        list.push_bind(guid.to_owned());
    }
    query.push(")");
    query
}

pub(super) fn guids<'a>(orders: &'a [&Order]) -> impl Iterator<Item = &'a str> {
    orders.iter().map(|order| order.guid.as_str())
}

const ORDER_COLUMNS: [&str; 28] = [
    "business_day",
    "opened_ms",
    "modified_ms",
    "closed_ms",
    "paid_ms",
    "hour",
    "number",
    "source",
    "state",
    "counts",
    "matched",
    "guests",
    "net",
    "gross",
    "discounts",
    "service_charges",
    "tax",
    "tips",
    "refunds",
    "gift_cards",
    "total",
    "customer_name",
    "customer_email",
    "customer_phone",
    "adjustments",
    "words",
    "fingerprint",
    "guid",
];

async fn write_orders(tx: &mut Transaction<'_, Sqlite>, client: &str, orders: &[&Order]) -> anyhow::Result<()> {
    let columns = ORDER_COLUMNS.join(", ");
    // Whether it is matched is not the sync's to say.
    let kept = ["matched", "guid"];
    let updates = ORDER_COLUMNS.iter().filter(|column| !kept.contains(column));
    let updates = updates.map(|column| format!("{column} = excluded.{column}")).collect::<Vec<_>>().join(", ");
    for orders in orders.chunks(ROWS) {
        let rows = placeholders(orders.len(), ORDER_COLUMNS.len() + 2);
        let sql = format!(
            "INSERT INTO customer_order (org_id, client, {columns}) VALUES {rows} \
             ON CONFLICT (org_id, client, guid) DO UPDATE SET {updates}"
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for order in orders {
            let (amounts, customer) = (&order.amounts, order.customer.clone().unwrap_or_default());
            query = query.bind(LOCAL_ORG).bind(client).bind(i64::from(epoch_day(order.business_day)));
            query = query.bind(order.opened_ms.unwrap_or(0)).bind(order.modified_ms).bind(order.closed_ms);
            query = query.bind(order.paid_ms).bind(order.hour.map(i64::from)).bind(&order.number).bind(&order.source);
            query = query.bind(order.state.as_str()).bind(i64::from(order.state.counts())).bind(0_i64);
            query = query.bind(i64::from(order.guests));
            for amount in [
                amounts.net,
                amounts.gross,
                amounts.discounts,
                amounts.service_charges,
                amounts.tax,
                amounts.tips,
                amounts.refunds,
                amounts.gift_cards,
                amounts.total,
            ] {
                query = query.bind(amount.0);
            }
            query = query.bind(customer.name).bind(customer.email).bind(customer.phone);
            query = query.bind(serde_json::to_string(&order.adjustments)?).bind(words_of(order));
            query = query.bind(fingerprint_of(order)?).bind(&order.guid);
        }
        query.execute(&mut **tx).await.context("writing orders")?;
    }
    Ok(())
}

async fn write_items(tx: &mut Transaction<'_, Sqlite>, client: &str, orders: &[&Order]) -> anyhow::Result<()> {
    let mut rows = Vec::new();
    for order in orders {
        flatten(&order.items, 0, &mut |depth, item| rows.push((*order, depth, item)));
    }
    let mut position = 0_i64;
    let mut of = "";
    for rows in rows.chunks(ROWS) {
        let sql = format!(
            "INSERT INTO order_item (org_id, client, guid, position, depth, name, quantity_milli, gross, discount, \
             price, tax, voided, deferred, refunded) VALUES {}",
            placeholders(rows.len(), 14)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (order, depth, item) in rows {
            position = if of == order.guid { position + 1 } else { 0 };
            of = &order.guid;
            query = query.bind(LOCAL_ORG).bind(client).bind(&order.guid).bind(position).bind(depth).bind(&item.name);
            query = query.bind(item.quantity_milli).bind(item.gross.0).bind(item.discount.0).bind(item.price.0);
            query = query.bind(item.tax.0).bind(i64::from(item.voided)).bind(i64::from(item.deferred));
            query = query.bind(item.refunded.0);
        }
        query.execute(&mut **tx).await.context("writing the items of orders")?;
    }
    Ok(())
}

/// Walks through items and what belongs to them, in the order they stand on the check.
fn flatten<'a>(items: &'a [OrderItem], depth: i64, take: &mut impl FnMut(i64, &'a OrderItem)) {
    for item in items {
        take(depth, item);
        flatten(&item.modifiers, depth + 1, take);
    }
}

async fn write_payments(tx: &mut Transaction<'_, Sqlite>, client: &str, orders: &[&Order]) -> anyhow::Result<()> {
    let rows: Vec<_> = orders
        .iter()
        .flat_map(|order| (0_i64..).zip(&order.payments).map(move |(position, payment)| (order, position, payment)))
        .collect();
    for rows in rows.chunks(ROWS) {
        let sql = format!(
            "INSERT INTO order_payment (org_id, client, guid, position, kind, card, amount, tip, refunded, tip_refunded, \
             refund_day, status, counts, paid_ms, last_digits) VALUES {}",
            placeholders(rows.len(), 15)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (order, position, payment) in rows {
            query = query.bind(LOCAL_ORG).bind(client).bind(&order.guid).bind(position).bind(&payment.kind);
            query = query.bind(&payment.card).bind(payment.amount.0).bind(payment.tip.0).bind(payment.refunded.0);
            query = query.bind(payment.tip_refunded.0);
            query = query.bind(payment.refund_day.map(|day| i64::from(epoch_day(day)))).bind(&payment.status);
            query = query.bind(i64::from(payment.counts)).bind(payment.paid_ms).bind(&payment.last_digits);
        }
        query.execute(&mut **tx).await.context("writing the payments of orders")?;
    }
    Ok(())
}
