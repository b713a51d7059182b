//! What the page of tools shows, from a snapshot made for it.

use super::*;
use crate::config::{ConfigStore, Environment, SourceConfig, Zone};
use crate::model::{Freshness, FreshnessState};

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
    page(&snapshot, config, "127.0.0.1:7733".parse().expect("an address"))
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
    assert_eq!(guide_of(&page, "push").received, None, "what it sends is that of other sources");
}

#[test]
fn steps_name_the_address_and_the_folders_there_are() {
    let mut config = config();
    let page = built(&config, &[]);
    let code = |page: &ConnectPage, name: &str| -> String {
        guide_of(page, name).steps.into_iter().map(|step| format!("{}\n{}\n", step.text, step.code)).collect()
    };
    assert!(code(&page, "telemetry_events").contains("OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:7733"));
    assert!(code(&page, "push").contains("allclear push --to http://127.0.0.1:7733"));
    let choice = SourceConfig { enabled: false, roots: Some(vec!["/srv/codex".into()]), ..SourceConfig::default() };
    config.sources.0.insert("codex".to_owned(), choice);
    let told = code(&built(&config, &[]), "codex");
    assert!(told.contains("/srv/codex") && told.contains("switched off"), "{told}");
}
