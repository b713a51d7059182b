//! The files of `data/config`, one struct each: every field has a default, unknown keys are refused.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{ConfigProblem, DEFAULT_INTERVAL_MINUTES, Schedule, Zone};
use crate::model::Overlap;
use crate::sources::Source;

/// Configuration is kilobytes; more is a mistake.
const MAX_BYTES: u64 = 4 << 20;

/// `sync.json`: when the dashboard refreshes itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct SyncFile {
    /// Minutes between two runs, 1 to 1440. Default 15.
    pub interval_minutes: u32,
    /// A cron expression of five fields, in the time zone, instead of the interval: `"0 9-18 * * mon-fri"`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cron: Option<String>,
    /// Whether the schedule runs at all; Refresh works regardless. Default true.
    pub enabled: bool,
    /// Seconds between two readings of a client's orders while somebody looks at them, 10 to 3600. Default 60.
    pub live_orders_seconds: u32,
    /// How often a step is tried again after a failure that may pass.
    pub retry: RetryConfig,
    /// IANA name of the zone days and months are counted in. Default: the machine's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
}

impl Default for SyncFile {
    fn default() -> SyncFile {
        SyncFile {
            interval_minutes: DEFAULT_INTERVAL_MINUTES,
            cron: None,
            enabled: true,
            live_orders_seconds: 60,
            retry: RetryConfig::default(),
            timezone: None,
        }
    }
}

impl SyncFile {
    /// Returns when runs come.
    ///
    /// # Errors
    /// When the interval or the expression is not possible: a sentence with the remedy.
    pub fn schedule(&self) -> Result<Schedule, String> {
        Schedule::parse(self.interval_minutes, self.cron.as_deref())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct RetryConfig {
    /// Attempts in all, 1 to 10. Default 3.
    pub max_attempts: u32,
}

impl Default for RetryConfig {
    fn default() -> RetryConfig {
        RetryConfig { max_attempts: 3 }
    }
}

/// `sources.json`: one entry per source, by its name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SourcesFile(pub BTreeMap<String, SourceConfig>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct SourceConfig {
    /// Whether the source is read. Default true.
    pub enabled: bool,
    /// Minutes between two readings, 1 to 1440, when they are not those of `sync.json`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval_minutes: Option<u32>,
    /// How the agent is paid for (log sources).
    pub billing: Billing,
    /// Folders to read instead of the usual ones (log sources).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roots: Option<Vec<PathBuf>>,
}

/// How the usage a log sees is paid for, which says whether the provider's reports hold it too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Billing {
    /// By the token, with a key: it is in the provider's usage report and on its bill.
    #[default]
    Api,
    /// By the month: the provider's reports do not know it.
    Subscription,
}

impl Default for SourceConfig {
    fn default() -> SourceConfig {
        SourceConfig { enabled: true, interval_minutes: None, billing: Billing::Api, roots: None }
    }
}

impl SourcesFile {
    #[must_use]
    pub fn of(&self, source: Source) -> SourceConfig {
        self.0.get(source.name()).cloned().unwrap_or_default()
    }

    /// The sources whose usage a provider reports too.
    ///
    /// What a proxy tells of comes last: what agents sent through it is taken out of it before the rest is taken out of the
    /// providers' reports.
    pub(super) fn overlaps(&self) -> Vec<Overlap> {
        let (proxies, agents): (Vec<Source>, Vec<Source>) =
            Source::ALL.into_iter().partition(|source| source.is_proxy());
        let by_token = agents.into_iter().chain(proxies).filter(|source| self.of(*source).billing == Billing::Api);
        let overlap = |source: Source, provider: Source| Overlap {
            seen_by: source.name(),
            reported_by: provider.name(),
            has_local_days: source.has_instants(),
            by_proxy: provider.is_proxy(),
        };
        by_token
            .flat_map(|source| source.reported_by().iter().map(move |provider| overlap(source, *provider)))
            .collect()
    }
}

/// What a file must hold beyond its shape.
pub trait Validate {
    /// # Errors
    /// When it cannot be meant: what is wrong, in words.
    fn validate(&self) -> Result<(), String>;

    /// Everything that is wrong, a sentence each.
    fn problems(&self) -> Vec<String> {
        self.validate().err().into_iter().collect()
    }
}

impl Validate for SyncFile {
    fn validate(&self) -> Result<(), String> {
        self.schedule()?;
        if !(10..=3_600).contains(&self.live_orders_seconds) {
            return Err(format!("liveOrdersSeconds is {}; choose 10 to 3600", self.live_orders_seconds));
        }
        if !(1..=10).contains(&self.retry.max_attempts) {
            return Err(format!("retry.maxAttempts is {}; choose 1 to 10", self.retry.max_attempts));
        }
        match &self.timezone {
            Some(name) if Zone::parse(name).is_none() => {
                Err(format!("timezone \"{name}\" is not an IANA zone; write one such as \"Europe/Berlin\" or \"UTC\""))
            }
            _ => Ok(()),
        }
    }
}

