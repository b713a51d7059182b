//! Claude Code's session logs: append-only JSONL under `<config>/projects/<slug>/…`.
//!
//! What a line says is here; finding the files and reading only what was appended is what all logs share
//! ([`logs`](super::logs)).

mod lenient;
mod line;

use std::path::{Path, PathBuf};

use crate::model::UsageEvent;
use crate::sources::logs::{
    Buffer, FileReading, Keeps, LogFile, LogFormat, Start, ends_with, folders_in, home, noted, reader,
};

pub const NAME: &str = "claude_code";

pub static FORMAT: LogFormat = LogFormat {
    name: NAME,
    agent: "Claude Code",
    reader: 2,
    default_roots,
    folders: |root| vec![root.join("projects")],
    bare_roots: true,
    is_log: |path| ends_with(path, &["jsonl"]),
    read,
    keeps,
};

/// What the agent does without a setting.
const KEPT_DAYS: u64 = 30;

/// `$CLAUDE_CONFIG_DIR`, else both of its usual places.
fn default_roots() -> Vec<PathBuf> {
    folders_in("CLAUDE_CONFIG_DIR").unwrap_or_else(|| {
        let config = std::env::var_os("XDG_CONFIG_HOME").filter(|dir| !dir.is_empty());
        let config = config.map_or_else(|| home().join(".config"), PathBuf::from);
        vec![config.join("claude"), home().join(".claude")]
    })
}

fn read(file: &LogFile, start: &Start, buffer: &mut Buffer) -> FileReading {
    let mut lines = line::Lines::new(file);
    let end = reader::read(&file.path, start.from, start.tail, buffer, |offset, text| lines.take(offset, text));
    FileReading { events: lines.events, bad: lines.bad, state: String::new(), end }
}

fn keeps(projects: &Path) -> Option<Keeps> {
    let settings = projects.parent()?.join("settings.json");
    let days = noted(&settings, "/cleanupPeriodDays").and_then(|days| days.as_u64()).unwrap_or(KEPT_DAYS);
    Some(Keeps { days, setting: "cleanupPeriodDays", settings })
}

/// The slug and the session a log belongs to: its file's name, or for nested files the folder below the slug (rule 7).
fn place_of(relative: &str) -> (&str, &str) {
    let mut parts = relative.split('/');
    let first = parts.next().unwrap_or_default();
    match (parts.next(), parts.next()) {
        (None, _) => ("", first.strip_suffix(".jsonl").unwrap_or(first)),
        (Some(second), None) => (first, second.strip_suffix(".jsonl").unwrap_or(second)),
        (Some(second), Some(_)) => (first, second),
    }
}

/// Keeps the better of two sightings that follow each other, which is what streaming writes.
fn push_or_improve(events: &mut Vec<UsageEvent>, event: UsageEvent) {
    match events.last_mut() {
        Some(last) if last.key == event.key => {
            if crate::model::rank(&event, last).is_gt() {
                *last = event;
            }
        }
        _ => events.push(event),
    }
}
