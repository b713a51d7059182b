//! OpenCode's messages: rows of a SQLite database, and before that one JSON file each.
//!
//! Both hold the same documents under the same ids, so what stands in both counts once. The database is only ever read.

pub mod database;

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::model::{Tokens, UsageEvent, push_sighting_key};
use crate::sources::Problems;
use crate::sources::logs::collect::{Collector, Used};
use crate::sources::logs::reader::{self, Document};
use crate::sources::logs::values::{TIMES, cost, count, folder, name};
use crate::sources::logs::{Buffer, End, FileReading, LogFile, LogFormat, Start, ends_with, folders_in, home};

pub const NAME: &str = "opencode";

pub static FORMAT: LogFormat = LogFormat {
    name: NAME,
    agent: "OpenCode",
    reader: 1,
    default_roots,
    folders: |root| vec![root.join("storage/message")],
    bare_roots: false,
    is_log: |path| ends_with(path, &["json"]) && path.components().any(|part| part.as_os_str() == "message"),
    read,
    keeps: |_| None,
};

fn default_roots() -> Vec<PathBuf> {
    folders_in("OPENCODE_DATA_DIR").unwrap_or_else(|| {
        let data = std::env::var_os("XDG_DATA_HOME").filter(|dir| !dir.is_empty());
        vec![data.map_or_else(|| home().join(".local/share"), PathBuf::from).join("opencode")]
    })
}

fn read(file: &LogFile, _: &Start, _: &mut Buffer) -> FileReading {
    let mut collector = Collector::new(file);
    let end = reader::document(&file.path).map(|document| {
        whole(&mut collector, &document);
        End { position: 0, tail: 0 }
    });
    FileReading { events: collector.events, bad: collector.bad, state: String::new(), end }
}

/// Reads a message's file that is in memory.
#[must_use]
pub fn parse(relative: &str, text: &[u8]) -> (Vec<UsageEvent>, Problems) {
    let file = LogFile::named(relative);
    let mut collector = Collector::new(&file);
    whole(&mut collector, &Document::Text(text.to_owned()));
    (collector.events, collector.bad)
}

fn whole(collector: &mut Collector<'_>, document: &Document) {
    let Some(message) = collector.document(document) else { return };
    let file = Path::new(&collector.file.relative);
    let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let session = file.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned();
    let mut take = || {
        let id = name(&message, "id")?.unwrap_or(&stem);
        let session = name(&message, "sessionID")?.unwrap_or(&session);
        self::message(collector, &Row { id, session, folder: "", created: None }, &message)
    };
    if let Err(reason) = take() {
        collector.refuse("its beginning", &reason);
    }
}

/// What is known of a message beside its document.
struct Row<'a> {
    id: &'a str,
    session: &'a str,
    /// The folder of its session.
    folder: &'a str,
    created: Option<i64>,
}

/// Takes one message; only an assistant's used anything.
fn message(collector: &mut Collector<'_>, row: &Row<'_>, message: &Value) -> Result<(), String> {
    let usage = &message["tokens"];
    if message["role"] != "assistant" || usage.is_null() {
        return Ok(());
    }
    if !usage.is_object() {
        return Err("\"tokens\" is not an object".to_owned());
    }
    let mut key = String::new();
    push_sighting_key(&mut key, row.id, "", false);
    let created = message["time"]["created"].as_i64().or(row.created);
    collector.take(Used {
        key,
        at_ms: created.filter(|at| TIMES.contains(at)).ok_or("time.created is not a time in milliseconds")?,
        session: row.session,
        project: folder(&message["path"], "cwd").unwrap_or(row.folder),
        model: name(message, "modelID")?,
        tokens: tokens(usage)?,
        cost: cost(message, "cost")?,
        modifiers: "",
    })
}

/// The four kinds are apart here, and reasoning is not in the output.
fn tokens(usage: &Value) -> Result<Tokens, String> {
    let cache = &usage["cache"];
    Ok(Tokens {
        input: count(usage, "input")?,
        cache_write_5m: count(cache, "write")?,
        cache_write_1h: 0,
        cache_read: count(cache, "read")?,
        output: count(usage, "output")? + count(usage, "reasoning")?,
    })
}

#[cfg(test)]
mod tests;
