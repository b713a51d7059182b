//! Copilot CLI's session logs, `<home>/session-state/<session>/events.jsonl`: an event a line, only ever appended.
//!
//! What each model used is told when a session ends (`session.shutdown`), as a sum over all its requests; a session that is
//! still open, or was killed, tells nothing of it. A session that is resumed ends again: what came since then counts.

mod state;

use std::path::Path;

use serde_json::Value;

use self::state::{Counts, State};
use crate::model::{UsageEvent, escaped, push_sighting_key};
use crate::sources::Problems;
use crate::sources::logs::collect::{SUM, Used};
use crate::sources::logs::stateful::{self, LogState, StatefulLog};
use crate::sources::logs::values::{MAX_NAME, count, name, time};
use crate::sources::logs::{LogFormat, ends_with, folders_in, home};

pub const NAME: &str = "copilot";

pub static FORMAT: LogFormat = LogFormat {
    name: NAME,
    agent: "Copilot CLI",
    reader: 1,
    default_roots: || folders_in("COPILOT_HOME").unwrap_or_else(|| vec![home().join(".copilot")]),
    folders: |root| vec![root.join(FOLDER)],
    bare_roots: true,
    is_log,
    read: stateful::read::<State>,
    // It deletes a session only when somebody tells it to.
    keeps: |_| None,
};

const FOLDER: &str = "session-state";
/// The only lines that are looked at; all others hold text and the output of tools.
const WANTED: [&str; 4] = ["\"session.start\"", "\"session.resume\"", "\"session.shutdown\"", "\"outputTokens\""];

/// A session's folder holds files of the project too; older versions wrote one file a session.
fn is_log(path: &Path) -> bool {
    let is_session = path.parent().is_some_and(|folder| folder.ends_with(FOLDER));
    ends_with(path, &["jsonl"]) && (is_session || path.file_name().is_some_and(|name| name == "events.jsonl"))
}

/// Reads a whole log that is in memory.
#[must_use]
pub fn parse(relative: &str, text: &[u8]) -> (Vec<UsageEvent>, Problems) {
    stateful::parse::<State>(relative, text)
}

impl LogState for State {
    const WANTED: &'static [&'static str] = &WANTED;

    fn line(log: &mut Log<'_>, offset: u64, line: &Value) -> Result<(), String> {
        log.event(offset, line)
    }
}

type Log<'f> = StatefulLog<'f, State>;

impl Log<'_> {
    fn event(&mut self, offset: u64, event: &Value) -> Result<(), String> {
        let data = &event["data"];
        match event["type"].as_str() {
            Some("session.start" | "session.resume") => self.state.begin(data),
            Some("assistant.message") => {
                self.state.answered(count(data, "outputTokens")?);
                Ok(())
            }
            Some("session.shutdown") => self.ended(offset, event),
            _ => Ok(()),
        }
    }

    /// What each model used since the session ended before, or at all.
    fn ended(&mut self, offset: u64, event: &Value) -> Result<(), String> {
        let told = counts(&event["data"]["modelMetrics"])?;
        // An end that tells nothing leaves all to the next one.
        if told.is_empty() {
            return Ok(());
        }
        let at_ms = time(event, "timestamp")?;
        let id = name(event, "id")?.map_or_else(|| format!("line {offset}"), str::to_owned);
        let session = self.session();
        let project = self.state.folder.clone().unwrap_or_default();
        let mut outcome = Ok(());
        for (model, used) in self.state.moved_to(told) {
            let mut key = String::new();
            push_sighting_key(&mut key, &session, &id, false);
            key.push('#');
            key.push_str(&escaped(&model));
            let taken = self.collector.take(Used {
                key,
                at_ms,
                session: &session,
                project: &project,
                model: Some(&model),
                tokens: used.tokens(),
                cost: None,
                modifiers: SUM,
            });
            outcome = outcome.and(taken);
        }
        outcome
    }

    /// The session's id, or what its file is called by.
    fn session(&self) -> String {
        let path = Path::new(&self.collector.file.relative);
        let stem = path.file_stem().filter(|stem| *stem != "events");
        let called = stem.or_else(|| path.parent().and_then(Path::file_name)).unwrap_or_default();
        self.state.session.clone().unwrap_or_else(|| called.to_string_lossy().into_owned())
    }
}

/// What each model is told to have used.
fn counts(metrics: &Value) -> Result<Vec<(String, Counts)>, String> {
    let Some(models) = metrics.as_object() else {
        return if metrics.is_null() { Ok(Vec::new()) } else { Err("modelMetrics is not an object".to_owned()) };
    };
    let mut told = Vec::new();
    for (model, metric) in models {
        if model.is_empty() || model.len() > MAX_NAME {
            return Err("the model is not a name".to_owned());
        }
        let usage = &metric["usage"];
        if !usage.is_object() {
            return Err("a model without its usage".to_owned());
        }
        told.push((model.clone(), Counts::of(usage)?));
    }
    Ok(told)
}

#[cfg(test)]
mod tests;
