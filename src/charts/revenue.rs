//! What came in: by day, week or month, by kind of payment, and by item.

use std::collections::BTreeMap;

use charming::element::ItemStyle;
use charming::series::Bar;
use chrono::NaiveDate;

use super::bars::{LyingBar, height_of, lying};
use super::{json, plot_over};
use crate::model::{Cents, Chart, DateRange, DaySums, ItemSums, PaymentSums, RevenueStep};

/// Quantities are kept in thousandths.
const MILLI: i64 = 1_000;

/// The format of an axis of money: the browser knows dollars, and writes other currencies as numbers.
pub(super) fn unit(currency: &str) -> &'static str {
    if matches!(currency, "USD" | "") { "usd" } else { "tokens" }
}

/// Revenue in steps of days; `None` when there were no orders in these days. A day without orders is one without
/// revenue: the place was closed.
#[must_use]
pub fn revenue(days: &[DaySums], range: DateRange, step: RevenueStep, currency: &str) -> Option<Chart> {
    let nothing = |date| (step.first_of(date), (Cents::ZERO, 0_u64));
    let mut steps: BTreeMap<NaiveDate, (Cents, u64)> = range.iter().map(nothing).collect();
    let mut any = false;
    for day in days.iter().filter(|day| range.contains(day.day) && day.sums.orders > 0) {
        let (net, orders) = steps.entry(step.first_of(day.day)).or_default();
        *net += day.sums.net;
        *orders = orders.saturating_add(day.sums.orders);
        any = true;
    }
    if !any {
        return None;
    }
    let name = |first: &NaiveDate| match step {
        RevenueStep::Month => first.format("%Y-%m").to_string(),
        RevenueStep::Day | RevenueStep::Week => first.to_string(),
    };
    let bar = Bar::new()
        .name("Revenue")
        .item_style(ItemStyle::new().color("var(--c1)"))
        .data(steps.values().map(|(net, _)| net.to_f64()).collect());
    let plot = plot_over(steps.keys().map(name).collect(), unit(currency), None).series(bar);
    let heading = match step {
        RevenueStep::Day => "Day",
        RevenueStep::Week => "Week from",
        RevenueStep::Month => "Month",
    };
    let rows = steps.iter().rev().map(|(first, (net, orders))| {
        let average = net.each(*orders).map_or_else(|| "no orders".to_owned(), |average| average.shown(currency));
        vec![name(first), net.shown(currency), orders.to_string(), average]
    });
    Some(Chart {
        label: format!("Revenue per {}, {} to {}", step.key(), range.from, range.to),
        option: json(&plot),
        columns: [heading, "Revenue", "Orders", "Average"].map(str::to_owned).to_vec(),
        rows: rows.collect(),
        ..Chart::default()
    })
}

/// What was paid, by kind of payment; `None` without payments.
#[must_use]
pub fn payments(
    kinds: &[PaymentSums],
    range: DateRange,
    currency: &str,
    name: impl Fn(&str) -> String,
) -> Option<Chart> {
    let parts =
        kinds.iter().map(|kind| Part { name: name(&kind.kind), amount: kind.amount, count: kind.payments.to_string() });
    shares(["Payments by type", "Type", "Payments"], parts.collect(), range, currency)
}

/// What sold best; `None` without items.
#[must_use]
pub fn top_items(items: &[ItemSums], range: DateRange, currency: &str) -> Option<Chart> {
    let parts = items.iter().map(|item| Part {
        name: item.name.clone(),
        amount: item.net,
        count: quantity(item.quantity_milli),
    });
    shares(["Top items", "Item", "Sold"], parts.collect(), range, currency)
}

/// `3`, `0.5`, `1.25`.
#[must_use]
pub fn quantity(milli: i64) -> String {
    let sign = if milli < 0 { "−" } else { "" };
    let (whole, rest) = (milli.unsigned_abs() / MILLI.unsigned_abs(), milli.unsigned_abs() % MILLI.unsigned_abs());
    let rest = format!("{rest:03}");
    match rest.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        rest => format!("{sign}{whole}.{rest}"),
    }
}

