//! Numbers → ECharts options, by charming. Pure; runs on the server, at request time from the snapshot.
//!
//! Colours are theme variables and formatters are names (`usd`, `tokens`, `percent`, `day`): the browser's glue fills
//! both in, because an option is JSON and may hold no code.

mod lines;
mod quality;

use charming::Chart as Plot;
use charming::component::{Axis, Grid};
use charming::element::{AxisLabel, AxisLine, AxisTick, AxisType, ItemStyle, LineStyle, SplitLine, Tooltip, Trigger};
use charming::series::Bar;
use chrono::NaiveDate;

use crate::analytics::model_label;
use crate::model::{Chart, DaySpend, Usd, WindowStats};
pub use lines::quality_lines;
pub use quality::quality_trend;

/// Colours of the theme; more series than these are gathered as "Other".
const COLOURS: usize = 8;
const OTHER: &str = "Other";

/// Spend per day, stacked by model, the dearest model at the bottom.
#[must_use]
pub fn spend_by_model(stats: &WindowStats) -> Chart {
    spend(stats, |dates, values| {
        let drawn = |(name, costs): (String, Vec<Option<f64>>)| {
            // A bar of what has no price is none.
            (name, costs.into_iter().map(Option::unwrap_or_default).collect())
        };
        stacked_bars(dates, values.into_iter().map(drawn).collect(), "usd")
    })
}

/// Spend per day, a line for each model.
#[must_use]
pub fn spend_lines(stats: &WindowStats) -> Chart {
    spend(stats, |dates, values| lines::lines(dates, values, "usd", None))
}

/// The spend of each model by day, the dearest first, as `draw` draws it; `None` is usage without a price.
fn spend(stats: &WindowStats, draw: impl Fn(&[NaiveDate], Vec<(String, Vec<Option<f64>>)>) -> String) -> Chart {
    let series = cost_series(stats);
    let dates: Vec<NaiveDate> = stats.daily.iter().map(|day| day.date).collect();
    let dollars = |costs: &[Option<Usd>]| costs.iter().map(|cost| cost.map(Usd::to_f64)).collect();
    let values = series.iter().map(|(name, costs)| (name.clone(), dollars(costs))).collect();
    Chart {
        label: format!("Spend per day by model, {} to {}", stats.from, stats.to),
        option: draw(&dates, values),
        legend: series.iter().map(|(name, _)| name.clone()).collect(),
        columns: std::iter::once("Day".to_owned())
            .chain(series.iter().map(|(name, _)| name.clone()))
            .chain(["Total".to_owned()])
            .collect(),
        rows: (stats.daily.iter().enumerate().rev())
            .map(|(at, day)| {
                let told = |cost: Option<Usd>| cost.map_or_else(|| "no price".to_owned(), |cost| cost.to_string());
                let cells = series.iter().map(|(_, costs)| told(costs[at]));
                let total = told(day.cost);
                std::iter::once(day.date.to_string()).chain(cells).chain([total]).collect()
            })
            .collect(),
    }
}

fn cost_series(stats: &WindowStats) -> Vec<(String, Vec<Option<Usd>>)> {
    let mut models: Vec<(&String, Usd)> = stats
        .by_model
        .iter()
        .map(|(model, share)| (model, share.cost.unwrap_or_default()))
        .filter(|(_, cost)| *cost > Usd::ZERO)
        .collect();
    models.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let shown = if models.len() > COLOURS { COLOURS - 1 } else { models.len() };
    let (named, others) = models.split_at(shown);
    let cost_of = |day: &DaySpend, model: &str| day.by_model.get(model).copied().unwrap_or(Some(Usd::ZERO));
    let mut series: Vec<(String, Vec<Option<Usd>>)> = named
        .iter()
        .map(|(model, _)| (model_label(model), stats.daily.iter().map(|day| cost_of(day, model)).collect()))
        .collect();
    if !others.is_empty() {
        let rest = |day: &DaySpend| Some(others.iter().filter_map(|(model, _)| cost_of(day, model)).sum());
        series.push((OTHER.to_owned(), stats.daily.iter().map(rest).collect()));
    }
    series
}

/// Tokens per day: what was read fresh, read from and written to the cache, and written.
#[must_use]
pub fn tokens_by_day(stats: &WindowStats) -> Chart {
    let dates: Vec<NaiveDate> = stats.daily.iter().map(|day| day.date).collect();
    #[expect(clippy::cast_precision_loss, reason = "a bar's height; the table has the exact count")]
    let series: Vec<(String, Vec<f64>)> = vec![
        ("Tokens in".to_owned(), stats.daily.iter().map(|day| day.tokens_in as f64).collect()),
        ("Tokens out".to_owned(), stats.daily.iter().map(|day| day.tokens_out as f64).collect()),
    ];
    Chart {
        label: format!("Tokens per day, {} to {}", stats.from, stats.to),
        legend: series.iter().map(|(name, _)| name.clone()).collect(),
        option: stacked_bars(&dates, series, "tokens"),
        columns: ["Day", "Tokens in", "Tokens out", "Cost"].map(str::to_owned).to_vec(),
        rows: (stats.daily.iter().rev())
            .map(|day| {
                let cost = day.cost.map_or_else(|| "no price".to_owned(), |cost| cost.to_string());
                vec![day.date.to_string(), day.tokens_in.to_string(), day.tokens_out.to_string(), cost]
            })
            .collect(),
    }
}