impl Validate for SourcesFile {
    fn validate(&self) -> Result<(), String> {
        for (name, source) in &self.0 {
            if Source::parse(name).is_none() {
                return Err(format!("there is no source \"{name}\"; the sources are {}", Source::names()));
            }
            if let Some(minutes) = source.interval_minutes {
                Schedule::parse(minutes, None).map_err(|error| format!("{name}: {error}"))?;
            }
        }
        Ok(())
    }
}

/// Reads one file; when it is missing gives the default, when it is broken what was in force `before`.
pub(super) fn read<T: DeserializeOwned + Default + Clone + Validate>(
    folder: &Path,
    file: &str,
    before: &T,
    problems: &mut Vec<ConfigProblem>,
) -> T {
    let outcome = text(folder, file).and_then(|text| match text {
        None => Ok(T::default()),
        Some(text) => parse::<T>(&text)
            .and_then(|value| value.validate().map(|()| value))
            .map_err(|message| ConfigProblem { file: file.to_owned(), message }),
    });
    outcome.unwrap_or_else(|problem| {
        problems.push(problem);
        before.clone()
    })
}

/// Reads JSON; what is wrong is said with the field it is wrong in.
pub(super) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let mut json = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let (path, message) = (error.path().to_string(), error.inner().to_string());
        let message = message
            .replace("expected f64", "expected a number")
            .replace("expected u32", "expected a whole number")
            .replace("expected u64", "expected a whole number");
        if path == "." { message } else { format!("{path}: {message}") }
    })?;
    json.end().map_err(|error| error.to_string())?;
    Ok(value)
}

/// Reads a file's text; `None` when there is none.
pub(super) fn text(folder: &Path, file: &str) -> Result<Option<String>, ConfigProblem> {
    text_up_to(MAX_BYTES, folder, file)
}

/// Reads the text of a file that may be so large.
pub(super) fn text_up_to(max_bytes: u64, folder: &Path, file: &str) -> Result<Option<String>, ConfigProblem> {
    let problem = |message: String| ConfigProblem { file: file.to_owned(), message };
    let path = folder.join(file);
    match std::fs::metadata(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(problem(format!("cannot be read: {error}"))),
        Ok(metadata) if !metadata.is_file() => return Err(problem("is not a file; move it away".to_owned())),
        Ok(metadata) if metadata.len() > max_bytes => {
            return Err(problem(format!("is larger than {} MB", max_bytes >> 20)));
        }
        Ok(_) => {}
    }
    let bytes = std::fs::read(&path).map_err(|error| problem(format!("cannot be read: {error}")))?;
    let text = String::from_utf8(bytes).map_err(|_| problem("is not UTF-8 text; save it as UTF-8".to_owned()))?;
    Ok(Some(text.trim_start_matches('\u{feff}').to_owned()))
}

