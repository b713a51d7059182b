//! Taking what a log saw out of what a provider reported.

use std::collections::BTreeMap;

use super::{CountingRules, HandedOn, Models, Place, utc_neighbour};
use crate::model::{Overlap, RollupRow, Tokens, Usd};

/// Takes it out, on the same day and then on the neighbouring one.
pub(super) fn take(
    rows: &mut Vec<RollupRow>,
    overlap: Overlap,
    models: &Models,
    rules: &CountingRules<'_>,
    handed_on: &mut HandedOn,
) {
    let mut seen: BTreeMap<Place, Tokens> = BTreeMap::new();
    for row in rows.iter().filter(|row| *row.source == *overlap.seen_by) {
        let tokens = if overlap.by_proxy { as_a_proxy_counts(row.spend.tokens) } else { row.spend.tokens };
        *seen.entry(models.place(row.date, &row.model)).or_default() += tokens;
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
    let mut by_place: BTreeMap<Place, Vec<&mut RollupRow>> = BTreeMap::new();
    for row in reported {
        by_place.entry(models.place(row.date, &row.model)).or_default().push(row);
    }
    let mut matched: BTreeMap<Place, Tokens> = BTreeMap::new();
    for (place, rows) in &mut by_place {
        if let Some(seen) = seen.get_mut(place) {
            let taken = rows.iter_mut().map(|row| take_from(row, seen, rules));
            matched.insert(*place, taken.fold(Tokens::default(), |sum, taken| sum + taken));
        }
    }
    if overlap.has_local_days {
        let handed = hand_on(&seen, &matched, &mut by_place, rules);
        handed_on.extend(handed.into_iter().map(|place| (overlap.seen_by, place)));
    }
    let is_empty = |row: &RollupRow| row.spend.tokens.total() == 0 && row.spend.known_cost() == Usd::ZERO;
    rows.retain(|row| *row.source != *overlap.reported_by || !is_empty(row));
}

/// A proxy's report tells writes to the cache as one number, whatever time they are kept for.
fn as_a_proxy_counts(tokens: Tokens) -> Tokens {
    let cache_write_5m = tokens.cache_write_5m.saturating_add(tokens.cache_write_1h);
    Tokens { cache_write_5m, cache_write_1h: 0, ..tokens }
}

fn take_from(row: &mut RollupRow, seen: &mut Tokens, rules: &CountingRules<'_>) -> Tokens {
    let (model, date) = (&row.model, row.date);
    row.spend.take(seen, |tokens| rules.rates.rates(model, date).map_or(0, |rates| rates.standard.cost(tokens).pico()))
}

/// Looks for what the same day's report does not hold in the neighbouring day's; returns from which places.
///
/// There it comes before what the log saw on that day itself, which then is looked for one day on: of evenings that all
/// reach into the next UTC day, none is counted twice. Where there is nothing left to be found this changes nothing.
fn hand_on(
    seen: &BTreeMap<Place, Tokens>,
    matched: &BTreeMap<Place, Tokens>,
    reported: &mut BTreeMap<Place, Vec<&mut RollupRow>>,
    rules: &CountingRules<'_>,
) -> Vec<Place> {
    let mut from = Vec::new();
    let mut moved: BTreeMap<Place, Tokens> = BTreeMap::new();
    let mut hand = |place: Place, left: Tokens| {
        let Some(date) = utc_neighbour(place.1, rules.zone) else { return };
        let next = (place.0, date);
        let mut left = left + moved.remove(&place).unwrap_or_default();
        let before = left;
        for row in reported.get_mut(&next).into_iter().flatten() {
            take_from(row, &mut left, rules);
        }
        if let Some(matched) = matched.get(&next) {
            let gives_way = left.common(matched);
            moved.insert(next, gives_way);
            left = left.without(&gives_way);
        }
        if left != before {
            from.push(place);
        }
    };
    // In the direction in which usage is handed on.
    let is_west = seen.keys().find_map(|place| Some(utc_neighbour(place.1, rules.zone)? > place.1)).unwrap_or(true);
    if is_west {
        seen.iter().for_each(|(place, left)| hand(*place, *left));
    } else {
        seen.iter().rev().for_each(|(place, left)| hand(*place, *left));
    }
    from
}
