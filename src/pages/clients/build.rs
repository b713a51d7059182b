//! From what is stored of clients to the finished page, and from the form to what is stored.

pub(super) mod contacts;
mod deeds;

use chrono::DateTime;
use leptos_router::params::ParamsMap;

use super::form::{ClientForm, ON, Typed};
use super::{ClientCard, ClientsPage};
use crate::components::query_with;
use crate::config::{Secret, Zone};
use crate::error::AppError;
use crate::model::{Client, ClientDraft, ClientPhase, client_key};
use crate::sync::Engine;
use deeds::short;
pub(super) use deeds::{diagnose, remove, resync, sync, test, test_keys};

const API_URL: &str = "https://ws-api.toasttab.com";
/// What `edit` says of a client that is not there yet.
const NEW: &str = "new";

pub(super) async fn page(engine: &Engine) -> anyhow::Result<ClientsPage> {
    let zone = engine.config.current().zone;
    let clients = engine.store.clients().await?;
    let (removed, mut here): (Vec<&Client>, Vec<&Client>) = clients.iter().partition(|client| client.removed);
    let count = here.len();
    let failed = here.iter().filter(|client| client.standing.phase == ClientPhase::Error).count();
    here.extend(removed);
    Ok(ClientsPage {
        headline: headline(count, failed),
        clients: here.into_iter().map(|client| card(client, zone)).collect(),
    })
}

fn headline(clients: usize, failed: usize) -> String {
    match (clients, failed) {
        (0, _) => "No clients".to_owned(),
        (1, 0) => "1 client".to_owned(),
        (count, 0) => format!("{count} clients"),
        (1, _) => "1 client, and its last sync failed".to_owned(),
        (count, 1) => format!("{count} clients, the last sync of one failed"),
        (count, failed) => format!("{count} clients, the last sync of {failed} failed"),
    }
}

fn card(client: &Client, zone: Zone) -> ClientCard {
    let standing = &client.standing;
    let moment = |ms: i64| DateTime::from_timestamp_millis(ms).map(|at| zone.moment(&at.to_rfc3339()));
    let (dot, words, at) = match standing.phase {
        _ if client.removed => ("dot", "Removed: its orders are kept", None),
        _ if !client.has_secret => ("dot warn", "Has no API client secret", None),
        ClientPhase::Syncing => ("dot busy", "Syncing", None),
        ClientPhase::Error => ("dot bad", "Sync failed", standing.last_attempt_ms),
        ClientPhase::RateLimited => ("dot warn", "Waits for Toast, which limits its callers", None),
        ClientPhase::Idle | ClientPhase::Success => match standing.last_success_ms {
            Some(at) => ("dot ok", "Synced", Some(at)),
            None => ("dot", "Not synced yet", None),
        },
    };
    let yes = |is: bool| if is { "yes" } else { "no" };
    let text = |text: &str, otherwise: &str| if text.is_empty() { otherwise.to_owned() } else { text.to_owned() };
    let failed = !client.removed && standing.phase == ClientPhase::Error;
    let last = standing.last_success_ms.and_then(moment).map_or_else(|| "never".to_owned(), |moment| moment.text);
    let facts = [
        ("Id", client.id.clone()),
        ("Restaurant", text(&client.location, "not read yet")),
        ("GUID", client.restaurant.clone()),
        ("Last success", last),
        ("By the schedule", yes(client.enabled).to_owned()),
        ("Keeps guests' names", yes(client.keeps_personal).to_owned()),
        ("Currency and zone", format!("{}, {}", client.currency, text(&client.time_zone, "not read yet"))),
        ("API client", text(&client.api_client, "none")),
    ];
    ClientCard {
        id: client.id.clone(),
        name: client.name.clone(),
        dot: dot.to_owned(),
        standing: words.to_owned(),
        at: at.and_then(moment),
        problem: failed.then(|| standing.error.clone()).flatten().unwrap_or_default(),
        facts: facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        removed: client.removed,
    }
}

