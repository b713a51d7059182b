//! What came in over time, how it was paid, what sold, when people order, and what AI cost beside it.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

use crate::components::{ChartCard, Empty, query_with};
use crate::model::{Chart, RevenueStep};

/// Everything the lower part of the page draws, finished.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevenuePage {
    /// There is no client, so there is nothing to say.
    pub nobody: bool,
    pub step: RevenueStep,
    pub revenue: Option<Chart>,
    /// Why there is no chart, in words.
    pub empty: String,
    pub payments: Option<Chart>,
    pub items: Option<Chart>,
    pub hours: Option<Chart>,
    /// What the charts leave out, when the list is narrowed by what they do not know; may be empty.
    pub note: String,
    pub margin: Vec<MarginLine>,
}

/// What AI cost for a client beside what came in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarginLine {
    /// Of the client, or of one of its projects.
    pub name: String,
    /// Of the project's page; empty for a client.
    pub href: String,
    pub spend: String,
    pub revenue: String,
    /// `1.24 %`
    pub share: String,
    pub per_order: String,
    /// The client's projects, the dearest first.
    pub projects: Vec<MarginLine>,
    /// What the shares of the projects do not say; may be empty.
    pub note: String,
}

pub(super) fn charts(page: RevenuePage) -> AnyView {
    if page.nobody {
        return ().into_any();
    }
    let revenue = match page.revenue {
        Some(chart) => view! { <ChartCard title="Revenue" chart>{steps(page.step)}</ChartCard> }.into_any(),
        None => view! { <Empty title="Revenue"><p>{page.empty}</p></Empty> }.into_any(),
    };
    let card = |title: &'static str, chart: Option<Chart>| {
        chart.map(|chart| view! { <ChartCard title chart>""</ChartCard> }.into_any())
    };
    view! {
        {revenue}
        {(!page.note.is_empty()).then(|| view! { <p class="why">{page.note.clone()}</p> })}
        <div class="two">{card("Payments by type", page.payments)}{card("Top items", page.items)}</div>
        {card("When people order", page.hours)}
        {margin(page.margin)}
    }
    .into_any()
}

fn steps(step: RevenueStep) -> AnyView {
    let query = use_query_map().get_untracked();
    let links = RevenueStep::ALL.map(|choice| {
        let current = (choice == step).then_some("true");
        let key = if choice == RevenueStep::default() { "" } else { choice.key() };
        let href = query_with(&query, &[("by", key), ("order", "")]);
        view! { <a href=href data-noscroll="" aria-current=current>{choice.label()}</a> }
    });
    view! { <div class="seg" role="group" aria-label="Per">{links.into_view()}</div> }.into_any()
}

fn margin(lines: Vec<MarginLine>) -> AnyView {
    if lines.is_empty() {
        return ().into_any();
    }
    let notes = lines.iter().filter(|line| !line.note.is_empty()).map(|line| line.note.clone()).collect::<Vec<_>>();
    let notes = notes.into_iter().map(|note| view! { <p class="mute">{note}</p> }).collect_view();
    let rows = lines.into_iter().flat_map(|mut line| {
        let projects = std::mem::take(&mut line.projects);
        std::iter::once(line).chain(projects).map(margin_row)
    });
    view! {
        <section class="card">
            <header><h2>"AI spend beside revenue"</h2></header>
            <p class="mute">"The spend of the projects that name the client, in these days. Shares are rounded to a hundredth of a percent."</p>
            <div class="scroll" tabindex="0" role="region" aria-label="AI spend beside revenue">
                <table class="margins">
                    <thead>
                        <tr>
                            <th scope="col">"Client"</th><th scope="col" class="num">"AI spend"</th>
                            <th scope="col" class="num">"Revenue"</th><th scope="col" class="num">"Of revenue"</th>
                            <th scope="col" class="num">"AI per order"</th>
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
            {notes}
        </section>
    }
    .into_any()
}

/// A client's line, or below it that of a project, which stands beside the same revenue.
fn margin_row(line: MarginLine) -> AnyView {
    let is_part = !line.href.is_empty();
    let name = if is_part {
        view! { <a href=line.href><span class="unseen">"Project "</span>{line.name}</a> }.into_any()
    } else {
        line.name.into_any()
    };
    let revenue =
        if is_part { view! { <span class="mute">"the same"</span> }.into_any() } else { line.revenue.into_any() };
    view! {
        <tr class=is_part.then_some("of-client")>
            <th scope="row">{name}</th>
            <td class="num">{line.spend}</td>
            <td class="num">{revenue}</td>
            <td class="num">{line.share}</td>
            <td class="num">{line.per_order}</td>
        </tr>
    }
    .into_any()
}
