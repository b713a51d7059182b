//! The agents beside Claude Code, from files on disk to figures.

mod damage;
mod sessions;

use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{ConnectOptions, Connection};

use super::harness::{TestApp, write};
use crate::analytics::ReportBy;
use crate::model::{StepStatus, SyncRun, Usd};

const CODEX: &str = "codex/sessions/2026/11/18/rollout-2026-11-18T10-00-00-0199a1b2.jsonl";
const GEMINI: &str = "gemini/tmp/dashboard/chats/session-2026-11-18T10-00-0a1b2c3d.json";

/// A session of Codex that used 750 + 250 cached + 125 tokens in each of its turns.
pub(super) fn codex(session: &str, turns: u32) -> String {
    let head = json!({"timestamp": "2026-11-18T10:00:00.000Z", "type": "session_meta",
        "payload": {"id": session, "cwd": "/home/dev/dashboard", "cli_version": "0.140.0"}});
    let turn = json!({"timestamp": "2026-11-18T10:00:01.000Z", "type": "turn_context",
        "payload": {"cwd": "/home/dev/dashboard", "model": "gpt-6.1-sol"}});
    let counted = |number: u32| {
        let usage = |times: u32| json!({"input_tokens": 1000 * times, "cached_input_tokens": 250 * times, "output_tokens": 125 * times});
        json!({"timestamp": format!("2026-11-18T10:{number:02}:09.000Z"), "type": "event_msg", "payload": {"type": "token_count",
            "info": {"total_token_usage": usage(number), "last_token_usage": usage(1)}}})
    };
    [head, turn].into_iter().chain((1..=turns).map(counted)).map(|line| format!("{line}\n")).collect()
}

/// A session of Gemini CLI.
pub(super) fn gemini(outputs: &[u64]) -> Value {
    let message = |(number, output): (usize, &u64)| {
        json!({"id": format!("11111111-0000-4000-8000-{number:012}"), "type": "gemini", "model": "gemini-3.8-flash",
            "timestamp": "2026-11-18T10:00:05.000Z",
            "tokens": {"input": 12_000, "output": output, "cached": 8_000, "thoughts": 150, "tool": 0}})
    };
    json!({"sessionId": "s", "messages": outputs.iter().enumerate().map(message).collect::<Vec<_>>()})
}

async fn opencode(app: &TestApp, messages: u32) {
    let path = app.of_agent("opencode/opencode.db");
    std::fs::create_dir_all(path.parent().expect("has a folder")).expect("makes it");
    let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let mut agent = options.journal_mode(SqliteJournalMode::Wal).connect().await.expect("opens");
    let table =
        "CREATE TABLE IF NOT EXISTS message (id TEXT PRIMARY KEY, session_id TEXT, time_created INTEGER, data TEXT)";
    sqlx::query(table).execute(&mut agent).await.expect("makes it");
    for number in 0..messages {
        let data = json!({"role": "assistant", "providerID": "anthropic", "modelID": "claude-opus-5-5", "cost": 0.25,
            "path": {"cwd": "/home/dev/shop"}, "time": {"created": 1_794_996_000_000_i64},
            "tokens": {"input": 1200, "output": 900, "reasoning": 0, "cache": {"read": 40_000, "write": 3_500}}});
        let insert = sqlx::query("INSERT OR REPLACE INTO message VALUES ($1, 'ses_1', 1794996000000, $2)");
        insert.bind(format!("msg_{number}")).bind(data.to_string()).execute(&mut agent).await.expect("writes");
    }
    agent.close().await.expect("closes");
}

fn step<'a>(run: &'a SyncRun, source: &str) -> &'a crate::model::SyncStep {
    run.steps.iter().find(|step| step.source.as_deref() == Some(source)).expect("was read")
}

