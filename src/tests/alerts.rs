//! Alerts of real runs: told once, remembered, answered, hidden, and changed by their rules.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::harness::{CHANNEL, TestApp, http, plain, write};
use super::pages::{page, post, submit};
use crate::model::{AlertState, DeliveryState, Trigger};
use crate::sync::{Clock, Engine, Outcome, keep_current};

/// A clock that is set.
#[derive(Clone)]
pub(super) struct Hand(Arc<AtomicI64>);

impl Hand {
    pub(super) fn at(text: &str) -> Hand {
        let hand = Hand(Arc::default());
        hand.set(text);
        hand
    }

    pub(super) fn set(&self, text: &str) {
        let at = DateTime::parse_from_rfc3339(text).expect("a time");
        self.0.store(at.timestamp_millis(), Ordering::SeqCst);
    }

    pub(super) fn clock(&self) -> Clock {
        let ms = self.0.clone();
        Clock::showing(move || DateTime::<Utc>::from_timestamp_millis(ms.load(Ordering::SeqCst)).expect("a time"))
    }
}

/// An app in which so much was spent on the second of November.
pub(super) async fn app_that_spent(dollars: f64, hand: &Hand) -> TestApp {
    let app = TestApp::with_clock(hand.clock()).await;
    write(&app.data("config/budget.json"), r#"{"monthly": 200}"#);
    spend(&app, dollars);
    app
}

pub(super) fn spend(app: &TestApp, dollars: f64) {
    let entry = json!({"date": "2026-11-02", "project": "shop", "session": "s", "tokensIn": 10, "tokensOut": 1, "cost": dollars, "model": "claude-opus-4-5"});
    write(&app.data("tokens.json"), json!({"entries": [entry]}).to_string());
}

fn keys(engine: &Engine) -> Vec<String> {
    engine.snapshot().alerts.iter().map(|active| active.alert.alert_key.clone()).collect()
}

async fn queued(engine: &Engine) -> Vec<String> {
    let mut keys: Vec<String> =
        engine.store.deliveries(99).await.expect("reads").into_iter().map(|sent| sent.alert_key).collect();
    keys.sort();
    keys
}

#[tokio::test]
async fn a_crossed_threshold_is_told_once_by_any_run_and_after_a_restart() {
    let hand = Hand::at("2026-11-02T12:00:00Z");
    let app = app_that_spent(120.0, &hand).await;
    assert_eq!(app.sync().await.steps.last().map(|step| step.message.clone()), Some("Nothing to say".to_owned()));
    spend(&app, 150.0);
    let Ok(Outcome::Finished(run)) = app.engine.run(Trigger::Manual, &[]).await else { panic!("runs") };
    assert_eq!(run.steps.last().map(|step| step.message.as_str()), Some("1 alert holds, 1 new"));
    assert_eq!(keys(&app.engine), ["global-75@2026-11"]);
    let deliveries = app.engine.store.deliveries(9).await.expect("reads");
    assert_eq!((deliveries[0].channel.as_str(), deliveries[0].state), (CHANNEL, DeliveryState::Queued));
    app.sync().await;
    let restarted = app.another_engine().await;
    assert_eq!(restarted.snapshot().alerts[0].raised_at.as_deref(), Some("2026-11-02T12:00:00Z"));
    let Ok(Outcome::Finished(_)) = restarted.run(Trigger::Startup, &[]).await else { panic!("runs") };
    assert_eq!(queued(&restarted).await, ["global-75@2026-11"], "once");
    spend(&app, 200.0);
    app.sync().await;
    assert_eq!(queued(&app.engine).await, ["global-75@2026-11", "global-90@2026-11"]);
}

#[tokio::test]
async fn a_raised_budget_and_a_new_month_arm_again() {
    let hand = Hand::at("2026-11-02T12:00:00Z");
    let app = app_that_spent(185.0, &hand).await;
    app.sync().await;
    assert_eq!(keys(&app.engine), ["global-90@2026-11", "global-75@2026-11"]);
    write(&app.data("config/budget.json"), r#"{"monthly": 300}"#);
    app.sync().await;
    assert_eq!(keys(&app.engine), [""; 0], "61 %");
    spend(&app, 280.0);
    hand.set("2026-11-03T12:00:00Z");
    app.sync().await;
    assert_eq!(queued(&app.engine).await.len(), 4, "of another budget both are news");
    hand.set("2026-12-01T00:00:00Z");
    app.sync().await;
    let holding = keys(&app.engine);
    assert!(holding.iter().all(|key| !key.starts_with("global")), "{holding:?}");
    let records = app.engine.store.alert_records().await.expect("reads");
    let of_november = records.iter().filter(|record| record.alert.period == "2026-11");
    assert!(of_november.clone().count() == 2 && of_november.clone().all(|record| record.state == AlertState::Resolved));
}

#[tokio::test]
async fn what_becomes_true_without_a_run_is_told_once() {
    let hand = Hand::at("2026-11-02T12:00:00Z");
    let app = app_that_spent(185.0, &hand).await;
    write(&app.data("config/budget.json"), r#"{"monthly": 400}"#);
    app.sync().await;
    assert_eq!(queued(&app.engine).await, [""; 0]);
    // Somebody else has changed what is stored: here, another budget that no run has judged by.
    write(&app.data("config/budget.json"), r#"{"monthly": 200}"#);
    app.engine.config.reload();
    app.engine.recompute().await.expect("computes");
    assert_eq!(queued(&app.engine).await, ["global-75@2026-11", "global-90@2026-11"]);
    let generation = app.engine.store.generation().await.expect("reads");
    for _ in 0..3 {
        app.engine.recompute().await.expect("computes");
    }
    assert_eq!(app.engine.store.generation().await.expect("reads"), generation, "nothing new is written");
    assert_eq!(app.engine.snapshot().generation, generation, "and nothing looks outdated");
}

#[tokio::test]
async fn the_end_of_quiet_hours_tells_what_waited_without_a_run() {
    let hand = Hand::at("2026-11-02T23:00:00Z");
    let app = app_that_spent(160.0, &hand).await;
    write(&app.data("config/alerts.json"), r#"{"quietHours": {"from": "22:00", "to": "23:30"}}"#);
    app.sync().await;
    assert_eq!(queued(&app.engine).await, [""; 0]);
    let keeping = tokio::spawn(keep_current(app.engine.clone()));
    let mut live = app.engine.live();
    live.mark_unchanged();
    hand.set("2026-11-02T23:30:00Z");
    while queued(&app.engine).await.is_empty() {
        live.changed().await.expect("the engine lives");
    }
    assert_eq!(queued(&app.engine).await, ["global-75@2026-11"]);
    app.engine.stop();
    keeping.await.expect("ends when asked");
}

#[tokio::test]
async fn a_run_that_fails_tells_of_the_source_and_the_next_good_one_ends_it() {
    let app = TestApp::new().await;
    app.write_log("-p/s.jsonl", plain("msg_1"));
    write(&app.data("tokens.json"), "{");
    app.sync().await;
    assert_eq!(keys(&app.engine), ["stale-manual"]);
    assert_eq!(queued(&app.engine).await, ["stale-manual"]);
    spend(&app, 1.0);
    app.sync().await;
    assert_eq!(keys(&app.engine), [""; 0]);
}

async fn api(addr: SocketAddr, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let headers = [("Content-Type", "application/json")];
    let text = if body.is_null() { String::new() } else { body.to_string() };
    let (status, _, body) = http(addr, method, path, &headers, &text).await;
    (status, serde_json::from_str(&body).unwrap_or(Value::String(body)))
}

#[tokio::test]
async fn scripts_read_what_holds_and_change_the_rules_at_once() {
    let hand = Hand::at("2026-11-02T12:00:00Z");
    let app = app_that_spent(185.0, &hand).await;
    app.sync().await;
    let addr = app.serve().await;
    let (status, answer) = api(addr, "GET", "/api/alerts", &Value::Null).await;
    assert_eq!((status, answer["active"].as_array().map(Vec::len)), (200, Some(2)));
    let first = &answer["active"][0];
    assert_eq!(first["alertKey"], "global-90@2026-11");
    assert_eq!(
        (&first["type"], &first["level"], &first["state"]),
        (&json!("global"), &json!("critical"), &json!("raised"))
    );
    assert_eq!(first["message"], "Global spend is at 92.5% of $200 budget (Critical)");
    assert_eq!(answer["deliveries"].as_array().map(Vec::len), Some(2));

    let (_, read) = api(addr, "GET", "/api/settings/alerts", &Value::Null).await;
    assert_eq!(
        read["globalThresholds"],
        json!([{"percent": 75, "label": "Warning"}, {"percent": 90, "label": "Critical"}])
    );
    let mut changed = read.clone();
    changed["globalThresholds"] = json!([{"percent": 92, "label": "Soon"}]);
    changed["perProjectLimits"] = json!({"ghost": 5});
    let (status, saved) = api(addr, "POST", "/api/settings/alerts", &changed).await;
    assert_eq!((status, &saved["globalThresholds"]), (200, &changed["globalThresholds"]), "{saved}");
    assert_eq!(saved["warnings"], json!(["perProjectLimits.ghost: there is no such project yet"]));
    assert_eq!(keys(&app.engine), ["global-92@2026-11"], "without a run");
    assert!(queued(&app.engine).await.contains(&"global-92@2026-11".to_owned()));
    let file: Value =
        serde_json::from_slice(&std::fs::read(app.data("config/alerts.json")).expect("is there")).expect("is JSON");
    assert_eq!((&file["perProjectLimits"], file.get("version")), (&json!({"ghost": 5.0}), None));

    let (status, told) = api(addr, "POST", "/api/settings/alerts", &changed).await;
    assert_eq!(status, 409, "it was made from what was read before: {told}");
    assert!(told["details"].is_array());
    let (status, told) =
        api(addr, "POST", "/api/settings/alerts", &json!({"globalThresholds": [{"percent": 120}], "groupFrom": 0}))
            .await;
    assert_eq!((status, told["details"].as_array().map(Vec::len)), (400, Some(2)), "{told}");
    assert!(told["details"][0].as_str().is_some_and(|said| said.starts_with("globalThresholds[0].percent is 120")));
    let (status, told) = api(addr, "POST", "/api/settings/alerts", &json!({"globalBudget": "x"})).await;
    assert!(
        status == 400 && told["details"][0].as_str().is_some_and(|said| said.starts_with("globalBudget: ")),
        "{told}"
    );
    assert_eq!(keys(&app.engine), ["global-92@2026-11"], "what was refused changes nothing");
    // The earlier system's settings page sent no version.
    let (status, saved) = api(addr, "POST", "/api/settings/alerts", &json!({"globalBudget": 50})).await;
    assert_eq!(status, 200);
    let warnings = saved["warnings"].as_array().expect("a list");
    assert!(
        warnings
            .iter()
            .any(|said| said.as_str().is_some_and(|said| said.contains("budget.json has the monthly budget ($200)"))),
        "{saved}"
    );
}

#[tokio::test]
async fn a_file_that_is_edited_wrongly_is_told_of_and_changes_nothing() {
    let hand = Hand::at("2026-11-02T12:00:00Z");
    let app = app_that_spent(185.0, &hand).await;
    write(&app.data("config/alerts.json"), r#"{"globalThresholds": [{"percent": 80}]}"#);
    app.sync().await;
    assert_eq!(keys(&app.engine), ["global-80@2026-11"]);
    write(&app.data("config/alerts.json"), r#"{"globalThresholds": [{"percent": "90"}]}"#);
    app.sync().await;
    let problems = app.engine.config.problems();
    assert!(problems[0].message.starts_with("globalThresholds[0].percent: invalid type"), "{problems:?}");
    assert_eq!(keys(&app.engine), ["global-80@2026-11"], "what was in force stays");
}

#[tokio::test]
async fn an_alert_is_acknowledged_put_off_and_listed_by_plain_forms() {
    let hand = Hand::at("2026-11-02T12:00:00Z");
    let app = app_that_spent(185.0, &hand).await;
    app.sync().await;
    let addr = app.serve().await;
    let overview = page(addr, "/").await;
    assert!(overview.contains("Alerts: 1 needs you") && overview.contains("class=\"alert critical\""), "{overview}");
    assert!(overview.contains("1 thing needs you."), "both are about one budget: {overview}");
    let alerts = page(addr, "/alerts").await;
    for expected in ["1 alert needs you.", "action=\"/rpc/answer_alert\"", "Snooze 1 day: Global spend is at 92.5%"] {
        assert!(alerts.contains(expected), "no {expected}: {alerts}");
    }
    let form = |key: &str, answer: &str| format!("alert_key={}&answer={answer}", key.replace('@', "%40"));
    let to = submit(addr, "/alerts", "/rpc/answer_alert", &form("global-90@2026-11", "acknowledge")).await;
    assert_eq!(to, "/alerts");
    submit(addr, "/alerts", "/rpc/answer_alert", &form("global-75@2026-11", "hour")).await;
    let alerts = page(addr, "/alerts").await;
    assert!(
        alerts.contains("Nothing new needs you.") && alerts.contains("Snoozed until 2 Nov 2026, 13:00:00"),
        "{alerts}"
    );
    let overview = page(addr, "/").await;
    assert!(overview.contains("Nothing new needs you.") && !overview.contains("class=\"alert"), "{overview}");
    hand.set("2026-11-02T13:00:01Z");
    app.sync().await;
    assert!(page(addr, "/").await.contains("Alerts: 1 needs you"), "the hour is over");
    assert_eq!(queued(&app.engine).await, ["global-75@2026-11", "global-75@2026-11", "global-90@2026-11"]);
    assert_eq!(
        post(addr, "/rpc/answer_alert", &form("global-1@2026-11", "acknowledge")).await,
        (200, json!("This is over already"))
    );
    assert_eq!(post(addr, "/rpc/answer_alert", &form("global-75@2026-11", "forget")).await.0, 400);
}

#[tokio::test]
async fn a_banner_is_hidden_in_one_browser_for_its_period() {
    let hand = Hand::at("2026-11-02T12:00:00Z");
    let app = app_that_spent(160.0, &hand).await;
    app.sync().await;
    let addr = app.serve().await;
    let form = [
        ("Accept", "text/html"),
        ("Sec-Fetch-Site", "same-origin"),
        ("Content-Type", "application/x-www-form-urlencoded"),
    ];
    let (status, head, _) = http(addr, "POST", "/rpc/hide_alert", &form, "alert_key=global-75%402026-11").await;
    assert_eq!(status, 302, "{head}");
    let cookie = head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).expect("is remembered");
    let cookie = cookie.split(';').next().expect("has a value").to_owned();
    let shown = async |cookie: &str| {
        let (_, _, body) = http(addr, "GET", "/tokens", &[("Accept", "text/html"), ("Cookie", cookie)], "").await;
        (body.contains("class=\"alert\""), body.contains("Alerts: 1 needs you"))
    };
    assert_eq!(shown("").await, (true, true), "another browser");
    assert_eq!(shown(&cookie).await, (false, true), "the bell still counts it");
    let entry = json!({"date": "2026-12-01", "project": "shop", "session": "s", "tokensIn": 1, "tokensOut": 1, "cost": 160.0, "model": "claude-opus-4-5"});
    write(&app.data("tokens.json"), json!({"entries": [entry]}).to_string());
    hand.set("2026-12-01T12:00:00Z");
    app.sync().await;
    assert!(shown(&cookie).await.0, "the next month's is another one");
}

#[tokio::test]
async fn an_answer_and_a_run_at_the_same_moment_both_hold() {
    let hand = Hand::at("2026-11-02T12:00:00Z");
    let app = app_that_spent(160.0, &hand).await;
    app.sync().await;
    let (answered, _) = tokio::join!(app.engine.acknowledge("global-75@2026-11"), app.sync());
    assert!(answered.expect("writes"));
    let records = app.engine.store.alert_records().await.expect("reads");
    assert_eq!(records.iter().map(|record| record.state).collect::<Vec<_>>(), [AlertState::Acknowledged]);
    app.sync().await;
    assert_eq!(app.engine.snapshot().alerts[0].state, AlertState::Acknowledged);
}
