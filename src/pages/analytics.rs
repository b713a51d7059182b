//! `/analytics`: where the money goes, where it is heading, and why it changed.

#[cfg(feature = "ssr")]
mod build;
mod change;
mod pace;
mod plan;
mod what_if;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};
use serde::{Deserialize, Serialize};

use super::breakdowns::{Breakdowns, breakdowns};
use crate::components::{
    ChartCard, Empty, Load, Share, ShareTable, ShownIn, SpanSwitch, Stat, StatCard, query_with, use_live, use_project,
    use_span_query,
};
use crate::error::AppError;
use crate::model::{Chart, Cube, Shown, Span, SpanQuery};
use change::{Changed, UnusualDay, changed, unusual};
use pace::{Pace, pace};
use plan::PlanState;
use what_if::WhatIfState;

/// Everything the page draws, finished, and the sums that "what if" is answered from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AnalyticsPage {
    pub span: Span,
    /// The first day numbers are kept of, and the last.
    pub first: String,
    pub today: String,
    /// `1 Nov to 21 Nov 2026, compared with …`
    pub days: String,
    pub stats: Vec<Stat>,
    pub trend: Option<Chart>,
    pub pace: Pace,
    pub changed: Changed,
    pub unusual: Vec<UnusualDay>,
    /// Headings and charts, two beside each other.
    pub charts: Vec<(String, Chart)>,
    /// When in the week; `None` without a source that tells.
    pub hours: Option<Chart>,
    /// Headings, columns and rows; only those with more than one row to tell apart.
    pub breakdowns: Vec<Breakdowns>,
    pub sessions: Vec<Share>,
    /// The query by which the page's usage is exported.
    pub exports: String,
    pub cube: Cube,
    /// Why there is nothing to show.
    pub empty: Option<String>,
    pub shown: Shown,
}

#[server(prefix = "/rpc", endpoint = "load_analytics", input = leptos::server_fn::codec::Json)]
pub async fn load_analytics(
    span: SpanQuery,
    stacked: bool,
    project: Option<String>,
) -> Result<AnalyticsPage, AppError> {
    crate::server::require(crate::model::Role::Viewer)?;
    let engine = crate::server::app()?.engine;
    let snapshot = engine.snapshot();
    let shown = engine.config.current().shown(snapshot.today);
    // A year by day, model and project is milliseconds of work: not for the thread that answers others.
    let page = tokio::task::spawn_blocking(move || build::page(&snapshot, shown, &span, stacked, project.as_deref()));
    let page = page.await;
    page.map_err(|error| anyhow::Error::from(error).context("computing the page").into())
}

/// The page's code, which the browser loads when it is first visited.
pub struct AnalyticsRoute;

#[lazy_route]
impl LazyRoute for AnalyticsRoute {
    fn data() -> Self {
        AnalyticsRoute
    }

    fn view(this: Self) -> AnyView {
        let AnalyticsRoute = this;
        view! { <Analytics /> }.into_any()
    }
}

#[component]
fn Analytics() -> impl IntoView {
    let query = use_query_map();
    let stacked = Memo::new(move |_| query.with(|query| query.get("trend").as_deref() == Some("stacked")));
    let (span, live, project) = (use_span_query(), use_live(), use_project());
    let page = Resource::new(
        move || (span.get(), stacked.get(), project.get(), live.version()),
        |(span, stacked, project, _)| load_analytics(span, stacked, project),
    );
    // What is asked outlives the numbers: they are drawn anew whenever something was synced.
    let what_if = WhatIfState::of_address(&query.get_untracked());
    let plan = PlanState::of_address(&query.get_untracked());
    view! {
        <Title text="Analytics" />
        <h1 class="unseen">"Analytics"</h1>
        <Load data=page view=move |page: AnalyticsPage| analytics(page, what_if, plan) />
    }
}

fn analytics(page: AnalyticsPage, what_if: WhatIfState, plan: PlanState) -> AnyView {
    let switch = view! { <SpanSwitch span=page.span.clone() first=page.first today=page.today /> };
    if let Some(why) = page.empty {
        return view! { {switch}<Empty title="Nothing to show in these days"><p>{why}</p></Empty> }.into_any();
    }
    let stats = page.stats.into_iter().map(|stat| view! { <StatCard stat /> }).collect_view();
    let charts = page.charts.into_iter().map(|(title, chart)| view! { <ChartCard title chart>""</ChartCard> });
    let hours = page.hours.map(|chart| view! { <ChartCard title="When in the week" chart>""</ChartCard> });
    let sessions = (!page.sessions.is_empty())
        .then(|| view! { <ShareTable title="Dearest sessions" column="Session" rows=page.sessions exports=format!("{}&by=session", page.exports) /> });
    view! {
        {switch}
        <p class="day-names">{page.days}</p>
        <section class="cards" aria-label="Key figures">{stats}</section>
        {page.trend.map(trend)}
        {pace(page.pace)}
        <div class="two">{changed(page.changed)}{unusual(page.unusual)}</div>
        <div class="two">{charts.collect_view()}</div>
        <div class="two">{hours}{sessions}</div>
        {breakdowns(page.breakdowns)}
        {what_if.view(page.cube.clone(), page.shown)}
        {plan.view(page.cube, page.shown)}
        <ShownIn shown=page.shown />
    }
    .into_any()
}

fn trend(chart: Chart) -> AnyView {
    let query = use_query_map().get_untracked();
    let stacked = query.get("trend").as_deref() == Some("stacked");
    let link = |name: &'static str, key: &'static str, current: bool| {
        let href = query_with(&query, &[("trend", key)]);
        view! { <a href=href data-noscroll="" aria-current=current.then_some("true")>{name}</a> }
    };
    let shape = view! {
        <div class="seg" role="group" aria-label="Drawn as">{link("Lines", "", !stacked)}{link("Stacked", "stacked", stacked)}</div>
    };
    view! { <ChartCard title="Spend trend" chart>{shape}</ChartCard> }.into_any()
}
