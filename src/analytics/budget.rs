//! A month's budget: what is spent of it, how long it lasts at this pace, and where the month is heading.

mod sentence;

use std::collections::BTreeMap;

use chrono::{Datelike, Days, Months, NaiveDate};

use super::forecast::{Forecaster, Series};
use crate::model::{Budget, BudgetDay, BudgetFile, DateRange, Forecast, RollupRow, Severity, Usd, Window};
pub use sentence::sentence;

const CRITICAL_DAYS: u32 = 7;
const WARNING_DAYS: u32 = 15;

/// Computes how a budget stands. `rows` are counted once; `today` is the date in the user's zone.
#[must_use]
pub fn budget(file: &BudgetFile, rows: &[RollupRow], today: NaiveDate) -> Budget {
    let month = DateRange { from: today.with_day(1).unwrap_or(today), to: today };
    let in_month = || rows.iter().filter(|row| month.contains(row.date));
    let spent: Usd = in_month().map(|row| row.spend.known_cost()).sum();
    let window = Window::D30.range(today);
    let recent: Usd = rows.iter().filter(|row| window.contains(row.date)).map(|row| row.spend.known_cost()).sum();
    let remaining = (file.monthly - spent).max(Usd::ZERO);
    let burn_rate = recent.per_day(window.days()).max(Usd::ZERO);
    let days = days_left(remaining, burn_rate);
    let (severity, message) = judged(file.monthly, spent, days);
    Budget {
        monthly: file.monthly,
        currency: file.currency.clone(),
        spent,
        unpriced: in_month().any(|row| row.spend.has_unpriced()),
        remaining,
        burn_rate,
        days_until_exhaustion: days,
        exhaustion_date: days.and_then(|days| today.checked_add_days(Days::new(days.into()))),
        severity,
        message,
        forecast: forecast(file.monthly, spent, &whole_days(rows, today), today),
    }
}

/// Returns every day of the current month: what was spent by then, and what is expected by those to come. Today's spend
/// is the start of what is expected.
#[must_use]
pub fn budget_days(rows: &[RollupRow], today: NaiveDate) -> Vec<BudgetDay> {
    let first = today.with_day(1).unwrap_or(today);
    let Some(end) = first.checked_add_months(Months::new(1)).and_then(|next| next.pred_opt()) else {
        return Vec::new();
    };
    let mut spent: BTreeMap<NaiveDate, Usd> = BTreeMap::new();
    for row in rows.iter().filter(|row| first <= row.date && row.date <= today) {
        *spent.entry(row.date).or_default() += row.spend.known_cost();
    }
    let forecaster = Forecaster::learn(&whole_days(rows, today));
    let mut sum = Usd::ZERO;
    let day = |date: NaiveDate| {
        let day = BudgetDay { date, ..BudgetDay::default() };
        if date <= today {
            sum += spent.get(&date).copied().unwrap_or_default();
            let start = Some(sum).filter(|_| date == today && forecaster.is_some());
            return BudgetDay { spent: Some(sum), low: start, mid: start, high: start, ..day };
        }
        let expected = forecaster.as_ref().zip(today.succ_opt()).map(|(known, tomorrow)| known.span(tomorrow, date));
        let by_then = |amount: Option<Usd>| amount.map(|amount| sum + amount);
        BudgetDay {
            low: by_then(expected.map(|expected| expected.low)),
            mid: by_then(expected.map(|expected| expected.mid)),
            high: by_then(expected.map(|expected| expected.high)),
            ..day
        }
    };
    DateRange { from: first, to: end }.iter().map(day).collect()
}

/// Returns the spend of every whole day from the first with usage to yesterday.
#[must_use]
pub fn whole_days(rows: &[RollupRow], today: NaiveDate) -> Series {
    let mut spent: BTreeMap<NaiveDate, Usd> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.date < today) {
        *spent.entry(row.date).or_default() += row.spend.known_cost();
    }
    let Some(first) = spent.keys().next().copied() else { return Series { first: today, days: Vec::new() } };
    let all = first.iter_days().take_while(|date| *date < today);
    Series { first, days: all.map(|date| spent.get(&date).copied().unwrap_or_default()).collect() }
}

