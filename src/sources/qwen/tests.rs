//! What stands in a Qwen Code session, and what must not disturb it.

use serde_json::json;

use super::*;
use crate::model::{is_shadow, message_prefix};
use crate::sources::logs::testing::text;

const SESSION: &str = "69f0814a-0000-4000-8000-000000000001";
const LOG: &str = "-home-dev-shop/chats/69f0814a-0000-4000-8000-000000000001.jsonl";

fn record(id: &str, second: u32, change: impl FnOnce(&mut Value)) -> Value {
    let mut record = json!({"uuid": id, "parentUuid": null, "sessionId": SESSION, "cwd": "/home/dev/shop",
        "timestamp": format!("2026-11-18T10:00:{second:02}.000Z"), "version": "0.18.1", "gitBranch": "main"});
    change(&mut record);
    record
}

/// The record of a response.
fn response(id: &str, second: u32, [input, cached, output, thoughts, total]: [u64; 5]) -> Value {
    record(id, second, |record| {
        (record["type"], record["subtype"]) = (json!("system"), json!("ui_telemetry"));
        record["systemPayload"]["uiEvent"] = json!({"event.name": "qwen-code.api_response", "model": "qwen3-coder-plus",
            "event.timestamp": "2026-11-18T10:00:00.000Z", "response_id": "chatcmpl-1", "status_code": 200, "duration_ms": 47,
            "input_token_count": input, "output_token_count": output, "cached_content_token_count": cached,
            "thoughts_token_count": thoughts, "total_token_count": total, "prompt_id": "p########0", "auth_type": "openai"});
    })
}

/// The answer, which says the same again.
fn answer(id: &str, second: u32, [input, cached, output, thoughts, total]: [u64; 5]) -> Value {
    record(id, second, |record| {
        (record["type"], record["model"]) = (json!("assistant"), json!("qwen3-coder-plus"));
        record["message"] = json!({"role": "model", "parts": [{"text": "…"}]});
        record["usageMetadata"] = json!({"promptTokenCount": input, "candidatesTokenCount": output,
            "thoughtsTokenCount": thoughts, "totalTokenCount": total, "cachedContentTokenCount": cached});
    })
}

fn read(lines: &[Value]) -> Vec<UsageEvent> {
    let (events, bad) = parse(LOG, text(lines).as_bytes());
    assert_eq!(bad.examples, Vec::<String>::new());
    events
}

fn used(event: &UsageEvent) -> [u64; 3] {
    [event.tokens.input, event.tokens.cache_read, event.tokens.output]
}

#[test]
fn a_session_with_records_of_responses_is_read_by_them_alone() {
    let lines = [
        record("u1", 1, |record| record["type"] = json!("user")),
        response("r1", 2, [500, 0, 20, 0, 520]),
        answer("a1", 2, [500, 0, 20, 0, 520]),
        response("helper", 3, [90, 0, 9, 0, 99]),
        response("r2", 4, [600, 50, 5, 0, 605]),
        answer("a2", 4, [600, 50, 5, 0, 605]),
    ];
    let events = read(&lines);
    let (shadows, counted): (Vec<_>, Vec<_>) = events.iter().partition(|event| is_shadow(&event.key));
    assert_eq!(counted.iter().map(|event| used(event)).collect::<Vec<_>>(), [[500, 0, 20], [90, 0, 9], [550, 50, 5]]);
    assert_eq!(shadows.len(), 2, "they give way, in whatever piece they were read");
    assert!(events.iter().all(|event| message_prefix(&event.key) == format!("{SESSION}:")));
    let event = counted[0];
    assert_eq!((&*event.session, &*event.project, &*event.model), (SESSION, "/home/dev/shop", "qwen3-coder-plus"));
    assert_eq!((event.at_ms, event.cost), (1_794_996_002_000, None), "10:00:02 that day");
}

#[test]
fn answers_count_where_no_response_was_recorded() {
    let events = read(&[answer("a1", 2, [500, 0, 20, 0, 520]), answer("a2", 4, [600, 700, 5, 0, 605])]);
    assert_eq!(
        events.iter().map(used).collect::<Vec<_>>(),
        [[500, 0, 20], [0, 600, 5]],
        "no more is cached than was read"
    );
    let nothing = record("a3", 5, |record| record["type"] = json!("assistant"));
    assert_eq!(read(&[nothing, response("r0", 6, [0; 5])]).len(), 0);
}

