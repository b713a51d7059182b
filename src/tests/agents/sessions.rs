//! Copilot CLI, Qwen Code, Cline and Roo Code, from files on disk to figures.

use serde_json::{Value, json};

use super::step;
use crate::analytics::ReportBy;
use crate::model::{StepStatus, Usd};
use crate::tests::harness::{TestApp, write};

pub(super) const COPILOT: &str = "copilot/session-state/0a1b2c3d/events.jsonl";
pub(super) const QWEN: &str = "qwen/projects/-home-dev-dashboard/chats/69f0814a.jsonl";
pub(super) const CLINE: &str = "cline/tasks/1794996000000/ui_messages.json";
pub(super) const ROO: &str = "roo/tasks/9f365349/ui_messages.json";

/// A session of Copilot CLI that ended so many times, and went on counting each time.
pub(super) fn copilot(ends: u64) -> String {
    let event = |kind: &str, minute: u64, data: Value| {
        let at = format!("2026-11-18T10:{minute:02}:00.000Z");
        format!(
            "{}\n",
            json!({"type": kind, "id": format!("e{minute}"), "parentId": null, "timestamp": at, "data": data})
        )
    };
    let mut text =
        event("session.start", 0, json!({"sessionId": "0a1b2c3d", "context": {"cwd": "/home/dev/dashboard"}}));
    for number in 1..=ends {
        text += &event("assistant.message", 2 * number, json!({"content": "…", "outputTokens": 125}));
        let usage = json!({"inputTokens": 1000 * number, "cacheReadTokens": 250 * number, "cacheWriteTokens": 0, "outputTokens": 125 * number});
        text += &event(
            "session.shutdown",
            2 * number + 1,
            json!({"shutdownType": "routine", "modelMetrics": {"gpt-6.1-sol": {"requests": {"count": number}, "usage": usage}}}),
        );
    }
    text
}

/// A session of Qwen Code: the record of each response, and its answer, which tells the same.
pub(super) fn qwen(session: &str, responses: u64) -> String {
    let record = |id: String, more: Value| {
        let mut record = json!({"uuid": id, "sessionId": session, "cwd": "/home/dev/dashboard", "timestamp": "2026-11-18T10:00:05.000Z"});
        for (field, value) in more.as_object().expect("an object") {
            record[field] = value.clone();
        }
        format!("{record}\n")
    };
    let pair = |number: u64| {
        let event = json!({"event.name": "qwen-code.api_response", "model": "gpt-6.1-sol", "input_token_count": 1000,
            "cached_content_token_count": 250, "output_token_count": 125, "thoughts_token_count": 0, "total_token_count": 1125});
        let usage = json!({"promptTokenCount": 1000, "cachedContentTokenCount": 250, "candidatesTokenCount": 125});
        record(
            format!("{session}-r{number}"),
            json!({"type": "system", "subtype": "ui_telemetry", "systemPayload": {"uiEvent": event}}),
        ) + &record(
            format!("{session}-a{number}"),
            json!({"type": "assistant", "model": "gpt-6.1-sol", "usageMetadata": usage}),
        )
    };
    (1..=responses).map(pair).collect()
}

/// A task of Cline or Roo Code.
pub(super) fn task(requests: i64) -> String {
    let request = |number: i64| {
        let usage = json!({"request": "…", "tokensIn": 750, "cacheWrites": 0, "cacheReads": 250, "tokensOut": 125, "cost": 0.25});
        json!({"ts": 1_794_996_000_000_i64 + number, "type": "say", "say": "api_req_started", "text": usage.to_string(),
            "modelInfo": {"providerId": "anthropic", "modelId": "claude-opus-5-5", "mode": "act"}})
    };
    json!((1..=requests).map(request).collect::<Vec<_>>()).to_string()
}