struct Part {
    name: String,
    amount: Cents,
    count: String,
}

fn shares([title, kind, count]: [&str; 3], mut parts: Vec<Part>, range: DateRange, currency: &str) -> Option<Chart> {
    if parts.is_empty() {
        return None;
    }
    parts.sort_by(|a, b| b.amount.cmp(&a.amount).then_with(|| a.name.cmp(&b.name)));
    let bars: Vec<LyingBar> = parts
        .iter()
        .map(|part| LyingBar {
            name: part.name.clone(),
            value: part.amount.to_f64(),
            words: part.amount.shown(currency),
            more: false,
        })
        .collect();
    Some(Chart {
        label: format!("{title}, {} to {}", range.from, range.to),
        option: json(&lying("Amount", &bars, unit(currency))),
        height: height_of(bars.len()),
        columns: [kind, "Amount", count].map(str::to_owned).to_vec(),
        rows: parts.into_iter().map(|part| vec![part.name, part.amount.shown(currency), part.count]).collect(),
        ..Chart::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::OrderSums;

    fn day(date: &str, cents: i64, orders: u64) -> DaySums {
        let sums = OrderSums { net: Cents(cents), orders, ..OrderSums::default() };
        DaySums { day: date.parse().expect("a date"), sums }
    }

    fn range(from: &str, to: &str) -> DateRange {
        DateRange { from: from.parse().expect("a date"), to: to.parse().expect("a date") }
    }

    fn days() -> Vec<DaySums> {
        vec![day("2026-10-31", 1010, 1), day("2026-11-01", 500, 2), day("2026-11-03", 700, 1), day("2027-01-01", 99, 9)]
    }

    #[test]
    fn steps_hold_their_days_and_days_without_orders_are_there() {
        let november = range("2026-10-31", "2026-11-04");
        let chart = revenue(&days(), november, RevenueStep::Day, "USD").expect("has orders");
        assert_eq!(chart.rows.len(), 5);
        assert_eq!(chart.rows[1], ["2026-11-03", "$7.00", "1", "$7.00"]);
        assert_eq!(chart.rows[0], ["2026-11-04", "$0.00", "0", "no orders"]);
        let weeks = revenue(&days(), november, RevenueStep::Week, "EUR").expect("has orders");
        let expected = [["2026-11-02", "7.00 EUR", "1", "7.00 EUR"], ["2026-10-26", "15.10 EUR", "3", "5.03 EUR"]];
        assert_eq!(weeks.rows, expected);
        let months = revenue(&days(), november, RevenueStep::Month, "USD").expect("has orders");
        assert_eq!(months.rows[1][..2], ["2026-10".to_owned(), "$10.10".to_owned()]);
        let option: serde_json::Value = serde_json::from_str(&months.option).expect("is JSON");
        assert_eq!(option["series"][0]["data"], serde_json::json!([10.1, 12.0]));
        assert_eq!(revenue(&days(), range("2026-12-01", "2026-12-31"), RevenueStep::Day, "USD"), None);
    }

    #[test]
    fn the_largest_part_is_on_top_and_quantities_are_told_exactly() {
        let kind = |kind: &str, cents, payments| PaymentSums {
            kind: kind.to_owned(),
            amount: Cents(cents),
            payments,
            ..PaymentSums::default()
        };
        let november = range("2026-11-01", "2026-11-02");
        let chart = payments(&[kind("CASH", 500, 2), kind("CREDIT", 9_000, 7)], november, "USD", str::to_lowercase)
            .expect("has parts");
        assert_eq!(chart.rows, [["credit", "$90.00", "7"], ["cash", "$5.00", "2"]]);
        assert_eq!(top_items(&[], november, "USD"), None);
        for (milli, text) in [(3_000, "3"), (500, "0.5"), (-1_250, "−1.25"), (0, "0")] {
            assert_eq!(quantity(milli), text);
        }
    }
}
