//! What the page of sources shows, from a snapshot and settings made for it.

use super::*;
use crate::config::{ConfigStore, Environment, SourceConfig, Zone};
use crate::model::Usd;

const AT: &str = "2026-11-21T09:00:00Z";

fn config() -> Config {
    let folder = tempfile::tempdir().expect("a folder");
    let addr = "127.0.0.1:0".parse().expect("an address");
    let zone = Zone::parse("UTC");
    let data_dir = folder.path().to_owned();
    let environment = Environment {
        data_dir,
        addr,
        allowed_hosts: Vec::new(),
        trusted_proxies: Vec::new(),
        zone,
        working_folder: None,
    };
    Config::clone(&ConfigStore::load(environment).expect("loads").current())
}

fn fresh(source: Source, status: FreshnessState) -> Freshness {
    Freshness {
        source: source.name().to_owned(),
        label: source.label().to_owned(),
        last_attempt: Some(AT.to_owned()),
        status,
        message: "as told".to_owned(),
        rows: 12,
        duration_ms: 340,
        ..Freshness::default()
    }
}

fn built(config: &Config, fresh: Vec<Freshness>, ready: &[(Source, Result<bool, String>)]) -> SourcesPage {
    let mut snapshot = Snapshot::blank("2026-11-21".parse().expect("a date"));
    snapshot.analytics.freshness = fresh;
    let setup = Source::ALL.map(|source| {
        let ready = ready.iter().find(|(of, _)| *of == source).map_or(Ok(false), |(_, ready)| ready.clone());
        Setup { source, ready, next: AT.parse().ok() }
    });
    page(&snapshot, config, &setup)
}

#[test]
fn sources_in_use_come_first_and_the_others_say_what_they_need() {
    let fine = vec![fresh(Source::ClaudeCode, FreshnessState::Current)];
    let page = built(&config(), fine, &[(Source::OpenAi, Ok(true)), (Source::LiteLlm, Err("no key".to_owned()))]);
    let used: Vec<_> = page.used.iter().map(|source| (source.name.as_str(), source.state.as_str())).collect();
    assert_eq!(used, [("claude_code", "current"), ("openai", "not read yet"), ("litellm", "not read yet")]);
    assert_eq!(page.headline, "1 of 3 sources is current.");
    assert_eq!((page.used[0].attempt.as_str(), page.used[0].remedy.as_str()), ("12 rows in 340 ms", ""));
    assert_eq!(page.used[0].next.as_ref().map(|next| next.at.as_str()), Some(AT));
    assert_eq!(page.used[2].remedy, "no key.", "a setting that cannot be used is told");
    let unused: Vec<_> = page.unused.iter().map(|source| source.needs.join(" ")).collect();
    assert_eq!(
        unused[..4],
        ["~/.codex/sessions", "~/.gemini/tmp", "~/.local/share/opencode", "~/.copilot/session-state"]
    );
    assert_eq!(unused[4..7], ["~/.qwen/projects", "~/.cline/data", "rooveterinaryinc.roo-cline/tasks"]);
    assert_eq!(unused[7..], ["ANTHROPIC_ADMIN_KEY", "OPENROUTER_MANAGEMENT_KEY", "data/tokens.json"]);
}

#[test]
fn whatever_is_wrong_comes_with_what_to_do() {
    let config = config();
    for (status, source, dot, word, remedy) in [
        (FreshnessState::Late, Source::ClaudeCode, "warn", "late", "Sync it now"),
        (FreshnessState::RateLimited, Source::OpenAi, "warn", "rate limited", "Nothing: the next run"),
        (
            FreshnessState::Unauthorised,
            Source::Anthropic,
            "bad",
            "key refused",
            "Put a working key into ANTHROPIC_ADMIN_KEY",
        ),
        (FreshnessState::Failing, Source::Manual, "bad", "failing", "Mend data/tokens.json"),
        (FreshnessState::Failing, Source::OpenRouter, "bad", "failing", "The next run tries again"),
        (FreshnessState::Skipped, Source::LiteLlm, "", "skipped", "Set LITELLM_API_KEY again"),
        (FreshnessState::Never, Source::ClaudeCode, "", "not read yet", "Sync it now, or wait"),
    ] {
        let page = built(&config, vec![fresh(source, status)], &[]);
        let shown = page.used.iter().find(|shown| shown.name == source.name()).expect("is shown");
        assert_eq!((shown.dot.as_str(), shown.state.as_str()), (dot, word));
        assert!(shown.remedy.starts_with(remedy), "{}", shown.remedy);
        assert_eq!(shown.message, "as told");
    }
}

#[test]
fn a_source_that_is_switched_off_says_so_and_has_no_next_run() {
    let mut config = config();
    let off = SourceConfig { enabled: false, ..SourceConfig::default() };
    config.sources.0.insert("claude_code".to_owned(), off);
    let page = built(&config, vec![fresh(Source::ClaudeCode, FreshnessState::Skipped)], &[]);
    let [logs] = &page.used[..] else { panic!("{:?}", page.used) };
    assert_eq!((logs.state.as_str(), &logs.next, logs.every.as_str()), ("switched off", &None, "switched off"));
    assert!(logs.remedy.contains("\"enabled\" to true for \"claude_code\""), "{}", logs.remedy);
    assert_eq!(page.headline, "Every source is switched off.");
    config.sources.0.clear();
    config.sync.enabled = false;
    let page = built(&config, vec![fresh(Source::ClaudeCode, FreshnessState::Current)], &[]);
    assert_eq!((page.used[0].every.as_str(), &page.used[0].next), ("auto-sync is paused", &None));
    assert_eq!(page.headline, "The source is current.");
}

#[test]
fn a_restated_day_shows_before_and_after() {
    let revision = Revision {
        source: "anthropic".to_owned(),
        date: "2026-11-19".parse().expect("a date"),
        noted_ms: 1_795_251_600_000,
        tokens_before: 1_200_000,
        tokens_after: 900_000,
        cost_before: Usd::from_f64(3.5).expect("an amount"),
        cost_after: Usd::from_f64(2.25).expect("an amount"),
    };
    let row = restated(&revision, &config());
    assert_eq!((row.source.as_str(), row.day.as_str()), ("Anthropic API", "2026-11-19"));
    assert_eq!(row.cost, "$3.50 → $2.25");
    assert!(row.tokens.contains(" → ") && !row.noted.text.is_empty());
}