#[test]
fn what_was_thought_counts_once() {
    let inside = read(&[response("r1", 2, [100, 0, 30, 25, 130])]);
    assert_eq!(used(&inside[0]), [100, 0, 30], "the output holds it");
    let apart = read(&[response("r1", 2, [100, 0, 30, 25, 155])]);
    assert_eq!(used(&apart[0]), [100, 0, 55], "the total says that it stands beside");
}

#[test]
fn a_branch_does_not_pay_again_for_what_it_copied() {
    let copied = |mut record: Value| {
        record["sessionId"] = json!("another");
        record["forkedFrom"] = json!({"sessionId": SESSION, "messageUuid": record["uuid"]});
        record
    };
    let lines = [
        copied(response("r1", 2, [500, 0, 20, 0, 520])),
        copied(answer("a1", 2, [500, 0, 20, 0, 520])),
        response("r9", 9, [600, 0, 5, 0, 605]),
    ];
    assert_eq!(read(&lines).iter().map(used).collect::<Vec<_>>(), [[600, 0, 5]]);
}

#[test]
fn only_chats_are_logs() {
    for (path, is_log) in [
        ("/h/.qwen/projects/-home-dev/chats/s.jsonl", true),
        ("/h/.qwen/projects/-home-dev/subagents/s/agent-a.jsonl", false),
        ("/h/.qwen/projects/-home-dev/chats/s.json", false),
        ("/h/.qwen/projects/-home-dev/chats/s/notes.jsonl", false),
    ] {
        assert_eq!((FORMAT.is_log)(Path::new(path)), is_log, "{path}");
    }
}

#[test]
fn bad_lines_are_named_and_stop_nothing() {
    let fine = text(&[response("r1", 2, [500, 0, 20, 0, 520])]);
    let with = |change: fn(&mut Value)| {
        let mut line = response("r2", 3, [500, 0, 20, 0, 520]);
        change(&mut line);
        format!("{line}\n")
    };
    for (bad, reason) in [
        ("nonsense\n".to_owned(), "not a JSON object"),
        ("{\"usageMetadata\":}\n".to_owned(), "not valid JSON"),
        ("{\"usageMetadata\":{}\n".to_owned(), "ends in the middle"),
        (with(|line| line["timestamp"] = json!("now")), "timestamp is not an RFC 3339 time"),
        (with(|line| line["sessionId"] = json!("")), "sessionId is not a name"),
        (with(|line| line["systemPayload"]["uiEvent"]["model"] = json!(5)), "model is not a name"),
        (
            with(|line| line["systemPayload"]["uiEvent"]["input_token_count"] = json!(-1)),
            "input_token_count is not a count",
        ),
        (
            with(|line| line["systemPayload"]["uiEvent"]["total_token_count"] = json!("5")),
            "total_token_count is not a count",
        ),
        (
            with(|line| line["systemPayload"]["uiEvent"]["output_token_count"] = json!(900_000_000)),
            "too large to be real",
        ),
        ("{\"type\":\"assistant\",\"usageMetadata\":7}\n".to_owned(), "the usage is not an object"),
    ] {
        let (events, problems) = parse(LOG, (fine.clone() + &bad).as_bytes());
        assert_eq!((events.len(), problems.count), (1, 1), "{bad:.80}");
        assert!(problems.examples[0].contains(reason), "{:?} for {bad:.80}", problems.examples);
    }
    // A last line without its end is still being written; a line nobody numbered is told by its place.
    assert_eq!(parse(LOG, fine.trim_end().as_bytes()).0.len(), 0);
    let mut unnumbered = response("r1", 2, [500, 0, 20, 0, 520]);
    unnumbered["uuid"] = Value::Null;
    unnumbered["sessionId"] = Value::Null;
    let events = read(&[unnumbered]);
    assert_eq!((&*events[0].session, &*events[0].key), (SESSION, format!("{SESSION}:line 0").as_str()));
}
