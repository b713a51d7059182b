//! Imports beside logs, and exports that count as the pages do.

use chrono::Utc;

use super::super::harness::{TestApp, plain};
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
