//! The projects step: find the folders, read what changed in them, store it.
//!
//! Runs with whole runs only: while an agent writes, nobody waits for folders to be looked at. The user's fields are
//! never touched here but in [`Engine::choose`] and [`Engine::set_status`], which are what pages call.

mod assign;
mod earlier;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::Instant;

use anyhow::Context;
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;

use super::engine::{Engine, blocking};
use super::publish;
use super::run::elapsed_ms;
use crate::config::Config;
use crate::model::{Project, ProjectChoices, ProjectStatus, StepStatus, SyncStep};
use crate::sources::allowance::Allowance;
use crate::sources::projects::{self, Allowances, Candidates, Known, Moment, Reading};
use crate::store::history::History;
use crate::store::{Scanned, StoredProject};

pub(super) const STEP: &str = "projects";
/// Begins the note on folders of one name, which is made anew at every run.
const SAME_NAME: &str = "There are several folders named ";
/// Work trees come and go; what was used in them stays.
const WORKTREES_KEPT: usize = 500;

/// Reads the projects and says how it went.
pub(super) async fn read_projects(engine: &Engine) -> SyncStep {
    let clock = Instant::now();
    let outcome = scan(engine).await;
    // What fails is tried again by the next run, not at once.
    engine.waiting_projects.store(outcome.as_ref().map_or(0, |done| done.waiting), Ordering::Relaxed);
    let (status, message, rows) = match outcome {
        Ok(done) => (done.status(), done.message(), (done.scanned.changed.len() + done.scanned.added.len()) as u64),
        Err(error) => (StepStatus::Error, format!("{error:#}"), 0),
    };
    match status {
        StepStatus::Error => tracing::warn!("Syncing the projects failed: {message}"),
        _ => tracing::info!(rows, "{message}"),
    }
    SyncStep { name: STEP.to_owned(), source: None, status, message, duration_ms: elapsed_ms(clock), rows }
}

/// What a scan did.
struct Done {
    scanned: Scanned,
    known: usize,
    notes: Vec<String>,
    /// Large projects that are still to be read in full.
    waiting: usize,
}

impl Done {
    fn status(&self) -> StepStatus {
        if self.known == 0 { StepStatus::Skipped } else { StepStatus::Success }
    }

    fn message(&self) -> String {
        let counted = |count: usize, new: &str| format!("{count} {new}project{}", if count == 1 { "" } else { "s" });
        let said = if self.known == 0 {
            "No projects found; name the folder that holds them as \"roots\" in data/config/projects.json".to_owned()
        } else {
            let (updated, added) = (self.scanned.changed.len(), self.scanned.added.len());
            format!("Updated {}, added {}", counted(updated, ""), counted(added, "new "))
        };
        let waiting = match self.waiting {
            0 => None,
            1 => Some("1 large project is still to be read in full".to_owned()),
            projects => Some(format!("{projects} large projects are still to be read in full")),
        };
        std::iter::once(said).chain(waiting).chain(self.notes.iter().cloned()).collect::<Vec<_>>().join("; ")
    }
}

async fn scan(engine: &Engine) -> anyhow::Result<Done> {
    let config = engine.config.current();
    let now = engine.clock.now();
    let today = config.zone.date(now);
    let data_dir = engine.config.environment.data_dir.clone();
    let stored = engine.store.projects().await?;
    let (known, mut notes) = if stored.is_empty() {
        blocking(move || Ok(earlier::projects(&data_dir.join("projects.json"), today))).await?
    } else {
        (stored, Vec::new())
    };
    // By the names they have on the pages, which the rules of projects.json may have a say in.
    let names = engine.snapshot().facts.names.clone();
    let told = engine.store.told_projects().await?;
    let told: Vec<String> = told.iter().map(|place| names.name(place).to_owned()).collect();
    let used = if config.projects.from_usage.unwrap_or(true) { engine.store.used_folders().await? } else { Vec::new() };
    let last_resort = engine.config.environment.working_folder.clone().filter(|_| known.is_empty());
    let candidates = candidates(&config, used, last_resort);
    let moment = Moment { now, tz: config.zone.tz() };
    let may = Allowances { compared: Allowance::of(engine.compared), counted: Allowance::of(engine.counted) };
    let ((found, waiting), more) = blocking(move || {
        let discovered = projects::discover(&candidates);
        let projects = assign::told(assign::assign(known, discovered.folders, today), &told, today);
        Ok((look(projects, moment, &may), discovered.notes))
    })
    .await?;
    notes.extend(more);
    let scanned = engine.store.apply_projects(&found).await?;
    let done = Done { known: found.len(), notes, waiting, scanned: scanned.clone() };
    let history = History::new(&engine.config.environment.data_dir);
    blocking(move || archive(&history, &found, &scanned, now, today)).await?;
    Ok(done)
}

fn candidates(config: &Config, used: Vec<PathBuf>, last_resort: Option<PathBuf>) -> Candidates {
    let canonical = |folder: PathBuf| folder.canonicalize().unwrap_or(folder);
    let temporary = [std::env::temp_dir(), PathBuf::from("/tmp"), PathBuf::from("/var/tmp")];
    Candidates {
        roots: config.projects.roots.clone(),
        used,
        last_resort,
        home: std::env::home_dir().map(canonical),
        temporary: temporary.map(canonical).into(),
    }
}

