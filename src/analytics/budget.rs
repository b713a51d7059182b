//! Budgets: what is spent of each, how long the rest lasts at this pace, and where its period is heading.

mod reckon;
mod sentence;

use std::collections::BTreeMap;

use chrono::{Datelike, Months, NaiveDate};

use super::Facts;
use super::forecast::{Forecaster, Series};
use crate::model::{
    Budget, BudgetDay, BudgetStanding, Budgets, DateRange, Forecast, GLOBAL_BUDGET, NamedBudget, Period,
    PeriodForecast, RollupRow, Scope, Usd,
};
use reckon::{Days, Reckoned, Unit};
pub use sentence::{others, sentence};

/// Computes how the budget of all spend stands. `rows` are counted once; `today` is the date in the user's zone.
#[must_use]
pub fn budget(budgets: &Budgets, rows: &[RollupRow], today: NaiveDate) -> Budget {
    let monthly = budgets.monthly;
    let found = Reckoned::of(&Days::of(rows.iter(), Unit::Usd), monthly, Period::Month, today);
    Budget {
        monthly,
        currency: budgets.currency.clone(),
        spent: found.spent,
        unpriced: found.unpriced,
        remaining: found.remaining,
        burn_rate: found.burn_rate,
        days_until_exhaustion: found.days_left,
        exhaustion_date: found.exhaustion_date,
        severity: found.severity,
        message: found.message,
        forecast: found.forecast.map(|forecast| Forecast {
            month_end: forecast.end,
            low: forecast.low,
            high: forecast.high,
            crosses: forecast.crosses,
            crosses_from: forecast.crosses_from,
            crosses_to: forecast.crosses_to,
        }),
    }
}

/// Computes how every budget stands, that of all spend first.
#[must_use]
pub fn standings(budgets: &Budgets, facts: &Facts, today: NaiveDate) -> Vec<BudgetStanding> {
    let global = NamedBudget {
        id: GLOBAL_BUDGET.to_owned(),
        scope: Scope::Global,
        period: Period::Month,
        amount: Some(budgets.monthly),
        tokens: None,
        name: Some("Global".to_owned()),
        is_limit: false,
    };
    std::iter::once(&global).chain(&budgets.others).map(|budget| standing(budget, facts, today)).collect()
}

fn standing(budget: &NamedBudget, facts: &Facts, today: NaiveDate) -> BudgetStanding {
    let (limit, period) = (budget.limit(), budget.period);
    let unit = if limit.is_tokens() { Unit::Tokens } else { Unit::Usd };
    let rows = facts.rows.iter().filter(|row| is_about(&budget.scope, facts, row));
    let found = Reckoned::of(&Days::of(rows, unit), unit.measure(limit), period, today);
    let amount = |measured: Usd| unit.amount(measured);
    BudgetStanding {
        id: budget.id.clone(),
        name: budget.name.clone().unwrap_or_else(|| budget.scope.value().to_owned()),
        scope: budget.scope.clone(),
        period,
        period_key: period.key(today),
        from: period.so_far(today).from,
        to: period.end(today),
        amount: limit,
        spent: amount(found.spent),
        unpriced: found.unpriced && unit == Unit::Usd,
        remaining: amount(found.remaining),
        burn_rate: amount(found.burn_rate),
        days_until_exhaustion: found.days_left,
        exhaustion_date: found.exhaustion_date,
        severity: found.severity,
        message: found.message,
        forecast: found.forecast.map(|forecast| PeriodForecast {
            end: amount(forecast.end),
            low: amount(forecast.low),
            high: amount(forecast.high),
            crosses: forecast.crosses,
            crosses_from: forecast.crosses_from,
            crosses_to: forecast.crosses_to,
        }),
        is_limit: budget.is_limit,
    }
}

fn is_about(scope: &Scope, facts: &Facts, row: &RollupRow) -> bool {
    let project = || facts.names.name(&row.project);
    match scope {
        Scope::Global => true,
        Scope::Project(id) => project() == id,
        Scope::Model(model) => *row.model == **model,
        Scope::Source(source) => *row.source == **source,
        Scope::Client(client) => facts.clients.get(project()).is_some_and(|of| of == client),
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
    let spent = by_day(rows.iter().filter(|row| first <= row.date && row.date <= today), |row| row.spend.known_cost());
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
    series(&by_day(rows.iter().filter(|row| row.date < today), |row| row.spend.known_cost()), today)
}

/// Adds rows up by day. Rows mostly come day by day: a day is searched for once as long as it lasts.
fn by_day<'a>(
    rows: impl Iterator<Item = &'a RollupRow>,
    measure: impl Fn(&RollupRow) -> Usd,
) -> BTreeMap<NaiveDate, Usd> {
    let mut days = BTreeMap::new();
    let mut rows = rows.peekable();
    while let Some(first) = rows.next() {
        let mut sum = measure(first);
        while let Some(row) = rows.next_if(|row| row.date == first.date) {
            sum += measure(row);
        }
        *days.entry(first.date).or_default() += sum;
    }
    days
}

/// The days from the first to yesterday, without a gap.
fn series(spent: &BTreeMap<NaiveDate, Usd>, today: NaiveDate) -> Series {
    let Some(first) = spent.keys().next().copied() else { return Series { first: today, days: Vec::new() } };
    let all = first.iter_days().take_while(|date| *date < today);
    Series { first, days: all.map(|date| spent.get(&date).copied().unwrap_or_default()).collect() }
}

#[cfg(test)]
mod tests;
