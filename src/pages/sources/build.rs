//! From the snapshot and the settings to the finished page. [`page`] is pure; what it needs is gathered in [`load`].

use std::sync::Arc;

use anyhow::Context;
use chrono::{DateTime, SecondsFormat, Utc};

use super::words::{offer, remedy};
use super::{RestatedDay, SourcesPage, UnusedSource, UsedSource};
use crate::config::Config;
use crate::model::{Freshness, FreshnessState, Revision, compact, grouped};
use crate::sources::Source;
use crate::sources::access::{Access, Reach};
use crate::sync::{Engine, Snapshot};

/// More restated days are a matter for the sync log of the provider, not for a page.
const RESTATED_SHOWN: usize = 50;

/// What is known of a source besides how fresh it is.
#[derive(Clone, Debug)]
pub(super) struct Setup {
    pub source: Source,
    /// Whether its key or file is there; a setting that cannot be used is an error in words.
    pub ready: Result<bool, String>,
    pub next: Option<DateTime<Utc>>,
}

pub(super) async fn load(engine: Arc<Engine>) -> anyhow::Result<SourcesPage> {
    let access = engine.access.clone();
    // A key may lie in a file.
    let ready = tokio::task::spawn_blocking(move || Source::ALL.map(|source| is_ready(&access, source)))
        .await
        .context("looking for keys")?;
    let setup: Vec<Setup> = Source::ALL
        .into_iter()
        .zip(ready)
        .map(|(source, ready)| Setup { source, ready, next: engine.next_run_of(source) })
        .collect();
    Ok(page(&engine.snapshot(), &engine.config.current(), &setup))
}

fn is_ready(access: &Access, source: Source) -> Result<bool, String> {
    if !source.is_provider() {
        return Ok(false);
    }
    match access.reach(source) {
        Ok(Reach::Ready(_)) => Ok(true),
        Ok(Reach::NotSet(_)) => Ok(false),
        Err(error) => Err(format!("{error:#}")),
    }
}

pub(super) fn page(snapshot: &Snapshot, config: &Config, setup: &[Setup]) -> SourcesPage {
    let (mut used, mut unused, mut well) = (Vec::new(), Vec::new(), 0);
    for setup in setup {
        let fresh = snapshot.analytics.freshness.iter().find(|fresh| fresh.source == setup.source.name());
        let is_on = config.sources.of(setup.source).enabled;
        if fresh.is_none() && setup.source.is_received() {
            continue;
        }
        if fresh.is_none() && is_on && setup.ready == Ok(false) {
            unused.push(unused_source(setup.source));
            continue;
        }
        well += u32::from(is_on && fresh.is_some_and(|fresh| fresh.status == FreshnessState::Current));
        used.push(used_source(setup, fresh, config));
    }
    let on = used.iter().filter(|source| source.state != SWITCHED_OFF).count();
    let restated = snapshot.revisions.iter().take(RESTATED_SHOWN).map(|revision| restated(revision, config));
    SourcesPage {
        headline: headline(well, on, used.iter().any(|source| source.last_success.is_some())),
        schedule: schedule(config, setup),
        used,
        unused,
        restated: restated.collect(),
    }
}

const SWITCHED_OFF: &str = "switched off";

fn headline(well: u32, on: usize, any_read: bool) -> String {
    match (well, on) {
        (_, 0) => "Every source is switched off.".to_owned(),
        (0, _) if !any_read => "Nothing has been read yet.".to_owned(),
        (1, 1) => "The source is current.".to_owned(),
        (well, on) if well as usize == on => format!("All {on} sources are current."),
        (0, 1) => "The source is not current.".to_owned(),
        (well, on) => format!("{well} of {on} sources {} current.", if well == 1 { "is" } else { "are" }),
    }
}

fn schedule(config: &Config, setup: &[Setup]) -> String {
    if !config.sync.enabled {
        "Auto-sync is paused in data/config/sync.json; what is below can be synced by hand.".to_owned()
    } else if setup.iter().all(|setup| setup.next.is_none()) {
        "This server runs without a schedule; what is below is synced by hand or by another program.".to_owned()
    } else {
        format!(
            "Read {} and when logs grow. Sources are read side by side: one that fails does not hold up the others.",
            config.schedule
        )
    }
}

fn used_source(setup: &Setup, fresh: Option<&Freshness>, config: &Config) -> UsedSource {
    let source = setup.source;
    let missing = Freshness { message: "It is set up and has not been read yet.".to_owned(), ..Freshness::default() };
    let fresh = fresh.unwrap_or(&missing);
    let is_on = config.sources.of(source).enabled;
    let (dot, word) = if is_on { (fresh.status.dot(), fresh.status.word()) } else { ("", SWITCHED_OFF) };
    let remedy = match &setup.ready {
        _ if !is_on => {
            format!("To read it again, set \"enabled\" to true for \"{}\" in data/config/sources.json.", source.name())
        }
        Err(problem) if fresh.status != FreshnessState::Unauthorised => format!("{problem}."),
        _ => remedy(source, fresh.status),
    };
    let every = match (is_on, config.sync.enabled, setup.next) {
        (false, ..) => "switched off".to_owned(),
        _ if source.is_received() => "when somebody sends it".to_owned(),
        (_, false, _) => "auto-sync is paused".to_owned(),
        (_, _, None) => "no schedule".to_owned(),
        (_, _, Some(_)) => config.schedule_of(source).to_string(),
    };
    let moment = |at: &str| config.zone.moment(at);
    let next = setup.next.filter(|_| is_on && config.sync.enabled);
    UsedSource {
        name: source.name().to_owned(),
        label: source.label().to_owned(),
        dot: dot.to_owned(),
        state: word.to_owned(),
        message: fresh.message.clone(),
        remedy,
        last_success: fresh.last_success.as_deref().map(moment),
        last_attempt: fresh.last_attempt.as_deref().map(moment),
        attempt: fresh.last_attempt.as_ref().map_or_else(|| "–".to_owned(), |_| attempt(fresh)),
        next: next.map(|at| moment(&at.to_rfc3339_opts(SecondsFormat::Secs, true))),
        every,
    }
}

fn attempt(fresh: &Freshness) -> String {
    let rows = match fresh.rows {
        0 if fresh.status == FreshnessState::Current => "nothing new".to_owned(),
        0 => "nothing".to_owned(),
        1 => "1 row".to_owned(),
        rows => format!("{} rows", grouped(rows.into())),
    };
    match fresh.duration_ms {
        ms @ ..10_000 => format!("{rows} in {ms} ms"),
        ms => format!("{rows} in {} s", ms / 1000),
    }
}

fn unused_source(source: Source) -> UnusedSource {
    let (brings, needs) = offer(source);
    UnusedSource {
        label: source.label().to_owned(),
        brings: brings.to_owned(),
        needs: needs.iter().map(|name| (*name).to_owned()).collect(),
    }
}

fn restated(revision: &Revision, config: &Config) -> RestatedDay {
    let noted = DateTime::from_timestamp_millis(revision.noted_ms).unwrap_or_default();
    RestatedDay {
        source: Source::parse(&revision.source)
            .map_or_else(|| revision.source.clone(), |source| source.label().to_owned()),
        day: revision.date.to_string(),
        cost: format!("{} → {}", revision.cost_before, revision.cost_after),
        tokens: format!("{} → {}", compact(revision.tokens_before), compact(revision.tokens_after)),
        noted: config.zone.moment(&noted.to_rfc3339_opts(SecondsFormat::Secs, true)),
    }
}

#[cfg(test)]
mod tests;
