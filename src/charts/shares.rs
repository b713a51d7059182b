//! Who cost how much in a window: lying bars, the dearest on top. What has no price is in the table only, and a bar
//! that leaves something out for that reason says so at its end.

use std::collections::BTreeMap;

use super::bars::{LyingBar, height_of, lying};
use super::{NO_PRICE, OTHER, UNKNOWN, json, told};
use crate::analytics::model_label;
use crate::model::{Breakdown, Chart, Shown, Usd, WindowStats, compact};

/// More than these are gathered.
const BARS: usize = 12;

/// A line of the table, and a bar if it has a cost.
struct Part {
    name: String,
    cost: Option<Usd>,
    more: bool,
    tokens: u64,
}

/// The cost of each model; `None` when nothing has a price.
#[must_use]
pub fn cost_by_model(stats: &WindowStats, shown: Shown) -> Option<Chart> {
    shares(stats, shown, &stats.by_model, "model", model_label)
}

/// The cost of each project, under the name `label` gives it; `None` when nothing has a price.
#[must_use]
pub fn cost_by_project(stats: &WindowStats, shown: Shown, label: impl Fn(&str) -> String) -> Option<Chart> {
    shares(stats, shown, &stats.by_project, "project", label)
}

fn shares(
    stats: &WindowStats,
    shown: Shown,
    breakdown: &BTreeMap<String, Breakdown>,
    what: &str,
    label: impl Fn(&str) -> String,
) -> Option<Chart> {
    let parts = breakdown.iter().map(|(id, part)| Part {
        name: label(id),
        cost: part.cost,
        more: part.unpriced && part.cost.is_some(),
        tokens: part.tokens_in.saturating_add(part.tokens_out),
    });
    let (mut priced, mut unpriced): (Vec<Part>, Vec<Part>) = parts.partition(|part| part.cost.is_some());
    priced.sort_by(|a, b| b.cost.cmp(&a.cost).then_with(|| a.name.cmp(&b.name)));
    unpriced.sort_by(|a, b| b.tokens.cmp(&a.tokens).then_with(|| a.name.cmp(&b.name)));
    let (priced, unpriced) = (gathered(priced, OTHER), gathered(unpriced, "Other without a price"));
    if priced.is_empty() {
        return None;
    }
    let bar = |part: &Part| LyingBar {
        name: part.name.clone(),
        value: shown.to_f64(part.cost.unwrap_or_default()),
        words: shown.rough(part.cost.unwrap_or_default()) + if part.more { " +" } else { "" },
        more: part.more,
    };
    let bars: Vec<LyingBar> = priced.iter().map(bar).collect();
    let total = stats.total_cost.unwrap_or_default();
    let row = |part: &Part| {
        let share = part.cost.and_then(|cost| percent(cost, total)).unwrap_or_else(|| UNKNOWN.to_owned());
        vec![part.name.clone(), told(shown, part.cost, part.more), share, compact(part.tokens)]
    };
    let is_striped = bars.iter().any(|bar| bar.more);
    Some(Chart {
        label: format!("Cost by {what}, {} to {}", stats.from, stats.to),
        option: json(&lying("Cost", &bars, &shown.unit())),
        legend: if is_striped { vec!["Cost".to_owned(), NO_PRICE.to_owned()] } else { Vec::new() },
        marks: if is_striped { vec![String::new(), "hatch".to_owned()] } else { Vec::new() },
        height: height_of(bars.len()),
        columns: [if what == "model" { "Model" } else { "Project" }, "Cost", "Share", "Tokens"]
            .map(str::to_owned)
            .to_vec(),
        rows: priced.iter().chain(&unpriced).map(row).collect(),
        ..Chart::default()
    })
}

/// The first twelve, and the sum of the rest as one more.
fn gathered(mut parts: Vec<Part>, name: &str) -> Vec<Part> {
    if parts.len() <= BARS + 1 {
        return parts;
    }
    let rest = parts.split_off(BARS);
    parts.push(Part {
        name: format!("{name} ({})", rest.len()),
        cost: rest.iter().filter_map(|part| part.cost).reduce(|sum, cost| sum + cost),
        more: rest.iter().any(|part| part.more),
        tokens: rest.iter().fold(0, |sum: u64, part| sum.saturating_add(part.tokens)),
    });
    parts
}

/// The share in whole percent; `None` when there is no total to have a share of.
fn percent(cost: Usd, total: Usd) -> Option<String> {
    if total <= Usd::ZERO {
        return None;
    }
    let twice = cost.pico().checked_mul(200)?.checked_div(total.pico())?;
    Some(match (twice + twice.signum()) / 2 {
        0 if cost > Usd::ZERO => "<1 %".to_owned(),
        below @ ..0 => format!("−{} %", below.unsigned_abs()),
        whole => format!("{whole} %"),
    })
}
