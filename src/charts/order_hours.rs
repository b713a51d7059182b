//! When people order: the hours of the week as the place's clock has them, the stronger the colour the more came in.

use serde_json::json;

use super::UNKNOWN;
use super::hours::{DAYS, HOURS, drawn, shade};
use crate::model::{Cents, Chart, DateRange, HourSums};

/// Revenue by hour and weekday; `None` without orders.
#[must_use]
pub fn order_hours(hours: &[HourSums], range: DateRange, currency: &str) -> Option<Chart> {
    let of = |day: usize, hour: usize| {
        let here = |cell: &&HourSums| usize::from(cell.weekday) == day && usize::from(cell.hour) == hour;
        hours.iter().find(here).copied().unwrap_or_default()
    };
    let most = hours.iter().filter(|cell| cell.orders > 0).map(|cell| cell.net).max()?;
    let cells = (0..DAYS.len()).flat_map(|day| (0..HOURS).map(move |hour| (day, hour)));
    let points = cells.map(|(day, hour)| {
        let cell = of(day, hour);
        let value = cell.net.to_f64();
        json!({
            "value": [hour, day, value],
            "name": words(&cell, currency),
            "itemStyle": shade(Some(value), cell.orders > 0, most.to_f64()),
        })
    });
    Some(Chart {
        label: format!("Revenue by hour of the week, {} to {}", range.from, range.to),
        option: drawn("Revenue", points.collect(), "usd"),
        scale: Some((Cents::ZERO.shown(currency), most.shown(currency))),
        columns: std::iter::once("Day".to_owned()).chain((0..HOURS).map(|hour| format!("{hour:02}"))).collect(),
        rows: (0..DAYS.len())
            .map(|day| {
                let cells = (0..HOURS).map(|hour| words(&of(day, hour), currency));
                std::iter::once(DAYS[day].to_owned()).chain(cells).collect()
            })
            .collect(),
        ..Chart::default()
    })
}

fn words(cell: &HourSums, currency: &str) -> String {
    let revenue = cell.net.shown(currency);
    match cell.orders {
        0 => UNKNOWN.to_owned(),
        1 => format!("{revenue}, 1 order"),
        orders => format!("{revenue}, {orders} orders"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_with_orders_say_so_and_others_are_empty() {
        let range = DateRange::ending("2026-11-21".parse().expect("a date"), 7);
        assert_eq!(order_hours(&[], range, "USD"), None);
        let saturday = HourSums { weekday: 5, hour: 19, net: Cents(1_250), orders: 2 };
        let chart = order_hours(&[saturday], range, "USD").expect("has orders");
        assert_eq!((chart.rows[5][20].as_str(), chart.rows[0][1].as_str()), ("$12.50, 2 orders", "–"));
        assert_eq!(chart.scale, Some(("$0.00".to_owned(), "$12.50".to_owned())));
    }
}