/// Looks at every folder, and puts what it says into its project. Returns the projects, and how many of them are still
/// to be read in full.
fn look(mut projects: Vec<StoredProject>, moment: Moment, may: &Allowances) -> (Vec<StoredProject>, usize) {
    let asked: Vec<(PathBuf, Option<Known>)> = projects
        .iter()
        .filter_map(|stored| {
            let stamp = stored.stamp.parse().ok();
            let mut facts = stored.project.found.clone().unwrap_or_default();
            facts.notes.retain(|note| !note.starts_with(SAME_NAME));
            Some((stored.project.folder.clone()?, stamp.map(|stamp| Known { stamp, facts })))
        })
        .collect();
    let readings = projects::read_all(&asked, moment, may);
    let waiting = readings.iter().filter(|reading| reading.waiting).count();
    let mut readings = readings.into_iter();
    for stored in projects.iter_mut().filter(|stored| stored.project.folder.is_some()) {
        if let Some(reading) = readings.next() {
            take(stored, reading);
        }
    }
    note_same_names(&mut projects);
    (projects, waiting)
}

fn take(stored: &mut StoredProject, reading: Reading) {
    stored.stamp = reading.stamp.to_string();
    let before = stored.project.found.take();
    stored.project.found = match (reading.facts, before) {
        (Some(mut facts), before) => {
            let worktrees = before.and_then(|before| before.git).map(|git| git.worktrees).unwrap_or_default();
            if let Some(git) = &mut facts.git {
                git.worktrees.extend(worktrees);
                git.worktrees.sort_unstable();
                git.worktrees.dedup();
                git.worktrees.truncate(WORKTREES_KEPT);
            }
            Some(facts)
        }
        (None, before) => before,
    };
    if let Some(facts) = &mut stored.project.found {
        facts.notes.retain(|note| !note.starts_with(SAME_NAME));
    }
}

/// Two folders of one name are easily taken for each other: each says so.
fn note_same_names(projects: &mut [StoredProject]) {
    let mut named: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for Project { id, folder, .. } in projects.iter().map(|stored| &stored.project) {
        if let Some(folder) = folder {
            let place = format!("{} ({id})", folder.display());
            named.entry(assign::folder_name(folder)).or_default().push((id.clone(), place));
        }
    }
    for (name, same) in named.into_iter().filter(|(_, same)| same.len() > 1) {
        let places = same.iter().map(|(_, place)| place.as_str()).collect::<Vec<_>>().join(", ");
        let note = format!("{SAME_NAME}\"{name}\": {places}.");
        for stored in projects.iter_mut().filter(|stored| same.iter().any(|(id, _)| *id == stored.project.id)) {
            if let Some(facts) = &mut stored.project.found {
                facts.notes.push(note.clone());
            }
        }
    }
}

/// One line per project that changed; of several lines of a day the last one holds.
fn archive(
    history: &History,
    found: &[StoredProject],
    scanned: &Scanned,
    now: DateTime<Utc>,
    today: NaiveDate,
) -> anyhow::Result<()> {
    let is_new = |id: &String| scanned.changed.contains(id) || scanned.added.contains(id);
    let lines = found.iter().map(|stored| &stored.project).filter(|project| is_new(&project.id)).map(|project| {
        json!({
            "date": today, "id": project.id, "name": project.choices.name, "status": project.choices.status,
            "progress": project.choices.progress, "folder": project.folder, "found": project.found,
        })
    });
    history.append("projects", now, lines).context("the projects are stored, but not in the history")?;
    Ok(())
}

impl Engine {
    /// Takes over what the user decided about a project, and shows it; false when there is no such project.
    ///
    /// # Errors
    /// When the choices cannot be meant, or cannot be written; nothing has changed then.
    pub async fn choose(&self, id: &str, choices: &ProjectChoices) -> anyhow::Result<bool> {
        let today = self.config.current().zone.date(self.clock.now());
        if !self.store.set_choices(id, choices, today).await? {
            return Ok(false);
        }
        self.show_projects().await;
        Ok(true)
    }

    /// Takes over where the user says a project stands, and shows it; false when there is no such project.
    ///
    /// # Errors
    /// When it cannot be written; nothing has changed then.
    pub async fn set_status(&self, id: &str, status: ProjectStatus) -> anyhow::Result<bool> {
        if !self.store.set_status(id, status).await? {
            return Ok(false);
        }
        self.show_projects().await;
        Ok(true)
    }

    /// Shows what was just stored. It is stored, so that what fails here is no failure of the choice: the next run shows
    /// and writes it too.
    async fn show_projects(&self) {
        if let Err(error) = self.recompute().await {
            tracing::warn!("the projects are stored, but not shown yet: {error:#}");
        }
        loop {
            let snapshot = self.snapshot();
            if let Err(error) = publish::write_projects(self, &snapshot).await {
                tracing::warn!("projects.json was not written: {error:#}");
                return;
            }
            // Somebody else may have chosen meanwhile, and have written before us.
            if self.snapshot().number == snapshot.number {
                return;
            }
        }
    }
}
