//! What stands in a task of Cline or Roo Code, and what must not disturb it.

use serde_json::json;

use super::*;
use crate::model::{Basis, Tokens, UsageEvent, Usd};
use crate::sources::Problems;
use crate::sources::roo::{self, ROO};

const LOG: &str = "1794996000000/ui_messages.json";
const AT: i64 = 1_794_996_000_000;

fn request(at: i64, usage: Value) -> Value {
    json!({"ts": at, "type": "say", "say": "api_req_started", "text": usage.to_string(), "conversationHistoryIndex": 1,
        "modelInfo": {"providerId": "anthropic", "modelId": "claude-opus-5-5", "mode": "act"}})
}

fn usage(input: u64, written: u64, read: u64, output: u64) -> Value {
    json!({"request": "<task>…</task>", "tokensIn": input, "tokensOut": output, "cacheWrites": written, "cacheReads": read,
        "cost": 0.0498})
}

fn parse(messages: &[Value], family: &Family) -> (Vec<UsageEvent>, Problems) {
    tasks::parse(LOG, json!(messages).to_string().as_bytes(), family)
}

fn read(messages: &[Value], family: &Family) -> Vec<UsageEvent> {
    let (events, bad) = parse(messages, family);
    assert_eq!(bad.examples, Vec::<String>::new());
    events
}

fn tokens(input: u64, written: u64, read: u64, output: u64) -> Tokens {
    Tokens { input, cache_write_5m: written, cache_write_1h: 0, cache_read: read, output }
}

#[test]
fn a_request_says_what_it_used_and_what_it_cost() {
    let messages = [
        json!({"ts": AT, "type": "say", "say": "task", "text": "{\"tokensIn\": 5}"}),
        request(AT + 1, usage(12, 3_500, 40_000, 900)),
        json!({"ts": AT + 2, "type": "ask", "ask": "tool", "text": "{\"tool\": \"readFile\"}"}),
        // Still being answered, and one that failed before anything came.
        request(AT + 3, json!({"request": "…"})),
        request(
            AT + 4,
            json!({"request": "…", "tokensIn": 0, "tokensOut": 0, "cost": 0, "cancelReason": "streaming_failed"}),
        ),
        // What a restored checkpoint took away was counted when it came.
        json!({"ts": AT + 5, "type": "say", "say": "deleted_api_reqs", "text": usage(9, 9, 9, 9).to_string()}),
    ];
    let events = read(&messages, &CLINE);
    assert_eq!(events.len(), 1);
    let event = &events[0];
    assert_eq!(event.tokens, tokens(12, 3_500, 40_000, 900));
    assert_eq!((event.cost, event.basis, event.at_ms), (Usd::from_f64(0.0498), Basis::Reported, AT + 1));
    assert_eq!((&*event.session, &*event.model, &*event.project), ("1794996000000", "claude-opus-5-5", ""));
    assert_eq!(&*event.key, "1794996000000:1794996000001.api_req_started");
}

#[test]
fn helpers_and_the_oldest_versions_are_read_and_the_cancelled_paid_too() {
    let mut helpers = request(AT + 1, usage(1, 0, 0, 1));
    helpers["say"] = json!("subagent_usage");
    let mut finished = request(AT + 2, usage(2, 0, 0, 1));
    finished["say"] = json!("api_req_finished");
    let mut cancelled = usage(3, 0, 0, 1);
    cancelled["cancelReason"] = json!("user_cancelled");
    let events = read(&[helpers, finished, request(AT + 3, cancelled)], &CLINE);
    assert_eq!(events.iter().map(|event| event.tokens.input).collect::<Vec<_>>(), [1, 2, 3]);
}

#[test]
fn input_holds_the_cache_in_one_family_and_not_in_the_other() {
    let [whole, apart] = [request(AT, usage(50_000, 3_500, 40_000, 9)), request(AT, usage(12, 3_500, 40_000, 9))];
    assert_eq!(read(std::slice::from_ref(&whole), &CLINE)[0].tokens, tokens(50_000, 3_500, 40_000, 9));
    assert_eq!(read(&[whole], &ROO)[0].tokens, tokens(6_500, 3_500, 40_000, 9));
    assert_eq!(read(&[apart], &ROO)[0].tokens, tokens(12, 3_500, 40_000, 9), "it is too small to hold it");
}

