//! What a budget or an alert is about: all spend, or a part of it.

use serde::{Deserialize, Serialize};

/// In JSON `"global"`, or one key with a value: `{"project": "storefront"}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    #[default]
    Global,
    /// By its id.
    Project(String),
    Model(String),
    /// A source or provider, by its name.
    Source(String),
    /// The customer projects are for.
    Client(String),
}

impl Scope {
    /// Returns the name inside, as it is written in the file; empty for all spend.
    #[must_use]
    pub fn value(&self) -> &str {
        match self {
            Scope::Global => "",
            Scope::Project(value) | Scope::Model(value) | Scope::Source(value) | Scope::Client(value) => value,
        }
    }

    /// Returns the project's id, when it is about one.
    #[must_use]
    pub fn project(&self) -> Option<&str> {
        match self {
            Scope::Project(id) => Some(id),
            _ => None,
        }
    }
}
