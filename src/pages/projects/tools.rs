//! The search box and the orders of the list. Without JavaScript a form and links.

use std::time::Duration;

use leptos::ev::SubmitEvent;
use leptos::leptos_dom::helpers::debounce;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::Sort;
use crate::components::query_with;

/// Long enough that a word is asked for once, and short enough that nobody waits for it.
const TYPING: Duration = Duration::from_millis(150);

/// `go` takes what is searched for, and follows its address without leaving the page.
pub(super) fn tools(sort: Sort, typed: RwSignal<String>, go: impl Fn(String, String) + Copy + 'static) -> AnyView {
    let query = use_query_map();
    let search = move || {
        if let (Some(typed), Some(query)) = (typed.try_get_untracked(), query.try_get_untracked()) {
            let search = typed.trim().to_owned();
            let query = query_with(&query, &[("search", &search)]);
            go(search, format!("/projects{}", if query == "?" { "" } else { &query }));
        }
    };
    let mut later = debounce(TYPING, move |()| search());
    let input = move |event| {
        typed.set(event_target_value(&event));
        later(());
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        search();
    };
    let links = Sort::ALL.map(|choice| {
        let key = if choice == Sort::default() { "" } else { choice.key() };
        let href = query.with_untracked(|query| query_with(query, &[("sort", key)]));
        let current = (choice == sort).then_some("true");
        view! { <a href=href data-noscroll="" aria-current=current>{choice.label()}</a> }
    });
    let kept = (sort != Sort::default()).then(|| view! { <input type="hidden" name="sort" value=sort.key() /> });
    view! {
        <div class="tools">
            <form method="get" action="/projects" class="search" role="search" on:submit=submit>
                {kept}
                <input type="search" name="search" aria-label="Search projects" placeholder="Name, client or stack"
                    value=typed.get_untracked() prop:value=move || typed.get() on:input=input autocomplete="off" />
                <button class="btn">"Search"</button>
            </form>
            <div class="seg" role="group" aria-label="Sort by">{links.into_view()}</div>
        </div>
    }
    .into_any()
}
