//! One line of a log: which carry usage, what it says, and why a line is refused.
//!
//! Only usage, ids, model, time and folder are read; everything else is skipped without being looked at.

use std::borrow::Cow;
use std::ops::Deref;
use std::path::Path;

use chrono::{DateTime, NaiveDate};
use memchr::memmem::Finder;
use serde::Deserialize;

use super::reader::{MAX_LINE, Text};
use super::{LogFile, Shared, push_or_improve};
use crate::model::{Basis, Tokens, UsageEvent, Usd, escaped, push_sighting_key};
use crate::sources::Problems;

/// Ids and names are tens of bytes; a longer one is damage.
const MAX_NAME: usize = 512;
/// No request comes near; a larger count is damage, and would spoil every sum.
const MAX_TOKENS: u64 = 100_000_000;
const MAX_SEARCHES: u32 = 10_000;
const MAX_REPORTED: Usd = Usd::from_pico(100_000_000_000_000_000);
/// The agent nests a dozen levels. The JSON library skips what it is not asked for by recursion, so a line that nests
/// thousands would end the process.
const MAX_DEPTH: usize = 64;
/// Lines with fewer brackets than this are not looked at closely; the stack holds far more.
const FEW_BRACKETS: usize = if cfg!(debug_assertions) { MAX_DEPTH } else { 512 };
/// The model of lines the agent made up itself: errors, never usage.
const SYNTHETIC: &str = "<synthetic>";
const NO_MODEL: &str = "unknown";
const BOM: &[u8] = b"\xef\xbb\xbf";

/// Text that is copied only when it holds escapes. (Serde copies an `Option<Cow>` always; a newtype it borrows.)
#[derive(Deserialize)]
struct Borrowed<'a>(#[serde(borrow)] Cow<'a, str>);

impl Deref for Borrowed<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow, default)]
    timestamp: Option<Borrowed<'a>>,
    #[serde(borrow, default, rename = "sessionId")]
    session_id: Option<Borrowed<'a>>,
    #[serde(borrow, default, rename = "requestId")]
    request_id: Option<Borrowed<'a>>,
    #[serde(borrow, default)]
    version: Option<Borrowed<'a>>,
    #[serde(borrow, default)]
    cwd: Option<Borrowed<'a>>,
    #[serde(default, rename = "isSidechain")]
    is_sidechain: Option<bool>,
    #[serde(default, rename = "costUSD")]
    cost_usd: Option<f64>,
    #[serde(borrow, default)]
    message: Option<Message<'a>>,
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow, default)]
    id: Option<Borrowed<'a>>,
    #[serde(borrow, default)]
    model: Option<Borrowed<'a>>,
    #[serde(borrow, default)]
    usage: Option<Usage<'a>>,
}

#[derive(Deserialize)]
struct Usage<'a> {
    input_tokens: Option<u64>,
    output_tokens: Option<u64>,
    cache_creation_input_tokens: Option<u64>,
    cache_read_input_tokens: Option<u64>,
    cache_creation: Option<CacheCreation>,
    server_tool_use: Option<ServerToolUse>,
    #[serde(borrow, default)]
    service_tier: Option<Borrowed<'a>>,
    #[serde(borrow, default)]
    inference_geo: Option<Borrowed<'a>>,
    #[serde(borrow, default)]
    speed: Option<Borrowed<'a>>,
    #[serde(borrow, default)]
    iterations: Option<Vec<Iteration<'a>>>,
}

#[derive(Deserialize)]
struct CacheCreation {
    ephemeral_5m_input_tokens: Option<u64>,
    ephemeral_1h_input_tokens: Option<u64>,
}

#[derive(Deserialize)]
struct ServerToolUse {
    web_search_requests: Option<u32>,
}

/// A part of the request that ran elsewhere. Only `advisor_message` is not in the top-level usage.
#[derive(Deserialize)]
struct Iteration<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Option<Borrowed<'a>>,
    #[serde(borrow, default)]
    model: Option<Borrowed<'a>>,
    input_tokens: Option<u64>,
    output_tokens: Option<u64>,
    cache_creation_input_tokens: Option<u64>,
    cache_read_input_tokens: Option<u64>,
    cache_creation: Option<CacheCreation>,
}

