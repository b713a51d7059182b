//! Spend per day, by model. A day with usage that has no price carries a striped mark, and its total a `+`.

use std::collections::BTreeMap;

use charming::Chart as Plot;
use chrono::NaiveDate;

use super::{COLOURS, NO_PRICE, OTHER, bars, day_table, json, lines, told};
use crate::analytics::model_label;
use crate::model::{Chart, DaySpend, Shown, Usd, WindowStats};

/// So many models without a price are named.
const NAMED: usize = 2;

type CostSeries = (String, Vec<Option<Usd>>);

/// Spend per day, stacked by model, the dearest model at the bottom.
#[must_use]
pub fn spend_by_model(stats: &WindowStats, shown: Shown) -> Chart {
    let draw = |dates: &[NaiveDate], series: Vec<(String, Vec<Option<f64>>)>| {
        // A bar of what has no price is none.
        let drawn = |(name, costs): (String, Vec<Option<f64>>)| {
            (name, costs.into_iter().map(Option::unwrap_or_default).collect())
        };
        bars::piled(dates, series.into_iter().map(drawn).collect(), &shown.unit())
    };
    let highest = stats.daily.iter().filter_map(|day| day.cost).max();
    spend(stats, shown, draw, highest, true)
}

/// Spend per day, a line for each model.
#[must_use]
pub fn spend_lines(stats: &WindowStats, shown: Shown) -> Chart {
    let highest = cost_series(&stats.daily).into_iter().flat_map(|(_, costs)| costs).flatten().max();
    spend(stats, shown, |dates, series| lines::lines(dates, series, &shown.unit(), None), highest, false)
}

/// The spend of each model by day, the dearest first, as `draw` draws it; `None` is usage without a price.
fn spend(
    stats: &WindowStats,
    shown: Shown,
    draw: impl Fn(&[NaiveDate], Vec<(String, Vec<Option<f64>>)>) -> Plot,
    highest: Option<Usd>,
    piled: bool,
) -> Chart {
    let series = cost_series(&stats.daily);
    let dates: Vec<NaiveDate> = stats.daily.iter().map(|day| day.date).collect();
    let unpriced: Vec<Option<String>> = stats.daily.iter().map(without_price).collect();
    let some_unpriced = unpriced.iter().any(Option::is_some);
    let numbers = |costs: &[Option<Usd>]| costs.iter().map(|cost| cost.map(|cost| shown.to_f64(cost))).collect();
    let mut plot = draw(&dates, series.iter().map(|(name, costs)| (name.clone(), numbers(costs))).collect());
    if some_unpriced {
        let height = bars::mark_height(shown.to_f64(highest.unwrap_or_default()));
        plot = plot.series(bars::marks(unpriced.clone(), height, piled));
    }
    let mut legend: Vec<String> = series.iter().map(|(name, _)| name.clone()).collect();
    let mut marks = vec![String::new(); legend.len()];
    let names = legend.iter().cloned();
    let extra = some_unpriced.then(|| NO_PRICE.to_owned());
    let (columns, rows) = day_table(&dates, names.chain(extra).chain(["Total".to_owned()]), |at| {
        let cells = series.iter().map(|(_, costs)| told(shown, costs[at], false));
        let without = some_unpriced.then(|| unpriced[at].clone().unwrap_or_else(|| "none".to_owned()));
        cells.chain(without).chain([told(shown, stats.daily[at].cost, unpriced[at].is_some())]).collect()
    });
    if some_unpriced {
        legend.push(NO_PRICE.to_owned());
        marks.push("hatch".to_owned());
    }
    Chart {
        label: format!("Spend per day by model, {} to {}", stats.from, stats.to),
        option: json(&plot),
        legend,
        marks,
        columns,
        rows,
        ..Chart::default()
    }
}

/// The models a day used that have no price, in words; `None` when all have one.
fn without_price(day: &DaySpend) -> Option<String> {
    let models: Vec<String> =
        day.by_model.iter().filter(|(_, cost)| cost.is_none()).map(|(model, _)| model_label(model)).collect();
    match models.len() {
        0 if day.cost.is_none() => Some("some usage".to_owned()),
        0 => None,
        1..=NAMED => Some(models.join(", ")),
        many => Some(format!("{} and {} more", models[..NAMED].join(", "), many - NAMED)),
    }
}

/// The cost of each model by day, the dearest first; the cheapest are one when there are more than colours. Models that
/// cost nothing are left out.
fn cost_series(daily: &[DaySpend]) -> Vec<CostSeries> {
    let mut totals: BTreeMap<&str, (Usd, bool)> = BTreeMap::new();
    for (model, cost) in daily.iter().flat_map(|day| &day.by_model) {
        let (total, costs) = totals.entry(model).or_default();
        *total += cost.unwrap_or_default();
        // A correction can take back to the cent what was spent.
        *costs |= cost.is_some_and(|cost| cost != Usd::ZERO);
    }
    let mut models: Vec<(&str, Usd)> =
        totals.into_iter().filter(|(_, (_, costs))| *costs).map(|(model, (total, _))| (model, total)).collect();
    models.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let kept = if models.len() > COLOURS { COLOURS - 1 } else { models.len() };
    let (named, others) = models.split_at(kept);
    let by_day = |models: &[(&str, Usd)]| daily.iter().map(|day| cost_of(day, models)).collect();
    let mut series: Vec<CostSeries> =
        named.iter().map(|model| (model_label(model.0), by_day(std::slice::from_ref(model)))).collect();
    if !others.is_empty() {
        series.push((OTHER.to_owned(), by_day(others)));
    }
    series
}

/// What these models cost on a day; `None` when they were used and none of it has a price.
fn cost_of(day: &DaySpend, models: &[(&str, Usd)]) -> Option<Usd> {
    let used: Vec<Option<Usd>> = models.iter().filter_map(|(model, _)| day.by_model.get(*model).copied()).collect();
    if !used.is_empty() && used.iter().all(Option::is_none) {
        return None;
    }
    Some(used.into_iter().flatten().sum())
}