#[tokio::test]
async fn every_agent_is_read_and_priced_and_counted_once() {
    let app = TestApp::new().await;
    write(&app.of_agent(CODEX), codex("0199a1b2", 2));
    write(
        &app.of_agent("codex/archived_sessions/2026/11/18/rollout-2026-11-18T10-00-00-0199a1b2.jsonl"),
        codex("0199a1b2", 2),
    );
    write(&app.of_agent("gemini/tmp/dashboard/.project_root"), "/home/dev/dashboard");
    write(&app.of_agent(GEMINI), gemini(&[300]).to_string());
    opencode(&app, 2).await;
    let legacy = json!({"id": "msg_0", "sessionID": "ses_1", "role": "assistant", "modelID": "claude-opus-5-5", "cost": 0.25,
        "time": {"created": 1_794_996_000_000_i64}, "path": {"cwd": "/home/dev/shop"},
        "tokens": {"input": 1200, "output": 900, "reasoning": 0, "cache": {"read": 40_000, "write": 3_500}}});
    write(&app.of_agent("opencode/storage/message/ses_1/msg_0.json"), legacy.to_string());
    let run = app.sync().await;
    assert_eq!(run.error, None);
    for source in ["codex", "gemini", "opencode"] {
        assert_eq!(step(&run, source).status, StepStatus::Success, "{:?}", step(&run, source));
    }
    let by_source = app.report(ReportBy::Source).await;
    let of = |name: &str| {
        let row = by_source.rows.iter().find(|row| row.key == name).expect("has usage");
        (row.totals.messages, row.totals.tokens_in, row.totals.tokens_out, row.totals.cost)
    };
    // Two turns of 750 × $2 + 250 × $0.10 + 125 × $10, per million; the archived copy is the same session.
    assert_eq!(of("codex"), (2, 2000, 250, Some(Usd::from_pico(2 * (1_500 + 25 + 1_250) * 1_000_000))));
    // 4000 × $0.75 + 8000 × $0.075 + 450 × $3.75.
    assert_eq!(of("gemini"), (1, 12_000, 450, Some(Usd::from_pico((3_000_000 + 600_000 + 1_687_500) * 1_000))));
    assert_eq!(
        of("opencode"),
        (2, 89_400, 1_800, Usd::from_f64(0.5)),
        "its own figure, and what two places tell, once"
    );
    let projects = app.report(ReportBy::Project).await;
    let projects: Vec<_> = projects.rows.iter().map(|row| (row.key.as_str(), row.totals.messages)).collect();
    assert_eq!(projects, [("dashboard", 3), ("shop", 2)]);
    assert_eq!(app.sync().await.rows(), 0, "a second run changes nothing");
}

#[tokio::test]
async fn agents_nobody_uses_are_not_mentioned() {
    let app = TestApp::new().await;
    let run = app.sync().await;
    for source in ["codex", "gemini", "opencode", "copilot", "qwen", "cline", "roo"] {
        assert!(run.steps.iter().all(|step| step.source.as_deref() != Some(source)), "{source}");
    }
    let fresh = &app.engine.snapshot().analytics.freshness;
    assert!(fresh.iter().all(|source| source.source == "claude_code"), "{fresh:?}");
}

#[tokio::test]
async fn sessions_that_grow_are_read_from_where_they_were_left() {
    let app = TestApp::new().await;
    let whole = codex("0199a1b2", 3);
    let half = whole.len() / 2;
    write(&app.of_agent(CODEX), &whole[..half]);
    write(&app.of_agent(GEMINI), gemini(&[100]).to_string());
    app.sync().await;
    write(&app.of_agent(CODEX), &whole);
    write(&app.of_agent(GEMINI), gemini(&[300, 5]).to_string());
    app.sync().await;
    let report = app.report(ReportBy::Source).await;
    let told: Vec<_> =
        report.rows.iter().map(|row| (row.key.as_str(), row.totals.messages, row.totals.tokens_out)).collect();
    assert_eq!(told, [("codex", 3, 375), ("gemini", 2, 300 + 5 + 300)], "the rewritten document is the same session");
}

#[tokio::test]
async fn records_of_a_later_version_take_the_place_of_counters() {
    let app = TestApp::new().await;
    let counters = codex("0199a1b2", 2);
    write(&app.of_agent(CODEX), &counters);
    app.sync().await;
    assert_eq!(app.report(ReportBy::Day).await.totals.messages, 2);
    let record = json!({"timestamp": "2026-11-18T10:05:09.000Z", "type": "token_usage_record", "payload": {"thread_id": "0199a1b2",
        "response_id": "resp_1", "usage": {"input_tokens": 100, "cached_input_tokens": 0, "output_tokens": 7}}});
    write(&app.of_agent(CODEX), format!("{counters}{record}\n"));
    app.sync().await;
    let report = app.report(ReportBy::Day).await;
    assert_eq!((report.totals.messages, report.totals.tokens_in, report.totals.tokens_out), (1, 100, 7));
}

