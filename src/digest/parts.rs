//! The parts of a digest. Each is empty when there is nothing to say.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use super::Digest;
use super::markdown::{escaped, table};
use crate::analytics::{ProjectReport, budget_sentence, model_label};
use crate::model::{
    Anomaly, Breakdown, Budget, Freshness, FreshnessState, ProjectStatus, Shown, Usd, WindowStats, compact, grouped,
};

/// More would be a report, and `allclear report` writes that.
const TOP: usize = 5;
/// Below it a score is poor.
const POOR: u8 = 50;

fn money(cost: Option<Usd>, more: bool) -> String {
    match cost {
        Some(cost) if more => format!("{cost} +"),
        Some(cost) => cost.to_string(),
        None => "no price".to_owned(),
    }
}

fn is_empty(stats: &WindowStats) -> bool {
    stats.by_model.is_empty()
}

/// What the span came to, in three words.
pub(super) fn headline(stats: &WindowStats) -> String {
    match stats.total_cost {
        _ if is_empty(stats) => "nothing used".to_owned(),
        None => "usage without a price".to_owned(),
        Some(cost) if !stats.unpriced.models.is_empty() => format!("at least {cost}"),
        Some(cost) => cost.to_string(),
    }
}

pub(super) fn summary(digest: &Digest<'_>) -> String {
    let stats = digest.stats;
    let before = digest.before();
    let mut days = format!("{} ({})", span(stats.from, stats.to), escaped(digest.timezone));
    if stats.to >= digest.today {
        days += ", which is not over yet";
    }
    if is_empty(stats) {
        let then = match stats.previous.total_cost {
            Some(Usd::ZERO) => format!("nor in {before}"),
            Some(cost) => format!("after {cost} in {before}"),
            None => format!("after usage without a price in {before}"),
        };
        return format!("{days}. Nothing was used, {then}.");
    }
    let rate = stats.burn_rate.filter(|_| !digest.is_day());
    let rate = rate.map_or_else(String::new, |rate| format!(", {rate} a day"));
    let cached = stats.tokens.cache_hit_pct().map(|percent| format!(", {percent} % of the prompts from the cache"));
    let lines = [
        format!("{days}. {} spent{rate}.", capital(&headline(stats))),
        change(stats, before),
        format!(
            "{} in {}; {} tokens{}.",
            counted(stats.messages, "message"),
            counted(stats.sessions, "session"),
            compact(stats.tokens.total()),
            cached.unwrap_or_default()
        ),
    ];
    lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n\n")
}

/// How the span differs from the one before, with the reasons where they are known.
fn change(stats: &WindowStats, before: &str) -> String {
    let (Some(now), Some(then)) = (stats.total_cost, stats.previous.total_cost) else {
        return format!("It cannot be compared with {before}: a part has no price.");
    };
    if then == Usd::ZERO {
        return format!("Nothing was spent in {before}.");
    }
    let percent = stats.trend_pct.map_or_else(String::new, |percent| {
        let sign = if percent < 0 { '\u{2212}' } else { '+' };
        format!(" ({sign}{} %)", percent.unsigned_abs())
    });
    let against = format!("{then} in {before}{percent}");
    if stats.change.sentence.is_empty() {
        let difference = now - then;
        let sign = if difference > Usd::ZERO { "+" } else { "" };
        return format!("{sign}{difference} against {against}.");
    }
    format!("{}. Against {against}.", escaped(stats.change.sentence.trim_end_matches('.')))
}

pub(super) fn budget(budget: &Budget) -> String {
    budget_sentence(budget, Shown::USD)
}

pub(super) fn models(stats: &WindowStats) -> String {
    shares("Model", &stats.by_model, stats.total_cost, model_label)
}

pub(super) fn projects(stats: &WindowStats) -> String {
    shares("Project", &stats.by_project, stats.total_cost, str::to_owned)
}

