//! A number with its name, its change and its shape over time.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// One card, formatted by the server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stat {
    pub name: String,
    pub value: String,
    /// The part of the line below that is set off; may be empty.
    pub strong: String,
    /// `up`, `good` or nothing: the colour of `strong`.
    pub tone: String,
    pub note: String,
    /// Points of an 88 by 24 line; empty: none is drawn.
    pub spark: String,
}

#[component]
pub fn StatCard(stat: Stat) -> impl IntoView {
    let spark = (!stat.spark.is_empty()).then(|| {
        view! { <svg class="spark" viewBox="0 0 88 24" aria-hidden="true"><polyline points=stat.spark.clone() /></svg> }
    });
    view! {
        <article class="card stat">
            <h2>{stat.name}</h2>
            <p class="big">{stat.value}</p>
            <p class="sub"><b class=stat.tone>{stat.strong}</b>" "{stat.note}</p>
            {spark}
        </article>
    }
    .into_any()
}
