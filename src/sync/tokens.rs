//! The tokens step: read each source, have its facts judged, store them.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;
use backon::{ExponentialBuilder, Retryable};
use chrono::Utc;

use super::judge::Judge;
use super::run::{Engine, elapsed_ms};
use crate::config::Config;
use crate::model::{Batch, StepStatus, SyncStep};
use crate::sources::{Problems, Source, claude_code, manual};
use crate::store::{Applied, SourceState, Store};

/// Backoff of a failure that may pass: full jitter between these.
const RETRY_FIRST: Duration = Duration::from_millis(500);
const RETRY_LONGEST: Duration = Duration::from_secs(32);

/// How a source ended, when it did not fail.
struct Read {
    status: StepStatus,
    message: String,
    rows: u64,
}

/// Reads every enabled source (of `only`, when it names any); one failing does not stop the others.
pub(super) async fn read_sources(engine: &Engine, only: &[Source]) -> Vec<SyncStep> {
    let mut steps = Vec::new();
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
    for source in Source::ALL {
        if !only.is_empty() && !only.contains(&source) {
            continue;
        }
        let clock = Instant::now();
        let attempt = read_source(engine, source).await;
        let (status, message, rows) = match attempt {
            Ok(None) => continue,
            Ok(Some(read)) => (read.status, read.message, read.rows),
            Err(error) => (StepStatus::Error, format!("{error:#}"), 0),
        };
        match status {
            StepStatus::Error => tracing::warn!(source = source.name(), "Syncing {} failed: {message}", source.label()),
            _ => tracing::info!(source = source.name(), rows, "{}: {message}", source.label()),
        }
        note(engine, source, status, &message).await;
        let (name, source) = ("tokens".to_owned(), Some(source.name().to_owned()));
        steps.push(SyncStep { name, source, status, message, duration_ms: elapsed_ms(clock), rows });
    }
    steps
}

async fn note(engine: &Engine, source: Source, status: StepStatus, message: &str) {
    let now = engine.clock.now().timestamp_millis();
    let state = SourceState {
        source: source.name().to_owned(),
        last_attempt_ms: now,
        last_success_ms: (status == StepStatus::Success).then_some(now),
        status: match status {
            StepStatus::Success => "success",
            StepStatus::Skipped => "skipped",
            StepStatus::Error => "error",
        }
        .to_owned(),
        message: message.to_owned(),
    };
    if let Err(error) = engine.store.note_source(&state).await {
        tracing::error!(error = format!("{error:#}"), "the state of {} could not be noted: {error:#}", source.label());
    }
}

