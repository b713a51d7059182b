//! The projects with their figures, and those nothing is known of.

use leptos::prelude::*;

use super::{COLUMNS, Figure, MeasuredProject, UnmeasuredProject};
use crate::components::{Downloads, HealthBadge};

/// Columns with room on a small screen.
const ALWAYS_SHOWN: usize = 2;

/// A table of the projects in the order they come, each with a line of words below its figures.
pub(super) fn measured(projects: Vec<MeasuredProject>, exports: String) -> AnyView {
    let head = COLUMNS.into_iter().enumerate().map(|(at, name)| {
        view! { <th scope="col" class="num" class:lesser=(at >= ALWAYS_SHOWN)>{name}</th> }
    });
    let several = projects.len() > 1;
    let rows = projects.into_iter().map(project).collect_view();
    view! {
        <section class="card">
            <header><h2>"Projects"</h2>{several.then(|| view! { <span class="mute">"worst first"</span> })}</header>
            <table class="figures">
                <thead>
                    <tr><th scope="col">"Project"</th><th scope="col">"Health"</th>{head.collect_view()}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            <p class="sub">
                "Frontend and backend are shares of lines that tests run. “No data” means that no report of it was found in the "
                "project's folder; "<code>"docs/quality.md"</code>" says which files are read."
            </p>
            <Downloads of="Quality" table="quality" query=exports />
        </section>
    }
    .into_any()
}

fn project(project: MeasuredProject) -> AnyView {
    let figures = project.figures.into_iter().enumerate().map(|(at, figure)| {
        let Figure { value, tone, stale } = figure;
        let stale = (!stale.is_empty()).then(|| view! { <small class="stale">{stale}</small> });
        view! { <td class="num" class:lesser=(at >= ALWAYS_SHOWN)><span class=tone>{value}</span>{stale}</td> }
    });
    let also = (!project.also.is_empty()).then(|| view! { <p class="instead">{project.also}</p> });
    let notes = project.notes.into_iter().map(|note| view! { <p>{note}</p> });
    let width = (COLUMNS.len() + 2).to_string();
    view! {
        <tr>
            <th scope="row"><a href=project.href>{project.name}</a></th>
            <td><HealthBadge mark=project.health /></td>
            {figures.collect_view()}
        </tr>
        <tr class="words">
            <td colspan=width>{also}<p>{project.debt}</p>{notes.collect_view()}</td>
        </tr>
    }
    .into_any()
}

/// Nothing when every project has data.
pub(super) fn unmeasured(projects: Vec<UnmeasuredProject>) -> AnyView {
    let some = !projects.is_empty();
    let rows = projects.into_iter().map(|project| {
        view! { <div><dt><a href=project.href>{project.name}</a></dt><dd>{project.why}</dd></div> }
    });
    some.then(|| {
        view! {
            <section class="card">
                <header><h2>"No data yet"</h2></header>
                <p class="mute">"In no mean above. Leave a report in the folder, and the next sync reads it."</p>
                <dl class="offers">{rows.collect_view()}</dl>
            </section>
        }
    })
    .into_any()
}
