//! 404.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::A;

#[component]
pub fn NotFound() -> impl IntoView {
    view! {
        <Title text="Not found" />
        <section class="card notice">
            <h1>"There is nothing at this address"</h1>
            <p>"It may have been moved, or the link is wrong."</p>
            <p><A href="/">"Go to the overview"</A></p>
        </section>
    }
}