#[test]
fn a_figure_of_nothing_is_no_figure_and_a_model_nobody_named_has_no_price() {
    let mut unpriced = usage(12, 0, 0, 900);
    unpriced["cost"] = json!(0);
    let mut request = request(AT, unpriced);
    request["modelInfo"] = Value::Null;
    let event = &read(&[request], &ROO)[0];
    assert_eq!((event.cost, event.basis, &*event.model), (None, Basis::Unpriced, "unknown"));
}

#[test]
fn what_stands_beside_the_messages_names_the_project_and_the_model() {
    let storage = tempfile::tempdir().expect("a folder");
    let task = storage.path().join("tasks/1794996000000");
    let write = |path: &Path, value: &Value| {
        std::fs::create_dir_all(path.parent().expect("has a folder")).expect("makes it");
        std::fs::write(path, value.to_string()).expect("writes");
    };
    assert_eq!((CLINE.beside)(&task, "1794996000000"), Beside::default(), "nothing stands there");
    let list = json!([{"id": "other", "cwdOnTaskInitialization": "/home/dev/other"},
        {"id": "1794996000000", "task": "…", "cwdOnTaskInitialization": "/home/dev/shop"}]);
    write(&storage.path().join("state/taskHistory.json"), &list);
    let chosen = json!({"files_in_context": [], "model_usage": [
        {"ts": AT, "model_id": "claude-haiku-4-5", "model_provider_id": "anthropic", "mode": "plan"},
        {"ts": AT + 60_000, "model_id": "claude-opus-5-5", "model_provider_id": "anthropic", "mode": "act"},
        {"ts": "later", "model_id": "nonsense"}]});
    write(&task.join("task_metadata.json"), &chosen);
    let messages: Vec<Value> = [AT - 5, AT + 5, AT + 60_001]
        .map(|at| {
            let mut request = request(at, usage(12, 0, 0, 9));
            request["modelInfo"] = Value::Null;
            request
        })
        .to_vec();
    write(&task.join("ui_messages.json"), &json!(messages));
    let found = FORMAT.find(&[storage.path().to_owned()]);
    let events = (FORMAT.read)(&found.files[0], &Default::default(), &mut Default::default()).events;
    let told: Vec<_> = events.iter().map(|event| (&*event.project, &*event.model)).collect();
    assert_eq!(
        told,
        [("/home/dev/shop", "unknown"), ("/home/dev/shop", "claude-haiku-4-5"), ("/home/dev/shop", "claude-opus-5-5")]
    );
    write(
        &task.join("sdk_writeback.json"),
        &json!({"version": 1, "baseUiMessageCount": 2, "writtenUiMessageCount": 3}),
    );
    let found = FORMAT.find(&[storage.path().to_owned()]);
    let events = (FORMAT.read)(&found.files[0], &Default::default(), &mut Default::default()).events;
    assert_eq!(events.len(), 2, "what is copied from a session counts there");
    write(&task.join("history_item.json"), &json!({"id": "1794996000000", "workspace": "/home/dev/site"}));
    let found = roo::FORMAT.find(&[storage.path().to_owned()]);
    let events = (roo::FORMAT.read)(&found.files[0], &Default::default(), &mut Default::default()).events;
    assert_eq!((&*events[0].project, &*events[2].model), ("/home/dev/site", "unknown"));
}

#[test]
fn only_messages_are_logs() {
    for (path, is_log) in [
        ("/s/tasks/1/ui_messages.json", true),
        ("/s/tasks/1/claude_messages.json", true),
        ("/s/sessions/1/1.messages.json", true),
        ("/s/sessions/1/1.json", false),
        ("/s/sessions/1/1.compaction.json", false),
        ("/s/tasks/1/api_conversation_history.json", false),
        ("/s/tasks/1/task_metadata.json", false),
    ] {
        assert_eq!((FORMAT.is_log)(Path::new(path)), is_log, "{path}");
    }
}

