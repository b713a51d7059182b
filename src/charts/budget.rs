//! How a month's budget is used up: what was spent, what is expected until the month ends, and the budget as a line.

use charming::Chart as Plot;
use charming::datatype::{DataPoint, DataPointItem};
use charming::element::{AreaStyle, ItemStyle, LineStyle, LineStyleType};
use charming::series::Line;
use chrono::NaiveDate;

use super::lines::has_lonely;
use super::{UNKNOWN, json, plot};
use crate::model::{Budget, BudgetDay, Chart, Shown, Usd};

const SPENT: &str = "Spent";
const FORECAST: &str = "Forecast";
const RANGE: &str = "80 % range";
const BUDGET: &str = "Budget";

/// The days of the month in order, each with its sum since the first; `None` without a day that has a number.
#[must_use]
pub fn budget_burn_down(budget: &Budget, days: &[BudgetDay], shown: Shown) -> Option<Chart> {
    days.iter().find(|day| day.spent.or(day.mid).is_some())?;
    let (from, to) = (days.first()?.date, days.last()?.date);
    let has_forecast = days.iter().any(|day| day.mid.is_some());
    let has_range = days.iter().any(|day| day.low.is_some() && day.high.is_some());
    let kinds = [
        (SPENT, "c1", true),
        (FORECAST, "dash c1", has_forecast),
        (RANGE, "band c1", has_range),
        (BUDGET, "budget", budget.monthly > Usd::ZERO),
    ];
    let present = kinds.into_iter().filter(|(_, _, is_there)| *is_there);
    let (legend, marks) = present.map(|(name, mark, _)| (name.to_owned(), mark.to_owned())).unzip();
    let unpriced = if budget.unpriced { "; usage without a price is not in it" } else { "" };
    let columns = ["Day", SPENT, FORECAST, RANGE, "Left of the budget"];
    Some(Chart {
        label: format!("Spend since the first of the month against the budget, by day, {from} to {to}{unpriced}"),
        option: json(&drawn(budget, days, has_range, shown)),
        legend,
        marks,
        columns: columns.map(str::to_owned).to_vec(),
        rows: days.iter().map(|day| row(budget, day, shown)).collect(),
        ..Chart::default()
    })
}

fn row(budget: &Budget, day: &BudgetDay, shown: Shown) -> Vec<String> {
    let told = |amount: Option<Usd>| amount.map_or_else(|| UNKNOWN.to_owned(), |amount| shown.money(amount));
    let left = day.spent.or(day.mid).map(|used| budget.monthly - used);
    vec![
        day.date.to_string(),
        told(day.spent),
        told(day.mid),
        range(day, shown).unwrap_or_else(|| UNKNOWN.to_owned()),
        told(left),
    ]
}

fn range(day: &BudgetDay, shown: Shown) -> Option<String> {
    Some(format!("{} to {}", shown.money(day.low?), shown.money(day.high?)))
}

fn drawn(budget: &Budget, days: &[BudgetDay], has_range: bool, shown: Shown) -> Plot {
    let dates: Vec<NaiveDate> = days.iter().map(|day| day.date).collect();
    let mut plot = plot(&dates, &shown.unit(), None);
    // The forecast begins where the spend ends; that point is the spend's, and no words of the forecast are about it.
    let joint = days.iter().rposition(|day| day.spent.is_some());
    let silent = |at: usize| joint == Some(at) && days[at].mid.is_none();
    let at_joint = |at: usize, amount: Option<Usd>| if silent(at) { days[at].spent } else { amount };
    if has_range {
        let low = days.iter().enumerate().map(|(at, day)| {
            let words = if silent(at) { Some(String::new()) } else { range(day, shown) };
            at_joint(at, day.low).zip(words).map(|(low, words)| DataPointItem::new(shown.to_f64(low)).name(words))
        });
        let above = days.iter().enumerate().map(|(at, day)| {
            let (low, high) = (at_joint(at, day.low)?, at_joint(at, day.high)?);
            Some(DataPointItem::new(shown.to_f64(high - low)).name(""))
        });
        let invisible = || line(RANGE, "var(--c1)").line_style(LineStyle::new().opacity(0)).stack("range").silent(true);
        plot = plot
            .series(invisible().data(points(low)))
            .series(invisible().area_style(AreaStyle::new().color("var(--c1)").opacity(0.18)).data(points(above)));
    }
    let mid = days.iter().enumerate().map(|(at, day)| {
        let point = DataPointItem::new(shown.to_f64(at_joint(at, day.mid)?));
        Some(if silent(at) { point.name("") } else { point })
    });
    let dashed = LineStyle::new().color("var(--c1)").width(2).type_(LineStyleType::Dashed);
    if days.iter().any(|day| day.mid.is_some()) {
        plot = plot.series(line(FORECAST, "var(--c1)").line_style(dashed).data(points(mid)));
    }
    let spent = days.iter().map(|day| day.spent.map(|spent| DataPointItem::new(shown.to_f64(spent))));
    let lonely = has_lonely(days.iter().map(|day| day.spent.is_some()));
    let solid = LineStyle::new().color("var(--c1)").width(2.5);
    plot = plot.series(line(SPENT, "var(--c1)").line_style(solid).show_symbol(lonely).data(points(spent)));
    if budget.monthly > Usd::ZERO {
        let level = LineStyle::new().color("var(--mute)").width(1.5);
        let amount = vec![shown.to_f64(budget.monthly); days.len()];
        plot = plot.series(line(BUDGET, "var(--mute)").line_style(level).data(amount));
    }
    plot
}

fn line(name: &str, colour: &str) -> Line {
    Line::new().name(name).show_symbol(false).connect_nulls(false).item_style(ItemStyle::new().color(colour))
}

fn points(items: impl Iterator<Item = Option<DataPointItem>>) -> Vec<DataPoint> {
    items.map(|item| item.map_or_else(|| DataPoint::from(None::<f64>), DataPoint::from)).collect()
}
