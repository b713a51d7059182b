//! Cline's tasks: what stands beside their messages. The messages themselves are those of all its family ([`tasks`]).

pub mod tasks;

use std::path::{Path, PathBuf};

use serde_json::Value;

use self::tasks::{Beside, Family, is_log};
use crate::sources::logs::values::{TIMES, folder};
use crate::sources::logs::{LogFormat, editors, home, noted};

pub const NAME: &str = "cline";

pub static FORMAT: LogFormat = LogFormat {
    name: NAME,
    agent: "Cline",
    reader: 1,
    default_roots,
    folders: |root| vec![root.join("tasks")],
    bare_roots: true,
    is_log,
    read: |file, _, _| tasks::read(file, &CLINE),
    // It deletes a task only when somebody tells it to.
    keeps: |_| None,
};

/// Its input never holds what came from the cache.
pub static CLINE: Family = Family { input_may_hold_cache: false, beside };

/// The folder of the extension in each editor, and the one of the program for the terminal.
fn default_roots() -> Vec<PathBuf> {
    let named = std::env::var_os("CLINE_DIR").filter(|dir| !dir.is_empty());
    let own = named.map_or_else(|| home().join(".cline"), PathBuf::from).join("data");
    let mut roots = editors::storages("saoudrizwan.claude-dev");
    roots.extend(own.join("tasks").is_dir().then_some(own));
    roots
}

/// The list of all tasks says where one was begun, a file beside the messages which model was chosen when.
fn beside(task: &Path, id: &str) -> Beside {
    let list = task.parent().and_then(Path::parent).map(|storage| storage.join("state/taskHistory.json"));
    let list = list.and_then(|list| noted(&list, "")).unwrap_or_default();
    let entry = list.as_array().and_then(|list| list.iter().find(|entry| entry["id"] == id));
    let project = entry.and_then(|entry| {
        folder(entry, "cwdOnTaskInitialization").or_else(|| folder(entry, "shadowGitConfigWorkTree"))
    });
    let chosen = noted(&task.join("task_metadata.json"), "/model_usage").unwrap_or_default();
    let chosen = chosen.as_array().map(Vec::as_slice).unwrap_or_default();
    Beside { project: project.unwrap_or_default().to_owned(), models: chosen.iter().filter_map(model).collect() }
}

/// From when on which model was in use.
fn model(chosen: &Value) -> Option<(i64, String)> {
    let at = chosen["ts"].as_i64().filter(|at| TIMES.contains(at))?;
    chosen["model_id"].as_str().filter(|model| !model.is_empty()).map(|model| (at, model.to_owned()))
}

#[cfg(test)]
mod tests;