/// The events of one file, as its lines come.
pub(super) struct Lines<'f> {
    file: &'f LogFile,
    usage: Finder<'static>,
    session: Shared,
    /// The last few names seen: a file repeats a handful.
    names: Vec<Shared>,
    /// The working directory of the line before, and the project it belongs to.
    project: (String, Shared),
    /// Reused for the key of every line.
    key: String,
    pub events: Vec<UsageEvent>,
    pub bad: Problems,
}

impl<'f> Lines<'f> {
    pub(super) fn new(file: &'f LogFile) -> Lines<'f> {
        let slug: Shared = file.slug.as_str().into();
        Lines {
            file,
            usage: Finder::new(b"\"usage\""),
            session: file.session.as_str().into(),
            names: Vec::new(),
            project: (String::new(), slug),
            key: String::new(),
            events: Vec::new(),
            bad: Problems::default(),
        }
    }

    /// Takes a complete line that starts at `offset` of the file.
    pub(super) fn take(&mut self, offset: u64, text: Text<'_>) {
        let Text::Line(mut line) = text else {
            return self.refuse(offset, &format!("longer than {} MB", MAX_LINE >> 20));
        };
        if offset == 0 {
            line = line.strip_prefix(BOM).unwrap_or(line);
        }
        line = line.trim_ascii();
        if line.is_empty() {
            return;
        }
        if line.first() != Some(&b'{') || line.last() != Some(&b'}') {
            return self.refuse(offset, "not a JSON object");
        }
        if self.usage.find(line).is_none() {
            return;
        }
        if nests_too_deeply(line) {
            return self.refuse(offset, "nested too deeply");
        }
        let outcome = match sonic_rs::from_slice::<Line<'_>>(line) {
            Ok(parsed) => self.event(offset, &parsed),
            // Damaged text in a prompt must not cost the usage beside it.
            Err(_) if std::str::from_utf8(line).is_err() => {
                match sonic_rs::from_str::<Line<'_>>(&String::from_utf8_lossy(line)) {
                    Ok(parsed) => self.event(offset, &parsed),
                    Err(_) => Err("not valid JSON"),
                }
            }
            Err(_) => Err("not valid JSON, or a field of the wrong type"),
        };
        if let Err(reason) = outcome {
            self.refuse(offset, reason);
        }
    }

    fn refuse(&mut self, offset: u64, reason: &str) {
        let path = &self.file.relative;
        self.bad.add(|| format!("{path} at byte {offset}: {reason}"));
    }

    fn event(&mut self, offset: u64, line: &Line<'_>) -> Result<(), &'static str> {
        let Some(message) = &line.message else { return Ok(()) };
        let Some(usage) = &message.usage else { return Ok(()) };
        let timestamp = line.timestamp.as_deref().ok_or("no timestamp")?;
        let at_ms = instant(timestamp).ok_or("the timestamp is not RFC 3339")?;
        check_name(line.request_id.as_deref(), "requestId is empty or absurdly long")?;
        check_name(line.session_id.as_deref(), "sessionId is empty or absurdly long")?;
        check_name(message.id.as_deref(), "message.id is empty or absurdly long")?;
        check_name(message.model.as_deref(), "model is empty or absurdly long")?;
        if line.version.as_deref().is_some_and(|version| !starts_like_semver(version)) {
            return Err("version is not a version");
        }
        let web_searches = usage.server_tool_use.as_ref().and_then(|tools| tools.web_search_requests).unwrap_or(0);
        if web_searches > MAX_SEARCHES {
            return Err("a count of web searches is too large to be real");
        }
        let reported =
            line.cost_usd.map(|cost| Usd::from_f64(cost).filter(|cost| (Usd::ZERO..=MAX_REPORTED).contains(cost)));
        if reported == Some(None) {
            return Err("costUSD is negative or too large to be real");
        }
        let model = message.model.as_deref().unwrap_or(NO_MODEL);
        if model == SYNTHETIC {
            return Ok(());
        }
        let side_chain = line.is_sidechain == Some(true);
        self.key.clear();
        match message.id.as_deref() {
            Some(id) => {
                push_sighting_key(&mut self.key, id, line.request_id.as_deref().unwrap_or_default(), side_chain);
            }
            // Without an id nothing can be a duplicate but the line itself, read again.
            None => self.key = format!("line@{}@{offset}", escaped(&self.file.relative)),
        }
        // A message is mostly followed by more of itself.
        let last = self.events.last().filter(|last| *last.key == *self.key);
        let event = UsageEvent {
            key: last.map_or_else(|| self.key.as_str().into(), |last| last.key.clone()),
            at_ms,
            day: 0,
            session: self.session.clone(),
            project: self.project_of(line.cwd.as_deref()),
            model: self.shared(model),
            tokens: tokens(
                usage.input_tokens,
                usage.output_tokens,
                usage.cache_read_input_tokens,
                usage.cache_creation_input_tokens,
                usage.cache_creation.as_ref(),
            )?,
            web_searches,
            modifiers: self.shared(modifiers(usage)),
            cost: None,
            basis: Basis::Unpriced,
        };
        self.advisors(&event, usage.iterations.as_deref().unwrap_or_default())?;
        let reported = reported.flatten();
        let basis = if reported.is_some() { Basis::Reported } else { Basis::Unpriced };
        push_or_improve(&mut self.events, UsageEvent { cost: reported, basis, ..event });
        Ok(())
    }

    /// Advisor calls are requests of their own, to a model of their own.
    fn advisors(&mut self, of: &UsageEvent, iterations: &[Iteration<'_>]) -> Result<(), &'static str> {
        let advisors = iterations.iter().filter(|iteration| iteration.kind.as_deref() == Some("advisor_message"));
        for (number, part) in advisors.enumerate() {
            let event = UsageEvent {
                key: format!("{}#{}", of.key, number + 1).into(),
                model: part.model.as_deref().map_or_else(|| of.model.clone(), |model| self.shared(model)),
                tokens: tokens(
                    part.input_tokens,
                    part.output_tokens,
                    part.cache_read_input_tokens,
                    part.cache_creation_input_tokens,
                    part.cache_creation.as_ref(),
                )?,
                web_searches: 0,
                ..of.clone()
            };
            self.events.push(event);
        }
        Ok(())
    }

    /// The folder the session was started in: the ancestor of `cwd` that gave the slug its name, else `cwd` itself.
    /// Decided per line, so that it does not matter in how many pieces a log is read.
    fn project_of(&mut self, cwd: Option<&str>) -> Shared {
        let Some(cwd) = cwd.filter(|cwd| !cwd.is_empty() && cwd.len() <= 4096) else {
            return self.shared(&self.file.slug.clone());
        };
        if self.project.0 != cwd {
            let home = Path::new(cwd)
                .ancestors()
                .filter_map(Path::to_str)
                .find(|folder| slug_of(folder).eq(self.file.slug.bytes()))
                .unwrap_or(cwd);
            self.project = (cwd.to_owned(), self.shared(home));
        }
        self.project.1.clone()
    }

    fn shared(&mut self, name: &str) -> Shared {
        if let Some(known) = self.names.iter().find(|known| known.as_ref() == name) {
            return known.clone();
        }
        let name: Shared = name.into();
        self.names.push(name.clone());
        name
    }
}

fn slug_of(folder: &str) -> impl Iterator<Item = u8> + '_ {
    folder.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter as u8 } else { b'-' })
}

fn nests_too_deeply(line: &[u8]) -> bool {
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
fn instant(text: &str) -> Option<i64> {
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

fn check_name(name: Option<&str>, reason: &'static str) -> Result<(), &'static str> {
    if name.is_some_and(|name| name.is_empty() || name.len() > MAX_NAME) { Err(reason) } else { Ok(()) }
}

fn starts_like_semver(version: &str) -> bool {
    let mut parts = version.splitn(3, '.');
    let mut number =
        || parts.next().is_some_and(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    number() && number()
}

/// Rule 5: without the breakdown all writes are 5-minute ones; what a breakdown leaves out is too.
fn tokens(
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
fn modifiers(usage: &Usage<'_>) -> &'static str {
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
