//! The sync engine: the only writer of facts.
//!
//! One [`Engine::run`] stands behind the schedule, the Refresh button, the command line, the start-up and a changed
//! log file. It takes the lock, reads the sources one after another, computes the analytics from what is stored, and
//! publishes. A failing step is recorded and the others go on.

mod clock;
mod freshness;
mod judge;
pub mod lock;
mod publish;
mod run;
mod ticker;
mod tokens;
mod watch;

pub use clock::Clock;
pub use judge::Judge;
pub use publish::{Snapshot, compute, summarise};
pub use run::{Engine, LOCK_FILE, Outcome};
pub use ticker::{keep_time, keep_today};
pub use tokens::{Ingested, ingest, ingest_manual};
pub use watch::watch_logs;
