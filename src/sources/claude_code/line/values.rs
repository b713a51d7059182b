//! What stands in the fields of a line that only this agent writes: versions, cache writes, price modifiers.

use super::shape::{CacheCreation, Usage};
use crate::model::Tokens;
use crate::sources::logs::values::MAX_TOKENS;

pub(super) fn starts_like_semver(version: &str) -> bool {
    let mut parts = version.splitn(3, '.');
    let mut number =
        || parts.next().is_some_and(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    number() && number()
}

/// Rule 5: without the breakdown all writes are 5-minute ones; what a breakdown leaves out is too.
pub(super) fn tokens(
    input: Option<u64>,
    output: Option<u64>,
    cache_read: Option<u64>,
    cache_write: Option<u64>,
    parts: Option<&CacheCreation>,
) -> Result<Tokens, &'static str> {
    let written = cache_write.unwrap_or(0);
    let (five_minutes, hour) = parts.map_or((written, 0), |parts| {
        let hour = parts.ephemeral_1h_input_tokens.unwrap_or(0);
        let five_minutes = parts.ephemeral_5m_input_tokens.unwrap_or(0);
        (five_minutes.max(written.saturating_sub(hour)), hour)
    });
    let tokens = Tokens {
        input: input.unwrap_or(0),
        cache_write_5m: five_minutes,
        cache_write_1h: hour,
        cache_read: cache_read.unwrap_or(0),
        output: output.unwrap_or(0),
    };
    if tokens.total() > MAX_TOKENS { Err("a token count is too large to be real") } else { Ok(tokens) }
}

/// What changes the price of the request, in the words of [`crate::pricing::Modifiers`].
pub(super) fn modifiers(usage: &Usage<'_>) -> &'static str {
    let fast = usage.speed.as_deref() == Some("fast");
    let batch = usage.service_tier.as_deref() == Some("batch");
    let us = usage.inference_geo.as_deref() == Some("us");
    match (fast, batch, us) {
        (false, false, false) => "",
        (true, false, false) => "fast",
        (false, true, false) => "batch",
        (false, false, true) => "us",
        (true, true, false) => "fast+batch",
        (true, false, true) => "fast+us",
        (false, true, true) => "batch+us",
        (true, true, true) => "fast+batch+us",
    }
}
