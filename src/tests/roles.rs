//! Who may ask for what, in one table: every server function and every route, asked for by nobody and by each role over
//! HTTP. One that is not in the table fails the test, and so does one that answers somebody it should not.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use leptos::server_fn::axum::server_fn_paths;

use super::harness::{TestApp, http, write};
use super::sign_in::{PASSWORD, add_user, sign_in};
use crate::model::{ClientDraft, Order, Role};
use crate::server::{App, router, site_options};
use crate::store::{ClientKeys, OrderBatch};

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
    ("POST", "/rpc/import_contacts", ADMIN, "client=none&list=none"),
    ("POST", "/rpc/load_client_form", ADMIN, "{\"typed\":{}}"),
    ("POST", "/rpc/load_clients", ADMIN, "{}"),
    ("POST", "/rpc/load_contacts", ADMIN, "{\"client\":\"none\",\"list\":\"\"}"),
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
    ("POST", "/rpc/load_settings", VIEWER, "{\"typed\":\"\",\"saved\":\"\"}"),
    ("POST", "/rpc/load_sign_in", None, "{\"problem\":\"\",\"next\":\"\"}"),
    ("POST", "/rpc/load_sources", VIEWER, "{}"),
    ("POST", "/rpc/load_sync_log", VIEWER, "{}"),
    ("POST", "/rpc/load_tokens", VIEWER, "{\"window\":\"7d\",\"page\":0}"),
    ("POST", "/rpc/load_users", ADMIN, "{\"said\":\"\"}"),
    ("POST", "/rpc/look_at_contacts", ADMIN, "client=none&text=a"),
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
    ("POST", "/rpc/test_client_keys", ADMIN, "client=none"),
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
    ("GET", "/api/export/contacts.csv", ADMIN, ""),
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

/// Every server function that a form or a button of a page calls.
fn called(body: &str) -> BTreeSet<String> {
    let after = |mark: &'static str| body.split(mark).skip(1).filter_map(|rest| rest.split('"').next());
    after("action=\"").filter(|path| path.starts_with("/rpc/")).map(str::to_owned).collect()
}

/// An app that has something of everything that can be done something about.
async fn full() -> TestApp {
    let app = TestApp::new().await;
    write(&app.data("config/budget.json"), r#"{"monthly": 1}"#);
    let entry = |model: &str| {
        serde_json::json!({"date": chrono::Utc::now().date_naive(), "project": "shop", "session": "s",
            "tokensIn": 10, "tokensOut": 1, "cost": if model == "x" { None } else { Some(9.0) }, "model": model})
    };
    let entries = [entry("x"), entry("claude-opus-4-5")];
    write(&app.data("tokens.json"), serde_json::json!({ "entries": entries }).to_string());
    let root = app.data("../work");
    write(&root.join("shop/Cargo.toml"), "[package]\nname = \"shop\"\n");
    let root = root.canonicalize().expect("is there");
    write(&app.data("config/projects.json"), serde_json::json!({"roots": [root]}).to_string());
    write(&app.data("config/prices.json"), r#"{"models": [{"model": "own-model", "input": 1, "output": 2}]}"#);
    app.engine.config.reload();
    app.sync().await;
    let client = ClientDraft {
        id: "bistro".to_owned(),
        name: "Bistro".to_owned(),
        restaurant: "1a2b3c4d-0000-4000-8000-000000000001".to_owned(),
        api_url: "https://ws-api.toasttab.com".to_owned(),
        api_client: "api-client".to_owned(),
        enabled: false,
        keeps_personal: true,
    };
    app.engine.store.save_client(&client, &ClientKeys::default(), 1).await.expect("saves");
    let order = Order { guid: "g-1".to_owned(), business_day: chrono::Utc::now().date_naive(), ..Order::default() };
    let batch = OrderBatch { client: "bistro".to_owned(), orders: vec![order], ..OrderBatch::default() };
    app.engine.store.apply_orders(&batch, 1).await.expect("applies");
    app
}

#[tokio::test]
async fn no_page_shows_a_form_to_somebody_whose_press_would_be_refused() {
    let app = full().await;
    let addr = app.serve().await;
    let least = |path: &str| FUNCTIONS.iter().find(|endpoint| endpoint.1 == path).map(|endpoint| endpoint.2);
    let mut pages: BTreeSet<String> = leptos_pages().into_iter().map(|page| page.replace("{id}", "shop")).collect();
    for more in
        ["/orders?order=bistro%2Fg-1&match=yes", "/prices?model=x", "/clients?edit=new", "/clients?contacts=bistro"]
    {
        pages.insert(more.to_owned());
    }
    let mut seen: BTreeSet<(&str, String)> = BTreeSet::new();
    let mut complaints = Vec::new();
    for asker in askers(&app, addr).await {
        for path in &pages {
            let headers = [("Accept", "text/html"), ("Cookie", asker.cookie.as_str())];
            let (_, _, body) = http(addr, "GET", path, &headers, "").await;
            for function in called(&body) {
                let may = least(&function).is_some_and(|least| least <= asker.role);
                if !may {
                    complaints.push(format!("{path} shows {} a form of {function}", asker.name));
                }
                seen.insert((asker.name, function));
            }
        }
    }
    assert!(complaints.is_empty(), "{complaints:#?}");
    // That it was looked at at all.
    let shown = |name: &str| -> Vec<&str> {
        seen.iter().filter(|(asker, _)| *asker == name).map(|(_, function)| function.as_str()).collect()
    };
    for (name, functions) in [
        ("viewer", &["/rpc/sign_out", "/rpc/choose_theme", "/rpc/change_password"][..]),
        (
            "operator",
            &[
                "/rpc/start_sync",
                "/rpc/sync_source",
                "/rpc/test_source",
                "/rpc/move_project",
                "/rpc/save_project",
                "/rpc/answer_alert",
                "/rpc/add_order_contact",
            ],
        ),
        (
            "admin",
            &[
                "/rpc/save_settings",
                "/rpc/pause_sync",
                "/rpc/set_model_price",
                "/rpc/remove_model_price",
                "/rpc/test_channel",
                "/rpc/sync_client",
                "/rpc/save_client",
                "/rpc/look_at_contacts",
                "/rpc/add_machine",
                "/rpc/change_role",
                "/rpc/add_user",
            ],
        ),
    ] {
        for function in functions {
            assert!(shown(name).contains(function), "{name} sees no {function}: {:?}", shown(name));
        }
    }
}

#[tokio::test]
async fn a_viewer_reads_the_settings_and_can_change_nothing_in_them() {
    let app = full().await;
    let addr = app.serve().await;
    let askers = askers(&app, addr).await;
    let settings = async |name: &str| {
        let cookie = askers.iter().find(|asker| asker.name == name).map(|asker| asker.cookie.as_str());
        let headers = [("Accept", "text/html"), ("Cookie", cookie.expect("is there"))];
        http(addr, "GET", "/settings", &headers, "").await
    };
    let (status, _, body) = settings("viewer").await;
    assert_eq!(status, 200);
    assert!(body.contains("Your account reads these settings; an admin changes them."), "{body}");
    let fields = body.matches("name=\"fields[").count();
    assert!(fields > 20 && body.matches(" disabled").count() >= fields - body.matches("type=\"hidden\"").count());
    for button in ["Save budgets", "Add a budget", "Pause auto-sync", "Test connection"] {
        assert!(!body.contains(button), "{button}");
    }
    let (_, _, body) = settings("admin").await;
    assert!(body.contains("Save budgets") && !body.contains("Your account reads"), "{body}");
}
