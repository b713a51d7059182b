//! From what is stored to what is shown: the snapshot requests read, and the files anyone may read.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::json;

use super::alerts;
use super::engine::{Engine, blocking};
use super::freshness::freshness;
use super::quality::recent_quality;
use crate::alerts::AlertFacts;
use crate::analytics::{
    self, Attribution, DayComparison, Facts, HourRow, ProjectNames, ProjectPlaces, ProjectReport, UnpricedModel,
};
use crate::config::{Config, ConfigProblem, ConfigStore};
use crate::model::{
    ActiveAlert, Alert, Analytics, DateRange, Project, QualityEntry, QuarterRow, Revision, RollupRow, SyncRun,
    SyncStatusFile, Trigger, Window, WindowStats,
};
use crate::sources::{Source, repository};
use crate::store::Store;
use crate::store::documents::{write_bytes, write_json};
use crate::store::history::History;

/// Runs the sync log shows.
pub(super) const RUNS_SHOWN: u32 = 50;
/// How far the archive has taken over the roll-ups.
const ARCHIVED: &str = "archived";

/// Everything requests are answered from: computed once, shared, never changed.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Grows by one with every publication.
    pub number: u64,
    pub analytics: Analytics,
    /// `analytics` as published, so that a request serialises nothing.
    pub analytics_json: Arc<str>,
    /// The projects beside their usage, by id.
    pub projects: Arc<[ProjectReport]>,
    /// `projects` as published.
    pub projects_json: Arc<str>,
    /// What is known of the code, by project and day: the last days, and the latest entry of every project.
    pub quality: Arc<[QualityEntry]>,
    /// What the numbers are computed from, of the last [`analytics::DAYS_KEPT`] days.
    pub facts: Facts,
    /// Estimate, usage and bill of the last 90 days, by provider, as they were before usage was counted once.
    pub comparisons: Vec<(Source, Vec<DayComparison>)>,
    /// Models without a price, and what was used of them in the last half year; the largest first.
    pub unpriced: Vec<UnpricedModel>,
    /// Days that became smaller when they were read again, latest first.
    pub revisions: Vec<Revision>,
    /// The last runs, latest first.
    pub runs: Vec<SyncRun>,
    pub problems: Vec<ConfigProblem>,
    /// What is fine in the configuration and yet worth knowing.
    pub notes: Vec<ConfigProblem>,
    /// What holds now, with what has become of it; the worst first.
    pub alerts: Arc<[ActiveAlert]>,
    /// The same as the rules found it.
    pub holding: Arc<[Alert]>,
    /// Names the choices the numbers were computed with.
    pub choices: String,
    /// The state of the database all this was computed from.
    pub generation: i64,
    /// When a run last succeeded as a whole: its start, RFC 3339.
    pub last_success: Option<String>,
    /// Whether anything was ever read.
    pub has_data: bool,
    pub today: chrono::NaiveDate,
}

impl Snapshot {
    /// Returns a project by its id.
    #[must_use]
    pub fn project(&self, id: &str) -> Option<&ProjectReport> {
        self.projects.iter().find(|project| project.id == id)
    }

    /// Returns the facts narrowed to one project; all of them when there is no such project.
    #[must_use]
    pub fn facts_of(&self, project: Option<&str>) -> Cow<'_, Facts> {
        match project.and_then(|id| self.project(id)) {
            Some(project) => Cow::Owned(self.facts.narrowed(&project.id)),
            None => Cow::Borrowed(&self.facts),
        }
    }

    /// Returns the numbers of a window, narrowed to one project; those of all when there is no such project.
    #[must_use]
    pub fn window_of(&self, window: Window, project: Option<&str>) -> Cow<'_, WindowStats> {
        let known = project.filter(|id| self.project(id).is_some());
        match self.analytics.windows.get(window.key()) {
            Some(stats) if known.is_none() => Cow::Borrowed(stats),
            _ => {
                let range = window.range(self.today);
                Cow::Owned(analytics::window_stats(&self.facts_of(known), range, range.previous()))
            }
        }
    }
}

#[cfg(test)]
impl Snapshot {
    /// What is shown before anything was read, for tests to fill in.
    pub(crate) fn blank(today: chrono::NaiveDate) -> Snapshot {
        Snapshot {
            number: 0,
            analytics: Analytics::default(),
            analytics_json: "".into(),
            projects: [].into(),
            projects_json: "".into(),
            quality: [].into(),
            facts: Facts::none(),
            comparisons: Vec::new(),
            unpriced: Vec::new(),
            revisions: Vec::new(),
            runs: Vec::new(),
            problems: Vec::new(),
            notes: Vec::new(),
            alerts: [].into(),
            holding: [].into(),
            choices: String::new(),
            generation: 0,
            last_success: None,
            has_data: false,
            today,
        }
    }
}

