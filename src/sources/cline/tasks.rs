//! The messages of a task, as Cline and those that came of it write them: `tasks/<task>/ui_messages.json`, one document that
//! is written anew with every message.
//!
//! A message about a request says what it used, in a text that is JSON again, and is completed while the answer comes: the
//! largest counts, as for all sources. Requests that a restored checkpoint takes away were paid for and stay; the sum the
//! agent puts in their place is left out. So is what newer versions copy into a task from the session that goes on with it,
//! each time under other times.

use std::path::Path;

use serde_json::Value;

use crate::model::{Tokens, UsageEvent, push_sighting_key};
use crate::sources::Problems;
use crate::sources::logs::collect::{Collector, Used, json};
use crate::sources::logs::reader::{self, Document};
use crate::sources::logs::values::{MAX_NAME, TIMES, cost, count, name};
use crate::sources::logs::{End, FileReading, LogFile};

/// The messages that say what was used: of a request, in the oldest versions after it, and of helpers.
const WANTED: [&str; 3] = ["api_req_started", "api_req_finished", "subagent_usage"];
/// The name of the file, and the one it had at first.
const FILES: [&str; 2] = ["ui_messages.json", "claude_messages.json"];

/// What each kind of token is called: input, written to the cache, read from it, output.
const FIELDS: [&str; 4] = ["tokensIn", "cacheWrites", "cacheReads", "tokensOut"];

/// What differs among the agents that write tasks.
#[derive(Debug)]
pub struct Family {
    /// Whether the input holds what came from the cache or went there, wherever it is large enough for that.
    pub input_may_hold_cache: bool,
    /// Looks at what stands beside the messages of a task.
    pub beside: fn(&Path, &str) -> Beside,
}

/// What is known of a task beside its messages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beside {
    /// The folder it was begun in.
    pub project: String,
    /// From when on which model was in use.
    pub models: Vec<(i64, String)>,
    /// How many messages are the task's own, when copies follow.
    pub own: Option<usize>,
}

/// Whether a file holds the messages of a task.
#[must_use]
pub fn is_log(path: &Path) -> bool {
    path.file_name().is_some_and(|name| FILES.iter().any(|file| name == *file))
}

/// Reads a task's file.
#[must_use]
pub fn read(file: &LogFile, family: &Family) -> FileReading {
    let mut task = Task::new(file, family, |folder, id| (family.beside)(folder, id));
    let end = reader::document(&file.path).map(|document| {
        task.whole(&document);
        End { position: 0, tail: 0 }
    });
    FileReading { events: task.collector.events, bad: task.collector.bad, state: String::new(), end }
}

/// Reads a task's messages that are in memory.
#[must_use]
pub fn parse(relative: &str, text: &[u8], family: &Family) -> (Vec<UsageEvent>, Problems) {
    let file = LogFile::named(relative);
    let mut task = Task::new(&file, family, |_, _| Beside::default());
    task.whole(&Document::Text(text.to_owned()));
    (task.collector.events, task.collector.bad)
}

struct Task<'f> {
    collector: Collector<'f>,
    family: &'f Family,
    id: String,
    beside: Beside,
}

impl<'f> Task<'f> {
    fn new(file: &'f LogFile, family: &'f Family, beside: impl FnOnce(&Path, &str) -> Beside) -> Task<'f> {
        let folder = file.path.parent().unwrap_or(Path::new(""));
        let id = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Task { collector: Collector::new(file), family, beside: beside(folder, &id), id }
    }

    fn whole(&mut self, document: &Document) {
        let Some(document) = self.collector.document(document) else { return };
        let Some(messages) = document.as_array() else {
            return self.collector.refuse("its beginning", "not a list of messages");
        };
        let own = self.beside.own.unwrap_or(messages.len());
        for (number, message) in messages.iter().take(own).enumerate() {
            if let Err(reason) = self.message(message) {
                self.collector.refuse(&format!("message {}", number + 1), &reason);
            }
        }
    }

    fn message(&mut self, message: &Value) -> Result<(), String> {
        let Some(kind) = message["say"].as_str().filter(|kind| WANTED.contains(kind)) else { return Ok(()) };
        let Some(text) = message["text"].as_str().filter(|text| !text.is_empty()) else { return Ok(()) };
        let usage = json(text.as_bytes())?;
        if !usage.is_object() {
            return Err("its usage is not an object".to_owned());
        }
        let (tokens, cost) = (tokens(&usage, FIELDS, self.family.input_may_hold_cache)?, cost(&usage, "cost")?);
        // A request that is still being answered, or failed.
        if tokens.total() == 0 && cost.is_none() {
            return Ok(());
        }
        let at_ms = message["ts"].as_i64().filter(|at| TIMES.contains(at)).ok_or("ts is not a time in milliseconds")?;
        let mut key = String::new();
        push_sighting_key(&mut key, &self.id, &format!("{at_ms}.{kind}"), false);
        let chosen = self.beside.models.iter().filter(|(from, _)| *from <= at_ms).max_by_key(|(from, _)| *from);
        let chosen = chosen.map(|(_, model)| model.as_str()).filter(|model| model.len() <= MAX_NAME);
        self.collector.take(Used {
            key,
            at_ms,
            session: &self.id,
            project: &self.beside.project,
            model: name(&message["modelInfo"], "modelId")?.or(chosen),
            tokens,
            cost,
            modifiers: "",
        })
    }
}

/// Reads token counts. Input may hold what came from the cache or went there; where it is too small for that, it does not.
pub(super) fn tokens(usage: &Value, fields: [&str; 4], may_hold_cache: bool) -> Result<Tokens, String> {
    let [input, written, read, output] = fields;
    let (input, written, read) = (count(usage, input)?, count(usage, written)?, count(usage, read)?);
    let cached = written + read;
    let holds_cache = may_hold_cache && input >= cached;
    Ok(Tokens {
        input: if holds_cache { input - cached } else { input },
        cache_write_5m: written,
        cache_write_1h: 0,
        cache_read: read,
        output: count(usage, output)?,
    })
}
