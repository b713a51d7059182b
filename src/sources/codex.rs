//! Codex CLI's session logs: append-only JSONL under `<home>/sessions/YYYY/MM/DD/`, moved to `archived_sessions/` later.
//!
//! Two generations stand in them. The older tells counters after each response (`token_count`); since September 2026 one
//! record per response says what it used (`token_usage_record`). A log that holds records is read by them alone: its
//! counters tell the same again. That is decided by the keys, so it does not matter in which pieces a log is read:
//! what the counters told is a shadow (see [`crate::model::is_shadow`]) under the session's name, and gives way to the
//! first record of that session.

mod counters;
mod state;

use serde_json::Value;

use self::state::State;
use crate::model::{UsageEvent, escaped, push_sighting_key};
use crate::sources::Problems;
use crate::sources::logs::collect::Used;
use crate::sources::logs::stateful::{self, LogState, StatefulLog};
use crate::sources::logs::values::{name, time};
use crate::sources::logs::{LogFormat, ends_with, folders_in, home};

pub const NAME: &str = "codex";

pub static FORMAT: LogFormat = LogFormat {
    name: NAME,
    agent: "Codex",
    reader: 2,
    default_roots: || folders_in("CODEX_HOME").unwrap_or_else(|| vec![home().join(".codex")]),
    folders: |root| ["sessions", "archived_sessions"].map(|folder| root.join(folder)).to_vec(),
    bare_roots: true,
    is_log: |path| ends_with(path, &["jsonl"]),
    read: stateful::read::<State>,
    // It moves logs to its archive, and deletes none.
    keeps: |_| None,
};

/// The only lines that are looked at; all others hold text and the output of tools.
const WANTED: [&str; 4] = ["\"token_count\"", "\"token_usage_record\"", "\"turn_context\"", "\"session_meta\""];

/// Reads a whole log that is in memory.
#[must_use]
pub fn parse(relative: &str, text: &[u8]) -> (Vec<UsageEvent>, Problems) {
    stateful::parse::<State>(relative, text)
}

impl LogState for State {
    const WANTED: &'static [&'static str] = &WANTED;

    fn line(log: &mut Log<'_>, offset: u64, line: &Value) -> Result<(), String> {
        log.line(offset, line)
    }
}

type Log<'f> = StatefulLog<'f, State>;

impl Log<'_> {
    fn line(&mut self, offset: u64, line: &Value) -> Result<(), String> {
        let payload = &line["payload"];
        match line["type"].as_str() {
            Some("session_meta") => self.state.begin(payload, time(line, "timestamp").ok())?,
            Some("turn_context") => self.state.turn(payload, time(line, "timestamp").ok())?,
            Some("event_msg") if payload["type"] == "token_count" => self.counted(offset, line)?,
            Some("token_usage_record") => self.recorded(offset, line)?,
            _ => {}
        }
        Ok(())
    }

    /// The older generation: what the counters moved by.
    fn counted(&mut self, offset: u64, line: &Value) -> Result<(), String> {
        let payload = &line["payload"];
        let info = &payload["info"];
        if info.is_null() {
            return Ok(());
        }
        let at_ms = time(line, "timestamp")?;
        let Some(moved) = self.state.counters.moved_by(info)? else { return Ok(()) };
        if self.state.is_copied(at_ms) {
            return Ok(());
        }
        let model = match name(info, "model")? {
            Some(model) => Some(model),
            None => name(payload, "model")?,
        };
        let (session, project) = self.place();
        self.collector.take(Used {
            key: format!("{}:~#{offset}.{at_ms}", escaped(&session)),
            at_ms,
            session: &session,
            project: &project,
            model: model.or(self.state.model.as_deref()),
            tokens: moved,
            cost: None,
            modifiers: "",
        })
    }

    /// The newer generation: what one response used.
    fn recorded(&mut self, offset: u64, line: &Value) -> Result<(), String> {
        let payload = &line["payload"];
        let at_ms = time(line, "timestamp")?;
        let tokens = counters::tokens(&payload["usage"])?.ok_or("a record without its usage")?;
        let (session, project) = self.place();
        let thread = match name(payload, "thread_id")? {
            Some(thread) => thread,
            None => name(payload, "session_id")?.unwrap_or(&session),
        };
        let mut key = String::new();
        match name(payload, "response_id")? {
            Some(response) => push_sighting_key(&mut key, thread, response, false),
            // Without an id nothing can be a copy but the line itself, read again.
            None => push_sighting_key(&mut key, thread, &format!("line {offset}"), false),
        }
        let model = name(payload, "model")?.or(self.state.model.as_deref());
        let project = &project;
        self.collector.take(Used { key, at_ms, session: thread, project, model, tokens, cost: None, modifiers: "" })
    }

    /// The session and the folder it was started in.
    fn place(&self) -> (String, String) {
        let stem = self.collector.file.relative.rsplit('/').next().unwrap_or_default().trim_end_matches(".jsonl");
        let session = self.state.session.as_deref().unwrap_or(stem);
        (session.to_owned(), self.state.folder.clone().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests;
