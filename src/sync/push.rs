//! Sending to a hub what has changed since it was told last: outbound only, as often as it takes.
//!
//! How far the hub has been told of each source is the generation of the database, remembered when the hub has acknowledged
//! everything up to it. Days without the hub lose nothing: the next push holds them all; one that is cut off is sent again,
//! and the hub knows what it has. A hub that does not know what it acknowledged last has lost its history, and is told
//! everything again.

use anyhow::Context;
use axum::body::Bytes;
use serde::Deserialize;

use super::engine::Engine;
use super::machines::instance;
use crate::config::Secret;
use crate::model::fingerprint;
use crate::sources::Source;
use crate::sources::http::{Api, Retry, Waiting};
use crate::sources::push::{MAX_FACTS, Projects, Push, PushedSource, outgoing};

const ATTEMPTS: u32 = 3;
/// Where the hub is told, below its address.
const PATH: &str = "/api/push";

/// Where to push, and what may leave.
pub struct Hub {
    api: Api,
    /// How far it has been told is remembered under this name.
    cursor: String,
    projects: Projects,
}

/// What a push has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pushed {
    pub facts: u64,
    /// Messages that were new to the hub.
    pub added: u64,
    pub rejected: u64,
}

/// What a hub answers.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    added: u64,
    #[serde(default)]
    rejected: u64,
    #[serde(default)]
    unknown_sources: Vec<String>,
    /// A hub of an earlier release does not say so.
    #[serde(default = "yes")]
    knows_previous: bool,
}

fn yes() -> bool {
    true
}

impl Hub {
    /// A hub at an address, and the token it knows this machine by.
    ///
    /// # Errors
    /// When the address is none, or the token cannot be one.
    pub fn new(url: &str, token: Secret, projects: Projects) -> anyhow::Result<Hub> {
        let api = Api::new("The hub", url, "--to")?.with_bearer(token)?;
        let cursor = format!("pushed:{:016x}", fingerprint(url.trim().trim_end_matches('/').as_bytes()));
        Ok(Hub { api, cursor, projects })
    }

    /// Tells the hub what has changed; nothing at all when nothing has.
    ///
    /// # Errors
    /// When the hub cannot be reached or refuses, in words; the next push begins where this one did.
    pub async fn push(&self, engine: &Engine) -> anyhow::Result<Pushed> {
        if let Some(pushed) = self.push_since(engine).await? {
            return Ok(pushed);
        }
        tracing::warn!("the hub does not know what it was told last: it is told everything again");
        self.forget(engine).await?;
        Ok(self.push_since(engine).await?.unwrap_or_default())
    }

    /// Tells what is new since the hub was told last; `None` when the hub knows nothing of that.
    async fn push_since(&self, engine: &Engine) -> anyhow::Result<Option<Pushed>> {
        let (instance, host) = instance(engine).await?;
        let mut previous = engine.store.meta(&self.batch()).await?.filter(|batch| !batch.is_empty());
        let mut pushed = Pushed::default();
        for source in logs() {
            let cursor = self.cursor_of(source);
            let told = engine.store.meta(&cursor).await?.and_then(|told| told.parse().ok()).unwrap_or(0);
            // A database that was put back from a backup is in an earlier generation: everything is told anew.
            let told = if told > engine.store.generation().await? { 0 } else { told };
            let changed = engine.store.outgoing(&[source], told).await?;
            let mut is_known = true;
            for some in changed.facts.get(source).map_or(&[][..], Vec::as_slice).chunks(MAX_FACTS) {
                let facts = some.iter().map(|event| outgoing(event, self.projects)).collect();
                let facts = PushedSource { name: source.to_owned(), facts };
                let push = Push::new(&instance, &host, previous.clone(), vec![facts]);
                let answer = self.send(engine, &push).await?;
                if !answer.knows_previous {
                    return Ok(None);
                }
                // What the hub does not know yet is told again when it may.
                is_known = answer.unknown_sources.is_empty();
                if !is_known {
                    break;
                }
                pushed.facts += some.len() as u64;
                pushed.added += answer.added;
                pushed.rejected += answer.rejected;
                engine.store.set_meta(&self.batch(), &push.batch).await?;
                previous = Some(push.batch);
            }
            if is_known && told != changed.generation {
                engine.store.set_meta(&cursor, &changed.generation.to_string()).await?;
            }
        }
        Ok(Some(pushed))
    }

    async fn forget(&self, engine: &Engine) -> anyhow::Result<()> {
        engine.store.set_meta(&self.batch(), "").await?;
        for source in logs() {
            engine.store.set_meta(&self.cursor_of(source), "0").await?;
        }
        Ok(())
    }

    fn cursor_of(&self, source: &str) -> String {
        format!("{}:{source}", self.cursor)
    }

    /// The name of what it acknowledged last.
    fn batch(&self) -> String {
        format!("{}:batch", self.cursor)
    }

    async fn send(&self, engine: &Engine, push: &Push) -> anyhow::Result<Answer> {
        let body = packed(&serde_json::to_vec(push)?)?;
        let tell = |waiting: Waiting| engine.waiting(&waiting.to_string());
        let request = self.api.request(PATH).with_packed_json(body);
        let answer = engine.http()?.get(&request, &Retry::new(ATTEMPTS, &tell)).await?;
        let answer: Answer = serde_json::from_slice(&answer)
            .context("the hub's answer is none of Allclear's: does --to name an Allclear?")?;
        for source in &answer.unknown_sources {
            tracing::warn!(source, "the hub does not know the source {source} yet: update it");
        }
        Ok(answer)
    }
}

fn logs() -> impl Iterator<Item = &'static str> {
    Source::ALL.into_iter().filter(|source| source.is_log()).map(Source::name)
}

fn packed(plain: &[u8]) -> anyhow::Result<Bytes> {
    use std::io::Write;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(plain)?;
    Ok(gzip.finish()?.into())
}
