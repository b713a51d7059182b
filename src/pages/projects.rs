//! `/projects`: every project, grouped by where it stands.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{LazyRoute, lazy_route};

/// The page's code, which the browser loads when it is first visited.
pub struct ProjectsRoute;

#[lazy_route]
impl LazyRoute for ProjectsRoute {
    fn data() -> Self {
        ProjectsRoute
    }

    fn view(this: Self) -> AnyView {
        let ProjectsRoute = this;
        view! { <Projects /> }.into_any()
    }
}

#[component]
fn Projects() -> impl IntoView {
    view! {
        <Title text="Projects" />
        <h1>"Projects"</h1>
    }
}
