//! The tasks of Roo Code and of Kilo Code, which came of it: messages as Cline writes them ([`tasks`]).

use std::path::{Path, PathBuf};

use crate::sources::cline::tasks::{self, Beside, Family, is_log};
use crate::sources::logs::values::MAX_FOLDER;
use crate::sources::logs::{LogFormat, editors, noted};

pub const NAME: &str = "roo";

pub static FORMAT: LogFormat = LogFormat {
    name: NAME,
    agent: "Roo Code",
    reader: 1,
    default_roots,
    folders: |root| vec![root.join("tasks")],
    bare_roots: true,
    is_log,
    read: |file, _, _| tasks::read(file, &ROO),
    // It deletes a task only when somebody tells it to.
    keeps: |_| None,
};

/// Newer versions count as input whatever was sent; older ones did what the provider did, which for Anthropic is without
/// what came from the cache.
pub static ROO: Family = Family { input_may_hold_cache: true, beside };

const EXTENSIONS: [&str; 2] = ["rooveterinaryinc.roo-cline", "kilocode.kilo-code"];

/// The folders of the extensions in each editor; those that are not there say nothing.
fn default_roots() -> Vec<PathBuf> {
    EXTENSIONS.iter().flat_map(|extension| editors::storages(extension)).collect()
}

/// Newer versions note beside the messages where a task was begun. Which model answered stands in no file but the prompts.
fn beside(task: &Path, _: &str) -> Beside {
    let workspace = noted(&task.join("history_item.json"), "/workspace");
    let workspace = workspace.as_ref().and_then(|workspace| workspace.as_str());
    let project = workspace.filter(|folder| folder.len() <= MAX_FOLDER).unwrap_or_default().to_owned();
    Beside { project, ..Beside::default() }
}
