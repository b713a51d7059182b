//! What the page of tools shows, from a snapshot made for it.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::analytics::Machines;
use crate::config::{ConfigStore, Environment, SourceConfig, Zone};
use crate::model::{Freshness, FreshnessState, SessionTag, Spend};

fn config() -> Config {
    let folder = tempfile::tempdir().expect("a folder");
    let addr = "127.0.0.1:0".parse().expect("an address");
    let (zone, data_dir) = (Zone::parse("UTC"), folder.path().to_owned());
    let environment = Environment {
        data_dir,
        addr,
        allowed_hosts: Vec::new(),
        zone,
        working_folder: None,
        trusted_proxies: Vec::new(),
    };
    Config::clone(&ConfigStore::load(environment).expect("loads").current())
}

fn built(config: &Config, received: &[Source]) -> ConnectPage {
    let mut snapshot = Snapshot::blank("2026-11-21".parse().expect("a date"));
    let fresh = |source: &Source| Freshness {
        source: source.name().to_owned(),
        status: FreshnessState::Current,
        rows: 3,
        ..Freshness::default()
    };
    snapshot.analytics.freshness = received.iter().map(fresh).collect();
    page(&snapshot, config, &Hub::new("http://127.0.0.1:7733", Path::new("/srv/allclear")), &[])
}

fn guide_of(page: &ConnectPage, name: &str) -> Guide {
    page.groups.iter().flat_map(|group| &group.guides).find(|guide| guide.name == name).expect("is there").clone()
}

#[test]
fn every_source_has_a_guide_and_a_guide_has_steps() {
    let page = built(&config(), &[]);
    for source in Source::ALL {
        assert!(!guide_of(&page, source.name()).steps.is_empty(), "{}", source.name());
    }
    assert!(page.groups.iter().all(|group| !group.guides.is_empty()));
}

#[test]
fn a_tool_is_marked_when_its_first_data_came() {
    let page = built(&config(), &[]);
    assert!(page.headline.starts_with("No data has come yet."), "{}", page.headline);
    assert_eq!(guide_of(&page, "codex").received.map(|received| received.yes), Some(false));
    let page = built(&config(), &[Source::Codex, Source::Anthropic]);
    assert_eq!(page.headline, "2 tools are connected.");
    assert_eq!(guide_of(&page, "codex").received.map(|received| received.yes), Some(true));
    assert_eq!(guide_of(&page, "gemini").received.map(|received| received.yes), Some(false));
    assert_eq!(guide_of(&page, "push").received.map(|received| received.yes), Some(false));
}

#[test]
fn steps_name_the_address_and_the_folders_there_are() {
    let mut config = config();
    let page = built(&config, &[]);
    let code = |page: &ConnectPage, name: &str| -> String {
        guide_of(page, name).steps.into_iter().map(|step| format!("{}\n{}\n", step.text, step.code)).collect()
    };
    assert!(code(&page, "telemetry_events").contains("OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:7733"));
    let push = code(&page, "push");
    assert!(push.contains("allclear push --to http://HOST:7733") && push.contains("ALLCLEAR_ADDR=0.0.0.0"), "{push}");
    assert!(code(&page, "manual").contains("/srv/allclear/tokens.json"));
    let choice = SourceConfig { enabled: false, roots: Some(vec!["/srv/codex".into()]), ..SourceConfig::default() };
    config.sources.0.insert("codex".to_owned(), choice);
    let told = code(&built(&config, &[]), "codex");
    assert!(told.contains("/srv/codex") && told.contains("switched off"), "{told}");
}

#[test]
fn what_a_laptop_pushed_marks_the_laptop_and_no_log_of_this_machine() {
    let mut snapshot = Snapshot::blank("2026-11-21".parse().expect("a date"));
    let row = RollupRow {
        source: "codex".into(),
        date: snapshot.today,
        session: "s".into(),
        project: "p".into(),
        model: "m".into(),
        spend: Spend::default(),
    };
    let laptop = Machine { id: "m1".into(), name: "laptop".into(), last_seen_ms: Some(1), ..Machine::default() };
    let tag = SessionTag { source: "codex".into(), session: "s".into(), machine: "m1".into(), ..SessionTag::default() };
    let hub = Hub::new("https://hub.example.com", Path::new("/srv/allclear"));
    snapshot.facts.rows = [row].into();
    let marked = |snapshot: &Snapshot, machines: &[Machine]| {
        let page = page(snapshot, &config(), &hub, machines);
        ["codex", "push"].map(|name| guide_of(&page, name).received.is_some_and(|received| received.yes))
    };
    assert_eq!(marked(&snapshot, &[]), [true, false], "a log that lies here");
    snapshot.facts.machines = Arc::new(Machines::new(HashMap::new(), std::slice::from_ref(&laptop), vec![tag]));
    assert_eq!(marked(&snapshot, &[laptop]), [false, true]);
}