#[tokio::test]
async fn what_cannot_be_read_is_named_and_keeps_no_other_agent() {
    let app = TestApp::new().await;
    write(&app.of_agent(CODEX), codex("0199a1b2", 1) + "{\"token_count\": nonsense}\n");
    write(&app.of_agent(GEMINI), "{\"messages\": [");
    write(&app.of_agent("opencode/opencode.db"), "this is not a database, whatever its name says");
    write(&app.of_agent("opencode/storage/message/ses_1/msg_0.json"), "{}");
    let outside = tempfile::tempdir().expect("a folder");
    write(&outside.path().join("secret.jsonl"), codex("secret", 5));
    let linked = app.of_agent("codex/sessions/2026/11/18/linked.jsonl");
    std::os::unix::fs::symlink(outside.path().join("secret.jsonl"), linked).expect("links");
    let run = app.sync().await;
    assert_eq!(app.report(ReportBy::Day).await.totals.messages, 1);
    let said = |source: &str| step(&run, source).message.clone();
    assert!(said("codex").contains("1 line passed over: 2026/11/18/rollout"), "{}", said("codex"));
    assert!(said("gemini").contains("ends in the middle"), "{}", said("gemini"));
    assert!(said("opencode").contains("opencode.db"), "{}", said("opencode"));
    // The document is whole the next time, and the cut log begins anew.
    write(&app.of_agent(GEMINI), gemini(&[300]).to_string());
    write(&app.of_agent(CODEX), codex("0199-new", 1));
    app.sync().await;
    assert_eq!(app.report(ReportBy::Day).await.totals.messages, 3, "what a log no longer holds was spent all the same");
}

#[tokio::test]
async fn an_agent_can_be_switched_off() {
    let app = TestApp::new().await;
    write(&app.of_agent(CODEX), codex("0199a1b2", 1));
    let sources = json!({"codex": {"enabled": false, "roots": [app.of_agent("codex")]}, "claude_code": {"roots": [app.of_agent("claude")]}});
    write(&app.data("config/sources.json"), sources.to_string());
    app.engine.config.reload();
    let run = app.sync().await;
    assert_eq!(step(&run, "codex").status, StepStatus::Skipped);
    assert_eq!(app.report(ReportBy::Day).await.totals.messages, 0);
}

#[tokio::test]
async fn the_page_of_tools_marks_what_has_come() {
    let app = TestApp::new().await;
    let addr = app.serve().await;
    let before = super::pages::page(addr, "/connect").await;
    for expected in
        ["Connect a tool", "CODEX_HOME=/path/to/folder", "OTEL_EXPORTER_OTLP_ENDPOINT", "allclear push --to"]
    {
        assert!(before.contains(expected), "no {expected}: {before}");
    }
    assert!(!before.contains("First data received"), "{before}");
    write(&app.of_agent(CODEX), codex("0199a1b2", 1));
    app.sync().await;
    let after = super::pages::page(addr, "/connect").await;
    assert!(after.contains("1 tool is connected."), "{after}");
    for path in ["/", "/sources"] {
        assert!(super::pages::page(addr, path).await.contains("Codex logs"), "{path}");
    }
}

#[tokio::test]
async fn an_agents_log_that_grows_is_noticed() {
    let app = TestApp::new().await;
    std::fs::create_dir_all(app.of_agent("codex/sessions")).expect("makes it");
    let mut live = app.engine.live();
    let watching = tokio::spawn(crate::sync::watch_logs(app.engine.clone()));
    // Written again until it is noticed: when the watch begins is not told.
    let noticed = async {
        for turns in 1.. {
            write(&app.of_agent(CODEX), codex("0199a1b2", turns));
            let wait = live.wait_for(|live| live.last.is_some());
            if tokio::time::timeout(std::time::Duration::from_secs(2), wait).await.is_ok() {
                return;
            }
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), noticed).await.expect("is noticed");
    app.engine.stop();
    watching.await.expect("ends when asked");
    assert!(app.report(ReportBy::Source).await.rows.iter().any(|row| row.key == "codex"));
}
