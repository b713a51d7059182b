//! Who used an agent, as a provider reports it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Usd;

/// What one person (or key) did with one model on one day at one terminal. For comparing; never part of the spend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PersonDay {
    /// A UTC day.
    pub date: NaiveDate,
    /// The e-mail address, or the name of the key.
    pub actor: String,
    pub is_key: bool,
    /// `api` or `subscription`.
    pub customer_type: String,
    pub terminal: String,
    pub model: String,
    pub tokens_in: u64,
    pub tokens_out: u64,
    /// The provider's estimate.
    pub cost: Usd,
    pub sessions: u64,
    pub lines_added: u64,
    pub lines_removed: u64,
    pub commits: u64,
    pub pull_requests: u64,
}
