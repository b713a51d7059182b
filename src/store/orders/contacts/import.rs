//! Many contacts at once: who is new, who is completed, and whose the orders are that were nobody's. One transaction.

use std::collections::BTreeSet;

use anyhow::Context;
use futures::TryStreamExt;
use sqlx::{AssertSqlSafe, Row, Sqlite, Transaction};

use super::contact_of;
use crate::model::{Contact, ContactBook, Taken};
use crate::store::meta::next_orders;
use crate::store::orders::rollup::recompute;
use crate::store::orders::write::of_orders;
use crate::store::usage::placeholders;
use crate::store::{LOCAL_ORG, Store};

/// Rows of one multi-row statement.
const ROWS: usize = 200;

/// What an import came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ContactsImported {
    pub added: u64,
    /// Those who were there and lacked an address or a telephone.
    pub completed: u64,
    pub known: u64,
    /// Orders that were nobody's and are somebody's now.
    pub matched: u64,
    /// More than a client may have: nothing was stored.
    pub too_many: bool,
}

/// Whether an import is kept, or only tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportMode {
    Keep,
    /// Everything is done and undone, so that what is said is what would be.
    Try,
}

impl Store {
    /// Returns all of a client's contacts, by name.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn contacts_of(&self, client: &str) -> anyhow::Result<Vec<Contact>> {
        self.all_contacts(client).await
    }

    /// Adds contacts and completes those that are known; nothing that is there is replaced. Then orders that are
    /// nobody's are matched by mail address or telephone; what somebody decided by hand stays, "nobody's" too. Reads
    /// every unmatched order of the client once.
    ///
    /// # Errors
    /// When the database cannot be written; nothing has changed then.
    pub async fn import_contacts(
        &self,
        client: &str,
        contacts: &[Contact],
        most: usize,
        mode: ImportMode,
        now_ms: i64,
    ) -> anyhow::Result<ContactsImported> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await.context("starting to write contacts")?;
        let mut book = ContactBook::of(stored(&mut tx, client).await?);
        let mut done = ContactsImported::default();
        let mut touched = BTreeSet::new();
        for contact in contacts {
            let (at, taken) = book.take(contact);
            match taken {
                Taken::Added => done.added += 1,
                Taken::Completed => done.completed += 1,
                Taken::Known => done.known += 1,
            }
            if taken != Taken::Known {
                touched.insert(at);
            }
        }
        if book.contacts().len() > most {
            return Ok(ContactsImported { too_many: true, ..done });
        }
        let written: Vec<&Contact> = touched.into_iter().filter_map(|at| book.contacts().get(at)).collect();
        write(&mut tx, client, &written, now_ms).await?;
        let found = unmatched(&mut tx, client, &book).await?;
        done.matched = u64::try_from(found.len()).unwrap_or(u64::MAX);
        if mode == ImportMode::Try {
            tx.rollback().await.context("undoing the try")?;
            return Ok(done);
        }
        if done.added + done.completed + done.matched > 0 {
            let days = link(&mut tx, client, &found, now_ms).await?;
            recompute(&mut tx, client, &days).await?;
            next_orders(&mut tx).await?;
            tx.commit().await.context("committing contacts")?;
        }
        Ok(done)
    }
}

async fn stored(tx: &mut Transaction<'_, Sqlite>, client: &str) -> anyhow::Result<Vec<Contact>> {
    let rows = sqlx::query("SELECT id, name, email, phone FROM contact WHERE org_id = $1 AND client = $2 ORDER BY id")
        .bind(LOCAL_ORG)
        .bind(client)
        .fetch_all(&mut **tx)
        .await
        .context("reading the contacts")?;
    rows.iter().map(|row| contact_of(row, client)).collect()
}

async fn write(
    tx: &mut Transaction<'_, Sqlite>,
    client: &str,
    contacts: &[&Contact],
    now_ms: i64,
) -> anyhow::Result<()> {
    for contacts in contacts.chunks(ROWS) {
        let sql = format!(
            "INSERT INTO contact (org_id, client, id, name, email, phone, created_ms) VALUES {} \
             ON CONFLICT (org_id, client, id) DO UPDATE SET email = excluded.email, phone = excluded.phone",
            placeholders(contacts.len(), 7)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for contact in contacts {
            query = query.bind(LOCAL_ORG).bind(client).bind(&contact.id).bind(&contact.name);
            query = query.bind(&contact.email).bind(&contact.phone).bind(now_ms);
        }
        query.execute(&mut **tx).await.context("writing contacts")?;
    }
    Ok(())
}

/// An order and whose it is.
struct Found {
    guid: String,
    day: i64,
    contact: String,
}

/// Orders of which nothing is decided and which say who placed them, with the contact that is.
async fn unmatched(tx: &mut Transaction<'_, Sqlite>, client: &str, book: &ContactBook) -> anyhow::Result<Vec<Found>> {
    let mut rows = sqlx::query(
        "SELECT o.guid, o.business_day, o.customer_email, o.customer_phone FROM customer_order AS o \
         LEFT JOIN order_match AS m ON m.org_id = o.org_id AND m.client = o.client AND m.guid = o.guid \
         WHERE o.org_id = $1 AND o.client = $2 AND o.matched = 0 AND m.guid IS NULL \
         AND (o.customer_email <> '' OR o.customer_phone <> '')",
    )
    .bind(LOCAL_ORG)
    .bind(client)
    .fetch(&mut **tx);
    let mut found = Vec::new();
    while let Some(row) = rows.try_next().await.context("looking for orders that are nobody's")? {
        let (email, phone): (&str, &str) = (row.try_get(2)?, row.try_get(3)?);
        if let Some(contact) = book.whose(email, phone) {
            found.push(Found { guid: row.try_get(0)?, day: row.try_get(1)?, contact: contact.id.clone() });
        }
    }
    Ok(found)
}

/// Notes whose orders they are; returns the days whose sums change by it.
async fn link(
    tx: &mut Transaction<'_, Sqlite>,
    client: &str,
    found: &[Found],
    now_ms: i64,
) -> anyhow::Result<BTreeSet<i64>> {
    let mut days: BTreeSet<i64> = found.iter().map(|order| order.day).collect();
    for found in found.chunks(ROWS) {
        let sql = format!(
            "INSERT INTO order_match (org_id, client, guid, contact, manual, matched_ms) VALUES {}",
            placeholders(found.len(), 6)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for order in found {
            query = query.bind(LOCAL_ORG).bind(client).bind(&order.guid).bind(&order.contact).bind(0_i64).bind(now_ms);
        }
        query.execute(&mut **tx).await.context("noting whose orders they are")?;
        let guids = || found.iter().map(|order| order.guid.as_str());
        let mut mark = of_orders("UPDATE customer_order SET matched = 1", client, guids());
        mark.build().execute(&mut **tx).await.context("marking orders as matched")?;
        // They tell matched orders from others, too.
        let mut refunds = of_orders("SELECT DISTINCT refund_day FROM order_payment", client, guids());
        days.extend(refunds.build_query_scalar::<Option<i64>>().fetch_all(&mut **tx).await?.into_iter().flatten());
    }
    Ok(days)
}
