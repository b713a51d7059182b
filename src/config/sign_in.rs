//! `sign-in.json`: other ways to sign in than a password: an identity provider, or a reverse proxy that knows who it is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::files::Validate;
use crate::model::Role;

/// Its name in `data/config`.
pub const SIGN_IN_FILE: &str = "sign-in.json";
/// The variable that holds the secret of the identity provider's client.
pub const OIDC_SECRET: &str = "ALLCLEAR_OIDC_CLIENT_SECRET";

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct SignInFile {
    /// Under which address people reach the dashboard: `https://dash.example`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
    /// An identity provider (OpenID Connect).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oidc: Option<OidcConfig>,
    /// A reverse proxy that signs people in, such as Authelia or oauth2-proxy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy: Option<ProxyConfig>,
}

/// An identity provider. The client's secret comes from the environment ([`OIDC_SECRET`]).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OidcConfig {
    /// Exactly as the provider's tokens name it.
    pub issuer: String,
    pub client_id: String,
    /// What the button says: `Sign in with NAME`.
    #[serde(default = "provider")]
    pub name: String,
    /// The claim that lists a person's groups. Default `groups`.
    #[serde(default = "groups")]
    pub groups_claim: String,
    /// Group → role, looked at whenever somebody signs in; the highest counts.
    #[serde(default)]
    pub roles: BTreeMap<String, Role>,
    /// The role of new people in none of these groups; without one they are not let in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_role: Option<Role>,
}

/// A reverse proxy's word: only from the proxies named by `--trusted-proxy`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProxyConfig {
    /// The header that holds the name, such as `Remote-User`.
    pub header: String,
    /// The role of people who are no users yet; without one they are not let in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub create_as: Option<Role>,
}

fn provider() -> String {
    "your organisation".to_owned()
}

fn groups() -> String {
    "groups".to_owned()
}

impl Validate for SignInFile {
    fn validate(&self) -> Result<(), String> {
        self.problems().into_iter().next().map_or(Ok(()), Err)
    }

    fn problems(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        let is_web = |text: &str| {
            let local = ["http://localhost", "http://127.0.0.1", "http://[::1]"];
            text.starts_with("https://") || local.iter().any(|start| text.starts_with(start))
        };
        if let Some(url) = &self.public_url
            && (!is_web(url) || url.trim_end_matches('/').matches('/').count() > 2)
        {
            wrong.push("publicUrl: write scheme and host only, such as https://dash.example".to_owned());
        }
        if let Some(oidc) = &self.oidc {
            if self.public_url.is_none() {
                wrong.push("publicUrl: is needed with oidc, for the provider sends people back to it".to_owned());
            }
            if !is_web(&oidc.issuer) {
                wrong.push("oidc.issuer: write the provider's address, beginning with https://".to_owned());
            }
            if oidc.client_id.trim().is_empty() {
                wrong.push("oidc.clientId: write the id that the provider gave this dashboard".to_owned());
            }
            if oidc.roles.values().chain(&oidc.default_role).any(|role| *role == Role::Client) {
                wrong.push(
                    "oidc.roles: client cannot be given by group; an admin names the client on /users".to_owned(),
                );
            }
        }
        if let Some(proxy) = &self.proxy {
            let good = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
            if proxy.header.is_empty() || !proxy.header.chars().all(good) {
                wrong.push("proxy.header: write the name of a header, such as Remote-User".to_owned());
            }
            if proxy.create_as == Some(Role::Client) {
                wrong.push("proxy.createAs: write viewer, operator or admin".to_owned());
            }
        }
        wrong
    }
}

/// The file as documentation shows it.
pub(super) fn sign_in_example() -> serde_json::Value {
    json!({
        "publicUrl": "https://dash.example",
        "oidc": {
            "issuer": "https://id.example", "clientId": "allclear", "name": "Example", "groupsClaim": "groups",
            "roles": {"dash-admins": "admin", "dash-operators": "operator"}, "defaultRole": "viewer",
        },
        "proxy": {"header": "Remote-User", "createAs": "viewer"},
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(json: serde_json::Value) -> Vec<String> {
        serde_json::from_value::<SignInFile>(json).expect("reads").problems()
    }

    #[test]
    fn the_example_is_valid_and_a_wrong_field_is_named() {
        assert_eq!(problems(sign_in_example()), Vec::<String>::new());
        for (wrong, field) in [
            (json!({"publicUrl": "dash.example"}), "publicUrl"),
            (json!({"publicUrl": "https://dash.example/under/a/path"}), "publicUrl"),
            (json!({"oidc": {"issuer": "https://id.example", "clientId": "a"}}), "publicUrl"),
            (
                json!({"publicUrl": "https://d.example", "oidc": {"issuer": "http://id.example", "clientId": "a"}}),
                "oidc.issuer",
            ),
            (
                json!({"publicUrl": "https://d.example", "oidc": {"issuer": "https://id.example", "clientId": " "}}),
                "oidc.clientId",
            ),
            (json!({"proxy": {"header": "Remote User"}}), "proxy.header"),
            (json!({"proxy": {"header": "Remote-User", "createAs": "client"}}), "proxy.createAs"),
        ] {
            let found = problems(wrong);
            assert!(found.len() == 1 && found.iter().all(|problem| problem.starts_with(field)), "{field}: {found:?}");
        }
    }
}
