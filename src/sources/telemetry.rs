//! OpenTelemetry as agents and programs send it (OTLP/HTTP): from the bytes of a request to readings and facts.
//!
//! Pure: the clock is an argument, and nothing here knows HTTP or the store. One bad item loses only itself; what is not
//! understood as a whole is an error in words. Prompt and answer text is never looked at.

mod attributes;
mod decode;
mod events;
mod instant;
mod json;
mod message;
mod metrics;
mod protobuf;
mod request;

use crate::model::{Readings, SessionTag, UsageEvent};
use crate::sources::Problems;

pub use decode::{Encoding, inflate, logs, metrics};

/// Requests, one by one, as log records tell of them.
pub const EVENTS: &str = "telemetry_events";
/// Counters.
pub const METRICS: &str = "telemetry_metrics";

/// More in one item is damage, and would spoil every sum.
const MAX_TOKENS: u64 = 1_000_000_000_000;
/// The longest id or name that is kept.
const MAX_NAME: usize = 300;

/// What a request held beside what is counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// Items that should have counted and cannot, with the first few named.
    pub rejected: Problems,
    /// Items that are none of ours: other metrics, other events.
    pub ignored: Problems,
    /// Whose the sessions are.
    pub tags: Vec<SessionTag>,
}

/// A request for `/v1/metrics`, understood.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    pub readings: Readings,
    pub notes: Notes,
}

/// A request for `/v1/logs`, understood.
#[derive(Clone, Debug, Default)]
pub struct Events {
    pub events: Vec<UsageEvent>,
    pub notes: Notes,
}

#[cfg(test)]
mod tests;
