//! Forecasts of made-up weeks, and of anything at all.

use super::*;
use proptest::prelude::*;

/// A Monday.
fn monday() -> NaiveDate {
    "2026-08-03".parse().expect("a date")
}

fn series(days: impl IntoIterator<Item = f64>) -> Series {
    Series { first: monday(), days: days.into_iter().map(|day| Usd::from_f64(day).expect("money")).collect() }
}

/// Ten dollars on working days, nothing at weekends.
fn office(weeks: usize) -> Series {
    series((0..weeks * 7).map(|day| if day % 7 < 5 { 10.0 } else { 0.0 }))
}

fn dollars(amount: Usd) -> i64 {
    amount.to_f64().round() as i64
}

#[test]
fn the_days_of_the_week_differ() {
    let forecaster = Forecaster::learn(&office(8)).expect("is long enough");
    let friday = monday() + Days::new(8 * 7 + 4);
    let week = forecaster.span(friday - Days::new(4), friday + Days::new(2));
    assert!((48..=52).contains(&dollars(week.mid)), "{week:?}");
    let weekend = forecaster.span(friday + Days::new(1), friday + Days::new(2));
    assert!(dollars(weekend.mid) <= 4, "{weekend:?}");
    assert!(week.low <= week.mid && week.mid <= week.high);
}

#[test]
fn a_rise_goes_on_and_fades() {
    let rising = series((0..56).map(|day| 10.0 + f64::from(day) * 0.5));
    let forecaster = Forecaster::learn(&rising).expect("is long enough");
    let day = |ahead: u64| forecaster.expected(monday() + Days::new(55 + ahead));
    let flat = Forecaster { trend: 0.0, ..forecaster.clone() };
    assert!(day(7) > flat.expected(monday() + Days::new(62)), "goes on");
    assert!(day(56) - day(49) < 1.0, "and fades");
}

#[test]
fn two_weeks_are_needed() {
    assert_eq!(Forecaster::learn(&series(vec![1.0; 13])), None);
    assert!(Forecaster::learn(&series(vec![1.0; 14])).is_some());
    assert_eq!(backtest(&series(vec![1.0; 20])), None, "no week after the first two");
}

#[test]
fn it_beats_the_plain_mean_where_weeks_have_a_shape() {
    let tested = backtest(&office(10)).expect("is long enough");
    assert!(tested.error_pct <= tested.plain_error_pct + 0.1, "{tested:?}");
    // A week is a week for both; part of one is not.
    let weekend = Forecaster::learn(&office(10)).expect("is long enough");
    let saturday = monday() + Days::new(70 + 5);
    assert!(dollars(weekend.span(saturday, saturday).mid) < 3);
}

proptest! {
    // A backtest makes ten thousand forecasts.
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn no_series_gives_anything_but_amounts(days in proptest::collection::vec(-1.0e9..1.0e9_f64, 0..120)) {
        let series = series(days);
        if let Some(forecaster) = Forecaster::learn(&series) {
            let last = series.date(series.days.len());
            let expected = forecaster.span(last, last + Days::new(30));
            prop_assert!(Usd::ZERO <= expected.low && expected.low <= expected.mid && expected.mid <= expected.high);
        }
        if let Some(tested) = backtest(&series) {
            prop_assert!(tested.error_pct.is_finite() && tested.within_pct <= 100.0);
        }
    }
}
