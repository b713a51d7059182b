//! Qwen Code's session logs, `<home>/projects/<project>/chats/<session>.jsonl`: a record a line, only ever appended.
//!
//! What a response used stands there twice: in a record of the response (`ui_telemetry`), out of which the agent adds up
//! its own statistics, those of its helpers too; and with the answer. A session that holds records of responses is read by
//! them alone. That is decided by the keys, so it does not matter in which pieces a log is read: what stands with an answer
//! is a shadow (see [`crate::model::is_shadow`]) under the session's name, and gives way to the first record of a response.

use std::path::{Path, PathBuf};

use memchr::memmem;
use serde_json::Value;

use crate::model::{Tokens, UsageEvent, escaped, push_sighting_key};
use crate::sources::Problems;
use crate::sources::logs::collect::{Collector, Used, json};
use crate::sources::logs::reader::{self, Text};
use crate::sources::logs::values::{count, folder, name, time};
use crate::sources::logs::{Buffer, FileReading, LogFile, LogFormat, Start, ends_with, home};

pub const NAME: &str = "qwen";

pub static FORMAT: LogFormat = LogFormat {
    name: NAME,
    agent: "Qwen Code",
    reader: 1,
    default_roots,
    folders: |root| vec![root.join("projects")],
    bare_roots: true,
    is_log: |path| ends_with(path, &["jsonl"]) && path.parent().is_some_and(|folder| folder.ends_with("chats")),
    read,
    // It deletes a session only when somebody tells it to.
    keeps: |_| None,
};

/// What the agent calls the record of a response.
const RESPONSE: &str = "qwen-code.api_response";
/// The only lines that are looked at; all others hold text and the output of tools.
const WANTED: [&str; 2] = [RESPONSE, "\"usageMetadata\""];

/// What a response used, by the names of its record and by those that stand with an answer.
const OF_RESPONSE: [&str; 5] = [
    "input_token_count",
    "cached_content_token_count",
    "output_token_count",
    "thoughts_token_count",
    "total_token_count",
];
const OF_ANSWER: [&str; 5] =
    ["promptTokenCount", "cachedContentTokenCount", "candidatesTokenCount", "thoughtsTokenCount", "totalTokenCount"];

/// What the agent writes while it runs may be kept apart from its settings.
fn default_roots() -> Vec<PathBuf> {
    let named = ["QWEN_RUNTIME_DIR", "QWEN_HOME"].iter().find_map(std::env::var_os).filter(|dir| !dir.is_empty());
    vec![named.map_or_else(|| home().join(".qwen"), PathBuf::from)]
}

fn read(file: &LogFile, start: &Start, buffer: &mut Buffer) -> FileReading {
    let mut log = Log { collector: Collector::new(file) };
    let end = reader::read(&file.path, start.from, start.tail, buffer, |offset, text| log.line(offset, text));
    FileReading { events: log.collector.events, bad: log.collector.bad, state: String::new(), end }
}

/// Reads a whole log that is in memory.
#[must_use]
pub fn parse(relative: &str, text: &[u8]) -> (Vec<UsageEvent>, Problems) {
    let file = LogFile::named(relative);
    let mut log = Log { collector: Collector::new(&file) };
    reader::lines(text, |offset, text| log.line(offset, text));
    (log.collector.events, log.collector.bad)
}

struct Log<'f> {
    collector: Collector<'f>,
}

impl Log<'_> {
    fn line(&mut self, offset: u64, text: Text<'_>) {
        let Some(line) = self.collector.object(offset, text) else { return };
        if WANTED.iter().all(|word| memmem::find(line, word.as_bytes()).is_none()) {
            return;
        }
        if let Err(reason) = json(line).and_then(|record| self.record(offset, &record)) {
            self.collector.refuse_at(offset, &reason);
        }
    }

    fn record(&mut self, offset: u64, record: &Value) -> Result<(), String> {
        let event = &record["systemPayload"]["uiEvent"];
        let (usage, fields, is_answer) = match record["type"].as_str() {
            Some("system") if event["event.name"] == RESPONSE => (event, OF_RESPONSE, false),
            Some("assistant") => (&record["usageMetadata"], OF_ANSWER, true),
            _ => return Ok(()),
        };
        // A branch begins with a copy of what another session paid for.
        if usage.is_null() || record["forkedFrom"].is_object() {
            return Ok(());
        }
        if !usage.is_object() {
            return Err("the usage is not an object".to_owned());
        }
        let stem = Path::new(&self.collector.file.relative).file_stem().unwrap_or_default().to_string_lossy();
        let session = name(record, "sessionId")?.unwrap_or(&stem);
        let id = name(record, "uuid")?.map_or_else(|| format!("line {offset}"), str::to_owned);
        let mut key = String::new();
        if is_answer {
            key = format!("{}:~#{}", escaped(session), escaped(&id));
        } else {
            push_sighting_key(&mut key, session, &id, false);
        }
        self.collector.take(Used {
            key,
            at_ms: time(record, "timestamp")?,
            session,
            project: folder(record, "cwd").unwrap_or_default(),
            model: name(if is_answer { record } else { event }, "model")?,
            tokens: tokens(usage, fields)?,
            cost: None,
            modifiers: "",
        })
    }
}

/// Input holds what came from the cache. Most providers count what was thought as output; the total tells which do not.
fn tokens(usage: &Value, [input, cached, output, thoughts, total]: [&str; 5]) -> Result<Tokens, String> {
    let (input, output, thoughts) = (count(usage, input)?, count(usage, output)?, count(usage, thoughts)?);
    let cached = count(usage, cached)?.min(input);
    let thought_apart = count(usage, total)? >= input + output + thoughts;
    Ok(Tokens {
        input: input - cached,
        cache_write_5m: 0,
        cache_write_1h: 0,
        cache_read: cached,
        output: if thought_apart { output + thoughts } else { output },
    })
}

#[cfg(test)]
mod tests;
