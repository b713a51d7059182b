//! When the money is spent: the hours of the week, the stronger the colour the dearer. One hue, by its strength, so that
//! it reads in both themes and with colour blindness.

use charming::Chart as Plot;
use charming::component::{Axis, Grid};
use charming::element::{AxisLabel, AxisLine, AxisTick, AxisType, ItemStyle, Tooltip, Trigger};
use serde_json::{Value, json};

use super::UNKNOWN;
use crate::model::{Chart, HourSpend, Shown, Usd, WindowStats, compact};

pub(super) const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
pub(super) const HOURS: usize = 24;
/// The faintest colour of an hour that has something.
const FAINTEST: f64 = 0.12;
/// Every third hour is named: there is room for no more on a phone.
const UNNAMED_BETWEEN: i32 = 2;

/// Cost by hour and weekday, or tokens where nothing has a price; `None` when no source tells the time of day.
#[must_use]
pub fn hours(stats: &WindowStats, shown: Shown) -> Option<Chart> {
    let week = &stats.heat_map;
    let cell = |day: usize, hour: usize| week.get(day).and_then(|day| day.get(hour)).copied().unwrap_or_default();
    let cells = || (0..DAYS.len()).flat_map(|day| (0..HOURS).map(move |hour| (day, hour)));
    cells().find(|(day, hour)| is_used(&cell(*day, *hour)))?;
    let by_cost = cells().any(|(day, hour)| cell(day, hour).cost.is_some_and(|cost| cost != Usd::ZERO));
    let measure = if by_cost { Measure::Cost(shown) } else { Measure::Tokens };
    let most = cells().filter_map(|(day, hour)| measure.value(&cell(day, hour))).fold(0.0, f64::max);
    let points = cells().map(|(day, hour)| {
        let spend = cell(day, hour);
        let value = measure.value(&spend);
        json!({
            "value": [hour, day, value.unwrap_or_default()],
            "name": measure.words(&spend),
            "itemStyle": style(&spend, value, most),
        })
    });
    let of = if by_cost { "Cost" } else { "Tokens" };
    let value = |spend: &HourSpend| measure.value(spend).unwrap_or_default();
    let strongest = cells().map(|(day, hour)| cell(day, hour)).max_by(|a, b| value(a).total_cmp(&value(b)));
    Some(Chart {
        label: format!("{of} by hour of the week, {} to {}", stats.from, stats.to),
        option: drawn(of, points.collect(), &measure.unit()),
        scale: strongest.map(|strongest| (measure.nothing(), measure.words(&strongest))),
        columns: std::iter::once("Day".to_owned()).chain((0..HOURS).map(|hour| format!("{hour:02}"))).collect(),
        rows: (0..DAYS.len())
            .map(|day| {
                let cells = (0..HOURS).map(|hour| measure.words(&cell(day, hour)));
                std::iter::once(DAYS[day].to_owned()).chain(cells).collect()
            })
            .collect(),
        ..Chart::default()
    })
}

#[derive(Clone, Copy)]
enum Measure {
    Cost(Shown),
    Tokens,
}

impl Measure {
    /// `None` is usage without a price.
    fn value(self, spend: &HourSpend) -> Option<f64> {
        match self {
            Measure::Cost(shown) if is_used(spend) => spend.cost.map(|cost| shown.to_f64(cost)),
            Measure::Cost(_) => Some(0.0),
            #[expect(clippy::cast_precision_loss, reason = "the strength of a colour")]
            Measure::Tokens => Some(spend.tokens as f64),
        }
    }

    fn words(self, spend: &HourSpend) -> String {
        match self {
            _ if !is_used(spend) => UNKNOWN.to_owned(),
            Measure::Cost(shown) => super::told(shown, spend.cost, false),
            Measure::Tokens => compact(spend.tokens),
        }
    }

    fn nothing(self) -> String {
        match self {
            Measure::Cost(shown) => shown.nothing(),
            Measure::Tokens => "0".to_owned(),
        }
    }

    fn unit(self) -> String {
        match self {
            Measure::Cost(shown) => shown.unit(),
            Measure::Tokens => "tokens".to_owned(),
        }
    }
}

fn is_used(spend: &HourSpend) -> bool {
    spend.messages > 0 || spend.tokens > 0 || spend.cost.is_some_and(|cost| cost != Usd::ZERO)
}

fn style(spend: &HourSpend, value: Option<f64>, most: f64) -> ItemStyle {
    shade(value, is_used(spend), most)
}

/// The look of an hour: striped without a price, pale when nothing happened in it, the stronger the more it has.
pub(super) fn shade(value: Option<f64>, is_used: bool, most: f64) -> ItemStyle {
    let style = ItemStyle::new().border_color("var(--panel)").border_width(1.5).border_radius(3);
    match value {
        None => style.color("hatch(--mute)"),
        Some(_) if !is_used => style.color("var(--line)").opacity(0.45),
        // The root, because one dear hour would leave all others pale.
        Some(value) if most > 0.0 && value > 0.0 => {
            style.color("var(--c1)").opacity(FAINTEST + (1.0 - FAINTEST) * (value / most).sqrt())
        }
        Some(_) => style.color("var(--c1)").opacity(FAINTEST),
    }
}

/// Charming's heat map has no points of their own colour; this one is written by hand.
pub(super) fn drawn(name: &str, points: Vec<Value>, unit: &str) -> String {
    let mut option = serde_json::to_value(plot(unit)).unwrap_or_default();
    option["series"] = json!([{ "type": "heatmap", "name": name, "data": points }]);
    option.to_string()
}

fn plot(unit: &str) -> Plot {
    let axis = || {
        Axis::new()
            .type_(AxisType::Category)
            .axis_line(AxisLine::new().show(false))
            .axis_tick(AxisTick::new().show(false))
    };
    let muted = AxisLabel::new().color("var(--mute)");
    Plot::new()
        .grid(Grid::new().left(4).right(4).top(4).bottom(4).contain_label(true))
        .tooltip(Tooltip::new().trigger(Trigger::Item).value_formatter(unit))
        .x_axis(
            axis()
                .data((0..HOURS).map(|hour| format!("{hour:02}")).collect())
                .axis_label(muted.clone().interval(UNNAMED_BETWEEN)),
        )
        .y_axis(axis().inverse(true).data(DAYS.map(str::to_owned).to_vec()).axis_label(muted.interval(0)))
}
