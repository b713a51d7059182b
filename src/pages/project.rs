//! `/projects/:id`: one project, in tabs.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{LazyRoute, lazy_route};

/// The page's code, which the browser loads when it is first visited.
pub struct ProjectRoute;

#[lazy_route]
impl LazyRoute for ProjectRoute {
    fn data() -> Self {
        ProjectRoute
    }

    fn view(this: Self) -> AnyView {
        let ProjectRoute = this;
        view! { <ProjectPage /> }.into_any()
    }
}

#[component]
fn ProjectPage() -> impl IntoView {
    view! {
        <Title text="Project" />
        <h1>"Project"</h1>
    }
}
