//! From what is stored to what is shown: reads the database, lets the pure parts compute, and never writes.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::alerts;
use super::attribution::attribution;
use super::covered::covered;
use super::freshness::freshness;
use super::machines::machines;
use super::quality::recent_quality;
use super::snapshot::{AlsoSeen, Snapshot};
use crate::alerts::AlertFacts;
use crate::analytics::{self, CountingRules, Covered, Facts, HourRow, ProjectNames};
use crate::config::ConfigStore;
use crate::model::{DateRange, Project, QualityEntry, QuarterRow, RollupRow, Window};
use crate::sources::Source;
use crate::store::Store;

/// Runs the sync log shows.
pub(super) const RUNS_SHOWN: u32 = 50;

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
    let mut rows = store.rollup(range).await?;
    let billed = store.billed(range).await?;
    let beside = store.beside(range).await?;
    let revisions = store.revisions(range).await?;
    let covered = covered(store).await?;
    let machines = Arc::new(machines(store).await?);
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
    let quarters = quarters(store, kept, &covered).await?;
    let also_seen = also_seen(&covered.take_from(&mut rows));
    let quality: Arc<[QualityEntry]> = recent_quality(store, today).await?.into();
    let measured = quality.clone();
    let records = store.alert_records().await?;
    let mut notes = current.notes();
    notes.extend(alerts::unknown_projects(&current, &projects));
    let (priced, budgets) = (current.prices.clone(), alerts::named(current.budgets(), &projects));
    let choices = current.alerts.clone();
    let clients = store.clients().await?;
    let (facts, comparisons, unpriced, projects, analytics, holding) = tokio::task::spawn_blocking(move || {
        let utc = now.date_naive();
        let compare = |source: Source| {
            let days = Window::D90.range(today);
            (source, analytics::compare(&rows, &billed, &beside, &overlaps, source.name(), days, utc))
        };
        let comparisons: Vec<_> = Source::ALL.into_iter().filter(|source| source.is_provider()).map(compare).collect();
        let named: Vec<&str> = priced.in_force(utc).iter().map(|row| row.model.as_ref()).collect();
        let rules = CountingRules { overlaps: &overlaps, rates: priced.as_ref(), zone: tz, today: utc };
        let rows = analytics::reconcile(rows, &billed, &rules);
        // After that: what was billed has a cost, and what two sources saw is one usage.
        let unpriced = analytics::unpriced(&rows, &named);
        let names = ProjectNames::new(rows.iter().map(|row| row.project.as_ref()), &attribution);
        let facts = Facts {
            hours: HourRow::in_zone(quarters, tz).into(),
            people: people.into(),
            clients: Arc::new(analytics::clients(&projects)),
            machines,
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
            clients: &clients,
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
        also_seen,
        revisions,
        runs,
        problems: config.problems(),
        notes,
        alerts: crate::alerts::shown(&holding, &records, now).into(),
        holding: holding.into(),
        remembered: records.into(),
        choices: current.fingerprint(),
        generation,
        last_success,
        has_data,
        today,
    })
}

/// When usage happened, of the sources that tell; a day more than asked for on either side, for the zones.
async fn quarters(store: &Store, range: DateRange, covered: &Covered) -> anyhow::Result<Vec<QuarterRow>> {
    let first = range.from.pred_opt().unwrap_or(range.from).and_time(chrono::NaiveTime::MIN).and_utc();
    let mut rows = Vec::new();
    // Quarters know no sessions: where a part of telemetry is counted elsewhere, none of it tells the hour.
    let tells = |source: &Source| source.has_instants() && (covered.is_empty() || !source.is_telemetry());
    for source in Source::ALL.into_iter().filter(tells) {
        rows.extend(store.quarters(source.name(), first.timestamp_millis()).await?);
    }
    Ok(rows)
}

/// What telemetry tells of sessions that a better source counts, by source.
fn also_seen(rows: &[RollupRow]) -> Vec<AlsoSeen> {
    let of = |source: Source| {
        let rows: Vec<&RollupRow> = rows.iter().filter(|row| *row.source == *source.name()).collect();
        let sessions: HashSet<&str> = rows.iter().map(|row| row.session.as_ref()).collect();
        let tokens = rows.iter().fold(0_u64, |sum, row| sum.saturating_add(row.spend.tokens.total()));
        (!rows.is_empty()).then_some(AlsoSeen { source, sessions: sessions.len() as u64, tokens })
    };
    Source::ALL.into_iter().filter_map(of).collect()
}
