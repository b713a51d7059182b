//! One order with all that is kept of it.

use anyhow::Context;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::day_of;
use crate::model::{Cents, Customer, Order, OrderAmounts, OrderItem, OrderPayment, OrderState};
use crate::store::{LOCAL_ORG, Store};

impl Store {
    /// Returns an order with its items and payments; `None` when there is no such order.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn order(&self, client: &str, guid: &str) -> anyhow::Result<Option<Order>> {
        let row = sqlx::query(
            "SELECT number, business_day, hour, opened_ms, closed_ms, paid_ms, modified_ms, source, guests, state, net, \
             gross, discounts, service_charges, tax, tips, refunds, gift_cards, total, customer_name, customer_email, \
             customer_phone, adjustments FROM customer_order WHERE org_id = $1 AND client = $2 AND guid = $3",
        )
        .bind(LOCAL_ORG)
        .bind(client)
        .bind(guid)
        .fetch_optional(&self.reader)
        .await
        .context("reading an order")?;
        let Some(row) = row else { return Ok(None) };
        let mut order = order_of(&row, client, guid)?;
        order.items = self.items_of(client, guid).await?;
        order.payments = self.payments_of(client, guid).await?;
        Ok(Some(order))
    }

    async fn items_of(&self, client: &str, guid: &str) -> anyhow::Result<Vec<OrderItem>> {
        let rows = sqlx::query(
            "SELECT depth, name, quantity_milli, gross, discount, price, tax, voided, deferred, refunded \
             FROM order_item WHERE org_id = $1 AND client = $2 AND guid = $3 ORDER BY position",
        )
        .bind(LOCAL_ORG)
        .bind(client)
        .bind(guid)
        .fetch_all(&self.reader)
        .await
        .context("reading the items of an order")?;
        let mut items = Vec::new();
        for row in &rows {
            let item = OrderItem {
                name: row.try_get(1)?,
                quantity_milli: row.try_get(2)?,
                gross: Cents(row.try_get(3)?),
                discount: Cents(row.try_get(4)?),
                price: Cents(row.try_get(5)?),
                tax: Cents(row.try_get(6)?),
                voided: row.try_get::<i64, _>(7)? != 0,
                deferred: row.try_get::<i64, _>(8)? != 0,
                refunded: Cents(row.try_get(9)?),
                modifiers: Vec::new(),
            };
            place(&mut items, usize::try_from(row.try_get::<i64, _>(0)?).unwrap_or(0), item);
        }
        Ok(items)
    }

    async fn payments_of(&self, client: &str, guid: &str) -> anyhow::Result<Vec<OrderPayment>> {
        let rows = sqlx::query(
            "SELECT kind, card, amount, tip, refunded, tip_refunded, refund_day, status, counts, paid_ms, last_digits \
             FROM order_payment WHERE org_id = $1 AND client = $2 AND guid = $3 ORDER BY position",
        )
        .bind(LOCAL_ORG)
        .bind(client)
        .bind(guid)
        .fetch_all(&self.reader)
        .await
        .context("reading the payments of an order")?;
        rows.iter()
            .map(|row| {
                Ok(OrderPayment {
                    kind: row.try_get(0)?,
                    card: row.try_get(1)?,
                    last_digits: row.try_get(10)?,
                    amount: Cents(row.try_get(2)?),
                    tip: Cents(row.try_get(3)?),
                    refunded: Cents(row.try_get(4)?),
                    tip_refunded: Cents(row.try_get(5)?),
                    refund_day: row.try_get::<Option<i64>, _>(6)?.map(day_of),
                    status: row.try_get(7)?,
                    counts: row.try_get::<i64, _>(8)? != 0,
                    paid_ms: row.try_get(9)?,
                })
            })
            .collect()
    }
}

fn order_of(row: &SqliteRow, client: &str, guid: &str) -> anyhow::Result<Order> {
    let cents = |at: usize| -> anyhow::Result<Cents> { Ok(Cents(row.try_get(at)?)) };
    let (state, opened): (String, i64) = (row.try_get(9)?, row.try_get(3)?);
    let customer = Customer { name: row.try_get(19)?, email: row.try_get(20)?, phone: row.try_get(21)? };
    Ok(Order {
        client: client.to_owned(),
        guid: guid.to_owned(),
        number: row.try_get(0)?,
        business_day: day_of(row.try_get(1)?),
        hour: row.try_get::<Option<i64>, _>(2)?.and_then(|hour| u8::try_from(hour).ok()),
        opened_ms: (opened != 0).then_some(opened),
        closed_ms: row.try_get(4)?,
        paid_ms: row.try_get(5)?,
        modified_ms: row.try_get(6)?,
        source: row.try_get(7)?,
        guests: u32::try_from(row.try_get::<i64, _>(8)?).unwrap_or(0),
        state: OrderState::parse(&state).unwrap_or_default(),
        amounts: OrderAmounts {
            net: cents(10)?,
            gross: cents(11)?,
            discounts: cents(12)?,
            service_charges: cents(13)?,
            tax: cents(14)?,
            tips: cents(15)?,
            refunds: cents(16)?,
            gift_cards: cents(17)?,
            total: cents(18)?,
        },
        customer: (!customer.is_empty()).then_some(customer),
        items: Vec::new(),
        adjustments: serde_json::from_str(row.try_get(22)?).context("reading the adjustments of an order")?,
        payments: Vec::new(),
    })
}

/// Puts an item under the last one of the depth above.
fn place(items: &mut Vec<OrderItem>, depth: usize, item: OrderItem) {
    match items.last_mut() {
        Some(last) if depth > 0 => place(&mut last.modifiers, depth - 1, item),
        _ => items.push(item),
    }
}
