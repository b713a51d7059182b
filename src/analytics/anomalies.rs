//! Days that cost far more or less than the days before them led to expect, and what did it.
//!
//! Expected is what a forecast made the evening before says. The band comes from how far such forecasts were off of
//! late, by their median, so that one odd day does not widen it for the next.

use chrono::{Days, NaiveDate};
use rustc_hash::FxHashMap;

use super::change::signed;
use super::forecast::{Forecaster, LARGEST, Series, Trend};
use super::{Facts, model_label};
use crate::model::{Anomaly, DateRange, Shown, Usd};

/// Days whose errors make the band.
const ERRORS_USED: usize = 56;
/// With fewer errors there is no band.
const ERRORS_NEEDED: usize = 7;
/// So many usual errors away is unusual. A usual error is the median one, made comparable with a standard deviation.
const USUAL_ERRORS: f64 = 3.0;
const MEDIAN_TO_DEVIATION: f64 = 1.4826;
/// However regular the days were: what is nearer than this part of the expected, or these dollars, is worth no word.
const SMALLEST_PART: f64 = 0.3;
const SMALLEST_DOLLARS: f64 = 1.0;
/// Days before, which a project and model are compared with.
const DAYS_BEFORE: u64 = 28;
/// Listed; with more, everything would be unusual.
const MOST: usize = 12;

/// Returns the days of `range` that left the band, latest first. `series` is of whole days.
pub(super) fn anomalies(facts: &Facts, series: &Series, range: DateRange) -> Vec<Anomaly> {
    let mut errors: Vec<f64> = Vec::new();
    let mut found = Vec::new();
    // What is learnt from: an unusual day counts as the edge of its band, lest the same weekday be expected to be so too.
    let mut usual = Series { first: series.first, days: Vec::with_capacity(series.days.len()) };
    for (at, cost) in series.days.iter().copied().enumerate() {
        let date = series.date(at);
        let Some(expected) = Forecaster::fit(&usual, Trend::None).map(|forecaster| forecaster.expected(date)) else {
            usual.days.push(cost);
            continue;
        };
        let around = band(expected, &errors);
        let (low, high) =
            around.map_or((Usd::ZERO, cost), |around| (money(expected - around), money(expected + around)));
        let is_unusual = around.is_some() && (cost < low || cost > high);
        if is_unusual && range.contains(date) {
            found.push(anomaly(facts, date, cost, money(expected), low, high));
        }
        usual.days.push(if is_unusual { cost.clamp(low, high) } else { cost });
        errors.push((cost.to_f64() - expected).abs());
        if errors.len() > ERRORS_USED {
            errors.remove(0);
        }
    }
    found.reverse();
    found.truncate(MOST);
    found
}

fn money(dollars: f64) -> Usd {
    Usd::from_f64(dollars.clamp(0.0, LARGEST)).unwrap_or_default()
}

/// Dollars to either side; `None` from too few errors.
fn band(expected: f64, errors: &[f64]) -> Option<f64> {
    if errors.len() < ERRORS_NEEDED {
        return None;
    }
    let mut sorted = errors.to_vec();
    sorted.sort_by(f64::total_cmp);
    let usual = sorted[sorted.len() / 2] * MEDIAN_TO_DEVIATION;
    Some((USUAL_ERRORS * usual).max(expected * SMALLEST_PART).max(SMALLEST_DOLLARS))
}

fn anomaly(facts: &Facts, date: NaiveDate, cost: Usd, expected: Usd, low: Usd, high: Usd) -> Anomaly {
    let driver = driver(facts, date, cost > high);
    let because = driver.map_or_else(String::new, |(project, model, amount)| {
        format!(": {} {} on {project}", signed(amount, Shown::USD), model_label(model))
    });
    Anomaly {
        date,
        cost,
        expected,
        low,
        high,
        project: driver.map(|(project, ..)| project.to_owned()),
        model: driver.map(|(_, model, _)| model.to_owned()),
        driver: driver.map(|(.., amount)| amount),
        sentence: format!("{} on {}, usually {}{because}", cost.rough(), date.format("%-d %b"), between(low, high)),
    }
}

fn between(low: Usd, high: Usd) -> String {
    if low == Usd::ZERO { format!("up to {}", high.rough()) } else { format!("{} to {}", low.rough(), high.rough()) }
}

