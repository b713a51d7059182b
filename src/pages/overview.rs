//! `/`: the verdict, the numbers of one window, and how current each source is.

#[cfg(feature = "ssr")]
mod build;
mod month;
#[cfg(feature = "ssr")]
mod verdict;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::A;
use leptos_router::{LazyRoute, lazy_route};
use serde::{Deserialize, Serialize};

use self::month::{Month, month};
use super::breakdowns::{Breakdowns, breakdowns};
use crate::components::{
    Ago, ChartCard, Empty, Icon, Load, Share, ShareTable, ShownIn, Stat, StatCard, WindowSwitch, use_live, use_project,
    use_window,
};
use crate::error::AppError;
use crate::model::{Chart, Moment, Shown, Window};

/// Everything the page draws, finished.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverviewPage {
    pub window: Window,
    pub verdict: Verdict,
    pub month: Option<Month>,
    /// The project the numbers are narrowed to.
    pub project: Option<ProjectLine>,
    pub stats: Vec<Stat>,
    pub chart: Chart,
    /// How the spend changed, in a sentence.
    pub change: String,
    pub models: Vec<Share>,
    pub projects: Vec<Share>,
    /// By machine and by person, where there are several.
    pub team: Vec<Breakdowns>,
    /// The query of the same usage as a table to take away.
    pub exports: String,
    pub sources: Vec<SourceRow>,
    /// What came in, when there are clients.
    pub orders: Option<ProjectLine>,
    /// Nothing was ever read: where was looked.
    pub empty: Option<String>,
    pub shown: Shown,
}

/// Whether all is clear, and if not what needs the reader.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    pub headline: String,
    pub items: Vec<VerdictItem>,
    /// The budgets beside the month's, a sentence each.
    pub budgets: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerdictItem {
    pub text: String,
    pub detail: String,
    pub href: String,
}

/// One project in a line, and where there is more of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectLine {
    pub sentence: String,
    pub href: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceRow {
    pub label: String,
    /// The colour of its dot: `ok`, `warn`, `bad` or nothing.
    pub dot: String,
    pub state: String,
    pub message: String,
    pub last_success: Option<Moment>,
    pub every: String,
}

#[server(prefix = "/rpc", endpoint = "load_overview", input = leptos::server_fn::codec::Json)]
pub async fn load_overview(window: Window, project: Option<String>) -> Result<OverviewPage, AppError> {
    crate::server::require(crate::model::Role::Viewer)?;
    let engine = crate::server::app()?.engine;
    let page = build::page(&engine.snapshot(), &engine.config.current(), window, project.as_deref());
    Ok(OverviewPage { orders: build::orders(&engine, window).await?, ..page })
}

/// The page's code, which the browser loads when it is first visited.
pub struct OverviewRoute;

#[lazy_route]
impl LazyRoute for OverviewRoute {
    fn data() -> Self {
        OverviewRoute
    }

    fn view(this: Self) -> AnyView {
        let OverviewRoute = this;
        view! { <Overview /> }.into_any()
    }
}

#[component]
fn Overview() -> impl IntoView {
    let window = use_window();
    let (live, project) = (use_live(), use_project());
    let page = Resource::new(
        move || (window.get(), project.get(), live.version()),
        |(window, project, _)| load_overview(window, project),
    );
    view! {
        <Title text="Overview" />
        <Load data=page view=|page: OverviewPage| overview(page) />
    }
}

fn overview(page: OverviewPage) -> AnyView {
    let verdict = verdict(page.verdict);
    if let Some(looked_in) = page.empty {
        return view! { {verdict}{nothing_yet(looked_in)}{sources(page.sources)} }.into_any();
    }
    let stats = page.stats.into_iter().map(|stat| view! { <StatCard stat /> }).collect_view();
    let change = (!page.change.is_empty()).then(|| view! { <p class="why">{page.change}</p> });
    view! {
        {verdict}
        {page.month.map(month)}
        {page.project.map(|project| view! { <p class="narrowed"><A href=project.href>{project.sentence}</A></p> })}
        <section class="cards" aria-label="Key figures">{stats}</section>
        {page.orders.map(|orders| view! { <p class="why"><A href=orders.href>{orders.sentence}</A></p> })}
        <ChartCard title="Spend by model" chart=page.chart><WindowSwitch window=page.window /></ChartCard>
        {change}
        <div class="two">
            <ShareTable title="Top models" column="Model" rows=page.models exports=format!("{}&by=model", page.exports) />
            <ShareTable title="Top projects" column="Project" rows=page.projects exports=format!("{}&by=project", page.exports) />
        </div>
        {breakdowns(page.team)}
        {sources(page.sources)}
        <ShownIn shown=page.shown />
    }
    .into_any()
}

fn verdict(verdict: Verdict) -> AnyView {
    let clear = verdict.items.is_empty();
    let (mark, icon) = if clear { ("mark", Icon::Check) } else { ("mark warn", Icon::Attention) };
    let items = verdict
        .items
        .into_iter()
        .map(|item| view! { <li><A href=item.href>{item.text}</A>" "<span class="mute">{item.detail}</span></li> })
        .collect_view();
    view! {
        <section class="verdict">
            <h1><i class=mark>{icon.view()}</i>{verdict.headline}</h1>
            {(!clear).then(|| view! { <ul>{items}</ul> })}
            {verdict.budgets.into_iter().map(|budget| view! { <p class="mute">{budget}</p> }).collect_view()}
        </section>
    }
    .into_any()
}

fn nothing_yet(looked_in: String) -> AnyView {
    view! {
        <Empty title="No usage has been read yet">
            <p>"Allclear reads the logs agents such as Claude Code write on this machine. It looked in " <code>{looked_in}</code> "."</p>
            <p>
                "Use one of them once, and its spend appears here by itself; "
                <A href="/connect">"connect a tool"</A> " shows every way. Or look around with a year of made-up data:"
            </p>
            <pre><code>"allclear demo\nALLCLEAR_DATA_DIR=allclear-demo allclear serve"</code></pre>
        </Empty>
    }
    .into_any()
}

fn sources(sources: Vec<SourceRow>) -> AnyView {
    let rows = sources
        .into_iter()
        .map(|source| {
            let ago = source.last_success.map(|moment| view! { <Ago moment /> }.into_any());
            view! {
                <tr>
                    <th scope="row"><i class=format!("dot {}", source.dot)></i>{source.label}</th>
                    <td title=source.message>{source.state}</td>
                    <td class="num">{ago.unwrap_or_else(|| "never".into_any())}</td>
                    <td class="mute">{source.every}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="card">
            <header><h2>"Sources"</h2><A href="/sources">"All sources"</A></header>
            <table class="tight">
                <thead class="unseen"><tr><th scope="col">"Source"</th><th scope="col">"State"</th><th scope="col">"Last success"</th><th scope="col">"Interval"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
    .into_any()
}
