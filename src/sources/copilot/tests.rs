//! What stands in a Copilot CLI session, and what must not disturb it.

use serde_json::json;

use super::*;
use crate::sources::logs::testing::{self, text};

const SESSION: &str = "0a1b2c3d-0000-4000-8000-000000000001";
const LOG: &str = "0a1b2c3d-0000-4000-8000-000000000001/events.jsonl";

fn event(kind: &str, second: u32, data: Value) -> Value {
    json!({"type": kind, "data": data, "id": format!("e{second}"), "parentId": null,
        "timestamp": format!("2026-11-18T10:00:{second:02}.000Z")})
}

fn start() -> Value {
    event(
        "session.start",
        0,
        json!({"sessionId": SESSION, "version": 1, "producer": "copilot-agent", "copilotVersion": "1.0.67",
        "startTime": "2026-11-18T10:00:00.000Z", "context": {"cwd": "/home/dev/shop", "gitRoot": "/home/dev"}}),
    )
}

fn answered(second: u32, output: u64) -> Value {
    event(
        "assistant.message",
        second,
        json!({"messageId": format!("m{second}"), "content": "…", "outputTokens": output}),
    )
}

/// An end that says what each model used: input, of it read from the cache and written there, and output.
fn end(second: u32, models: &[(&str, [u64; 4])]) -> Value {
    let metric = |[input, read, written, output]: [u64; 4]| {
        json!({"requests": {"count": 2, "cost": 1}, "totalNanoAiu": 5, "usage": {"inputTokens": input, "outputTokens": output,
            "cacheReadTokens": read, "cacheWriteTokens": written, "reasoningTokens": output / 2}})
    };
    let metrics: serde_json::Map<String, Value> =
        models.iter().map(|(model, used)| ((*model).to_owned(), metric(*used))).collect();
    event(
        "session.shutdown",
        second,
        json!({"shutdownType": "routine", "totalPremiumRequests": 1, "modelMetrics": metrics,
        "codeChanges": {"linesAdded": 3, "linesRemoved": 1, "filesModified": []}, "currentModel": "gpt-6-luna"}),
    )
}

fn told(lines: &[Value]) -> Vec<String> {
    testing::told(parse(LOG, text(lines).as_bytes()))
}

#[test]
fn an_end_says_what_each_model_used() {
    let lines = [
        start(),
        answered(5, 900),
        end(9, &[("claude-opus-5.5", [71_282, 35_495, 35_783, 900]), ("gpt-6-luna", [500, 0, 0, 20])]),
    ];
    assert_eq!(told(&lines), ["claude-opus-5.5 [4, 35783, 35495, 900]", "gpt-6-luna [500, 0, 0, 20]"]);
    let (events, _) = parse(LOG, text(&lines).as_bytes());
    let event = &events[0];
    assert_eq!((&*event.session, &*event.project, &*event.modifiers), (SESSION, "/home/dev/shop", "sum"));
    assert_eq!((&*event.key, event.at_ms), (format!("{SESSION}:e9#claude-opus-5.5").as_str(), 1_794_996_009_000));
    assert_ne!(events[0].key, events[1].key);
}

#[test]
fn a_session_that_did_not_end_tells_nothing() {
    assert_eq!(told(&[start(), answered(5, 900)]), Vec::<String>::new());
    let mut nothing = end(6, &[]);
    nothing["data"]["modelMetrics"] = Value::Null;
    let lines = [start(), answered(5, 900), nothing, end(7, &[]), end(8, &[("gpt-6-luna", [500, 0, 0, 900])])];
    assert_eq!(told(&lines), ["gpt-6-luna [500, 0, 0, 900]"], "an end that tells nothing leaves all to the next");
}

#[test]
fn a_resumed_session_that_goes_on_counting_pays_for_what_came_since() {
    let resumed = event("session.resume", 10, json!({"eventCount": 3, "context": {"cwd": "/home/dev/elsewhere"}}));
    let lines = [
        start(),
        answered(5, 100),
        end(9, &[("gpt-6-luna", [1_000, 400, 0, 100])]),
        resumed,
        answered(15, 50),
        end(19, &[("gpt-6-luna", [1_600, 700, 0, 150]), ("gpt-6.1-sol", [10, 0, 0, 5])]),
    ];
    assert_eq!(
        told(&lines),
        ["gpt-6-luna [600, 0, 400, 100]", "gpt-6-luna [300, 0, 300, 50]", "gpt-6.1-sol [10, 0, 0, 5]"]
    );
    let (events, _) = parse(LOG, text(&lines).as_bytes());
    assert!(events.iter().all(|event| &*event.project == "/home/dev/shop"), "where it was started");
}

