//! Navigation: a sidebar, on a phone a bar at the bottom.

use leptos::html::Div;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_location;

use super::{Icon, OrderSync, use_theme};

/// The first ones are in a phone's bar, the others behind its last button.
const PAGES: [(&str, &str, Icon); 11] = [
    ("/", "Overview", Icon::Overview),
    ("/projects", "Projects", Icon::Projects),
    ("/tokens", "Tokens", Icon::Tokens),
    ("/analytics", "Analytics", Icon::Analytics),
    ("/quality", "Quality", Icon::Quality),
    ("/kanban", "Kanban", Icon::Kanban),
    ("/orders", "Orders", Icon::Orders),
    ("/clients", "Clients", Icon::Clients),
    ("/sources", "Sources", Icon::Sources),
    ("/prices", "Prices", Icon::Prices),
    ("/sync", "Sync log", Icon::Sync),
];
const IN_BAR: usize = 4;
/// Apart from the others, at the bottom.
const SETTINGS: (&str, &str, Icon) = ("/settings", "Settings", Icon::Settings);

/// The pages behind a phone's last button.
fn behind() -> impl Iterator<Item = (&'static str, &'static str, Icon)> {
    PAGES.into_iter().skip(IN_BAR).chain([SETTINGS])
}

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
            <footer>
                <More />
                <nav class="apart" aria-label="Settings">{link(SETTINGS)}</nav>
                <ThemeButton />
                <OrderSync />
            </footer>
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
        behind().any(|(href, ..)| path == href).then_some("true")
    };
    let links = behind().map(|(href, name, icon)| {
        view! { <A href=href>{icon.view()}<span>{name}</span></A> }
    });
    view! {
        <button class="link more" popovertarget="more" aria-current=here>{Icon::More.view()}<span>"More"</span></button>
        <div id="more" popover="auto" node_ref=sheet on:click=close>
            <nav aria-label="More pages">{links.collect_view()}</nav>
        </div>
    }
}

/// Light, dark, or as the system has it.
#[component]
fn ThemeButton() -> impl IntoView {
    let theme = use_theme();
    view! {
        <button class="link" on:click=move |_| theme.choose_next()>
            {Icon::Theme.view()}
            <span>"Theme"<span class="choice">{move || format!(": {}", theme.get().as_str())}</span></span>
        </button>
    }
}
