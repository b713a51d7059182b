//! `tokens.json`, and what broken files do.

use serde_json::json;

use super::harness::{TestApp, plain, write};
use crate::analytics::ReportBy;
use crate::model::{RunStatus, StepStatus, Usd};

fn ledger(costs: &[f64]) -> String {
    let entries: Vec<_> = costs
        .iter()
        .map(|cost| json!({"date": "2026-11-02", "project": "storefront", "session": "s", "tokensIn": 10, "tokensOut": 1, "cost": cost, "model": "claude-opus-4-5"}))
        .collect();
    json!({"budget": {"monthly": 200, "currency": "USD"}, "entries": entries}).to_string()
}

async fn cost(app: &TestApp) -> Option<Usd> {
    app.report(ReportBy::Day).await.totals.cost
}

#[tokio::test]
async fn the_file_is_the_truth_and_replaces_what_it_said_before() {
    let app = TestApp::new().await;
    write(&app.data("tokens.json"), ledger(&[26.2, 1.0]));
    app.sync().await;
    assert_eq!(cost(&app).await, Usd::from_f64(27.2));
    write(&app.data("tokens.json"), ledger(&[26.2]));
    app.sync().await;
    assert_eq!(cost(&app).await, Usd::from_f64(26.2));
    std::fs::remove_file(app.data("tokens.json")).expect("removes");
    app.sync().await;
    assert_eq!(cost(&app).await, Some(Usd::ZERO));
    write(&app.data("tokens.json"), ledger(&[26.2]));
    app.sync().await;
    assert_eq!(cost(&app).await, Usd::from_f64(26.2), "a file that comes back is read again");
}

#[tokio::test]
async fn a_broken_file_fails_its_step_alone_and_nothing_is_lost() {
    let app = TestApp::new().await;
    write(&app.data("tokens.json"), ledger(&[26.2]));
    app.write_log("-p/s.jsonl", plain("msg_1"));
    app.sync().await;
    write(&app.data("tokens.json"), "{\"entries\": [");
    app.write_log("-p/t.jsonl", plain("msg_2"));
    let run = app.sync().await;
    assert_eq!(run.status, RunStatus::Partial);
    let error = run.error.expect("is told");
    assert!(error.contains("manual") && error.contains("tokens.json") && error.contains("kept"), "{error}");
    let report = app.report(ReportBy::Source).await;
    assert_eq!(report.totals.messages, 3, "the entry before and both log lines");
    assert_eq!(run.steps.last().map(|step| (step.name.as_str(), step.status)), Some(("alerts", StepStatus::Success)));
    assert!(app.data("analytics.json").is_file());
}

#[tokio::test]
async fn broken_published_files_are_written_anew() {
    let app = TestApp::new().await;
    for file in ["analytics.json", "sync-status.json"] {
        write(&app.data(file), "{ broken");
    }
    app.sync().await;
    for file in ["analytics.json", "sync-status.json"] {
        let text = std::fs::read_to_string(app.data(file)).expect("reads");
        serde_json::from_str::<serde_json::Value>(&text).expect("is JSON");
    }
}

#[tokio::test]
async fn history_gets_one_line_per_changed_fact() {
    let app = TestApp::new().await;
    app.write_log("-p/s.jsonl", plain("msg_1"));
    app.sync().await;
    app.sync().await;
    let folder = app.data("history/tokens");
    let file = std::fs::read_dir(&folder).expect("is there").next().expect("has a file").expect("reads").path();
    let text = std::fs::read_to_string(&file).expect("reads");
    assert_eq!(text.lines().count(), 1, "a run without news adds no line");
    let line: serde_json::Value = serde_json::from_str(text.trim()).expect("is JSON");
    assert_eq!((line["type"].as_str(), line["data"]["cost"].as_f64()), (Some("tokens"), Some(0.0498)));
}
