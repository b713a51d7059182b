//! What a project cost: by day, model, commit, merged branch and session.

#[cfg(feature = "ssr")]
pub(super) mod build;
#[cfg(feature = "ssr")]
pub(super) mod revenue;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::components::{Ago, ChartCard, Empty, Share, ShareTable, WindowSwitch, export_address, may};
use crate::model::{Chart, Moment, Role, Window};
use crate::pages::breakdowns::{Breakdowns, breakdowns};

/// Everything the tab draws, finished.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spend {
    pub window: Window,
    pub sentence: String,
    pub cost: String,
    /// What the cost does not hold; empty when it holds everything.
    pub unpriced: String,
    /// Name and value.
    pub figures: Vec<(String, String)>,
    /// `None` when nothing was spent in these days.
    pub chart: Option<Chart>,
    /// The query of its numbers as a table to take away.
    pub exports: String,
    pub models: Vec<Share>,
    /// By machine and by person, where there are several.
    pub team: Vec<Breakdowns>,
    /// Why there are no branches, when there are none.
    pub no_branches: String,
    pub branches: Vec<BranchLine>,
    pub sessions: Vec<SessionLine>,
    /// `20 of 34 in these days`
    pub sessions_shown: String,
    /// All of them.
    pub sessions_href: String,
    pub beside: Option<Beside>,
}

/// The spend beside the revenue of the client the project is for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beside {
    pub client: String,
    /// Name and value.
    pub figures: Vec<(String, String)>,
    pub note: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BranchLine {
    pub name: String,
    pub merged: Moment,
    pub commits: String,
    pub cost: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionLine {
    pub date: String,
    pub session: String,
    pub models: String,
    pub tokens: String,
    pub cost: String,
}

pub(super) fn spend(page: Spend) -> AnyView {
    let figures = page.figures.into_iter().map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> });
    let unpriced =
        (!page.unpriced.is_empty()).then(|| view! { " "{page.unpriced}" "<a href="/prices">{if may(Role::Admin) { "Set a price" } else { "Prices" }}</a>"." });
    view! {
        <section class="card total">
            <header><h2>"Spend"</h2><WindowSwitch window=page.window /></header>
            <p class="big">{page.cost}</p>
            <p class="sub">{page.sentence}{unpriced}</p>
            <dl class="kinds">{figures.collect_view()}</dl>
        </section>
        {page.beside.map(beside)}
        {chart(page.chart, &page.exports)}
        <div class="two">
            <ShareTable title="Cost by model" column="Model" rows=page.models />
            {branches(page.branches, page.no_branches)}
        </div>
        {breakdowns(page.team)}
        {sessions(page.sessions, page.sessions_shown, page.sessions_href)}
    }
    .into_any()
}

fn chart(chart: Option<Chart>, exports: &str) -> AnyView {
    let csv = export_address("usage.csv", exports);
    match chart {
        Some(chart) => view! { <ChartCard title="Spend per day" chart csv>""</ChartCard> }.into_any(),
        None => view! { <Empty title="Spend per day"><p class="mute">"Nothing was spent in these days."</p></Empty> }
            .into_any(),
    }
}

fn beside(beside: Beside) -> AnyView {
    let figures = beside.figures.into_iter().map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> });
    view! {
        <section class="card">
            <header><h2>{format!("Beside the revenue of {}", beside.client)}</h2></header>
            <dl class="kinds">{figures.collect_view()}</dl>
            <p class="sub">{beside.note}</p>
        </section>
    }
    .into_any()
}

fn branches(branches: Vec<BranchLine>, none: String) -> AnyView {
    let some = !branches.is_empty();
    let rows = branches.into_iter().map(|branch| {
        view! {
            <tr>
                <th scope="row">{branch.name}<small><Ago moment=branch.merged /></small></th>
                <td class="num">{branch.commits}</td>
                <td class="num">{branch.cost}</td>
            </tr>
        }
    });
    let table = some.then(|| {
        view! {
            <table>
                <thead>
                    <tr><th scope="col">"Branch"</th><th scope="col" class="num">"Commits"</th><th scope="col" class="num">"Cost"</th></tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        }
    });
    let none = (!some).then(|| view! { <p class="mute">{none}</p> });
    view! { <section class="card"><header><h2>"Merged branches"</h2></header>{table}{none}</section> }.into_any()
}

fn sessions(sessions: Vec<SessionLine>, shown: String, href: String) -> AnyView {
    let some = !sessions.is_empty();
    let rows = sessions.into_iter().map(|line| {
        view! {
            <tr>
                <td class="num date">{line.date}</td>
                <th scope="row">{line.session}</th>
                <td class="wide">{line.models}</td>
                <td class="num wide">{line.tokens}</td>
                <td class="num">{line.cost}</td>
            </tr>
        }
    });
    let table = some.then(|| {
        view! {
            <table class="sessions">
                <thead>
                    <tr>
                        <th scope="col">"Last day"</th><th scope="col">"Session"</th><th scope="col" class="wide">"Models"</th>
                        <th scope="col" class="num wide">"Tokens"</th><th scope="col" class="num">"Cost"</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        }
    });
    let none = (!some).then(|| view! { <p class="mute">"No sessions in these days."</p> });
    let all = some.then(|| view! { <a href=href>"All of them"</a> });
    view! {
        <section class="card">
            <header><h2>"Last sessions"</h2><span class="mute">{shown}</span>{all}</header>
            {table}
            {none}
        </section>
    }
    .into_any()
}
