//! The quality step: read the folders of the projects side by side, judge their tech debt, store, archive, publish.
//!
//! A project that cannot be read has a note in its entry, and is no failure of the step: the others go on.

mod earlier;

use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::Instant;

use chrono::NaiveDate;
use rayon::prelude::*;

use super::engine::{Engine, blocking};
use super::run::elapsed_ms;
use crate::analytics::health::tech_debt;
use crate::model::{DateRange, QualityEntry, StepStatus, SyncStep};
use crate::sources::allowance::Allowance;
use crate::sources::quality::{self, Previous};
use crate::store::documents::write_json;
use crate::store::history::History;
use crate::store::{Store, StoredProject};

pub(super) const STEP: &str = "quality";
const FILE: &str = "quality.json";
/// Days in `quality.json`: enough for a trend. The database and the archive have the others.
const DAYS_PUBLISHED: u32 = 30;

/// Reads the quality of every project that has a folder.
pub(super) async fn read_projects(engine: &Engine) -> SyncStep {
    let clock = Instant::now();
    let folder = |stored: StoredProject| Some((stored.project.id, stored.project.folder?));
    match engine.store.projects().await {
        Ok(stored) => read_quality(engine, &stored.into_iter().filter_map(folder).collect::<Vec<_>>()).await,
        Err(error) => told(clock, Err(error)),
    }
}

/// Reads the quality of folders, each with the id of its project.
pub(crate) async fn read_quality(engine: &Engine, folders: &[(String, PathBuf)]) -> SyncStep {
    let clock = Instant::now();
    let outcome = read_and_store(engine, folders).await;
    // What fails is tried again by the next run, not at once.
    let waiting = outcome.as_ref().map_or(0, |(_, waiting)| *waiting);
    engine.waiting_files.store(waiting, Ordering::Relaxed);
    told(clock, outcome.map(|(rows, waiting)| (message(folders.len(), waiting), rows)))
}

/// The step, from what there is to say and how many entries changed.
fn told(clock: Instant, outcome: anyhow::Result<(String, u64)>) -> SyncStep {
    let (status, message, rows) = match outcome {
        Ok((message, rows)) => (StepStatus::Success, message, rows),
        Err(error) => (StepStatus::Error, format!("{error:#}"), 0),
    };
    match status {
        StepStatus::Error => tracing::warn!("Syncing quality failed: {message}"),
        _ => tracing::info!(rows, "{message}"),
    }
    SyncStep { name: STEP.to_owned(), source: None, status, message, duration_ms: elapsed_ms(clock), rows }
}

fn message(projects: usize, waiting: usize) -> String {
    let projects = if projects == 1 { "1 project".to_owned() } else { format!("{projects} projects") };
    let still = match waiting {
        0 => String::new(),
        waiting => format!("; open issues are still to be counted in {waiting} source files"),
    };
    format!("Synced quality for {projects}{still}")
}

