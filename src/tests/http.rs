//! What a browser or a script gets: pages without JavaScript, guards, published documents.

use std::net::SocketAddr;

use axum::body::Body;
use axum::http::header::{HOST, SET_COOKIE};
use axum::http::{Request, StatusCode};
use leptos::prelude::{Owner, provide_context};
use leptos_axum::ResponseOptions;
use tower::ServiceExt;

use super::harness::{TestApp, http, line, plain, write};
use crate::server::{App, router, site_options};

async fn get(addr: SocketAddr, path: &str) -> (u16, String, String) {
    http(addr, "GET", path, &[("Accept", "text/html")], "").await
}

fn today(message: &str) -> String {
    line(message, "req", 900, |line| line["timestamp"] = serde_json::json!(chrono::Utc::now().to_rfc3339()))
}

#[tokio::test]
async fn every_page_shows_its_numbers_without_javascript() {
    let app = TestApp::new().await;
    app.write_log("-home-dev-dashboard/s.jsonl", today("msg_1"));
    app.sync().await;
    let addr = app.serve().await;
    for (path, expected) in [
        ("/", "All clear"),
        ("/", "$0.05"),
        ("/tokens", "dashboard"),
        ("/tokens?window=7d", "Opus 5.5"),
        ("/sync", "1 new message"),
        ("/sources", "The source is current."),
        ("/sources", "ANTHROPIC_ADMIN_KEY"),
        ("/prices", "Every model that was used has a price."),
        ("/prices?search=opus-5-5", "claude-opus-5-5"),
        ("/quality", "Nothing can be measured yet."),
        ("/kanban", "No project is known yet"),
    ] {
        let (status, _, body) = get(addr, path).await;
        assert_eq!(status, 200, "{path}");
        assert!(body.contains(expected), "{path} lacks {expected}: {body}");
    }
    let (status, _, body) = get(addr, "/nowhere").await;
    assert_eq!(status, 404);
    assert!(body.contains("There is nothing at this address"));
}

#[tokio::test]
async fn an_empty_dashboard_says_what_to_do() {
    let app = TestApp::new().await;
    let addr = app.serve().await;
    let (_, _, body) = get(addr, "/").await;
    assert!(body.contains("allclear demo") && body.contains("Never synced"), "{body}");
}

#[tokio::test]
async fn refresh_is_a_plain_form_post_without_javascript() {
    let app = TestApp::new().await;
    app.write_log("-p/s.jsonl", today("msg_1"));
    let addr = app.serve().await;
    let referer = format!("http://{addr}/tokens");
    let headers = [
        ("Accept", "text/html"),
        ("Referer", referer.as_str()),
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Sec-Fetch-Site", "same-origin"),
    ];
    let (status, head, _) = http(addr, "POST", "/rpc/start_sync", &headers, "").await;
    assert_eq!(status, 302, "{head}");
    assert!(head.contains("/tokens"), "{head}");
    assert_eq!(app.engine.snapshot().runs.len(), 1);
}

#[tokio::test]
async fn foreign_hosts_and_sites_are_refused() {
    let app = TestApp::new().await;
    let addr = app.serve().await;
    for path in ["/", "/events", "/data/analytics.json", "/favicon.svg"] {
        let (status, ..) = http(addr, "GET", path, &[("Host", "evil.example")], "").await;
        assert_eq!(status, 421, "{path}");
    }
    for headers in [[("Sec-Fetch-Site", "cross-site")], [("Origin", "http://evil.example")]] {
        for path in [
            "/api/sync",
            "/rpc/start_sync",
            "/rpc/sync_source",
            "/rpc/set_model_price",
            "/rpc/remove_model_price",
            "/rpc/put_price_back",
            "/rpc/move_project",
            "/api/projects/status",
        ] {
            let (status, ..) = http(addr, "POST", path, &headers, "").await;
            assert_eq!(status, 403, "{path} {headers:?}");
        }
    }
    assert!(app.engine.snapshot().runs.is_empty(), "nothing ran");
}

