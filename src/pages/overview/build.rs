//! From the snapshot to the finished page. Pure.

use super::{OverviewPage, ProjectLine, SourceRow, Verdict, VerdictItem};
use crate::analytics::{ProjectReport, budget_sentence, model_label};
use crate::charts;
use crate::components::project_address;
use crate::config::Config;
use crate::model::{Freshness, FreshnessState, Provider, RunStatus, Window, WindowStats, compact};
use crate::pages::cards::cards;
use crate::pages::shares::{export_query, shares};
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
        exports: export_query(snapshot, window, project),
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

fn verdict(snapshot: &Snapshot, stats: &WindowStats) -> Verdict {
    let item =
        |text: String, detail: &str, href: &str| VerdictItem { text, detail: detail.to_owned(), href: href.to_owned() };
    let mut items = Vec::new();
    for problem in &snapshot.problems {
        items.push(item(format!("{} could not be used", problem.path()), &problem.message, "/sync"));
    }
    for source in &snapshot.analytics.freshness {
        match source.status {
            FreshnessState::Failing => {
                items.push(item(format!("{} could not be read", source.label), &source.message, "/sources"));
            }
            FreshnessState::Unauthorised => {
                items.push(item(refused_key(source), "Nothing is read from it until it has another", "/sources"));
            }
            FreshnessState::Late => {
                let be = if source.label.ends_with('s') { "are" } else { "is" };
                items.push(item(format!("{} {be} late", source.label), &source.message, "/sources"));
            }
            FreshnessState::Current | FreshnessState::RateLimited | FreshnessState::Skipped | FreshnessState::Never => {
            }
        }
    }
    let last = snapshot.runs.first();
    if items.is_empty()
        && let Some(run) = last.filter(|run| matches!(run.status, RunStatus::Error | RunStatus::Partial))
    {
        items.push(item("The last sync failed".to_owned(), run.error.as_deref().unwrap_or_default(), "/sync"));
    }
    let unpriced = &stats.unpriced;
    if !unpriced.models.is_empty() {
        let models = unpriced.models.len();
        let (what, have) = if models == 1 { ("model", "has") } else { ("models", "have") };
        let tokens = compact(unpriced.tokens_in + unpriced.tokens_out);
        items.push(item(
            format!("{models} {what} {have} no price"),
            &format!("{tokens} tokens of {} are not in the totals", unpriced.models.join(", ")),
            "/prices",
        ));
    }
    let budget = if snapshot.has_data { budget_sentence(&snapshot.analytics.budget) } else { String::new() };
    Verdict { headline: headline(snapshot, items.len()), items, budget }
}

/// `Anthropic refuses its key`: the provider, not its interface.
fn refused_key(source: &Freshness) -> String {
    let provider = Provider::ALL.into_iter().find(|provider| provider.name() == source.source);
    format!("{} refuses its key", provider.map_or(source.label.as_str(), |provider| provider.label()))
}

fn headline(snapshot: &Snapshot, items: usize) -> String {
    let current = snapshot.analytics.freshness.iter().filter(|source| source.status == FreshnessState::Current).count();
    match items {
        0 if !snapshot.has_data => "Nothing to show yet.".to_owned(),
        0 => format!("All clear: {current} source{} current.", if current == 1 { "" } else { "s" }),
        1 => "One thing to look at.".to_owned(),
        2 => "Two things to look at.".to_owned(),
        3 => "Three things to look at.".to_owned(),
        more => format!("{more} things to look at."),
    }
}

fn change(stats: &WindowStats) -> String {
    match (stats.trend_pct, stats.previous.total_cost) {
        (Some(percent), Some(before)) => {
            let why =
                if stats.change.sentence.is_empty() { String::new() } else { format!(" {}.", stats.change.sentence) };
            let (days, from, to) = (stats.days, stats.previous.from, stats.previous.to);
            format!("{percent:+} % against {before} in the {days} days before ({from} to {to}).{why}")
        }
        _ => String::new(),
    }
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
