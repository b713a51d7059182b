//! What one provider's usage should cost by the price lists, and what it billed, day by day.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::lines::lines;
use super::{UNKNOWN, day_table, json};
use crate::analytics::DayComparison;
use crate::model::{Chart, Usd};

type Amount = fn(&DayComparison) -> Option<Usd>;

const AMOUNTS: [(&str, Amount); 3] =
    [("Billed", |day| day.billed), ("Usage at list prices", |day| day.usage), ("Logs at list prices", |day| day.logs)];

/// Lines of the bill and of the estimates; a day of which nobody knows an amount is a gap. `None` when nobody knows any.
#[must_use]
pub fn estimate_and_bill(provider: &str, days: &[&DayComparison]) -> Option<Chart> {
    let of: BTreeMap<NaiveDate, &DayComparison> = days.iter().map(|day| (day.date, *day)).collect();
    let (from, to) = (*of.keys().next()?, *of.keys().next_back()?);
    let dates: Vec<NaiveDate> = from.iter_days().take_while(|date| *date <= to).collect();
    let by_day = |amount: Amount| dates.iter().map(|date| of.get(date).and_then(|day| amount(day))).collect();
    let known = |(_, amounts): &(&str, Vec<Option<Usd>>)| amounts.iter().any(Option::is_some);
    let series: Vec<(&str, Vec<Option<Usd>>)> =
        AMOUNTS.into_iter().map(|(name, amount)| (name, by_day(amount))).filter(known).collect();
    if series.is_empty() {
        return None;
    }
    let legend: Vec<String> = series.iter().map(|(name, _)| (*name).to_owned()).collect();
    let (columns, rows) = day_table(&dates, legend.iter().cloned(), |at| {
        let told = |amount: Option<Usd>| amount.map_or_else(|| UNKNOWN.to_owned(), |amount| amount.to_string());
        series.iter().map(|(_, amounts)| told(amounts[at])).collect()
    });
    let dollars = |amounts: &[Option<Usd>]| amounts.iter().map(|amount| amount.map(Usd::to_f64)).collect();
    let drawn = series.iter().map(|(name, amounts)| ((*name).to_owned(), dollars(amounts))).collect();
    Some(Chart {
        label: format!("Estimate and bill of {provider} per day, {from} to {to}"),
        option: json(&lines(&dates, drawn, "usd", None)),
        legend,
        columns,
        rows,
        ..Chart::default()
    })
}
