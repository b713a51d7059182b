//! From the snapshot to the finished page. Pure.

use chrono::Days;

use super::AnalyticsPage;
use super::change::{Changed, Part, UnusualDay};
use super::pace::Pace;
use crate::analytics::{self, budget_days, budget_sentence, change_sentence, model_label, unusual_days, window_stats};
use crate::charts;
use crate::components::{Share, Stat};
use crate::model::{
    Anomaly, Budget, Change, Chart, NO_CLIENT, Shown, Span, SpanQuery, TopSession, Usd, WindowStats, compact,
};
use crate::pages::breakdowns::Breakdowns;
use crate::pages::breakdowns::build::{breakdown, of_team};
use crate::pages::cards::{before_in_words, cards};
use crate::pages::shares::{export_query_of, money, part_of, shares, source_label};
use crate::sync::Snapshot;

/// Rows of a breakdown; more is for an export.
const TOP: usize = 12;

pub(super) fn page(
    snapshot: &Snapshot,
    shown: Shown,
    asked: &SpanQuery,
    stacked: bool,
    project: Option<&str>,
) -> AnalyticsPage {
    let today = snapshot.today;
    let kept = today.checked_sub_days(Days::new(u64::from(analytics::DAYS_KEPT) - 1)).unwrap_or(today);
    let first = snapshot.facts.rows.first().map_or(today, |row| row.date).clamp(kept, today);
    let span = asked.resolve(first, today);
    let facts = snapshot.facts_of(project);
    let stats = window_stats(&facts, span.range, span.before);
    let cube = analytics::cube(&facts, span.range, source_label);
    let unusual = unusual_days(&facts, span.range, today);
    let exports = export_query_of(snapshot, span.range, project);
    AnalyticsPage {
        first: first.to_string(),
        today: today.to_string(),
        days: format!("{}, compared with {}.", span.range.words(), span.before.words()),
        stats: cards_of(&stats, shown),
        trend: has_spend(&stats)
            .then(|| if stacked { charts::spend_by_model(&stats, shown) } else { charts::spend_lines(&stats, shown) }),
        pace: pace(snapshot, shown),
        changed: changed(&stats, shown),
        unusual: unusual.iter().map(|day| unusual_day(day, shown)).collect(),
        charts: charts_of(snapshot, &stats, shown),
        hours: charts::hours(&stats, shown),
        breakdowns: breakdowns(&stats, shown, &exports),
        sessions: stats
            .top_sessions
            .iter()
            .map(|session| session_share(snapshot, session, stats.total_cost, shown))
            .collect(),
        exports,
        cube,
        empty: (stats.messages == 0).then(|| nothing(snapshot, &span)),
        span,
        shown,
    }
}

fn nothing(snapshot: &Snapshot, span: &Span) -> String {
    if !snapshot.has_data {
        return "No usage has been read yet. Use Claude Code once, enter the key of a provider, or look around with \
                the demo data that the overview tells of: the charts appear by themselves."
            .to_owned();
    }
    format!("Nothing was used from {}. Choose other days, or all projects.", span.range.words())
}

fn has_spend(stats: &WindowStats) -> bool {
    stats.by_model.values().any(|part| part.cost.is_some_and(|cost| cost != Usd::ZERO))
}

/// The overview's cards, with what the cache saved in the place of how often it was used.
fn cards_of(stats: &WindowStats, shown: Shown) -> Vec<Stat> {
    let mut cards = cards(stats, shown);
    if let (Some(saved), Some(card)) = (stats.cache_savings.filter(|saved| *saved > Usd::ZERO), cards.get_mut(2)) {
        card.note = format!("{}, saves {}", card.strong, shown.rough(saved));
        card.strong = String::new();
    }
    cards
}

fn pace(snapshot: &Snapshot, shown: Shown) -> Pace {
    let standing = &snapshot.analytics.budget;
    let days = budget_days(&snapshot.facts.rows, snapshot.today);
    let percent = percent_spent(standing);
    Pace {
        severity: standing.severity,
        headline: standing.message.clone(),
        sentence: budget_sentence(standing, shown),
        percent: u32::try_from(percent.clamp(0, 100)).unwrap_or(100),
        percent_text: format!("{percent} % of {} this month", shown.rough(standing.monthly)),
        facts: pace_facts(standing, shown),
        chart: charts::budget_burn_down(standing, &days, shown),
    }
}

fn percent_spent(standing: &Budget) -> i128 {
    if standing.monthly <= Usd::ZERO {
        return 0;
    }
    standing.spent.pico() * 100 / standing.monthly.pico()
}