#[test]
fn a_resumed_session_that_begins_at_nothing_pays_for_all_of_it() {
    let first = end(9, &[("gpt-6-luna", [1_000, 400, 0, 100])]);
    let smaller =
        [start(), answered(5, 100), first.clone(), answered(15, 50), end(19, &[("gpt-6-luna", [600, 0, 0, 50])])];
    assert_eq!(told(&smaller)[1], "gpt-6-luna [600, 0, 0, 50]", "counters that are smaller have begun anew");
    let larger = [
        start(),
        answered(5, 100),
        first.clone(),
        answered(15, 700),
        end(19, &[("gpt-6-luna", [9_000, 4_000, 0, 700])]),
    ];
    assert_eq!(told(&larger)[1], "gpt-6-luna [5000, 0, 4000, 700]", "the answers since say that all of it is new");
    let other = [start(), answered(5, 100), first, answered(15, 700), end(19, &[("gpt-6.1-sol", [9_000, 0, 0, 700])])];
    assert_eq!(told(&other)[1], "gpt-6.1-sol [9000, 0, 0, 700]");
}

#[test]
fn the_sum_of_a_long_session_is_no_damage() {
    assert_eq!(
        told(&[start(), end(9, &[("gpt-6-luna", [2_300_000_000, 0, 0, 9])])]),
        ["gpt-6-luna [2300000000, 0, 0, 9]"]
    );
}

#[test]
fn a_session_is_called_by_its_id_or_by_its_file() {
    let lines = text(&[end(9, &[("gpt-6-luna", [5, 0, 0, 9])])]);
    for (log, session) in [(LOG, SESSION), ("0a1b.jsonl", "0a1b")] {
        assert_eq!(&*parse(log, lines.as_bytes()).0[0].session, session);
    }
}

#[test]
fn only_events_are_logs() {
    for (path, is_log) in [
        ("/h/.copilot/session-state/0a1b/events.jsonl", true),
        ("/h/.copilot/session-state/0a1b.jsonl", true),
        ("/h/.copilot/session-state/0a1b/files/data.jsonl", false),
        ("/h/.copilot/session-state/0a1b/workspace.yaml", false),
    ] {
        assert_eq!((FORMAT.is_log)(Path::new(path)), is_log, "{path}");
    }
}

#[test]
fn bad_lines_are_named_and_stop_nothing() {
    let fine = text(&[start(), end(9, &[("gpt-6-luna", [500, 0, 0, 20])])]);
    let with = |change: fn(&mut Value)| {
        let mut line = end(19, &[("gpt-6-luna", [900, 0, 0, 40])]);
        change(&mut line);
        format!("{line}\n")
    };
    for (bad, reason) in [
        ("nonsense\n".to_owned(), "not a JSON object"),
        ("{\"type\":\"session.shutdown\",\"data\":}\n".to_owned(), "not valid JSON"),
        ("{\"type\":\"session.shutdown\",\"data\":{}\n".to_owned(), "ends in the middle"),
        (with(|line| line["timestamp"] = json!("now")), "timestamp is not an RFC 3339 time"),
        (with(|line| line["data"]["modelMetrics"] = json!([1])), "modelMetrics is not an object"),
        (with(|line| line["data"]["modelMetrics"]["gpt-6-luna"] = json!({})), "a model without its usage"),
        (with(|line| line["data"]["modelMetrics"][""] = json!({})), "the model is not a name"),
        (
            with(|line| line["data"]["modelMetrics"]["gpt-6-luna"]["usage"]["inputTokens"] = json!(-1)),
            "inputTokens is not a count",
        ),
        (with(|line| line["id"] = json!(5)), "id is not a name"),
        (
            with(|line| {
                line["type"] = json!("assistant.message");
                line["data"] = json!({"outputTokens": "many"});
            }),
            "outputTokens is not a count",
        ),
    ] {
        let (events, problems) = parse(LOG, (fine.clone() + &bad).as_bytes());
        assert_eq!((events.len(), problems.count), (1, 1), "{bad:.80}");
        assert!(problems.examples[0].contains(reason), "{:?} for {bad:.80}", problems.examples);
    }
    assert_eq!(parse(LOG, fine.trim_end().as_bytes()).0.len(), 0, "the last line is still being written");
}
