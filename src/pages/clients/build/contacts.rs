//! Lists of contacts: looked at, kept for a few minutes for whoever decides, and brought in.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ring::rand::{SecureRandom, SystemRandom};

use super::deeds::short;
use crate::components::encoded;
use crate::error::AppError;
use crate::model::{Client, Contact};
use crate::pages::clients::contacts::{ContactsCard, ListLooked};
use crate::sources::contacts::{CONTACTS_MAX, ContactList, read_contacts};
use crate::store::{ContactsImported, ImportMode};
use crate::sync::Engine;

/// Whoever has looked decides soon; what is kept are names and addresses.
const KEPT: Duration = Duration::from_secs(15 * 60);
/// Nobody looks at more lists in that time; the oldest goes.
const AT_MOST: usize = 20;

/// A list that waits for somebody's word, and what is said of it.
struct Waiting {
    client: String,
    contacts: Vec<Contact>,
    looked: ListLooked,
    since: Instant,
}

static WAITING: LazyLock<Mutex<HashMap<String, Waiting>>> = LazyLock::new(Mutex::default);

/// Keeps a list; returns the address of the page that shows it.
fn keep(client: &str, contacts: Vec<Contact>, mut looked: ListLooked) -> anyhow::Result<String> {
    let mut bytes = [0; 16];
    SystemRandom::new().fill(&mut bytes).map_err(|_| anyhow::anyhow!("the system gives no random numbers"))?;
    let key: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    if looked.good && !contacts.is_empty() {
        looked.key.clone_from(&key);
    }
    let mut waiting = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
    waiting.retain(|_, waiting| waiting.since.elapsed() < KEPT);
    while waiting.len() >= AT_MOST {
        let oldest = waiting.iter().min_by_key(|(_, waiting)| waiting.since).map(|(key, _)| key.clone());
        oldest.and_then(|key| waiting.remove(&key));
    }
    waiting.insert(key.clone(), Waiting { client: client.to_owned(), contacts, looked, since: Instant::now() });
    Ok(format!("/clients?contacts={}&list={key}#contacts", encoded(client)))
}

async fn client_of(engine: &Engine, id: &str) -> Result<Client, AppError> {
    let clients = engine.store.clients().await?;
    let gone = || AppError::BadRequest(format!("There is no client “{}” any more.", short(id)));
    clients.into_iter().find(|client| client.id == id).ok_or_else(gone)
}

pub(in crate::pages::clients) async fn card(engine: &Engine, id: &str, list: &str) -> Result<ContactsCard, AppError> {
    let client = client_of(engine, id).await?;
    let count = engine.store.contacts_of(&client.id).await?.len();
    let waiting = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
    let looked = waiting.get(list).filter(|waiting| waiting.client == client.id && waiting.since.elapsed() < KEPT);
    let list = match looked {
        Some(waiting) => Some(waiting.looked.clone()),
        None if list.is_empty() => None,
        None => Some(refusal("The list was looked at too long ago, or was brought in: paste it again.".to_owned())),
    };
    let warning = if client.keeps_personal {
        ""
    } else {
        "For this client it is not kept who ordered, so no order can be matched by an address or a telephone. Edit the client \
         to have it kept."
    };
    Ok(ContactsCard { client: client.id, name: client.name, count: people(count), warning: warning.to_owned(), list })
}

fn people(count: usize) -> String {
    if count == 1 { "1 contact".to_owned() } else { format!("{count} contacts") }
}

fn refusal(said: String) -> ListLooked {
    ListLooked { said, ..ListLooked::default() }
}

pub(in crate::pages::clients) async fn look(engine: &Engine, id: &str, text: &str) -> Result<String, AppError> {
    let client = client_of(engine, id).await?;
    let list = match read_contacts(&client.id, text.as_bytes(), &[]) {
        Ok(list) => list,
        Err(problem) => return Ok(keep(&client.id, Vec::new(), refusal(problem))?),
    };
    let now_ms = engine.clock.now().timestamp_millis();
    let would = engine.store.import_contacts(&client.id, &list.contacts, CONTACTS_MAX, ImportMode::Try, now_ms).await?;
    let mut looked = in_words(&list);
    looked.good = !would.too_many && !list.contacts.is_empty();
    looked.said = match (would.too_many, list.contacts.is_empty()) {
        (true, _) => too_many(),
        (_, true) => "There is nobody in this list who could be brought in.".to_owned(),
        _ => format!("Nothing is stored yet. This list would do so much: {}.", done(&would, &list)),
    };
    Ok(keep(&client.id, list.contacts, looked)?)
}

pub(in crate::pages::clients) async fn import(engine: &Engine, id: &str, key: &str) -> Result<String, AppError> {
    let client = client_of(engine, id).await?;
    let waiting = {
        let mut waiting = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
        let is_theirs = waiting.get(key).is_some_and(|waiting| waiting.client == client.id);
        if is_theirs { waiting.remove(key).filter(|waiting| waiting.since.elapsed() < KEPT) } else { None }
    };
    let Some(Waiting { contacts, .. }) = waiting.filter(|waiting| !waiting.looked.key.is_empty()) else {
        return Ok(format!("/clients?contacts={}&list=none#contacts", encoded(&client.id)));
    };
    let now_ms = engine.clock.now().timestamp_millis();
    let result = engine.store.import_contacts(&client.id, &contacts, CONTACTS_MAX, ImportMode::Keep, now_ms).await?;
    let list = ContactList { contacts, ..ContactList::default() };
    let said = if result.too_many { too_many() } else { format!("It is done: {}.", done(&result, &list)) };
    Ok(keep(&client.id, Vec::new(), ListLooked { good: !result.too_many, said, ..ListLooked::default() })?)
}

fn too_many() -> String {
    format!(
        "With this list the client would have more than {CONTACTS_MAX} contacts, which is the most. Nothing was stored."
    )
}

fn done(done: &ContactsImported, list: &ContactList) -> String {
    let mut parts = vec![
        format!("{} added", people(usize::try_from(done.added).unwrap_or(usize::MAX))),
        format!("{} completed", done.completed),
        format!("{} known already", done.known),
    ];
    parts.extend((list.merged > 0).then(|| format!("rows merged with another of the same person: {}", list.merged)));
    parts.extend((list.bad > 0).then(|| format!("rows left out: {}", list.bad)));
    parts.push(match done.matched {
        1 => "1 order matched that was nobody's".to_owned(),
        matched => format!("{matched} orders matched that were nobody's"),
    });
    parts.join(", ")
}

fn in_words(list: &ContactList) -> ListLooked {
    let column = |(heading, field): &(String, Option<&'static str>)| match field {
        Some("first") => format!("“{heading}” is taken for the first name"),
        Some("last") => format!("“{heading}” is taken for the last name"),
        Some(field) => format!("“{heading}” is taken for the {field}"),
        None => format!("“{heading}” is not read"),
    };
    let mut problems = list.problems.clone();
    let untold = list.bad.saturating_sub(problems.len());
    problems.extend((untold > 0).then(|| format!("Further rows that are left out: {untold}.")));
    ListLooked { columns: list.columns.iter().map(column).collect(), problems, ..ListLooked::default() }
}
