//! The document around every page, and the routes.

use leptos::config::LeptosOptions;
use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags, Title, provide_meta_context};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;
use leptos_router::{Lazy, SsrMode};

use crate::components::{
    AlertBanners, Header, Sidebar, Toaster, provide_alerts, provide_client_choice, provide_hidden_series, provide_live,
    provide_notifications, provide_now, provide_project_choice, provide_signed, provide_theme,
};
use crate::pages::{
    AccountRoute, AlertsRoute, AnalyticsRoute, ClientsRoute, ConnectRoute, KanbanRoute, MachinesRoute, NotFound,
    OrdersRoute, OverviewRoute, PricesRoute, ProjectRoute, ProjectsRoute, QualityRoute, ResetRoute, SettingsRoute,
    SetupRoute, SignInRoute, SourcesRoute, SyncLogRoute, TokensRoute, UsersRoute,
};

/// The HTML document, server-side only. Sets the content security policy with this answer's nonce.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    #[cfg(feature = "ssr")]
    let theme = document::prepare();
    #[cfg(not(feature = "ssr"))]
    let theme = None::<String>;
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <HashedStylesheet id="style" options=options.clone() />
                <AutoReload options=options.clone() />
                <HydrationScripts options />
                <MetaTags />
            </head>
            <body>
                <Root />
            </body>
        </html>
    }
}

/// The app inside the body: navigation, header, and the page of the address.
#[component]
pub fn Root() -> impl IntoView {
    provide_meta_context();
    provide_now();
    provide_hidden_series();
    view! {
        <Title formatter=|title: String| if title.is_empty() { "Allclear".to_owned() } else { format!("{title} · Allclear") } />
        <Router>
            <Frame />
        </Router>
    }
}

/// Everything that needs the router's context.
#[component]
fn Frame() -> impl IntoView {
    provide_theme();
    let in_frame = provide_signed();
    provide_live();
    provide_alerts();
    provide_notifications();
    provide_project_choice();
    provide_client_choice();
    view! {
        <a class="skip" href="#content" rel="external">"Skip to content"</a>
        {in_frame.then(|| view! { <Sidebar /> })}
        <main class:alone=!in_frame>
            {in_frame.then(|| view! { <AlertBanners /><Header /> })}
            <div id="content" tabindex="-1">
                <Routes fallback=NotFound>
                    <Route path=path!("/") view={Lazy::<OverviewRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/projects") view={Lazy::<ProjectsRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/projects/:id") view={Lazy::<ProjectRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/kanban") view={Lazy::<KanbanRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/tokens") view={Lazy::<TokensRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/analytics") view={Lazy::<AnalyticsRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/quality") view={Lazy::<QualityRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/orders") view={Lazy::<OrdersRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/clients") view={Lazy::<ClientsRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/sources") view={Lazy::<SourcesRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/connect") view={Lazy::<ConnectRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/machines") view={Lazy::<MachinesRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/prices") view={Lazy::<PricesRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/alerts") view={Lazy::<AlertsRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/settings") view={Lazy::<SettingsRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/sign-in") view={Lazy::<SignInRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/setup") view={Lazy::<SetupRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/reset") view={Lazy::<ResetRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/account") view={Lazy::<AccountRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/users") view={Lazy::<UsersRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/sync") view={Lazy::<SyncLogRoute>::new()} ssr=SsrMode::Async />
                </Routes>
            </div>
        </main>
        <Toaster />
    }
}

#[cfg(feature = "ssr")]
mod document {
    use axum::http::header::{CONTENT_SECURITY_POLICY, HeaderValue};
    use leptos::nonce::use_nonce;
    use leptos::prelude::use_context;
    use leptos_axum::ResponseOptions;

    use crate::components::cookie;

    /// Sets the page's policy; returns the theme this browser chose, if any.
    pub(super) fn prepare() -> Option<String> {
        if let (Some(options), Some(nonce)) = (use_context::<ResponseOptions>(), use_nonce()) {
            // `cargo leptos watch` tells pages to reload over a socket on another port.
            let sockets = if std::env::var_os("LEPTOS_WATCH").is_some() { " ws:" } else { "" };
            let policy = format!(
                "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; \
                 style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; font-src 'self'; connect-src 'self'{sockets}; \
                 worker-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; \
                 frame-ancestors 'none'"
            );
            if let Ok(policy) = HeaderValue::from_str(&policy) {
                options.insert_header(CONTENT_SECURITY_POLICY, policy);
            }
        }
        let theme = cookie("theme")?;
        matches!(theme.as_str(), "light" | "dark").then_some(theme)
    }
}
