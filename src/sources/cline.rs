//! Cline's logs: the tasks of its extension, as all its family writes them ([`tasks`]), and since 2026 the sessions of the
//! extension and of its program for the terminal ([`sessions`]).

pub mod sessions;
pub mod tasks;

use std::path::{Path, PathBuf};

use serde_json::Value;

use self::tasks::{Beside, Family};
use crate::sources::logs::values::{TIMES, folder};
use crate::sources::logs::{LogFormat, editors, home, noted};

pub const NAME: &str = "cline";

pub static FORMAT: LogFormat = LogFormat {
    name: NAME,
    agent: "Cline",
    reader: 1,
    default_roots,
    folders: |root| ["tasks", "sessions"].map(|folder| root.join(folder)).to_vec(),
    bare_roots: true,
    is_log: |path| tasks::is_log(path) || sessions::is_log(path),
    read: |file, _, _| if sessions::is_log(&file.path) { sessions::read(file) } else { tasks::read(file, &CLINE) },
    // It deletes a task only when somebody tells it to.
    keeps: |_| None,
};

/// Its input never holds what came from the cache.
pub static CLINE: Family = Family { input_may_hold_cache: false, beside };

/// The folder that all of Cline shares, and the one of its extension in each editor.
fn default_roots() -> Vec<PathBuf> {
    let named = |variable: &str| std::env::var_os(variable).filter(|dir| !dir.is_empty()).map(PathBuf::from);
    let shared = named("CLINE_DATA_DIR")
        .unwrap_or_else(|| named("CLINE_DIR").unwrap_or_else(|| home().join(".cline")).join("data"));
    [vec![shared], editors::storages("saoudrizwan.claude-dev")].concat()
}

/// The list of all tasks says where one was begun; files beside the messages say which model was chosen when, and where
/// copies begin.
fn beside(task: &Path, id: &str) -> Beside {
    let list = task.parent().and_then(Path::parent).map(|storage| storage.join("state/taskHistory.json"));
    let list = list.and_then(|list| noted(&list, "")).unwrap_or_default();
    let entry = list.as_array().and_then(|list| list.iter().find(|entry| entry["id"] == id));
    let project = entry.and_then(|entry| {
        folder(entry, "cwdOnTaskInitialization").or_else(|| folder(entry, "shadowGitConfigWorkTree"))
    });
    let chosen = noted(&task.join("task_metadata.json"), "/model_usage").unwrap_or_default();
    let chosen = chosen.as_array().map(Vec::as_slice).unwrap_or_default();
    let own = noted(&task.join("sdk_writeback.json"), "/baseUiMessageCount").and_then(|count| count.as_u64());
    Beside {
        project: project.unwrap_or_default().to_owned(),
        models: chosen.iter().filter_map(model).collect(),
        own: own.and_then(|count| usize::try_from(count).ok()),
    }
}

/// From when on which model was in use.
fn model(chosen: &Value) -> Option<(i64, String)> {
    let at = chosen["ts"].as_i64().filter(|at| TIMES.contains(at))?;
    chosen["model_id"].as_str().filter(|model| !model.is_empty()).map(|model| (at, model.to_owned()))
}

#[cfg(test)]
mod tests;
