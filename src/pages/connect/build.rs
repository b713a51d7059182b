//! From the snapshot and the guides to the finished page. Pure.

use std::net::SocketAddr;

use super::guides::{GUIDES, Kind};
use super::{ConnectPage, Group, Guide, Received, Step};
use crate::config::Config;
use crate::sources::Source;
use crate::sync::Snapshot;

pub(super) fn page(snapshot: &Snapshot, config: &Config, addr: SocketAddr) -> ConnectPage {
    let group = |kind: Kind| {
        let guides = GUIDES.iter().filter(|guide| guide.kind == kind);
        Group {
            title: kind.title().to_owned(),
            text: kind.text().to_owned(),
            guides: guides.map(|of| guide(of, snapshot, config, addr)).collect(),
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

fn guide(of: &super::guides::Guide, snapshot: &Snapshot, config: &Config, addr: SocketAddr) -> Guide {
    let source = Source::parse(of.name);
    // Nobody reaches a machine under the address of all its networks.
    let host = if addr.ip().is_unspecified() { format!("HOST:{}", addr.port()) } else { addr.to_string() };
    let here = format!("http://{host}");
    let step = |(text, code): &(&str, &str)| Step { text: (*text).to_owned(), code: code.replace("{HERE}", &here) };
    let mut steps: Vec<Step> = of.steps.iter().map(step).collect();
    if let Some(looked_in) = source.and_then(|source| looked_in(source, config)) {
        steps.push(Step { text: "It is looked for in:".to_owned(), code: looked_in });
    }
    if source.is_some_and(|source| !config.sources.of(source).enabled) {
        let text = "It is switched off: set \"enabled\" to true for it in data/config/sources.json.".to_owned();
        steps.push(Step { text, code: String::new() });
    }
    Guide {
        name: of.name.to_owned(),
        label: of.label.to_owned(),
        brings: of.brings.to_owned(),
        steps,
        received: source.map(|source| received(source, snapshot)),
    }
}

/// The folders a log source is looked for in, a line each.
fn looked_in(source: Source, config: &Config) -> Option<String> {
    let format = source.logs()?;
    let roots = format.roots(config.sources.of(source).roots.as_deref());
    Some(roots.iter().map(|root| root.display().to_string()).collect::<Vec<_>>().join("\n"))
}

fn received(source: Source, snapshot: &Snapshot) -> Received {
    // Roll-ups first: a provider that only sent its bill has a state, too.
    let has_usage = snapshot.facts.rows.iter().any(|row| *row.source == *source.name());
    let has_rows = snapshot.analytics.freshness.iter().any(|fresh| fresh.source == source.name() && fresh.rows > 0);
    if has_usage || has_rows {
        Received { yes: true, text: "First data received".to_owned() }
    } else {
        Received { yes: false, text: "No data yet".to_owned() }
    }
}

#[cfg(test)]
mod tests;
