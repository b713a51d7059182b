//! What stands in a Gemini CLI session, and what must not disturb it.

use serde_json::json;

use super::*;

const WHOLE: &str = "a1b2/chats/session-2026-11-18T10-00-0a1b2c3d.json";
const LINES: &str = "a1b2/chats/session-2026-11-18T10-00-0a1b2c3d.jsonl";

fn message(id: &str, usage: Value) -> Value {
    json!({"id": id, "timestamp": "2026-11-18T10:00:05.000Z", "type": "gemini", "model": "gemini-3.8-flash",
        "content": "…", "thoughts": [], "tokens": usage})
}

fn usage(input: u64, cached: u64, output: u64) -> Value {
    json!({"input": input, "output": output, "cached": cached, "thoughts": 150, "tool": 0, "total": input + output + 150})
}

fn whole(messages: &[Value]) -> String {
    json!({"sessionId": "0a1b2c3d-0000-4000-8000-000000000001", "projectHash": "a1b2", "startTime": "2026-11-18T10:00:00.000Z",
        "lastUpdated": "2026-11-18T10:00:06.000Z", "kind": "main", "messages": messages})
    .to_string()
}

fn lines(messages: &[Value]) -> String {
    let head = json!({"sessionId": "0a1b2c3d-0000-4000-8000-000000000001", "projectHash": "a1b2", "kind": "main"});
    std::iter::once(&head).chain(messages).map(|line| format!("{line}\n")).collect()
}

fn told(events: &[UsageEvent]) -> Vec<String> {
    let told = |event: &UsageEvent| {
        let tokens = &event.tokens;
        format!("{} {} [{}, {}, {}]", event.key, event.model, tokens.input, tokens.cache_read, tokens.output)
    };
    events.iter().map(told).collect()
}

#[test]
fn both_forms_tell_the_same() {
    let id = "11111111-0000-4000-8000-000000000001";
    let messages = [
        json!({"id": "m1", "timestamp": "2026-11-18T10:00:01.000Z", "type": "user", "content": "\"tokens\""}),
        message(id, usage(12_000, 8_000, 300)),
        message("m3", json!({"input": 100, "output": 5, "cached": 0, "thoughts": 0, "tool": 20, "total": 125})),
        message("m4", Value::Null),
    ];
    let expected = [
        format!("{id}: gemini-3.8-flash [4000, 8000, 450]"),
        "m3:session-2026-11-18T10-00-0a1b2c3d gemini-3.8-flash [120, 0, 5]".to_owned(),
    ];
    for (name, text) in [(WHOLE, whole(&messages)), (LINES, lines(&messages))] {
        let (events, bad) = parse(name, text.as_bytes());
        assert_eq!(bad.examples, Vec::<String>::new());
        assert_eq!(told(&events), expected, "{name}");
        assert_eq!(&*events[0].project, "a1b2");
        assert_eq!(&*events[0].session, "session-2026-11-18T10-00-0a1b2c3d");
    }
}

#[test]
fn what_was_taken_back_was_paid_for() {
    let taken_back = [
        message("11111111-0000-4000-8000-000000000001", usage(100, 0, 10)),
        json!({"$set": {"summary": "…"}}),
        json!({"$rewindTo": "11111111-0000-4000-8000-000000000001"}),
        message("11111111-0000-4000-8000-000000000002", usage(100, 0, 10)),
    ];
    assert_eq!(parse(LINES, lines(&taken_back).as_bytes()).0.len(), 2);
}

#[test]
fn the_project_is_the_folder_that_is_noted_or_a_short_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let hash = "0123456789abcdef".repeat(4);
    for (name, noted, project) in [
        ("dashboard", Some("/home/dev/dashboard\n"), "/home/dev/dashboard"),
        ("shop", Some("not a folder"), "shop"),
        ("site", None, "site"),
        (hash.as_str(), None, "gemini-0123456789ab"),
    ] {
        let chats = folder.path().join(name).join("chats");
        std::fs::create_dir_all(&chats).expect("makes it");
        if let Some(noted) = noted {
            std::fs::write(folder.path().join(name).join(".project_root"), noted).expect("writes");
        }
        assert_eq!(project_of(&chats.join("session-1.json")), project);
    }
}

#[test]
fn only_chats_are_logs() {
    for (path, is_log) in [
        ("/h/.gemini/tmp/a/chats/session-1.json", true),
        ("/h/.gemini/tmp/a/chats/session-1.jsonl", true),
        ("/h/.gemini/tmp/a/chats/0a1b/helper.jsonl", true),
        ("/h/.gemini/tmp/a/logs.json", false),
        ("/h/.gemini/tmp/a/chats/notes.md", false),
    ] {
        assert_eq!((FORMAT.is_log)(Path::new(path)), is_log, "{path}");
    }
}

#[test]
fn the_agents_own_setting_says_how_long_it_keeps_sessions() {
    let folder = tempfile::tempdir().expect("a folder");
    let tmp = folder.path().join("tmp");
    let days = |settings: &str| {
        std::fs::write(folder.path().join("settings.json"), settings).expect("writes");
        keeps(&tmp).map(|keeps| keeps.days)
    };
    assert_eq!(days(r#"{"general": {"sessionRetention": {"enabled": true, "maxAge": "30d"}}}"#), Some(30));
    assert_eq!(days(r#"{"general": {"sessionRetention": {"enabled": false, "maxAge": "30d"}}}"#), None);
    assert_eq!(days(r#"{"general": {"sessionRetention": {"maxAge": "2w"}}}"#), None, "not a number of days");
    assert_eq!(days("{}"), None);
}

#[test]
fn bad_sessions_are_named_and_stop_nothing() {
    let fine = message("11111111-0000-4000-8000-000000000001", usage(100, 0, 10));
    let with = |field: &str, value: Value| {
        let mut bad = fine.clone();
        bad[field] = value;
        bad
    };
    for (bad, reason) in [
        (with("id", json!("")), "id is not a name"),
        (with("timestamp", json!("now")), "timestamp is not an RFC 3339 time"),
        (with("tokens", json!("12")), "not an object"),
        (with("tokens", json!({"input": -1})), "input is not a count"),
        (with("tokens", json!({"input": 1e15})), "input is not a count"),
        (with("tokens", json!({"input": 900_000_000, "output": 1})), "too large to be real"),
        (with("model", json!(5)), "model is not a name"),
    ] {
        for (name, text) in [(WHOLE, whole(&[bad.clone(), fine.clone()])), (LINES, lines(&[bad.clone(), fine.clone()]))]
        {
            let (events, problems) = parse(name, text.as_bytes());
            assert_eq!((events.len(), problems.count), (1, 1), "{name} {bad}");
            assert!(problems.examples[0].contains(reason), "{:?}", problems.examples);
        }
    }
    for (text, reason) in [
        (r#"{"messages": [{"id": "#, "ends in the middle"),
        (r#"{"messages": 7}"#, "not a list"),
        ("nonsense", "not valid JSON"),
    ] {
        let (events, problems) = parse(WHOLE, text.as_bytes());
        assert_eq!((events.len(), problems.count), (0, 1));
        assert!(problems.examples[0].contains(reason), "{:?}", problems.examples);
    }
    assert_eq!(parse(WHOLE, b"").1.count, 0, "a session that has just begun");
}
