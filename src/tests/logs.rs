//! The Claude Code source, from files on disk to figures.

use serde_json::json;

use super::harness::{TestApp, line, plain};
use crate::analytics::ReportBy;
use crate::model::{StepStatus, Usd};

const LOG: &str = "-home-dev-dashboard/b2a1.jsonl";

async fn messages(app: &TestApp) -> u64 {
    app.report(ReportBy::Day).await.totals.messages
}

#[tokio::test]
async fn a_log_line_becomes_exact_figures() {
    let app = TestApp::new().await;
    app.write_log(LOG, plain("msg_1"));
    let run = app.sync().await;
    assert_eq!(run.error, None);
    let report = app.report(ReportBy::Project).await;
    assert_eq!(
        report.totals.cost,
        Some(Usd::from_pico(49_800_000_000)),
        "1200 × $4 + 3000 × $5 + 500 × $8 + 40000 × $0.20 + 900 × $20, per million"
    );
    assert_eq!((report.totals.tokens_in, report.totals.tokens_out), (44_700, 900));
    assert_eq!(report.totals.tokens.cache_write_1h, 500);
    assert_eq!(report.rows[0].key, "dashboard");
    let again = app.sync().await;
    assert_eq!(again.rows(), 0, "a second run changes nothing");
}

#[tokio::test]
async fn streamed_lines_of_one_message_count_once_with_the_largest() {
    let app = TestApp::new().await;
    let growing: String = [1, 450, 900, 300].map(|output| line("msg_1", "req_1", output, |_| {})).concat();
    app.write_log(LOG, growing);
    app.sync().await;
    assert_eq!(app.report(ReportBy::Day).await.totals.tokens_out, 900);
    // The final, larger line may come in a later run.
    app.append_log(LOG, &line("msg_1", "req_1", 1000, |_| {}));
    app.sync().await;
    let report = app.report(ReportBy::Day).await;
    assert_eq!((report.totals.tokens_out, report.totals.messages), (1000, 1));
}

#[tokio::test]
async fn copies_in_a_resumed_session_do_not_count() {
    let app = TestApp::new().await;
    app.write_log("-home-dev-dashboard/first.jsonl", plain("msg_1") + &plain("msg_2"));
    app.write_log("-home-dev-dashboard/resumed.jsonl", plain("msg_1") + &plain("msg_2") + &plain("msg_3"));
    app.sync().await;
    assert_eq!(messages(&app).await, 3);
}

#[tokio::test]
async fn a_side_chain_counts_only_without_its_original_in_any_order() {
    let side = || line("msg_1", "req_other", 5000, |line| line["isSidechain"] = json!(true));
    let agent = "-home-dev-dashboard/b2a1/subagents/agent-1.jsonl";
    for side_first in [true, false] {
        let app = TestApp::new().await;
        let (first, second) = if side_first { (agent, LOG) } else { (LOG, agent) };
        let text = |name: &str| if name == agent { side() } else { plain("msg_1") };
        app.write_log(first, text(first));
        app.sync().await;
        app.write_log(second, text(second));
        app.sync().await;
        let report = app.report(ReportBy::Session).await;
        assert_eq!((report.totals.messages, report.totals.tokens_out), (1, 900), "side chain first: {side_first}");
        assert_eq!(report.rows.len(), 1);
    }
    let alone = TestApp::new().await;
    alone.write_log(agent, side());
    alone.sync().await;
    assert_eq!(
        alone.report(ReportBy::Session).await.rows[0].key,
        "b2a1",
        "a nested file belongs to its folder's session"
    );
}

#[tokio::test]
async fn lines_without_an_id_all_count_and_synthetic_ones_never() {
    let app = TestApp::new().await;
    let nameless = || {
        line("x", "y", 900, |line| {
            line["message"].as_object_mut().expect("an object").remove("id");
        })
    };
    let synthetic = line("msg_s", "req_s", 900, |line| line["message"]["model"] = json!("<synthetic>"));
    app.write_log(LOG, nameless() + &nameless() + &synthetic);
    app.sync().await;
    assert_eq!(messages(&app).await, 2);
    // Read from the start again, they are the same lines.
    std::fs::remove_file(app.log(LOG)).expect("removes");
    app.write_log(LOG, nameless() + &nameless() + &synthetic);
    app.sync().await;
    assert_eq!(messages(&app).await, 2);
}

#[tokio::test]
async fn bad_lines_are_counted_and_named_and_stop_nothing() {
    let app = TestApp::new().await;
    let odd = [
        "this is not json\n".to_owned(),
        "{\"message\":{\"usage\":{\"input_tokens\":}}}\n".to_owned(),
        line("msg_a", "", 1, |_| {}),
        line("msg_b", "r", 1, |line| line["timestamp"] = json!("yesterday")),
        line("msg_c", "r", 1, |line| line["version"] = json!("latest")),
        line("msg_d", "r", 1, |line| line["message"]["usage"]["input_tokens"] = json!(-5)),
        line("msg_e", "r", 1, |line| line["message"]["usage"]["input_tokens"] = json!(u64::MAX)),
        line("msg_f", "r", 1, |line| line["costUSD"] = json!(1e7)),
        line("msg_g", "r", 1, |line| {
            line["message"]["usage"]["server_tool_use"] = json!({"web_search_requests": 4_000_000_000_u64});
        }),
        format!("{{\"x\":{}{},\"usage\":1}}\n", "[".repeat(50_000), "]".repeat(50_000)),
    ];
    app.write_log(LOG, plain("msg_1") + &odd.concat() + &plain("msg_2"));
    let run = app.sync().await;
    assert_eq!(messages(&app).await, 2);
    let step = &run.steps[0];
    assert_eq!(step.status, StepStatus::Success);
    assert!(step.message.contains("10 lines passed over"), "{}", step.message);
    assert!(step.message.contains("b2a1.jsonl at byte"), "{}", step.message);
}

