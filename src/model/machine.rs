//! Machines that push to a hub, and whose a session is.

use serde::{Deserialize, Serialize};

/// Where the spend stands that nobody is named for.
pub const NO_MEMBER: &str = "(nobody named)";
/// Where the spend stands of telemetry that does not say which machine it is from.
pub const TELEMETRY_MACHINE: &str = "(telemetry)";
/// Where the spend stands that was imported from a file.
pub const IMPORT_MACHINE: &str = "(imported)";

/// A machine with a token of its own. The token itself is kept nowhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Machine {
    pub id: String,
    pub name: String,
    /// Who works on it; empty when nobody said.
    pub person: String,
    pub created_ms: i64,
    pub last_seen_ms: Option<i64>,
    pub revoked_ms: Option<i64>,
    /// The installation that uses the token, and what it calls itself; empty before the first push.
    pub instance: String,
    pub host: String,
    pub pushed_ms: Option<i64>,
}

/// The machine and the person of a session; what nobody told is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct SessionTag {
    pub source: String,
    pub session: String,
    /// The id of a machine.
    pub machine: String,
    /// What it calls itself, when it has no id here.
    pub host: String,
    pub person: String,
}
