//! The counters of a session: they only ever grow, and what one response used is what they moved by.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::Tokens;
use crate::sources::logs::values::count;

/// What the counters of a log stood at, when they were last told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Counters(Option<Tokens>);

impl Counters {
    /// Returns what the counters moved by since they were last told; `None` when they did not.
    ///
    /// The log says itself what the last response used; the difference is for lines that do not.
    pub(super) fn moved_by(&mut self, info: &Value) -> Result<Option<Tokens>, String> {
        let (total, last) = (tokens(&info["total_token_usage"])?, tokens(&info["last_token_usage"])?);
        let before = self.0;
        if total.is_some() {
            // The same again: only the limits have changed.
            if total == before {
                return Ok(None);
            }
            self.0 = total;
        }
        Ok(last.or_else(|| total.map(|total| difference(total, before.unwrap_or_default()))))
    }
}

/// Reads token counts; `None` when there are none. Input holds what came from the cache or went there, output holds the
/// reasoning.
pub(super) fn tokens(usage: &Value) -> Result<Option<Tokens>, String> {
    if usage.is_null() {
        return Ok(None);
    }
    if !usage.is_object() {
        return Err("the usage is not an object".to_owned());
    }
    let input = count(usage, "input_tokens")?;
    let read = count(usage, "cached_input_tokens")?.min(input);
    let written = count(usage, "cache_write_input_tokens")?.min(input - read);
    let output = count(usage, "output_tokens")?;
    Ok(Some(Tokens {
        input: input - read - written,
        cache_write_5m: written,
        cache_write_1h: 0,
        cache_read: read,
        output,
    }))
}

/// Counters that are smaller than before have begun anew.
fn difference(now: Tokens, before: Tokens) -> Tokens {
    if now.tokens_in() < before.tokens_in() || now.output < before.output {
        return now;
    }
    Tokens {
        input: now.input.saturating_sub(before.input),
        cache_write_5m: now.cache_write_5m.saturating_sub(before.cache_write_5m),
        cache_write_1h: 0,
        cache_read: now.cache_read.saturating_sub(before.cache_read),
        output: now.output.saturating_sub(before.output),
    }
}
