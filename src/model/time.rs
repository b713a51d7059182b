//! Points in time as pages carry them.

use serde::{Deserialize, Serialize};

/// An instant with its text in the user's zone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// RFC 3339, UTC.
    pub at: String,
    /// `20 Nov 2026, 11:45:02`
    pub text: String,
}
