//! The pages of sources and prices as a browser without JavaScript has them, and the forms on them.

use std::net::SocketAddr;

use axum::Router;
use serde_json::{Value, json};

use super::harness::{TestApp, http, line, plain, write};
use super::upstream::{Fault, Times, Upstream};
use crate::sync::Clock;

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

pub(super) async fn page(addr: SocketAddr, path: &str) -> String {
    let (status, _, body) = http(addr, "GET", path, &[("Accept", "text/html")], "").await;
    assert_eq!(status, 200, "{path}");
    body
}

/// Posts a form as a browser without JavaScript does; returns where it leads.
pub(super) async fn submit(addr: SocketAddr, from: &str, to: &str, body: &str) -> String {
    let referer = format!("http://{addr}{from}");
    let headers = [("Accept", "text/html"), ("Referer", referer.as_str()), ("Sec-Fetch-Site", "same-origin"), FORM];
    let (status, head, _) = http(addr, "POST", to, &headers, body).await;
    assert_eq!(status, 302, "{head}");
    let location = head.lines().find_map(|line| line.strip_prefix("location: ")).expect("leads somewhere");
    location.strip_prefix(&format!("http://{addr}")).unwrap_or(location).trim_end_matches('?').to_owned()
}

pub(super) async fn post(addr: SocketAddr, to: &str, body: &str) -> (u16, Value) {
    let headers = [("Accept", "application/json"), ("Sec-Fetch-Site", "same-origin"), FORM];
    let (status, _, body) = http(addr, "POST", to, &headers, body).await;
    (status, serde_json::from_str(&body).unwrap_or(Value::String(body)))
}

/// A million input tokens today, of a model nobody has a price of.
fn unpriced(message: &str) -> String {
    line(message, message, 0, |line| {
        line["timestamp"] = json!(chrono::Utc::now().to_rfc3339());
        line["message"]["model"] = json!("claude-opus-9");
        line["message"]["usage"] = json!({"input_tokens": 1_000_000, "output_tokens": 0});
    })
}

#[tokio::test]
async fn a_refused_key_is_told_with_what_to_do_and_never_shown() {
    let upstream = Upstream::start(Router::new()).await;
    upstream.fault(Fault::Status(401, ""), Times::UntilCleared);
    let key = "sk-ant-admin01-not-a-real-key-0123456789";
    let settings = [("ANTHROPIC_ADMIN_KEY", key), ("ALLCLEAR_ANTHROPIC_BASE_URL", upstream.base())];
    let app = TestApp::with_access(Clock::system(), &settings).await;
    app.write_log("-p/s.jsonl", plain("msg_1"));
    let addr = app.serve().await;
    assert!(page(addr, "/sources").await.contains("not been read yet"), "set up, and not asked yet");
    app.sync().await;
    let sources = page(addr, "/sources").await;
    for expected in
        ["key refused", "Put a working key into ANTHROPIC_ADMIN_KEY", "1 of 2 sources is current.", "Not set up"]
    {
        assert!(sources.contains(expected), "no {expected}: {sources}");
    }
    let overview = page(addr, "/").await;
    assert!(overview.contains("Anthropic refuses its key") && overview.contains("href=\"/sources\""), "{overview}");
    assert!(!sources.contains(key) && !overview.contains(key));
}

#[tokio::test]
async fn one_source_is_read_by_a_plain_form_and_by_script() {
    let app = TestApp::new().await;
    app.write_log("-p/s.jsonl", plain("msg_1"));
    write(&app.data("tokens.json"), json!({"entries": [{"date": "2026-11-20", "cost": 2}]}).to_string());
    let addr = app.serve().await;
    assert_eq!(submit(addr, "/sources", "/rpc/sync_source", "name=manual").await, "/sources");
    let runs = app.engine.snapshot().runs.clone();
    let read: Vec<_> = runs[0].steps.iter().filter_map(|step| step.source.as_deref()).collect();
    assert_eq!(read, ["manual"], "the logs were not asked for");
    assert!(page(addr, "/sources").await.contains("Manual entries"));

    let (status, run) = post(addr, "/rpc/sync_source", "name=claude_code").await;
    assert_eq!((status, run["status"].as_str()), (200, Some("success")), "{run}");
    let (status, said) = post(addr, "/rpc/sync_source", "name=etc").await;
    assert_eq!(status, 400);
    assert!(said.to_string().contains("the sources are claude_code, codex"), "{said}");
    let (status, _) = post(addr, "/rpc/sync_source", "").await;
    assert_eq!(status, 400);

    write(&app.data(".sync-lock"), chrono::Utc::now().to_rfc3339());
    let (status, _) = post(addr, "/rpc/sync_source", "name=manual").await;
    assert_eq!(status, 409, "somebody else syncs");
    let back = submit(addr, "/sources", "/rpc/sync_source", "name=manual").await;
    assert!(back.starts_with("/sources"), "{back}");
}

