//! Cline's sessions since 2026: `sessions/<session>/<session>.messages.json`, one document that is written anew with every
//! message; those of helpers stand beside it.
//!
//! Each message says what its request used, under an id it keeps wherever it is copied to. A session may begin with what
//! others paid for, which is left out: what was brought over from another agent or branched off stands in its manifest with
//! the time of that, and what was carried over from an older task has no time at all.

use std::path::Path;

use serde_json::Value;

use super::tasks::tokens;
use crate::model::{UsageEvent, push_sighting_key};
use crate::sources::Problems;
use crate::sources::logs::collect::{Collector, Used};
use crate::sources::logs::reader::{self, Document};
use crate::sources::logs::values::{TIMES, cost, folder, instant, name};
use crate::sources::logs::{End, FileReading, LogFile, noted};

/// What a file of messages is called by, after its session.
const END: &str = ".messages.json";
/// What each kind of token is called: input, written to the cache, read from it, output.
const FIELDS: [&str; 4] = ["inputTokens", "cacheWriteTokens", "cacheReadTokens", "outputTokens"];

/// Whether a file holds the messages of a session.
#[must_use]
pub fn is_log(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(END))
}

/// Reads a session's file.
#[must_use]
pub fn read(file: &LogFile) -> FileReading {
    let mut session = Session { collector: Collector::new(file), manifest: Manifest::beside(&file.path) };
    let end = reader::document(&file.path).map(|document| {
        session.whole(&document);
        End { position: 0, tail: 0 }
    });
    FileReading { events: session.collector.events, bad: session.collector.bad, state: String::new(), end }
}

/// Reads a session's messages that are in memory.
#[must_use]
pub fn parse(relative: &str, text: &[u8]) -> (Vec<UsageEvent>, Problems) {
    let file = LogFile::named(relative);
    let mut session = Session { collector: Collector::new(&file), manifest: Manifest::default() };
    session.whole(&Document::Text(text.to_owned()));
    (session.collector.events, session.collector.bad)
}

/// What the file that describes a session says of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Manifest {
    /// The folder it was started in.
    project: String,
    /// What was said up to then, another session paid for.
    own_after: Option<i64>,
}

impl Manifest {
    fn beside(messages: &Path) -> Manifest {
        let folder_of = messages.parent().unwrap_or(Path::new(""));
        let mut file = folder_of.file_name().unwrap_or_default().to_owned();
        file.push(".json");
        let Some(manifest) = noted(&folder_of.join(file), "") else { return Manifest::default() };
        let at = |pointer: &str| manifest.pointer(pointer).and_then(Value::as_str).and_then(instant);
        Manifest {
            project: folder(&manifest, "cwd").unwrap_or_default().to_owned(),
            own_after: at("/metadata/importedFrom/importedAt").max(at("/metadata/fork/forkedAt")),
        }
    }
}

struct Session<'f> {
    collector: Collector<'f>,
    manifest: Manifest,
}

impl Session<'_> {
    fn whole(&mut self, document: &Document) {
        let Some(document) = self.collector.document(document) else { return };
        let Some(messages) = document["messages"].as_array() else {
            return self.collector.refuse("\"messages\"", "not a list");
        };
        // Brought over from another agent, which does not say when: none of it is known to be its own.
        if document["origin"]["mode"] == "import" && self.manifest.own_after.is_none() {
            return;
        }
        let relative = self.collector.file.relative.clone();
        let called = relative.rsplit('/').next().unwrap_or_default().trim_end_matches(END);
        for (number, message) in messages.iter().enumerate() {
            let outcome = name(&document, "sessionId").and_then(|id| self.message(id.unwrap_or(called), message));
            if let Err(reason) = outcome {
                self.collector.refuse(&format!("message {}", number + 1), &reason);
            }
        }
    }

    fn message(&mut self, session: &str, message: &Value) -> Result<(), String> {
        let metrics = &message["metrics"];
        if message["role"] != "assistant" || metrics.is_null() || message["ts"].is_null() {
            return Ok(());
        }
        if !metrics.is_object() {
            return Err("\"metrics\" is not an object".to_owned());
        }
        let at_ms = message["ts"].as_i64().filter(|at| TIMES.contains(at)).ok_or("ts is not a time in milliseconds")?;
        if self.manifest.own_after.is_some_and(|after| at_ms <= after) {
            return Ok(());
        }
        let mut key = String::new();
        match name(message, "id")? {
            Some(id) => push_sighting_key(&mut key, id, "", false),
            None => push_sighting_key(&mut key, session, &at_ms.to_string(), false),
        }
        self.collector.take(Used {
            key,
            at_ms,
            session,
            project: &self.manifest.project,
            model: name(&message["modelInfo"], "id")?,
            tokens: tokens(metrics, FIELDS, true)?,
            cost: cost(metrics, "cost")?,
            modifiers: "",
        })
    }
}
