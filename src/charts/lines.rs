//! Lines over days. A day without a value is a gap, never a zero.

use charming::Chart as Plot;
use charming::element::{ItemStyle, LineStyle};
use charming::series::Line;
use chrono::NaiveDate;

use super::{json, plot};
use crate::model::{Chart, DateRange, Lighthouse, QualityEntry, Ratio};

/// How many percent there are.
pub(super) const ALL_OF_IT: i32 = 100;

/// What of an entry is drawn: percent and points, which share an axis.
type Share = fn(&QualityEntry) -> Option<f64>;

const SHARES: [(&str, Share); 6] = [
    ("Frontend coverage", |entry| entry.coverage.frontend.and_then(Ratio::percent)),
    ("Backend coverage", |entry| entry.coverage.backend.and_then(Ratio::percent)),
    ("Performance", |entry| score(entry, |scores| scores.performance)),
    ("Accessibility", |entry| score(entry, |scores| scores.accessibility)),
    ("Best practices", |entry| score(entry, |scores| scores.best_practices)),
    ("SEO", |entry| score(entry, |scores| scores.seo)),
];

/// Coverage and Lighthouse of one project, day by day; only what has data in these days. `None` when nothing has.
#[must_use]
pub fn quality_lines(entries: &[&QualityEntry], range: DateRange) -> Option<Chart> {
    let dates: Vec<NaiveDate> = range.iter().collect();
    // What was last known holds until something else is, as in the trend of all projects.
    let on = |date: NaiveDate| entries.iter().filter(|entry| entry.date <= date).max_by_key(|entry| entry.date);
    let series: Vec<(String, Vec<Option<f64>>)> = SHARES
        .into_iter()
        .map(|(name, share)| {
            (name.to_owned(), dates.iter().map(|date| on(*date).and_then(|entry| share(entry))).collect())
        })
        .filter(|(_, values): &(String, Vec<Option<f64>>)| values.iter().any(Option::is_some))
        .collect();
    if series.is_empty() {
        return None;
    }
    let legend: Vec<String> = series.iter().map(|(name, _)| name.clone()).collect();
    let rows = dates.iter().enumerate().rev().map(|(at, date)| {
        let cells = series.iter().map(|(_, values)| values[at].map_or("no data".to_owned(), |value| value.to_string()));
        std::iter::once(date.to_string()).chain(cells).collect()
    });
    Some(Chart {
        label: format!("Coverage and Lighthouse per day in percent, {} to {}", range.from, range.to),
        columns: std::iter::once("Day".to_owned()).chain(legend.iter().cloned()).collect(),
        rows: rows.collect(),
        legend,
        option: json(&lines(&dates, series, "percent", Some(ALL_OF_IT))),
        ..Chart::default()
    })
}

fn score(entry: &QualityEntry, which: fn(Lighthouse) -> Option<u8>) -> Option<f64> {
    entry.lighthouse.and_then(which).map(f64::from)
}

/// One line for each series, in the order of the theme's colours.
pub(super) fn lines(
    dates: &[NaiveDate],
    series: Vec<(String, Vec<Option<f64>>)>,
    unit: &str,
    most: Option<i32>,
) -> Plot {
    let mut plot = plot(dates, unit, most);
    for (number, (name, values)) in series.into_iter().enumerate() {
        let colour = format!("var(--c{})", number + 1);
        let line = Line::new()
            .name(name)
            .show_symbol(has_lonely(values.iter().map(Option::is_some)))
            .connect_nulls(false)
            .line_style(LineStyle::new().color(colour.as_str()).width(2))
            .item_style(ItemStyle::new().color(colour.as_str()))
            .data(values);
        plot = plot.series(line);
    }
    plot
}

/// Whether a day has a value and neither the day before nor the day after has one: no line leads there, so that its dot
/// is all there is of it.
pub(super) fn has_lonely(known: impl IntoIterator<Item = bool>) -> bool {
    let (mut before, mut alone) = (false, false);
    for known in known {
        if alone && !known {
            return true;
        }
        alone = known && !before;
        before = known;
    }
    alone
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_without_data_are_gaps_and_measures_without_any_are_left_out() {
        let range = DateRange::ending("2026-11-21".parse().expect("a date"), 4);
        let mut first = QualityEntry::unknown("shop", range.from);
        first.coverage.backend = Some(Ratio { covered: 10, total: 13 });
        let nothing = QualityEntry::unknown("shop", "2026-11-20".parse().expect("a date"));
        let mut last = QualityEntry::unknown("shop", range.to);
        last.coverage.backend = Some(Ratio { covered: 0, total: 4 });
        let chart = quality_lines(&[&first, &nothing, &last], range).expect("has data");
        assert_eq!(chart.legend, ["Backend coverage"]);
        let days = [
            ["2026-11-21", "0"],
            ["2026-11-20", "no data"],
            // Nobody looked on that day.
            ["2026-11-19", "76.92"],
            ["2026-11-18", "76.92"],
        ];
        assert_eq!(chart.rows, days);
        let option: serde_json::Value = serde_json::from_str(&chart.option).expect("is JSON");
        assert_eq!(option["series"][0]["data"], serde_json::json!([76.92, 76.92, null, 0.0]));
        assert_eq!((&option["series"][0]["showSymbol"], &option["yAxis"]["max"]), (&true.into(), &100.into()));
        assert_eq!(quality_lines(&[&QualityEntry::unknown("shop", range.to)], range), None);
    }

    #[test]
    fn a_value_that_no_line_leads_to_is_drawn_as_a_dot() {
        let shows_dots = |values: &[Option<f64>]| {
            let range = DateRange::ending("2026-11-21".parse().expect("a date"), values.len() as u32);
            let dates: Vec<NaiveDate> = range.iter().collect();
            let plot = json(&lines(&dates, vec![("Spend".to_owned(), values.to_vec())], "usd", None));
            let option: serde_json::Value = serde_json::from_str(&plot).expect("is JSON");
            option["series"][0]["showSymbol"] == true
        };
        assert!(shows_dots(&[Some(0.59)]), "a single day");
        assert!(shows_dots(&[Some(1.0), None, Some(2.0), Some(3.0)]), "the first");
        assert!(shows_dots(&[Some(1.0), Some(2.0), None, Some(3.0)]), "the last");
        assert!(shows_dots(&[None, Some(1.0), None]), "in the middle");
        assert!(!shows_dots(&[Some(1.0), Some(2.0), None, Some(3.0), Some(4.0)]), "each has a neighbour");
        assert!(!shows_dots(&[None, None]) && !shows_dots(&[]), "nothing to draw");
    }
}
