//! The words of the product as plain data: what a fact, a window, a run is.
//!
//! Compiled for both sides of the wire. Types here are serde-able, have small total methods, and never do IO, read a
//! clock or panic on any value.

mod analytics;
mod chart;
mod fingerprint;
mod money;
mod sighting;
mod spend;
mod sync;
mod time;
mod tokens;
mod usage;
mod window;

pub use analytics::{Analytics, Breakdown, DaySpend, Freshness, FreshnessState, PreviousWindow, WindowStats};
pub use chart::Chart;
pub use fingerprint::fingerprint;
pub use money::Usd;
pub use sighting::{escaped, is_shadow, message_prefix, push_sighting_key, rank};
pub use spend::{CostByBasis, Spend, Unpriced};
pub use sync::{LiveState, RunStatus, Running, StepStatus, SyncRun, SyncStatusFile, SyncStep, Trigger};
pub use time::Moment;
pub use tokens::{Tokens, compact};
pub use usage::{Basis, Batch, Cursor, RollupRow, SessionRow, UsageEvent, epoch_day, from_epoch_day};
pub use window::{DateRange, Window};
