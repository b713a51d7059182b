//! Clients: customers whose orders are synced. A project names its client as free text; [`client_key`] joins the two.

use serde::{Deserialize, Serialize};

use super::Moment;

/// An id is part of addresses and file names.
const ID_MAX: usize = 64;

/// A client, without its keys: those are written once and never shown again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Client {
    /// As [`client_key`] makes it; never changes.
    pub id: String,
    pub name: String,
    /// The restaurant's GUID at Toast: of one location.
    pub restaurant: String,
    /// Where its API answers: `https://ws-api.toasttab.com`.
    pub api_url: String,
    /// The id its keys belong to; no secret.
    pub api_client: String,
    /// Whether keys are stored.
    pub has_secret: bool,
    /// Whether it is synced by the schedule.
    pub enabled: bool,
    /// Whether names, addresses and telephone numbers of guests are kept.
    pub keeps_personal: bool,
    /// `USD`.
    pub currency: String,
    /// The restaurant's zone, as its settings say; empty until they were read.
    pub time_zone: String,
    /// What the restaurant calls itself; empty until its settings were read.
    pub location: String,
    /// Removed: its orders are kept, it is synced no more, and its keys are gone.
    pub removed: bool,
    pub created_ms: i64,
    pub standing: ClientStanding,
}

impl Client {
    /// Whether a project's free text means this client.
    #[must_use]
    pub fn is_called(&self, text: &str) -> bool {
        let key = client_key(text);
        !key.is_empty() && (key == self.id || key == client_key(&self.name))
    }

    /// Returns what was typed in to make it.
    #[must_use]
    pub fn draft(&self) -> ClientDraft {
        ClientDraft {
            id: self.id.clone(),
            name: self.name.clone(),
            restaurant: self.restaurant.clone(),
            api_url: self.api_url.clone(),
            api_client: self.api_client.clone(),
            enabled: self.enabled,
            keeps_personal: self.keeps_personal,
        }
    }
}

/// What is typed in to make a client or to change one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientDraft {
    pub id: String,
    pub name: String,
    pub restaurant: String,
    pub api_url: String,
    pub api_client: String,
    pub enabled: bool,
    pub keeps_personal: bool,
}

impl ClientDraft {
    /// Returns what is wrong with it, a sentence for each field that names it and the remedy; empty when all is right.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.id.is_empty() || self.id.len() > ID_MAX || !self.id.is_ascii() || client_key(&self.id) != self.id {
            problems.push(format!("The id “{}” must be 1 to {ID_MAX} of a-z, 0-9 and -, such as “bistro-9”.", self.id));
        }
        if self.name.trim().is_empty() || self.name.chars().count() > 100 || self.name.chars().any(char::is_control) {
            problems.push("The name must be 1 to 100 characters on one line.".to_owned());
        }
        if !is_guid(&self.restaurant) {
            let text = &self.restaurant;
            problems.push(format!(
                "The restaurant GUID “{text}” is none: 36 characters such as 1a2b3c4d-0000-4000-8000-000000000001, of one location."
            ));
        }
        if let Some(problem) = address_problem(&self.api_url) {
            problems.push(format!("The API address “{}” {problem}.", self.api_url));
        }
        if self.api_client.trim().is_empty() || self.api_client.len() > 200 || !self.api_client.is_ascii() {
            problems.push("The API client id is missing: Toast shows it beside the secret.".to_owned());
        }
        problems
    }

    /// Returns what is wrong with it beside the clients there are, the removed ones too: a location is one client's, and
    /// a secret that was entered for one account is sent to no other.
    #[must_use]
    pub fn conflicts(&self, clients: &[Client], brings_secret: bool) -> Vec<String> {
        let mut problems = Vec::new();
        let before = clients.iter().find(|client| client.id == self.id);
        let same = |client: &Client| client.restaurant.eq_ignore_ascii_case(&self.restaurant);
        let stays = before.is_some_and(|client| !client.removed && same(client));
        if let Some(twin) = clients.iter().find(|client| client.id != self.id && same(client)).filter(|_| !stays) {
            let remedy = if twin.removed { "was removed: bring that client back" } else { "is here: edit that client" };
            problems
                .push(format!("The restaurant GUID is that of “{}” ({}), which {remedy} instead.", twin.name, twin.id));
        }
        if !brings_secret && before.is_some_and(|client| client.has_secret && !self.is_account_of(client)) {
            problems.push(
                "The API address or the API client id changed: enter the secret again, it belongs to the ones before."
                    .to_owned(),
            );
        }
        problems
    }

    fn is_account_of(&self, client: &Client) -> bool {
        self.api_url.trim_end_matches('/') == client.api_url && self.api_client.trim() == client.api_client
    }
}

