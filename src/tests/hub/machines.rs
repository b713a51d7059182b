//! Imports beside logs, and exports that count as the pages do.

use chrono::Utc;

use super::super::harness::{TestApp, http, plain};
use super::{events, post, tokens};
use crate::export::{Days, Request};
use crate::sync::Counted;

#[tokio::test]
async fn exports_count_a_session_once_as_the_pages_do() {
    let app = TestApp::new().await;
    let addr = app.serve().await;
    post(addr, "/v1/logs", &events("s-1", &["req_a"])).await;
    post(addr, "/v1/logs", &events("s-2", &["req_b"])).await;
    app.write_log("-p/s-1.jsonl", plain("msg_1").replace("2026-11-18T09:15:02.123Z", &Utc::now().to_rfc3339()));
    app.sync().await;
    let request = Request { days: Days::Between(None, None), sources: Vec::new(), project: None, ..Request::default() };
    let counted =
        Counted::open(&app.engine.store, app.engine.config.current(), request, Utc::now()).await.expect("opens");
    let rows = counted.expect("is there").all_rows().await.expect("reads");
    let exported: u64 = rows.iter().map(|row| row.spend.tokens.total()).sum();
    let snapshot = app.engine.snapshot();
    let week = &snapshot.analytics.windows["7d"];
    assert_eq!(exported, week.tokens.total());
    assert_eq!(tokens(&app).await.total(), exported + 110, "what is also seen is stored all the same");
}

#[tokio::test]
async fn the_page_adds_a_machine_and_shows_its_token_once_without_a_script() {
    let app = TestApp::new().await;
    let addr = app.serve().await;
    let form = [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "text/html")];
    let (status, head, _) = http(addr, "POST", "/rpc/add_machine", &form, "name=laptop&person=Ann").await;
    assert_eq!(status, 302, "{head}");
    let page = head.lines().find_map(|line| line.strip_prefix("location: ")).expect("goes to the page").to_owned();
    assert!(page.starts_with("/machines?new=") && !page.contains("acm_"), "{page}");
    let path = page.split('#').next().expect("a path").to_owned();
    let shown = async || http(addr, "GET", &path, &[], "").await.2.matches("acm_").count();
    assert!(shown().await > 0);
    shown().await;
    assert_eq!(shown().await, 0, "the token is kept nowhere");
    let (_, head, _) = http(addr, "POST", "/rpc/add_machine", &form, "name=laptop").await;
    assert!(head.contains("location: /machines?problem="), "{head}");
    let id = app.engine.store.machines().await.expect("reads").remove(0).id;
    let (status, ..) = http(addr, "POST", "/rpc/revoke_machine", &form, &format!("id={id}")).await;
    assert_eq!(status, 302);
    let (_, _, page) = http(addr, "GET", &format!("/machines?revoked={id}"), &[], "").await;
    assert!(page.contains("laptop can push no more"), "says so");
    assert!(app.engine.store.machines().await.expect("reads")[0].revoked_ms.is_some());
}
