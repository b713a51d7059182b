//! Telemetry over HTTP.

use serde_json::json;

use super::super::harness::{TestApp, http, plain, write};
use super::{events, metrics, now_ms, post, post_as, token, tokens};
use crate::sources::Source;

#[tokio::test]
async fn what_is_acknowledged_is_stored_and_what_is_sent_again_counts_once() {
    let app = TestApp::new().await;
    let addr = app.serve().await;
    let second = now_ms() / 1000 - 100;
    for _ in 0..2 {
        let (status, head, body) = post(addr, "/v1/metrics", &metrics("a", second, &[100, 20, 3])).await;
        assert_eq!((status, body), (200, json!({})), "{head}");
        assert!(head.contains("content-type: application/json"), "{head}");
    }
    assert_eq!(tokens(&app).await.input, 123);
    for _ in 0..2 {
        assert_eq!(post(addr, "/v1/logs", &events("b", &["req_1", "req_2"])).await.0, 200);
    }
    assert_eq!(tokens(&app).await.total(), 123 + 220);
    app.engine.recompute().await.expect("computes");
    let snapshot = app.engine.snapshot();
    let week = &snapshot.analytics.windows["7d"];
    assert_eq!(week.by_source.keys().collect::<Vec<_>>(), ["telemetry_events", "telemetry_metrics"]);
    assert_eq!(week.by_member["ann@example.com"].tokens_in, 200);
    assert!(week.total_cost.is_some_and(|cost| cost > crate::model::Usd::ZERO), "priced by its tokens");
}

#[tokio::test]
async fn a_session_counts_once_by_the_best_source_that_tells_of_it() {
    let app = TestApp::new().await;
    let addr = app.serve().await;
    let second = now_ms() / 1000 - 100;
    // The log's session is the name of its file.
    for session in ["s-1", "s-2", "s-3"] {
        post(addr, "/v1/metrics", &metrics(session, second, &[1000])).await;
    }
    post(addr, "/v1/logs", &events("s-1", &["req_a"])).await;
    post(addr, "/v1/logs", &events("s-2", &["req_b"])).await;
    app.write_log("-p/s-1.jsonl", plain("msg_1").replace("2026-11-18T09:15:02.123Z", &chrono::Utc::now().to_rfc3339()));
    app.sync().await;
    let snapshot = app.engine.snapshot();
    let week = &snapshot.analytics.windows["7d"];
    let sessions = |source: &str| week.by_source.get(source).map(|source| (source.sessions, source.tokens_in));
    assert_eq!(sessions("claude_code"), Some((1, 44_700)), "the log wins");
    assert_eq!(sessions("telemetry_events"), Some((1, 100)), "an event before a metric");
    assert_eq!(sessions("telemetry_metrics"), Some((1, 1000)), "what nobody else tells of");
    let seen: Vec<_> = snapshot.also_seen.iter().map(|seen| (seen.source, seen.sessions, seen.tokens)).collect();
    assert_eq!(seen, [(Source::TelemetryEvents, 1, 110), (Source::TelemetryMetrics, 2, 2000)]);
}

#[tokio::test]
async fn what_cannot_count_is_said_and_the_rest_is_stored() {
    let app = TestApp::new().await;
    let addr = app.serve().await;
    let second = now_ms() / 1000 - 100;
    let mut body = metrics("a", second, &[5, 6]);
    let points = &mut body["resourceMetrics"][0]["scopeMetrics"][0]["metrics"][0]["sum"]["dataPoints"];
    points[1]["asInt"] = json!("-1");
    let (status, _, answer) = post(addr, "/v1/metrics", &body).await;
    assert_eq!(status, 200);
    assert_eq!(answer["partialSuccess"]["rejectedDataPoints"], "1");
    assert!(
        answer["partialSuccess"]["errorMessage"].as_str().is_some_and(|said| said.contains("no count")),
        "{answer}"
    );
    assert_eq!(tokens(&app).await.input, 5);
    let unknown = json!({"resourceMetrics": [{"scopeMetrics": [{"metrics": [{"name": "jvm.gc", "gauge": {"dataPoints": [{}]}}]}]}]});
    assert_eq!(post(addr, "/v1/metrics", &unknown).await.2, json!({}), "other metrics are none of ours");
    let states = app.engine.store.source_states().await.expect("reads");
    let state = states.iter().find(|state| state.source == "telemetry_metrics").expect("is noted");
    assert!(state.message.contains("refused"), "{}", state.message);
}

