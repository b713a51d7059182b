//! Coverage and Lighthouse over the days, as lines with gaps where nobody knows.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::json;
use super::lines::{ALL_OF_IT, lines};
use crate::model::{Chart, QualityDay};

type Value = fn(&QualityDay) -> Option<f64>;

const SERIES: [(&str, Value); 3] = [
    ("Frontend coverage", |day| day.frontend_coverage),
    ("Backend coverage", |day| day.backend_coverage),
    ("Lighthouse", |day| day.lighthouse),
];

/// Percent and points per day. A measure nobody has data of is left out; the legend is empty when that holds of all.
#[must_use]
pub fn quality_trend(days: &[QualityDay]) -> Chart {
    let of: BTreeMap<NaiveDate, &QualityDay> = days.iter().map(|day| (day.date, day)).collect();
    let (Some(first), Some(last)) = (of.keys().next().copied(), of.keys().next_back().copied()) else {
        return Chart::default();
    };
    let dates: Vec<NaiveDate> = first.iter_days().take_while(|date| *date <= last).collect();
    let series: Vec<(String, Vec<Option<f64>>)> = SERIES
        .into_iter()
        .map(|(name, value)| {
            (name.to_owned(), dates.iter().map(|date| of.get(date).and_then(|day| value(day))).collect())
        })
        .filter(|(_, values): &(String, Vec<Option<f64>>)| values.iter().any(Option::is_some))
        .collect();
    let cell = |value: &Option<f64>| value.map_or_else(|| "no data".to_owned(), |value| value.to_string());
    Chart {
        label: format!("Test coverage and Lighthouse score per day in percent, {first} to {last}"),
        legend: series.iter().map(|(name, _)| name.clone()).collect(),
        columns: std::iter::once("Day")
            .chain(series.iter().map(|(name, _)| name.as_str()))
            .map(str::to_owned)
            .collect(),
        rows: (dates.iter().enumerate().rev())
            .map(|(at, date)| {
                std::iter::once(date.to_string()).chain(series.iter().map(|(_, values)| cell(&values[at]))).collect()
            })
            .collect(),
        option: json(&lines(&dates, series, "percent", Some(ALL_OF_IT))),
        ..Chart::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(date: &str, backend: Option<f64>) -> QualityDay {
        QualityDay {
            date: date.parse().expect("a date"),
            projects: 1,
            frontend_coverage: None,
            backend_coverage: backend,
            lighthouse: None,
            open_issues: Some(3.0),
        }
    }

    #[test]
    fn days_without_data_are_gaps_and_measures_without_any_are_left_out() {
        let days = [day("2026-11-17", Some(70.25)), day("2026-11-18", None), day("2026-11-20", Some(0.0))];
        let chart = quality_trend(&days);
        assert_eq!((&chart.legend[..], chart.rows.len()), (&["Backend coverage".to_owned()][..], 4));
        let option: serde_json::Value = serde_json::from_str(&chart.option).expect("is JSON");
        assert_eq!(option["series"][0]["data"], serde_json::json!([70.25, null, null, 0.0]));
        assert_eq!(option["series"][0]["connectNulls"], false);
        assert_eq!(option["yAxis"]["axisLabel"]["formatter"], "percent");
        assert_eq!(chart.rows[0], ["2026-11-20", "0"], "nothing covered is a number");
        assert_eq!(chart.rows[1], ["2026-11-19", "no data"]);
        assert!(chart.rows.iter().all(|row| row.len() == chart.columns.len()));
    }

    #[test]
    fn without_data_there_is_nothing_to_draw() {
        assert!(quality_trend(&[]).legend.is_empty());
        assert!(quality_trend(&[day("2026-11-18", None)]).legend.is_empty());
    }
}