#[tokio::test]
async fn answers_carry_their_guards() {
    let app = TestApp::new().await;
    let addr = app.serve().await;
    let (_, head, body) = get(addr, "/").await;
    let policy = head.lines().find(|line| line.starts_with("content-security-policy:")).expect("has a policy");
    assert!(
        policy.contains("'nonce-") && policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe-inline"),
        "{policy}"
    );
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("has a nonce");
    assert!(body.to_ascii_lowercase().contains(&format!("nonce=\"{nonce}\"")), "the scripts carry it");
    assert!(!body.contains(" style=\""), "no inline styles");
    for header in ["x-content-type-options: nosniff", "referrer-policy: same-origin", "cache-control: no-store"] {
        assert!(head.contains(header), "{header}: {head}");
    }
    let (_, head, _) = http(addr, "GET", "/data/analytics.json", &[], "").await;
    assert!(head.contains("default-src 'none'") && head.contains("etag:"), "{head}");
}

#[tokio::test]
async fn a_broken_setting_is_shown_and_changes_nothing() {
    let app = TestApp::new().await;
    write(&app.data("config/sync.json"), "{\"intervalMinutes\": \"often\"}");
    app.write_log("-p/s.jsonl", plain("msg_1"));
    app.sync().await;
    let addr = app.serve().await;
    let (_, _, body) = get(addr, "/").await;
    assert!(body.contains("data/config/sync.json could not be used"), "{body}");
    assert_eq!(app.engine.config.current().sync.interval_minutes, 15);
}

#[tokio::test]
async fn a_server_function_tells_bad_input_apart_from_failure() {
    let app = TestApp::new().await;
    let addr = app.serve().await;
    let json =
        [("Content-Type", "application/json"), ("Accept", "application/json"), ("Sec-Fetch-Site", "same-origin")];
    let (status, _, body) = http(addr, "POST", "/rpc/load_overview", &json, "{\"window\":\"7d\"}").await;
    assert_eq!(status, 200, "{body}");
    let (status, ..) = http(addr, "POST", "/rpc/load_overview", &json, "{\"window\":\"8d\"}").await;
    assert_eq!(status, 400);
    let (status, ..) =
        http(addr, "POST", "/rpc/load_overview", &json, &format!("{{\"window\":\"{}\"}}", "x".repeat(300_000))).await;
    assert!((400..=500).contains(&status), "an oversized body is refused: {status}");
}

#[tokio::test]
async fn a_file_takes_nothing_from_a_page_that_is_being_drawn() {
    let app = TestApp::new().await;
    let site = tempfile::tempdir().expect("a folder");
    write(&site.path().join("some.css"), "body {}");
    let mut leptos = site_options("127.0.0.1:0".parse().expect("an address"));
    leptos.site_root = site.path().to_string_lossy().into();
    let router = router(App { engine: app.engine.clone(), leptos });
    // A page on this thread, half drawn.
    let of_page = ResponseOptions::default();
    of_page.insert_header(SET_COOKIE, "of=the-page".parse().expect("a value"));
    of_page.set_status(StatusCode::IM_A_TEAPOT);
    let page = Owner::new_root(None);
    page.with(|| provide_context(of_page.clone()));
    let ask = |path: &str| Request::get(path).header(HOST, "localhost").body(Body::empty()).expect("a request");
    let file = router.clone().oneshot(ask("/some.css")).await.expect("answers");
    assert_eq!((file.status(), file.headers().get(SET_COOKIE)), (StatusCode::OK, None));
    let nowhere = router.oneshot(ask("/nowhere.css")).await.expect("answers");
    assert_eq!((nowhere.status(), nowhere.headers().get(SET_COOKIE)), (StatusCode::NOT_FOUND, None));
    let kept = of_page.0.read().expect("is there");
    assert!(kept.status.is_some() && kept.headers.contains_key(SET_COOKIE));
}
