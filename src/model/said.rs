//! What a form without JavaScript is answered on the page it comes back to.

use serde::{Deserialize, Serialize};

/// A sentence, and what is shown with it this one time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    pub good: bool,
    pub text: String,
    /// A key, a link, or recovery codes: shown once.
    pub secrets: Vec<String>,
}

impl Said {
    #[must_use]
    pub fn good(text: impl Into<String>) -> Said {
        Said { good: true, text: text.into(), secrets: Vec::new() }
    }

    #[must_use]
    pub fn bad(text: impl Into<String>) -> Said {
        Said { good: false, text: text.into(), secrets: Vec::new() }
    }

    #[must_use]
    pub fn with(self, secrets: Vec<String>) -> Said {
        Said { secrets, ..self }
    }
}