/// Computes a snapshot from what is stored.
///
/// # Errors
/// When the database cannot be read.
pub async fn compute(store: &Store, config: &ConfigStore, now: DateTime<Utc>, number: u64) -> anyhow::Result<Snapshot> {
    let current = config.current();
    let today = current.zone.date(now);
    // First: what is written while the rest is read makes another generation, and is noticed.
    let generation = store.generation().await?;
    let kept = DateRange::ending(today, analytics::DAYS_KEPT);
    let range = Some(kept);
    let rows = store.rollup(range).await?;
    let billed = store.billed(range).await?;
    let beside = store.beside(range).await?;
    let revisions = store.revisions(range).await?;
    let has_data = !rows.is_empty() || store.has_usage().await?;
    let states = store.source_states().await?;
    let runs = store.runs(RUNS_SHOWN).await?;
    let last_success = store.last_success().await?;
    let freshness = freshness(&states, &current, now);
    let zone = current.zone.to_string();
    let (overlaps, tz) = (current.overlaps(), current.zone.tz());
    let projects: Vec<Project> = store.projects().await?.into_iter().map(|stored| stored.project).collect();
    let attribution = attribution(store, &current, &rows, &projects).await?;
    let people = store.people(range).await?;
    let quarters = quarters(store, kept).await?;
    let quality: Arc<[QualityEntry]> = recent_quality(store, today).await?.into();
    let measured = quality.clone();
    let records = store.alert_records().await?;
    let mut notes = current.notes();
    notes.extend(alerts::unknown_projects(&current, &projects));
    let (priced, budgets) = (current.prices.clone(), alerts::named(current.budgets(), &projects));
    let choices = current.alerts.clone();
    let (facts, comparisons, unpriced, projects, analytics, holding) = tokio::task::spawn_blocking(move || {
        let utc = now.date_naive();
        let compare = |source: Source| {
            let days = Window::D90.range(today);
            (source, analytics::compare(&rows, &billed, &beside, &overlaps, source.name(), days, utc))
        };
        let comparisons: Vec<_> = Source::ALL.into_iter().filter(|source| source.is_provider()).map(compare).collect();
        let named: Vec<&str> = priced.in_force(utc).iter().map(|row| row.model.as_ref()).collect();
        let unpriced = analytics::unpriced(&rows, &named);
        let rows = analytics::reconcile(rows, &billed, &overlaps, utc);
        let names = ProjectNames::new(rows.iter().map(|row| row.project.as_ref()), &attribution);
        let facts = Facts {
            hours: HourRow::in_zone(quarters, tz).into(),
            people: people.into(),
            clients: Arc::new(analytics::clients(&projects)),
            machines: Arc::new(machines()),
            ..Facts::of(rows, names, priced)
        };
        let analytics = analytics::generate(&facts, today, &zone, &budgets, freshness, now);
        let projects = analytics::project_reports(&projects, &facts.rows, &facts.names, &measured, today, tz);
        let spikes = if choices.rules.spike { analytics::spikes(&facts, today) } else { Vec::new() };
        let judged_by = AlertFacts {
            choices: &choices,
            analytics: &analytics,
            spikes: &spikes,
            projects: &projects,
            unpriced: &unpriced,
        };
        let holding = crate::alerts::active(&judged_by, today);
        (facts, comparisons, unpriced, projects, analytics, holding)
    })
    .await?;
    let analytics_json = serde_json::to_string_pretty(&analytics)?.into();
    let projects_json = serde_json::to_string_pretty(&projects)?.into();
    Ok(Snapshot {
        number,
        analytics,
        analytics_json,
        projects: projects.into(),
        projects_json,
        quality,
        facts,
        comparisons,
        unpriced,
        revisions,
        runs,
        problems: config.problems(),
        notes,
        alerts: crate::alerts::shown(&holding, &records, now).into(),
        holding: holding.into(),
        choices: current.fingerprint(),
        generation,
        last_success,
        has_data,
        today,
    })
}

/// Gathers what it takes to say which project the usage of some rows belongs to.
///
/// # Errors
/// When the database cannot be read.
pub async fn attribution(
    store: &Store,
    config: &Config,
    rows: &[RollupRow],
    projects: &[Project],
) -> anyhow::Result<Attribution> {
    let places = rows.iter().map(|row| row.project.clone()).collect();
    attribution_of(store, config, places, projects).await
}

/// Gathers what it takes to say which project each of some places belongs to.
pub(super) async fn attribution_of(
    store: &Store,
    config: &Config,
    places: HashSet<Arc<str>>,
    projects: &[Project],
) -> anyhow::Result<Attribution> {
    let names = store.names().await?;
    let rules = config.projects.clone();
    let mut repositories = HashMap::new();
    if Attribution::asks_for_repositories(&rules) {
        repositories = blocking(move || {
            let remote = |folder: Arc<str>| Some((folder.to_string(), repository::remote(Path::new(folder.as_ref()))?));
            Ok(places.into_iter().filter(|folder| folder.starts_with('/')).filter_map(remote).collect())
        })
        .await?;
    }
    let projects = projects.iter().map(ProjectPlaces::of).collect();
    Ok(Attribution { rules, names, repositories, projects })
}

