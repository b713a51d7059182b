//! Facts → numbers: everything a page, a report or an export shows is computed here, once, at sync time.
//!
//! Pure: no IO, no async, no clock. `today` and the rows are arguments, so that the same input gives the same output.

mod anomalies;
mod attribution;
mod budget;
mod change;
mod clock;
mod compare;
mod cube;
mod facts;
mod forecast;
pub mod health;
mod names;
mod people;
mod projects;
mod quality;
mod reconcile;
mod report;
mod savings;
mod sessions;
mod tally;
mod unpriced;

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};

use crate::model::{
    Analytics, Anomaly, Breakdown, Budgets, DateRange, DaySpend, Freshness, NO_CLIENT, NO_MACHINE, PreviousWindow,
    RollupRow, Usd, Window, WindowStats,
};
pub use attribution::{Attribution, ProjectPlaces};
pub use budget::{budget, budget_days, others as budget_sentences, sentence as budget_sentence, standings, whole_days};
pub use compare::{DayComparison, compare};
pub use cube::cube;
pub use facts::{Facts, HourRow};
pub use forecast::{Backtest, Series, backtest};
pub use names::{ProjectNames, model_label};
pub use projects::{BranchCost, ProjectReport, ProjectWindow, project_reports};
pub use quality::quality_by_day;
pub use reconcile::reconcile;
pub use report::{Report, ReportBy, ReportRow, Totals, report, report_by};
use savings::KnownRates;
pub use sessions::sessions;
pub use tally::Tally;
pub use unpriced::{UnpricedModel, unpriced};

/// Days kept in memory: a year and a month, so that a month can be compared with the one a year before.
pub const DAYS_KEPT: u32 = 400;
/// Sessions a window names.
const TOP_SESSIONS: usize = 10;

/// Computes the published document.
#[must_use]
pub fn generate(
    facts: &Facts,
    today: NaiveDate,
    timezone: &str,
    budgets: &Budgets,
    freshness: Vec<Freshness>,
    now: DateTime<Utc>,
) -> Analytics {
    let stats = |window: Window| {
        let range = window.range(today);
        (window.key().to_owned(), window_stats(facts, range, range.previous()))
    };
    let series = whole_days(&facts.rows, today);
    Analytics {
        generated_at: now.to_rfc3339_opts(SecondsFormat::Millis, true),
        timezone: timezone.to_owned(),
        windows: Window::ALL.into_iter().map(stats).collect(),
        budget: budget(budgets, &facts.rows, today),
        budgets: standings(budgets, facts, today),
        anomalies: anomalies::anomalies(facts, &series, Window::D90.range(today)),
        freshness,
    }
}

/// Returns the days of a span that cost far more or less than usual, latest first.
#[must_use]
pub fn unusual_days(facts: &Facts, range: DateRange, today: NaiveDate) -> Vec<Anomaly> {
    anomalies::anomalies(facts, &whole_days(&facts.rows, today), range)
}

/// Returns which of today and yesterday cost far more than usual; today as far as it has come.
#[must_use]
pub fn spikes(facts: &Facts, today: NaiveDate) -> Vec<Anomaly> {
    let tomorrow = today.succ_opt().unwrap_or(today);
    let days = unusual_days(facts, DateRange::ending(today, 2), tomorrow);
    days.into_iter().filter(|day| day.cost > day.high).collect()
}