#[test]
fn bad_messages_are_named_and_stop_nothing() {
    let fine = request(AT + 9, usage(12, 0, 0, 9));
    let with = |field: &str, value: Value| {
        let mut usage = usage(12, 0, 0, 9);
        usage[field] = value;
        request(AT, usage)
    };
    let mut cut = fine.clone();
    cut["text"] = json!("{\"tokensIn\": 1");
    let mut model = fine.clone();
    model["modelInfo"]["modelId"] = json!(5);
    for (bad, reason) in [
        (with("tokensIn", json!(-1)), "tokensIn is not a count"),
        (with("cacheReads", json!("many")), "cacheReads is not a count"),
        (with("tokensOut", json!(900_000_000)), "too large to be real"),
        (with("cost", json!(-0.5)), "cost is not a cost"),
        (request(5, usage(12, 0, 0, 9)), "ts is not a time in milliseconds"),
        (request(AT, json!(7)), "its usage is not an object"),
        (cut, "ends in the middle"),
        (model, "modelId is not a name"),
    ] {
        let (events, problems) = parse(&[bad.clone(), fine.clone()], &CLINE);
        assert_eq!((events.len(), problems.count), (1, 1), "{bad}");
        assert!(problems.examples[0].contains("at message 1"), "{:?}", problems.examples);
        assert!(problems.examples[0].contains(reason), "{:?}", problems.examples);
    }
    for (text, reason) in
        [("[{\"ts\": ", "ends in the middle"), ("{}", "not a list of messages"), ("nonsense", "not valid JSON")]
    {
        let (events, problems) = tasks::parse(LOG, text.as_bytes(), &CLINE);
        assert_eq!((events.len(), problems.count), (0, 1), "{text}");
        assert!(problems.examples[0].contains(reason), "{:?}", problems.examples);
    }
    assert_eq!(tasks::parse(LOG, b"", &CLINE).1.count, 0, "a task that has just begun");
}

const SESSION: &str = "1794996000000_abcde/1794996000000_abcde.messages.json";

fn said(id: &str, at: i64, metrics: Value) -> Value {
    json!({"id": id, "role": "assistant", "content": [{"type": "text", "text": "…"}], "ts": at, "metrics": metrics,
        "modelInfo": {"id": "claude-opus-5-5", "provider": "anthropic", "family": "claude"}})
}

fn metrics(input: u64, written: u64, read: u64, output: u64) -> Value {
    json!({"inputTokens": input, "outputTokens": output, "cacheReadTokens": read, "cacheWriteTokens": written, "cost": 0.0498})
}

fn session(messages: &[Value]) -> Value {
    json!({"version": 1, "updated_at": "2026-11-18T10:00:00.000Z", "agent": "lead", "sessionId": "1794996000000_abcde",
        "origin": {"mode": "cli"}, "messages": messages, "system_prompt": "…"})
}

#[test]
fn a_message_of_a_session_says_what_it_used() {
    let mut carried = said("old", AT, metrics(9_000, 0, 0, 9));
    carried["ts"] = Value::Null;
    let messages = [
        json!({"id": "u", "role": "user", "content": "…", "ts": AT}),
        carried,
        said("msg_mb1x2y3z_1", AT + 1, metrics(43_512, 3_500, 40_000, 900)),
        said("msg_mb1x2y3z_2", AT + 1, metrics(12, 3_500, 40_000, 900)),
        said("msg_mb1x2y3z_3", AT + 2, Value::Null),
    ];
    let (events, bad) = sessions::parse(SESSION, session(&messages).to_string().as_bytes());
    assert_eq!(bad.examples, Vec::<String>::new());
    let used: Vec<_> = events.iter().map(|event| event.tokens).collect();
    assert_eq!(used, [tokens(12, 3_500, 40_000, 900); 2], "input holds the cache wherever it is large enough");
    let event = &events[0];
    assert_eq!(
        (&*event.key, &*event.session, &*event.model),
        ("msg_mb1x2y3z_1:", "1794996000000_abcde", "claude-opus-5-5")
    );
    assert_eq!((event.cost, event.basis, event.at_ms), (Usd::from_f64(0.0498), Basis::Reported, AT + 1));
}