/// Returns how many entries changed, and how many source files were never searched.
async fn read_and_store(engine: &Engine, folders: &[(String, PathBuf)]) -> anyhow::Result<(u64, usize)> {
    let now = engine.clock.now();
    let today = engine.config.current().zone.date(now);
    let taken_over = take_over(engine, today).await?;
    let mut stamps = engine.store.quality_stamps().await?;
    let entries = engine.store.quality(DateRange { from: today, to: today }).await?;
    let folders: Vec<_> = folders
        .iter()
        .map(|(id, folder)| {
            let before = entries.iter().find(|entry| entry.project == *id).cloned();
            (id.clone(), folder.clone(), before, stamps.remove(id))
        })
        .collect();
    let opened = engine.opened;
    let read = blocking(move || {
        let allowance = Allowance::of(opened);
        let one = |(id, folder, before, stamp): (String, PathBuf, Option<QualityEntry>, Option<Vec<u8>>)| {
            // On a new day there is no entry yet, but what was seen of the source still holds.
            let unknown = QualityEntry::unknown(&id, chrono::NaiveDate::MIN);
            let entry = before.as_ref().unwrap_or(&unknown);
            let previous = stamp.as_deref().map(|stamp| Previous { entry, stamp });
            let mut reading = quality::read(&folder, &id, today, previous, &allowance);
            (reading.entry.tech_debt, reading.entry.tech_debt_reason) = tech_debt(&reading.entry);
            let changed_stamp = reading.stamp != stamp;
            (reading.entry, (id, reading.stamp), changed_stamp, reading.waiting)
        };
        Ok(folders.into_par_iter().map(one).collect::<Vec<_>>())
    })
    .await?;
    let mut entries = Vec::with_capacity(read.len());
    let (mut stamps, mut still) = (Vec::new(), 0);
    for (entry, stamp, changed, waiting) in read {
        entries.push(entry);
        still += waiting;
        // Most folders are as they were: writing the same megabytes again would be the dearest part of the step.
        if changed {
            stamps.push(stamp);
        }
    }
    let changed = taken_over + engine.store.apply_quality(&entries, &stamps).await?;
    archive(engine).await?;
    if changed > 0 || !engine.config.environment.data_dir.join(FILE).exists() {
        publish_quality(engine).await?;
    }
    Ok((changed, still))
}

/// Takes the history over that `data/quality.json` holds, when there is none yet; returns how many entries that are.
async fn take_over(engine: &Engine, today: NaiveDate) -> anyhow::Result<u64> {
    if !engine.store.latest_quality().await?.is_empty() {
        return Ok(0);
    }
    let file = engine.config.environment.data_dir.join(FILE);
    match blocking(move || earlier::entries(&file, today)).await {
        Ok(entries) => engine.store.apply_quality(&entries, &[]).await,
        Err(error) => {
            // The file is about to be replaced by what is measured now: what cannot be read must not be lost.
            let (from, to) = (engine.config.environment.data_dir.join(FILE), format!("{FILE}.unreadable"));
            let kept = engine.config.environment.data_dir.join(to);
            blocking(move || Ok(std::fs::rename(from, kept)?)).await?;
            tracing::warn!("data/{FILE} was not taken over, and is kept as {FILE}.unreadable: {error:#}");
            Ok(0)
        }
    }
}

/// Appends one line for each entry that changed since the last time; of several for a project and day the last holds.
async fn archive(engine: &Engine) -> anyhow::Result<()> {
    let (entries, newest) = engine.store.quality_to_archive().await?;
    if entries.is_empty() {
        return Ok(());
    }
    let history = History::new(&engine.config.environment.data_dir);
    let now = engine.clock.now();
    blocking(move || history.append(STEP, now, entries.iter().map(QualityEntry::published))).await?;
    engine.store.quality_is_archived(newest).await
}

/// Writes `data/quality.json`: the last days, and the latest entry of every project, by project and day.
///
/// # Errors
/// When the database cannot be read or the file not be written.
async fn publish_quality(engine: &Engine) -> anyhow::Result<()> {
    let today = engine.config.current().zone.date(engine.clock.now());
    let entries = recent_quality(&engine.store, today).await?;
    let path = engine.config.environment.data_dir.join(FILE);
    blocking(move || write_json(&path, &entries.iter().map(QualityEntry::published).collect::<Vec<_>>())).await
}

/// Returns the entries of the last days and the latest one of every project, by project and day.
///
/// # Errors
/// When the database cannot be read.
pub(super) async fn recent_quality(store: &Store, today: NaiveDate) -> anyhow::Result<Vec<QualityEntry>> {
    let mut entries = store.quality(DateRange::ending(today, DAYS_PUBLISHED)).await?;
    entries.extend(store.latest_quality().await?);
    entries.sort_by(|a, b| (&a.project, a.date).cmp(&(&b.project, b.date)));
    entries.dedup_by(|a, b| (&a.project, a.date) == (&b.project, b.date));
    Ok(entries)
}
