//! What the coming days are expected to cost, learnt from whole days: the level of late, how the days of the week
//! differ, and a trend that fades.
//!
//! Estimates, so floating point; an amount leaves as money, rounded once. The range comes from how wrong such forecasts
//! were on days that are over; [`backtest`] says how well that holds.

use chrono::{Datelike, Days, NaiveDate};

use crate::model::Usd;

/// With fewer whole days there is no forecast: a weekday would be known by one day.
pub const DAYS_NEEDED: usize = 14;
/// What is longer ago says nothing about next week.
const DAYS_USED: usize = 112;
/// Days on which forecasts are tried out.
const DAYS_TRIED: usize = 56;
/// A day this long ago counts half.
const HALF_LIFE: f64 = 42.0;
/// Days of an average weekday that each weekday's own days are added to, so that one odd Sunday decides nothing.
const PRIOR_DAYS: f64 = 0.5;
/// Of a day's trend so much is left on the next.
const DAMPING: f64 = 0.9;
/// Dollars: what is more is no forecast, and would not be held exactly.
pub(super) const LARGEST: f64 = 8e9;
/// Within which four of five outcomes of a normal distribution lie.
const Z80: f64 = 1.2816;
/// The spread grows with the root of the days ahead; forecasts of so many days are tried out to learn it.
const HORIZONS: [usize; 3] = [1, 7, 14];

/// Money by whole days, without a gap, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Series {
    pub first: NaiveDate,
    pub days: Vec<Usd>,
}

/// What was learnt from a series.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecaster {
    last: NaiveDate,
    level: f64,
    /// Of the level, by days from Monday.
    weekday: [f64; 7],
    /// Dollars a day, each day, before it fades.
    trend: f64,
    /// Of a single day, dollars: the root of the mean square of the errors.
    spread: f64,
}

/// Amounts between which the outcome lies four times out of five, and the one expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    pub low: Usd,
    pub mid: Usd,
    pub high: Usd,
}

/// How wrong forecasts of seven days were.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Backtest {
    /// Forecasts that could be compared with what came.
    pub forecasts: usize,
    /// Sum of the errors in percent of what came.
    pub error_pct: f64,
    /// The same for a forecast that takes the mean of the days before.
    pub plain_error_pct: f64,
    /// How many of the outcomes lay within the range, in percent; 80 is what it promises.
    pub within_pct: f64,
}

impl Series {
    pub(super) fn date(&self, at: usize) -> NaiveDate {
        self.first.checked_add_days(Days::new(at as u64)).unwrap_or(self.first)
    }

    /// Dollars of a day. What a correction takes back was spent on other days: below zero nothing is learnt.
    fn amount(&self, at: usize) -> f64 {
        self.days[at].to_f64().max(0.0)
    }

    fn until(&self, end: usize) -> Series {
        Series { first: self.first, days: self.days[..end.min(self.days.len())].to_vec() }
    }
}

impl Forecaster {
    /// Learns; `None` from fewer than [`DAYS_NEEDED`] days.
    #[must_use]
    pub fn learn(series: &Series) -> Option<Forecaster> {
        // A trend must earn its place: on days that are over it made forecasts better, or it is left out.
        let [level, trending] = spreads(series);
        let better = level.zip(trending).is_some_and(|(level, trending)| trending < level);
        let (trend, spread) = if better { (Trend::Followed, trending) } else { (Trend::None, level) };
        let mut forecaster = Forecaster::fit(series, trend)?;
        forecaster.spread = spread.unwrap_or(forecaster.level);
        Some(forecaster)
    }

    /// Learns all but the spread.
    pub(super) fn fit(series: &Series, trend: Trend) -> Option<Forecaster> {
        let count = series.days.len();
        if count < DAYS_NEEDED {
            return None;
        }
        let used: Vec<(usize, f64, f64)> = (count.saturating_sub(DAYS_USED)..count)
            .map(|at| {
                let weight = 0.5_f64.powf((count - 1 - at) as f64 / HALF_LIFE);
                let weekday = series.date(at).weekday().num_days_from_monday() as usize;
                (weekday, series.amount(at), weight)
            })
            .collect();
        let mean = used.iter().map(|(_, amount, _)| amount).sum::<f64>() / used.len() as f64;
        let mut weekday = [1.0; 7];
        if mean > 0.0 {
            let mut own = [(0.0, 0.0); 7];
            for (day, amount, _) in &used {
                own[*day].0 += amount / mean;
                own[*day].1 += 1.0;
            }
            weekday = own.map(|(sum, days)| ((sum + PRIOR_DAYS) / (days + PRIOR_DAYS)).max(0.0));
        }
        // A weekend just over is no lower level: each day counts for as much as its weekday usually is.
        let (sum, weights) = used.iter().fold((0.0, 0.0), |(sum, weights), (day, amount, weight)| {
            (sum + amount * weight, weights + weekday[*day] * weight)
        });
        let level = if weights > 0.0 { sum / weights } else { 0.0 };
        Some(Forecaster { last: series.date(count - 1), level, weekday, trend: trend.of(series), spread: 0.0 })
    }