#[tokio::test]
async fn odd_but_honest_lines_are_read() {
    let app = TestApp::new().await;
    let spaced = plain("msg_1").replace("\"usage\":", "\"usage\" : ").replace('\n', "\r\n");
    let nulls = line("msg_2", "r", 900, |line| {
        line["message"]["usage"] = json!({"input_tokens": null, "output_tokens": 7, "cache_read_input_tokens": null});
    });
    let long = line("msg_3", "r", 900, |line| line["message"]["content"] = json!("x".repeat(9 << 20)));
    let oddities = line("msg_5", "r", 900, |line| {
        line["version"] = json!(2);
        line["message"]["usage"]["speed"] = json!(["fast"]);
        line["message"]["usage"]["iterations"] = json!("none");
    });
    let mut text = b"\xef\xbb\xbf".to_vec();
    text.extend((spaced + "\n" + &nulls + &long + &oddities).into_bytes());
    let damaged = plain("msg_4").replace('…', "?").into_bytes();
    let at = damaged.iter().position(|byte| *byte == b'?').expect("is there");
    text.extend(damaged.iter().enumerate().map(|(i, byte)| if i == at { 0xff } else { *byte }));
    app.write_log(LOG, text);
    let run = app.sync().await;
    assert_eq!(messages(&app).await, 5, "{:?}", run.steps);
    assert_eq!(app.report(ReportBy::Day).await.totals.tokens_out, 900 * 4 + 7);
}

#[tokio::test]
async fn cut_and_replaced_files_are_read_again_and_lose_nothing() {
    let app = TestApp::new().await;
    app.write_log(LOG, plain("msg_1") + &plain("msg_2"));
    app.sync().await;
    // Cut shorter, as by a rotation that copies and truncates.
    app.write_log(LOG, plain("msg_3"));
    app.sync().await;
    assert_eq!(messages(&app).await, 3, "what a log no longer holds was spent all the same");
    // Replaced by another file of the same name.
    std::fs::rename(app.log(LOG), app.log("-home-dev-dashboard/old.jsonl")).expect("renames");
    app.write_log(LOG, plain("msg_3") + &plain("msg_4") + &plain("msg_5"));
    app.sync().await;
    assert_eq!(messages(&app).await, 5);
}

#[tokio::test]
async fn symlinks_out_of_the_roots_are_not_followed() {
    let app = TestApp::new().await;
    let outside = tempfile::tempdir().expect("a folder");
    std::fs::write(outside.path().join("secret.jsonl"), plain("msg_secret")).expect("writes");
    app.write_log(LOG, plain("msg_1"));
    std::os::unix::fs::symlink(outside.path(), app.log("-linked-folder")).expect("links");
    std::os::unix::fs::symlink(outside.path().join("secret.jsonl"), app.log("-home-dev-dashboard/x.jsonl"))
        .expect("links");
    app.sync().await;
    assert_eq!(messages(&app).await, 1);
}

#[tokio::test]
async fn an_unknown_model_is_unpriced_until_the_user_gives_a_price() {
    let app = TestApp::new().await;
    app.write_log(
        LOG,
        line("msg_1", "r", 1000, |line| {
            line["message"]["model"] = json!("my-model");
            line["message"]["usage"] = json!({"input_tokens": 1_000_000, "output_tokens": 1000});
        }),
    );
    app.sync().await;
    let report = app.report(ReportBy::Model).await;
    assert_eq!(report.totals.cost, None, "unknown is not zero");
    assert_eq!(report.totals.unpriced.models, ["my-model"]);
    let prices = json!({"models": [{"model": "my-model", "input": 3.0, "output": 15.0}]});
    super::harness::write(&app.data("config/prices.json"), prices.to_string());
    app.sync().await;
    let report = app.report(ReportBy::Model).await;
    assert_eq!(report.totals.cost, Usd::from_f64(3.015));
    assert!(report.totals.unpriced.models.is_empty());
}

#[tokio::test]
async fn the_logs_own_cost_and_price_modifiers_are_respected() {
    let app = TestApp::new().await;
    let reported = line("msg_1", "r", 900, |line| line["costUSD"] = json!(0.25));
    let fast = line("msg_2", "r", 900, |line| line["message"]["usage"]["speed"] = json!("fast"));
    let search = line("msg_3", "r", 900, |line| {
        line["message"]["usage"]["server_tool_use"] = json!({"web_search_requests": 2});
    });
    let advised = line("msg_4", "r", 900, |line| {
        line["message"]["usage"]["iterations"] = json!([
            {"type": "message", "input_tokens": 1200, "output_tokens": 900},
            {"type": "advisor_message", "model": "claude-haiku-4-5", "input_tokens": 1000, "output_tokens": 100},
        ]);
    });
    app.write_log(LOG, reported + &fast + &search + &advised);
    app.sync().await;
    let basis = app.report(ReportBy::Day).await.totals.cost_basis;
    assert_eq!(basis.reported, Usd::from_f64(0.25).expect("money"));
    let plain = 49_800_000_000;
    let expected = plain * 2 + (plain + 2 * 10_000_000_000) + (plain + 1000 * 1_000_000 + 100 * 5_000_000);
    assert_eq!(basis.estimated, Usd::from_pico(expected));
}
