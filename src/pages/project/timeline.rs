//! What happened when, and what is to come: newest first.

#[cfg(feature = "ssr")]
pub(super) mod build;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Everything the tab draws, finished.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeline {
    /// Name, value, and whether it is bad news.
    pub figures: Vec<(String, String, bool)>,
    /// Newest first.
    pub events: Vec<Event>,
}

/// Something that happened on a day, or is to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub date: String,
    pub title: String,
    pub detail: String,
    /// The colour of its dot.
    pub dot: String,
}

pub(super) fn timeline(page: Timeline) -> AnyView {
    let figures = page
        .figures
        .into_iter()
        .map(|(name, value, bad)| view! { <div><dt>{name}</dt><dd class:bad=bad>{value}</dd></div> });
    let events = page.events.into_iter().map(|event| {
        let datetime = event.date.clone();
        view! {
            <li>
                <time class="num mute" datetime=datetime>{event.date}</time>
                <i class=format!("dot {}", event.dot)></i>
                <div><b>{event.title}</b><p>{event.detail}</p></div>
            </li>
        }
    });
    view! {
        <section class="card">
            <header><h2>"Timeline"</h2></header>
            <dl class="kinds spans">{figures.collect_view()}</dl>
            <ol class="events">{events.collect_view()}</ol>
        </section>
    }
    .into_any()
}
