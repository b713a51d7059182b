//! The same usage, seen by several sources, counted once.
//!
//! An agent's log and the provider's usage report see the same requests, and the provider's bill charges them. What is
//! counted, for each day and model:
//!
//! 1. **Usage.** What a log saw is taken out of the provider's rows, kind by kind and never below zero, and with the tokens
//!    what they cost. The log's rows stay, because they know the project and the session; what is left of the provider's
//!    is usage no log saw.
//! 2. **Money.** Where the provider has billed a finished day, the bill is what the day cost. It is spread over the rows
//!    of its model in proportion to their estimates, to the last pico-dollar; what was billed beside any usage (web
//!    searches, code execution) stands in a row of its own.
//!
//! A provider's day is a UTC day and a log's day one of the user's zone. So what a log saw and the same day of the report
//! does not hold is looked for in the one neighbouring UTC day that the zone's day reaches into.
//!
//! Pure. Nothing is hidden: [`compare`](super::compare()) keeps estimate, usage and bill side by side.

mod bills;
mod seen;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{NaiveDate, Offset, TimeZone};
use chrono_tz::Tz;

use crate::model::{BilledRow, Overlap, Rates, RollupRow, canonical_model};

/// Days before and after a span that decide with it how its usage is counted: somebody who works across UTC midnight
/// every evening hands usage on from day to day. Longer unbroken chains than this are counted as if they began there.
pub const MARGIN_DAYS: u64 = 14;

/// What usage is counted once by.
#[derive(Clone, Copy, Debug)]
pub struct CountingRules<'a> {
    /// In the order in which usage is taken out of the reports.
    pub overlaps: &'a [Overlap],
    /// What tokens are worth, to split the cost of a row.
    pub rates: &'a dyn Rates,
    /// The zone of the logs' days.
    pub zone: Tz,
    /// The UTC day that is not over yet: it and later days have no final bill.
    pub today: NaiveDate,
}

/// Counts every usage once.
#[must_use]
pub fn reconcile(mut rows: Vec<RollupRow>, billed: &[BilledRow], rules: &CountingRules<'_>) -> Vec<RollupRow> {
    let models = Models::of(rows.iter().map(|row| &row.model).chain(billed.iter().map(|bill| &bill.model)));
    let mut handed_on = HandedOn::new();
    for overlap in rules.overlaps {
        seen::take(&mut rows, *overlap, &models, rules, &mut handed_on);
    }
    let mut beside = bills::spread(&mut rows, billed, &models, rules, &handed_on);
    rows.append(&mut beside);
    rows.sort_by_key(|row| row.date);
    rows
}

/// A model, by its number, on a day.
type Place = (usize, NaiveDate);

/// The places of logs whose usage was looked for in the neighbouring day of a provider's report.
type HandedOn = BTreeSet<(&'static str, Place)>;

/// Models by the names that are used of them, numbered: spellings of the same model have the same number.
struct Models(HashMap<Arc<str>, usize>);

impl Models {
    fn of<'a>(names: impl Iterator<Item = &'a Arc<str>>) -> Models {
        let mut numbers: HashMap<Arc<str>, usize> = HashMap::new();
        let mut canonical: BTreeMap<String, usize> = BTreeMap::new();
        for name in names {
            if !numbers.contains_key(name) {
                let next = canonical.len();
                let number = *canonical.entry(canonical_model(name).into_owned()).or_insert(next);
                numbers.insert(name.clone(), number);
            }
        }
        Models(numbers)
    }

    fn place(&self, date: NaiveDate, model: &str) -> Place {
        (self.0.get(model).copied().unwrap_or(usize::MAX), date)
    }
}

/// The UTC day, beside that of the same date, into which a day of the zone reaches: the next one west of Greenwich, the
/// one before east of it.
fn utc_neighbour(date: NaiveDate, zone: Tz) -> Option<NaiveDate> {
    match seconds_east(date, zone) {
        0 => None,
        ..0 => date.succ_opt(),
        1.. => date.pred_opt(),
    }
}

/// The day of the zone, beside that of the same date, that reaches into a UTC day.
fn local_neighbour(date: NaiveDate, zone: Tz) -> Option<NaiveDate> {
    match seconds_east(date, zone) {
        0 => None,
        ..0 => date.pred_opt(),
        1.. => date.succ_opt(),
    }
}

fn seconds_east(date: NaiveDate, zone: Tz) -> i32 {
    zone.offset_from_utc_datetime(&date.and_time(chrono::NaiveTime::MIN)).fix().local_minus_utc()
}

#[cfg(test)]
mod tests;
