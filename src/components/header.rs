//! The header of every page: where one is, how current the data is, and the Refresh button.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use serde::{Deserialize, Serialize};

use super::{Ago, Bell, Icon, Live, Load, Palette, ProjectSelect, Toast, use_live, use_signed, use_toast};
use crate::error::AppError;
use crate::model::{LiveState, Role, RunStatus, SyncRun};

/// What the header is drawn from before the stream speaks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeaderData {
    pub live: LiveState,
    /// Configuration files that could not be used, in words.
    pub problems: Vec<String>,
}

#[server(prefix = "/rpc", endpoint = "load_header", input = leptos::server_fn::codec::Json)]
pub async fn load_header() -> Result<HeaderData, AppError> {
    crate::server::require(crate::model::Role::Viewer)?;
    let app = crate::server::app()?;
    let live = app.engine.live().borrow().clone();
    let problems = app.engine.config.problems().into_iter();
    let problems = problems.map(|problem| format!("{}: {}", problem.path(), problem.message)).collect();
    Ok(HeaderData { live, problems })
}

/// Runs a sync to its end. A POST, so that it works as a plain form too.
#[server(prefix = "/rpc", endpoint = "start_sync")]
pub async fn start_sync() -> Result<SyncRun, AppError> {
    crate::server::require(crate::model::Role::Operator)?;
    let app = crate::server::app()?;
    match app.engine.run(crate::model::Trigger::Manual, &[]).await? {
        crate::sync::Outcome::Finished(run) => Ok(run),
        // Without JavaScript the form goes back to its page, which shows the run in progress.
        crate::sync::Outcome::Busy(_) => Err(AppError::SyncRunning.answer_script()),
    }
}

#[component]
pub fn Header() -> impl IntoView {
    let signed = use_signed();
    let location = use_location();
    let crumb = move || {
        let path = location.pathname.get();
        match path.as_str() {
            "/" => "Overview",
            "/projects" => "Projects",
            "/tokens" => "Tokens",
            "/analytics" => "Analytics",
            "/quality" => "Quality",
            "/kanban" => "Kanban",
            "/orders" => "Orders",
            "/clients" => "Clients",
            "/sources" => "Sources",
            "/connect" => "Connect a tool",
            "/machines" => "Machines",
            "/prices" => "Prices",
            "/settings" => "Settings",
            "/sync" => "Sync log",
            "/alerts" => "Alerts",
            "/account" => "Account",
            "/users" => "Users",
            "/sign-in" => "Sign in",
            "/setup" => "Set up",
            "/reset" => "New password",
            path if path == "/orders" || path.starts_with("/orders/") => "Orders",
            path if path.starts_with("/projects/") => "Project",
            _ => "Not found",
        }
    };
    view! {
        <header class="top">
            <p class="crumb">{crumb}</p>
            {signed.may(Role::Viewer).then(|| view! { <Current refresh=signed.may(Role::Operator) /> })}
        </header>
    }
}

/// How current everything is; not for a client's person.
#[component]
fn Current(refresh: bool) -> impl IntoView {
    let header = Resource::new(|| (), |()| load_header());
    view! {
        <ProjectSelect />
        <span class="grow"></span>
        <Load data=header view=|header: HeaderData| view! { <SyncStatus header /> }.into_any() />
        <Palette />
        <Bell />
        {refresh.then(|| view! { <RefreshButton /> })}
    }
}

