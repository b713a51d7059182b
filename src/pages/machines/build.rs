//! From what is stored to the finished page, and what its forms do.

use chrono::{DateTime, SecondsFormat};
use leptos_router::params::ParamsMap;

use super::{Added, MachineLine, MachinesPage, MachinesQuery, once};
use crate::model::{Machine, Window, compact};
use crate::pages::hub::Hub;
use crate::pages::shares::money;
use crate::sync::Engine;

/// `address` is the one the dashboard is asked at.
pub(super) async fn load(engine: &Engine, query: MachinesQuery, address: String) -> anyhow::Result<MachinesPage> {
    let (machines, snapshot, config) = (engine.store.machines().await?, engine.snapshot(), engine.config.current());
    let shown = config.shown(snapshot.today);
    let spent = snapshot.analytics.windows.get(Window::D30.key());
    let line = |machine: &Machine| {
        let moment = |ms: Option<i64>| {
            let at = DateTime::from_timestamp_millis(ms?)?;
            Some(config.zone.moment(&at.to_rfc3339_opts(SecondsFormat::Secs, true)))
        };
        let used = spent.and_then(|stats| stats.by_machine.get(&machine.name));
        MachineLine {
            id: machine.id.clone(),
            name: machine.name.clone(),
            person: machine.person.clone(),
            host: machine.host.clone(),
            seen: moment(machine.last_seen_ms),
            revoked: moment(machine.revoked_ms),
            cost: used.map_or_else(|| "–".to_owned(), |used| money(shown, used.cost, used.unpriced)),
        }
    };
    let seen = |seen: &crate::sync::AlsoSeen| {
        let sessions = if seen.sessions == 1 { "session" } else { "sessions" };
        format!("{}: {} {sessions}, {} tokens", seen.source.label(), seen.sessions, compact(seen.tokens))
    };
    Ok(MachinesPage {
        headline: headline(&machines),
        added: once::take(&query.new)
            .map(|(name, token)| added(name, token, &Hub::new(&address, &engine.config.environment.data_dir))),
        problem: query.problem.chars().take(300).collect(),
        done: revoked(&query.revoked, &machines),
        machines: machines.iter().map(line).collect(),
        also_seen: snapshot.also_seen.iter().map(seen).collect(),
        shown,
    })
}

fn headline(machines: &[Machine]) -> String {
    match machines.iter().filter(|machine| machine.revoked_ms.is_none()).count() {
        0 => "No machine may push here yet.".to_owned(),
        1 => "One machine may push here.".to_owned(),
        many => format!("{many} machines may push here."),
    }
}

/// Only of a machine that was: an address may say anything.
fn revoked(id: &str, machines: &[Machine]) -> String {
    let found = machines.iter().find(|machine| machine.id == id && machine.revoked_ms.is_some());
    found.map_or_else(String::new, |machine| {
        format!("{} can push no more. What it pushed stays in the totals.", machine.name)
    })
}

fn added(name: String, token: String, hub: &Hub) -> Added {
    Added { push: hub.push(), telemetry: hub.telemetry_there(&token), is_reached: hub.is_reached, name, token }
}

/// Adds a machine; returns the page that shows its token, or what was wrong.
pub(super) async fn add(engine: &Engine, name: &str, person: &str) -> String {
    let now_ms = engine.clock.now().timestamp_millis();
    match crate::sync::add_machine(&engine.store, name, person, now_ms).await {
        Ok((machine, token)) => {
            tracing::info!(machine = machine.name, "The machine {} was added", machine.name);
            once::keep(&machine.id, &machine.name, &token);
            address("new", &machine.id, "#token")
        }
        Err(error) => address("problem", &capitalised(&format!("{error:#}")), "#add"),
    }
}

/// Revokes a machine; returns the page that says so.
pub(super) async fn revoke(engine: &Engine, id: &str) -> anyhow::Result<String> {
    let now_ms = engine.clock.now().timestamp_millis();
    if engine.store.revoke_machine(id, now_ms).await? {
        tracing::info!(machine = id, "The machine {id} was revoked");
    }
    Ok(address("revoked", id, ""))
}

/// Only ASCII, whatever the value holds.
fn address(name: &'static str, value: &str, place: &str) -> String {
    let query = [(name, value.to_owned())].into_iter().collect::<ParamsMap>().to_query_string();
    format!("/machines{query}{place}")
}

fn capitalised(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect::<String>() + ".")
}
