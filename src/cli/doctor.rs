//! `allclear doctor`: what is wrong, and what to do about it.

use std::process::ExitCode;
use std::sync::Arc;

use serde::Serialize;

use crate::config::ConfigStore;
use crate::model::FreshnessState;
use crate::sources::{Source, claude_code};
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
    findings.push(logs(&config));
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
            message: format!("data/config/{}: {}", problem.file, problem.message),
        })
        .collect()
}

fn logs(config: &ConfigStore) -> Finding {
    let roots = claude_code::roots(config.current().sources.of(Source::ClaudeCode).roots.as_deref());
    let found = claude_code::find(&roots);
    let (verdict, message) = if found.roots.is_empty() {
        let looked: Vec<String> = roots.iter().map(|root| root.display().to_string()).collect();
        (Verdict::Warning, format!("none found in {}; `allclear demo` makes some to look around", looked.join(", ")))
    } else if found.problems.count > 0 {
        (
            Verdict::Problem,
            format!("{} places cannot be read: {}", found.problems.count, found.problems.examples.join("; ")),
        )
    } else {
        let bytes: u64 = found.files.iter().map(|file| file.size).sum();
        (Verdict::Ok, format!("{} files, {} MB", found.files.len(), bytes / 1_000_000))
    };
    Finding { check: "Claude Code logs", verdict, message }
}

async fn stored(store: Store, config: &Arc<ConfigStore>) -> anyhow::Result<Vec<Finding>> {
    let version = store.sqlite_version().await?;
    let size = std::fs::metadata(store.file()).map_or(0, |metadata| metadata.len());
    let message = format!("{} (SQLite {version}, {} MB)", store.file().display(), size / 1_000_000);
    let mut findings = vec![Finding { check: "database", verdict: Verdict::Ok, message }];
    let engine = Engine::new(store, config.clone(), Clock::system()).await?;
    let snapshot = engine.snapshot();
    for source in &snapshot.analytics.freshness {
        let verdict = match source.status {
            FreshnessState::Current => Verdict::Ok,
            FreshnessState::Failing => Verdict::Problem,
            FreshnessState::Late | FreshnessState::Skipped | FreshnessState::Never => Verdict::Warning,
        };
        let since = source.last_success.as_ref().map_or_else(|| "never".to_owned(), |at| format!("last success {at}"));
        findings.push(Finding {
            check: "source",
            verdict,
            message: format!("{}: {}, {since}", source.label, source.message),
        });
    }
    if let Some(quarter) = snapshot.analytics.windows.get("90d") {
        let models = &quarter.unpriced.models;
        let (verdict, message) = if models.is_empty() {
            (Verdict::Ok, "every model of the last 90 days has a price".to_owned())
        } else {
            (Verdict::Warning, format!("no price for {}; enter one in data/config/prices.json", models.join(", ")))
        };
        findings.push(Finding { check: "prices", verdict, message });
    }
    Ok(findings)
}
