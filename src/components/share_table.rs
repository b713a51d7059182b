//! Who has what share of the cost: models, projects, sources.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::Downloads;

/// One row, formatted by the server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    pub name: String,
    /// The whole name, when `name` is short for it.
    pub full: String,
    /// `$12.30`, or `no price`.
    pub cost: String,
    /// Of the total, 0 to 100; `None` when the cost is unknown, or nothing.
    pub percent: Option<u32>,
    pub tokens: String,
}

/// A table of shares under a heading. `note` says what must be known about the numbers; `exports` is the query of the
/// same usage as a table to take away: without it there is none.
#[component]
pub fn ShareTable(
    #[prop(into)] title: String,
    #[prop(into)] column: String,
    rows: Vec<Share>,
    #[prop(into, optional)] note: String,
    #[prop(optional, into)] exports: String,
) -> impl IntoView {
    let empty = rows.is_empty();
    let downloads =
        (!empty && !exports.is_empty()).then(|| view! { <Downloads of=title.clone() table="usage" query=exports /> });
    let rows = rows
        .into_iter()
        .map(|row| {
            let bar = row.percent.map(|percent| {
                // Little is not nothing.
                let text = if percent == 0 { "< 1 %".to_owned() } else { format!("{percent} %") };
                view! { <meter min="0" max="100" value=percent.to_string() aria-hidden="true"></meter>{text} }
            });
            view! {
                <tr>
                    <th scope="row" title=row.full>{row.name}</th>
                    <td class="num">{row.cost}</td>
                    <td class="num">{row.tokens}</td>
                    <td class="share">{bar}</td>
                </tr>
            }
        })
        .collect_view();
    let table = (!empty).then(|| {
        view! {
            <table>
                <thead>
                    <tr><th scope="col">{column}</th><th scope="col" class="num">"Cost"</th><th scope="col" class="num">"Tokens"</th><th scope="col">"Share"</th></tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
    });
    view! {
        <section class="card">
            <header><h2>{title}</h2></header>
            {table}
            {empty.then(|| view! { <p class="mute">"No usage in these days."</p> })}
            {(!note.is_empty()).then(|| view! { <p class="mute">{note}</p> })}
            {downloads}
        </section>
    }
    .into_any()
}
