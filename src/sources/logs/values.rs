//! What stands in the fields of a line, whatever agent wrote it: what is refused, and how times and counts are read.

use chrono::{DateTime, NaiveDate};
use serde_json::Value;

use crate::model::Usd;

/// Ids and names are tens of bytes; a longer one is damage.
pub const MAX_NAME: usize = 512;
/// No request comes near; a larger count is damage, and would spoil every sum.
pub const MAX_TOKENS: u64 = 100_000_000;
/// 2001 and 2286: a time outside is not one in milliseconds.
pub const TIMES: std::ops::Range<i64> = 1_000_000_000_000..10_000_000_000_000;
/// An agent nests a dozen levels. The JSON library skips what it is not asked for by recursion, so a line that nests
/// thousands would end the process.
const MAX_DEPTH: usize = 64;
/// Lines with fewer brackets than this are not looked at closely; the stack holds far more.
const FEW_BRACKETS: usize = if cfg!(debug_assertions) { MAX_DEPTH } else { 512 };

/// Says whether a line nests deeper than any agent writes.
#[must_use]
pub fn nests_too_deeply(line: &[u8]) -> bool {
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

/// Milliseconds since 1970 UTC. Agents write `2026-11-18T09:15:02.123Z`; that form is read without the general
/// parser, which would take a tenth of the whole reading.
#[must_use]
pub fn instant(text: &str) -> Option<i64> {
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

/// # Errors
/// With `reason`, when there is a name and it is empty or absurdly long.
pub fn check_name(name: Option<&str>, reason: &'static str) -> Result<(), &'static str> {
    if name.is_some_and(|name| name.is_empty() || name.len() > MAX_NAME) { Err(reason) } else { Ok(()) }
}

/// More for one message is damage, and would spoil every sum.
const MAX_REPORTED: Usd = Usd::from_pico(100_000_000_000_000_000);

/// What a counter of a whole session can come to: more is damage.
pub const MAX_COUNTER: u64 = 1 << 50;

/// Reads a count; a missing one is 0. Whether one message can have used so much, is for the sum to say.
///
/// # Errors
/// When it is anything but a whole number.
pub fn count(of: &Value, field: &str) -> Result<u64, String> {
    match of.get(field) {
        None | Some(Value::Null) => Ok(0),
        Some(value) => value
            .as_u64()
            .filter(|count| *count <= MAX_COUNTER)
            .ok_or_else(|| format!("{field} is not a count of tokens")),
    }
}

/// Reads an id or a name; `None` when it is missing.
///
/// # Errors
/// When it is anything but a text, empty, or absurdly long.
pub fn name<'v>(of: &'v Value, field: &str) -> Result<Option<&'v str>, String> {
    match of.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match value.as_str() {
            Some(text) if !text.is_empty() && text.len() <= MAX_NAME => Ok(Some(text)),
            _ => Err(format!("{field} is not a name")),
        },
    }
}

/// Reads an RFC 3339 time.
///
/// # Errors
/// When it is missing or anything else.
pub fn time(of: &Value, field: &str) -> Result<i64, String> {
    of.get(field).and_then(Value::as_str).and_then(instant).ok_or_else(|| format!("{field} is not an RFC 3339 time"))
}

/// Reads the folder somebody worked in; what cannot be one is none.
#[must_use]
pub fn folder<'v>(of: &'v Value, field: &str) -> Option<&'v str> {
    of.get(field).and_then(Value::as_str).filter(|folder| !folder.is_empty() && folder.len() <= MAX_FOLDER)
}

/// As long as a path gets.
pub const MAX_FOLDER: usize = 4096;

/// Reads an agent's own figure of the cost, in dollars; 0 is not a figure: the agent had no price.
///
/// # Errors
/// When it is negative or too large to be real.
pub fn cost(of: &Value, field: &str) -> Result<Option<Usd>, String> {
    match of.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value
            .as_f64()
            .and_then(Usd::from_f64)
            .filter(|cost| (Usd::ZERO..=MAX_REPORTED).contains(cost))
            .map(|cost| Some(cost).filter(|cost| *cost > Usd::ZERO))
            .ok_or_else(|| format!("{field} is not a cost")),
    }
}
