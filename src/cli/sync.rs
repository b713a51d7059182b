//! `allclear sync`: one run, the same code as the schedule.

use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::config::ConfigStore;
use crate::model::{RunStatus, StepStatus, SyncRun, Trigger};
use crate::sources::Source;
use crate::sources::access::Access;
use crate::store::Store;
use crate::sync::{Clock, Engine, Outcome};

/// A person waits for the end of the command.
const TELLING: Duration = Duration::from_secs(30);

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Sync only this source (repeatable)
    #[arg(long = "source", value_name = "NAME", value_parser = source)]
    sources: Vec<Source>,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

/// Reads a source's name; the error lists the right ones.
pub(super) fn source(name: &str) -> Result<Source, String> {
    Source::parse(name).ok_or_else(|| format!("the sources are {}", Source::names()))
}

pub(super) async fn run(config: Arc<ConfigStore>, args: Args) -> anyhow::Result<ExitCode> {
    let store = Store::open(&config.environment.data_dir).await?;
    let engine = Arc::new(Engine::new(store, config, Clock::system(), Access::Environment).await?);
    let bar = (!args.json && std::io::stderr().is_terminal()).then(|| tokio::spawn(show_progress(engine.clone())));
    let outcome = engine.run(Trigger::Cli, &args.sources).await;
    if let Some(bar) = bar {
        bar.abort();
    }
    // Nobody else may be there to send what the run has to say; what is left keeps its place in the outbox.
    if let Ok(Err(error)) = tokio::time::timeout(TELLING, engine.tell()).await {
        tracing::warn!(error = format!("{error:#}"), "messages could not be sent: {error:#}");
    }
    engine.store.close().await;
    match outcome? {
        Outcome::Busy(holder) => skipped(&holder, args.json),
        Outcome::Finished(run) => finished(&run, args.json),
    }
}

fn skipped(holder: &str, as_json: bool) -> anyhow::Result<ExitCode> {
    if as_json {
        let result = json!({"status": "skipped", "durationMs": 0, "error": format!("Sync already in progress ({holder})"), "steps": []});
        super::print(&serde_json::to_string_pretty(&result)?)?;
    } else {
        super::print(&format!("Sync already in progress ({holder}) - skipping"))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn finished(run: &SyncRun, as_json: bool) -> anyhow::Result<ExitCode> {
    if as_json {
        super::print(&serde_json::to_string_pretty(run)?)?;
    } else {
        for step in &run.steps {
            let mark = match step.status {
                StepStatus::Success => "ok",
                StepStatus::Skipped => "skipped",
                StepStatus::RateLimited => "limited",
                StepStatus::Error => "FAILED",
            };
            let name =
                step.source.as_ref().map_or_else(|| step.name.clone(), |source| format!("{}/{source}", step.name));
            super::print(&format!("{mark:>7}  {name}: {} ({} ms)", step.message, step.duration_ms))?;
        }
        let failed = run.error.as_ref().map_or_else(String::new, |error| format!(", with failures: {error}"));
        super::print(&format!("All syncs completed in {} ms{failed}", run.duration_ms))?;
    }
    Ok(if matches!(run.status, RunStatus::Success | RunStatus::Skipped) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Draws a bar while a long first read runs.
async fn show_progress(engine: Arc<Engine>) {
    let mut live = engine.live();
    let bar = bar();
    while live.changed().await.is_ok() {
        if let Some(running) = &live.borrow_and_update().running {
            update_bar(&bar, running.done, running.total);
        }
    }
}

/// The bar of a long read, drawn on standard error.
pub(super) fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes} {eta}");
    let bar = ProgressBar::new(0).with_message("Reading logs");
    bar.enable_steady_tick(Duration::from_millis(200));
    if let Ok(style) = style { bar.with_style(style) } else { bar }
}

pub(super) fn update_bar(bar: &ProgressBar, done: u64, total: u64) {
    bar.set_length(total);
    bar.set_position(done);
    if total > 0 && done >= total {
        bar.finish_and_clear();
    }
}
