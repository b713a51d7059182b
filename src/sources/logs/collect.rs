//! Gathering the usage of one log: what all formats but the first, which is measured, do with a line.
//!
//! Lines are read as JSON values, so that a field beside the usage may look like anything.

use std::sync::Arc;

use serde_json::Value;

use super::reader::{Document, MAX_LINE, Text};
use super::values::{MAX_COUNTER, MAX_TOKENS};
use super::{LogFile, Shared};
use crate::model::{Basis, Tokens, UsageEvent, Usd};
use crate::sources::Problems;

/// What usage of an unnamed model is filed under.
pub const NO_MODEL: &str = "unknown";
const BOM: &[u8] = b"\xef\xbb\xbf";

/// The usage of one log, as it comes.
pub struct Collector<'f> {
    pub file: &'f LogFile,
    /// The last few names seen: a file repeats a handful.
    names: Vec<Shared>,
    pub events: Vec<UsageEvent>,
    pub bad: Problems,
}

/// What one message used, as a format reads it.
pub struct Used<'a> {
    pub key: String,
    pub at_ms: i64,
    pub session: &'a str,
    pub project: &'a str,
    pub model: Option<&'a str>,
    pub tokens: Tokens,
    /// The agent's own figure.
    pub cost: Option<Usd>,
    /// What changes the price: nothing, or [`SUM`].
    pub modifiers: &'static str,
}

/// The modifier of what many requests used together: it says nothing about the length of a prompt.
pub const SUM: &str = "sum";

impl<'f> Collector<'f> {
    #[must_use]
    pub fn new(file: &'f LogFile) -> Collector<'f> {
        Collector { file, names: Vec::new(), events: Vec::new(), bad: Problems::default() }
    }

    /// Counts what could not be read, and names the place.
    pub fn refuse(&mut self, place: &str, reason: &str) {
        let path = &self.file.relative;
        self.bad.add(|| format!("{path} at {place}: {reason}"));
    }

    /// Returns a complete line that may hold an object; what cannot is counted.
    pub fn object<'t>(&mut self, offset: u64, text: Text<'t>) -> Option<&'t [u8]> {
        let Text::Line(line) = text else {
            self.refuse_at(offset, &format!("longer than {} MB", MAX_LINE >> 20));
            return None;
        };
        let line = without_bom(line, offset).trim_ascii();
        if line.is_empty() {
            return None;
        }
        if line.first() != Some(&b'{') || line.last() != Some(&b'}') {
            self.refuse_at(offset, "not a JSON object");
            return None;
        }
        Some(line)
    }

    /// Returns what a log holds that is one document; `None` when it is empty, as one that has just begun, or cannot be
    /// read, which is counted.
    pub fn document(&mut self, document: &Document) -> Option<Value> {
        const PLACE: &str = "its beginning";
        let Document::Text(text) = document else {
            self.refuse(PLACE, &format!("longer than {} MB", MAX_LINE >> 20));
            return None;
        };
        let text = without_bom(text, 0).trim_ascii();
        if text.is_empty() {
            return None;
        }
        json(text).map_err(|reason| self.refuse(PLACE, &reason)).ok()
    }

    pub fn refuse_at(&mut self, offset: u64, reason: &str) {
        self.refuse(&format!("byte {offset}"), reason);
    }

    /// Takes what a message used; one that used nothing is still being written, or failed.
    ///
    /// # Errors
    /// When the counts cannot be real.
    pub fn take(&mut self, used: Used<'_>) -> Result<(), String> {
        let total = used.tokens.total();
        if total > if used.modifiers == SUM { MAX_COUNTER } else { MAX_TOKENS } {
            return Err("a token count is too large to be real".to_owned());
        }
        if total == 0 && used.cost.is_none() {
            return Ok(());
        }
        let basis = if used.cost.is_some() { Basis::Reported } else { Basis::Unpriced };
        let event = UsageEvent {
            key: used.key.into(),
            at_ms: used.at_ms,
            day: 0,
            session: self.shared(used.session),
            project: self.shared(used.project),
            model: self.shared(used.model.unwrap_or(NO_MODEL)),
            tokens: used.tokens,
            web_searches: 0,
            modifiers: self.shared(used.modifiers),
            cost: used.cost,
            basis,
        };
        self.events.push(event);
        Ok(())
    }

    fn shared(&mut self, name: &str) -> Shared {
        if let Some(known) = self.names.iter().find(|known| known.as_ref() == name) {
            return known.clone();
        }
        let name: Shared = Arc::from(name);
        self.names.push(name.clone());
        name
    }
}

/// Reads a JSON value; damaged text inside a string must not cost the usage beside it.
///
/// # Errors
/// When it is not valid JSON, or nests deeper than any agent writes.
pub fn json(text: &[u8]) -> Result<Value, String> {
    serde_json::from_str(&String::from_utf8_lossy(text)).map_err(|error| match error.classify() {
        serde_json::error::Category::Eof => "the text ends in the middle".to_owned(),
        _ => "not valid JSON".to_owned(),
    })
}

/// Takes the mark that some editors put at the start of a file away.
#[must_use]
pub fn without_bom(text: &[u8], offset: u64) -> &[u8] {
    if offset == 0 { text.strip_prefix(BOM).unwrap_or(text) } else { text }
}