fn address_problem(address: &str) -> Option<&'static str> {
    let local = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
    let is_local = local.iter().any(|start| {
        address
            .strip_prefix(start)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(':') || rest.starts_with('/'))
    });
    let rest = address.strip_prefix("https://");
    if !is_local && rest.is_none() {
        return Some("must begin with https://");
    }
    let host = rest.unwrap_or("localhost").split('/').next().unwrap_or_default();
    (host.is_empty() || address.contains(['@', '?', '#', ' '])).then_some("must be a host and nothing else")
}

fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(position, byte)| match position {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Makes the id of a client out of a name: lower case letters, digits and single hyphens.
#[must_use]
pub fn client_key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        if letter.is_alphanumeric() {
            key.push(letter);
        } else if !key.is_empty() && !key.ends_with('-') {
            key.push('-');
        }
    }
    key.trim_end_matches('-').to_owned()
}

/// The five states of a client's sync, as the indicator shows them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClientPhase {
    /// Nothing was tried since this began.
    #[default]
    Idle,
    Syncing,
    Success,
    Error,
    /// Toast asks to be left alone until a time; nothing is wrong.
    RateLimited,
}

impl ClientPhase {
    pub const ALL: [ClientPhase; 5] =
        [ClientPhase::Idle, ClientPhase::Syncing, ClientPhase::Success, ClientPhase::Error, ClientPhase::RateLimited];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            ClientPhase::Idle => "idle",
            ClientPhase::Syncing => "syncing",
            ClientPhase::Success => "success",
            ClientPhase::Error => "error",
            ClientPhase::RateLimited => "rate-limited",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<ClientPhase> {
        ClientPhase::ALL.into_iter().find(|phase| phase.as_str() == text)
    }
}

/// How a client's sync stands; kept over restarts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientStanding {
    pub phase: ClientPhase,
    /// When a sync last succeeded.
    pub last_success_ms: Option<i64>,
    /// When one last ended, however.
    pub last_attempt_ms: Option<i64>,
    /// Why the last one failed, in a sentence with the remedy.
    pub error: Option<String>,
    /// When Toast may be asked again, while it asks to be left alone.
    pub until_ms: Option<i64>,
}

/// What `/events` says of a client, for the indicator; only clients that are synced are there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientLive {
    pub id: String,
    pub name: String,
    pub phase: ClientPhase,
    /// When a sync last succeeded.
    pub last_success: Option<Moment>,
    pub error: Option<String>,
    pub until_ms: Option<i64>,
    /// A long read (first sync, full resync): what it is at, `day 3 of 90`, and how far.
    pub progress: Option<ClientProgress>,
}

/// How far a long read is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientProgress {
    pub words: String,
    pub done: u64,
    pub total: u64,
}

/// One business day of a diagnosis: what Toast has and what is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DiagnosedDay {
    pub day: chrono::NaiveDate,
    pub upstream_orders: u64,
    pub upstream_net: super::Cents,
    pub stored_orders: u64,
    pub stored_net: super::Cents,
    /// Voided, deleted and test orders at Toast.
    pub not_counted: u64,
}

