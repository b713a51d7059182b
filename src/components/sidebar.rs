//! Navigation: a sidebar, on a phone a bar at the bottom.

use leptos::html::Div;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::components::A;
use leptos_router::hooks::use_location;

use super::signed::SignOut;
use super::{Icon, OrderSync, Signed, use_signed, use_theme};

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
const USERS: (&str, &str, Icon) = ("/users", "Users", Icon::Users);
const ACCOUNT: (&str, &str, Icon) = ("/account", "Account", Icon::Account);

/// Beside those of the navigation: pages that others lead to.
const FURTHER: [(&str, &str); 3] = [("/alerts", "Alerts"), ("/connect", "Connect a tool"), ("/machines", "Machines")];

/// Every page this person sees: address and name.
pub(super) fn all_pages(signed: &Signed) -> Vec<(&'static str, &'static str)> {
    let named = PAGES.into_iter().chain([SETTINGS, USERS]).map(|(href, name, _)| (href, name));
    let account = signed.is_user.then_some((ACCOUNT.0, ACCOUNT.1));
    named.chain(FURTHER).filter(|(href, _)| signed.sees(href)).chain(account).collect()
}

/// The pages behind a phone's last button.
fn behind(signed: &Signed) -> Vec<(&'static str, &'static str, Icon)> {
    let seen = PAGES.into_iter().filter(|(href, ..)| signed.sees(href)).skip(IN_BAR);
    let settings = signed.sees(SETTINGS.0).then_some(SETTINGS);
    let users = signed.sees(USERS.0).then_some(USERS);
    let account = signed.is_user.then_some(ACCOUNT);
    seen.chain(settings).chain(users).chain(account).collect()
}

#[component]
pub fn Sidebar() -> impl IntoView {
    let signed = use_signed();
    let seen = PAGES.into_iter().filter(|(href, ..)| signed.sees(href));
    let link = |(href, name, icon): (&'static str, &'static str, Icon)| {
        view! { <A href=href exact={href == "/"}>{icon.view()}<span>{name}</span></A> }
    };
    let first = seen.clone().take(IN_BAR).map(link).collect_view();
    let others = seen.skip(IN_BAR).map(link).collect_view();
    let settings = signed.sees(SETTINGS.0).then(|| {
        view! { <nav class="apart" aria-label="Settings">{link(SETTINGS)}{signed.sees(USERS.0).then(|| link(USERS))}</nav> }
    });
    view! {
        <aside>
            <a class="brand" href="/"><i></i>"Allclear"</a>
            <nav aria-label="Main">{first}<div class="others">{others}</div></nav>
            <footer>
                <More />
                {settings}
                <ThemeButton />
                <OrderSync />
                <SignedIn />
            </footer>
        </aside>
    }
}

/// On a phone: the pages that have no room in the bar, in a sheet above it.
#[component]
fn More() -> impl IntoView {
    let pathname = use_location().pathname;
    let signed = use_signed();
    let hidden = behind(&signed);
    let sheet = NodeRef::<Div>::new();
    // The page one goes to is what one wants to see.
    let close = move |_| {
        if let Some(sheet) = sheet.get_untracked() {
            // It fails when the sheet is not open: then there is nothing to close.
            let _ = sheet.hide_popover();
        }
    };
    let paths: Vec<&str> = hidden.iter().map(|(href, ..)| *href).collect();
    let here = move || pathname.with(|path| paths.contains(&path.as_str())).then_some("true");
    let links = hidden.into_iter().map(|(href, name, icon)| {
        view! { <A href=href>{icon.view()}<span>{name}</span></A> }
    });
    view! {
        <button class="link more" popovertarget="more" aria-current=here>{Icon::More.view()}<span>"More"</span></button>
        <div id="more" popover="auto" node_ref=sheet on:click=close>
            <nav aria-label="More pages">{links.collect_view()}</nav>
            {signed.is_session.then(sign_out)}
        </div>
    }
}

/// Who is signed in, and the way out.
#[component]
fn SignedIn() -> impl IntoView {
    let signed = use_signed();
    signed.is_user.then(|| {
        let name = signed.name.clone();
        view! {
            <nav class="apart mine" aria-label="Account"><A href="/account">{Icon::Account.view()}<span>{name}</span></A></nav>
            {signed.is_session.then(sign_out)}
        }
    })
}

/// A plain form: what comes next is another document.
fn sign_out() -> AnyView {
    view! {
        <form class="leave" method="post" action=SignOut::PATH>
            <button class="link">{Icon::Leave.view()}<span>"Sign out"</span></button>
        </form>
    }
    .into_any()
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
