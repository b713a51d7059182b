//! Costs as every page writes them, and breakdowns as the rows of a share table.

use std::collections::BTreeMap;

use crate::analytics::model_label;
use crate::components::{Share, project_query};
use crate::model::{Breakdown, DateRange, Shown, Usd, Window, WindowStats, compact};
use crate::sources::Source;
use crate::sync::Snapshot;

/// Writes a cost for people; a `+` says that a part of the usage has no price, so that it is more.
pub(super) fn money(shown: Shown, cost: Option<Usd>, more: bool) -> String {
    match cost {
        Some(cost) if more => format!("{} +", shown.money(cost)),
        Some(cost) => shown.money(cost),
        None => "no price".to_owned(),
    }
}

/// Returns the query by which the numbers of a page are exported. A project that is none narrows nothing.
pub(super) fn export_query(snapshot: &Snapshot, window: Window, project: Option<&str>) -> String {
    let project = project_query(project.filter(|id| snapshot.project(id).is_some()));
    let and = if project.is_empty() { "" } else { "&" };
    format!("window={}{and}{project}", window.key())
}

/// The same of any span of days.
pub(super) fn export_query_of(snapshot: &Snapshot, range: DateRange, project: Option<&str>) -> String {
    let project = project_query(project.filter(|id| snapshot.project(id).is_some()));
    let and = if project.is_empty() { "" } else { "&" };
    format!("since={}&until={}{and}{project}", range.from, range.to)
}

/// The part a cost is of a total, in whole percent; none of nothing, and nothing is no part.
pub(super) fn part_of(cost: Usd, total: Option<Usd>) -> Option<u32> {
    let total = total.map_or(0, Usd::pico);
    (total > 0 && cost != Usd::ZERO).then(|| u32::try_from((cost.pico() * 100 + total / 2) / total).unwrap_or(100))
}

/// What of the usage is in no total; empty when everything has a price.
pub(super) fn unpriced(stats: &WindowStats) -> String {
    let unpriced = &stats.unpriced;
    if unpriced.models.is_empty() {
        return String::new();
    }
    let tokens = compact(unpriced.tokens_in.saturating_add(unpriced.tokens_out));
    format!("Not in it: {tokens} tokens of {}, which have no price yet.", named(&unpriced.models))
}

/// What people call these models, one after another.
pub(super) fn named(models: &[String]) -> String {
    models.iter().map(|model| model_label(model)).collect::<Vec<_>>().join(", ")
}

/// What people call a source; a name that is none stays as it is.
pub(super) fn source_label(name: &str) -> String {
    Source::parse(name).map_or_else(|| name.to_owned(), |source| source.label().to_owned())
}

/// Returns the dearest `top` of a breakdown, dearest first; what has no price comes last.
pub(super) fn shares(
    shown: Shown,
    breakdown: &BTreeMap<String, Breakdown>,
    total: Option<Usd>,
    label: impl Fn(&str) -> String,
    top: usize,
) -> Vec<Share> {
    let mut all: Vec<(&String, &Breakdown)> = breakdown.iter().collect();
    all.sort_by(|a, b| b.1.cost.cmp(&a.1.cost).then_with(|| a.0.cmp(b.0)));
    all.into_iter()
        .take(top)
        .map(|(name, part)| Share {
            name: label(name),
            full: name.clone(),
            cost: money(shown, part.cost, part.unpriced),
            percent: part.cost.and_then(|cost| part_of(cost, total)),
            tokens: compact(part.tokens_in + part.tokens_out),
        })
        .collect()
}
