//! What stands in a Codex log, and what must not disturb it.

use serde_json::{Value, json};

use super::*;
use crate::model::{is_shadow, message_prefix};
use crate::sources::logs::testing::{self, text};

const LOG: &str = "2026/11/18/rollout-2026-11-18T10-00-00-0199a1b2-c3d4-7000-8000-000000000001.jsonl";
const SESSION: &str = "0199a1b2-c3d4-7000-8000-000000000001";

fn at(second: u32) -> String {
    format!("2026-11-18T10:00:{second:02}.000Z")
}

fn meta(change: impl FnOnce(&mut Value)) -> Value {
    let mut line = json!({"timestamp": at(0), "type": "session_meta", "payload": {"id": SESSION, "timestamp": at(0),
        "cwd": "/home/dev/dashboard", "originator": "codex_cli_rs", "cli_version": "0.140.0", "source": "cli",
        "git": {"commit_hash": "abc", "branch": "main"}}});
    change(&mut line);
    line
}

fn turn(model: &str) -> Value {
    json!({"timestamp": at(1), "type": "turn_context", "payload": {"turn_id": "t1", "cwd": "/home/dev/dashboard/src",
        "model": model, "approval_policy": "on-request", "summary": "auto"}})
}

fn usage(input: u64, cached: u64, output: u64) -> Value {
    json!({"input_tokens": input, "cached_input_tokens": cached, "output_tokens": output,
        "reasoning_output_tokens": output / 2, "total_tokens": input + output})
}

fn counted(second: u32, total: &Value, last: &Value) -> Value {
    json!({"timestamp": at(second), "type": "event_msg", "payload": {"type": "token_count",
        "info": {"total_token_usage": total, "last_token_usage": last, "model_context_window": 272_000},
        "rate_limits": {"primary": {"used_percent": 12.5, "window_minutes": 300, "resets_at": 1_793_500_000}}}})
}

fn recorded(second: u32, response: &str, usage: &Value) -> Value {
    json!({"timestamp": at(second), "type": "token_usage_record", "payload": {"thread_id": SESSION, "turn_id": "t1",
        "session_id": SESSION, "root_turn_id": "t1", "response_id": response, "usage": usage}})
}

fn told(lines: &[Value]) -> Vec<String> {
    testing::told(parse(LOG, text(lines).as_bytes()))
}

#[test]
fn a_response_is_what_the_last_counter_says() {
    let lines = [
        meta(|_| {}),
        turn("gpt-6.1-sol"),
        counted(9, &usage(1000, 250, 125), &usage(1000, 250, 125)),
        json!({"timestamp": at(9), "type": "event_msg", "payload": {"type": "token_count", "info": null, "rate_limits": {}}}),
        // The same counters again: only the limits have changed.
        counted(10, &usage(1000, 250, 125), &usage(1000, 250, 125)),
        turn("gpt-6-luna"),
        counted(20, &usage(3000, 1250, 325), &usage(2000, 1000, 200)),
    ];
    assert_eq!(told(&lines), ["gpt-6.1-sol [750, 0, 250, 125]", "gpt-6-luna [1000, 0, 1000, 200]"]);
    let (events, _) = parse(LOG, text(&lines).as_bytes());
    assert_eq!((&*events[0].session, &*events[0].project), (SESSION, "/home/dev/dashboard"), "where it was started");
    assert_eq!(events[0].at_ms, 1_794_996_009_000, "10:00:09 that day");
}

#[test]
fn without_it_the_difference_counts_and_a_counter_may_begin_anew() {
    let total = |second, usage: Value| {
        json!({"timestamp": at(second), "type": "event_msg",
            "payload": {"type": "token_count", "info": {"total_token_usage": usage}}})
    };
    let lines = [
        meta(|_| {}),
        turn("gpt-6.1-sol"),
        total(9, usage(1000, 250, 125)),
        total(12, usage(1600, 750, 150)),
        total(15, usage(300, 0, 20)),
    ];
    assert_eq!(
        told(&lines),
        ["gpt-6.1-sol [750, 0, 250, 125]", "gpt-6.1-sol [100, 0, 500, 25]", "gpt-6.1-sol [300, 0, 0, 20]"]
    );
}

#[test]
fn records_are_used_alone_whatever_stands_before_and_after() {
    let counters = [
        counted(9, &usage(1000, 250, 125), &usage(1000, 250, 125)),
        counted(19, &usage(2000, 500, 250), &usage(1000, 250, 125)),
    ];
    let mut written = usage(1000, 250, 125);
    written["cache_write_input_tokens"] = json!(100);
    let lines = [
        meta(|_| {}),
        turn("gpt-6.1-sol"),
        counters[0].clone(),
        recorded(9, "resp_1", &written),
        recorded(19, "resp_2", &usage(500, 900, 5)),
        counters[1].clone(),
        json!({"timestamp": at(20), "type": "compacted", "payload": {"latest_token_usage_record": {"usage": usage(9, 9, 9)}}}),
    ];
    let records = ["gpt-6.1-sol [650, 100, 250, 125]", "gpt-6.1-sol [0, 0, 500, 5]"];
    assert_eq!(told(&lines)[1..3], records);
    let (events, _) = parse(LOG, text(&lines).as_bytes());
    let of_records: Vec<&str> = events.iter().map(|event| &*event.key).filter(|key| !is_shadow(key)).collect();
    assert_eq!(of_records, [format!("{SESSION}:resp_1"), format!("{SESSION}:resp_2")]);
    // What the counters told gives way, in whatever piece it was read, because it is a shadow of the same session.
    assert_eq!(events.iter().filter(|event| is_shadow(&event.key)).count(), 2);
    assert!(events.iter().all(|event| message_prefix(&event.key) == format!("{SESSION}:")));
}

