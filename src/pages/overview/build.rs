//! From the snapshot to the finished page. Pure, but for the orders, which no snapshot holds.

use super::month::build::month;
use super::verdict::verdict;
use super::{OverviewPage, ProjectLine, SourceRow};
use crate::analytics::{ProjectReport, change_sentence, model_label};
use crate::charts;
use crate::components::project_address;
use crate::config::Config;
use crate::model::{DateRange, Freshness, OrderFilter, Shown, Whose, Window, WindowStats};
use crate::pages::breakdowns::build::of_team;
use crate::pages::cards::cards;
use crate::pages::shares::{export_query, shares};
use crate::sources::Source;
use crate::sync::{Engine, Snapshot};

const TOP: usize = 5;

pub(super) fn page(snapshot: &Snapshot, config: &Config, window: Window, project: Option<&str>) -> OverviewPage {
    let all = snapshot.window_of(window, None);
    let stats = &*snapshot.window_of(window, project);
    let shown = config.shown(snapshot.today);
    let exports = export_query(snapshot, window, project);
    OverviewPage {
        window,
        verdict: verdict(snapshot, &all, shown),
        month: month(snapshot, shown),
        project: project.and_then(|id| snapshot.project(id)).map(|project| project_line(project, shown)),
        stats: cards(stats, shown),
        chart: charts::spend_by_model(stats, shown),
        change: change(stats, shown),
        models: shares(shown, &stats.by_model, stats.total_cost, model_label, TOP),
        projects: shares(shown, &stats.by_project, stats.total_cost, |id| snapshot.project_name(id), TOP),
        team: of_team(stats, shown, &exports),
        exports,
        sources: snapshot.analytics.freshness.iter().map(|source| source_row(source, config)).collect(),
        orders: None,
        empty: (!snapshot.has_data).then(|| looked_in(config)),
        shown,
    }
}

/// What clients' customers ordered in the same days, in a sentence; nothing without clients that are synced.
pub(super) async fn orders(engine: &Engine, window: Window) -> anyhow::Result<Option<ProjectLine>> {
    if engine.live().borrow().clients.is_empty() {
        return Ok(None);
    }
    let range = window.range(engine.snapshot().today);
    let sums = engine.store.order_sums(&OrderFilter::of(Whose::Everybody, range)).await?;
    let revenue = sums.currency.map(|currency| format!(", {} revenue", sums.net.shown(&currency))).unwrap_or_default();
    let count = if sums.orders == 1 { "1 order".to_owned() } else { format!("{} orders", sums.orders) };
    let href = format!("/orders?client=&days={}", window.days());
    Ok(Some(ProjectLine { sentence: format!("Clients: {count} in {} days{revenue}", range.days()), href }))
}

fn project_line(project: &ProjectReport, shown: Shown) -> ProjectLine {
    ProjectLine { href: project_address(&project.id), sentence: project.sentence_in(shown) }
}

fn looked_in(config: &Config) -> String {
    let folders = |source: Source| {
        let format = source.logs()?;
        let roots = format.roots(config.sources.of(source).roots.as_deref());
        Some(roots.into_iter().flat_map(|root| (format.folders)(&root)).map(|folder| folder.display().to_string()))
    };
    Source::ALL.into_iter().filter_map(folders).flatten().collect::<Vec<_>>().join(", ")
}

fn change(stats: &WindowStats, shown: Shown) -> String {
    match (stats.trend_pct, stats.previous.total_cost) {
        (Some(percent), Some(before)) => {
            let why = match change_sentence(&stats.change, shown) {
                none if none.is_empty() => none,
                why => format!(" {why}."),
            };
            let before = shown.money(before);
            let (days, dates) = (stats.days, DateRange { from: stats.previous.from, to: stats.previous.to }.words());
            let percent = format!("{percent:+}").replace('-', "−");
            format!("{percent} % against {before} in the {days} days before ({dates}).{why}")
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
