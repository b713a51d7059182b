//! What is stored of usage, with every usage counted once, a month at a time: what exports and digests are made of.
//!
//! The same road reports and snapshots take (`reconcile`, `attribution`), in pieces: both work day by day, so months one
//! after another give what all of them at once would, and years of usage need the memory of a month. Only reads.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::attribution::attribution_of;
use super::covered::covered;
use super::judge::Judge;
use super::machines::machines;
use crate::analytics::{CountingRules, Covered, Labels, MARGIN_DAYS, ProjectNames, clients, reconcile};
use crate::config::{Config, Zone};
use crate::export::focus::Seller;
use crate::export::{Days as AskedDays, Request, months};
use crate::model::{BilledRow, DateRange, Project, RollupRow};
use crate::sources::Source;
use crate::store::Store;

/// The usage a request asks for.
pub struct Counted {
    store: Store,
    config: Arc<Config>,
    request: Request,
    utc_today: NaiveDate,
    /// The days, from the first to the last.
    pub range: DateRange,
    /// The days of them that anything is stored of.
    stored: Option<DateRange>,
    /// Everything, by days of another zone than the stored ones; else the rows are read month by month.
    rejudged: Option<Vec<RollupRow>>,
    /// What better sources count.
    covered: Covered,
    pub labels: Labels,
}

impl Counted {
    /// Prepares to read; `None` when there is no project as asked for.
    ///
    /// # Errors
    /// When the database cannot be read, or the request's days are none: the caller has checked them.
    pub async fn open(
        store: &Store,
        config: Arc<Config>,
        request: Request,
        now: DateTime<Utc>,
    ) -> anyhow::Result<Option<Counted>> {
        let store = &store.read_only();
        let today = config.zone.date(now);
        let asked = request.days.range(today).map_err(anyhow::Error::msg)?;
        let zone = Judge::stored_zone(store, Source::ClaudeCode).await?.unwrap_or(config.zone);
        let rejudged = if zone == config.zone { None } else { Some(rejudged(&config, store).await?) };
        let span = span(store, rejudged.as_deref()).await?;
        let range = asked.unwrap_or_else(|| {
            let span = span.unwrap_or(DateRange { from: today, to: today });
            DateRange { from: span.from.min(today), to: span.to.max(today) }
        });
        let both = span.map(|span| DateRange { from: span.from.max(range.from), to: span.to.min(range.to) });
        let stored = both.filter(|both| both.from <= both.to);
        // A request without a first day begins with the first usage.
        let open = matches!(request.days, AskedDays::Between(None, _));
        let from = if open { stored.map_or(range.to, |stored| stored.from) } else { range.from };
        let projects: Vec<Project> = store.projects().await?.into_iter().map(|stored| stored.project).collect();
        let places = places(store, rejudged.as_deref(), range).await?;
        let all: HashSet<Arc<str>> = places.iter().map(|(_, place)| place.as_str().into()).collect();
        let attribution = attribution_of(store, &config, all, &projects).await?;
        let wanted = |source: &str| request.sources.is_empty() || request.sources.iter().any(|name| name == source);
        let wanted: Vec<&str> =
            places.iter().filter(|(source, _)| wanted(source)).map(|(_, place)| place.as_str()).collect();
        let names = ProjectNames::new(wanted.iter().copied(), &attribution);
        let known = request.project.as_ref().is_none_or(|id| {
            projects.iter().any(|project| project.id == *id) || wanted.iter().any(|place| names.name(place) == id)
        });
        let clients = clients(&projects);
        let range = DateRange { from, to: range.to };
        let labels = Labels { names, clients, machines: machines(store).await? };
        let covered = covered(store).await?;
        let (store, utc_today) = (store.clone(), now.date_naive());
        Ok(known.then_some(Counted { store, config, request, utc_today, range, stored, rejudged, covered, labels }))
    }

    /// The pieces to read, in their order; none without usage.
    #[must_use]
    pub fn pieces(&self) -> Vec<DateRange> {
        self.stored.into_iter().flat_map(months).collect()
    }

    /// Reads the rows of a piece, by day, source, project, model and session.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn rows(&self, piece: DateRange) -> anyhow::Result<Vec<RollupRow>> {
        let read = with_margin(piece, self.config.zone);
        let mut rows = match &self.rejudged {
            Some(all) => all.iter().filter(|row| read.contains(row.date)).cloned().collect(),
            None => self.store.rollup(Some(read)).await?,
        };
        self.covered.take_from(&mut rows);
        let billed = self.store.billed(Some(read)).await?;
        let mut rows = counted_once(&self.config, rows, &billed, self.utc_today);
        rows.retain(|row| piece.contains(row.date));
        let rows = if self.rejudged.is_some() { added_up(rows) } else { rows };
        let mut rows: Vec<RollupRow> = rows.into_iter().filter(|row| self.wants(row)).collect();
        let key = |row: &RollupRow| {
            (row.date, row.source.clone(), row.project.clone(), row.model.clone(), row.session.clone())
        };
        rows.sort_by_cached_key(key);
        Ok(rows)
    }

    /// Reads all of them at once.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn all_rows(&self) -> anyhow::Result<Vec<RollupRow>> {
        let mut rows = Vec::new();
        for piece in self.pieces() {
            rows.extend(self.rows(piece).await?);
        }
        Ok(rows)
    }

    fn wants(&self, row: &RollupRow) -> bool {
        let Request { sources, project, .. } = &self.request;
        (sources.is_empty() || sources.iter().any(|name| *name == *row.source))
            && project.as_ref().is_none_or(|id| self.labels.project(row) == id)
    }
}

