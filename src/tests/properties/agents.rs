//! What must hold of every agent's logs: read in any pieces, in any order, twice or once, the figures are the same.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{block_on, shuffled, stored};
use crate::tests::harness::{TestApp, write};

const CODEX: &str = "codex/sessions/2026/11/18/rollout-s.jsonl";
const GEMINI: &str = "gemini/tmp/p/chats/session-s.jsonl";
const COPILOT: &str = "copilot/session-state/s/events.jsonl";
const QWEN: &str = "qwen/projects/-p/chats/s.jsonl";
const CLINE: &str = "cline/tasks/1794996000000/ui_messages.json";

/// A line of a Codex log, out of a small world: counters that repeat, records whose ids collide, turns, nonsense.
fn codex_line() -> impl Strategy<Value = Value> {
    (0..6u8, 0..5u64, 0..4u64, 0..3u32).prop_map(|(kind, total, last, second)| {
        let at = format!("2026-11-18T10:00:0{second}.000Z");
        let usage = |times: u64| json!({"input_tokens": 100 * times, "cached_input_tokens": 30 * times, "output_tokens": 7 * times});
        match kind {
            0 => json!({"timestamp": at, "type": "turn_context", "payload": {"model": (if last > 1 { "gpt-6-luna" } else { "gpt-6.1-sol" })}}),
            1 => json!({"timestamp": at, "type": "token_usage_record",
                "payload": {"thread_id": "s", "response_id": format!("r{total}"), "usage": usage(last)}}),
            2 => json!({"timestamp": at, "type": "session_meta",
                "payload": {"id": "s", "cwd": "/p", "forked_from_id": (last == 0).then_some("other")}}),
            3 => json!({"timestamp": at, "type": "event_msg", "payload": {"type": "token_count", "info": {"total_token_usage": usage(total)}}}),
            _ => json!({"timestamp": at, "type": "event_msg", "payload": {"type": "token_count",
                "info": {"total_token_usage": usage(total), "last_token_usage": usage(last)}}}),
        }
    })
}

/// A message of Gemini CLI, which may stand in the log again with more in it.
fn gemini_line() -> impl Strategy<Value = Value> {
    (0..4u8, 0..50u64, 0..3u8).prop_map(|(id, output, second)| {
        json!({"id": format!("1111111{id}-0000-4000-8000-000000000001"), "type": "gemini", "model": "gemini-3.8-flash",
            "timestamp": format!("2026-11-18T10:00:0{second}.000Z"), "tokens": {"input": 100, "cached": 30, "output": output}})
    })
}

/// An event of Copilot CLI: ends whose counters grow or begin anew, answers, a resumed session.
fn copilot_line() -> impl Strategy<Value = Value> {
    (0..4u8, 0..6u64, 0..4u64, 0..3u32).prop_map(|(kind, total, output, second)| {
        let usage = |times: u64| {
            json!({"usage": {"inputTokens": 100 * times, "cacheReadTokens": 30 * times, "cacheWriteTokens": 0, "outputTokens": 7 * times}})
        };
        let (kind, data) = match kind {
            0 => ("assistant.message", json!({"outputTokens": 7 * output})),
            1 => ("session.resume", json!({"sessionId": "s", "context": {"cwd": "/p"}})),
            _ if output == 0 => ("session.shutdown", json!({"modelMetrics": {"gpt-6-luna": usage(total), "gpt-6.1-sol": usage(output)}})),
            _ => ("session.shutdown", json!({"modelMetrics": {"gpt-6-luna": usage(total)}})),
        };
        json!({"type": kind, "id": format!("e{total}{output}{second}"), "data": data, "timestamp": format!("2026-11-18T10:00:0{second}.000Z")})
    })
}

/// A record of Qwen Code, of a response or of an answer, in two sessions; some are copies.
fn qwen_line() -> impl Strategy<Value = Value> {
    (0..5u8, 0..50u64, any::<bool>(), 0..8u8, 0..3u8).prop_map(|(id, output, other, kind, second)| {
        let mut record = json!({"uuid": format!("u{id}"), "sessionId": (if other { "s" } else { "t" }), "cwd": "/p", "model": "qwen3-coder-plus",
            "timestamp": format!("2026-11-18T10:00:0{second}.000Z"), "forkedFrom": (kind == 0).then(|| json!({"sessionId": "o"}))});
        if kind < 4 {
            record["type"] = json!("assistant");
            record["usageMetadata"] = json!({"promptTokenCount": 100, "cachedContentTokenCount": 30, "candidatesTokenCount": output});
        } else {
            record["type"] = json!("system");
            record["systemPayload"] = json!({"uiEvent": {"event.name": "qwen-code.api_response", "model": "qwen3-coder-plus",
                "input_token_count": 100, "cached_content_token_count": 30, "output_token_count": output}});
        }
        record
    })
}

/// A message of Cline about a request, which may be told again with more in it.
fn cline_message() -> impl Strategy<Value = Value> {
    (0..5i64, 0..50u64, 0..3u64).prop_map(|(at, output, cents)| {
        #[expect(clippy::cast_precision_loss, reason = "a few cents")]
        let usage = json!({"tokensIn": 100, "cacheReads": 30, "tokensOut": output, "cost": cents as f64 / 100.0});
        json!({"ts": 1_794_996_000_000_i64 + at, "type": "say", "say": "api_req_started", "text": usage.to_string(),
            "modelInfo": {"modelId": "claude-opus-5-5"}})
    })
}

