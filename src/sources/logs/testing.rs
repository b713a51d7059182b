//! How tests of formats write a log down, and what they say of what was read.

use serde_json::Value;

use crate::model::UsageEvent;
use crate::sources::Problems;

/// A log of these lines.
pub fn text(lines: &[Value]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// Every event as `model [input, written to the cache for 5 minutes, read from it, output]`; nothing was refused.
pub fn told((events, bad): (Vec<UsageEvent>, Problems)) -> Vec<String> {
    assert_eq!(bad.examples, Vec::<String>::new());
    let told = |event: &UsageEvent| {
        let tokens = &event.tokens;
        let (input, written) = (tokens.input, tokens.cache_write_5m);
        format!("{} [{input}, {written}, {}, {}]", event.model, tokens.cache_read, tokens.output)
    };
    events.iter().map(told).collect()
}
