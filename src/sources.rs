//! Connectors: one file each, fetch thin, parser pure.
//!
//! A source reads the outside world and returns facts and cursors. It never touches the database, never prices, never
//! decides when it runs, and one bad line or file never stops the rest.

pub mod claude_code;
pub mod manual;

/// The sources that exist, in the order they are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    ClaudeCode,
    Manual,
}

impl Source {
    pub const ALL: [Source; 2] = [Source::ClaudeCode, Source::Manual];

    /// The name in files, on the command line and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Source::ClaudeCode => claude_code::NAME,
            Source::Manual => manual::NAME,
        }
    }

    /// The name people read.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Source::ClaudeCode => "Claude Code logs",
            Source::Manual => "Manual entries",
        }
    }

    /// Whether its facts carry an instant, whose day depends on the user's zone, or just a date.
    #[must_use]
    pub const fn has_instants(self) -> bool {
        match self {
            Source::ClaudeCode => true,
            Source::Manual => false,
        }
    }

    #[must_use]
    pub fn parse(name: &str) -> Option<Source> {
        Source::ALL.into_iter().find(|source| source.name() == name)
    }

    /// The names of all sources, for messages that say what would have been right.
    #[must_use]
    pub fn names() -> String {
        Source::ALL.map(Source::name).join(", ")
    }
}

/// What was wrong while a source was read: counted, with the first few named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    pub count: u64,
    pub examples: Vec<String>,
}

/// Enough to find the cause; more would bury the message.
const EXAMPLES_KEPT: usize = 3;

impl Problems {
    pub fn add(&mut self, example: impl FnOnce() -> String) {
        self.count += 1;
        if self.examples.len() < EXAMPLES_KEPT {
            self.examples.push(example());
        }
    }

    pub fn merge(&mut self, other: Problems) {
        self.count += other.count;
        let room = EXAMPLES_KEPT.saturating_sub(self.examples.len());
        self.examples.extend(other.examples.into_iter().take(room));
    }
}
