//! Contacts, and whose order it is. What somebody decided stands until somebody decides otherwise.

mod import;

use std::collections::BTreeSet;

use anyhow::Context;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, Sqlite, Transaction};

pub use import::{ContactsImported, ImportMode};

use super::rollup::recompute;
use crate::model::{Contact, ContactLink, ContactScore, Order, plain_email, plain_phone};
use crate::store::meta::next_orders;
use crate::store::{LOCAL_ORG, Store};

/// More contacts than this are not looked through for one that resembles.
const CONTACTS_MAX: i64 = 20_000;

impl Store {
    /// Returns a client's contacts by name, those a text is found in.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn contacts(&self, client: &str, search: &str, limit: u32) -> anyhow::Result<Vec<Contact>> {
        let found = self.all_contacts(client).await?.into_iter().filter(|contact| is_found(contact, search));
        Ok(found.take(usize::try_from(limit).unwrap_or(usize::MAX)).collect())
    }

    /// Returns the contacts that resemble who placed an order, the likeliest first; none when nothing is kept of who
    /// that was.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn similar_contacts(&self, client: &str, guid: &str, limit: u32) -> anyhow::Result<Vec<ContactScore>> {
        let Some(customer) = self.order(client, guid).await?.and_then(|order| order.customer) else {
            return Ok(Vec::new());
        };
        let contacts = self.all_contacts(client).await?.into_iter();
        let mut scores: Vec<ContactScore> = contacts
            .map(|contact| ContactScore { score: customer.resembles(&contact), contact })
            .filter(|score| score.score > 0)
            .collect();
        scores.sort_by_key(|score| std::cmp::Reverse(score.score));
        scores.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(scores)
    }

    /// Adds a contact, or changes the one of its id, and gives it the orders that are its by mail address or telephone
    /// and nobody's yet.
    ///
    /// # Errors
    /// When the database cannot be written; nothing has changed then.
    pub async fn save_contact(&self, contact: &Contact, now_ms: i64) -> anyhow::Result<()> {
        let (email, phone) = (plain_email(&contact.email), plain_phone(&contact.phone));
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query(
            "INSERT INTO contact (org_id, client, id, name, email, phone, created_ms) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (org_id, client, id) DO UPDATE SET name = excluded.name, \
             email = excluded.email, phone = excluded.phone",
        )
        .bind(LOCAL_ORG)
        .bind(&contact.client)
        .bind(&contact.id)
        .bind(contact.name.trim())
        .bind(&email)
        .bind(&phone)
        .bind(now_ms)
        .execute(&mut *tx)
        .await
        .context("writing a contact")?;
        let guids: Vec<(String, i64)> = sqlx::query_as(
            "SELECT o.guid, o.business_day FROM customer_order AS o LEFT JOIN order_match AS m \
             ON m.org_id = o.org_id AND m.client = o.client AND m.guid = o.guid \
             WHERE o.org_id = $1 AND o.client = $2 AND m.guid IS NULL \
             AND ((o.customer_email <> '' AND o.customer_email = $3) OR (o.customer_phone <> '' AND o.customer_phone = $4))",
        )
        .bind(LOCAL_ORG)
        .bind(&contact.client)
        .bind(&email)
        .bind(&phone)
        .fetch_all(&mut *tx)
        .await?;
        let mut days = BTreeSet::new();
        for (guid, day) in guids {
            set_link(&mut tx, &contact.client, &guid, Some(&contact.id), false, now_ms).await?;
            days.insert(day);
            days.extend(refund_days(&mut tx, &contact.client, &guid).await?);
        }
        recompute(&mut tx, &contact.client, &days).await?;
        next_orders(&mut tx).await?;
        tx.commit().await.context("committing a contact")
    }

    /// Returns the contact of an order.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn contact_link(&self, client: &str, guid: &str) -> anyhow::Result<Option<ContactLink>> {
        let row = sqlx::query(
            "SELECT c.id, c.name, m.manual FROM order_match AS m JOIN contact AS c ON c.org_id = m.org_id \
             AND c.client = m.client AND c.id = m.contact WHERE m.org_id = $1 AND m.client = $2 AND m.guid = $3",
        )
        .bind(LOCAL_ORG)
        .bind(client)
        .bind(guid)
        .fetch_optional(&self.reader)
        .await
        .context("reading the contact of an order")?;
        row.map(|row| {
            let manual = row.try_get::<i64, _>(2)? != 0;
            Ok(ContactLink { contact: row.try_get(0)?, name: row.try_get(1)?, manual })
        })
        .transpose()
    }

    /// Notes what somebody decided about whose order it is; `None` is nobody's, which no sync changes either. False
    /// when there is no such order or contact.
    ///
    /// # Errors
    /// When the database cannot be written; nothing has changed then.
    pub async fn link_order(
        &self,
        client: &str,
        guid: &str,
        contact: Option<&str>,
        now_ms: i64,
    ) -> anyhow::Result<bool> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let day: Option<i64> = sqlx::query_scalar(
            "SELECT business_day FROM customer_order WHERE org_id = $1 AND client = $2 AND guid = $3",
        )
        .bind(LOCAL_ORG)
        .bind(client)
        .bind(guid)
        .fetch_optional(&mut *tx)
        .await?;
        let Some(day) = day else { return Ok(false) };
        if let Some(contact) = contact {
            let known: Option<i64> =
                sqlx::query_scalar("SELECT 1 FROM contact WHERE org_id = $1 AND client = $2 AND id = $3")
                    .bind(LOCAL_ORG)
                    .bind(client)
                    .bind(contact)
                    .fetch_optional(&mut *tx)
                    .await?;
            if known.is_none() {
                return Ok(false);
            }
        }
        set_link(&mut tx, client, guid, contact, true, now_ms).await?;
        let mut days = BTreeSet::from([day]);
        days.extend(refund_days(&mut tx, client, guid).await?);
        recompute(&mut tx, client, &days).await?;
        next_orders(&mut tx).await?;
        tx.commit().await.context("committing whose order it is")?;
        Ok(true)
    }

    async fn all_contacts(&self, client: &str) -> anyhow::Result<Vec<Contact>> {
        let rows = sqlx::query(
            "SELECT id, name, email, phone FROM contact WHERE org_id = $1 AND client = $2 ORDER BY name, id LIMIT $3",
        )
        .bind(LOCAL_ORG)
        .bind(client)
        .bind(CONTACTS_MAX)
        .fetch_all(&self.reader)
        .await
        .context("reading the contacts")?;
        rows.iter().map(|row| contact_of(row, client)).collect()
    }
}

