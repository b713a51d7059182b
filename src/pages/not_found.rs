//! 404.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::A;

use crate::components::Empty;

#[component]
pub fn NotFound() -> impl IntoView {
    view! {
        <Title text="Not found" />
        <Empty title="There is nothing at this address">
            <p>"It may have been moved, or the link is wrong."</p>
            <p><A href="/">"Go to the overview"</A></p>
        </Empty>
    }
}
