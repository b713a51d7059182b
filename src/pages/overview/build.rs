//! From the snapshot to the finished page. Pure.

use super::verdict::verdict;
use super::{OverviewPage, ProjectLine, SourceRow};
use crate::analytics::{ProjectReport, model_label};
use crate::charts;
use crate::components::{Stat, project_address};
use crate::config::Config;
use crate::model::{Freshness, Usd, Window, WindowStats, compact};
use crate::pages::shares::{money, shares};
use crate::sources::{Source, claude_code};
use crate::sync::Snapshot;

const TOP: usize = 5;

pub(super) fn page(snapshot: &Snapshot, config: &Config, window: Window, project: Option<&str>) -> OverviewPage {
    let all = snapshot.window_of(window, None);
    let stats = &*snapshot.window_of(window, project);
    OverviewPage {
        window,
        verdict: verdict(snapshot, &all),
        project: project.and_then(|id| snapshot.project(id)).map(project_line),
        stats: cards(stats),
        chart: charts::spend_by_model(stats),
        change: change(stats),
        models: shares(&stats.by_model, stats.total_cost, model_label, TOP),
        projects: shares(&stats.by_project, stats.total_cost, str::to_owned, TOP),
        sources: snapshot.analytics.freshness.iter().map(|source| source_row(source, config)).collect(),
        empty: (!snapshot.has_data).then(|| looked_in(config)),
    }
}

fn project_line(project: &ProjectReport) -> ProjectLine {
    ProjectLine { href: project_address(&project.id), sentence: project.sentence.clone() }
}

fn looked_in(config: &Config) -> String {
    let roots = claude_code::roots(config.sources.of(Source::ClaudeCode).roots.as_deref());
    roots.iter().map(|root| root.join("projects").display().to_string()).collect::<Vec<_>>().join(" and ")
}

fn cards(stats: &WindowStats) -> Vec<Stat> {
    let costs: Vec<i128> = stats.daily.iter().map(|day| day.cost.unwrap_or_default().pico()).collect();
    let tokens: Vec<i128> = stats.daily.iter().map(|day| i128::from(day.tokens_in + day.tokens_out)).collect();
    let more = !stats.unpriced.models.is_empty();
    let card = |name: String, value: String, spark: String| Stat { name, value, spark, ..Stat::default() };
    let (strong, tone, note) = compared(stats);
    let cache = stats.tokens.cache_hit_pct();
    let dearest = stats.by_model.iter().max_by_key(|(_, share)| share.cost).map(|(model, _)| model_label(model));
    vec![
        Stat {
            strong,
            tone,
            note,
            ..card(format!("Spend, {} days", stats.days), money(stats.total_cost, more), spark(&costs))
        },
        Stat {
            strong: "/ day".to_owned(),
            note: format!("over {} days", stats.days),
            ..card("Burn rate".to_owned(), money(stats.burn_rate, more), spark(&costs))
        },
        Stat {
            strong: cache.map(|percent| format!("{percent} % from cache")).unwrap_or_default(),
            tone: "good".to_owned(),
            note: format!("{} messages", grouped(stats.messages)),
            ..card("Tokens".to_owned(), compact(stats.tokens.total()), spark(&tokens))
        },
        Stat {
            strong: dearest.clone().unwrap_or_default(),
            note: if dearest.is_some() { "costs the most".to_owned() } else { "no usage in these days".to_owned() },
            ..card("Active models".to_owned(), stats.by_model.len().to_string(), String::new())
        },
    ]
}

/// The change against the same span before: what, its colour, and of what.
fn compared(stats: &WindowStats) -> (String, String, String) {
    let (Some(now), Some(before)) = (stats.total_cost, stats.previous.total_cost) else {
        return (String::new(), String::new(), "a part has no price".to_owned());
    };
    if before == Usd::ZERO {
        return (String::new(), String::new(), format!("nothing in the {} days before", stats.days));
    }
    let difference = now - before;
    let (sign, tone) = if difference > Usd::ZERO { ("+", "up") } else { ("", "good") };
    (format!("{sign}{difference}"), tone.to_owned(), format!("than the {} days before", stats.days))
}

fn change(stats: &WindowStats) -> String {
    match (stats.trend_pct, stats.previous.total_cost) {
        (Some(percent), Some(before)) => {
            format!(
                "{percent:+} % against {before} in the {} days before ({} to {}).",
                stats.days, stats.previous.from, stats.previous.to
            )
        }
        _ => String::new(),
    }
}

/// The points of an 88 by 24 line through `values`.
fn spark(values: &[i128]) -> String {
    let most = values.iter().copied().max().unwrap_or(0);
    if most <= 0 || values.len() < 2 {
        return String::new();
    }
    let last = values.len() as i128 - 1;
    let point = |(at, value): (usize, &i128)| format!("{},{}", at as i128 * 88 / last, 22 - value * 20 / most);
    values.iter().enumerate().map(point).collect::<Vec<_>>().join(" ")
}

fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let parts: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|part| std::str::from_utf8(part).ok()).collect();
    parts.join(",")
}

fn source_row(source: &Freshness, config: &Config) -> SourceRow {
    let every = if config.sync.enabled { config.schedule.to_string() } else { "paused".to_owned() };
    SourceRow {
        label: source.label.clone(),
        dot: source.status.dot().to_owned(),
        state: source.status.word().to_owned(),
        message: source.message.clone(),
        last_success: source.last_success.as_deref().map(|at| config.zone.moment(at)),
        every,
    }
}
