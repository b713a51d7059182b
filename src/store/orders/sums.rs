//! Sums of orders, from the sums by day; only a search has to look at the orders themselves.

use anyhow::Context;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite};

use super::{count_of, day_of, push_days, push_filter, push_kind, push_whose};
use crate::model::{Cents, DaySums, HourSums, ItemSums, OrderFilter, OrderSums, PaymentSums, Whose};
use crate::store::Store;

/// What is added up, after the orders themselves.
const MEASURES: [&str; 9] =
    ["guests", "net", "gross", "discounts", "service_charges", "tax", "tips", "refunds", "total"];

impl Store {
    /// Returns what the orders of a filter came to.
    ///
    /// With a search, refunds are those of the orders found, whenever they were given.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn order_sums(&self, filter: &OrderFilter) -> anyhow::Result<OrderSums> {
        let mut query = summed("SELECT ", filter);
        let row = query.build().fetch_one(&self.reader).await.context("adding up orders")?;
        let mut sums = sums_of(&row, 0, filter)?;
        sums.currency = self.order_currency(&filter.whose).await?;
        Ok(sums)
    }

    /// Returns the same day by day, oldest first; days without orders are not there.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn order_days(&self, filter: &OrderFilter) -> anyhow::Result<Vec<DaySums>> {
        let day = if filter.search.trim().is_empty() { "d.day" } else { "o.business_day" };
        let mut query = summed(&format!("SELECT {day}, "), filter);
        query.push(format!(" GROUP BY {day} ORDER BY {day}"));
        let rows = query.build().fetch_all(&self.reader).await.context("adding up orders by day")?;
        let currency = self.order_currency(&filter.whose).await?;
        rows.iter()
            .map(|row| {
                let sums = OrderSums { currency: currency.clone(), ..sums_of(row, 1, filter)? };
                Ok(DaySums { day: day_of(row.try_get(0)?), sums })
            })
            .collect()
    }

    /// Returns orders and revenue by hour of the week; of the filter, clients, days and invoices count.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn order_hours(&self, filter: &OrderFilter) -> anyhow::Result<Vec<HourSums>> {
        // 1970-01-01 was a Thursday; what came before it is no order.
        let sql = "SELECT (t.day + 3) % 7, t.hour, CAST(SUM(t.orders) AS BIGINT), CAST(SUM(t.net) AS BIGINT) \
                   FROM order_hour AS t WHERE";
        let mut query = narrow(sql, filter);
        query.push(" GROUP BY 1, 2 ORDER BY 1, 2");
        let rows = query.build().fetch_all(&self.reader).await.context("adding up orders by hour")?;
        rows.iter()
            .map(|row| {
                Ok(HourSums {
                    weekday: u8::try_from(row.try_get::<i64, _>(0)?).unwrap_or(0),
                    hour: u8::try_from(row.try_get::<i64, _>(1)?).unwrap_or(0),
                    orders: count_of(row.try_get(2)?),
                    net: Cents(row.try_get(3)?),
                })
            })
            .collect()
    }

    /// Returns how it was paid, the largest amount first; of the filter, clients, days and invoices count.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn order_payment_kinds(&self, filter: &OrderFilter) -> anyhow::Result<Vec<PaymentSums>> {
        let sql = "SELECT t.kind, CAST(SUM(t.payments) AS BIGINT), CAST(SUM(t.amount) AS BIGINT), \
                   CAST(SUM(t.tips) AS BIGINT) FROM order_kind AS t WHERE";
        let mut query = narrow(sql, filter);
        query.push(" GROUP BY t.kind ORDER BY 3 DESC, 1");
        let rows = query.build().fetch_all(&self.reader).await.context("adding up payments")?;
        rows.iter()
            .map(|row| {
                Ok(PaymentSums {
                    kind: row.try_get(0)?,
                    payments: count_of(row.try_get(1)?),
                    amount: Cents(row.try_get(2)?),
                    tips: Cents(row.try_get(3)?),
                })
            })
            .collect()
    }

    /// Returns what sold best by revenue; of the filter, clients, days and invoices count.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn top_order_items(&self, filter: &OrderFilter, limit: u32) -> anyhow::Result<Vec<ItemSums>> {
        let sql = "SELECT t.name, CAST(SUM(t.quantity_milli) AS BIGINT), CAST(SUM(t.net) AS BIGINT) \
                   FROM order_menu AS t WHERE";
        let mut query = narrow(sql, filter);
        query.push(" GROUP BY t.name ORDER BY 3 DESC, 1 LIMIT ").push_bind(i64::from(limit));
        let rows = query.build().fetch_all(&self.reader).await.context("adding up items")?;
        rows.iter()
            .map(|row| {
                Ok(ItemSums { name: row.try_get(0)?, quantity_milli: row.try_get(1)?, net: Cents(row.try_get(2)?) })
            })
            .collect()
    }

    /// The one currency of those of these clients that have orders, if there is one; of all of them when none has.
    async fn order_currency(&self, whose: &Whose) -> anyhow::Result<Option<String>> {
        let mut query = QueryBuilder::new(
            "SELECT DISTINCT c.currency FROM client AS c WHERE EXISTS (SELECT 1 FROM order_day AS d WHERE",
        );
        push_whose(&mut query, "d", whose);
        query.push(" AND d.org_id = c.org_id AND d.client = c.id)");
        let found = query.build_query_scalar::<String>().fetch_all(&self.reader).await;
        let mut currencies = found.context("reading the currencies of orders")?;
        if currencies.is_empty() {
            let clients = self.clients().await?.into_iter().filter(|client| match whose {
                Whose::Everybody => true,
                Whose::These(these) => these.contains(&client.id),
            });
            currencies = clients.map(|client| client.currency).collect();
            currencies.sort_unstable();
            currencies.dedup();
        }
        Ok(match currencies.as_slice() {
            [] => Some("USD".to_owned()),
            [one] => Some(one.clone()),
            _ => None,
        })
    }
}