/// Counts every usage once, by the configuration in force; `utc_today` is not billed yet.
#[must_use]
pub fn counted_once(
    config: &Config,
    rows: Vec<RollupRow>,
    billed: &[BilledRow],
    utc_today: NaiveDate,
) -> Vec<RollupRow> {
    let (overlaps, rates) = (config.overlaps(), config.prices.as_ref());
    reconcile(rows, billed, &CountingRules { overlaps: &overlaps, rates, zone: config.zone.tz(), today: utc_today })
}

/// The days that decide how the usage of these is counted: the providers' days are UTC days, so that outside UTC the days
/// around them belong to it.
#[must_use]
pub fn with_margin(days: DateRange, zone: Zone) -> DateRange {
    if zone.tz() == chrono_tz::Tz::UTC {
        return days;
    }
    let margin = Days::new(MARGIN_DAYS);
    let from = days.from.checked_sub_days(margin).unwrap_or(days.from);
    DateRange { from, to: days.to.checked_add_days(margin).unwrap_or(days.to) }
}

/// Everything stored, by day of the configuration's own zone.
///
/// # Errors
/// When the database cannot be read.
pub async fn rejudged(config: &Config, store: &Store) -> anyhow::Result<Vec<RollupRow>> {
    let mut rows = Vec::new();
    for source in Source::ALL {
        rows.extend(Judge::new(config, source).stored(store).await?);
    }
    rows.sort_by_key(|row| row.date);
    Ok(rows)
}

/// What FOCUS has to know of each source.
#[must_use]
pub fn sellers(config: &Config) -> Vec<Seller> {
    let provider = |source: Source| match source {
        Source::ClaudeCode | Source::TelemetryEvents => Some(Source::Anthropic.name()),
        Source::Codex => Some(Source::OpenAi.name()),
        Source::Gemini => Some("google"),
        Source::Copilot => Some("github"),
        Source::Anthropic | Source::OpenAi | Source::OpenRouter => Some(source.name()),
        Source::OpenCode
        | Source::Qwen
        | Source::Cline
        | Source::Roo
        | Source::LiteLlm
        | Source::Manual
        | Source::TelemetryMetrics
        | Source::Import => None,
    };
    let seller = |source: Source| Seller {
        source: source.name(),
        label: source.label(),
        provider: provider(source),
        // Providers count days in UTC.
        zone: if source.is_provider() { chrono_tz::Tz::UTC } else { config.zone.tz() },
        subscription: config.is_subscription(source),
    };
    Source::ALL.map(seller).to_vec()
}

async fn span(store: &Store, rejudged: Option<&[RollupRow]>) -> anyhow::Result<Option<DateRange>> {
    let stored = store.usage_span().await?;
    let Some(rows) = rejudged else { return Ok(stored) };
    let ends = rows.iter().map(|row| row.date).chain(stored.into_iter().flat_map(|span| [span.from, span.to]));
    let (from, to) = (ends.clone().min(), ends.max());
    Ok(from.zip(to).map(|(from, to)| DateRange { from, to }))
}

async fn places(
    store: &Store,
    rejudged: Option<&[RollupRow]>,
    range: DateRange,
) -> anyhow::Result<Vec<(String, String)>> {
    let mut places = store.places(range).await?;
    if let Some(rows) = rejudged {
        let of_days = rows.iter().filter(|row| range.contains(row.date));
        let found: HashSet<(&str, &str)> = of_days.map(|row| (row.source.as_ref(), row.project.as_ref())).collect();
        // Bills count their days in UTC, whatever the zone; what was stored by another day is named by the days now.
        let billed: HashSet<Arc<str>> = store.billed(Some(range)).await?.into_iter().map(|bill| bill.origin).collect();
        places.retain(|(_, place)| billed.contains(place.as_str()));
        places.extend(found.into_iter().map(|(source, place)| (source.to_owned(), place.to_owned())));
    }
    Ok(places)
}

/// Makes rows of a message each into rows of the roll-up.
fn added_up(rows: Vec<RollupRow>) -> Vec<RollupRow> {
    let mut sums: BTreeMap<[Arc<str>; 4], BTreeMap<NaiveDate, RollupRow>> = BTreeMap::new();
    for row in rows {
        let key = [row.source.clone(), row.session.clone(), row.project.clone(), row.model.clone()];
        match sums.entry(key).or_default().entry(row.date) {
            std::collections::btree_map::Entry::Vacant(place) => drop(place.insert(row)),
            std::collections::btree_map::Entry::Occupied(mut sum) => sum.get_mut().spend += &row.spend,
        }
    }
    sums.into_values().flat_map(BTreeMap::into_values).collect()
}
