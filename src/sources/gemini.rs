//! Gemini CLI's session logs, `<home>/tmp/<project>/chats/…`: one JSON document a session, or since 2026 JSONL.
//!
//! A message may stand in a log more than once, each time with what was known of it by then; the largest counts, as for
//! all sources. What a person took back (`$rewindTo`) was paid for, and stays.

use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::model::{Tokens, UsageEvent, push_sighting_key};
use crate::sources::Problems;
use crate::sources::logs::collect::{Collector, Used, json};
use crate::sources::logs::reader::{self, Document, Text};
use crate::sources::logs::values::{MAX_FOLDER, count, name, time};
use crate::sources::logs::{
    Buffer, End, FileReading, Keeps, LogFile, LogFormat, Start, ends_with, folders_in, home, noted,
};

pub const NAME: &str = "gemini";

pub static FORMAT: LogFormat = LogFormat {
    name: NAME,
    agent: "Gemini CLI",
    reader: 1,
    default_roots,
    folders: |root| vec![root.join("tmp")],
    bare_roots: true,
    is_log: |path| ends_with(path, &["json", "jsonl"]) && project_folder(path).is_some(),
    read,
    keeps,
};

/// Ids are random, and the same in every copy. A shorter one may be the number of a message in its session.
const RANDOM_ID: usize = 16;

/// `$GEMINI_CLI_HOME` names the folder that `.gemini` is in.
fn default_roots() -> Vec<PathBuf> {
    let homes = folders_in("GEMINI_CLI_HOME").unwrap_or_else(|| vec![home()]);
    homes.into_iter().map(|home| home.join(".gemini")).collect()
}

/// The agent deletes sessions only by this setting, which counts in days, hours, weeks or months.
fn keeps(tmp: &Path) -> Option<Keeps> {
    let settings = tmp.parent()?.join("settings.json");
    let retention = noted(&settings, "/general/sessionRetention")?;
    let age = retention.get("maxAge").and_then(Value::as_str).filter(|_| retention["enabled"] != false)?;
    let days = age.strip_suffix('d').and_then(|days| days.parse().ok())?;
    Some(Keeps { days, setting: "general.sessionRetention.maxAge", settings })
}

fn read(file: &LogFile, start: &Start, buffer: &mut Buffer) -> FileReading {
    let mut log = Log::new(file, &project_of(&file.path));
    let end = if ends_with(&file.path, &["jsonl"]) {
        reader::read(&file.path, start.from, start.tail, buffer, |offset, text| log.line(offset, text))
    } else {
        reader::document(&file.path).map(|document| {
            log.whole(&document);
            End { position: 0, tail: 0 }
        })
    };
    FileReading { events: log.collector.events, bad: log.collector.bad, state: String::new(), end }
}

/// Reads a whole log that is in memory.
#[must_use]
pub fn parse(relative: &str, text: &[u8]) -> (Vec<UsageEvent>, Problems) {
    let file = LogFile::named(relative);
    let mut log = Log::new(&file, &project_of(&file.path));
    if relative.ends_with(".jsonl") {
        reader::lines(text, |offset, text| log.line(offset, text));
    } else {
        log.whole(&Document::Text(text.to_owned()));
    }
    (log.collector.events, log.collector.bad)
}

struct Log<'f> {
    collector: Collector<'f>,
    session: String,
    project: String,
}

impl<'f> Log<'f> {
    fn new(file: &'f LogFile, project: &str) -> Log<'f> {
        let name = file.relative.rsplit('/').next().unwrap_or_default();
        let session = name.split_once(".json").map_or(name, |(stem, _)| stem).to_owned();
        Log { collector: Collector::new(file), session, project: project.to_owned() }
    }

    /// One line of a session; those without counts say what was said, or how the session is called.
    fn line(&mut self, offset: u64, text: Text<'_>) {
        let Some(line) = self.collector.object(offset, text) else { return };
        if memchr::memmem::find(line, b"\"tokens\"").is_none() {
            return;
        }
        if let Err(reason) = json(line).and_then(|message| self.message(&message)) {
            self.collector.refuse_at(offset, &reason);
        }
    }

    fn whole(&mut self, document: &Document) {
        let Some(session) = self.collector.document(document) else { return };
        let messages = match session.get("messages") {
            Some(Value::Array(messages)) => messages.as_slice(),
            None | Some(Value::Null) => &[],
            Some(_) => return self.collector.refuse("\"messages\"", "not a list"),
        };
        for (number, message) in messages.iter().enumerate() {
            if let Err(reason) = self.message(message) {
                self.collector.refuse(&format!("message {}", number + 1), &reason);
            }
        }
    }

    fn message(&mut self, message: &Value) -> Result<(), String> {
        let usage = &message["tokens"];
        if message["type"] != "gemini" || usage.is_null() {
            return Ok(());
        }
        if !usage.is_object() {
            return Err("\"tokens\" is not an object".to_owned());
        }
        let id = name(message, "id")?.ok_or("a message without an id")?;
        let mut key = String::new();
        push_sighting_key(&mut key, id, if id.len() < RANDOM_ID { &self.session } else { "" }, false);
        self.collector.take(Used {
            key,
            at_ms: time(message, "timestamp")?,
            session: &self.session,
            project: &self.project,
            model: name(message, "model")?,
            tokens: tokens(usage)?,
            cost: None,
            modifiers: "",
        })
    }
}

/// Input holds what came from the cache; what tools were given counts as input, what was thought as output.
fn tokens(usage: &Value) -> Result<Tokens, String> {
    let input = count(usage, "input")?;
    let cached = count(usage, "cached")?.min(input);
    Ok(Tokens {
        input: input - cached + count(usage, "tool")?,
        cache_write_5m: 0,
        cache_write_1h: 0,
        cache_read: cached,
        output: count(usage, "output")? + count(usage, "thoughts")?,
    })
}

/// The folder the agent keeps of a project: the one that holds the `chats`.
fn project_folder(path: &Path) -> Option<&Path> {
    path.ancestors().skip(1).find(|folder| folder.ends_with("chats")).and_then(Path::parent)
}

/// Where somebody worked: newer versions note it beside the chats; older ones know no more than the path's hash.
fn project_of(path: &Path) -> String {
    let Some(folder) = project_folder(path) else { return String::new() };
    let name = || folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    noted_root(&folder.join(".project_root")).unwrap_or_else(|| {
        let name = name();
        let is_hash = name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_hash { format!("gemini-{}", &name[..12]) } else { name }
    })
}

fn noted_root(path: &Path) -> Option<String> {
    let mut text = String::new();
    std::fs::File::open(path).ok()?.take(MAX_FOLDER as u64).read_to_string(&mut text).ok()?;
    let root = text.trim();
    Path::new(root).is_absolute().then(|| root.to_owned())
}

#[cfg(test)]
mod tests;
