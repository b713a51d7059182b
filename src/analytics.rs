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
mod lines;
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
mod sums;
mod tally;
mod unpriced;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use rayon::prelude::*;

use crate::model::{Analytics, Anomaly, Budgets, DateRange, Freshness, PreviousWindow, Spend, Window, WindowStats};
pub use attribution::{Attribution, ProjectPlaces};
pub use budget::{budget, budget_days, others as budget_sentences, sentence as budget_sentence, standings, whole_days};
pub use change::change_sentence;
pub use compare::{DayComparison, compare};
pub use covered::Covered;
pub use cube::cube;
pub use facts::{Facts, HourRow};
pub use forecast::{Backtest, Series, backtest};
use lines::Lines;
pub use machines::Machines;
pub use names::{Labels, ProjectNames, clients, model_label};
pub use projects::{BranchCost, ProjectReport, ProjectWindow, project_reports};
pub use quality::quality_by_day;
pub use reconcile::{CountingRules, MARGIN_DAYS, reconcile};
pub use report::{Report, ReportBy, ReportRow, Totals, report};
pub use sessions::sessions;
use sums::Sums;
pub use tally::{SessionNumber, SessionNumbers, Tally};
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
    let spans = Window::ALL.map(|window| {
        let range = window.range(today);
        (window, range, range.previous())
    });
    let is_shown = |date| spans.iter().any(|(_, range, before)| range.contains(date) || before.contains(date));
    let windows = || {
        let lines = Lines::of(facts, is_shown);
        let stats = |(window, range, before): &(Window, DateRange, DateRange)| {
            (window.key().to_owned(), span_stats(facts, &lines, *range, *before))
        };
        spans.par_iter().map(stats).collect()
    };
    let beside = || {
        let series = whole_days(&facts.rows, today);
        let anomalies = anomalies::anomalies(facts, &series, Window::D90.range(today));
        (budget(budgets, &facts.rows, today), standings(budgets, facts, today), anomalies)
    };
    let (windows, (budget, budgets, anomalies)) = rayon::join(windows, beside);
    Analytics {
        generated_at: now.to_rfc3339_opts(SecondsFormat::Millis, true),
        timezone: timezone.to_owned(),
        windows,
        budget,
        budgets,
        anomalies,
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
    let lines = Lines::of(facts, |date| range.contains(date) || before.contains(date));
    span_stats(facts, &lines, range, before)
}

fn span_stats(facts: &Facts, lines: &Lines<'_>, range: DateRange, before: DateRange) -> WindowStats {
    let ((sums, daily), (top_sessions, cache_savings, change)) = rayon::join(
        || {
            let sums = Sums::of(lines, range);
            let daily = sums.daily();
            (sums, daily)
        },
        || {
            let top_sessions = sessions::dearest(facts, lines, range, TOP_SESSIONS);
            let savings = savings::cache_savings(facts, lines, range);
            (top_sessions, savings, change::change(facts, lines, before, range))
        },
    );
    let mut previous = Spend::default();
    for line in lines.lines.iter().filter(|line| before.contains(line.row.date)) {
        previous += &line.row.spend;
    }
    let spend = &sums.total.spend;
    let (total_cost, previous_cost) = (spend.cost(), previous.cost());
    WindowStats {
        from: range.from,
        to: range.to,
        days: range.days(),
        total_cost,
        cost_basis: spend.by_basis,
        tokens_in: spend.tokens.tokens_in(),
        tokens_out: spend.tokens.output,
        tokens: spend.tokens,
        messages: spend.messages,
        sessions: sums.total.sessions(),
        burn_rate: total_cost.map(|cost| cost.per_day(range.days())),
        by_client: sums.client.breakdowns(),
        by_machine: sums.machine.breakdowns(),
        by_member: sums.member.breakdowns(),
        by_person: people::by_person(facts, range),
        by_model: sums.model.breakdowns(),
        by_project: sums.project.breakdowns(),
        by_source: sums.source.breakdowns(),
        daily,
        heat_map: clock::heat_map(facts, range),
        top_sessions,
        cache_savings,
        trend_pct: total_cost.zip(previous_cost).and_then(|(now, then)| now.change_pct(then)),
        change,
        previous: PreviousWindow {
            from: before.from,
            to: before.to,
            total_cost: previous_cost,
            tokens_in: previous.tokens.tokens_in(),
            tokens_out: previous.tokens.output,
        },
        unpriced: sums.total.unpriced(),
    }
}

#[cfg(test)]
mod tests;
