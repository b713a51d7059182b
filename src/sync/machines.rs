//! Machines: whose usage is, and their tokens, which are made once, shown once and kept as a hash.

use std::collections::HashMap;

use anyhow::anyhow;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};

use super::engine::Engine;
use super::lock::host_name;
use crate::analytics::Machines;
use crate::model::{IMPORT_MACHINE, Machine, TELEMETRY_MACHINE};
use crate::sources::Source;
use crate::store::Store;

/// Gathers what it takes to say which machine usage is from, and whose.
///
/// # Errors
/// When the database cannot be read.
pub async fn machines(store: &Store) -> anyhow::Result<Machines> {
    Ok(Machines::new(by_source(), &store.machines().await?, store.session_tags().await?))
}

/// The machine of usage whose session nobody told of: this one, for what logs of this machine say.
fn by_source() -> HashMap<String, String> {
    let name = host_name().unwrap_or_else(|| "this machine".to_owned());
    let of = |source: Source| match source {
        _ if source.is_log() => Some(name.clone()),
        _ if source.is_telemetry() => Some(TELEMETRY_MACHINE.to_owned()),
        Source::Import => Some(IMPORT_MACHINE.to_owned()),
        _ => None,
    };
    Source::ALL.into_iter().filter_map(|source| Some((source.name().to_owned(), of(source)?))).collect()
}

/// What a machine's token begins with, so that one that was leaked is recognised.
pub const TOKEN_PREFIX: &str = "acm_";
const NAME_MAX: usize = 80;

/// Adds a machine; returns it with its token, which nobody will ever see again.
///
/// # Errors
/// When the name cannot be one or is taken by a machine that may push (in words), or the database cannot be written.
pub async fn add_machine(store: &Store, name: &str, person: &str, now_ms: i64) -> anyhow::Result<(Machine, String)> {
    let (name, person) = (checked("name", name)?, checked("person", person)?);
    anyhow::ensure!(!name.is_empty(), "the name is missing: what is the machine called?");
    let taken = store.machines().await?.into_iter().any(|known| known.name == name && known.revoked_ms.is_none());
    anyhow::ensure!(!taken, "there is a machine \"{name}\" already: choose another name, or revoke that one first");
    let token = format!("{TOKEN_PREFIX}{}", URL_SAFE_NO_PAD.encode(random::<32>()?));
    let id: String = random::<8>()?.iter().map(|byte| format!("{byte:02x}")).collect();
    let machine = Machine { id, name, person, created_ms: now_ms, ..Machine::default() };
    store.add_machine(&machine, &token_hash(&token)).await?;
    Ok((machine, token))
}

/// The hash a token is known by.
#[must_use]
pub fn token_hash(token: &str) -> String {
    digest(&SHA256, token.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn checked(what: &str, text: &str) -> anyhow::Result<String> {
    let text = text.trim();
    anyhow::ensure!(
        text.len() <= NAME_MAX && !text.chars().any(char::is_control),
        "the {what} is longer than {NAME_MAX} letters, or no plain text"
    );
    Ok(text.to_owned())
}

fn random<const N: usize>() -> anyhow::Result<[u8; N]> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| anyhow!("the system gives no random numbers"))?;
    Ok(bytes)
}

/// Remembered beside the facts: what this installation calls itself towards hubs.
const INSTANCE: &str = "instance";

/// This installation, as a hub tells it from a copy: the data folder's own number, and the machine it lies on.
pub(super) async fn instance(engine: &Engine) -> anyhow::Result<(String, String)> {
    let store = &engine.store;
    let number = match store.meta(INSTANCE).await? {
        Some(number) => number,
        None => {
            let number: String = random::<16>()?.iter().map(|byte| format!("{byte:02x}")).collect();
            store.set_meta(INSTANCE, &number).await?;
            number
        }
    };
    let host = host_name().unwrap_or_else(|| "a machine without a name".to_owned());
    let of_system = std::fs::read_to_string("/etc/machine-id").unwrap_or_default();
    let all = format!("{number} {host} {}", of_system.trim());
    let instance = digest(&SHA256, all.as_bytes()).as_ref()[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    Ok((instance, host))
}
