//! The list of orders, a page at a time.

use anyhow::Context;
use sqlx::{QueryBuilder, Row};

use super::{day_of, push_filter, push_whose};
use crate::model::{Cents, ContactLink, OrderFilter, OrderPage, OrderRow, OrderSort, OrderState, Whose};
use crate::store::Store;

impl Store {
    /// Returns a page of the orders a filter means.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn order_page(&self, filter: &OrderFilter, page: OrderPage) -> anyhow::Result<Vec<OrderRow>> {
        let order = order_by(page);
        // The keys come from an index alone; only the rows of the page itself are looked up.
        let mut query = QueryBuilder::new(
            "SELECT o.client, o.guid, o.number, o.business_day, o.opened_ms, o.source, o.state, o.net, o.tips, \
             o.refunds, o.total, o.customer_name, m.contact, c.name, m.manual FROM (SELECT o.org_id, o.client, o.guid \
             FROM customer_order AS o WHERE",
        );
        push_filter(&mut query, filter);
        query.push(format!(" ORDER BY {order} LIMIT ")).push_bind(i64::from(page.limit));
        query.push(" OFFSET ").push_bind(i64::from(page.offset));
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

/// Every sort ends with what tells two orders apart, so that no page repeats a row of another.
fn order_by(page: OrderPage) -> String {
    let way = if page.descending { "DESC" } else { "ASC" };
    let rest = format!("o.business_day {way}, o.opened_ms {way}, o.client {way}, o.guid {way}");
    match page.sort {
        OrderSort::Opened => rest,
        // Numbers are text, and most of them numbers.
        OrderSort::Number => format!("LENGTH(o.number) {way}, o.number {way}, {rest}"),
        OrderSort::Source => format!("o.source {way}, {rest}"),
        OrderSort::Total => format!("o.total {way}, {rest}"),
        OrderSort::Tips => format!("o.tips {way}, {rest}"),
    }
}
