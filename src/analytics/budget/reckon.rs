//! The arithmetic of one budget, whatever it is about: what counts, what is left, and where it is heading.
//!
//! Tokens are measured as money, a micro-dollar each, so that budgets of both kinds go through the same sums and the
//! same forecaster; [`Unit`] turns them there and back.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{by_day, series};
use crate::analytics::forecast::Forecaster;
use crate::model::{Amount, DateRange, Period, RollupRow, Severity, Usd, Window};

const CRITICAL_DAYS: u32 = 7;
const WARNING_DAYS: u32 = 15;
/// Pico-dollars that stand for a token: sums of a trillion tokens stay within what a forecast can hold.
const PER_TOKEN: i128 = 1_000_000;

/// What a budget is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Usd,
    Tokens,
}

impl Unit {
    pub(super) fn measure(self, amount: Amount) -> Usd {
        match amount {
            Amount::Usd(usd) => usd,
            Amount::Tokens(tokens) => Usd::from_pico(i128::from(tokens) * PER_TOKEN),
        }
    }

    pub(super) fn amount(self, measured: Usd) -> Amount {
        match self {
            Unit::Usd => Amount::Usd(measured),
            Unit::Tokens => Amount::Tokens(u64::try_from((measured.pico() / PER_TOKEN).max(0)).unwrap_or(u64::MAX)),
        }
    }

    fn of(self, row: &RollupRow) -> Usd {
        match self {
            Unit::Usd => row.spend.known_cost(),
            Unit::Tokens => self.measure(Amount::Tokens(row.spend.tokens.total())),
        }
    }
}

/// What counts against a budget, by day.
pub(super) struct Days {
    spent: BTreeMap<NaiveDate, Usd>,
    /// Days on which some usage has no price.
    unpriced: Vec<NaiveDate>,
}

impl Days {
    pub(super) fn of<'a>(rows: impl Iterator<Item = &'a RollupRow>, unit: Unit) -> Days {
        let mut unpriced = Vec::new();
        let noted = rows.inspect(|row| {
            if row.spend.has_unpriced() {
                unpriced.push(row.date);
            }
        });
        Days { spent: by_day(noted, |row| unit.of(row)), unpriced }
    }

    fn sum(&self, range: DateRange) -> Usd {
        if range.from > range.to {
            return Usd::ZERO;
        }
        self.spent.range(range.from..=range.to).map(|(_, spent)| *spent).sum()
    }
}

/// How a budget stands, in its measure.
#[derive(Debug)]
pub(super) struct Reckoned {
    pub spent: Usd,
    pub unpriced: bool,
    pub remaining: Usd,
    pub burn_rate: Usd,
    pub days_left: Option<u32>,
    pub exhaustion_date: Option<NaiveDate>,
    pub severity: Severity,
    pub message: String,
    pub forecast: Option<Heading>,
}

/// Where a period is heading.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heading {
    pub end: Usd,
    pub low: Usd,
    pub high: Usd,
    pub crosses: Option<NaiveDate>,
    pub crosses_from: Option<NaiveDate>,
    pub crosses_to: Option<NaiveDate>,
}

impl Reckoned {
    pub(super) fn of(days: &Days, limit: Usd, period: Period, today: NaiveDate) -> Reckoned {
        let range = period.so_far(today);
        let spent = days.sum(range);
        let window = Window::D30.range(today);
        let remaining = (limit - spent).max(Usd::ZERO);
        let burn_rate = days.sum(window).per_day(window.days()).max(Usd::ZERO);
        let pace = days_left(remaining, burn_rate);
        let left = match period {
            // The month says how long the rest would last, also beyond its end.
            Period::Month => pace,
            Period::Week | Period::Day => {
                pace.filter(|left| in_days(today, *left).is_some_and(|day| day <= period.end(today)))
            }
            Period::Days(length) => pace.and_then(|_| rolls_over(days, limit, burn_rate, length, today)),
        };
        let (severity, message) = match (pace, left) {
            (Some(_), None) => (Severity::Normal, format!("{} at this pace", lasts(period))),
            _ => judged(limit, spent, left),
        };
        Reckoned {
            spent,
            unpriced: days.unpriced.iter().any(|date| range.contains(*date)),
            remaining,
            burn_rate,
            days_left: left,
            exhaustion_date: left.and_then(|left| in_days(today, left)),
            severity,
            message,
            forecast: heading(days, limit, spent, period, today),
        }
    }
}

/// Whole days; `None` when nothing is spent, or nothing is left to be.
fn days_left(remaining: Usd, burn_rate: Usd) -> Option<u32> {
    if remaining == Usd::ZERO || burn_rate == Usd::ZERO {
        return None;
    }
    Some(u32::try_from(remaining.pico() / burn_rate.pico()).unwrap_or(u32::MAX))
}

fn in_days(today: NaiveDate, days: u32) -> Option<NaiveDate> {
    today.checked_add_days(chrono::Days::new(days.into()))
}

/// Days until the last `length` days are more than the limit for the first time: as a new day comes the oldest leaves.
fn rolls_over(days: &Days, limit: Usd, burn_rate: Usd, length: u32, today: NaiveDate) -> Option<u32> {
    let mut coming = Usd::ZERO;
    (1..=length).find(|ahead| {
        coming += burn_rate;
        let Some(date) = in_days(today, *ahead) else { return false };
        days.sum(DateRange { from: DateRange::ending(date, length).from, to: today }) + coming > limit
    })
}

/// How a budget stands that is not used up in its period.
fn lasts(period: Period) -> &'static str {
    match period {
        Period::Month => "Lasts all month",
        Period::Week => "Lasts all week",
        Period::Day => "Lasts all day",
        Period::Days(_) => "Does not run out",
    }
}

fn judged(limit: Usd, spent: Usd, days: Option<u32>) -> (Severity, String) {
    match days {
        _ if spent > limit => (Severity::Critical, "Budget exceeded".to_owned()),
        // Exactly all of it is used, not exceeded.
        _ if spent == limit && spent > Usd::ZERO => (Severity::Critical, "Budget used".to_owned()),
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

fn heading(days: &Days, limit: Usd, spent: Usd, period: Period, today: NaiveDate) -> Option<Heading> {
    let forecaster = Forecaster::learn(&series(&days.spent, today))?;
    let end = period.end(today);
    // Today is not over: what it is expected to bring yet is left out, rather than counted twice.
    let tomorrow = today.succ_opt()?;
    // What is spent already and still counts on that day, and what comes to it.
    let until = |date: NaiveDate| {
        let kept = match period {
            Period::Days(length) => days.sum(DateRange { from: DateRange::ending(date, length).from, to: today }),
            Period::Month | Period::Week | Period::Day => spent,
        };
        (kept, forecaster.span(tomorrow, date))
    };
    let reaches = |amount: &dyn Fn(NaiveDate) -> Usd| {
        if spent > limit {
            return None;
        }
        tomorrow.iter_days().take_while(|date| *date <= end).find(|date| amount(*date) > limit)
    };
    let mid = |date| {
        let (kept, coming) = until(date);
        kept + coming.mid
    };
    let low = |date| {
        let (kept, coming) = until(date);
        kept + coming.low
    };
    let high = |date| {
        let (kept, coming) = until(date);
        kept + coming.high
    };
    Some(Heading {
        end: mid(end),
        low: low(end),
        high: high(end),
        crosses: reaches(&mid),
        crosses_from: reaches(&high),
        crosses_to: reaches(&low),
    })
}
