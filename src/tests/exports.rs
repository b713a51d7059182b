//! Tables to take away, as a browser or a script asks for them.

use serde_json::{Value, json};

use super::harness::{TestApp, http, line, write};

async fn app() -> TestApp {
    let app = TestApp::new().await;
    let today =
        |message: &str| line(message, message, 900, |line| line["timestamp"] = json!(chrono::Utc::now().to_rfc3339()));
    app.write_log("-home-dev-dashboard/s.jsonl", today("msg_1"));
    app.sync().await;
    app
}

#[tokio::test]
async fn every_table_is_there_in_both_formats() {
    let app = app().await;
    let addr = app.serve().await;
    for (table, column) in [
        ("usage", "costBasis"),
        ("quality", "frontendCoverage"),
        ("projects", "health"),
        ("prices", "cacheRead"),
        ("sync", "stepStatus"),
    ] {
        let (status, head, body) = http(addr, "GET", &format!("/api/export/{table}.csv"), &[], "").await;
        assert_eq!(status, 200, "{table}: {body}");
        assert!(head.contains("content-type: text/csv") && head.contains("attachment; filename=\"allclear-"), "{head}");
        assert!(head.contains("nosniff") && head.contains("cache-control: no-store"), "{head}");
        assert!(body.contains(column), "{table}: {body}");
        let (status, head, body) = http(addr, "GET", &format!("/api/export/{table}.json"), &[], "").await;
        assert_eq!((status, head.contains("application/json")), (200, true), "{table}");
        assert!(body.contains("\"rows\":["), "{table}: {body}");
    }
    let (_, _, body) = http(addr, "GET", "/api/export/prices.csv", &[], "").await;
    assert!(body.contains("claude-opus-5-5,anthropic,standard,,4,5,8,0.2,20,"), "{body}");
    let (_, _, body) = http(addr, "GET", "/api/export/sync.json", &[], "").await;
    let runs: Value = serde_json::from_str(&body).expect("is JSON");
    assert_eq!(runs["rows"][0]["stepStatus"], "success");
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused_with_every_reason() {
    let app = app().await;
    let addr = app.serve().await;
    for (path, reasons) in [
        ("usage.csv?window=8d&by=hour", 2),
        ("usage.json?since=2026-02-01&until=2026-01-01", 1),
        ("usage.csv?source=abacus", 1),
        ("usage.csv?project=nobody", 1),
        ("quality.csv?project=nobody", 1),
        ("focus.csv?by=model", 1),
        ("usage.csv?colour=red", 1),
    ] {
        let (status, _, body) = http(addr, "GET", &format!("/api/export/{path}"), &[], "").await;
        assert_eq!(status, 400, "{path}");
        let refusal: Value = serde_json::from_str(&body).expect("is JSON");
        assert!(refusal["error"].is_string(), "{path}: {body}");
        assert_eq!(refusal["details"].as_array().map(Vec::len), Some(reasons), "{path}: {body}");
    }
    for path in ["usage", "usage.xml", "focus.json", "nothing.csv", "..%2Fallclear.db"] {
        let (status, ..) = http(addr, "GET", &format!("/api/export/{path}"), &[], "").await;
        assert_eq!(status, 404, "{path}");
    }
    let (status, ..) = http(addr, "GET", "/api/export/usage.csv", &[("Host", "evil.example")], "").await;
    assert_eq!(status, 421);
}

#[tokio::test]
async fn every_table_of_a_page_can_be_taken_away_as_it_is_narrowed() {
    let app = app().await;
    let folder = app.data("../code/shop");
    write(&folder.join("Cargo.toml"), "[package]\nname = \"shop\"");
    write(&app.data("config/projects.json"), json!({"roots": [app.data("../code")]}).to_string());
    app.sync().await;
    let addr = app.serve().await;
    for (page, links) in [
        ("/?window=7d", &["usage.csv?window=7d&amp;by=model", "usage.json?window=7d&amp;by=project"][..]),
        ("/tokens?window=90d", &["usage.csv?window=90d&amp;by=project", "usage.json?window=90d&amp;by=session"]),
        ("/projects?project=shop", &["projects.csv?project=shop"]),
        ("/prices", &["prices.csv", "prices.json"]),
        ("/sync", &["sync.csv", "sync.json"]),
    ] {
        let (_, _, body) = http(addr, "GET", page, &[("Accept", "text/html")], "").await;
        for link in links {
            assert!(body.contains(&format!("href=\"/api/export/{link}\"")), "{page} lacks {link}: {body}");
        }
    }
    let (_, _, body) = http(addr, "GET", "/tokens?window=7d&project=no-such", &[("Accept", "text/html")], "").await;
    assert!(body.contains("usage.csv?window=7d&amp;by=project"), "a project that is none narrows nothing: {body}");
}
