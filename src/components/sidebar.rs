//! Navigation: a sidebar, on a phone a bar at the bottom.

use leptos::html::Div;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_location;

use super::{Icon, keep_cookie};

/// The first ones are in a phone's bar, the others behind its last button.
const PAGES: [(&str, &str, Icon); 9] = [
    ("/", "Overview", Icon::Overview),
    ("/projects", "Projects", Icon::Projects),
    ("/tokens", "Tokens", Icon::Tokens),
    ("/analytics", "Analytics", Icon::Analytics),
    ("/quality", "Quality", Icon::Quality),
    ("/kanban", "Kanban", Icon::Kanban),
    ("/sources", "Sources", Icon::Sources),
    ("/prices", "Prices", Icon::Prices),
    ("/sync", "Sync log", Icon::Sync),
];
const IN_BAR: usize = 4;

#[component]
pub fn Sidebar() -> impl IntoView {
    let link = |(href, name, icon): (&'static str, &'static str, Icon)| {
        view! { <A href=href exact={href == "/"}>{icon.view()}<span>{name}</span></A> }
    };
    let first = PAGES.into_iter().take(IN_BAR).map(link).collect_view();
    let others = PAGES.into_iter().skip(IN_BAR).map(link).collect_view();
    view! {
        <aside>
            <a class="brand" href="/"><i></i>"Allclear"</a>
            <nav aria-label="Main">{first}<div class="others">{others}</div></nav>
            <footer><More /><ThemeButton /></footer>
        </aside>
    }
}

/// On a phone: the pages that have no room in the bar, in a sheet above it.
#[component]
fn More() -> impl IntoView {
    let pathname = use_location().pathname;
    let sheet = NodeRef::<Div>::new();
    // The page one goes to is what one wants to see.
    let close = move |_| {
        if let Some(sheet) = sheet.get_untracked() {
            // It fails when the sheet is not open: then there is nothing to close.
            let _ = sheet.hide_popover();
        }
    };
    let here = move || {
        let path = pathname.get();
        PAGES.iter().skip(IN_BAR).any(|(href, ..)| path == *href).then_some("true")
    };
    let links = PAGES.into_iter().skip(IN_BAR).map(|(href, name, icon)| {
        view! { <A href=href>{icon.view()}<span>{name}</span></A> }
    });
    view! {
        <button class="link more" popovertarget="more" aria-current=here>{Icon::More.view()}<span>"More"</span></button>
        <div id="more" popover="auto" node_ref=sheet on:click=close>
            <nav aria-label="More pages">{links.collect_view()}</nav>
        </div>
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
        keep_cookie("theme", name);
    }
}
