//! What one Allclear sends another: the numbers of each message under its id, and nothing of what was said.
//!
//! A push carries facts as they are stored, so that a hub merges the histories of machines by the same rule that merges
//! the files of one machine (`model/sighting.rs`): a message is counted once, whoever tells of it. What an id would give
//! away of a folder goes as its hash; a folder goes as its last name, unless its owner allows more.

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use crate::model::{Basis, Tokens, UsageEvent, Usd};
use crate::sources::Problems;

/// The version of the format; a newer one is refused in words.
pub const VERSION: u32 = 1;
/// Facts of one push: a few hundred kilobytes.
pub const MAX_FACTS: usize = 5_000;
/// The longest id or name, and the largest counts, that can be real.
const MAX_NAME: usize = 4096;
const MAX_TOKENS: u64 = 1_000_000_000_000;
const MAX_PICO: i64 = 1_000_000_000_000_000_000;
/// A clock that is ahead by more counts as broken: what it dates then counts as of now.
const AHEAD_MS: i64 = 5 * 60 * 1000;

/// The body of `POST /api/push`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Push {
    pub version: u32,
    /// The installation that sends it: another one with the same token is a clone.
    pub instance: String,
    /// What the machine calls itself.
    pub host: String,
    /// Names what is in it, so that it is known when it comes again.
    pub batch: String,
    /// The batch the hub has acknowledged last: one that does not know it was put back from a backup, or set up anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    pub sources: Vec<PushedSource>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PushedSource {
    pub name: String,
    pub facts: Vec<PushedFact>,
}

/// One message. The names are short because there are many of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushedFact {
    /// Its key.
    pub k: String,
    /// When, milliseconds since 1970 UTC.
    pub t: i64,
    /// The session.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub s: String,
    /// The project.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub p: String,
    /// The model.
    pub m: String,
    /// Tokens: input, written to the cache for five minutes, for an hour, read from it, output.
    pub u: [u64; 5],
    /// Web searches.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub w: u32,
    /// What changes its price.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub f: String,
    /// The log's own cost, in pico-dollars.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub c: Option<i64>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// What a machine's owner lets leave it beside numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Projects {
    /// Nothing.
    Hidden,
    /// The last name of a folder.
    Named,
    /// The whole path.
    Paths,
}

/// A push that was understood.
#[derive(Debug, Default)]
pub struct Received {
    pub instance: String,
    pub host: String,
    pub batch: String,
    pub previous: Option<String>,
    /// By the name of the source.
    pub sources: Vec<(String, Vec<UsageEvent>)>,
    /// Facts that cannot be real, with the first few named; the others are taken.
    pub rejected: Problems,
}

impl Push {
    /// A push of some facts, named after what is in it.
    #[must_use]
    pub fn new(instance: &str, host: &str, previous: Option<String>, sources: Vec<PushedSource>) -> Push {
        let content = serde_json::to_vec(&sources).unwrap_or_default();
        let batch = hash(&content);
        Push { version: VERSION, instance: instance.to_owned(), host: host.to_owned(), batch, previous, sources }
    }
}

/// Reads the body of a push; `now_ms` is what its times are held against.
///
/// # Errors
/// When it is not a push, or one of a newer version: what is wrong, in words.
pub fn read(body: &[u8], now_ms: i64) -> Result<Received, String> {
    let push: Push = serde_json::from_slice(body).map_err(|error| format!("the body is no push: {error}"))?;
    if push.version != VERSION {
        return Err(format!(
            "the push is of version {}, and this hub reads version {VERSION}: bring both to the same release",
            push.version
        ));
    }
    if push.instance.is_empty() || push.batch.is_empty() {
        return Err("the push does not say which installation it is from, or has no batch id".to_owned());
    }
    let none = String::new();
    let previous = push.previous.as_ref().unwrap_or(&none);
    for (name, text) in
        [("instance", &push.instance), ("host", &push.host), ("batch", &push.batch), ("previous", previous)]
    {
        if text.len() > 200 || text.chars().any(char::is_control) {
            return Err(format!("{name}: longer than 200 letters, or no plain text"));
        }
    }
    let count: usize = push.sources.iter().map(|source| source.facts.len()).sum();
    if count > MAX_FACTS {
        return Err(format!("the push holds {count} messages; send {MAX_FACTS} at a time"));
    }
    let Push { instance, host, batch, previous, .. } = push;
    let mut received = Received { instance, host, batch, previous, ..Received::default() };
    for source in push.sources {
        let mut events = Vec::with_capacity(source.facts.len());
        for (number, fact) in source.facts.into_iter().enumerate() {
            match event(fact, now_ms) {
                Ok(event) => events.push(event),
                Err(reason) => received.rejected.add(|| format!("message {}: {reason}", number + 1)),
            }
        }
        received.sources.push((source.name, events));
    }
    Ok(received)
}

