//! In which currency a page shows what AI costs, at its foot; nothing where it is US dollars.

use leptos::prelude::*;

use crate::model::Shown;

#[component]
pub fn ShownIn(shown: Shown) -> impl IntoView {
    shown.note().map(|note| view! { <p class="why shown-in">{note}</p> })
}
