//! The tokens step: read each source, have its facts judged, store them.
//!
//! The sources are read side by side: one that hangs or is asked to wait never keeps another from ending.

mod database;
mod ledger;
mod logs;
mod provider;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;
use backon::{ExponentialBuilder, Retryable};
use futures::future::join_all;

pub use ledger::ingest_manual;
pub use logs::{Ingested, ingest};
pub(super) use provider::asked;

use super::engine::Engine;
use super::judge::Judge;
use super::run::elapsed_ms;
use crate::config::Config;
use crate::model::{StepStatus, SyncStep};
use crate::sources::Source;
use crate::sources::http::HttpError;
use crate::store::SourceState;

/// Backoff of a failure that may pass: full jitter between these.
const RETRY_FIRST: Duration = Duration::from_millis(500);
const RETRY_LONGEST: Duration = Duration::from_secs(32);

/// A provider that is slow, not dead: the run must end some time, because it keeps the others from starting.
const LONGEST_READING: Duration = Duration::from_secs(180);

/// How reading a source ended, when it did not fail.
struct Read {
    status: StepStatus,
    message: String,
    rows: u64,
}

/// Reads every enabled source (of `only`, when it names any); one failing does not stop the others.
pub(super) async fn read_sources(engine: &Engine, only: &[Source]) -> Vec<SyncStep> {
    let config = engine.config.current();
    // Sources that are switched off, or not asked for, have facts too.
    for source in Source::ALL {
        if let Err(error) = Judge::new(&config, source).refresh(&engine.store).await {
            tracing::error!(
                error = format!("{error:#}"),
                "{}: costs could not be computed anew: {error:#}",
                source.label()
            );
        }
    }
    let wanted = Source::ALL.into_iter().filter(|source| only.is_empty() || only.contains(source));
    let (providers, local): (Vec<_>, Vec<_>) = wanted.partition(|source| source.is_provider());
    let answered = AtomicBool::new(false);
    let providers = async {
        let steps = join_all(providers.into_iter().map(|source| step(engine, source))).await;
        answered.store(true, Ordering::Relaxed);
        steps
    };
    let local = async {
        let steps = join_all(local.into_iter().map(|source| step(engine, source))).await;
        // What is here already is shown while a provider is still being asked.
        let rows: u64 = steps.iter().flatten().map(|step| step.rows).sum();
        if rows > 0
            && !answered.load(Ordering::Relaxed)
            && let Err(error) = engine.recompute().await
        {
            tracing::warn!(error = format!("{error:#}"), "the numbers could not be computed in between: {error:#}");
        }
        steps
    };
    // Providers first: they begin to answer while the logs are read.
    let (providers, local) = futures::join!(providers, local);
    let mut steps: Vec<SyncStep> = local.into_iter().chain(providers).flatten().collect();
    steps.sort_by_key(|step| step.source.as_deref().and_then(Source::parse));
    steps
}

/// Reads one source and says how it went; `None` when there is nothing to be said.
async fn step(engine: &Engine, source: Source) -> Option<SyncStep> {
    let clock = Instant::now();
    let stored = AtomicU64::new(0);
    let attempt = read_source(engine, source, &stored).await.transpose()?;
    let failure = attempt.as_ref().err().map(kind_of);
    let (status, message, rows) = match attempt {
        Ok(read) => (read.status, read.message, read.rows),
        Err(error) => {
            let status = match failure {
                Some(Failure::RateLimited) => StepStatus::RateLimited,
                Some(Failure::Stopped) => StepStatus::Skipped,
                _ => StepStatus::Error,
            };
            // What came before it failed is stored all the same.
            (status, format!("{error:#}"), stored.load(Ordering::Relaxed))
        }
    };
    match status {
        StepStatus::Error => tracing::warn!(source = source.name(), "Syncing {} failed: {message}", source.label()),
        _ => tracing::info!(source = source.name(), rows, "{}: {message}", source.label()),
    }
    let duration_ms = elapsed_ms(clock);
    let (name, source_name) = ("tokens".to_owned(), Some(source.name().to_owned()));
    let step = SyncStep { name, source: source_name, status, message, duration_ms, rows };
    note(engine, source, &step, failure).await;
    Some(step)
}

/// What may be done about a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failure {
    RateLimited,
    Unauthorised,
    Stopped,
    Other,
}