/// Fills the form in: with what was typed and refused, else with what is stored.
pub(super) async fn form(engine: &Engine, typed: Typed) -> Result<Option<ClientForm>, AppError> {
    if typed.edit.is_empty() {
        return Ok(None);
    }
    let is_new = typed.edit == NEW;
    let known = if is_new { None } else { stored(engine, &typed.edit).await? };
    if !is_new && known.is_none() {
        return Err(AppError::BadRequest(format!("There is no client “{}” any more.", short(&typed.edit))));
    }
    let keys = match &known {
        Some(client) => engine.store.client_keys(&client.id).await?,
        None => <_>::default(),
    };
    let stored = |is: bool| if is { "A secret is stored" } else { "" }.to_owned();
    let problems = if typed.again { draft(&typed).problems() } else { Vec::new() };
    let values = match (&known, typed.again) {
        (_, true) => typed,
        (Some(client), false) => Typed {
            edit: client.id.clone(),
            again: false,
            id: client.id.clone(),
            name: client.name.clone(),
            restaurant: client.restaurant.clone(),
            api_url: client.api_url.clone(),
            api_client: client.api_client.clone(),
            enabled: tick(client.enabled || client.removed),
            keeps_personal: tick(client.keeps_personal),
        },
        (None, false) => {
            Typed { edit: NEW.to_owned(), api_url: API_URL.to_owned(), enabled: tick(true), ..Typed::default() }
        }
    };
    let title = known.as_ref().map_or_else(|| "New client".to_owned(), |client| format!("Edit {}", client.name));
    let (secret, webhook_secret) = (stored(keys.secret.is_some()), stored(keys.webhook_secret.is_some()));
    Ok(Some(ClientForm { title, is_new, values, secret, webhook_secret, problems }))
}

/// Takes the form over.
pub(super) async fn save(engine: &Engine, typed: &Typed, secret: &str, webhook: &str) -> Result<String, AppError> {
    let draft = draft(typed);
    let is_new = typed.edit == NEW;
    let clients = engine.store.clients().await?;
    let known = clients.iter().find(|client| client.id == draft.id);
    let mut problems = draft.problems();
    problems.extend(draft.conflicts(&clients, !secret.trim().is_empty()));
    match known {
        Some(client) if is_new && !client.removed => {
            problems.push(format!("There is a client “{}” already: take another id, or edit that one.", client.id));
        }
        None if !is_new => problems.push(format!("There is no client “{}” any more.", short(&draft.id))),
        _ => {}
    }
    if secret.trim().is_empty() && !known.is_some_and(|client| client.has_secret) {
        problems
            .push("The API client secret is missing: Toast shows it once, when the credentials are made.".to_owned());
    }
    if !problems.is_empty() {
        return Err(AppError::BadRequest(problems.join(" ")));
    }
    let secret = Secret::new("the API client secret", secret);
    let webhook = Secret::new("the webhook secret", webhook);
    engine.save_client(&draft, secret.as_ref(), webhook.as_ref()).await?;
    Ok(format!("{} was saved", draft.name.trim()))
}

/// Where a plain form leads: back to the list, or to the form with all that was typed but the secrets.
pub(super) fn page_after(typed: &Typed, saved: &Result<String, AppError>) -> String {
    if saved.is_ok() {
        return "/clients".to_owned();
    }
    let fields = [
        ("edit", typed.edit.as_str()),
        ("again", "yes"),
        ("id", &typed.id),
        ("name", &typed.name),
        ("restaurant", &typed.restaurant),
        ("api_url", &typed.api_url),
        ("api_client", &typed.api_client),
        ("enabled", &typed.enabled),
        ("keeps_personal", &typed.keeps_personal),
    ];
    format!("/clients{}#edit", query_with(&ParamsMap::new(), &fields))
}

fn tick(is: bool) -> String {
    if is { ON.to_owned() } else { String::new() }
}

fn draft(typed: &Typed) -> ClientDraft {
    let of_name = typed.id.trim().is_empty();
    let text = |text: &str| text.trim().to_owned();
    ClientDraft {
        id: if of_name { client_key(&typed.name) } else { text(&typed.id) },
        name: text(&typed.name),
        restaurant: text(&typed.restaurant),
        api_url: text(&typed.api_url),
        api_client: text(&typed.api_client),
        enabled: typed.enabled == ON,
        keeps_personal: typed.keeps_personal == ON,
    }
}

/// A client, be it removed.
async fn stored(engine: &Engine, id: &str) -> anyhow::Result<Option<Client>> {
    Ok(engine.store.clients().await?.into_iter().find(|client| client.id == id))
}

#[cfg(test)]
mod tests;
