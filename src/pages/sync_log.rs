//! `/sync`: the last runs, each with its steps, and when the next one comes.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{LazyRoute, lazy_route};
use serde::{Deserialize, Serialize};

use crate::components::{Ago, Downloads, Empty, Load, use_live};
use crate::error::AppError;
use crate::model::{Moment, RunStatus, StepStatus, SyncRun};

/// Everything the page draws.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncLogPage {
    /// When the next run comes, or that the schedule is paused.
    pub schedule: String,
    pub problems: Vec<String>,
    /// Their steps name sources as people do.
    pub runs: Vec<(Moment, SyncRun)>,
}

#[server(prefix = "/rpc", endpoint = "load_sync_log", input = leptos::server_fn::codec::Json)]
pub async fn load_sync_log() -> Result<SyncLogPage, AppError> {
    crate::server::require(crate::model::Role::Viewer)?;
    let engine = crate::server::app()?.engine;
    let (snapshot, config) = (engine.snapshot(), engine.config.current());
    let schedule = match engine.next_run() {
        Some(next) => format!("Syncs {}, next on {}.", config.schedule, config.zone.moment(&next.to_rfc3339()).text),
        None if config.sync.enabled => "This server runs without a schedule.".to_owned(),
        None => "Auto-sync is paused in data/config/sync.json.".to_owned(),
    };
    let problems = snapshot.problems.iter().map(|problem| format!("{}: {}", problem.path(), problem.message)).collect();
    let named = |mut run: SyncRun| {
        for step in &mut run.steps {
            step.source = step.source.take().map(|source| super::shares::source_label(&source));
        }
        run
    };
    let runs = snapshot.runs.iter().map(|run| (config.zone.moment(&run.started_at), named(run.clone()))).collect();
    Ok(SyncLogPage { schedule, problems, runs })
}

/// The page's code, which the browser loads when it is first visited.
pub struct SyncLogRoute;

#[lazy_route]
impl LazyRoute for SyncLogRoute {
    fn data() -> Self {
        SyncLogRoute
    }

    fn view(this: Self) -> AnyView {
        let SyncLogRoute = this;
        view! { <SyncLog /> }.into_any()
    }
}

#[component]
fn SyncLog() -> impl IntoView {
    let live = use_live();
    let page = Resource::new(move || live.version(), |_| load_sync_log());
    view! {
        <Title text="Sync log" />
        <Load data=page view=|page: SyncLogPage| sync_log(page) />
    }
}

fn sync_log(page: SyncLogPage) -> AnyView {
    let problems =
        page.problems.into_iter().map(|problem| view! { <p class="banner" role="alert">{problem}</p> }).collect_view();
    let empty = page.runs.is_empty();
    let runs = page.runs.into_iter().map(|(moment, run)| run_view(moment, run)).collect_view();
    view! {
        <section class="verdict"><h1>"Sync log"</h1><p class="mute">{page.schedule}</p></section>
        {problems}
        {if empty {
            view! { <Empty title="Nothing was synced yet"><p>"Press Refresh, or wait for the schedule."</p></Empty> }.into_any()
        } else {
            view! { <ol class="runs">{runs}</ol><Downloads of="Sync log" table="sync" /> }.into_any()
        }}
    }
    .into_any()
}

fn run_view(moment: Moment, run: SyncRun) -> AnyView {
    let (dot, word) = match run.status {
        RunStatus::Success => ("dot ok", "Success"),
        RunStatus::Partial => ("dot warn", "Partial"),
        RunStatus::Error => ("dot bad", "Failed"),
        RunStatus::Skipped => ("dot", "Skipped"),
    };
    let rows = run.rows();
    let steps = run
        .steps
        .into_iter()
        .map(|step| {
            let dot = match step.status {
                StepStatus::Success => "dot ok",
                StepStatus::Skipped => "dot",
                StepStatus::RateLimited => "dot warn",
                StepStatus::Error => "dot bad",
            };
            let name = step.source.map_or_else(|| step.name.clone(), |source| format!("{}: {source}", step.name));
            view! { <li><i class=dot></i><b>{name}</b><span>{step.message}</span><span class="num mute">{format!("{} ms", step.duration_ms)}</span></li> }
        })
        .collect_view();
    view! {
        <li class="card run">
            <header>
                <i class=dot></i>
                <h2>{word}</h2>
                <span class="mute"><Ago moment />{format!(" · {}", run.trigger.as_str())}</span>
                <span class="num mute">{format!("{} ms, {rows} changed", run.duration_ms)}</span>
            </header>
            {run.error.map(|error| view! { <p class="bad">{error}</p> })}
            <ul class="steps">{steps}</ul>
        </li>
    }
    .into_any()
}