#[test]
fn what_another_session_or_agent_paid_for_is_left_out() {
    let storage = tempfile::tempdir().expect("a folder");
    let folder = storage.path().join("sessions/1794996000000_abcde");
    std::fs::create_dir_all(&folder).expect("makes it");
    let read = |manifest: &Value, mode: &str| {
        let messages = [said("a", AT, metrics(10, 0, 0, 1)), said("b", AT + 60_000, metrics(20, 0, 0, 1))];
        let mut document = session(&messages);
        document["origin"]["mode"] = json!(mode);
        std::fs::write(folder.join("1794996000000_abcde.json"), manifest.to_string()).expect("writes");
        std::fs::write(folder.join("1794996000000_abcde.messages.json"), document.to_string()).expect("writes");
        let found = FORMAT.find(&[storage.path().to_owned()]);
        let reading = (FORMAT.read)(&found.files[0], &Default::default(), &mut Default::default());
        assert_eq!((found.files.len(), reading.bad.count), (1, 0));
        reading.events.iter().map(|event| (event.tokens.input, event.project.to_string())).collect::<Vec<_>>()
    };
    let shop = |input: u64| (input, "/home/dev/shop".to_owned());
    let manifest = |metadata: Value| json!({"version": 1, "cwd": "/home/dev/shop", "metadata": metadata});
    assert_eq!(read(&manifest(json!({})), "cli"), [shop(10), shop(20)]);
    // 10:00:00 that day.
    let begun = "2026-11-18T10:00:00.000Z";
    let imported = manifest(json!({"importedFrom": {"tool": "codex", "sourceSessionId": "s", "importedAt": begun}}));
    assert_eq!(read(&imported, "import"), [shop(20)], "what was said in it since is its own");
    let branched = manifest(json!({"fork": {"forkedFromSessionId": "s", "forkedAt": begun}}));
    assert_eq!(read(&branched, "cli"), [shop(20)]);
    assert_eq!(read(&manifest(json!({})), "import"), [], "nobody says when it was brought over");
}

#[test]
fn bad_sessions_are_named_and_stop_nothing() {
    let fine = said("fine", AT + 9, metrics(12, 0, 0, 9));
    let with = |field: &str, value: Value| {
        let mut metrics = metrics(12, 0, 0, 9);
        metrics[field] = value;
        said("bad", AT, metrics)
    };
    for (bad, reason) in [
        (with("inputTokens", json!(-1)), "inputTokens is not a count"),
        (with("outputTokens", json!(900_000_000)), "too large to be real"),
        (with("cost", json!("much")), "cost is not a cost"),
        (said("", AT, metrics(1, 0, 0, 1)), "id is not a name"),
        (said("bad", 5, metrics(1, 0, 0, 1)), "ts is not a time in milliseconds"),
        (said("bad", AT, json!(7)), "not an object"),
    ] {
        let (events, problems) = sessions::parse(SESSION, session(&[bad.clone(), fine.clone()]).to_string().as_bytes());
        assert_eq!((events.len(), problems.count), (1, 1), "{bad}");
        assert!(problems.examples[0].contains("at message 1"), "{:?}", problems.examples);
        assert!(problems.examples[0].contains(reason), "{:?}", problems.examples);
    }
    for (text, reason) in [("{\"messages\": [", "ends in the middle"), ("{}", "not a list"), ("[]", "not a list")] {
        let (events, problems) = sessions::parse(SESSION, text.as_bytes());
        assert_eq!((events.len(), problems.count), (0, 1), "{text}");
        assert!(problems.examples[0].contains(reason), "{:?}", problems.examples);
    }
}