/// Never synced, syncing with progress, synced and when, partly or wholly failed and why.
#[component]
fn SyncStatus(header: HeaderData) -> impl IntoView {
    let live = use_live();
    let drawn = header.live;
    let version = drawn.version.clone();
    let state = Memo::new(move |_| live.state_or(&drawn));
    let shown = move || {
        let state = state.get();
        if let Some(running) = state.running {
            let percent = running.done.saturating_mul(100).checked_div(running.total);
            let progress = percent.map_or_else(String::new, |percent| format!(" {percent} %"));
            return view! { <i class="dot busy"></i>"Syncing"{progress} }.into_any();
        }
        let success = state.last_success;
        let ago = |moment| view! { <Ago moment /> };
        match state.last {
            None => view! { <i class="dot"></i>"Never synced" }.into_any(),
            Some(run) if run.status == RunStatus::Success => {
                view! { <i class="dot ok"></i><span class="synced">"Synced"</span>" "{success.map(ago)} }.into_any()
            }
            Some(run) => {
                let (dot, word) = if run.status == RunStatus::Partial {
                    ("dot warn", "Partly synced")
                } else {
                    ("dot bad", "Sync failed")
                };
                let why = run.error.unwrap_or_default();
                let since = success.map(|moment| view! { <span class="since">" last success "{ago(moment)}</span> });
                view! { <i class=dot></i><a href="/sync" title=why>{word}</a>{since} }.into_any()
            }
        }
    };
    let newer = move || state.with(|state| state.version != version);
    view! {
        <p class="status">{shown}</p>
        {move || newer().then(|| view! { <a class="btn" href="" rel="external">"New version: reload"</a> })}
    }
}

/// Starts a sync, or attaches to the running one; spins while one runs, whoever started it.
#[component]
fn RefreshButton() -> impl IntoView {
    let live = use_live();
    let toast = use_toast();
    let action = ServerAction::<StartSync>::new();
    let busy = Memo::new(move |_| action.pending().get() || live.is_running());
    // While our toast announces a run, it tells how far the run is and how it ends, whoever started it.
    Effect::new(move |_| {
        if let (true, Some(percent)) = (toast.is_working(), live.percent()) {
            toast.show(Toast::Working(format!("Syncing… {percent} %")));
        }
    });
    Effect::new(move |ended: Option<Option<SyncRun>>| {
        let last = live.last_run();
        if ended.is_some_and(|before| before != last) && toast.is_working() && !action.pending().get_untracked() {
            last.iter().for_each(|run| toast.show(result_of(run)));
        }
        last
    });
    Effect::new(move |_| {
        if let Some(answer) = action.value().get() {
            toast.show(answer_of(&answer, live));
        }
    });
    view! {
        <ActionForm action=action attr:class="refresh" on:submit=move |_| toast.show(Toast::Working("Syncing…".to_owned()))>
            <button class="btn" aria-label="Refresh" aria-busy=move || busy.get().to_string()>
                {Icon::Sync.view()}
                <span>"Refresh"</span>
            </button>
        </ActionForm>
    }
}

/// What the toast says when the answer to a wish to sync has come, of all sources or of one.
#[must_use]
pub fn answer_of(answer: &Result<SyncRun, AppError>, live: Live) -> Toast {
    match answer {
        Ok(run) => result_of(run),
        // The page attaches to the run in progress; the stream tells how it ends.
        Err(AppError::SyncRunning) if live.running_untracked() => {
            Toast::Working("Sync already in progress…".to_owned())
        }
        Err(AppError::SyncRunning) => Toast::Failed {
            title: "Sync already in progress".to_owned(),
            detail: "Another program is syncing this data folder. Try again in a moment.".to_owned(),
        },
        Err(error) => Toast::Failed { title: "Sync failed".to_owned(), detail: error.to_string() },
    }
}

fn result_of(run: &SyncRun) -> Toast {
    let seconds = format!("{}.{} s", run.duration_ms / 1000, run.duration_ms % 1000 / 100);
    let rows = run.rows();
    let news = if rows == 0 { "nothing new".to_owned() } else { format!("{rows} new or changed") };
    match (run.status, &run.error) {
        (RunStatus::Success, _) => Toast::Done { title: format!("Sync complete ({seconds})"), detail: news },
        (RunStatus::Partial, error) => {
            Toast::Failed { title: format!("Partly synced ({seconds})"), detail: error.clone().unwrap_or_default() }
        }
        (_, error) => Toast::Failed { title: "Sync failed".to_owned(), detail: error.clone().unwrap_or_default() },
    }
}