    /// Returns the dollars expected of a day.
    pub(super) fn expected(&self, date: NaiveDate) -> f64 {
        let ahead = (date - self.last).num_days().max(1);
        let faded = DAMPING * (1.0 - DAMPING.powf(ahead as f64)) / (1.0 - DAMPING);
        let factor = self.weekday[date.weekday().num_days_from_monday() as usize];
        ((self.level + self.trend * faded) * factor).max(0.0)
    }

    /// Returns what the days from `from` to `to`, both included, are expected to come to. Never below zero.
    #[must_use]
    pub fn span(&self, from: NaiveDate, to: NaiveDate) -> Expected {
        let days: Vec<f64> = from.iter_days().take_while(|date| *date <= to).map(|date| self.expected(date)).collect();
        let mid: f64 = days.iter().sum();
        let around = Z80 * self.spread * (days.len() as f64).sqrt();
        let money = |amount: f64| Usd::from_f64(amount.clamp(0.0, LARGEST)).unwrap_or_default();
        Expected { low: money(mid - around), mid: money(mid), high: money(mid + around) }
    }
}

/// Whether spend that grows or shrinks is expected to go on doing so for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trend {
    None,
    Followed,
}

impl Trend {
    /// Dollars a day, each day, by which the last two weeks differ from the two before; none without those.
    fn of(self, series: &Series) -> f64 {
        let count = series.days.len();
        if self == Trend::None || count < 28 {
            return 0.0;
        }
        let sum = |from: usize| (from..from + 14).map(|at| series.amount(at)).sum::<f64>();
        (sum(count - 14) - sum(count - 28)) / 14.0 / 14.0
    }
}

/// The error of a day without a trend and with one, from forecasts made on days that are over.
fn spreads(series: &Series) -> [Option<f64>; 2] {
    let count = series.days.len();
    let mut squares: [[Vec<f64>; HORIZONS.len()]; 2] = Default::default();
    for end in DAYS_NEEDED.max(count.saturating_sub(DAYS_TRIED))..count {
        let known = series.until(end);
        let Some(level) = Forecaster::fit(&known, Trend::None) else { continue };
        let trending = Forecaster { trend: Trend::Followed.of(&known), ..level.clone() };
        for (forecaster, squares) in [level, trending].iter().zip(&mut squares) {
            for (horizon, squares) in HORIZONS.into_iter().zip(squares).filter(|(horizon, _)| end + horizon <= count) {
                let forecast = forecaster.span(series.date(end), series.date(end + horizon - 1));
                let came: Usd = series.days[end..end + horizon].iter().copied().sum();
                let error = forecast.mid.to_f64() - came.to_f64();
                squares.push(error * error / horizon as f64);
            }
        }
    }
    squares.map(|squares| {
        let squares = squares.concat();
        (!squares.is_empty()).then(|| (squares.iter().sum::<f64>() / squares.len() as f64).sqrt())
    })
}

/// Compares forecasts of seven days with what came, on the last eight weeks; `None` when there is nothing to compare.
#[must_use]
pub fn backtest(series: &Series) -> Option<Backtest> {
    const WEEK: usize = 7;
    let count = series.days.len();
    let origins: Vec<usize> =
        (DAYS_NEEDED.max(count.saturating_sub(DAYS_TRIED))..=count.saturating_sub(WEEK)).collect();
    let (mut error, mut plain, mut total, mut within, mut forecasts) = (0.0, 0.0, 0.0, 0_usize, 0_usize);
    for end in origins {
        // The range too is learnt from what was known then.
        let Some(forecaster) = Forecaster::learn(&series.until(end)) else { continue };
        let expected = forecaster.span(series.date(end), series.date(end + WEEK - 1));
        let came: Usd = series.days[end..end + WEEK].iter().copied().sum();
        let before = &series.days[end.saturating_sub(4 * WEEK)..end];
        let mean = before.iter().map(|day| day.to_f64()).sum::<f64>() / before.len().max(1) as f64;
        error += (expected.mid.to_f64() - came.to_f64()).abs();
        plain += (mean * WEEK as f64 - came.to_f64()).abs();
        total += came.to_f64();
        within += usize::from(expected.low <= came && came <= expected.high);
        forecasts += 1;
    }
    (forecasts > 0 && total > 0.0).then(|| Backtest {
        forecasts,
        error_pct: error / total * 100.0,
        plain_error_pct: plain / total * 100.0,
        within_pct: within as f64 / forecasts as f64 * 100.0,
    })
}

#[cfg(test)]
mod tests;
