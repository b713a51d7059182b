//! Events: Claude Code's `api_request`, one record for each request, known by its request id.
//!
//! Only ids, model, time, tokens and cost are read. Everything else an agent may be told to log, prompts above all, is
//! not looked at.

use std::collections::BTreeMap;

use super::attributes::{Home, mixed, number, print, text};
use super::request::{Record, Resource, Value};
use super::{EVENTS, Events, MAX_TOKENS, Notes, instant};
use crate::model::{Basis, SessionTag, Tokens, UsageEvent, Usd, push_sighting_key};

const REQUEST: &str = "api_request";
const PREFIX: &str = "claude_code.";
/// A request that costs more is damage.
const MAX_COST: Usd = Usd::from_pico(100_000_000_000_000_000);
const PICO_PER_MICRO: i128 = 1_000_000;

/// Reads a request; `now_ms` is what its times are held against.
pub(super) fn read(resources: &[Resource<'_, Record<'_>>], now_ms: i64) -> Events {
    let mut events = Vec::new();
    let mut notes = Notes::default();
    let mut tags: BTreeMap<String, SessionTag> = BTreeMap::new();
    for resource in resources {
        let home = Home::of(&resource.attributes);
        for record in resource.scopes.iter().flat_map(|scope| &scope.items) {
            let name = name_of(record);
            if name != REQUEST {
                let name: String = name.chars().filter(|letter| !letter.is_control()).take(60).collect();
                notes.ignored.add(|| name);
                continue;
            }
            match event(record, home, now_ms) {
                Ok((event, tag)) => {
                    let says_whose = !tag.host.is_empty() || !tag.person.is_empty();
                    if says_whose && !tag.session.is_empty() {
                        tags.entry(tag.session.clone()).or_insert(tag);
                    }
                    events.push(event);
                }
                Err(reason) => notes.rejected.add(|| format!("{REQUEST}: {reason}")),
            }
        }
    }
    notes.tags = tags.into_values().collect();
    Events { events, notes }
}

/// The name of an event, in whichever of the three places it stands.
fn name_of<'r>(record: &'r Record<'_>) -> &'r str {
    let attribute = record.attributes.iter().find(|attribute| attribute.key == "event.name").and_then(text);
    let body = || match &record.body {
        // A body may be somebody's prompt: only one that is a name is looked at.
        Value::Text(body) if body.starts_with(PREFIX) && body.len() <= 60 => Some(body.as_ref()),
        _ => None,
    };
    let field = Some(record.event_name.as_ref()).filter(|name| !name.is_empty());
    let name = attribute.or(field).or_else(body).unwrap_or("a record without a name");
    name.strip_prefix(PREFIX).unwrap_or(name)
}

fn event(record: &Record<'_>, home: Home<'_>, now_ms: i64) -> Result<(UsageEvent, SessionTag), &'static str> {
    let (mut session, mut model, mut id, mut told, mut modifiers) = ("", "unknown", "", "", "");
    let mut person = home.person;
    let (mut tokens, mut cost) = (Tokens::default(), None);
    let mut known_by = home.print;
    for attribute in &record.attributes {
        known_by = known_by.wrapping_add(print(attribute)?);
        let said = text(attribute).unwrap_or_default();
        match attribute.key.as_ref() {
            "session.id" => session = said,
            "model" if !said.is_empty() => model = said,
            "request_id" => id = said,
            "event.timestamp" => told = said,
            "speed" if said == "fast" => modifiers = "fast",
            "user.email" => person = said,
            "user.account_uuid" | "user.id" if person.is_empty() => person = said,
            "input_tokens" => tokens.input = count(number(&attribute.value))?,
            "output_tokens" => tokens.output = count(number(&attribute.value))?,
            "cache_read_tokens" => tokens.cache_read = count(number(&attribute.value))?,
            "cache_creation_tokens" => tokens.cache_write_5m = count(number(&attribute.value))?,
            "cost_usd_micros" => cost = Some(micros(number(&attribute.value))?),
            "cost_usd" if cost.is_none() => cost = Some(dollars(number(&attribute.value))?),
            _ => {}
        }
    }
    let at_ms = instant::of_event([record.time_ns, record.observed_ns], told, now_ms)?;
    let mut key = String::new();
    if id.is_empty() {
        // Without an id nothing can be the same but the same record, sent again.
        let print = mixed(known_by) ^ record.time_ns.rotate_left(17);
        push_sighting_key(&mut key, &format!("record {print:016x}"), "", false);
    } else {
        push_sighting_key(&mut key, id, "", false);
    }
    // Nothing to pay for something used means that the price is not known.
    let cost = cost.filter(|cost| *cost > Usd::ZERO || tokens.total() == 0);
    let event = UsageEvent {
        key: key.into(),
        at_ms,
        day: 0,
        session: session.into(),
        project: home.project.into(),
        model: model.into(),
        tokens,
        web_searches: 0,
        modifiers: modifiers.into(),
        cost,
        basis: if cost.is_some() { Basis::Reported } else { Basis::Unpriced },
    };
    let tag = SessionTag {
        source: EVENTS.to_owned(),
        session: session.to_owned(),
        machine: String::new(),
        host: home.host.to_owned(),
        person: person.to_owned(),
    };
    Ok((event, tag))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked first")]
fn count(number: Option<f64>) -> Result<u64, &'static str> {
    let number = number.ok_or("a count of tokens is no number")?;
    #[expect(clippy::cast_precision_loss, reason = "it is far below 2^53")]
    let fits = (0.0..=MAX_TOKENS as f64).contains(&number);
    if fits { Ok(number.round() as u64) } else { Err("a count of tokens cannot be real") }
}

fn dollars(number: Option<f64>) -> Result<Usd, &'static str> {
    let cost = number.and_then(Usd::from_f64).ok_or("its cost is no amount")?;
    if (Usd::ZERO..=MAX_COST).contains(&cost) { Ok(cost) } else { Err("its cost cannot be real") }
}

#[expect(clippy::cast_possible_truncation, reason = "the range is checked first")]
fn micros(number: Option<f64>) -> Result<Usd, &'static str> {
    let micros = number.filter(|micros| micros.abs() < 1e15).ok_or("its cost is no amount")?;
    let cost = Usd::from_pico(micros.round() as i128 * PICO_PER_MICRO);
    if (Usd::ZERO..=MAX_COST).contains(&cost) { Ok(cost) } else { Err("its cost cannot be real") }
}
