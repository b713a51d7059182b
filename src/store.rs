//! Where everything is kept: the database is the state, JSON documents are published from it, JSONL is the archive.
//!
//! Knows SQL and files, and nothing of sources, HTTP or prices. All writes of facts go through [`Store::apply`], in
//! one transaction with the roll-ups and cursors they imply, so that a half-finished sync is never visible.

mod alerts;
mod audit;
mod beside;
mod billed;
mod clients;
mod db;
pub mod documents;
pub mod history;
mod imports;
mod machines;
mod merge;
mod meta;
mod order_events;
mod orders;
mod outbox;
mod outgoing;
mod people;
mod projects;
mod push;
mod quality;
mod rollup;
mod runs;
mod session_tags;
mod sessions;
mod span;
mod telemetry;
mod tokens;
mod usage;
mod users;

pub use alerts::{Concluded, Conclusion};
pub use audit::AuditEntry;
pub use clients::{ClientKeys, ClientLogin};
pub use db::Store;
pub use order_events::OrderEvent;
pub use orders::{
    ContactsImported, ImportMode, OrderBatch, OrderCursor, OrderCursorKind, OrdersApplied, UnreadableOrder, WholeDay,
};
pub use outbox::{Claimed, Message, Settled};
pub use outgoing::Outgoing;
pub use projects::{Scanned, StoredProject};
pub use runs::SourceState;
pub use sessions::{Lifetime, StoredSession};
pub use telemetry::Accumulated;
pub use tokens::ApiToken;
pub use usage::Applied;
pub use users::{User, UserChange};

/// The only organisation of a single machine; first in every key, so that a hub can hold many.
pub const LOCAL_ORG: &str = "local";
