//! `/quality`: how the code of all projects is, worst first.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{LazyRoute, lazy_route};

/// The page's code, which the browser loads when it is first visited.
pub struct QualityRoute;

#[lazy_route]
impl LazyRoute for QualityRoute {
    fn data() -> Self {
        QualityRoute
    }

    fn view(this: Self) -> AnyView {
        let QualityRoute = this;
        view! { <Quality /> }.into_any()
    }
}

#[component]
fn Quality() -> impl IntoView {
    view! {
        <Title text="Quality" />
        <h1>"Quality"</h1>
    }
}
