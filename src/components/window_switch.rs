//! 7, 30 or 90 days: kept in the address, so that it can be shared and survives a reload.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::query_with;
use crate::model::Window;

/// Returns the window the address names; 30 days when it names none.
#[must_use]
pub fn use_window() -> Memo<Window> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| query.get("window").and_then(|key| Window::parse(&key))).unwrap_or_default())
}

#[component]
pub fn WindowSwitch(window: Window) -> impl IntoView {
    let query = use_query_map().get_untracked();
    let links = Window::ALL.map(|choice| {
        let current = (choice == window).then_some("true");
        let href = query_with(&query, &[("window", choice.key()), ("page", "")]);
        view! { <a href=href data-noscroll="" aria-current=current>{format!("{} days", choice.days())}</a> }
    });
    view! { <div class="seg" role="group" aria-label="Window">{links.into_view()}</div> }
}
