//! What every number is computed from: facts with every usage counted once, and what it takes to name and price them.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Timelike};
use chrono_tz::Tz;

use super::{Machines, ProjectNames};
use crate::model::{ModelRates, PersonDay, QuarterRow, Rates, RollupRow};

/// Shared and never changed; narrowing makes another one.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The daily roll-up, with every usage counted once.
    pub rows: Arc<[RollupRow]>,
    /// When on the clock usage happened, of the sources that tell.
    pub hours: Arc<[HourRow]>,
    /// Who used an agent, as its provider reports it.
    pub people: Arc<[PersonDay]>,
    pub names: Arc<ProjectNames>,
    /// The client of a project, by the project's name.
    pub clients: Arc<HashMap<String, String>>,
    /// Which machine usage is from, and whose.
    pub machines: Arc<Machines>,
    pub rates: Arc<dyn Rates>,
}

/// A quarter of an hour in the user's zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HourRow {
    pub date: NaiveDate,
    /// 0 to 23, as the clock on the wall showed.
    pub hour: u8,
    pub row: QuarterRow,
}

impl HourRow {
    /// Puts quarters on the clock of a zone.
    #[must_use]
    pub fn in_zone(rows: Vec<QuarterRow>, zone: Tz) -> Vec<HourRow> {
        let local = |row: QuarterRow| {
            let at = DateTime::from_timestamp_millis(row.at_ms)?.with_timezone(&zone);
            Some(HourRow { date: at.date_naive(), hour: u8::try_from(at.hour()).unwrap_or(0), row })
        };
        rows.into_iter().filter_map(local).collect()
    }
}

impl Facts {
    /// Returns the facts of one project, by its name.
    #[must_use]
    pub fn narrowed(&self, project: &str) -> Facts {
        Facts {
            rows: self.rows.iter().filter(|row| self.names.name(&row.project) == project).cloned().collect(),
            hours: self.hours.iter().filter(|hour| self.names.name(&hour.row.project) == project).cloned().collect(),
            // A provider does not say on what project a person worked.
            people: Arc::new([]),
            ..self.clone()
        }
    }

    /// Nothing at all, and nobody who knows a price.
    #[must_use]
    pub fn none() -> Facts {
        Facts::of(Vec::new(), ProjectNames::default(), Arc::new(NoRates))
    }

    /// Facts that say nothing but what the daily roll-up does.
    #[must_use]
    pub fn of(rows: Vec<RollupRow>, names: ProjectNames, rates: Arc<dyn Rates>) -> Facts {
        Facts {
            rows: rows.into(),
            hours: Arc::new([]),
            people: Arc::new([]),
            names: Arc::new(names),
            clients: Arc::default(),
            machines: Arc::default(),
            rates,
        }
    }
}

#[derive(Debug)]
struct NoRates;

impl Rates for NoRates {
    fn rates(&self, _: &str, _: NaiveDate) -> Option<ModelRates> {
        None
    }
}
