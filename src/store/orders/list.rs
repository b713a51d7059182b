//! The list of orders, a page at a time.

use anyhow::Context;
use sqlx::{QueryBuilder, Row, Sqlite};

use super::{day_of, push_filter, push_whose};
use crate::model::{Cents, ContactLink, OrderFilter, OrderPage, OrderRow, OrderSort, OrderState, Whose, epoch_day};
use crate::store::Store;

impl Store {
    /// Returns a page of the orders a filter means.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn order_page(&self, filter: &OrderFilter, page: OrderPage) -> anyhow::Result<Vec<OrderRow>> {
        let order = order_by(page);
        let mut query = keys(filter);
        query.push(format!(" ORDER BY {order} LIMIT ")).push_bind(i64::from(page.limit));
        query.push(" OFFSET ").push_bind(i64::from(page.offset));
        self.order_rows(query, &order).await
    }

    /// Returns the orders a filter means, oldest first, that come after one: what is written meanwhile neither repeats
    /// nor leaves out another.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn orders_after(
        &self,
        filter: &OrderFilter,
        after: Option<&OrderRow>,
        limit: u32,
    ) -> anyhow::Result<Vec<OrderRow>> {
        let page = OrderPage { sort: OrderSort::Opened, descending: false, offset: 0, limit };
        let order = order_by(page);
        let mut query = keys(filter);
        if let Some(row) = after {
            query.push(" AND (o.business_day, o.opened_ms, o.client, o.guid) > (");
            query.push_bind(i64::from(epoch_day(row.business_day))).push(", ");
            query.push_bind(row.opened_ms.unwrap_or(0)).push(", ");
            query.push_bind(row.client.clone()).push(", ").push_bind(row.guid.clone()).push(")");
        }
        query.push(format!(" ORDER BY {order} LIMIT ")).push_bind(i64::from(limit));
        self.order_rows(query, &order).await
    }

    /// Looks up the rows of keys that were chosen; only those.
    async fn order_rows(&self, mut query: QueryBuilder<Sqlite>, order: &str) -> anyhow::Result<Vec<OrderRow>> {
        query.push(format!(
            ") AS k JOIN customer_order AS o ON o.org_id = k.org_id AND o.client = k.client AND o.guid = k.guid \
             LEFT JOIN order_match AS m ON m.org_id = o.org_id AND m.client = o.client AND m.guid = o.guid \
             AND m.contact IS NOT NULL \
             LEFT JOIN contact AS c ON c.org_id = m.org_id AND c.client = m.client AND c.id = m.contact ORDER BY {order}"
        ));
        let rows = query.build().fetch_all(&self.reader).await.context("reading a page of orders")?;
        rows.iter()
            .map(|row| {
                let state: String = row.try_get(6)?;
                let opened: i64 = row.try_get(4)?;
                let link = match (row.try_get(12)?, row.try_get::<Option<String>, _>(13)?) {
                    (Some(contact), Some(name)) => {
                        Some(ContactLink { contact, name, manual: row.try_get::<i64, _>(14)? != 0 })
                    }
                    _ => None,
                };
                Ok(OrderRow {
                    client: row.try_get(0)?,
                    guid: row.try_get(1)?,
                    number: row.try_get(2)?,
                    business_day: day_of(row.try_get(3)?),
                    opened_ms: (opened != 0).then_some(opened),
                    source: row.try_get(5)?,
                    state: OrderState::parse(&state).unwrap_or_default(),
                    net: Cents(row.try_get(7)?),
                    tips: Cents(row.try_get(8)?),
                    refunds: Cents(row.try_get(9)?),
                    total: Cents(row.try_get(10)?),
                    customer: row.try_get(11)?,
                    link,
                })
            })
            .collect()
    }

    /// Returns the sources orders came from, by name, for the choice of a filter.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn order_sources(&self, whose: &Whose) -> anyhow::Result<Vec<String>> {
        let mut query = QueryBuilder::new("SELECT DISTINCT d.source FROM order_day AS d WHERE");
        push_whose(&mut query, "d", whose);
        query.push(" AND d.source <> '' ORDER BY d.source");
        query.build_query_scalar().fetch_all(&self.reader).await.context("reading the sources of orders")
    }
}

/// The keys come from an index alone; the order and the limit are to be added.
fn keys(filter: &OrderFilter) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new(
        "SELECT o.client, o.guid, o.number, o.business_day, o.opened_ms, o.source, o.state, o.net, o.tips, \
         o.refunds, o.total, o.customer_name, m.contact, c.name, m.manual FROM (SELECT o.org_id, o.client, o.guid \
         FROM customer_order AS o WHERE",
    );
    push_filter(&mut query, filter);
    query
}

/// Every sort ends with what tells two orders apart, so that no page repeats a row of another.
fn order_by(page: OrderPage) -> String {
    let way = if page.descending { "DESC" } else { "ASC" };
    let rest = format!("o.business_day {way}, o.opened_ms {way}, o.client {way}, o.guid {way}");
    match page.sort {
        OrderSort::Opened => rest,
        // Numbers are text, and most of them numbers.
        OrderSort::Number => format!("LENGTH(o.number) {way}, o.number {way}, {rest}"),
        OrderSort::Customer => format!(
            "CASE WHEN o.customer_name = '' THEN 1 ELSE 0 END, LOWER(o.customer_name) {way}, o.customer_name {way}, {rest}"
        ),
        OrderSort::Source => format!("o.source {way}, {rest}"),
        OrderSort::Total => format!("o.total {way}, {rest}"),
        OrderSort::Tips => format!("o.tips {way}, {rest}"),
    }
}