/// Computes one span of days: totals, breakdowns, a zero-filled series, and the change against another span.
#[must_use]
pub fn window_stats(facts: &Facts, range: DateRange, before: DateRange) -> WindowStats {
    let mut total = Tally::default();
    let mut previous = Tally::default();
    let mut groups = Groups::default();
    let mut days: HashMap<NaiveDate, (Tally<'_>, Groups<'_>)> = HashMap::new();
    for row in facts.rows.iter() {
        if before.contains(row.date) {
            previous.add(row);
        }
        if !range.contains(row.date) {
            continue;
        }
        total.add(row);
        groups.add(row, facts);
        let day = days.entry(row.date).or_default();
        day.0.add(row);
        day.1.add(row, facts);
    }
    let total_cost = total.spend.cost();
    let previous_cost = previous.spend.cost();
    let mut rates = KnownRates::new(facts);
    WindowStats {
        from: range.from,
        to: range.to,
        days: range.days(),
        total_cost,
        cost_basis: total.spend.by_basis,
        tokens_in: total.spend.tokens.tokens_in(),
        tokens_out: total.spend.tokens.output,
        tokens: total.spend.tokens,
        messages: total.spend.messages,
        sessions: total.sessions(),
        burn_rate: total_cost.map(|cost| cost.per_day(range.days())),
        by_client: regrouped(&facts.rows, range, |row| client(facts, row)),
        by_machine: regrouped(&facts.rows, range, |row| {
            facts.machines.get(row.source.as_ref()).map_or(NO_MACHINE, String::as_str)
        }),
        by_person: people::by_person(facts, range),
        by_model: groups.model.breakdowns(),
        by_project: groups.project.breakdowns(),
        by_source: groups.source.breakdowns(),
        daily: range.iter().map(|date| day_spend(date, days.get(&date))).collect(),
        heat_map: clock::heat_map(facts, range),
        top_sessions: sessions::dearest(facts, range, TOP_SESSIONS),
        cache_savings: savings::cache_savings(facts, &mut rates, range),
        trend_pct: total_cost.zip(previous_cost).and_then(|(now, then)| now.change_pct(then)),
        change: change::change(facts, &mut rates, before, range),
        previous: PreviousWindow {
            from: before.from,
            to: before.to,
            total_cost: previous_cost,
            tokens_in: previous.spend.tokens.tokens_in(),
            tokens_out: previous.spend.tokens.output,
        },
        unpriced: total.unpriced(),
    }
}

fn client<'a>(facts: &'a Facts, row: &'a RollupRow) -> &'a str {
    facts.clients.get(facts.names.name(&row.project)).map_or(NO_CLIENT, String::as_str)
}

fn regrouped<'a>(
    rows: &'a [RollupRow],
    range: DateRange,
    key: impl Fn(&'a RollupRow) -> &'a str,
) -> BTreeMap<String, Breakdown> {
    let mut group = Group::default();
    for row in rows.iter().filter(|row| range.contains(row.date)) {
        group.0.entry(key(row)).or_default().add(row);
    }
    group.breakdowns()
}

fn day_spend(date: NaiveDate, day: Option<&(Tally<'_>, Groups<'_>)>) -> DaySpend {
    let Some((total, groups)) = day else {
        return DaySpend { date, cost: Some(Usd::ZERO), ..DaySpend::default() };
    };
    DaySpend {
        date,
        cost: total.spend.cost(),
        tokens_in: total.spend.tokens.tokens_in(),
        tokens_out: total.spend.tokens.output,
        tokens: total.spend.tokens,
        by_model: groups.model.costs(),
        by_project: groups.project.costs(),
        by_source: groups.source.costs(),
    }
}

#[derive(Default)]
struct Groups<'a> {
    model: Group<'a>,
    project: Group<'a>,
    source: Group<'a>,
}

impl<'a> Groups<'a> {
    fn add(&mut self, row: &'a RollupRow, facts: &'a Facts) {
        self.model.0.entry(&row.model).or_default().add(row);
        self.project.0.entry(facts.names.name(&row.project)).or_default().add(row);
        self.source.0.entry(&row.source).or_default().add(row);
    }
}

#[derive(Default)]
struct Group<'a>(HashMap<&'a str, Tally<'a>>);

impl Group<'_> {
    fn breakdowns(&self) -> BTreeMap<String, Breakdown> {
        self.0.iter().map(|(name, tally)| ((*name).to_owned(), tally.breakdown())).collect()
    }

    fn costs(&self) -> BTreeMap<String, Option<Usd>> {
        self.0.iter().map(|(name, tally)| ((*name).to_owned(), tally.spend.cost())).collect()
    }
}

#[cfg(test)]
mod tests;
