//! Facts → numbers: everything a page, a report or an export shows is computed here, once, at sync time.
//!
//! Pure: no IO, no async, no clock. `today` and the rows are arguments, so that the same input gives the same output.

mod anomalies;
mod attribution;
mod budget;
mod change;
mod clock;
mod compare;
mod covered;
mod cube;
mod facts;
mod forecast;
pub mod health;
mod machines;
pub mod margin;
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

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::model::{
    Analytics, Anomaly, Breakdown, Budgets, DateRange, DaySpend, Freshness, NO_CLIENT, PreviousWindow, RollupRow,
    Spend, Usd, Window, WindowStats,
};
pub use attribution::{Attribution, ProjectPlaces};
pub use budget::{budget, budget_days, others as budget_sentences, sentence as budget_sentence, standings, whole_days};
pub use change::change_sentence;
pub use compare::{DayComparison, compare};
pub use covered::Covered;
pub use cube::cube;
pub use facts::{Facts, HourRow};
pub use forecast::{Backtest, Series, backtest};
pub use machines::Machines;
pub use names::{Labels, ProjectNames, clients, model_label};
pub use projects::{BranchCost, ProjectReport, ProjectWindow, project_reports};
pub use quality::quality_by_day;
pub use reconcile::{CountingRules, MARGIN_DAYS, reconcile};
pub use report::{Report, ReportBy, ReportRow, Totals, report};
use savings::KnownRates;
pub use sessions::sessions;
use tally::SessionNumber;
pub use tally::{SessionNumbers, Tally};
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
        windows: Window::ALL.into_par_iter().map(stats).collect(),
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
    let mut previous = Spend::default();
    let mut groups = Groups::default();
    let mut sessions = SessionNumbers::default();
    let mut days: FxHashMap<NaiveDate, Day<'_>> = FxHashMap::default();
    for row in facts.rows.iter() {
        if before.contains(row.date) {
            previous += &row.spend;
        }
        if !range.contains(row.date) {
            continue;
        }
        let project = facts.names.name(&row.project);
        let session = sessions.of(row);
        total.add(row, session);
        groups.add(row, session, project, facts);
        days.entry(row.date).or_default().add(row, project);
    }
    let total_cost = total.spend.cost();
    let previous_cost = previous.cost();
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
        by_client: groups.client.breakdowns(),
        by_machine: groups.machine.breakdowns(),
        by_member: groups.member.breakdowns(),
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
            tokens_in: previous.tokens.tokens_in(),
            tokens_out: previous.tokens.output,
        },
        unpriced: total.unpriced(),
    }
}

fn day_spend(date: NaiveDate, day: Option<&Day<'_>>) -> DaySpend {
    let Some(day) = day else {
        return DaySpend { date, cost: Some(Usd::ZERO), ..DaySpend::default() };
    };
    DaySpend {
        date,
        cost: day.total.cost(),
        tokens_in: day.total.tokens.tokens_in(),
        tokens_out: day.total.tokens.output,
        tokens: day.total.tokens,
        by_model: costs(&day.model),
        by_project: costs(&day.project),
        by_source: costs(&day.source),
    }
}

fn costs(group: &FxHashMap<&str, Cost>) -> BTreeMap<String, Option<Usd>> {
    group.iter().map(|(name, cost)| ((*name).to_owned(), cost.known())).collect()
}

/// What a day's costs are made of; nobody asks for its sessions.
#[derive(Default)]
struct Day<'a> {
    total: Spend,
    model: FxHashMap<&'a str, Cost>,
    project: FxHashMap<&'a str, Cost>,
    source: FxHashMap<&'a str, Cost>,
}

impl<'a> Day<'a> {
    fn add(&mut self, row: &'a RollupRow, project: &'a str) {
        self.total += &row.spend;
        for (group, name) in
            [(&mut self.model, row.model.as_ref()), (&mut self.project, project), (&mut self.source, &row.source)]
        {
            group.entry(name).or_default().add(&row.spend);
        }
    }
}

/// What of a [`Spend`] says what it cost: there are many of these, and nothing else of them is asked for.
#[derive(Default)]
struct Cost {
    amount: Usd,
    messages: u64,
    unpriced: u64,
}

impl Cost {
    fn add(&mut self, spend: &Spend) {
        self.amount += spend.known_cost();
        self.messages = self.messages.saturating_add(spend.messages);
        self.unpriced = self.unpriced.saturating_add(spend.unpriced_messages);
    }

    /// As [`Spend::cost`].
    fn known(&self) -> Option<Usd> {
        (self.unpriced == 0 || self.unpriced < self.messages).then_some(self.amount)
    }
}

#[derive(Default)]
struct Groups<'a> {
    model: Group<'a>,
    project: Group<'a>,
    source: Group<'a>,
    client: Group<'a>,
    machine: Group<'a>,
    member: Group<'a>,
}

impl<'a> Groups<'a> {
    fn add(&mut self, row: &'a RollupRow, session: Option<SessionNumber>, project: &'a str, facts: &'a Facts) {
        let add = |group: &mut Group<'a>, name: &'a str| group.0.entry(name).or_default().add(row, session);
        add(&mut self.model, &row.model);
        add(&mut self.project, project);
        add(&mut self.source, &row.source);
        add(&mut self.client, facts.clients.get(project).map_or(NO_CLIENT, String::as_str));
        add(&mut self.machine, facts.machines.machine(row));
        add(&mut self.member, facts.machines.member(row));
    }
}

#[derive(Default)]
struct Group<'a>(FxHashMap<&'a str, Tally<'a>>);

impl<'a> Group<'a> {
    fn breakdowns(&self) -> BTreeMap<String, Breakdown> {
        self.0.iter().map(|(name, tally)| ((*name).to_owned(), tally.breakdown())).collect()
    }
}

#[cfg(test)]
mod tests;