/// The documented example of every file, as `allclear config example` prints it.
#[must_use]
pub fn example() -> serde_json::Value {
    json!({
        "sync.json": {"intervalMinutes": 15, "enabled": true, "liveOrdersSeconds": 60, "retry": {"maxAttempts": 3}, "timezone": "Europe/Berlin"},
        "sources.json": {
            "claude_code": {"enabled": true, "intervalMinutes": 5, "billing": "api", "roots": ["/home/me/.claude"]},
            "manual": {"enabled": true}
        },
        "projects.json": {"roots": ["/home/me/projects"], "map": [
            {"project": "storefront", "cwd": "/home/me/storefront"},
            {"project": "storefront", "repository": "github.com/me/storefront"},
            {"project": "pipeline", "provider": "anthropic", "workspace": "CI", "apiKey": "nightly"}
        ]},
        "budget.json": {"monthly": 200, "currency": "USD", "budgets": [
            {"id": "shop", "scope": {"project": "storefront"}, "amount": 80},
            {"id": "opus", "scope": {"model": "claude-opus-5-5"}, "period": "week", "amount": 40, "name": "Opus"},
            {"id": "ci", "scope": {"source": "anthropic"}, "period": {"days": 7}, "tokens": 5_000_000}
        ]},
        "alerts.json": {
            "globalThresholds": [{"percent": 75, "label": "Warning"}, {"percent": 90, "label": "Critical"}],
            "perProjectLimits": {"pipeline": 25},
            "rules": {"thresholds": true, "forecast": true, "spike": true, "staleSource": true, "qualityDrop": true, "unpricedModel": true},
            "qualityDropPoints": 5, "groupFrom": 3, "escalateAfterHours": 24,
            "quietHours": {"from": "22:00", "to": "07:00", "criticalPasses": true}
        },
        "channels.json": {"allow": ["192.168.1.0/24"], "dashboardUrl": "https://allclear.example.com", "channels": [
            {"name": "team", "kind": "slack", "url": {"env": "SLACK_WEBHOOK_URL"}},
            {"name": "phone", "kind": "ntfy", "topic": "my-alerts", "token": {"file": "/run/secrets/ntfy"}, "levels": ["critical"]},
            {"name": "hook", "kind": "webhook", "url": "https://192.168.1.5/allclear", "secret": {"env": "HOOK_SECRET"}, "resolved": true},
            {"name": "mail", "kind": "email", "enabled": false, "host": "smtp.example.com", "from": "allclear@example.com",
                "to": ["me@example.com"], "username": "allclear", "password": {"env": "SMTP_PASSWORD"}}
        ]},
        "currency.json": {"currency": "EUR", "rates": [{"from": "2026-01-01", "perUsd": "0.92"}]},
        "sign-in.json": super::sign_in::sign_in_example(),
        "prices.json": {"models": [{"model": "my-model", "input": 3.0, "output": 15.0, "cacheRead": 0.3}]},
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ChannelsFile;
    use crate::model::{AlertsFile, BudgetFile, CurrencyFile, ProjectsFile};

    #[test]
    fn what_agents_sent_through_a_proxy_is_taken_out_of_it_before_its_rest_out_of_the_providers() {
        let overlaps = SourcesFile::default().overlaps();
        let at = |seen_by: &str, reported_by: &str| {
            overlaps.iter().position(|overlap| overlap.seen_by == seen_by && overlap.reported_by == reported_by)
        };
        for agent in ["claude_code", "codex", "opencode", "telemetry_events", "telemetry_metrics"] {
            let through_proxy = at(agent, "litellm").expect("it may go through the proxy");
            assert!(
                ["anthropic", "openai"].iter().all(|provider| at("litellm", provider) > Some(through_proxy)),
                "{agent}"
            );
            assert!(overlaps[through_proxy].by_proxy && overlaps[through_proxy].has_local_days, "{agent}");
        }
        assert!(at("opencode", "openrouter").is_some());
        assert!(at("litellm", "anthropic").is_some_and(|at| !overlaps[at].has_local_days && !overlaps[at].by_proxy));
        let by_the_month: SourcesFile =
            serde_json::from_str(r#"{"codex": {"billing": "subscription"}}"#).expect("parses");
        assert!(by_the_month.overlaps().iter().all(|overlap| overlap.seen_by != "codex"));
    }

    fn check(text: &str, expected: Result<SyncFile, &str>) {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("sync.json"), text).expect("writes");
        let mut problems = Vec::new();
        let before = SyncFile { interval_minutes: 99, ..SyncFile::default() };
        let read = read(folder.path(), "sync.json", &before, &mut problems);
        match expected {
            Ok(value) => assert_eq!((read, problems), (value, Vec::new())),
            Err(part) => {
                assert_eq!(read, before, "a broken file keeps what was in force");
                assert!(problems[0].message.contains(part), "{problems:?}");
            }
        }
    }

    #[test]
    fn files_are_read_strictly_and_broken_ones_change_nothing() {
        check("{}", Ok(SyncFile::default()));
        check("\u{feff}{\"intervalMinutes\": 7}", Ok(SyncFile { interval_minutes: 7, ..SyncFile::default() }));
        check("{\"intervalMinutes\": 0}", Err("choose from 1"));
        check("{\"intervalMinutes\": 1441}", Err("once a day"));
        check(
            "{\"intervalMinutes\": \"15\"}",
            Err("intervalMinutes: invalid type: string \"15\", expected a whole number"),
        );
        check("{\"retry\": {\"maxAttempts\": []}}", Err("retry.maxAttempts: invalid type"));
        check("{} x", Err("trailing characters"));
        check("{\"interval\": 15}", Err("unknown field `interval`"));
        check("{\"timezone\": \"Mars/Olympus\"}", Err("IANA"));
        check("{\"intervalMinutes\": 15", Err("EOF"));
        check("{\"cron\": \"0 9 * *\"}", Err("minute, hour"));
    }

    #[test]
    fn the_documented_example_is_valid() {
        let example = example();
        let sync: SyncFile = serde_json::from_value(example["sync.json"].clone()).expect("parses");
        sync.validate().expect("is valid");
        let sources: SourcesFile = serde_json::from_value(example["sources.json"].clone()).expect("parses");
        sources.validate().expect("is valid");
        let projects: ProjectsFile = serde_json::from_value(example["projects.json"].clone()).expect("parses");
        projects.validate().expect("is valid");
        let budget: BudgetFile = serde_json::from_value(example["budget.json"].clone()).expect("parses");
        budget.validate().expect("is valid");
        let alerts: AlertsFile = serde_json::from_value(example["alerts.json"].clone()).expect("parses");
        alerts.validate().expect("is valid");
        let currency: CurrencyFile = serde_json::from_value(example["currency.json"].clone()).expect("parses");
        currency.validate().expect("is valid");
        let channels: ChannelsFile = serde_json::from_value(example["channels.json"].clone()).expect("parses");
        channels.validate().expect("is valid");
        let sign_in: crate::config::SignInFile =
            serde_json::from_value(example["sign-in.json"].clone()).expect("parses");
        sign_in.validate().expect("is valid");
        crate::pricing::PriceTable::builtin()
            .and_then(|table| table.with_overrides(&example["prices.json"].to_string()))
            .expect("is valid");
    }
}
