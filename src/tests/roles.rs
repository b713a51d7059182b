//! Who may ask for what, in one table: every server function and every route, asked for by nobody and by each role over
//! HTTP. One that is not in the table fails the test, and so does one that answers somebody it should not.

mod endpoints;
mod forms;

use std::collections::BTreeSet;
use std::net::SocketAddr;

use leptos::server_fn::axum::server_fn_paths;

use self::endpoints::{Endpoint, FUNCTIONS, ROUTES, VIEWER};
use super::harness::{TestApp, http};
use super::sign_in::{PASSWORD, add_user, sign_in};
use crate::model::Role;
use crate::server::{App, router, site_options};

/// A stream that does not end: what it refuses is asked for, what it sends is not.
const STREAM: &str = "/events";
/// What other machines and services send to, with keys of its own: every call is refused without one.
const OWN_KEYS: [&str; 4] = ["/api/push", "/api/webhooks/toast", "/v1/logs", "/v1/metrics"];
/// Pages for whoever is not signed in.
const OPEN_PAGES: [&str; 3] = ["/reset", "/setup", "/sign-in"];

/// Every path the router knows, as it prints itself.
fn routes(app: &TestApp) -> BTreeSet<String> {
    let leptos = site_options("127.0.0.1:0".parse().expect("an address"));
    let printed = format!("{:?}", router(App { engine: app.engine.clone(), leptos }));
    let parts = printed.split("RouteId(").filter_map(|part| part.split_once("): \"")?.1.split('"').next());
    parts.filter(|path| path.starts_with('/') && !path.contains("__private")).map(str::to_owned).collect()
}

struct Asker {
    name: &'static str,
    role: Option<Role>,
    cookie: String,
}

async fn askers(app: &TestApp, addr: SocketAddr) -> Vec<Asker> {
    let mut askers = vec![Asker { name: "nobody", role: None, cookie: String::new() }];
    for role in Role::ALL.into_iter().rev() {
        add_user(app, role.name(), role).await;
    }
    for role in Role::ALL {
        let cookie = sign_in(addr, role.name(), PASSWORD).await.expect("signs in");
        askers.push(Asker { name: role.name(), role: Some(role), cookie });
    }
    askers
}

async fn ask(addr: SocketAddr, asker: &Asker, endpoint: &Endpoint) -> u16 {
    let (method, path, _, body) = endpoint;
    let path = path.replace("{file}", "sync.csv");
    let kind = if body.starts_with('{') { "application/json" } else { "application/x-www-form-urlencoded" };
    let headers = [
        ("Accept", "application/json"),
        ("Content-Type", kind),
        ("Sec-Fetch-Site", "same-origin"),
        ("Cookie", asker.cookie.as_str()),
    ];
    http(addr, method, &path, &headers, body).await.0
}

/// What is wrong with one answer, if anything.
fn wrong(asker: &Asker, endpoint: &Endpoint, status: u16) -> Option<String> {
    let (method, path, least, _) = endpoint;
    let (is_right, expected) = match (least, asker.role) {
        (None, _) => (!matches!(status, 401 | 403), "an answer"),
        (Some(_), None) => (status == 401, "401"),
        (Some(least), Some(role)) if role < *least => (status == 403, "403"),
        (Some(_), Some(_)) => (!matches!(status, 401 | 403), "an answer"),
    };
    (!is_right).then(|| format!("{method} {path} answers {} with {status}, not with {expected}", asker.name))
}

#[tokio::test]
async fn every_server_function_and_every_route_asks_who_it_is() {
    let app = TestApp::new().await;
    let addr = app.serve().await;
    let known: BTreeSet<String> = FUNCTIONS.iter().chain(ROUTES).map(|endpoint| endpoint.1.to_owned()).collect();
    let mut found: BTreeSet<String> = server_fn_paths().map(|(path, _)| path.to_owned()).collect();
    let pages = |path: &&String| leptos_pages().contains(*path);
    let routes = routes(&app);
    let elsewhere = |path: &str| path == STREAM || OWN_KEYS.contains(&path);
    found.extend(routes.iter().filter(|path| !pages(path) && !elsewhere(path)).cloned());
    let unknown: Vec<_> = found.difference(&known).collect();
    let gone: Vec<_> = known.difference(&found).collect();
    assert!(
        unknown.is_empty(),
        "add these to the table in src/tests/roles/endpoints.rs, with their role: {unknown:#?}"
    );
    assert!(gone.is_empty(), "these are gone: take them out of the table in src/tests/roles/endpoints.rs: {gone:#?}");
    let askers = askers(&app, addr).await;
    let mut complaints = Vec::new();
    // First, for the last functions of the table sign out.
    for asker in askers.iter().filter(|asker| asker.role < VIEWER) {
        let stream = ("GET", STREAM, VIEWER, "");
        complaints.extend(wrong(asker, &stream, ask(addr, asker, &stream).await));
    }
    for path in OWN_KEYS.iter().filter(|path| routes.contains(**path)) {
        // As a proxy passes it on: agents of this very machine need no key for telemetry.
        let headers = [("Content-Type", "application/json"), ("X-Forwarded-For", "203.0.113.7")];
        let status = http(addr, "POST", path, &headers, "{}").await.0;
        if !(400..500).contains(&status) {
            complaints.push(format!("POST {path} answers a caller without a key with {status}"));
        }
    }
    for endpoint in ROUTES.iter().chain(FUNCTIONS) {
        for asker in &askers {
            complaints.extend(wrong(asker, endpoint, ask(addr, asker, endpoint).await));
        }
    }
    assert!(complaints.is_empty(), "{complaints:#?}");
}

fn leptos_pages() -> BTreeSet<String> {
    let pages = leptos_axum::generate_route_list(crate::app::Root);
    pages.iter().map(|page| page.path().to_owned()).collect()
}

#[tokio::test]
async fn every_page_sends_nobody_to_sign_in_and_a_clients_person_home() {
    let app = TestApp::new().await;
    let addr = app.serve().await;
    let askers = askers(&app, addr).await;
    let pages = leptos_pages();
    assert!(pages.len() > 12 && pages.contains("/tokens"), "{pages:?}");
    for page in pages {
        let path = page.replace("{id}", "shop");
        let open = OPEN_PAGES.contains(&page.as_str());
        let get = async |asker: &Asker| {
            let (status, head, _) =
                http(addr, "GET", &path, &[("Accept", "text/html"), ("Cookie", &asker.cookie)], "").await;
            let location = head.lines().find_map(|line| line.strip_prefix("location: ").map(str::to_owned));
            (status, location.unwrap_or_default())
        };
        let (status, location) = get(&askers[0]).await;
        let sent = status == 303 && location.starts_with("/sign-in");
        assert!(if open { status == 200 } else { sent }, "{page}: nobody gets {status} {location}");
        let (status, location) = get(&askers[1]).await;
        let theirs = open || page.starts_with("/orders") || page == "/account";
        assert!(theirs || (status == 303 && location == "/orders"), "{page}: a client gets {status} {location}");
    }
}