/// Sums of a filter: orders that count, others, matched ones, then the measures.
fn summed(start: &str, filter: &OrderFilter) -> QueryBuilder<Sqlite> {
    let sum = |what: String| format!("CAST(COALESCE(SUM({what}), 0) AS BIGINT)");
    if filter.search.trim().is_empty() {
        let heads = ["orders", "uncounted", "matched * d.orders"];
        let sums = heads.iter().chain(&MEASURES).map(|name| sum(format!("d.{name}"))).collect::<Vec<_>>().join(", ");
        let mut query = QueryBuilder::new(format!("{start}{sums} FROM order_day AS d WHERE"));
        push_whose(&mut query, "d", &filter.whose);
        push_days(&mut query, "d.day", filter.range);
        push_kind(&mut query, "d", filter);
        return query;
    }
    let heads = ["o.counts", "1 - o.counts", "o.counts * o.matched"].map(str::to_owned);
    let measures = MEASURES.map(|name| format!("o.counts * o.{name}"));
    let sums = heads.into_iter().chain(measures).map(sum).collect::<Vec<_>>().join(", ");
    let mut query = QueryBuilder::new(format!("{start}{sums} FROM customer_order AS o WHERE"));
    push_filter(&mut query, filter);
    query
}

fn sums_of(row: &SqliteRow, first: usize, filter: &OrderFilter) -> anyhow::Result<OrderSums> {
    let count = |at: usize| -> anyhow::Result<u64> { Ok(count_of(row.try_get(first + at)?)) };
    let cents = |at: usize| -> anyhow::Result<Cents> { Ok(Cents(row.try_get(first + at)?)) };
    let (orders, uncounted) = (count(0)?, count(1)?);
    Ok(OrderSums {
        orders,
        listed: if filter.voided { orders + uncounted } else { orders },
        matched: count(2)?,
        guests: count(3)?,
        net: cents(4)?,
        gross: cents(5)?,
        discounts: cents(6)?,
        service_charges: cents(7)?,
        tax: cents(8)?,
        tips: cents(9)?,
        refunds: cents(10)?,
        total: cents(11)?,
        currency: None,
    })
}

/// Over one of the finer sums by day, under the name `t`.
fn narrow(sql: &str, filter: &OrderFilter) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new(sql);
    push_whose(&mut query, "t", &filter.whose);
    push_days(&mut query, "t.day", filter.range);
    if !filter.invoices {
        query.push(" AND t.invoice = 0");
    }
    query
}
