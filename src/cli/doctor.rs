//! `allclear doctor`: what is wrong, and what to do about it.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::SystemTime;

use serde::Serialize;

use crate::analytics::{ProjectReport, Series, backtest, whole_days};
use crate::config::{Channel, ConfigStore};
use crate::model::FreshnessState;
use crate::sources::access::{Access, Reach};
use crate::sources::logs::LogFormat;
use crate::sources::{Source, opencode};
use crate::store::Store;
use crate::sync::{Clock, Engine};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Ok,
    Warning,
    Problem,
}

#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    verdict: Verdict,
    message: String,
}

pub(super) async fn run(config: Arc<ConfigStore>, args: Args) -> anyhow::Result<ExitCode> {
    let mut findings = configuration(&config);
    let logs_of = |source: Source| source.logs().map(|format| logs(&config, source, format));
    findings.extend(Source::ALL.into_iter().filter_map(logs_of).flatten());
    findings.extend(sources(&config));
    findings.extend(channels(&config));
    match Store::open(&config.environment.data_dir).await {
        Ok(store) => findings.extend(stored(store, &config).await?),
        Err(error) => {
            findings.push(Finding { check: "database", verdict: Verdict::Problem, message: format!("{error:#}") });
        }
    }
    let bad = findings.iter().any(|finding| finding.verdict == Verdict::Problem);
    if args.json {
        super::print(&serde_json::to_string_pretty(&findings)?)?;
    } else {
        for finding in &findings {
            let mark = match finding.verdict {
                Verdict::Ok => "ok",
                Verdict::Warning => "note",
                Verdict::Problem => "PROBLEM",
            };
            super::print(&format!("{mark:>7}  {}: {}", finding.check, finding.message))?;
        }
    }
    Ok(if bad { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn configuration(config: &ConfigStore) -> Vec<Finding> {
    let problems = config.problems();
    if problems.is_empty() {
        let current = config.current();
        let message = format!(
            "data folder {}, time zone {}, syncing {}, prices of {} models ({})",
            config.environment.data_dir.display(),
            current.zone,
            current.schedule,
            current.prices.models(),
            current.prices.compiled()
        );
        return vec![Finding { check: "configuration", verdict: Verdict::Ok, message }];
    }
    problems
        .into_iter()
        .map(|problem| Finding {
            check: "configuration",
            verdict: Verdict::Problem,
            message: format!("{}: {}", problem.path(), problem.message),
        })
        .collect()
}

fn logs(config: &ConfigStore, source: Source, format: &'static LogFormat) -> Vec<Finding> {
    let configured = config.current().sources.of(source).roots;
    let roots = format.roots(configured.as_deref());
    let found = format.find(&roots);
    let databases = if source == Source::OpenCode { opencode::database::find(&roots).len() } else { 0 };
    // An agent that is not used here is not missed, unless somebody said where it is.
    if found.roots.is_empty() && source.is_optional() && configured.is_none() {
        return Vec::new();
    }
    let (verdict, message) = if found.roots.is_empty() {
        let looked: Vec<String> = roots.iter().map(|root| root.display().to_string()).collect();
        let remedy = if source.is_optional() {
            "use it once, or mend its \"roots\" in data/config/sources.json"
        } else {
            "`allclear demo` makes some to look around"
        };
        (Verdict::Warning, format!("none found in {}; {remedy}", looked.join(", ")))
    } else if found.problems.count > 0 {
        (
            Verdict::Problem,
            format!("{} places cannot be read: {}", found.problems.count, found.problems.examples.join("; ")),
        )
    } else {
        let bytes: u64 = found.files.iter().map(|file| file.size).sum();
        let databases = if databases > 0 { format!(", {databases} databases") } else { String::new() };
        (Verdict::Ok, format!("{} files, {} MB{databases}", found.files.len(), bytes / 1_000_000))
    };
    let mut findings = vec![Finding { check: source.label(), verdict, message }];
    if let Some(retention) = found.retention(format, SystemTime::now()) {
        let verdict = if retention.going_soon > 0 { Verdict::Warning } else { Verdict::Ok };
        findings.push(Finding { check: "history", verdict, message: retention.to_string() });
    }
    findings
}

/// Channels that are on and miss a key; nothing is sent to try them.
fn channels(config: &ConfigStore) -> Vec<Finding> {
    let current = config.current();
    let finding = |channel: &Channel| match channel.keys() {
        Ok(_) => {
            let message =
                format!("{} ({}) is set up; try it with `allclear alerts test`", channel.name, channel.kind.label());
            Finding { check: "channel", verdict: Verdict::Ok, message }
        }
        Err(reason) => {
            Finding { check: "channel", verdict: Verdict::Problem, message: format!("{}: {reason}", channel.name) }
        }
    };
    current.channels.channels.iter().filter(|channel| channel.enabled).map(finding).collect()
}

/// Sources that are switched off, providers that are set up, and what the others miss.
fn sources(config: &ConfigStore) -> Vec<Finding> {
    let current = config.current();
    let finding = |source: Source| {
        let (verdict, message) = if !current.sources.of(source).enabled {
            let remedy = "to read it again, set \"enabled\": true there";
            (Verdict::Warning, format!("switched off in data/config/sources.json; {remedy}"))
        } else if source.is_provider() {
            match Access::Environment.reach(source) {
                Ok(Reach::Ready(api)) => (Verdict::Ok, format!("{api} is asked")),
                Ok(Reach::NotSet(message)) => (Verdict::Ok, message),
                Err(error) => (Verdict::Problem, format!("{error:#}")),
            }
        } else {
            return None;
        };
        Some(Finding { check: "source", verdict, message: format!("{}: {message}", source.label()) })
    };
    Source::ALL.into_iter().filter_map(finding).collect()
}

async fn stored(store: Store, config: &Arc<ConfigStore>) -> anyhow::Result<Vec<Finding>> {
    let version = store.sqlite_version().await?;
    let size = std::fs::metadata(store.file()).map_or(0, |metadata| metadata.len());
    let message = format!("{} (SQLite {version}, {} MB)", store.file().display(), size / 1_000_000);
    let mut findings = vec![Finding { check: "database", verdict: Verdict::Ok, message }];
    let engine = Engine::new(store, config.clone(), Clock::system(), Access::Environment).await?;
    let snapshot = engine.snapshot();
    for source in &snapshot.analytics.freshness {
        let verdict = match source.status {
            FreshnessState::Current => Verdict::Ok,
            FreshnessState::Failing | FreshnessState::Unauthorised => Verdict::Problem,
            FreshnessState::Late | FreshnessState::RateLimited | FreshnessState::Skipped | FreshnessState::Never => {
                Verdict::Warning
            }
        };
        let since = source.last_success.as_ref().map_or_else(|| "never".to_owned(), |at| format!("last success {at}"));
        findings.push(Finding {
            check: "source",
            verdict,
            message: format!("{}: {}, {since}", source.label, source.message),
        });
    }
    findings.extend(snapshot.notes.iter().map(|note| Finding {
        check: "configuration",
        verdict: Verdict::Warning,
        message: format!("{}: {}", note.path(), note.message),
    }));
    let holding = snapshot.alerts.iter().map(|active| (active, &active.alert));
    findings.extend(holding.map(|(active, alert)| Finding {
        check: "alert",
        verdict: Verdict::Warning,
        message: format!("{} ({})", alert.message, active.state.as_str()),
    }));
    findings.extend(projects(&snapshot.projects));
    findings.push(forecast(&whole_days(&snapshot.facts.rows, snapshot.today)));
    if let Some(quarter) = snapshot.analytics.windows.get("90d") {
        let models = &quarter.unpriced.models;
        let (verdict, message) = if models.is_empty() {
            (Verdict::Ok, "every model of the last 90 days has a price".to_owned())
        } else {
            let remedy =
                "take over a newer list with `allclear prices update`, or enter one with `allclear prices set`";
            (Verdict::Warning, format!("no price for {}; {remedy}", models.join(", ")))
        };
        findings.push(Finding { check: "prices", verdict, message });
    }
    Ok(findings)
}

/// How far forecasts of a week were from what came.
fn forecast(days: &Series) -> Finding {
    let message = match backtest(days) {
        Some(tested) => format!(
            "{} forecasts of seven days were off by {:.0} % (the plain mean by {:.0} %), and {:.0} % of them held their \
             80 % range",
            tested.forecasts, tested.error_pct, tested.plain_error_pct, tested.within_pct
        ),
        None => format!("none yet; {} whole days are known, and three weeks are needed to judge one", days.days.len()),
    };
    Finding { check: "forecast", verdict: Verdict::Ok, message }
}

/// How many projects there are, and what is wrong with which.
fn projects(projects: &[ProjectReport]) -> Vec<Finding> {
    if projects.is_empty() {
        let message = "none yet; they come with the next sync, from the folders agents worked in and from \"roots\" in \
                       data/config/projects.json";
        return vec![Finding { check: "projects", verdict: Verdict::Ok, message: message.to_owned() }];
    }
    let with_folder = projects.iter().filter(|project| project.folder.is_some()).count();
    let message = format!("{}, {with_folder} of them with a folder", projects.len());
    let all = Finding { check: "projects", verdict: Verdict::Ok, message };
    let notes = projects.iter().filter_map(|project| {
        let notes = &project.found.as_ref()?.notes;
        let message = format!("{}: {}", project.id, notes.join(" "));
        (!notes.is_empty()).then_some(Finding { check: "project", verdict: Verdict::Warning, message })
    });
    std::iter::once(all).chain(notes).collect()
}
