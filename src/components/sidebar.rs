//! Navigation: a sidebar, on a phone a bar at the bottom.

use leptos::prelude::*;
use leptos_router::components::A;

use super::Icon;

const PAGES: [(&str, &str, Icon); 5] = [
    ("/", "Overview", Icon::Overview),
    ("/tokens", "Tokens", Icon::Tokens),
    ("/sources", "Sources", Icon::Sources),
    ("/prices", "Prices", Icon::Prices),
    ("/sync", "Sync log", Icon::Sync),
];

#[component]
pub fn Sidebar() -> impl IntoView {
    let links = PAGES.map(|(href, name, icon)| {
        view! { <A href=href exact=true>{icon.view()}<span>{name}</span></A> }
    });
    view! {
        <aside>
            <a class="brand" href="/"><i></i>"Allclear"</a>
            <nav aria-label="Main">{links.into_view()}</nav>
            <footer><ThemeButton /></footer>
        </aside>
    }
}

/// Light, dark, or as the system has it. Kept in a cookie, so that the server draws the right one at once.
#[component]
fn ThemeButton() -> impl IntoView {
    let theme = RwSignal::new(Theme::System);
    Effect::new(move |_| theme.set(Theme::chosen()));
    let next = move |_| {
        let next = theme.get().next();
        next.choose();
        theme.set(next);
    };
    view! {
        <button class="link" on:click=next>
            {Icon::Theme.view()}
            <span>"Theme"<span class="choice">{move || theme.get().label()}</span></span>
        </button>
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Theme {
    System,
    Light,
    Dark,
}

impl Theme {
    const fn next(self) -> Theme {
        match self {
            Theme::System => Theme::Light,
            Theme::Light => Theme::Dark,
            Theme::Dark => Theme::System,
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Theme::System => ": system",
            Theme::Light => ": light",
            Theme::Dark => ": dark",
        }
    }

    fn chosen() -> Theme {
        let root = document().document_element();
        match root.and_then(|root| root.get_attribute("data-theme")).as_deref() {
            Some("light") => Theme::Light,
            Some("dark") => Theme::Dark,
            _ => Theme::System,
        }
    }

    fn choose(self) {
        let Some(root) = document().document_element() else { return };
        let name = match self {
            Theme::System => None,
            Theme::Light => Some("light"),
            Theme::Dark => Some("dark"),
        };
        // Setting an attribute of our own document cannot fail in a way a reader could act on.
        let _ = match name {
            Some(name) => root.set_attribute("data-theme", name),
            None => root.remove_attribute("data-theme"),
        };
        #[cfg(feature = "hydrate")]
        crate::client::keep_theme(name);
    }
}
