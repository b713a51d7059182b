//! What has to be remembered of a session, so that its log can be read in pieces, and so that its ends are told apart.
//!
//! Newer versions go on counting when a session is resumed, older ones begin at nothing again, and none says which it
//! does. Its answers tell: each says how many tokens it put out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::Tokens;
use crate::sources::logs::values::{count, folder, name};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct State {
    /// The session's id.
    pub session: Option<String>,
    /// The folder it was started in.
    pub folder: Option<String>,
    /// What each model was told to have used when the session ended last.
    told: BTreeMap<String, Counts>,
    /// What its answers put out since then.
    answered: u64,
}

/// Input holds what came from the cache and what went there, output holds the reasoning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Counts {
    input: u64,
    read: u64,
    written: u64,
    output: u64,
}

impl State {
    /// The first line of a log, or the first after it was resumed.
    pub(super) fn begin(&mut self, data: &Value) -> Result<(), String> {
        if self.session.is_none() {
            self.session = name(data, "sessionId")?.map(str::to_owned);
        }
        if self.folder.is_none() {
            self.folder = folder(&data["context"], "cwd").map(str::to_owned);
        }
        Ok(())
    }

    pub(super) fn answered(&mut self, output: u64) {
        self.answered = self.answered.saturating_add(output);
    }

    /// Takes what is told at an end, and returns what came since the one before.
    pub(super) fn moved_to(&mut self, told: Vec<(String, Counts)>) -> Vec<(String, Counts)> {
        let told: BTreeMap<String, Counts> = told.into_iter().collect();
        let answered = std::mem::take(&mut self.answered);
        let before = std::mem::replace(&mut self.told, told.clone());
        let output = |counts: &BTreeMap<String, Counts>| {
            counts.values().fold(0u64, |sum, counts| sum.saturating_add(counts.output))
        };
        let (now, then) = (output(&told), output(&before));
        let has_grown = before.iter().all(|(model, then)| told.get(model).is_some_and(|now| now.covers(*then)));
        let goes_on = has_grown && now.saturating_sub(then).abs_diff(answered) <= now.abs_diff(answered);
        let since = |(model, now): (String, Counts)| {
            let then = before.get(&model).copied().filter(|_| goes_on).unwrap_or_default();
            (model, now.since(then))
        };
        told.into_iter().map(since).collect()
    }
}

impl Counts {
    pub(super) fn of(usage: &Value) -> Result<Counts, String> {
        Ok(Counts {
            input: count(usage, "inputTokens")?,
            read: count(usage, "cacheReadTokens")?,
            written: count(usage, "cacheWriteTokens")?,
            output: count(usage, "outputTokens")?,
        })
    }

    fn covers(self, then: Counts) -> bool {
        self.input >= then.input && self.read >= then.read && self.written >= then.written && self.output >= then.output
    }

    fn since(self, then: Counts) -> Counts {
        Counts {
            input: self.input.saturating_sub(then.input),
            read: self.read.saturating_sub(then.read),
            written: self.written.saturating_sub(then.written),
            output: self.output.saturating_sub(then.output),
        }
    }

    pub(super) fn tokens(self) -> Tokens {
        let read = self.read.min(self.input);
        let written = self.written.min(self.input - read);
        Tokens {
            input: self.input - read - written,
            cache_write_5m: written,
            cache_write_1h: 0,
            cache_read: read,
            output: self.output,
        }
    }
}
