//! Reading the logs of an agent: find, parse in parallel, judge, store. The heart of every sync, and of `report`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use anyhow::Context;
use chrono::Utc;

use super::{Read, counted, database};
use crate::config::Config;
use crate::model::StepStatus;
use crate::sources::logs::{Group, Plan, Reading, Retention};
use crate::sources::{Problems, Source};
use crate::store::{Applied, Store};
use crate::sync::judge::Judge;

/// What reading the logs gave.
#[derive(Debug)]
pub struct Ingested {
    source: Source,
    pub files: u64,
    pub applied: Applied,
    pub lines_bad: Problems,
    pub files_bad: Problems,
    pub folders_bad: Problems,
    /// The program was asked to stop before everything was read.
    pub interrupted: bool,
    /// Logs there are, changed or not.
    pub found: usize,
    /// The folders, and databases, that exist.
    pub roots: usize,
    pub looked_in: String,
    /// On the very first reading: what the agent is about to delete.
    pub retention: Option<Retention>,
}

impl Ingested {
    fn none(source: Source) -> Ingested {
        Ingested {
            source,
            files: 0,
            applied: Applied::default(),
            lines_bad: Problems::default(),
            files_bad: Problems::default(),
            folders_bad: Problems::default(),
            interrupted: false,
            found: 0,
            roots: 0,
            looked_in: String::new(),
            retention: None,
        }
    }

    pub(super) fn add(&mut self, reading: Reading, applied: Applied) {
        self.applied.added += applied.added;
        self.applied.changed += applied.changed;
        self.lines_bad.merge(reading.lines_bad);
        self.files_bad.merge(reading.files_bad);
    }
}

/// Reads what was appended to the logs of a source and stores it: the heart of every sync, and of `report`.
///
/// `progress(done, total)` counts bytes; `stopping` is asked between groups of files.
///
/// # Errors
/// When the database cannot be written. What was committed before stays.
pub async fn ingest(
    store: &Store,
    config: &Config,
    source: Source,
    progress: &(dyn Fn(u64, u64) + Sync),
    stopping: &(dyn Fn() -> bool + Sync),
) -> anyhow::Result<Ingested> {
    let format = source.logs().context("the source has no logs")?;
    let judge = Arc::new(Judge::new(config, source));
    judge.refresh(store).await?;
    let roots = format.roots(config.sources.of(source).roots.as_deref());
    let cursors = store.cursors(format.name).await?;
    let looked_in = roots.iter().map(|root| root.display().to_string()).collect::<Vec<_>>().join(", ");
    let first = cursors.is_empty();
    let folders = roots.clone();
    let (found, count, plan, retention, cursors) = tokio::task::spawn_blocking(move || {
        let mut found = format.find(&folders);
        let count = found.files.len();
        let retention = if first { found.retention(format, SystemTime::now()) } else { None };
        let plan = Plan::new(format, std::mem::take(&mut found.files), &cursors);
        (found, count, plan, retention, cursors)
    })
    .await
    .context("looking for logs")?;
    let mut all = Ingested {
        files: plan.files,
        roots: found.roots.len(),
        folders_bad: found.problems,
        found: count,
        looked_in,
        retention,
        ..Ingested::none(source)
    };
    let total = plan.bytes;
    let done = Arc::new(AtomicU64::new(0));
    for group in plan.into_groups() {
        if stopping() {
            all.interrupted = true;
            break;
        }
        let mut reading = read_group(group, &done, &judge, total, progress).await?;
        let batch = std::mem::take(&mut reading.batch);
        let applied = store.apply(batch, Utc::now().timestamp_millis()).await?;
        all.add(reading, applied);
    }
    if source == Source::OpenCode && !all.interrupted {
        database::ingest(store, &judge, &roots, &cursors, &mut all).await?;
    }
    Ok(all)
}

/// Parses on the blocking threads while the progress is told from here.
async fn read_group(
    group: Group,
    done: &Arc<AtomicU64>,
    judge: &Arc<Judge>,
    total: u64,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> anyhow::Result<Reading> {
    const TOLD_EVERY: Duration = Duration::from_millis(100);
    /// The largest log takes seconds; a network drive that went away takes for ever.
    const STUCK: Duration = Duration::from_secs(300);
    let (counter, judge) = (done.clone(), judge.clone());
    let mut task = tokio::task::spawn_blocking(move || {
        let mut reading = group.read(&counter);
        judge.events(&mut reading.batch.events);
        reading
    });
    let (mut read, mut moved) = (0, Instant::now());
    loop {
        tokio::select! {
            reading = &mut task => return reading.context("reading the logs"),
            () = tokio::time::sleep(TOLD_EVERY) => {}
        }
        let now = done.load(Ordering::Relaxed);
        if now != read {
            (read, moved) = (now, Instant::now());
        }
        // The thread cannot be ended, but the others must not wait for it.
        anyhow::ensure!(
            moved.elapsed() < STUCK,
            "no log could be read for {} minutes; is the folder on a drive that is gone?",
            STUCK.as_secs() / 60
        );
        progress(now, total);
    }
}

impl Ingested {
    /// How the reading ended; `None` when it is of an agent that is not used here, and that nobody misses.
    pub(super) fn told(self) -> Option<Read> {
        let all = self;
        if all.roots == 0 {
            if all.source.is_optional() {
                return None;
            }
            let message = format!(
                "No {} found in {}. The command “allclear demo” shows made-up data to look around in",
                all.source.label(),
                all.looked_in
            );
            return Some(Read { status: StepStatus::Skipped, message, rows: 0 });
        }
        if all.interrupted {
            let message = "Stopped before everything was read; the next sync goes on from there".to_owned();
            return Some(Read { status: StepStatus::Skipped, message, rows: all.applied.changed });
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
        if let Some(retention) = all.retention.filter(|_| all.found > 0) {
            message += &format!(". {retention}");
        }
        let nothing_readable = all.files > 0 && all.files_bad.count == all.files;
        let nothing_found = all.found == 0 && all.folders_bad.count > 0;
        let status = if nothing_readable || nothing_found { StepStatus::Error } else { StepStatus::Success };
        Some(Read { status, message, rows: all.applied.changed })
    }
}