/// The dearest first; what has no price comes last, and what does not fit is named.
fn shares(
    column: &str,
    breakdown: &BTreeMap<String, Breakdown>,
    total: Option<Usd>,
    label: fn(&str) -> String,
) -> String {
    let mut all: Vec<(&String, &Breakdown)> = breakdown.iter().collect();
    if all.is_empty() {
        return String::new();
    }
    all.sort_by(|a, b| b.1.cost.cmp(&a.1.cost).then_with(|| a.0.cmp(b.0)));
    let whole = total.map_or(0, Usd::pico);
    let percent =
        |cost: Usd| if whole > 0 { format!("{} %", (cost.pico() * 100 + whole / 2) / whole) } else { String::new() };
    let row = |(name, part): &(&String, &Breakdown)| {
        vec![
            escaped(&label(name)),
            money(part.cost, part.unpriced),
            part.cost.map(percent).unwrap_or_default(),
            compact(part.tokens_in.saturating_add(part.tokens_out)),
            part.sessions.to_string(),
        ]
    };
    let rows: Vec<Vec<String>> = all.iter().take(TOP).map(row).collect();
    let mut text = table(&[column, "Cost", "Share", "Tokens", "Sessions"], &rows);
    let rest = all.get(TOP..).unwrap_or_default();
    if !rest.is_empty() {
        let cost: Usd = rest.iter().filter_map(|(_, part)| part.cost).sum();
        text += &format!("\nAnd {} more, {cost} together.\n", rest.len());
    }
    text
}

pub(super) fn anomalies(digest: &Digest<'_>) -> String {
    let stats = digest.stats;
    let of_week = |anomaly: &&Anomaly| stats.from <= anomaly.date && anomaly.date <= stats.to;
    let mut found: Vec<&Anomaly> = digest.anomalies.iter().filter(of_week).collect();
    found.sort_by_key(|anomaly| anomaly.date);
    found.into_iter().map(|anomaly| format!("- {}\n", escaped(&anomaly.sentence))).collect()
}

/// Active projects in poor health, the poorest first.
pub(super) fn attention(projects: &[ProjectReport]) -> String {
    let mut poor: Vec<(u8, &ProjectReport)> = projects
        .iter()
        .filter(|project| project.choices.status == ProjectStatus::Active)
        .filter_map(|project| project.health_score.filter(|score| *score < POOR).map(|score| (score, project)))
        .collect();
    poor.sort_by(|a, b| (a.0, &a.1.id).cmp(&(b.0, &b.1.id)));
    let line = |(score, project): &(u8, &ProjectReport)| {
        let reasons: Vec<String> = project.health.reasons.iter().map(|reason| escaped(&reason.words)).collect();
        let reasons = if reasons.is_empty() { String::new() } else { format!(": {}", reasons.join("; ")) };
        let next = project.next_actions.first().map(|action| format!(" Next: {}.", escaped(&action.title)));
        format!(
            "- **{}**, health {score} of 100{reasons}.{}\n",
            escaped(&project.choices.name),
            next.unwrap_or_default()
        )
    };
    let mut text: String = poor.iter().take(TOP).map(line).collect();
    if poor.len() > TOP {
        text += &format!("- and {} more\n", poor.len() - TOP);
    }
    text
}

pub(super) fn sources(sources: &[Freshness]) -> String {
    let ill = |source: &&Freshness| {
        matches!(source.status, FreshnessState::Late | FreshnessState::Failing | FreshnessState::Unauthorised)
    };
    let line = |source: &Freshness| {
        format!("- **{}**, {}: {}\n", escaped(&source.label), source.status.word(), escaped(&source.message))
    };
    sources.iter().filter(ill).map(line).collect()
}

pub(super) fn unpriced(stats: &WindowStats) -> String {
    let unpriced = &stats.unpriced;
    if unpriced.models.is_empty() {
        return String::new();
    }
    let names: Vec<String> = unpriced.models.iter().map(|model| escaped(model)).collect();
    let tokens = compact(unpriced.tokens_in.saturating_add(unpriced.tokens_out));
    format!(
        "{tokens} tokens of {} are in no amount above. Enter a price on the page of prices, or with \
         `allclear prices set MODEL --input DOLLARS --output DOLLARS`; `allclear prices update` takes over a public list.\n",
        names.join(", ")
    )
}

fn counted(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{} {what}s", grouped(count.into())) }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `16 to 22 November 2026`
fn span(from: NaiveDate, to: NaiveDate) -> String {
    if from == to {
        return from.format("%-d %B %Y").to_string();
    }
    let first = match () {
        () if from.year() != to.year() => from.format("%-d %B %Y"),
        () if from.month() != to.month() => from.format("%-d %B"),
        () => from.format("%-d"),
    };
    format!("{first} to {}", to.format("%-d %B %Y"))
}