/// The days on which something of an order was given back: they tell matched orders from others, too.
async fn refund_days(tx: &mut Transaction<'_, Sqlite>, client: &str, guid: &str) -> anyhow::Result<Vec<i64>> {
    let sql = "SELECT DISTINCT refund_day FROM order_payment WHERE org_id = $1 AND client = $2 AND guid = $3";
    let query = sqlx::query_scalar::<_, Option<i64>>(sql).bind(LOCAL_ORG).bind(client).bind(guid);
    let days = query.fetch_all(&mut **tx).await.context("reading the days of refunds")?;
    Ok(days.into_iter().flatten().collect())
}

fn contact_of(row: &SqliteRow, client: &str) -> anyhow::Result<Contact> {
    Ok(Contact {
        id: row.try_get(0)?,
        client: client.to_owned(),
        name: row.try_get(1)?,
        email: row.try_get(2)?,
        phone: row.try_get(3)?,
    })
}

fn is_found(contact: &Contact, search: &str) -> bool {
    let (text, digits) = (search.trim().to_lowercase(), plain_phone(search));
    text.is_empty()
        || contact.name.to_lowercase().contains(&text)
        || contact.email.contains(&text)
        || (!digits.is_empty() && contact.phone.contains(&digits))
}

/// Finds the contacts of orders that say who placed them; what somebody decided stays, and so does what a customer who
/// is not kept was matched to.
pub(super) async fn match_orders(
    tx: &mut Transaction<'_, Sqlite>,
    client: &str,
    orders: &[&Order],
    now_ms: i64,
) -> anyhow::Result<()> {
    for order in orders {
        if let Some(customer) = &order.customer {
            let by = [("email", &customer.email), ("phone", &customer.phone)];
            let mut contact = None;
            for (column, value) in by.into_iter().filter(|(_, value)| !value.is_empty()) {
                if contact.is_none() {
                    contact = contact_by(tx, client, column, value).await?;
                }
            }
            let manual = is_manual(tx, client, &order.guid).await?;
            match (manual, contact) {
                (true, _) => {}
                (false, Some(contact)) => set_link(tx, client, &order.guid, Some(&contact), false, now_ms).await?,
                (false, None) => remove_link(tx, client, &order.guid).await?,
            }
        }
    }
    Ok(())
}

async fn contact_by(
    tx: &mut Transaction<'_, Sqlite>,
    client: &str,
    column: &str,
    value: &str,
) -> anyhow::Result<Option<String>> {
    let sql = format!("SELECT id FROM contact WHERE org_id = $1 AND client = $2 AND {column} = $3 ORDER BY id LIMIT 1");
    let query = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(LOCAL_ORG).bind(client).bind(value);
    query.fetch_optional(&mut **tx).await.context("looking for a contact")
}

async fn is_manual(tx: &mut Transaction<'_, Sqlite>, client: &str, guid: &str) -> anyhow::Result<bool> {
    let manual: Option<i64> =
        sqlx::query_scalar("SELECT manual FROM order_match WHERE org_id = $1 AND client = $2 AND guid = $3")
            .bind(LOCAL_ORG)
            .bind(client)
            .bind(guid)
            .fetch_optional(&mut **tx)
            .await?;
    Ok(manual == Some(1))
}

async fn set_link(
    tx: &mut Transaction<'_, Sqlite>,
    client: &str,
    guid: &str,
    contact: Option<&str>,
    manual: bool,
    now_ms: i64,
) -> anyhow::Result<()> {
    sqlx::query(
        "INSERT INTO order_match (org_id, client, guid, contact, manual, matched_ms) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (org_id, client, guid) DO UPDATE SET contact = excluded.contact, manual = excluded.manual, \
         matched_ms = excluded.matched_ms",
    )
    .bind(LOCAL_ORG)
    .bind(client)
    .bind(guid)
    .bind(contact)
    .bind(i64::from(manual))
    .bind(now_ms)
    .execute(&mut **tx)
    .await
    .context("noting whose order it is")?;
    mark(tx, client, guid, contact.is_some()).await
}

async fn remove_link(tx: &mut Transaction<'_, Sqlite>, client: &str, guid: &str) -> anyhow::Result<()> {
    sqlx::query("DELETE FROM order_match WHERE org_id = $1 AND client = $2 AND guid = $3")
        .bind(LOCAL_ORG)
        .bind(client)
        .bind(guid)
        .execute(&mut **tx)
        .await?;
    mark(tx, client, guid, false).await
}

async fn mark(tx: &mut Transaction<'_, Sqlite>, client: &str, guid: &str, matched: bool) -> anyhow::Result<()> {
    sqlx::query("UPDATE customer_order SET matched = $4 WHERE org_id = $1 AND client = $2 AND guid = $3")
        .bind(LOCAL_ORG)
        .bind(client)
        .bind(guid)
        .bind(i64::from(matched))
        .execute(&mut **tx)
        .await?;
    Ok(())
}