fn stacked_bars(dates: &[NaiveDate], series: Vec<(String, Vec<f64>)>, unit: &str) -> String {
    let mut plot = plot(dates, unit, None);
    for (number, (name, values)) in series.into_iter().enumerate() {
        let style = ItemStyle::new()
            .color(format!("var(--c{})", number + 1).as_str())
            .border_color("var(--panel)")
            .border_width(0.5);
        plot = plot.series(Bar::new().name(name).stack("all").item_style(style).data(values));
    }
    serde_json::to_string(&plot).unwrap_or_default()
}

/// Days along the bottom and amounts at the side, up to `most` if there is such a thing; nothing is drawn yet.
fn plot(dates: &[NaiveDate], unit: &str, most: Option<i32>) -> Plot {
    let muted = AxisLabel::new().color("var(--mute)");
    let days = Axis::new()
        .type_(AxisType::Category)
        .data(dates.iter().map(ToString::to_string).collect())
        .axis_line(AxisLine::new().show(false))
        .axis_tick(AxisTick::new().show(false))
        .axis_label(muted.clone().formatter("day"));
    let amounts = Axis::new()
        .type_(AxisType::Value)
        .split_number(4)
        .axis_label(muted.formatter(unit))
        .split_line(SplitLine::new().line_style(LineStyle::new().color("var(--line)")));
    // Quarters, where there is a most: it is a round number.
    let amounts = match most {
        Some(most) => amounts.min(0).max(most).interval(f64::from(most) / 4.0),
        None => amounts,
    };
    Plot::new()
        .grid(Grid::new().left(4).right(4).top(12).bottom(4).contain_label(true))
        .tooltip(Tooltip::new().trigger(Trigger::Axis).value_formatter(unit))
        .x_axis(days)
        .y_axis(amounts)
}

// TEMP
pub fn cost_by_model(_: &WindowStats) -> Option<Chart> {
    None
}
pub fn cost_by_project(_: &WindowStats, _: impl Fn(&str) -> String) -> Option<Chart> {
    None
}
pub fn tokens_by_kind(_: &WindowStats) -> Option<Chart> {
    None
}
pub fn cache_hit_rate(_: &WindowStats) -> Option<Chart> {
    None
}
pub fn hours(_: &WindowStats) -> Option<Chart> {
    None
}
pub fn budget_burn_down(_: &crate::model::Budget, _: &[crate::model::BudgetDay]) -> Option<Chart> {
    None
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::model::{Breakdown, DateRange};

    /// Two days; ten models, so that the cheapest are gathered.
    fn stats() -> WindowStats {
        let range = DateRange::ending("2026-11-20".parse().expect("a date"), 2);
        let model = |number: i128| (format!("model-{number}"), Usd::from_pico(number * 1_000_000_000_000));
        let models: BTreeMap<String, Usd> = (1..=10).map(model).collect();
        let by_model = models.iter().map(|(name, cost)| (name.clone(), Some(*cost))).collect();
        let busy =
            DaySpend { date: range.to, cost: Some(models.values().copied().sum()), by_model, ..DaySpend::default() };
        let quiet = DaySpend { date: range.from, cost: Some(Usd::ZERO), ..DaySpend::default() };
        let breakdown = |(name, cost): (String, Usd)| (name, Breakdown { cost: Some(cost), ..Breakdown::default() });
        WindowStats {
            from: range.from,
            to: range.to,
            days: 2,
            by_model: models.into_iter().map(breakdown).collect(),
            daily: vec![quiet, busy],
            ..WindowStats::default()
        }
    }

    #[test]
    fn spend_is_stacked_by_model_and_the_rest_is_gathered() {
        let chart = spend_by_model(&stats());
        let option: serde_json::Value = serde_json::from_str(&chart.option).expect("is JSON");
        insta::assert_json_snapshot!("spend_by_model", option);
        assert_eq!(chart.legend.len(), COLOURS);
        assert_eq!(chart.legend.last().map(String::as_str), Some(OTHER));
        let today = &chart.rows[0];
        assert_eq!(today.first().map(String::as_str), Some("2026-11-20"), "the latest day comes first");
        assert_eq!(today.last().map(String::as_str), Some("$55.00"));
        assert_eq!(today[8], "$6.00", "models 1, 2 and 3");
        assert!(chart.rows.iter().all(|row| row.len() == chart.columns.len()));
    }
}
