//! The client whose orders are looked at: the one the address names, else the one this browser chose last.
//!
//! Kept in a cookie, so that the server draws the right orders at once, and so that live sync knows on every page whom
//! somebody looks at. Who belongs to a client sees that client, whatever is chosen: the server decides that.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};
use serde::{Deserialize, Serialize};

use super::choice::Choice;
use super::query_with;

/// Of the query and of the cookie.
const KEY: &str = "client";

#[derive(Clone, Copy)]
struct ClientChoice(Choice);

/// One client, as the selector has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientOption {
    pub id: String,
    /// With what is wrong, if something is.
    pub label: String,
}

/// Makes the choice available to the page; needs the router.
pub fn provide_client_choice() {
    provide_context(ClientChoice(Choice::new(KEY)));
}

/// Returns the id of the chosen client; `None` is all of them. It may be one that no client has.
#[must_use]
pub fn use_client() -> Memo<Option<String>> {
    expect_context::<ClientChoice>().0.chosen
}

/// Chooses the client. What else the address narrows stays, but for what is of one client only.
#[component]
pub fn ClientSelect(options: Vec<ClientOption>, #[prop(into)] shown: String) -> impl IntoView {
    let ClientChoice(choice) = expect_context();
    let (query, navigate) = (use_query_map(), use_navigate());
    let go = move |event| {
        let id = event_target_value(&event);
        choice.remember(id.clone());
        let changes = [(KEY, id.as_str()), ("page", ""), ("order", ""), ("source", "")];
        let address = query.with_untracked(|query| query_with(query, &changes));
        navigate(&address, NavigateOptions { scroll: false, ..NavigateOptions::default() });
    };
    let others = query.with_untracked(|query| {
        let others = query.clone().into_iter();
        let others = others.filter(|(name, _)| ![KEY, "page", "order", "source"].contains(&name.as_ref()));
        others.map(|(name, value)| view! { <input type="hidden" name=name.into_owned() value=value /> }).collect_view()
    });
    let current = shown.clone();
    let options = options.into_iter().map(|option| {
        let selected = option.id == current;
        view! { <option value=option.id selected=selected>{option.label}</option> }
    });
    view! {
        <form class="narrow" method="get" action="">
            {others}
            <select name=KEY aria-label="Client" prop:value=shown.clone() on:change=go>
                <option value="" selected=shown.is_empty()>"All clients"</option>
                {options.collect_view()}
            </select>
            <button class="btn">"Show"</button>
        </form>
    }
    .into_any()
}
