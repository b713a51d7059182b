//! How a project is, in one number with its reasons, and what to do next.

use serde::{Deserialize, Serialize};

/// 0 to 100, and every point that was taken or given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Health {
    pub score: u8,
    pub reasons: Vec<Reason>,
    /// Measures without data, which count neither way, and how to get them: one sentence each.
    pub missing: Vec<String>,
}

/// Points of the score, negative for a deduction, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    pub points: i32,
    pub words: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    Critical,
    High,
    Medium,
    Low,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ActionCategory {
    Development,
    Testing,
    Quality,
    Deployment,
}

/// Something worth doing next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NextAction {
    /// The same for the same kind of action, so that a list can be followed over days.
    pub id: String,
    pub priority: Priority,
    pub category: ActionCategory,
    pub title: String,
    pub description: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub estimated_days: Option<u32>,
}
