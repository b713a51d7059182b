//! Where the user's projects lie, and the rules that say which usage belongs to which.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// `projects.json`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ProjectsFile {
    /// Folders that hold projects, or are one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub roots: Vec<PathBuf>,
    /// Whether the folders that agents worked in are projects too. Default true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_usage: Option<bool>,
    /// The first rule that fits says the project.
    pub map: Vec<Mapping>,
}

/// What fits when everything it names fits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Mapping {
    /// The project's name.
    pub project: String,
    /// Only usage of this provider: `anthropic`, `openai`, `openrouter`, `litellm`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Id or name of a workspace (Anthropic) or project (OpenAI); `""` is the default workspace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workspace: Option<String>,
    /// Id or name of an API key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_key: Option<String>,
    /// A folder: it and everything below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cwd: Option<PathBuf>,
    /// The repository a folder belongs to, as its remote `origin` names it: `github.com/me/shop`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
}

/// The address of a repository without scheme, user, password and `.git`: `github.com/me/shop`.
#[must_use]
pub fn plain_remote(remote: &str) -> String {
    let text = remote.trim();
    let text = text.split_once("://").map_or(text, |(_, rest)| rest);
    let (authority, path) = text.find('/').map_or((text, ""), |slash| text.split_at(slash));
    // A user, and with it maybe a password, is no part of which repository it is.
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let text = format!("{authority}{path}");
    let text = text.trim_end_matches('/').trim_end_matches(".git");
    // `host:me/shop` is a path on a host, `host:8080/me/shop` a port.
    let is_port = |rest: &str| rest.split('/').next().is_some_and(|part| part.parse::<u16>().is_ok());
    match text.split_once(':') {
        Some((host, path)) if !is_port(path) => format!("{host}/{path}"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_whoever_may_enter() {
        for (remote, plain) in [
            ("git@github.com:me/shop.git", "github.com/me/shop"),
            ("https://me:s3cr@et@github.com/me/shop/", "github.com/me/shop"),
            ("ssh://git@host.test:2222/me/shop.git", "host.test:2222/me/shop"),
            ("/srv/git/shop.git", "/srv/git/shop"),
            ("file:///srv/git/shop.git", "/srv/git/shop"),
            ("", ""),
        ] {
            assert_eq!(plain_remote(remote), plain);
        }
    }
}