/// When usage happened, of the sources that tell; a day more than asked for on either side, for the zones.
async fn quarters(store: &Store, range: DateRange) -> anyhow::Result<Vec<QuarterRow>> {
    let first = range.from.pred_opt().unwrap_or(range.from).and_time(chrono::NaiveTime::MIN).and_utc();
    let mut rows = Vec::new();
    for source in Source::ALL.into_iter().filter(|source| source.has_instants()) {
        rows.extend(store.quarters(source.name(), first.timestamp_millis()).await?);
    }
    Ok(rows)
}

/// The machine whose logs a source reads: this one.
fn machines() -> HashMap<String, String> {
    let name = super::lock::host_name().unwrap_or_else(|| "this machine".to_owned());
    Source::ALL
        .into_iter()
        .filter(|source| source.has_instants())
        .map(|source| (source.name().to_owned(), name.clone()))
        .collect()
}

/// Writes `projects.json`. One that was there before any project was known waits to be taken over.
pub(super) async fn write_projects(engine: &Engine, snapshot: &Snapshot) -> anyhow::Result<()> {
    let (path, json) = (engine.config.environment.data_dir.join("projects.json"), snapshot.projects_json.clone());
    let none = snapshot.projects.is_empty();
    blocking(move || {
        if none && path.exists() {
            return Ok(());
        }
        write_bytes(&path, format!("{json}\n").as_bytes())
    })
    .await
}

/// Writes `analytics.json`, `projects.json` and, but for a quick look at changed logs, the archive.
pub(super) async fn publish(
    engine: &Engine,
    snapshot: &Snapshot,
    trigger: Trigger,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let (path, json) = (engine.config.environment.data_dir.join("analytics.json"), snapshot.analytics_json.clone());
    blocking(move || write_bytes(&path, format!("{json}\n").as_bytes())).await?;
    // A line in a log moves no project most of the time, and the file is large.
    if trigger != Trigger::Watch || snapshot.projects_json != engine.snapshot().projects_json {
        write_projects(engine, snapshot).await?;
    }
    if trigger != Trigger::Watch {
        append_history(engine, now).await?;
    }
    Ok(())
}

/// Appends one line per roll-up row that changed since the last time, and lets old months go.
async fn append_history(engine: &Engine, now: DateTime<Utc>) -> anyhow::Result<()> {
    let archived = engine.store.meta(ARCHIVED).await?.and_then(|text| text.parse().ok()).unwrap_or(i64::MIN);
    let (rows, newest) = engine.store.rollup_changes(archived).await?;
    if rows.is_empty() {
        return Ok(());
    }
    let history = History::new(&engine.config.environment.data_dir);
    blocking(move || {
        history.append("tokens", now, rows.iter().map(history_line))?;
        history.prune(now)
    })
    .await?;
    engine.store.set_meta(ARCHIVED, &newest.to_string()).await?;
    engine.store.forget_empty_rollup(newest).await
}

/// The earlier system's token entry, with the kinds of tokens and the basis added.
fn history_line(row: &RollupRow) -> serde_json::Value {
    json!({
        "date": row.date, "source": row.source, "project": row.project, "session": row.session, "model": row.model,
        "tokensIn": row.spend.tokens.tokens_in(), "tokensOut": row.spend.tokens.output, "tokens": row.spend.tokens,
        "cost": row.spend.cost(), "costBasis": row.spend.by_basis, "messages": row.spend.messages,
    })
}

/// Writes `sync-status.json`: how the last run ended, when the next one comes.
pub(super) async fn write_status(engine: &Engine, run: &SyncRun, last_success: Option<String>) -> anyhow::Result<()> {
    let now = engine.clock.now();
    let scheduled = engine.is_scheduled();
    let mut status = SyncStatusFile {
        last_sync: now.to_rfc3339_opts(SecondsFormat::Millis, true),
        last_success,
        status: run.status,
        duration_ms: run.duration_ms,
        error: run.error.clone(),
        trigger: run.trigger,
        next_run: engine.next_run().map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true)),
        steps: run.steps.clone(),
    };
    let path = engine.config.environment.data_dir.join("sync-status.json");
    blocking(move || {
        if !scheduled {
            status.next_run = planned_by_another(&path, now);
        }
        write_json(&path, &status)
    })
    .await
}

/// The next run as the process that keeps the schedule wrote it, while that lies ahead.
fn planned_by_another(path: &Path, now: DateTime<Utc>) -> Option<String> {
    let before: serde_json::Value = serde_json::from_slice(&std::fs::read(path).ok()?).ok()?;
    let next = before.get("nextRun")?.as_str()?;
    DateTime::parse_from_rfc3339(next).is_ok_and(|at| at > now).then(|| next.to_owned())
}
