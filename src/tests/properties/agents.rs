//! What must hold of every agent's logs: read in any pieces, in any order, twice or once, the figures are the same.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{block_on, shuffled, stored};
use crate::tests::harness::{TestApp, write};

const CODEX: &str = "codex/sessions/2026/11/18/rollout-s.jsonl";
const GEMINI: &str = "gemini/tmp/p/chats/session-s.jsonl";

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
    fn the_order_of_messages_does_not_matter(lines in prop::collection::vec(gemini_line(), 1..10), seed in any::<u64>()) {
        block_on(async {
            let (one, other) = (TestApp::new().await, TestApp::new().await);
            write(&one.of_agent(GEMINI), text(&lines));
            one.sync().await;
            let mut before = String::new();
            for line in shuffled(&lines, seed) {
                before += &format!("{line}\n");
                write(&other.of_agent(GEMINI), &before);
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