#[tokio::test]
async fn sessions_and_tasks_are_read_and_priced_and_counted_once() {
    let app = TestApp::new().await;
    write(&app.of_agent(COPILOT), copilot(2));
    write(&app.of_agent(QWEN), qwen("69f0814a", 2));
    write(&app.of_agent(CLINE), task(2));
    let list = json!([{"id": "1794996000000", "cwdOnTaskInitialization": "/home/dev/shop"}]);
    write(&app.of_agent("cline/state/taskHistory.json"), list.to_string());
    // The same task in the storage of another editor.
    write(&app.of_agent("cline/tasks/copy/1794996000000/ui_messages.json"), task(1));
    write(&app.of_agent("cline/tasks/state/taskHistory.json"), list.to_string());
    // The session of a newer version, and a branch that begins with a copy of it.
    let said = json!({"id": "msg_1", "role": "assistant", "ts": 1_794_996_000_000_i64, "modelInfo": {"id": "claude-opus-5-5"},
        "metrics": {"inputTokens": 1000, "cacheReadTokens": 250, "outputTokens": 125, "cost": 0.25}});
    for session in ["a", "b"] {
        let folder = app.of_agent(&format!("cline/sessions/{session}"));
        write(&folder.join(format!("{session}.json")), json!({"cwd": "/home/dev/shop"}).to_string());
        let document = json!({"sessionId": session, "messages": [said]});
        write(&folder.join(format!("{session}.messages.json")), document.to_string());
    }
    write(&app.of_agent(ROO), task(1));
    write(&app.of_agent("roo/tasks/9f365349/history_item.json"), json!({"workspace": "/home/dev/shop"}).to_string());
    let run = app.sync().await;
    for source in ["copilot", "qwen", "cline", "roo"] {
        assert_eq!(step(&run, source).status, StepStatus::Success, "{:?}", step(&run, source));
    }
    let report = app.report(ReportBy::Source).await;
    let of = |name: &str| {
        let row = report.rows.iter().find(|row| row.key == name).expect("has usage");
        (row.totals.messages, row.totals.tokens_in, row.totals.tokens_out, row.totals.cost)
    };
    // Two of 750 × $2 + 250 × $0.10 + 125 × $10, per million.
    let twice = Some(Usd::from_pico(2 * (1_500 + 25 + 1_250) * 1_000_000));
    assert_eq!(of("copilot"), (2, 2000, 250, twice));
    assert_eq!(of("qwen"), (2, 2000, 250, twice), "the record of a response, not its answer too");
    assert_eq!(of("cline"), (3, 3000, 375, Usd::from_f64(0.75)), "its own figure, and each copy once");
    assert_eq!(of("roo"), (1, 750, 125, Usd::from_f64(0.25)), "its input holds what came from the cache");
    let projects = app.report(ReportBy::Project).await;
    let projects: Vec<_> = projects.rows.iter().map(|row| (row.key.as_str(), row.totals.messages)).collect();
    assert_eq!(projects, [("dashboard", 4), ("shop", 4)]);
    assert_eq!(app.sync().await.rows(), 0, "a second run changes nothing");
}

#[tokio::test]
async fn what_grows_is_read_from_where_it_was_left() {
    let app = TestApp::new().await;
    for (file, text) in [(COPILOT, copilot(3)), (QWEN, qwen("69f0814a", 3))] {
        write(&app.of_agent(file), &text[..text.len() / 2]);
    }
    write(&app.of_agent(CLINE), task(1));
    app.sync().await;
    write(&app.of_agent(COPILOT), copilot(3));
    write(&app.of_agent(QWEN), qwen("69f0814a", 3));
    write(&app.of_agent(CLINE), task(3));
    app.sync().await;
    let report = app.report(ReportBy::Source).await;
    let told: std::collections::BTreeMap<_, _> =
        report.rows.iter().map(|row| (row.key.as_str(), (row.totals.messages, row.totals.tokens_out))).collect();
    assert_eq!(told, [("cline", (3, 375)), ("copilot", (3, 375)), ("qwen", (3, 375))].into());
    // A restored checkpoint takes requests out of the document; they were paid for.
    write(&app.of_agent(CLINE), task(1));
    app.sync().await;
    let report = app.report(ReportBy::Source).await;
    assert!(report.rows.iter().any(|row| row.key == "cline" && row.totals.messages == 3));
}