/// A message of a session of Cline's, under an id that every copy keeps.
fn cline_said() -> impl Strategy<Value = Value> {
    (0..5i64, 0..50u64).prop_map(|(at, output)| {
        json!({"id": format!("msg_mb1x2y3z_{at}"), "role": "assistant", "ts": 1_794_996_000_000_i64 + at,
            "modelInfo": {"id": "claude-opus-5-5"}, "metrics": {"inputTokens": 100, "cacheReadTokens": 30, "outputTokens": output}})
    })
}

fn text(lines: &[Value]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// Cuts a log at any byte, and looks whether two readings find what one does.
async fn in_pieces(file: &str, text: &str, at: prop::sample::Index) {
    let (whole, pieces) = (TestApp::new().await, TestApp::new().await);
    write(&whole.of_agent(file), text);
    whole.sync().await;
    let cut = at.index(text.len() + 1);
    write(&pieces.of_agent(file), &text.as_bytes()[..cut]);
    pieces.sync().await;
    write(&pieces.of_agent(file), text);
    pieces.sync().await;
    assert_eq!(stored(&pieces).await, stored(&whole).await);
    assert_eq!(pieces.sync().await.rows(), 0, "twice is once");
}

/// Writes the lines one by one in another order, and looks whether what is found is the same.
async fn in_any_order(file: &str, lines: &[Value], seed: u64) {
    let (one, other) = (TestApp::new().await, TestApp::new().await);
    write(&one.of_agent(file), text(lines));
    one.sync().await;
    let mut before = String::new();
    for line in shuffled(lines, seed) {
        before += &format!("{line}\n");
        write(&other.of_agent(file), &before);
        other.sync().await;
    }
    assert_eq!(stored(&other).await, stored(&one).await);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn codex_in_two_pieces_is_codex_at_once(lines in prop::collection::vec(codex_line(), 1..12), at in any::<prop::sample::Index>()) {
        block_on(in_pieces(CODEX, &text(&lines), at));
    }

    #[test]
    fn gemini_in_two_pieces_is_gemini_at_once(lines in prop::collection::vec(gemini_line(), 1..12), at in any::<prop::sample::Index>()) {
        block_on(in_pieces(GEMINI, &text(&lines), at));
    }

    #[test]
    fn copilot_in_two_pieces_is_copilot_at_once(lines in prop::collection::vec(copilot_line(), 1..12), at in any::<prop::sample::Index>()) {
        block_on(in_pieces(COPILOT, &text(&lines), at));
    }

    #[test]
    fn qwen_in_two_pieces_is_qwen_at_once(lines in prop::collection::vec(qwen_line(), 1..12), at in any::<prop::sample::Index>()) {
        block_on(in_pieces(QWEN, &text(&lines), at));
    }

    /// Its document may be found half written; the whole one comes after.
    #[test]
    fn cline_in_two_pieces_is_cline_at_once(messages in prop::collection::vec(cline_message(), 1..12), at in any::<prop::sample::Index>()) {
        block_on(in_pieces(CLINE, &json!(messages).to_string(), at));
    }

    #[test]
    fn the_order_of_sessions_and_their_branches_does_not_matter(messages in prop::collection::vec(cline_said(), 1..10), seed in any::<u64>()) {
        block_on(async {
            let (one, other) = (TestApp::new().await, TestApp::new().await);
            write(&one.of_agent("cline/sessions/s/s.messages.json"), json!({"sessionId": "s", "messages": messages}).to_string());
            one.sync().await;
            for (number, message) in shuffled(&messages, seed).iter().enumerate() {
                let file = format!("cline/sessions/{number}/{number}.messages.json");
                write(&other.of_agent(&file), json!({"sessionId": "s", "messages": [message]}).to_string());
                other.sync().await;
            }
            assert_eq!(stored(&other).await, stored(&one).await);
        });
    }

    #[test]
    fn the_order_of_messages_does_not_matter(lines in prop::collection::vec(gemini_line(), 1..10), seed in any::<u64>()) {
        block_on(in_any_order(GEMINI, &lines, seed));
    }

    #[test]
    fn the_order_of_records_does_not_matter(lines in prop::collection::vec(qwen_line(), 1..10), seed in any::<u64>()) {
        block_on(in_any_order(QWEN, &lines, seed));
    }

    #[test]
    fn the_order_of_tasks_and_their_copies_does_not_matter(messages in prop::collection::vec(cline_message(), 1..10), seed in any::<u64>()) {
        block_on(async {
            let (one, other) = (TestApp::new().await, TestApp::new().await);
            write(&one.of_agent(CLINE), json!(messages).to_string());
            one.sync().await;
            for (number, message) in shuffled(&messages, seed).iter().enumerate() {
                write(&other.of_agent(&format!("cline/tasks/{number}/1794996000000/ui_messages.json")), json!([message]).to_string());
                other.sync().await;
            }
            assert_eq!(stored(&other).await, stored(&one).await);
        });
    }

    #[test]
    fn the_order_of_sessions_and_copies_does_not_matter(lines in prop::collection::vec(codex_line(), 1..8), seed in any::<u64>()) {
        block_on(async {
            let files = ["codex/sessions/a/rollout-s.jsonl", "codex/archived_sessions/a/rollout-s.jsonl", "codex/sessions/b/rollout-s.jsonl"];
            let (one, other) = (TestApp::new().await, TestApp::new().await);
            for file in files {
                write(&one.of_agent(file), text(&lines));
            }
            one.sync().await;
            for file in shuffled(&files, seed) {
                write(&other.of_agent(file), text(&lines));
                other.sync().await;
            }
            assert_eq!(stored(&other).await, stored(&one).await);
        });
    }
}