impl DiagnosedDay {
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.upstream_orders == self.stored_orders && self.upstream_net == self.stored_net
    }
}

/// A full resync that is on its way or was cut off; it goes on where it was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Resync {
    pub days: u32,
    pub days_done: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> ClientDraft {
        ClientDraft {
            id: "bistro-9".into(),
            name: "Bistro Nine".into(),
            restaurant: "1a2b3c4d-0000-4000-8000-000000000001".into(),
            api_url: "https://ws-api.toasttab.com".into(),
            api_client: "abc".into(),
            enabled: true,
            keeps_personal: false,
        }
    }

    #[test]
    fn what_is_wrong_with_a_draft_is_named() {
        assert_eq!(draft().problems(), Vec::<String>::new());
        assert!(ClientDraft { api_url: "http://127.0.0.1:4000".into(), ..draft() }.problems().is_empty());
        for (wrong, said) in [
            (ClientDraft { id: "Bistro 9".into(), ..draft() }, "The id “Bistro 9”"),
            (ClientDraft { name: " ".into(), ..draft() }, "The name"),
            (ClientDraft { restaurant: "42".into(), ..draft() }, "The restaurant GUID “42”"),
            (ClientDraft { api_url: "http://example.com".into(), ..draft() }, "must begin with https://"),
            (ClientDraft { api_url: "http://localhost.evil.com".into(), ..draft() }, "must begin with https://"),
            (ClientDraft { api_url: "https://a@b".into(), ..draft() }, "a host and nothing else"),
            (ClientDraft { api_client: String::new(), ..draft() }, "The API client id"),
        ] {
            let problems = wrong.problems();
            assert!(problems.len() == 1 && problems[0].contains(said), "{problems:?}");
        }
    }

    #[test]
    fn a_location_is_one_clients_and_a_secret_one_accounts() {
        let client = Client {
            id: "bistro-9".into(),
            name: "Bistro".into(),
            restaurant: draft().restaurant,
            api_url: draft().api_url,
            api_client: "abc".into(),
            has_secret: true,
            ..Client::default()
        };
        let removed = Client { removed: true, has_secret: false, ..client.clone() };
        let check = |draft: ClientDraft, client: &Client, brings_secret, said: Option<&str>| {
            let problems = draft.conflicts(std::slice::from_ref(client), brings_secret);
            assert_eq!(problems.len(), usize::from(said.is_some()), "{problems:?}");
            assert!(said.is_none_or(|said| problems[0].contains(said)), "{problems:?}");
        };
        check(draft(), &client, false, None);
        check(draft(), &removed, false, None);
        let other = ClientDraft { id: "diner".into(), restaurant: draft().restaurant.to_uppercase(), ..draft() };
        check(other.clone(), &client, true, Some("“Bistro” (bistro-9), which is here: edit that client"));
        check(other, &removed, true, Some("bring that client back instead"));
        for moved in [
            ClientDraft { api_url: "https://evil.test".into(), ..draft() },
            ClientDraft { api_client: "xyz".into(), ..draft() },
        ] {
            check(moved.clone(), &client, false, Some("enter the secret again"));
            check(moved.clone(), &client, true, None);
            check(moved, &removed, false, None);
        }
        check(ClientDraft { api_url: format!("{}/", draft().api_url), ..draft() }, &client, false, None);
    }

    #[test]
    fn a_projects_text_means_a_client_by_its_id_or_name() {
        let client = Client { id: "bistro-9".into(), name: "Café Neuf".into(), ..Client::default() };
        for text in ["bistro-9", "Bistro 9", "  BISTRO--9 ", "café neuf"] {
            assert!(client.is_called(text), "{text}");
        }
        for text in ["", "--", "bistro", "bistro-99"] {
            assert!(!client.is_called(text), "{text}");
        }
    }
}
