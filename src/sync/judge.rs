//! Judging facts: which day they belong to, and what they cost, with the zone and the prices in force.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use rayon::prelude::*;

use crate::config::{Config, Zone};
use crate::model::{Basis, RollupRow, UsageEvent, Usd};
use crate::pricing::{Modifiers, PriceRow, PriceTable, implies_fast};
use crate::sources::Source;
use crate::store::Store;

/// Gives the facts of a source their day and their cost, with the zone and the prices in force.
pub struct Judge {
    source: Source,
    zone: Zone,
    prices: Arc<PriceTable>,
    /// Names zone and prices; `None` while the user's prices cannot be read.
    stamp: Option<String>,
}

fn stamp_name(source: Source) -> String {
    format!("judged:{}", source.name())
}

/// More for one request, or one day of one key, is a mistake in the prices, not a cost.
const MAX_COST: Usd = Usd::from_pico(1_000_000_000_000_000_000);

/// Rows of the price table found so far: a chunk of events has a handful of models and days.
type Known<'a> = Vec<(Arc<str>, NaiveDate, Option<&'a PriceRow>)>;

impl Judge {
    #[must_use]
    pub fn new(config: &Config, source: Source) -> Judge {
        // Without a stamp the user's prices could not be read: what they gave before must not be taken away.
        let stamp = config.prices_stamp.as_ref().map(|prices| format!("{} {prices}", config.zone));
        Judge { source, zone: config.zone, prices: config.prices.clone(), stamp }
    }

    /// Computes everything stored of the source anew when the zone or the prices are not the ones it was judged with.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn refresh(&self, store: &Store) -> anyhow::Result<()> {
        let name = stamp_name(self.source);
        // What is judged without the user's prices is judged again as soon as they can be read.
        let Some(stamp) = &self.stamp else { return store.set_meta(&name, "unknown").await };
        let before = store.meta(&name).await?;
        if before.as_ref() == Some(stamp) {
            return Ok(());
        }
        if before.is_some() {
            let changed = self.reprice(store).await?;
            let label = self.source.label();
            tracing::info!(changed, "{label}: the time zone or the prices changed, days and costs were computed again");
        }
        store.set_meta(&name, stamp).await
    }

    /// Computes everything stored of the source anew, and notes with what; returns how many facts changed.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn reprice(&self, store: &Store) -> anyhow::Result<u64> {
        let judge = |event: &mut UsageEvent| self.event(event, &mut Known::new());
        let changed = store.rebuild(self.source.name(), &judge).await?;
        store.set_meta(&stamp_name(self.source), self.stamp.as_deref().unwrap_or("unknown")).await?;
        Ok(changed)
    }

    /// Returns the zone the stored roll-ups count days in; `None` before the first sync.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn stored_zone(store: &Store, source: Source) -> anyhow::Result<Option<Zone>> {
        let stamp = store.meta(&stamp_name(source)).await?;
        Ok(stamp.as_deref().and_then(|stamp| stamp.split(' ').next()).and_then(Zone::parse))
    }

    /// Returns everything stored of the source, judged by this judge, one row a message. Writes nothing.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn stored(&self, store: &Store) -> anyhow::Result<Vec<RollupRow>> {
        store.judged(self.source.name(), &|event| self.event(event, &mut Known::new())).await
    }

    /// Judges a batch, in parallel.
    pub fn events(&self, events: &mut [UsageEvent]) {
        const CHUNK: usize = 4096;
        events.par_chunks_mut(CHUNK).for_each(|chunk| {
            let mut known = Known::new();
            for event in chunk {
                self.event(event, &mut known);
            }
        });
    }

    /// Judges one event: what the log or a bill says itself stays as it is.
    fn event<'a>(&'a self, event: &mut UsageEvent, known: &mut Known<'a>) {
        if self.source.has_instants() {
            event.day = self.zone.day_of(event.at_ms);
        }
        if !matches!(event.basis, Basis::Estimated | Basis::Unpriced) {
            return;
        }
        let date = DateTime::<Utc>::from_timestamp_millis(event.at_ms).unwrap_or_default().date_naive();
        let found = known.iter().find(|(model, day, _)| *day == date && *model == event.model).map(|(_, _, row)| *row);
        let row = found.unwrap_or_else(|| {
            let row = self.prices.find(&event.model, date);
            known.push((event.model.clone(), date, row));
            row
        });
        let mut modifiers = Modifiers::parse(&event.modifiers);
        modifiers.fast |= implies_fast(&event.model);
        let cost = row.map(|row| row.cost(&event.tokens, event.web_searches, modifiers).cost);
        // A price typed wrong by a million must not stop the facts from being stored.
        event.cost = cost.filter(|cost| *cost <= MAX_COST);
        event.basis = if event.cost.is_some() { Basis::Estimated } else { Basis::Unpriced };
    }
}