#[test]
fn what_a_helper_was_told_of_its_parent_is_not_its_own() {
    let helper = |line: &mut Value| {
        line["payload"]["id"] = json!("0199-helper");
        line["payload"]["source"] = json!({"subagent": {"thread_spawn": {"parent_thread_id": SESSION}}});
    };
    let mut told_before = turn("gpt-6.1-sol");
    told_before["timestamp"] = json!(at(0));
    let lines = [
        meta(helper),
        meta(|_| {}),
        told_before,
        counted(0, &usage(1000, 250, 125), &usage(1000, 250, 125)),
        counted(0, &usage(3000, 1250, 325), &usage(2000, 1000, 200)),
        counted(7, &usage(3400, 1250, 335), &usage(400, 0, 10)),
    ];
    assert_eq!(told(&lines), ["gpt-6.1-sol [400, 0, 0, 10]"]);
    let (events, _) = parse(LOG, text(&lines).as_bytes());
    assert_eq!(&*events[0].session, "0199-helper");
}

#[test]
fn a_helper_that_was_told_nothing_pays_for_its_first_response() {
    let helper = |line: &mut Value| {
        line["payload"]["source"] = json!({"subagent": {"thread_spawn": {"parent_thread_id": SESSION}}});
    };
    let mut begins = turn("gpt-6.1-sol");
    begins["timestamp"] = json!("2026-11-18T10:00:00.900Z");
    let mut first = counted(1, &usage(400, 0, 10), &usage(400, 0, 10));
    first["timestamp"] = json!("2026-11-18T10:00:01.500Z");
    assert_eq!(told(&[meta(helper), begins, first]), ["gpt-6.1-sol [400, 0, 0, 10]"], "its turn is no copy");
}

#[test]
fn a_model_nobody_named_has_no_price() {
    assert_eq!(told(&[meta(|_| {}), counted(9, &usage(10, 0, 5), &usage(10, 0, 5))]), ["unknown [10, 0, 0, 5]"]);
    let mut named = counted(9, &usage(10, 0, 5), &usage(10, 0, 5));
    named["payload"]["info"]["model"] = json!("gpt-5-codex");
    assert_eq!(told(&[turn("gpt-6.1-sol"), named]), ["gpt-5-codex [10, 0, 0, 5]"]);
}

#[test]
fn odd_but_honest_lines_are_read() {
    let mut odd = counted(9, &usage(10, 20, 5), &usage(10, 20, 5));
    odd["payload"]["rate_limits"] = json!("none");
    odd["payload"]["info"]["last_token_usage"]["cached_input_tokens"] = json!(20);
    odd["payload"]["info"]["last_token_usage"]["reasoning_output_tokens"] = json!(null);
    assert_eq!(told(&[turn("gpt-6.1-sol"), odd]), ["gpt-6.1-sol [0, 0, 10, 5]"], "no more is cached than was read");
    // What people and tools wrote may look like anything.
    let said = json!({"timestamp": at(3), "type": "response_item", "payload": {"type": "message", "role": "user",
        "content": [{"type": "input_text", "text": "\"token_count\" {\"info\":3}"}]}});
    assert_eq!(told(&[said]), Vec::<String>::new());
}

#[test]
fn bad_lines_are_named_and_stop_nothing() {
    let fine = text(&[turn("gpt-6.1-sol"), counted(9, &usage(10, 0, 5), &usage(10, 0, 5))]);
    let mut late = counted(9, &usage(11, 0, 5), &usage(1, 0, 0));
    late["timestamp"] = json!("yesterday");
    let with = |change: fn(&mut Value)| {
        let mut line = counted(9, &usage(900, 0, 5), &usage(10, 0, 5));
        change(&mut line["payload"]["info"]["last_token_usage"]);
        format!("{line}\n")
    };
    let deep = format!("{{\"type\":\"token_count\",\"token_count\":{}{}}}\n", "[".repeat(50_000), "]".repeat(50_000));
    for (bad, reason) in [
        ("this is not json\n".to_owned(), "not a JSON object"),
        ("{\"type\":\"event_msg\",\"token_count\":}\n".to_owned(), "not valid JSON"),
        ("{\"type\":\"event_msg\",\"token_count\":{}\n".to_owned(), "the text ends in the middle"),
        (format!("{late}\n"), "timestamp is not an RFC 3339 time"),
        (with(|usage| usage["input_tokens"] = json!(-5)), "input_tokens is not a count"),
        (with(|usage| usage["output_tokens"] = json!("many")), "output_tokens is not a count"),
        (with(|usage| usage["input_tokens"] = json!(900_000_000)), "too large to be real"),
        (with(|usage| *usage = json!(7)), "the usage is not an object"),
        (deep, "not valid JSON"),
        (
            "{\"type\":\"token_usage_record\",\"timestamp\":\"2026-11-18T10:00:00Z\",\"payload\":{}}\n".to_owned(),
            "without its usage",
        ),
    ] {
        let (events, problems) = parse(LOG, (fine.clone() + &bad).as_bytes());
        assert_eq!((events.len(), problems.count), (1, 1), "{bad:.80}");
        assert!(problems.examples[0].contains(reason), "{:?} for {bad:.80}", problems.examples);
        assert!(problems.examples[0].contains("at byte"), "{:?}", problems.examples);
    }
    // A last line without its end is still being written; damaged text beside the usage costs nothing.
    let (events, problems) = parse(LOG, fine.trim_end().as_bytes());
    assert_eq!((events.len(), problems.count), (0, 0));
    let mut damaged = b"\xef\xbb\xbf".to_vec();
    damaged.extend(fine.replace("auto", "au?to").bytes().map(|byte| if byte == b'?' { 0xff } else { byte }));
    assert_eq!(parse(LOG, &damaged).0.len(), 1);
}
