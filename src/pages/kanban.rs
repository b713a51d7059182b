//! `/kanban`: the projects as cards on a board.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{LazyRoute, lazy_route};

/// The page's code, which the browser loads when it is first visited.
pub struct KanbanRoute;

#[lazy_route]
impl LazyRoute for KanbanRoute {
    fn data() -> Self {
        KanbanRoute
    }

    fn view(this: Self) -> AnyView {
        let KanbanRoute = this;
        view! { <Kanban /> }.into_any()
    }
}

#[component]
fn Kanban() -> impl IntoView {
    view! {
        <Title text="Kanban" />
        <h1>"Kanban"</h1>
    }
}
