//! What holds of every chart: the option as it is recorded, the table beside it, and the totals of the window.

mod every;
mod kinds;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::*;
use crate::model::{Breakdown, Chart, DateRange, DaySpend, Tokens, WindowStats};

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn dollars(amount: f64) -> Usd {
    Usd::from_f64(amount).expect("an amount")
}

fn option(chart: &Chart) -> Value {
    serde_json::from_str(&chart.option).expect("is JSON")
}

/// The numbers a series draws, gaps left out.
fn drawn(series: &Value) -> Vec<f64> {
    let number = |point: &Value| match point.get("value").unwrap_or(point) {
        Value::Array(parts) => parts.last().and_then(Value::as_f64),
        value => value.as_f64(),
    };
    series["data"].as_array().expect("has data").iter().filter_map(number).collect()
}

/// What all series but the marks draw, in all.
fn total_drawn(chart: &Chart) -> f64 {
    let option = option(chart);
    let series = option["series"].as_array().cloned().unwrap_or_default();
    series.iter().filter(|series| series["name"] != NO_PRICE).flat_map(drawn).sum()
}

/// A window of these days, latest last, each with the cost of its models.
fn window(days: &[&[(&str, Option<f64>)]]) -> WindowStats {
    let range = DateRange::ending(date("2026-11-20"), days.len() as u32);
    let mut stats = WindowStats { from: range.from, to: range.to, days: range.days(), ..WindowStats::default() };
    for (date, models) in range.iter().zip(days) {
        let by_model: BTreeMap<Arc<str>, Option<Usd>> =
            models.iter().map(|(model, cost)| (Arc::from(*model), cost.map(dollars))).collect();
        for (model, cost) in &by_model {
            let part = stats
                .by_model
                .entry(model.to_string())
                .or_insert(Breakdown { tokens_in: 1_000, ..Breakdown::default() });
            part.unpriced |= cost.is_none();
            part.cost = sum([part.cost, *cost]);
        }
        let cost = if by_model.is_empty() { Some(Usd::ZERO) } else { sum(by_model.values().copied()) };
        let tokens = Tokens { input: 5, cache_read: 15, output: 2, ..Tokens::default() };
        stats.daily.push(DaySpend { date, cost, tokens, by_model, ..DaySpend::default() });
    }
    stats.total_cost = sum(stats.daily.iter().map(|day| day.cost));
    stats.by_project = stats.by_model.clone();
    stats
}

fn sum(costs: impl IntoIterator<Item = Option<Usd>>) -> Option<Usd> {
    costs.into_iter().flatten().reduce(|sum, cost| sum + cost)
}

/// Two days; ten models, so that the cheapest are gathered.
fn ten_models() -> WindowStats {
    let names: Vec<String> = (1..=10).map(|number| format!("model-{number}")).collect();
    let models: Vec<(&str, Option<f64>)> =
        names.iter().zip(1..).map(|(name, cost)| (name.as_str(), Some(f64::from(cost)))).collect();
    window(&[&[], &models])
}

#[test]
fn spend_is_stacked_by_model_and_the_rest_is_gathered() {
    let chart = spend_by_model(&ten_models(), Shown::USD);
    insta::assert_json_snapshot!("spend_by_model", option(&chart));
    assert_eq!(chart.legend.len(), COLOURS);
    assert_eq!(chart.legend.last().map(String::as_str), Some(OTHER));
    let today = &chart.rows[0];
    assert_eq!(today.first().map(String::as_str), Some("2026-11-20"), "the latest day comes first");
    assert_eq!(today.last().map(String::as_str), Some("$55.00"));
    assert_eq!(today[8], "$6.00", "models 1, 2 and 3");
    assert!(chart.rows.iter().all(|row| row.len() == chart.columns.len()));
}

#[test]
fn a_day_with_usage_without_a_price_is_marked_and_told() {
    let stats = window(&[
        &[("a", Some(10.0)), ("odd", None)],
        &[("a", Some(4.0))],
        &[("odd", None), ("more", None), ("most", None)],
    ]);
    for (chart, kind) in [(spend_by_model(&stats, Shown::USD), "bar"), (spend_lines(&stats, Shown::USD), "line")] {
        assert_eq!(chart.legend, ["a", NO_PRICE]);
        assert_eq!(chart.marks, ["", "hatch"]);
        assert_eq!(chart.columns, ["Day", "a", NO_PRICE, "Total"]);
        let rows = [
            ["2026-11-20", "$0.00", "more, most and 1 more", "no price"],
            ["2026-11-19", "$4.00", "none", "$4.00"],
            ["2026-11-18", "$10.00", "odd", "$10.00 +"],
        ];
        assert_eq!(chart.rows, rows);
        let option = option(&chart);
        assert_eq!(option["series"][0]["type"], kind);
        let marks = &option["series"][1];
        assert_eq!(marks["itemStyle"]["color"], "hatch(--mute)");
        assert_eq!(marks["data"][0], serde_json::json!({"value": 0.4, "name": "odd"}));
        assert_eq!(marks["data"][1], Value::Null);
        assert_eq!(marks["stack"] == "all", kind == "bar", "on top of the bars, on the ground between lines");
        assert!((total_drawn(&chart) - 14.0).abs() < 1e-9);
    }
}

#[test]
fn a_correction_is_drawn_below_zero_and_counts() {
    let stats = window(&[&[("a", Some(3.0)), ("b", Some(-2.5))], &[("b", Some(2.5))]]);
    let chart = spend_by_model(&stats, Shown::USD);
    assert_eq!(chart.legend, ["a", "b"], "b comes to nothing, but not on each day");
    assert_eq!(chart.rows[1], ["2026-11-19", "$3.00", "−$2.50", "$0.50"]);
    assert!((total_drawn(&chart) - 3.0).abs() < 1e-9);
}
