//! Letting the bills of finished days have the last word.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{CountingRules, HandedOn, Models, Place, local_neighbour};
use crate::model::{BilledRow, CostByBasis, RollupRow, Spend, Usd};

/// The rows each provider's bill is about: its own, and those of the logs that see its usage.
type Places<'a> = BTreeMap<(&'a str, Place), Vec<usize>>;
type Bills<'a> = BTreeMap<(&'a str, Place), Vec<&'a BilledRow>>;

/// Makes the bills what their days cost; returns what was billed beside any usage.
pub(super) fn spread(
    rows: &mut [RollupRow],
    billed: &[BilledRow],
    models: &Models,
    rules: &CountingRules<'_>,
    handed_on: &HandedOn,
) -> Vec<RollupRow> {
    let mut bills: Bills<'_> = BTreeMap::new();
    for bill in billed.iter().filter(|bill| bill.date < rules.today) {
        bills.entry((&bill.source, models.place(bill.date, &bill.model))).or_default().push(bill);
    }
    if bills.is_empty() {
        return Vec::new();
    }
    let providers: BTreeSet<&str> = bills.keys().map(|(provider, _)| *provider).collect();
    let places = places(rows, models, rules, &providers);
    let mut beside = Vec::new();
    let mut amounts: BTreeMap<usize, Usd> = BTreeMap::new();
    for ((provider, place), of_place) in &bills {
        let found = if of_place.iter().all(|bill| bill.model.is_empty()) {
            Vec::new()
        } else {
            found(rows, &places, &bills, (provider, *place), rules, handed_on)
        };
        if found.is_empty() {
            beside.extend(of_place.iter().map(|bill| row_of(bill)));
            continue;
        }
        let amount = of_place.iter().fold(Usd::ZERO, |sum, bill| sum + bill.amount);
        for (at, share) in found.iter().zip(shares(amount, &weights(rows, &found))) {
            *amounts.entry(*at).or_default() += share;
        }
    }
    for (at, billed) in amounts {
        let spend = &mut rows[at].spend;
        spend.by_basis = CostByBasis { billed, ..CostByBasis::default() };
        (spend.unpriced_messages, spend.unpriced_in, spend.unpriced_out) = (0, 0, 0);
    }
    beside
}

/// The rows a bill is spread over: those of its day, and those of the day of the user's zone that reaches into it, when
/// there are no others, or when their usage was found in that day's report and no bill of their own day tells of them.
fn found(
    rows: &[RollupRow],
    places: &Places<'_>,
    bills: &Bills<'_>,
    (provider, place): (&str, Place),
    rules: &CountingRules<'_>,
    handed_on: &HandedOn,
) -> Vec<usize> {
    let mut found = places.get(&(provider, place)).cloned().unwrap_or_default();
    let Some(date) = local_neighbour(place.1, rules.zone) else { return found };
    let next = (place.0, date);
    let Some(others) = places.get(&(provider, next)) else { return found };
    let is_local = |row: &RollupRow| {
        rules.overlaps.iter().any(|overlap| overlap.has_local_days && *row.source == *overlap.seen_by)
    };
    let was_found = |row: &RollupRow| {
        let mut logs = rules.overlaps.iter().filter(|overlap| *row.source == *overlap.seen_by);
        logs.any(|overlap| handed_on.contains(&(overlap.seen_by, next)))
    };
    if found.is_empty() {
        if others.iter().all(|at| is_local(&rows[*at])) {
            found.clone_from(others);
        }
    } else if !bills.contains_key(&(provider, next)) {
        found.extend(others.iter().filter(|at| was_found(&rows[**at])));
    }
    found
}

fn places<'a>(
    rows: &[RollupRow],
    models: &Models,
    rules: &CountingRules<'_>,
    providers: &BTreeSet<&'a str>,
) -> Places<'a> {
    let mut places: Places<'a> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        let is_about = |provider: &str| {
            let mut overlaps = rules.overlaps.iter().filter(|overlap| overlap.reported_by == provider);
            *row.source == *provider || overlaps.any(|overlap| *row.source == *overlap.seen_by)
        };
        for provider in providers.iter().filter(|provider| is_about(provider)) {
            places.entry((provider, models.place(row.date, &row.model))).or_default().push(at);
        }
    }
    places
}

/// What each row was estimated at; without estimates, its tokens.
fn weights(rows: &[RollupRow], found: &[usize]) -> Vec<i128> {
    let estimates: Vec<i128> = found.iter().map(|at| rows[*at].spend.known_cost().pico().max(0)).collect();
    if estimates.iter().any(|weight| *weight > 0) {
        return estimates;
    }
    found.iter().map(|at| i128::from(rows[*at].spend.tokens.total()).max(1)).collect()
}

/// Splits an amount by weights so that the parts add up to it exactly.
pub(super) fn shares(amount: Usd, weights: &[i128]) -> Vec<Usd> {
    let whole: i128 = weights.iter().sum();
    let (mut weighed, mut given) = (0, Usd::ZERO);
    weights
        .iter()
        .map(|weight| {
            weighed += weight;
            // What everybody so far gets together, less what was given: rounding never adds up.
            let upto = amount.portion(weighed, whole);
            let share = upto - given;
            given = upto;
            share
        })
        .collect()
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
