//! What stands in the fields of a line: what is refused, and how times, counts and modifiers are read.

use chrono::{DateTime, NaiveDate};

use super::shape::{CacheCreation, Usage};
use crate::model::Tokens;

/// Ids and names are tens of bytes; a longer one is damage.
const MAX_NAME: usize = 512;
/// No request comes near; a larger count is damage, and would spoil every sum.
const MAX_TOKENS: u64 = 100_000_000;
/// The agent nests a dozen levels. The JSON library skips what it is not asked for by recursion, so a line that nests
/// thousands would end the process.
const MAX_DEPTH: usize = 64;
/// Lines with fewer brackets than this are not looked at closely; the stack holds far more.
const FEW_BRACKETS: usize = if cfg!(debug_assertions) { MAX_DEPTH } else { 512 };

pub(super) fn nests_too_deeply(line: &[u8]) -> bool {
    if memchr::memchr2_iter(b'[', b'{', line).nth(FEW_BRACKETS).is_none() {
        return false;
    }
    let (mut depth, mut in_string, mut escaped) = (0usize, false, false);
    line.iter().any(|byte| {
        match byte {
            _ if std::mem::take(&mut escaped) => {}
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => depth += 1,
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > MAX_DEPTH
    })
}

/// Milliseconds since 1970 UTC. The agent writes `2026-11-18T09:15:02.123Z`; that form is read without the general
/// parser, which would take a tenth of the whole reading.
pub(super) fn instant(text: &str) -> Option<i64> {
    usual_instant(text.as_bytes()).or_else(|| DateTime::parse_from_rfc3339(text).ok().map(|at| at.timestamp_millis()))
}

fn usual_instant(text: &[u8]) -> Option<i64> {
    let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':'), (19, b'.'), (23, b'Z')];
    if text.len() != 24 || marks.iter().any(|(at, mark)| text[*at] != *mark) {
        return None;
    }
    let number = |from: usize, to: usize| {
        text[from..to]
            .iter()
            .try_fold(0u32, |number, digit| digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0')))
    };
    let date = NaiveDate::from_ymd_opt(i32::try_from(number(0, 4)?).ok()?, number(5, 7)?, number(8, 10)?)?;
    let time = date.and_hms_milli_opt(number(11, 13)?, number(14, 16)?, number(17, 19)?, number(20, 23)?)?;
    Some(time.and_utc().timestamp_millis())
}

pub(super) fn check_name(name: Option<&str>, reason: &'static str) -> Result<(), &'static str> {
    if name.is_some_and(|name| name.is_empty() || name.len() > MAX_NAME) { Err(reason) } else { Ok(()) }
}

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