fn pace_facts(standing: &Budget, shown: Shown) -> Vec<(String, String)> {
    let runs_out = match (standing.exhaustion_date, standing.days_until_exhaustion) {
        (Some(date), Some(days)) => {
            format!("{} ({days} {})", date.format("%-d %b %Y"), if days == 1 { "day" } else { "days" })
        }
        _ if standing.spent >= standing.monthly && standing.spent > Usd::ZERO => "already has".to_owned(),
        _ => "never at this pace".to_owned(),
    };
    let spent = money(shown, Some(standing.spent), standing.unpriced);
    [
        ("Daily average, 30 days", money(shown, Some(standing.burn_rate), standing.unpriced)),
        ("Spent this month", spent),
        ("Left", shown.money(standing.remaining)),
        ("Runs out", runs_out),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}

fn changed(stats: &WindowStats, shown: Shown) -> Changed {
    let change = &stats.change;
    let before = before_in_words(stats);
    if change.sentence.is_empty() {
        let sentence = format!("Nothing was spent in {before}, so there is nothing to compare with.");
        return Changed { sentence, ..Changed::default() };
    }
    let left_out = "Usage without a price is left out of both.";
    Changed {
        sentence: change_sentence(change, shown),
        against: format!("against {} in {before}", shown.money(stats.previous.total_cost.unwrap_or_default())),
        parts: parts(change, shown),
        drivers: change.drivers.iter().map(|driver| (shown.signed(driver.amount), driver.text.clone())).collect(),
        note: if change.unpriced { left_out.to_owned() } else { String::new() },
    }
}

fn parts(change: &Change, shown: Shown) -> Vec<Part> {
    let parts = [
        ("Volume", "more or less work", change.volume),
        ("Mix", "other models, longer or shorter answers", change.mix),
        ("Cache", "how much of the prompts came from the cache", change.cache),
        ("Price", "the same tokens at another price", change.price),
    ];
    let steps = shown.steps();
    let total = steps.of(change.total);
    let amounts = steps.parts(total, &parts.map(|(_, _, amount)| amount));
    let lines = parts.into_iter().map(|(name, means, _)| (name, means)).chain([("Together", "")]);
    let line = |((name, means), amount): ((&str, &str), i128)| Part {
        name: name.to_owned(),
        means: means.to_owned(),
        amount: steps.signed(amount),
    };
    lines.zip(amounts.into_iter().chain([total])).map(line).collect()
}

fn unusual_day(day: &Anomaly, shown: Shown) -> UnusualDay {
    let because = day.driver.zip(day.project.as_ref()).zip(day.model.as_ref());
    UnusualDay {
        date: day.date.format("%a, %-d %b %Y").to_string(),
        cost: shown.money(day.cost),
        usual: usual(day, shown),
        because: because.map_or_else(String::new, |((amount, project), model)| {
            format!("{} {} on {project}", shown.signed(amount), model_label(model))
        }),
    }
}

fn usual(day: &Anomaly, shown: Shown) -> String {
    if day.low == Usd::ZERO {
        return format!("up to {}", shown.rough(day.high));
    }
    format!("{} to {}", shown.rough(day.low), shown.rough(day.high))
}

fn charts_of(snapshot: &Snapshot, stats: &WindowStats, shown: Shown) -> Vec<(String, Chart)> {
    let charts = [
        ("Cost by model", charts::cost_by_model(stats, shown)),
        ("Cost by project", charts::cost_by_project(stats, shown, |id| snapshot.project_name(id))),
        ("Tokens by kind", charts::tokens_by_kind(stats)),
        ("Prompts from the cache", charts::cache_hit_rate(stats)),
    ];
    charts.into_iter().filter_map(|(title, chart)| Some((title.to_owned(), chart?))).collect()
}

fn breakdowns(stats: &WindowStats, shown: Shown, exports: &str) -> Vec<Breakdowns> {
    let mut parts = Vec::new();
    if stats.by_client.keys().any(|client| client != NO_CLIENT) {
        let words = ["Cost by client", "Client", "client"];
        parts.push(breakdown(words, stats, &stats.by_client, shown, exports, str::to_owned));
    }
    if stats.by_source.len() > 1 {
        let words = ["Cost by source", "Source", "source"];
        parts.push(breakdown(words, stats, &stats.by_source, shown, exports, source_label));
    }
    parts.extend(of_team(stats, shown, exports));
    if !stats.by_person.is_empty() {
        let all = stats.by_person.values().filter_map(|person| person.cost).sum();
        parts.push(Breakdowns {
            title: "Cost by person".to_owned(),
            column: "Person or key".to_owned(),
            note: "As the provider estimates it, by UTC day; in no total of this page.".to_owned(),
            rows: shares(shown, &stats.by_person, Some(all), str::to_owned, TOP),
            exports: String::new(),
        });
    }
    parts
}

fn session_share(snapshot: &Snapshot, session: &TopSession, total: Option<Usd>, shown: Shown) -> Share {
    Share {
        name: format!("{}, {}", snapshot.project_name(&session.project), session.last_day.format("%-d %b")),
        full: session.session.clone(),
        cost: money(shown, session.cost, session.unpriced),
        percent: session.cost.and_then(|cost| part_of(cost, total)),
        tokens: compact(session.tokens.total()),
    }
}