#[tokio::test]
async fn a_price_is_entered_by_a_plain_form_and_counts_at_once() {
    let app = TestApp::new().await;
    app.write_log("-p/s.jsonl", unpriced("msg_1"));
    app.sync().await;
    let addr = app.serve().await;
    for path in ["/", "/tokens"] {
        assert!(page(addr, path).await.contains("href=\"/prices\""), "{path} leads to the form");
    }
    let before = page(addr, "/prices").await;
    for expected in
        ["One model has no price.", "claude-opus-9", "Closest: claude-opus-5-5", "action=\"/rpc/set_model_price\""]
    {
        assert!(before.contains(expected), "no {expected}: {before}");
    }

    let refused = submit(addr, "/prices", "/rpc/set_model_price", "model=claude-opus-9&input=3%2C5&output=20").await;
    let page_after = page(addr, refused.split('#').next().expect("has a path")).await;
    assert!(page_after.contains("Input is not a number; write US dollars per million tokens"), "{page_after}");
    assert!(page_after.contains("value=\"3,5\"") && page_after.contains("value=\"20\""), "what was typed is kept");
    assert!(!app.data("config/prices.json").exists(), "nothing was written");

    let form = "model=claude-opus-9&input=3.5&output=20&cache_read=&cache_write=4&cache_write_1h=7&from=2026-11-01";
    let saved = submit(addr, "/prices", "/rpc/set_model_price", form).await;
    let page_after = page(addr, saved.split('#').next().expect("has a path")).await;
    assert!(page_after.contains("claude-opus-9 now costs $3.50 in and $20.00 out"), "{page_after}");
    assert!(page_after.contains("Every model that was used has a price."));
    assert!(page(addr, "/").await.contains("$3.50"), "the numbers have changed");
    let written: Value =
        serde_json::from_slice(&std::fs::read(app.data("config/prices.json")).expect("is there")).expect("is JSON");
    assert_eq!(written["models"][0]["cacheWrite5m"], json!(4));
    assert_eq!(written["models"][0]["cacheRead"], Value::Null);
    assert_eq!(
        (&written["models"][0]["cacheWrite1h"], &written["models"][0]["from"]),
        (&json!(7), &json!("2026-11-01"))
    );
    let published = std::fs::read_to_string(app.data("analytics.json")).expect("is there");
    assert_eq!(serde_json::from_str::<Value>(&published).expect("is JSON")["windows"]["30d"]["totalCost"], json!(3.5));
}

#[tokio::test]
async fn a_price_of_ones_own_is_removed_and_put_back_by_plain_forms() {
    let app = TestApp::new().await;
    app.write_log("-p/s.jsonl", unpriced("msg_1"));
    let entry = json!({"model": "claude-opus-9", "aliases": ["nine"], "input": 3, "output": 20, "from": "2026-01-01"});
    let own = |models: Value| write(&app.data("config/prices.json"), json!({"models": models}).to_string());
    own(json!([entry, {"model": "other", "input": 1, "output": 1}]));
    app.sync().await;
    let addr = app.serve().await;
    assert!(page(addr, "/").await.contains("$3.00"));
    let models = || {
        let text = std::fs::read(app.data("config/prices.json")).expect("is there");
        serde_json::from_slice::<Value>(&text).expect("is JSON")["models"].clone()
    };
    let form = "model=claude-opus-9&from=2026-01-01";
    let without = submit(addr, "/prices", "/rpc/remove_model_price", form).await;
    assert_eq!(models(), json!([{"model": "other", "input": 1, "output": 1}]));
    assert!(page(addr, "/tokens").await.contains("no price"), "the cost is unknown again");
    let offered = page(addr, &without).await;
    assert!(offered.contains("Your price of claude-opus-9 from 2026-01-01 was removed."), "{offered}");
    assert!(offered.contains("action=\"/rpc/put_price_back\"") && offered.contains("Put it back"));
    // Twice, as by a second tab: nothing more is taken.
    assert_eq!(submit(addr, "/prices", "/rpc/remove_model_price", form).await, "/prices");
    assert_eq!(models().as_array().map(Vec::len), Some(1));

    let url = reqwest::Url::parse(&format!("http://{addr}{without}")).expect("is an address");
    let (_, removed) = url.query_pairs().next().expect("carries the entry");
    let body = reqwest::Url::parse_with_params("http://x/", [("entry", removed.as_ref())]).expect("is one");
    let back = submit(addr, "/prices", "/rpc/put_price_back", body.query().expect("is there")).await;
    assert!(page(addr, &back).await.contains("claude-opus-9 now costs $3.00 in and $20.00 out"));
    assert_eq!(models()[1], entry, "with its other names");
    assert!(page(addr, "/").await.contains("$3.00"));
    assert!(!page(addr, &without).await.contains("was removed"), "an old address says nothing untrue");
}

#[tokio::test]
async fn a_price_is_refused_by_field_and_waits_for_a_run_in_progress() {
    let app = TestApp::new().await;
    app.write_log("-p/s.jsonl", unpriced("msg_1"));
    app.sync().await;
    let addr = app.serve().await;
    for (body, said) in [
        ("model=m&output=1", "Input is missing"),
        ("model=m&input=1&output=x", "Output is not a number"),
        ("model=m&input=-1&output=1", "Input must not be negative"),
        ("model=m&input=1&output=1&cache_read=0.00000001", "Cache read has more than six decimals"),
        ("model=m&input=1&output=1&from=May", "Valid from is not a date"),
        ("model=&input=1&output=1", "The model's name is missing"),
    ] {
        let (status, answer) = post(addr, "/rpc/set_model_price", body).await;
        assert_eq!(status, 400, "{body}");
        assert!(answer.to_string().contains(said), "{answer}");
    }
    write(&app.data("config/prices.json"), "{\"models\": 3}");
    let (status, answer) = post(addr, "/rpc/set_model_price", "model=m&input=1&output=1").await;
    assert_eq!(status, 400);
    assert!(answer.to_string().contains("data/config/prices.json: cannot be read"), "{answer}");
    write(&app.data("config/prices.json"), "{\"models\": []}");

    write(&app.data(".sync-lock"), chrono::Utc::now().to_rfc3339());
    let (status, answer) = post(addr, "/rpc/set_model_price", "model=claude-opus-9&input=1&output=1").await;
    assert_eq!(status, 200, "{answer}");
    assert!(answer["effect"].as_str().is_some_and(|effect| effect.contains("with the next one")), "{answer}");
    std::fs::remove_file(app.data(".sync-lock")).expect("is there");
    app.sync().await;
    assert!(app.engine.snapshot().unpriced.is_empty());
}
