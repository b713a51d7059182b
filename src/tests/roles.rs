//! Who may ask for what, in one table: every server function and every route, asked for by nobody and by each role over
//! HTTP. One that is not in the table fails the test, and so does one that answers somebody it should not.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use leptos::server_fn::axum::server_fn_paths;

use super::harness::{TestApp, http};
use super::sign_in::{PASSWORD, add_user, sign_in};
use crate::model::Role;
use crate::server::{App, router, site_options};

/// Method, route, the least role (`None`: everybody), and a body: JSON when it begins with a brace, else a form.
type Endpoint = (&'static str, &'static str, Option<Role>, &'static str);

const CLIENT: Option<Role> = Some(Role::Client);
const VIEWER: Option<Role> = Some(Role::Viewer);
const OPERATOR: Option<Role> = Some(Role::Operator);
const ADMIN: Option<Role> = Some(Role::Admin);

const PRICES: &str = "{\"query\":{\"typed\":{\"model\":\"\",\"input\":\"\",\"output\":\"\",\"cache_read\":\"\",\
    \"cache_write\":\"\",\"cache_write_1h\":\"\",\"from\":\"\"},\"saved\":\"\",\"removed\":\"\",\"search\":\"\",\"all\":false}}";

const ORDERS: &str = "{\"query\":{\"client\":null,\"days\":\"\",\"from\":\"\",\"to\":\"\",\"search\":\"\",\
    \"source\":\"\",\"matched\":null,\"voided\":false,\"invoices\":false,\"current\":false,\"sort\":\"Opened\",\
    \"ascending\":false,\"page\":1},\"step\":\"Day\"}";

/// The server functions. Add a new one here, with arguments that can be read.
const FUNCTIONS: &[Endpoint] = &[
    ("POST", "/rpc/add_machine", ADMIN, "name="),
    ("POST", "/rpc/add_order_contact", OPERATOR, "order=none"),
    ("POST", "/rpc/add_user", ADMIN, "name=bad name&role=viewer"),
    ("POST", "/rpc/answer_alert", OPERATOR, "alert_key=none&answer=acknowledge"),
    ("POST", "/rpc/begin_totp", CLIENT, ""),
    ("POST", "/rpc/change_password", CLIENT, "old=a&new=b&again=c"),
    ("POST", "/rpc/change_role", ADMIN, "name=nobody&role=viewer"),
    ("POST", "/rpc/choose_theme", CLIENT, "theme=dark"),
    ("POST", "/rpc/confirm_totp", CLIENT, "code=1"),
    ("POST", "/rpc/disable_user", ADMIN, "name=nobody&disabled=true"),
    ("POST", "/rpc/end_session", CLIENT, "id=none"),
    ("POST", "/rpc/hide_alert", VIEWER, "alert_key=none"),
    ("POST", "/rpc/load_account", CLIENT, "{\"said\":\"\"}"),
    ("POST", "/rpc/load_alert_bar", VIEWER, "{}"),
    ("POST", "/rpc/load_alerts", VIEWER, "{}"),
    (
        "POST",
        "/rpc/load_analytics",
        VIEWER,
        "{\"span\":{\"window\":\"\",\"from\":\"\",\"to\":\"\",\"compare\":\"\"},\"stacked\":false}",
    ),
    ("POST", "/rpc/load_client_form", ADMIN, "{\"typed\":{}}"),
    ("POST", "/rpc/load_clients", ADMIN, "{}"),
    ("POST", "/rpc/load_connect", VIEWER, "{}"),
    ("POST", "/rpc/load_header", VIEWER, "{}"),
    ("POST", "/rpc/load_kanban", VIEWER, "{}"),
    ("POST", "/rpc/load_machines", ADMIN, "{\"query\":{\"new\":\"\",\"problem\":\"\",\"revoked\":\"\"}}"),
    ("POST", "/rpc/load_order", CLIENT, "{\"query\":{\"order\":\"none\",\"matching\":false,\"contact\":\"\"}}"),
    ("POST", "/rpc/load_order_sync", CLIENT, "{}"),
    ("POST", "/rpc/load_orders", CLIENT, ORDERS),
    ("POST", "/rpc/load_overview", VIEWER, "{\"window\":\"7d\"}"),
    ("POST", "/rpc/load_prices", VIEWER, PRICES),
    (
        "POST",
        "/rpc/load_project",
        VIEWER,
        "{\"query\":{\"id\":\"none\",\"tab\":\"Overview\",\"window\":\"7d\",\"saved\":false}}",
    ),
    ("POST", "/rpc/load_project_options", VIEWER, "{}"),
    ("POST", "/rpc/load_projects", VIEWER, "{\"query\":{\"search\":\"\",\"sort\":\"Activity\"}}"),
    ("POST", "/rpc/load_push_key", VIEWER, "{}"),
    ("POST", "/rpc/load_push_state", VIEWER, "{\"endpoint\":\"none\"}"),
    ("POST", "/rpc/load_quality", VIEWER, "{}"),
    ("POST", "/rpc/load_reset", None, "{\"key\":\"\",\"problem\":\"\"}"),
    ("POST", "/rpc/load_revenue", CLIENT, ORDERS),
    ("POST", "/rpc/load_set_up", None, "{\"key\":\"\",\"problem\":\"\"}"),
    ("POST", "/rpc/load_settings", ADMIN, "{\"typed\":\"\",\"saved\":\"\"}"),
    ("POST", "/rpc/load_sign_in", None, "{\"problem\":\"\",\"next\":\"\"}"),
    ("POST", "/rpc/load_sources", VIEWER, "{}"),
    ("POST", "/rpc/load_sync_log", VIEWER, "{}"),
    ("POST", "/rpc/load_tokens", VIEWER, "{\"window\":\"7d\",\"page\":0}"),
    ("POST", "/rpc/load_users", ADMIN, "{\"said\":\"\"}"),
    ("POST", "/rpc/look_up_rate", ADMIN, "{\"currency\":\"USD\"}"),
    ("POST", "/rpc/look_up_client", ADMIN, "{\"client\":\"none\",\"diagnose\":false}"),
    ("POST", "/rpc/make_token", CLIENT, "label=&scope=read&days=1"),
    ("POST", "/rpc/match_order", OPERATOR, "order=none&contact=none"),
    ("POST", "/rpc/move_project", OPERATOR, "id=none&status=paused"),
    ("POST", "/rpc/pause_sync", ADMIN, "paused=false"),
    ("POST", "/rpc/put_price_back", ADMIN, "entry=none"),
    ("POST", "/rpc/remove_client", ADMIN, "client=none"),
    ("POST", "/rpc/remove_model_price", ADMIN, "model=none"),
    ("POST", "/rpc/remove_user", ADMIN, "name=nobody&sure=true"),
    ("POST", "/rpc/reset_link", ADMIN, "name=nobody"),
    ("POST", "/rpc/reset_password", None, "key=&password=&again="),
    ("POST", "/rpc/resync_client", ADMIN, "client=none"),
    ("POST", "/rpc/revoke_machine", ADMIN, "id=none"),
    ("POST", "/rpc/revoke_token", CLIENT, "id=none"),
    ("POST", "/rpc/save_client", ADMIN, "typed[name]="),
    ("POST", "/rpc/save_project", OPERATOR, "id=none&choices[name]=a"),
    ("POST", "/rpc/save_settings", ADMIN, "section=sync&version="),
    ("POST", "/rpc/set_model_price", ADMIN, "model=none"),
    ("POST", "/rpc/set_up", None, "key=&name=&password=&again="),
    ("POST", "/rpc/sign_in", None, "name=&password="),
    ("POST", "/rpc/sign_in_code", None, "code=1"),
    ("POST", "/rpc/start_sync", OPERATOR, ""),
    ("POST", "/rpc/subscribe_push", VIEWER, "subscription=none"),
    ("POST", "/rpc/sync_client", ADMIN, "client=none"),
    ("POST", "/rpc/sync_source", OPERATOR, "name=manual"),
    ("POST", "/rpc/test_channel", ADMIN, "channel=none"),
    ("POST", "/rpc/test_push", VIEWER, "endpoint=none"),
    ("POST", "/rpc/test_source", OPERATOR, "source=manual"),
    ("POST", "/rpc/unmatch_order", OPERATOR, "order=none"),
    ("POST", "/rpc/unsubscribe_push", VIEWER, "endpoint=none"),
    ("POST", "/rpc/watch_orders", ADMIN, "{\"client\":\"none\",\"tab\":\"a\",\"looks\":false}"),
    // They end what those before them are asked with.
    ("POST", "/rpc/end_sessions", CLIENT, ""),
    ("POST", "/rpc/stop_totp", CLIENT, "password=a"),
    ("POST", "/rpc/sign_out", CLIENT, ""),
];

/// What is no page and no server function.
const ROUTES: &[Endpoint] = &[
    ("GET", "/api/alerts", VIEWER, ""),
    ("POST", "/api/channels/test", ADMIN, "{\"channel\":\"none\"}"),
    ("GET", "/api/export/orders.csv", CLIENT, ""),
    ("GET", "/api/export/orders.json", CLIENT, ""),
    ("GET", "/api/export/{file}", VIEWER, ""),
    ("POST", "/api/projects/status", OPERATOR, "{\"id\":\"none\",\"status\":\"paused\"}"),
    ("PATCH", "/api/projects/status", OPERATOR, "{\"id\":\"none\",\"status\":\"paused\"}"),
    ("GET", "/api/settings/alerts", ADMIN, ""),
    ("POST", "/api/settings/alerts", ADMIN, "{}"),
    ("GET", "/api/settings/budget", ADMIN, ""),
    ("POST", "/api/settings/budget", ADMIN, "{}"),
    ("GET", "/api/settings/sync", ADMIN, ""),
    ("POST", "/api/settings/sync", ADMIN, "{}"),
    ("POST", "/api/sync", OPERATOR, ""),
    ("GET", "/api/sync/runs", VIEWER, ""),
    ("GET", "/data/analytics.json", VIEWER, ""),
    ("GET", "/data/projects.json", VIEWER, ""),
    ("GET", "/data/quality.json", VIEWER, ""),
    ("GET", "/data/sync-status.json", VIEWER, ""),
    ("GET", "/healthz", None, ""),
    ("GET", "/readyz", None, ""),
    ("GET", "/sign-in/oidc", None, ""),
    ("GET", "/sign-in/oidc/callback", None, ""),
];

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
    assert!(unknown.is_empty(), "add these to the table in src/tests/roles.rs, with their role: {unknown:#?}");
    assert!(gone.is_empty(), "these are gone: take them out of the table in src/tests/roles.rs: {gone:#?}");
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