/// The project and model that left its own usual day the furthest, to the side the day did.
fn driver<'a>(facts: &'a Facts, date: NaiveDate, above: bool) -> Option<(&'a str, &'a str, Usd)> {
    let days = u32::try_from(DAYS_BEFORE).unwrap_or(1);
    let before = DateRange { from: date.checked_sub_days(Days::new(DAYS_BEFORE))?, to: date.pred_opt()? };
    let mut cells: FxHashMap<(&str, &str), (Usd, Usd)> = FxHashMap::default();
    for row in facts.rows.iter() {
        if row.date != date && !before.contains(row.date) {
            continue;
        }
        let (then, now) = cells.entry((facts.names.name(&row.project), &row.model)).or_default();
        *(if row.date == date { now } else { then }) += row.spend.known_cost();
    }
    let left = cells.into_iter().map(|((project, model), (then, now))| (project, model, now - then.per_day(days)));
    let furthest = |(project, model, amount): &(&'a str, &'a str, Usd)| {
        let size = if above { amount.pico() } else { -amount.pico() };
        // Of two alike the first by name, whatever order they come in.
        (size, std::cmp::Reverse(*project), std::cmp::Reverse(*model))
    };
    left.max_by_key(furthest).filter(|(.., amount)| (*amount > Usd::ZERO) == above && *amount != Usd::ZERO)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::analytics::{Attribution, ProjectNames, whole_days};
    use crate::model::{Basis, RollupRow, Spend, Tokens, Window};

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn row(date: NaiveDate, project: &str, dollars: f64) -> RollupRow {
        RollupRow {
            source: "claude_code".into(),
            date,
            session: "s".into(),
            project: project.into(),
            model: "claude-opus-4-5".into(),
            spend: Spend::of(Tokens { input: 1, ..Tokens::default() }, Usd::from_f64(dollars), Basis::Estimated),
        }
    }

    fn found(rows: Vec<RollupRow>) -> Vec<Anomaly> {
        let today = day("2026-11-20");
        let names = ProjectNames::new(rows.iter().map(|row| row.project.as_ref()), &Attribution::default());
        let rates = Facts::none().rates;
        let series = whole_days(&rows, today);
        anomalies(&Facts::of(rows, names, Arc::clone(&rates)), &series, Window::D90.range(today))
    }

    /// Ten dollars and a little on workdays, two on weekends, for eight weeks.
    fn usual() -> Vec<RollupRow> {
        use chrono::Datelike;
        let dates = DateRange::ending(day("2026-11-19"), 56);
        let dollars = |date: NaiveDate| {
            let workday = date.weekday().num_days_from_monday() < 5;
            if workday { 10.0 + f64::from(date.day() % 3) } else { 2.0 }
        };
        dates.iter().map(|date| row(date, "/shop", dollars(date))).collect()
    }

    #[test]
    fn a_day_outside_the_band_is_named_with_what_did_it() {
        let mut rows = usual();
        rows.push(row(day("2026-11-12"), "/api", 40.0));
        let days = found(rows);
        assert_eq!(days.iter().map(|found| found.date).collect::<Vec<_>>(), [day("2026-11-12")]);
        assert_eq!((days[0].project.as_deref(), days[0].model.as_deref()), (Some("api"), Some("claude-opus-4-5")));
        assert_eq!(days[0].driver, Usd::from_f64(40.0));
        assert!(days[0].sentence.starts_with("$50 on 12 Nov, usually $"), "{}", days[0].sentence);
        assert!(days[0].sentence.ends_with(": +$40 Opus 4.5 on api"), "{}", days[0].sentence);
        assert!(days[0].low < days[0].expected && days[0].expected < days[0].high && days[0].high < days[0].cost);
    }

    #[test]
    fn a_day_without_work_stands_out_and_a_weekend_does_not() {
        let rows: Vec<RollupRow> = usual().into_iter().filter(|row| row.date != day("2026-11-17")).collect();
        let days = found(rows);
        assert_eq!(days.iter().map(|found| found.date).collect::<Vec<_>>(), [day("2026-11-17")]);
        assert!(days[0].driver.is_some_and(|amount| amount < Usd::ZERO), "{:?}", days[0]);
    }

    #[test]
    fn usual_days_few_days_and_none_say_nothing() {
        assert_eq!(found(usual()), []);
        assert_eq!(found(usual().split_off(45)), [], "eleven days");
        assert_eq!(found(Vec::new()), []);
    }
}
