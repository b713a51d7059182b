//! From the snapshot and the guides to the finished page. Pure.

use super::guides::{GUIDES, Kind};
use super::{ConnectPage, Group, Guide, Received, Step};
use crate::config::Config;
use crate::model::{Machine, RollupRow};
use crate::pages::hub::Hub;
use crate::sources::Source;
use crate::sync::Snapshot;

pub(super) fn page(snapshot: &Snapshot, config: &Config, hub: &Hub, machines: &[Machine]) -> ConnectPage {
    let group = |kind: Kind| {
        let guides = GUIDES.iter().filter(|guide| guide.kind == kind);
        Group {
            title: kind.title().to_owned(),
            text: kind.text().to_owned(),
            guides: guides.map(|of| guide(of, snapshot, config, hub, machines)).collect(),
        }
    };
    let groups: Vec<Group> = Kind::ALL.map(group).into();
    let told = groups.iter().flat_map(|group| &group.guides).filter_map(|guide| guide.received.as_ref());
    let count = told.filter(|received| received.yes).count();
    ConnectPage { headline: headline(count), groups }
}

fn headline(count: usize) -> String {
    match count {
        0 => "No data has come yet. Each tool below is marked here as soon as its first data is read.".to_owned(),
        1 => "1 tool is connected.".to_owned(),
        count => format!("{count} tools are connected."),
    }
}

fn guide(of: &super::guides::Guide, snapshot: &Snapshot, config: &Config, hub: &Hub, machines: &[Machine]) -> Guide {
    let source = Source::parse(of.name);
    let filled = |text: &str| {
        let text = text.replace("{HERE}", &hub.here).replace("{THERE}", &hub.there);
        text.replace("{PUSH}", &hub.push()).replace("{TELEMETRY}", &hub.telemetry_here()).replace("{DATA}", &hub.data)
    };
    let step = |(text, code): &(&str, &str)| Step { text: filled(text), code: filled(code) };
    let mut steps: Vec<Step> = of.steps.iter().map(step).collect();
    if of.kind == Kind::Machines && !hub.is_reached {
        let text = "Other machines may not reach this dashboard yet: it was asked as this machine itself. Have it listen \
                    beyond it (docs/hub.md), and decide who may sign in (docs/sign-in.md); HOST is its name in your network:";
        steps.push(Step { text: text.to_owned(), code: "ALLCLEAR_ADDR=0.0.0.0:3000".to_owned() });
    }
    if let Some(looked_in) = source.and_then(|source| looked_in(source, config)) {
        steps.push(Step { text: "It is looked for in:".to_owned(), code: looked_in });
    }
    if source.is_some_and(|source| !config.sources.of(source).enabled) {
        let text = format!("It is switched off: set \"enabled\" to true for it in {}/config/sources.json.", hub.data);
        steps.push(Step { text, code: String::new() });
    }
    Guide {
        name: of.name.to_owned(),
        label: of.label.to_owned(),
        brings: of.brings.to_owned(),
        steps,
        of_machines: matches!(of.kind, Kind::Telemetry | Kind::Machines),
        received: match source {
            Some(source) => Some(received(has_sent(source, snapshot))),
            // What machines push is that of other sources: that one has come is what can be told.
            None if of.kind == Kind::Machines => {
                Some(received(machines.iter().any(|machine| machine.last_seen_ms.is_some())))
            }
            None => None,
        },
    }
}

/// The folders a log source is looked for in, a line each.
fn looked_in(source: Source, config: &Config) -> Option<String> {
    let format = source.logs()?;
    let roots = format.roots(config.sources.of(source).roots.as_deref());
    Some(roots.iter().map(|root| root.display().to_string()).collect::<Vec<_>>().join("\n"))
}

/// Whether anything of a source has come. Of logs those of this machine count: what was pushed comes from others'.
fn has_sent(source: Source, snapshot: &Snapshot) -> bool {
    let facts = &snapshot.facts;
    let of_logs = source.logs().is_some();
    let is_its = |row: &&RollupRow| *row.source == *source.name() && !(of_logs && facts.machines.is_told(row));
    // Roll-ups first: a provider that only sent its bill has a state, too.
    facts.rows.iter().any(|row| is_its(&row))
        || snapshot.analytics.freshness.iter().any(|fresh| fresh.source == source.name() && fresh.rows > 0)
}

fn received(yes: bool) -> Received {
    Received { yes, text: if yes { "First data received" } else { "No data yet" }.to_owned() }
}

#[cfg(test)]
mod tests;