/// A fact as it leaves the machine.
#[must_use]
pub fn outgoing(event: &UsageEvent, projects: Projects) -> PushedFact {
    let Tokens { input, cache_write_5m, cache_write_1h, cache_read, output } = event.tokens;
    let reported = event.cost.filter(|_| event.basis == Basis::Reported);
    PushedFact {
        k: without_path(&event.key),
        t: event.at_ms,
        s: without_path(&event.session),
        p: project(&event.project, projects),
        m: event.model.to_string(),
        u: [input, cache_write_5m, cache_write_1h, cache_read, output],
        w: event.web_searches,
        f: event.modifiers.to_string(),
        c: reported.and_then(|cost| i64::try_from(cost.pico()).ok()),
    }
}

/// Ids go as they are; one that holds a path goes as its hash. A separate part of a message stays one.
fn without_path(id: &str) -> String {
    if id.contains(['/', '\\', '@']) { format!("h{}", hash(id.as_bytes())) } else { id.to_owned() }
}

fn project(place: &str, projects: Projects) -> String {
    let is_path = place.contains(['/', '\\']);
    match projects {
        Projects::Hidden => String::new(),
        Projects::Paths => place.to_owned(),
        Projects::Named if is_path => {
            place.rsplit(['/', '\\']).find(|part| !part.is_empty()).unwrap_or_default().to_owned()
        }
        // A folder of Claude Code's that never said its path: the path with dashes.
        Projects::Named if place.starts_with('-') => place.rsplit('-').next().unwrap_or_default().to_owned(),
        Projects::Named => place.to_owned(),
    }
}

fn event(fact: PushedFact, now_ms: i64) -> Result<UsageEvent, &'static str> {
    let PushedFact { k, t, s, p, m, u, w, f, c } = fact;
    for text in [&k, &s, &p, &m, &f] {
        if text.len() > MAX_NAME || text.chars().any(char::is_control) {
            return Err("an id or name is too long, or no plain text");
        }
    }
    if k.is_empty() || m.is_empty() {
        return Err("it has no key or no model");
    }
    if u.iter().any(|count| *count > MAX_TOKENS) || w > 10_000 {
        return Err("a count is too large to be real");
    }
    if c.is_some_and(|pico| !(0..=MAX_PICO).contains(&pico)) {
        return Err("its cost is negative or too large to be real");
    }
    if t < 0 {
        return Err("its time is before 1970");
    }
    let [input, cache_write_5m, cache_write_1h, cache_read, output] = u;
    let cost = c.map(|pico| Usd::from_pico(i128::from(pico)));
    Ok(UsageEvent {
        key: k.into(),
        at_ms: if t > now_ms + AHEAD_MS { now_ms } else { t },
        day: 0,
        session: s.into(),
        project: p.into(),
        model: m.into(),
        tokens: Tokens { input, cache_write_5m, cache_write_1h, cache_read, output },
        web_searches: w,
        modifiers: f.into(),
        cost,
        basis: if cost.is_some() { Basis::Reported } else { Basis::Unpriced },
    })
}

/// The first half of a SHA-256, in hexadecimal digits.
fn hash(bytes: &[u8]) -> String {
    digest(&SHA256, bytes).as_ref()[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