/// Tries again what may pass; a mistake in a file or setting does not pass by waiting.
async fn read_source(engine: &Engine, source: Source) -> anyhow::Result<Option<Read>> {
    let config = engine.config.current();
    let attempts = config.sync.retry.max_attempts as usize;
    let backoff = ExponentialBuilder::default()
        .with_min_delay(RETRY_FIRST)
        .with_max_delay(RETRY_LONGEST)
        .with_max_times(attempts.saturating_sub(1))
        .with_jitter();
    (|| read_once(engine, &config, source)).retry(backoff).when(is_transient).await
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

async fn read_once(engine: &Engine, config: &Arc<Config>, source: Source) -> anyhow::Result<Option<Read>> {
    if !config.sources.of(source).enabled {
        return Ok(Some(Read {
            status: StepStatus::Skipped,
            message: "Switched off in sources.json".to_owned(),
            rows: 0,
        }));
    }
    match source {
        Source::ClaudeCode => {
            let stopping = engine.stopping();
            let progress = |done, total| engine.progress(done, total);
            let read = ingest(&engine.store, config, &progress, &move || *stopping.borrow()).await?;
            Ok(Some(read.into()))
        }
        Source::Manual => {
            let read = ingest_manual(&engine.store, config, &engine.config.environment.data_dir).await?;
            Ok(read.map(|(message, rows)| Read { status: StepStatus::Success, message, rows }))
        }
    }
}

/// What reading the logs gave.
#[derive(Debug, Default)]
pub struct Ingested {
    pub files: u64,
    pub applied: Applied,
    pub lines_bad: Problems,
    pub files_bad: Problems,
    pub folders_bad: Problems,
    /// The program was asked to stop before everything was read.
    pub interrupted: bool,
    /// Logs there are, changed or not.
    pub found: usize,
    /// The roots that exist.
    pub roots: usize,
    pub looked_in: String,
}

/// Reads what was appended to the Claude Code logs and stores it: the heart of every sync, and of `report`.
///
/// `progress(done, total)` counts bytes; `stopping` is asked between groups of files.
///
/// # Errors
/// When the database cannot be written. What was committed before stays.
pub async fn ingest(
    store: &Store,
    config: &Config,
    progress: &(dyn Fn(u64, u64) + Sync),
    stopping: &(dyn Fn() -> bool + Sync),
) -> anyhow::Result<Ingested> {
    let judge = Arc::new(Judge::new(config, Source::ClaudeCode));
    judge.refresh(store).await?;
    let roots = claude_code::roots(config.sources.of(Source::ClaudeCode).roots.as_deref());
    let cursors = store.cursors(claude_code::NAME).await?;
    let looked_in = roots.iter().map(|root| root.display().to_string()).collect::<Vec<_>>().join(", ");
    let (found, count, plan) = tokio::task::spawn_blocking(move || {
        let mut found = claude_code::find(&roots);
        let count = found.files.len();
        let plan = claude_code::Plan::new(std::mem::take(&mut found.files), &cursors);
        (found, count, plan)
    })
    .await
    .context("looking for logs")?;
    let mut all = Ingested {
        files: plan.files,
        roots: found.roots.len(),
        folders_bad: found.problems,
        found: count,
        looked_in,
        ..Ingested::default()
    };
    let total = plan.bytes;
    let done = Arc::new(AtomicU64::new(0));
    for group in plan.into_groups() {
        if stopping() {
            all.interrupted = true;
            break;
        }
        let reading = read_group(group, &done, &judge, total, progress).await?;
        let applied = store.apply(reading.batch, Utc::now().timestamp_millis()).await?;
        all.applied.added += applied.added;
        all.applied.changed += applied.changed;
        all.lines_bad.merge(reading.lines_bad);
        all.files_bad.merge(reading.files_bad);
    }
    Ok(all)
}

/// Parses on the blocking threads while the progress is told from here.
async fn read_group(
    group: claude_code::Group,
    done: &Arc<AtomicU64>,
    judge: &Arc<Judge>,
    total: u64,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> anyhow::Result<claude_code::Reading> {
    const TOLD_EVERY: Duration = Duration::from_millis(100);
    let (counter, judge) = (done.clone(), judge.clone());
    let mut task = tokio::task::spawn_blocking(move || {
        let mut reading = group.read(&counter);
        judge.events(&mut reading.batch.events);
        reading
    });
    loop {
        tokio::select! {
            reading = &mut task => return reading.context("reading the logs"),
            () = tokio::time::sleep(TOLD_EVERY) => progress(done.load(Ordering::Relaxed), total),
        }
    }
}

impl From<Ingested> for Read {
    fn from(all: Ingested) -> Read {
        if all.roots == 0 {
            let message = format!(
                "No Claude Code logs found in {}. Try `allclear demo` to look around with made-up data",
                all.looked_in
            );
            return Read { status: StepStatus::Skipped, message, rows: 0 };
        }
        if all.interrupted {
            let message = "Stopped before everything was read; the next sync goes on from there".to_owned();
            return Read { status: StepStatus::Skipped, message, rows: all.applied.changed };
        }
        let mut message = match (all.files, all.applied.added) {
            (0, _) => "Nothing new".to_owned(),
            (files, added) => {
                format!("Read {}: {}", counted(files, "file", "files"), counted(added, "new message", "new messages"))
            }
        };
        for (problems, one, many, consequence) in [
            (&all.lines_bad, "line", "lines", "passed over"),
            (&all.files_bad, "file", "files", "not readable, tried again next time"),
            (&all.folders_bad, "folder or file", "folders or files", "cannot be looked at"),
        ] {
            if problems.count > 0 {
                let examples = problems.examples.join("; ");
                message += &format!(". {} {consequence}: {examples}", counted(problems.count, one, many));
            }
        }
        let nothing_readable = all.files > 0 && all.files_bad.count == all.files;
        let nothing_found = all.found == 0 && all.folders_bad.count > 0;
        let status = if nothing_readable || nothing_found { StepStatus::Error } else { StepStatus::Success };
        Read { status, message, rows: all.applied.changed }
    }
}

fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Reads `tokens.json` when it changed; returns what to say and how many facts changed, `None` when there is no file.
///
/// # Errors
/// When the file is broken, with place and remedy, or the database cannot be written; nothing has changed then.
pub async fn ingest_manual(store: &Store, config: &Config, data_dir: &Path) -> anyhow::Result<Option<(String, u64)>> {
    let judge = Judge::new(config, Source::Manual);
    judge.refresh(store).await?;
    let cursors = store.cursors(manual::NAME).await?;
    let known = !cursors.is_empty();
    let data_dir = data_dir.to_owned();
    let reading = tokio::task::spawn_blocking(move || manual::read(&data_dir, cursors.values().next()))
        .await
        .context("reading tokens.json")??;
    let (mut batch, bad) = match reading {
        manual::Reading::Missing if !known => return Ok(None),
        // The file was deleted: it is the truth, so its entries go too.
        manual::Reading::Missing => {
            (Batch { source: manual::NAME, replaces_all: true, ..Batch::default() }, Problems::default())
        }
        manual::Reading::Unchanged => return Ok(Some(("Nothing new".to_owned(), 0))),
        manual::Reading::Read { batch, entries_bad } => (batch, entries_bad),
    };
    judge.events(&mut batch.events);
    let entries = batch.events.len() as u64;
    let applied = store.apply(batch, Utc::now().timestamp_millis()).await?;
    let mut message = format!("tokens.json holds {}", counted(entries, "entry", "entries"));
    if bad.count > 0 {
        message += &format!(". {} passed over: {}", counted(bad.count, "entry", "entries"), bad.examples.join("; "));
    }
    Ok(Some((message, applied.changed)))
}
