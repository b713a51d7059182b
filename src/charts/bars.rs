//! Bars: standing on days and piled up, or lying beside names.

use charming::Chart as Plot;
use charming::component::{Axis, Grid};
use charming::datatype::{DataPoint, DataPointItem};
use charming::element::{
    AxisLabel, AxisLine, AxisPointer, AxisPointerType, AxisTick, AxisType, ItemStyle, Label, LabelPosition, Tooltip,
    Trigger,
};
use charming::series::Bar;
use chrono::NaiveDate;

use super::{MARK_PART, NO_PRICE, amounts, plot};
use crate::model::ChartHeight;

/// All bars of a day are one pile.
const PILE: &str = "all";
/// How thick a lying bar is, in pixels.
const THICK: i32 = 16;
/// How wide a letter of a label is, and what is between it and the bar, in pixels.
const LETTER: usize = 7;
const AROUND: usize = 10;

/// Bars over days, the first series at the bottom.
pub(super) fn piled(dates: &[NaiveDate], series: Vec<(String, Vec<f64>)>, unit: &str) -> Plot {
    let mut plot = plot(dates, unit, None);
    for (number, (name, values)) in series.into_iter().enumerate() {
        let style = ItemStyle::new()
            .color(format!("var(--c{})", number + 1).as_str())
            .border_color("var(--panel)")
            .border_width(0.5);
        plot = plot.series(Bar::new().name(name).stack(PILE).item_style(style).data(values));
    }
    plot
}

/// Striped marks of one height on the days that have words: on top of the piles, or on the ground between lines.
pub(super) fn marks(words: Vec<Option<String>>, height: f64, on_pile: bool) -> Bar {
    let point = |words: Option<String>| match words {
        Some(words) => DataPoint::from(DataPointItem::new(height).name(words)),
        None => DataPoint::from(None::<f64>),
    };
    let bar = Bar::new()
        .name(NO_PRICE)
        .item_style(ItemStyle::new().color("hatch(--mute)"))
        .data(words.into_iter().map(point).collect());
    if on_pile { bar.stack(PILE) } else { bar }
}

/// A lying bar.
#[derive(Clone, Debug)]
pub(super) struct LyingBar {
    pub(super) name: String,
    pub(super) value: f64,
    /// The value in words, at the end of the bar.
    pub(super) words: String,
    /// There is more, without a price: the bar's end is striped.
    pub(super) more: bool,
}

/// Bars beside names, the first on top.
pub(super) fn lying(series: &str, bars: &[LyingBar], unit: &str) -> Plot {
    let names = Axis::new()
        .type_(AxisType::Category)
        .inverse(true)
        .data(bars.iter().map(|bar| bar.name.clone()).collect())
        .axis_line(AxisLine::new().show(false))
        .axis_tick(AxisTick::new().show(false))
        .axis_label(AxisLabel::new().color("var(--text)"));
    let longest = bars.iter().map(|bar| bar.words.chars().count()).max().unwrap_or(0);
    let room = f64::from(u32::try_from(longest * LETTER + AROUND).unwrap_or(0));
    let label = Label::new().show(true).position(LabelPosition::Right).formatter("told").color("var(--text)");
    let main = bars.iter().map(|bar| {
        // The label of a striped bar is at the end of the stripes.
        let point = DataPointItem::new(bar.value);
        if bar.more { point } else { point.name(bar.words.clone()) }
    });
    let main = Bar::new()
        .name(series)
        .stack(PILE)
        .bar_width(THICK)
        .label(label.clone())
        .item_style(ItemStyle::new().color("var(--c1)"))
        .data(main.collect());
    let plot = Plot::new()
        .grid(Grid::new().left(4).right(room).top(4).bottom(4).contain_label(true))
        .tooltip(
            Tooltip::new()
                .trigger(Trigger::Axis)
                .axis_pointer(AxisPointer::new().type_(AxisPointerType::Shadow))
                .value_formatter(unit),
        )
        .x_axis(amounts(unit))
        .y_axis(names)
        .series(main);
    if bars.iter().all(|bar| !bar.more) {
        return plot;
    }
    let highest = bars.iter().map(|bar| bar.value).fold(0.0, f64::max);
    let words = bars.iter().map(|bar| bar.more.then(|| bar.words.clone())).collect();
    plot.series(marks(words, mark_height(highest), true).label(label))
}

/// How high a mark is among bars of this height.
pub(super) fn mark_height(highest: f64) -> f64 {
    if highest > 0.0 { highest * MARK_PART } else { 1.0 }
}

/// The room that many lying bars need.
pub(super) fn height_of(bars: usize) -> ChartHeight {
    match bars {
        0..=4 => ChartHeight::Low,
        5..=8 => ChartHeight::Middle,
        _ => ChartHeight::Tall,
    }
}
