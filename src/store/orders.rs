//! Orders of clients: the one road in (`Store::apply_orders`), and what is asked of them.
//!
//! Of two versions of an order the one changed later holds, whatever comes first; what belongs to it (items, payments)
//! is replaced as a set. Sums of every business day that was touched are computed anew in the same transaction, which
//! also moves the cursor. Whose order it is stands apart, so that no sync ever loses what somebody decided.

mod contacts;
mod cursors;
mod list;
mod one;
mod rollup;
mod sums;
mod unreadable;
mod words;
mod write;

pub use contacts::{ContactsImported, ImportMode};
pub use cursors::{OrderCursor, OrderCursorKind};
pub use unreadable::{UnreadableOrder, WholeDay};
pub(super) use words::forget_customers;
pub use write::{OrderBatch, OrdersApplied};

use sqlx::{QueryBuilder, Sqlite};

use super::LOCAL_ORG;
use crate::model::{DateRange, OrderFilter, Whose, epoch_day, from_epoch_day};

/// What `LIKE` takes for more than itself.
const ESCAPE: char = '\\';

/// Adds `org_id = … AND` the clients meant.
fn push_whose(query: &mut QueryBuilder<Sqlite>, table: &str, whose: &Whose) {
    query.push(format!(" {table}.org_id = ")).push_bind(LOCAL_ORG);
    match whose {
        Whose::Everybody => {}
        Whose::These(clients) => match clients.as_slice() {
            [] => {
                query.push(" AND 1 = 0");
            }
            [client] => {
                query.push(format!(" AND {table}.client = ")).push_bind(client.clone());
            }
            clients => {
                query.push(format!(" AND {table}.client IN ("));
                let mut list = query.separated(", ");
                clients.iter().for_each(|client| {
                    list.push_bind(client.clone());
                });
                query.push(")");
            }
        },
    }
}

fn push_days(query: &mut QueryBuilder<Sqlite>, column: &str, range: DateRange) {
    query.push(format!(" AND {column} >= ")).push_bind(i64::from(epoch_day(range.from)));
    query.push(format!(" AND {column} <= ")).push_bind(i64::from(epoch_day(range.to)));
}

/// Adds the condition of a filter over `customer_order`, under the name `o`.
fn push_filter(query: &mut QueryBuilder<Sqlite>, filter: &OrderFilter) {
    push_whose(query, "o", &filter.whose);
    push_days(query, "o.business_day", filter.range);
    push_kind(query, "o", filter);
    if !filter.voided {
        query.push(" AND o.counts = 1");
    }
    for word in filter.search.split_whitespace().map(str::to_lowercase) {
        query.push(" AND o.words LIKE ").push_bind(format!("%{}%", escaped(&word))).push(format!(" ESCAPE '{ESCAPE}'"));
    }
}

/// Adds what sums and orders are both filtered by.
fn push_kind(query: &mut QueryBuilder<Sqlite>, table: &str, filter: &OrderFilter) {
    if !filter.source.is_empty() {
        query.push(format!(" AND {table}.source = ")).push_bind(filter.source.clone());
    } else if !filter.invoices {
        query.push(format!(" AND {table}.source <> ")).push_bind(crate::model::INVOICE_SOURCE);
    }
    if let Some(matched) = filter.matched {
        query.push(format!(" AND {table}.matched = ")).push_bind(i64::from(matched));
    }
}

fn escaped(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for letter in word.chars() {
        if matches!(letter, '%' | '_' | ESCAPE) {
            out.push(ESCAPE);
        }
        out.push(letter);
    }
    out
}

fn day_of(value: i64) -> chrono::NaiveDate {
    from_epoch_day(i32::try_from(value).unwrap_or(0))
}

fn count_of(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}