fn kind_of(error: &anyhow::Error) -> Failure {
    match error.chain().find_map(|cause| cause.downcast_ref::<HttpError>()) {
        Some(HttpError::RateLimited { .. }) => Failure::RateLimited,
        Some(HttpError::Unauthorised { .. } | HttpError::Forbidden { .. }) => Failure::Unauthorised,
        Some(HttpError::Stopped) => Failure::Stopped,
        _ => Failure::Other,
    }
}

async fn note(engine: &Engine, source: Source, step: &SyncStep, failure: Option<Failure>) {
    let now = engine.clock.now().timestamp_millis();
    let state = SourceState {
        source: source.name().to_owned(),
        last_attempt_ms: now,
        last_success_ms: (step.status == StepStatus::Success).then_some(now),
        status: match (step.status, failure) {
            (StepStatus::Success, _) => "success",
            (StepStatus::Skipped, _) => "skipped",
            (StepStatus::RateLimited, _) => "rate-limited",
            (StepStatus::Error, Some(Failure::Unauthorised)) => "unauthorised",
            (StepStatus::Error, _) => "error",
        }
        .to_owned(),
        message: step.message.clone(),
        rows: step.rows,
        duration_ms: step.duration_ms,
    };
    if let Err(error) = engine.store.note_source(&state).await {
        tracing::error!(error = format!("{error:#}"), "the state of {} could not be noted: {error:#}", source.label());
    }
}

/// Tries again what may pass; a mistake in a file or setting does not pass by waiting.
async fn read_source(engine: &Engine, source: Source, stored: &AtomicU64) -> anyhow::Result<Option<Read>> {
    let config = engine.config.current();
    let attempts = config.sync.retry.max_attempts as usize;
    let backoff = ExponentialBuilder::default()
        .with_min_delay(RETRY_FIRST)
        .with_max_delay(RETRY_LONGEST)
        .with_max_times(attempts.saturating_sub(1))
        .with_jitter();
    // The program that ends does not wait; the attempt after it stops by itself before it reads anything.
    let stopping = engine.stopping();
    let pause = move |time| {
        let mut stopping = stopping.clone();
        async move {
            let _ = tokio::time::timeout(time, stopping.wait_for(|stop| *stop)).await;
        }
    };
    (|| read_once(engine, &config, source, stored)).retry(backoff).sleep(pause).when(is_transient).await
}

fn is_transient(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let busy = cause.downcast_ref::<sqlx::Error>().is_some_and(|error| match error {
            sqlx::Error::Database(error) => matches!(error.code().as_deref(), Some("5" | "6" | "261" | "517")),
            sqlx::Error::PoolTimedOut => true,
            _ => false,
        });
        let waiting = cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|error| matches!(error.kind(), std::io::ErrorKind::TimedOut | std::io::ErrorKind::WouldBlock));
        busy || waiting
    })
}

async fn read_once(
    engine: &Engine,
    config: &Arc<Config>,
    source: Source,
    stored: &AtomicU64,
) -> anyhow::Result<Option<Read>> {
    if !config.sources.of(source).enabled && !source.is_received() {
        return Ok(Some(Read {
            status: StepStatus::Skipped,
            message: "Switched off in sources.json".to_owned(),
            rows: 0,
        }));
    }
    match source {
        Source::ClaudeCode
        | Source::Codex
        | Source::Gemini
        | Source::OpenCode
        | Source::Copilot
        | Source::Qwen
        | Source::Cline
        | Source::Roo => {
            let stopping = engine.stopping();
            let progress = |done, total| engine.progress(done, total);
            let read = ingest(&engine.store, config, source, &progress, &move || *stopping.borrow()).await?;
            Ok(read.told())
        }
        Source::Manual => {
            let read = ingest_manual(&engine.store, config, &engine.config.environment.data_dir).await?;
            Ok(read.map(|(message, rows)| Read { status: StepStatus::Success, message, rows }))
        }
        // They come when somebody sends them.
        Source::TelemetryEvents | Source::TelemetryMetrics | Source::Import => Ok(None),
        Source::Anthropic | Source::OpenAi | Source::OpenRouter | Source::LiteLlm => {
            let reading = tokio::time::timeout(LONGEST_READING, provider::read(engine, config, source, stored));
            let minutes = LONGEST_READING.as_secs() / 60;
            let late = || {
                format!("not everything was read within {minutes} min; what came is stored, and the next sync goes on")
            };
            reading.await.with_context(late)?.map(Some)
        }
    }
}

pub(super) fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
