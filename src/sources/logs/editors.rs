//! Where editors of the VS Code family keep what their extensions store: each editor has a folder of its own.

use std::path::{Path, PathBuf};

use super::home;

/// The editors, by the name of their folder among the settings of all programs.
const EDITORS: [&str; 7] = ["Code", "Code - Insiders", "VSCodium", "Cursor", "Windsurf", "Positron", "Antigravity"];
/// Their halves on a machine that somebody works on from another one, below the home folder.
const SERVERS: [&str; 6] = [
    ".vscode-server",
    ".vscode-server-insiders",
    ".vscode-remote",
    ".vscodium-server",
    ".cursor-server",
    ".windsurf-server",
];

/// The folders of an extension that exist; the one of VS Code itself when there is none.
#[must_use]
pub fn storages(extension: &str) -> Vec<PathBuf> {
    let settings = settings();
    let desktops = EDITORS.iter().map(|editor| settings.join(editor));
    let servers = SERVERS.iter().map(|server| home().join(server).join("data"));
    let storage = |editor: PathBuf| editor.join("User/globalStorage").join(extension);
    let mut found: Vec<PathBuf> = desktops.chain(servers).map(storage).filter(|folder| folder.is_dir()).collect();
    if found.is_empty() {
        found.push(storage(settings.join(EDITORS[0])));
    }
    found
}

/// Where desktop programs keep their settings.
fn settings() -> PathBuf {
    if cfg!(target_os = "macos") {
        return home().join("Library/Application Support");
    }
    let configured = std::env::var_os("XDG_CONFIG_HOME").filter(|dir| Path::new(dir).is_absolute() && !cfg!(test));
    configured.map_or_else(|| home().join(".config"), PathBuf::from)
}
