//! The same usage, seen by several sources, counted once.
//!
//! An agent's log and the provider's usage report see the same requests, and the provider's bill charges them. What is
//! counted, for each day and model:
//!
//! 1. **Usage.** What a log saw is taken out of the provider's rows, measure by measure and never below zero. The log's
//!    rows stay, because they know the project and the session; what is left of the provider's is usage no log saw.
//! 2. **Money.** Where the provider has billed a finished day, the bill is what the day cost. It is spread over the rows
//!    of its model in proportion to their estimates, to the last pico-dollar; what was billed beside any usage (web
//!    searches, code execution) stands in a row of its own.
//!
//! Pure. Nothing is hidden: [`compare`](super::compare()) keeps estimate, usage and bill side by side. Days are compared
//! by their date; a provider's day is a UTC day, so in another zone the edges of a day differ.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;

use crate::model::{BilledRow, CostByBasis, Overlap, RollupRow, Spend, Usd};

/// A day and the model's name without the provider in front of it.
type Place = (NaiveDate, String);

/// Counts every usage once; `today` (UTC) and later days have no final bill yet.
#[must_use]
pub fn reconcile(
    mut rows: Vec<RollupRow>,
    billed: &[BilledRow],
    overlaps: &[Overlap],
    today: NaiveDate,
) -> Vec<RollupRow> {
    for overlap in overlaps {
        take_seen(&mut rows, *overlap);
    }
    let mut bills: BTreeMap<(&str, Place), Vec<&BilledRow>> = BTreeMap::new();
    for bill in billed.iter().filter(|bill| bill.date < today) {
        bills.entry((&bill.source, place(bill.date, &bill.model))).or_default().push(bill);
    }
    let mut beside = Vec::new();
    if !bills.is_empty() {
        let providers: BTreeSet<&str> = bills.keys().map(|(provider, _)| *provider).collect();
        let mut places = places(&rows, overlaps, &providers);
        for ((provider, place), bills) in bills {
            match places.remove(&(provider, place)) {
                Some(found) if !bills[0].model.is_empty() => spread(&mut rows, &found, total(&bills)),
                _ => beside.extend(bills.into_iter().map(row_of)),
            }
        }
    }
    rows.append(&mut beside);
    rows.sort_by_key(|row| row.date);
    rows
}

/// Takes what the log saw out of what the provider reported.
fn take_seen(rows: &mut Vec<RollupRow>, overlap: Overlap) {
    let mut seen: BTreeMap<Place, Spend> = BTreeMap::new();
    for row in rows.iter().filter(|row| *row.source == *overlap.seen_by) {
        *seen.entry(place(row.date, &row.model)).or_default() += &row.spend;
    }
    if seen.is_empty() {
        return;
    }
    // The largest first: an agent's key is used by the agent. Equal ones by name, so that the result is always the same.
    let mut reported: Vec<&mut RollupRow> = rows.iter_mut().filter(|row| *row.source == *overlap.reported_by).collect();
    reported.sort_by(|a, b| {
        b.spend
            .tokens
            .total()
            .cmp(&a.spend.tokens.total())
            .then_with(|| (&a.project, &a.model).cmp(&(&b.project, &b.model)))
    });
    for row in reported {
        if let Some(seen) = seen.get_mut(&place(row.date, &row.model)) {
            row.spend.take(seen);
        }
    }
    rows.retain(|row| *row.source != *overlap.reported_by || row.spend.tokens.total() > 0);
}

/// The rows each provider's bill is about: its own, and those of the logs that see its usage.
fn places<'a>(
    rows: &[RollupRow],
    overlaps: &[Overlap],
    providers: &BTreeSet<&'a str>,
) -> BTreeMap<(&'a str, Place), Vec<usize>> {
    let mut places: BTreeMap<(&'a str, Place), Vec<usize>> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        let is_about = |provider: &str| {
            let sees = |overlap: &Overlap| overlap.reported_by == provider && *row.source == *overlap.seen_by;
            *row.source == *provider || overlaps.iter().any(sees)
        };
        for provider in providers.iter().filter(|provider| is_about(provider)) {
            places.entry((provider, place(row.date, &row.model))).or_default().push(at);
        }
    }
    places
}

fn place(date: NaiveDate, model: &str) -> Place {
    (date, model.rsplit('/').next().unwrap_or(model).to_owned())
}

fn total(bills: &[&BilledRow]) -> Usd {
    bills.iter().fold(Usd::ZERO, |sum, bill| sum + bill.amount)
}

/// Makes `amount` the cost of the rows, in proportion to what each was estimated at; without estimates, to its tokens.
fn spread(rows: &mut [RollupRow], found: &[usize], amount: Usd) {
    let estimates: Vec<i128> = found.iter().map(|at| rows[*at].spend.known_cost().pico().max(0)).collect();
    let weights = if estimates.iter().any(|weight| *weight > 0) {
        estimates
    } else {
        found.iter().map(|at| i128::from(rows[*at].spend.tokens.total()).max(1)).collect()
    };
    for (at, share) in found.iter().zip(shares(amount.pico(), &weights)) {
        let spend = &mut rows[*at].spend;
        spend.by_basis = CostByBasis { billed: Usd::from_pico(share), ..CostByBasis::default() };
        (spend.unpriced_messages, spend.unpriced_in, spend.unpriced_out) = (0, 0, 0);
    }
}

/// Splits an amount by weights so that the parts add up to it exactly.
fn shares(amount: i128, weights: &[i128]) -> Vec<i128> {
    let whole: i128 = weights.iter().sum();
    let (mut weighed, mut given) = (0, 0);
    weights
        .iter()
        .map(|weight| {
            weighed += weight;
            // What everybody so far gets together, less what was given: rounding never adds up.
            let upto = portion(amount, weighed, whole);
            let share = upto - given;
            given = upto;
            share
        })
        .collect()
}

/// `amount * part / whole`, in 128 bits: weights are cut to 62, and an amount has fewer than 65.
fn portion(amount: i128, part: i128, whole: i128) -> i128 {
    let cut = (128 - whole.leading_zeros()).saturating_sub(62);
    if part == whole { amount } else { amount * (part >> cut) / (whole >> cut).max(1) }
}

fn row_of(bill: &BilledRow) -> RollupRow {
    let by_basis = CostByBasis { billed: bill.amount, ..CostByBasis::default() };
    let model: Arc<str> = if bill.model.is_empty() { bill.kind.clone() } else { bill.model.clone() };
    RollupRow {
        source: bill.source.clone(),
        date: bill.date,
        session: Arc::from(""),
        project: bill.origin.clone(),
        model,
        spend: Spend { by_basis, ..Spend::default() },
    }
}

#[cfg(test)]
mod tests;