/// Whole days; `None` when nothing is spent, or nothing is left to be.
fn days_left(remaining: Usd, burn_rate: Usd) -> Option<u32> {
    if remaining == Usd::ZERO || burn_rate == Usd::ZERO {
        return None;
    }
    Some(u32::try_from(remaining.pico() / burn_rate.pico()).unwrap_or(u32::MAX))
}

fn judged(monthly: Usd, spent: Usd, days: Option<u32>) -> (Severity, String) {
    match days {
        _ if spent > monthly => (Severity::Critical, "Budget exceeded".to_owned()),
        // Exactly all of it is used, not exceeded.
        _ if spent == monthly && spent > Usd::ZERO => (Severity::Critical, "Budget used".to_owned()),
        None => (Severity::Normal, "No spending detected".to_owned()),
        Some(days) => {
            let severity = match days {
                ..CRITICAL_DAYS => Severity::Critical,
                CRITICAL_DAYS..WARNING_DAYS => Severity::Warning,
                WARNING_DAYS.. => Severity::Normal,
            };
            let unit = if days == 1 { "day" } else { "days" };
            (severity, format!("Lasts {days} {unit} at this pace"))
        }
    }
}

fn forecast(monthly: Usd, spent: Usd, series: &Series, today: NaiveDate) -> Option<Forecast> {
    let forecaster = Forecaster::learn(series)?;
    let end = today.with_day(1)?.checked_add_months(Months::new(1))?.pred_opt()?;
    // Today is not over: what it is expected to bring yet is left out, rather than counted twice.
    let tomorrow = today.succ_opt()?;
    let until = |date: NaiveDate| forecaster.span(tomorrow, date);
    let reaches = |amount: &dyn Fn(NaiveDate) -> Usd| {
        if spent > monthly {
            return None;
        }
        tomorrow.iter_days().take_while(|date| *date <= end).find(|date| spent + amount(*date) > monthly)
    };
    let month = until(end);
    Some(Forecast {
        month_end: spent + month.mid,
        low: spent + month.low,
        high: spent + month.high,
        crosses: reaches(&|date| until(date).mid),
        crosses_from: reaches(&|date| until(date).high),
        crosses_to: reaches(&|date| until(date).low),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Basis, Spend, Tokens};

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn row(date: NaiveDate, dollars: Option<f64>) -> RollupRow {
        let cost = dollars.map(|dollars| Usd::from_f64(dollars).expect("money"));
        let basis = if cost.is_some() { Basis::Estimated } else { Basis::Unpriced };
        RollupRow {
            source: "s".into(),
            date,
            session: "s".into(),
            project: "p".into(),
            model: "m".into(),
            spend: Spend::of(Tokens { input: 1, ..Tokens::default() }, cost, basis),
        }
    }

    fn usd(dollars: f64) -> Usd {
        Usd::from_f64(dollars).expect("money")
    }

    fn of(monthly: f64, rows: &[RollupRow], today: &str) -> Budget {
        budget(&BudgetFile { monthly: usd(monthly), ..BudgetFile::default() }, rows, day(today))
    }

    /// Ten dollars on each of the days before `today`.
    fn steady(today: &str, days: u64) -> Vec<RollupRow> {
        (1..=days).map(|ago| row(day(today) - Days::new(ago), Some(10.0))).collect()
    }

    #[test]
    fn the_pace_of_thirty_days_says_how_long_the_rest_lasts() {
        let rows = steady("2026-11-11", 30);
        let found = of(200.0, &rows, "2026-11-11");
        assert_eq!((found.spent, found.remaining), (usd(100.0), usd(100.0)), "since the first of the month");
        assert_eq!(found.days_until_exhaustion, Some(10), "100 at 9.67 a day: 29 of the 30 dates have passed");
        assert_eq!((found.severity, found.message.as_str()), (Severity::Warning, "Lasts 10 days at this pace"));
        assert_eq!(found.exhaustion_date, Some(day("2026-11-21")));
        assert_eq!(of(150.0, &rows, "2026-11-11").severity, Severity::Critical);
        assert_eq!(of(900.0, &rows, "2026-11-11").severity, Severity::Normal);
    }

    #[test]
    fn all_of_it_is_used_and_more_is_exceeded() {
        let rows = [row(day("2026-11-02"), Some(200.0))];
        let used = of(200.0, &rows, "2026-11-03");
        assert_eq!((used.message.as_str(), used.days_until_exhaustion), ("Budget used", None));
        let exceeded = of(199.99, &rows, "2026-11-03");
        assert_eq!((exceeded.message.as_str(), exceeded.remaining), ("Budget exceeded", Usd::ZERO));
    }

    #[test]
    fn nothing_spent_is_said_and_never_infinite() {
        let found = of(200.0, &[], "2026-11-03");
        assert_eq!((found.message.as_str(), found.exhaustion_date), ("No spending detected", None));
        assert_eq!((found.severity, found.forecast), (Severity::Normal, None));
        let unpriced = of(200.0, &[row(day("2026-11-02"), None)], "2026-11-03");
        assert!(unpriced.unpriced && unpriced.message == "No spending detected");
    }

    #[test]
    fn the_month_ends_where_its_days_lead_and_the_budget_is_crossed_on_a_day() {
        let rows = steady("2026-11-11", 40);
        let found = of(200.0, &rows, "2026-11-11").forecast.expect("forty days are enough");
        assert_eq!(found.month_end.to_f64().round() as i64, 290, "19 more days: {found:?}");
        assert!(found.low <= found.month_end && found.month_end <= found.high);
        assert_eq!(found.crosses, Some(day("2026-11-22")), "the day on which it is more than 200");
        assert!(found.crosses_from <= found.crosses && found.crosses <= found.crosses_to);
        assert_eq!(of(500.0, &rows, "2026-11-11").forecast.expect("is there").crosses, None);
        assert_eq!(of(50.0, &rows, "2026-11-11").forecast.expect("is there").crosses, None, "it was crossed before");
        assert_eq!(of(200.0, &steady("2026-11-11", 13), "2026-11-11").forecast, None, "not two weeks yet");
    }

    #[test]
    fn the_days_of_the_month_lead_to_where_it_is_heading() {
        let rows = steady("2026-11-11", 30);
        let days = budget_days(&rows, day("2026-11-11"));
        assert_eq!((days.len(), days[0].spent, days[9].spent), (30, Some(usd(10.0)), Some(usd(100.0))));
        assert_eq!((days[10].spent, days[10].mid, days[11].spent), (Some(usd(100.0)), Some(usd(100.0)), None));
        let forecast = of(200.0, &rows, "2026-11-11").forecast.expect("a month to learn from");
        let last = days[29];
        let expected = (Some(forecast.low), Some(forecast.month_end), Some(forecast.high));
        assert_eq!((last.low, last.mid, last.high), expected, "as the budget's own forecast");
        assert!(
            budget_days(&rows[..5], day("2026-11-11")).iter().all(|day| day.mid.is_none()),
            "five days teach nothing"
        );
        assert_eq!(budget_days(&[], day("2028-02-29")).len(), 29);
    }

    #[test]
    fn the_last_day_of_a_month_has_nothing_to_come() {
        let rows = steady("2026-02-28", 40);
        let found = of(900.0, &rows, "2026-02-28").forecast.expect("is there");
        assert_eq!((found.month_end, found.low, found.high), (usd(270.0), usd(270.0), usd(270.0)));
    }
}
