//! The parts of the page, as links: each has an address of its own.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;
use serde::{Deserialize, Serialize};

use crate::components::query_with;

/// Which part is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tab {
    #[default]
    Overview,
    Spend,
    Quality,
    Timeline,
}

impl Tab {
    pub const ALL: [Tab; 4] = [Tab::Overview, Tab::Spend, Tab::Quality, Tab::Timeline];

    /// The key in the address.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Tab::Overview => "overview",
            Tab::Spend => "spend",
            Tab::Quality => "quality",
            Tab::Timeline => "timeline",
        }
    }

    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Tab::Overview => "Overview",
            Tab::Spend => "Spend",
            Tab::Quality => "Quality",
            Tab::Timeline => "Timeline",
        }
    }

    #[must_use]
    pub fn parse(key: &str) -> Option<Tab> {
        Tab::ALL.into_iter().find(|tab| tab.key() == key)
    }
}

pub(super) fn tabs(current: Tab) -> AnyView {
    // Of the query only the window goes along: what the form left in it belongs to the form.
    let window = use_query_map().with_untracked(|query| query.get("window").unwrap_or_default());
    let links = Tab::ALL.map(|tab| {
        let href = query_with(&ParamsMap::new(), &[("window", &window), ("tab", tab.key())]);
        let current = (tab == current).then_some("page");
        view! { <a href=href data-noscroll="" aria-current=current>{tab.label()}</a> }
    });
    view! { <nav class="tabs" aria-label="Parts of the project">{links.into_view()}</nav> }.into_any()
}
