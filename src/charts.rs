//! Numbers → ECharts options, by charming. Pure; runs on the server, at request time from the snapshot.
//!
//! One file per chart. Colours are theme variables (`var(--c1)`; `hatch(--mute)` are stripes, for what has no price) and
//! formatters are names (`usd`, `money:2:€`, `tokens`, `percent`, `day`): the browser's glue fills both in, because an option is JSON
//! and may hold no code. The name of a point is its value in words, which a tooltip shows instead of the number. Every
//! chart has its numbers as a table; where there is nothing to draw there is no chart, and the page says so in words.

mod bars;
mod billed;
mod budget;
mod cache;
mod hours;
mod lines;
mod order_hours;
mod quality;
mod revenue;
mod shares;
mod spend;
mod tokens;

use charming::Chart as Plot;
use charming::component::{Axis, DataZoom, DataZoomType, Grid};
use charming::element::{AxisLabel, AxisLine, AxisTick, AxisType, LineStyle, SplitLine, Tooltip, Trigger};
use chrono::NaiveDate;

use crate::model::{Shown, Usd};
pub use billed::estimate_and_bill;
pub use budget::budget_burn_down;
pub use cache::cache_hit_rate;
pub use hours::hours;
pub use lines::quality_lines;
pub use order_hours::order_hours;
pub use quality::quality_trend;
pub use revenue::{payments, quantity, revenue, top_items};
pub use shares::{cost_by_model, cost_by_project};
pub use spend::{spend_by_model, spend_lines};
pub use tokens::tokens_by_kind;

/// Colours of the theme; more series than these are gathered as "Other".
const COLOURS: usize = 8;
const OTHER: &str = "Other";
const NO_PRICE: &str = "No price";
/// What is not known, in a table.
const UNKNOWN: &str = "–";
/// Fewer days than these are all in sight; there is nothing to zoom into.
const WORTH_ZOOMING: usize = 8;
/// How high a mark is that stands for no amount, against the highest bar.
const MARK_PART: f64 = 0.04;

/// A cost in a table; a `+` says that a part of the usage has no price, so that it is more.
fn told(shown: Shown, cost: Option<Usd>, more: bool) -> String {
    match cost {
        Some(cost) if more => format!("{} +", shown.money(cost)),
        Some(cost) => shown.money(cost),
        None => "no price".to_owned(),
    }
}

/// Days along the bottom and amounts at the side, up to `most` if there is such a thing; nothing is drawn yet.
fn plot(dates: &[NaiveDate], unit: &str, most: Option<i32>) -> Plot {
    plot_over(dates.iter().map(ToString::to_string).collect(), unit, most)
}

/// The same over days or months as texts, `2026-11-20` or `2026-11`.
fn plot_over(days: Vec<String>, unit: &str, most: Option<i32>) -> Plot {
    let many = days.len() >= WORTH_ZOOMING;
    let days = Axis::new()
        .type_(AxisType::Category)
        .data(days)
        .axis_line(AxisLine::new().show(false))
        .axis_tick(AxisTick::new().show(false))
        .axis_label(AxisLabel::new().color("var(--mute)").formatter("day"));
    let amounts = amounts(unit);
    // Quarters, where there is a most: it is a round number.
    let amounts = match most {
        Some(most) => amounts.min(0).max(most).interval(f64::from(most) / 4.0),
        None => amounts,
    };
    let plot = Plot::new()
        .grid(Grid::new().left(4).right(4).top(12).bottom(4).contain_label(true))
        .tooltip(Tooltip::new().trigger(Trigger::Axis).value_formatter(unit))
        .x_axis(days)
        .y_axis(amounts);
    if many { plot.data_zoom(DataZoom::new().type_(DataZoomType::Inside)) } else { plot }
}

/// The axis of amounts.
fn amounts(unit: &str) -> Axis {
    Axis::new()
        .type_(AxisType::Value)
        .split_number(4)
        .axis_label(AxisLabel::new().color("var(--mute)").formatter(unit))
        .split_line(SplitLine::new().line_style(LineStyle::new().color("var(--line)")))
}

/// The names of a table's columns, and the rows of its days, latest first.
fn day_table(
    dates: &[NaiveDate],
    names: impl IntoIterator<Item = String>,
    cells: impl Fn(usize) -> Vec<String>,
) -> (Vec<String>, Vec<Vec<String>>) {
    let columns = std::iter::once("Day".to_owned()).chain(names).collect();
    let row = |(at, date): (usize, &NaiveDate)| std::iter::once(date.to_string()).chain(cells(at)).collect();
    (columns, dates.iter().enumerate().rev().map(row).collect())
}

fn json(plot: &Plot) -> String {
    serde_json::to_string(plot).unwrap_or_default()
}

#[cfg(test)]
mod tests;
