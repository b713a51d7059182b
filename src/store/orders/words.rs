//! What a search of orders looks in, and how the guests go from it.

use anyhow::Context;
use sqlx::{Row, Sqlite, Transaction};

use crate::model::{Customer, Order};
use crate::store::LOCAL_ORG;

/// What a search looks in: the number, who ordered, and what.
pub(super) fn words_of(order: &Order) -> String {
    words(&order.number, order.customer.as_ref(), order.items.iter().map(|item| item.name.as_str()))
}

fn words<'a>(number: &str, customer: Option<&Customer>, items: impl Iterator<Item = &'a str>) -> String {
    let mut words = vec![number.to_lowercase()];
    if let Some(customer) = customer {
        words.extend([&customer.name, &customer.email, &customer.phone].map(|text| text.to_lowercase()));
    }
    for name in items.map(str::to_lowercase) {
        if !words.contains(&name) {
            words.push(name);
        }
    }
    words.join("\n")
}

/// Who ordered is forgotten as soon as it is not to be kept; contacts, which somebody entered, stay.
pub(in crate::store) async fn forget_customers(tx: &mut Transaction<'_, Sqlite>, client: &str) -> anyhow::Result<()> {
    let rows = sqlx::query(
        "SELECT o.guid, o.number, i.name FROM customer_order AS o LEFT JOIN order_item AS i ON i.org_id = o.org_id \
         AND i.client = o.client AND i.guid = o.guid AND i.depth = 0 WHERE o.org_id = $1 AND o.client = $2 \
         AND (o.customer_name <> '' OR o.customer_email <> '' OR o.customer_phone <> '') ORDER BY o.guid, i.position",
    )
    .bind(LOCAL_ORG)
    .bind(client)
    .fetch_all(&mut **tx)
    .await
    .context("looking for who ordered")?;
    let mut orders: Vec<(String, String, Vec<String>)> = Vec::new();
    for row in &rows {
        let guid: String = row.try_get(0)?;
        if orders.last().is_none_or(|(last, ..)| *last != guid) {
            orders.push((guid, row.try_get(1)?, Vec::new()));
        }
        if let (Some((.., items)), Some(name)) = (orders.last_mut(), row.try_get::<Option<String>, _>(2)?) {
            items.push(name);
        }
    }
    sqlx::query("UPDATE order_payment SET last_digits = '' WHERE org_id = $1 AND client = $2 AND last_digits <> ''")
        .bind(LOCAL_ORG)
        .bind(client)
        .execute(&mut **tx)
        .await
        .context("forgetting the cards of guests")?;
    for (guid, number, items) in orders {
        sqlx::query(
            "UPDATE customer_order SET words = $4, customer_name = '', customer_email = '', customer_phone = '' \
             WHERE org_id = $1 AND client = $2 AND guid = $3",
        )
        .bind(LOCAL_ORG)
        .bind(client)
        .bind(guid)
        .bind(words(&number, None, items.iter().map(String::as_str)))
        .execute(&mut **tx)
        .await
        .context("forgetting who ordered")?;
    }
    Ok(())
}
