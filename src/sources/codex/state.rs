//! What has to be remembered of the lines before, so that a log can be read in pieces.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::counters::Counters;
use crate::sources::logs::values::{folder, name};

/// A helper's log begins with a copy of what was said before, written in one go: its lines are this close to each other.
const COPIED_WITHIN_MS: i64 = 1000;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct State {
    /// The session's id.
    pub session: Option<String>,
    /// The folder it was started in.
    pub folder: Option<String>,
    /// The model of the turn.
    pub model: Option<String>,
    pub counters: Counters,
    /// The log begins with a copy, which has come so far.
    copied_until_ms: Option<i64>,
    /// Whether counters of the copy have come: only then the turns among them are of the copy too.
    has_copied: bool,
}

impl State {
    /// The first line of a log. A copy holds the first line of another log too, which does not count.
    pub(super) fn begin(&mut self, meta: &Value, at_ms: Option<i64>) -> Result<(), String> {
        if self.session.is_some() {
            return Ok(());
        }
        self.session = name(meta, "id")?.map(str::to_owned);
        self.folder = folder(meta, "cwd").map(str::to_owned);
        let is_helper = meta["source"].to_string().contains("thread_spawn");
        if is_helper || meta["forked_from_id"].is_string() {
            self.copied_until_ms = at_ms;
        }
        Ok(())
    }

    pub(super) fn turn(&mut self, turn: &Value, at_ms: Option<i64>) -> Result<(), String> {
        // A long copy takes more than a moment to write, and holds the turns too. A helper that was told nothing begins with
        // a turn of its own: without a counter before it, it makes nothing a copy that comes after.
        if let Some(at_ms) = at_ms.filter(|_| self.has_copied) {
            self.is_copied(at_ms);
        }
        if let Some(model) = name(turn, "model")? {
            self.model = Some(model.to_owned());
        }
        if self.folder.is_none() {
            self.folder = folder(turn, "cwd").map(str::to_owned);
        }
        Ok(())
    }

    /// Whether a line of this time is part of the copy a log begins with: that was paid for in the log it is copied from.
    pub(super) fn is_copied(&mut self, at_ms: i64) -> bool {
        let Some(until) = self.copied_until_ms else { return false };
        let is_copied = at_ms.abs_diff(until) < COPIED_WITHIN_MS.unsigned_abs();
        self.copied_until_ms = is_copied.then_some(at_ms);
        self.has_copied |= is_copied;
        is_copied
    }
}