#[tokio::test]
async fn every_refusal_has_its_status_and_its_words() {
    let app = TestApp::new().await;
    let addr = app.serve().await;
    let json = ("Content-Type", "application/json");
    type Headers<'a> = &'a [(&'a str, &'a str)];
    let checks: [(Headers<'_>, &str, u16); 7] = [
        (&[json], "{", 400),
        (&[json], "[1]", 400),
        (&[("Content-Type", "text/plain")], "{}", 415),
        (&[], "{}", 415),
        (&[json, ("Content-Encoding", "br")], "{}", 415),
        (&[json, ("Content-Encoding", "gzip")], "{}", 400),
        (&[json, ("Sec-Fetch-Site", "cross-site")], "{}", 403),
    ];
    for (headers, body, expected) in checks {
        let (status, _, answer) = http(addr, "POST", "/v1/metrics", headers, body).await;
        assert_eq!(status, expected, "{headers:?} {body}: {answer}");
        assert!(answer.contains("message") || answer.contains("error"), "{answer}");
    }
    let (status, head, _) =
        http(addr, "POST", "/v1/logs", &[("Content-Type", "application/x-protobuf")], "\u{7f}").await;
    assert_eq!(status, 400);
    assert!(head.contains("content-type: application/x-protobuf"), "as it was sent: {head}");
    let (status, _, _) = http(addr, "GET", "/v1/metrics", &[], "").await;
    assert_eq!(status, 405);
    let places: Vec<_> = std::iter::from_fn(|| app.engine.admit()).collect();
    let (status, head, _) = post(addr, "/v1/metrics", &json!({})).await;
    assert_eq!(status, 429);
    assert!(head.contains("retry-after: 2"), "{head}");
    drop(places);
    assert_eq!(post(addr, "/v1/metrics", &json!({})).await.0, 200);
    write(&app.data("config/sources.json"), "{\"telemetry_metrics\": {\"enabled\": false}}");
    app.engine.config.reload();
    assert_eq!(post(addr, "/v1/metrics", &json!({})).await.0, 403);
    assert_eq!(tokens(&app).await.total(), 0);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_packed_or_not() {
    use axum::body::Body;
    use axum::http::Request;
    use tower::ServiceExt;
    let app = TestApp::new().await;
    let router = crate::server::router(crate::server::App {
        engine: app.engine.clone(),
        leptos: crate::server::site_options("127.0.0.1:0".parse().expect("an address")),
    });
    let packed = {
        use std::io::Write;
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&vec![b' '; 40 << 20]).expect("packs");
        gzip.finish().expect("packs")
    };
    for (encoding, body) in [("identity", vec![b' '; 9 << 20]), ("gzip", packed)] {
        let request = Request::post("/v1/metrics")
            .header("host", "localhost")
            .header("content-type", "application/json")
            .header("content-encoding", encoding)
            .body(Body::from(body))
            .expect("a request");
        let answer = router.clone().oneshot(request).await.expect("answers");
        assert_eq!(answer.status(), 413, "{encoding}");
    }
}

#[tokio::test]
async fn beyond_this_machine_a_token_is_needed_and_tells_whose_it_is() {
    let app = TestApp::new().await;
    let addr = app.serve().await;
    let token = token(&app, "laptop", "Ann").await;
    let body = metrics("a", now_ms() / 1000 - 100, &[100]);
    for proxied in [&[("X-Forwarded-For", "203.0.113.9")][..], &[("Forwarded", "for=203.0.113.9")]] {
        let (status, _, answer) = post_as(addr, "/v1/metrics", proxied, &body).await;
        assert_eq!(status, 401, "a proxy speaks for somebody else");
        assert!(answer["message"].as_str().is_some_and(|said| said.contains("machines add")), "{answer}");
    }
    let wrong = ("Authorization", "Bearer acm_wrong");
    assert_eq!(post_as(addr, "/v1/metrics", &[wrong], &body).await.0, 401, "a wrong token is no token");
    let bearer = format!("Bearer {token}");
    let headers = [("X-Forwarded-For", "203.0.113.9"), ("Authorization", bearer.as_str())];
    assert_eq!(post_as(addr, "/v1/metrics", &headers, &body).await.0, 200);
    app.engine.recompute().await.expect("computes");
    let snapshot = app.engine.snapshot();
    let week = &snapshot.analytics.windows["7d"];
    assert_eq!(week.by_machine["laptop"].tokens_in, 100);
    assert_eq!(week.by_member["Ann"].tokens_in, 100);
    let machines = app.engine.store.machines().await.expect("reads");
    assert!(machines[0].last_seen_ms.is_some());
    app.engine.store.revoke_machine(&machines[0].id, now_ms()).await.expect("revokes");
    assert_eq!(post_as(addr, "/v1/metrics", &headers, &body).await.0, 403);
}
