//! The sync engine: the only writer of facts.
//!
//! One [`Engine::run`] stands behind the schedule, the Refresh button, the command line, the start-up and a changed
//! log file. It takes the lock, reads the sources one after another, computes the analytics from what is stored, and
//! publishes. A failing step is recorded and the others go on.

mod alerts;
mod attribution;
mod clock;
mod compute;
mod counted;
mod covered;
mod deliver;
mod digest;
mod engine;
mod freshness;
mod instance;
mod judge;
mod live_orders;
pub mod lock;
mod machines;
mod orders;
mod probe;
mod projects;
mod publish;
mod push;
pub(crate) mod quality;
mod read_on;
mod receive;
mod reprice;
mod run;
mod snapshot;
mod ticker;
mod tokens;
mod watch;
mod web_push;

pub use attribution::attribution;
pub use clock::Clock;
pub use compute::compute;
pub use counted::{Counted, counted_once, rejudged, sellers, with_margin};
pub use covered::{covered, known_days};
pub use deliver::{Tested, keep_telling};
pub(crate) use digest::digest;
pub use engine::{Engine, LOCK_FILE};
pub use instance::Instance;
pub use judge::Judge;
#[cfg(test)]
pub(crate) use live_orders::LiveOrders;
pub use live_orders::{HEARTBEAT, keep_orders_live};
pub use machines::{TOKEN_PREFIX, add_machine, machines, token_hash};
pub use orders::{ClientOutcome, ClientSynced, OrderPushed, RESYNC_DAYS, TestBy, TestedClient};
pub use probe::Probed;
pub use push::{Hub, Pushed};
pub use receive::Taken;
pub use reprice::Repriced;
pub use run::Outcome;
pub use snapshot::{AlsoSeen, Snapshot};
pub use ticker::{keep_current, keep_time};
pub use tokens::{Ingested, ingest, ingest_manual};
pub use watch::watch_logs;
pub use web_push::{Subscribed, is_subscriber, subscriber};
