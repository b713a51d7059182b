use serde_json::json;

use super::*;
use crate::model::is_shadow;

const NOW_MS: i64 = 1_794_993_300_000;

fn fact(key: &str, project: &str) -> UsageEvent {
    UsageEvent {
        key: key.into(),
        at_ms: 1_000,
        day: 7,
        session: "b2a1c0de".into(),
        project: project.into(),
        model: "claude-opus-5-5".into(),
        tokens: Tokens { input: 1, cache_write_5m: 2, cache_write_1h: 3, cache_read: 4, output: 5 },
        web_searches: 1,
        modifiers: "fast".into(),
        cost: Usd::from_f64(0.25),
        basis: Basis::Reported,
    }
}

fn through(event: &UsageEvent, projects: Projects) -> UsageEvent {
    let source = PushedSource { name: "claude_code".to_owned(), facts: vec![outgoing(event, projects)] };
    let body = serde_json::to_vec(&Push::new("i", "h", None, vec![source])).expect("is written");
    read(&body, NOW_MS).expect("is read").sources.remove(0).1.remove(0)
}

#[test]
fn a_message_arrives_as_it_left_under_the_same_key() {
    let event = fact("msg_01:req_01", "shop");
    assert_eq!(through(&event, Projects::Named), UsageEvent { day: 0, ..event });
    assert!(is_shadow(&through(&fact("msg_01:~", "shop"), Projects::Named).key));
    assert_eq!(&*through(&fact("msg_01:req_01#1", "shop"), Projects::Named).key, "msg_01:req_01#1");
    let estimated = UsageEvent { basis: Basis::Estimated, ..fact("m:r", "shop") };
    assert_eq!(through(&estimated, Projects::Named).cost, None, "the hub has prices of its own");
}

#[test]
fn no_path_leaves_unless_its_owner_allows_it() {
    for (projects, sent) in [(Projects::Named, "shop"), (Projects::Hidden, ""), (Projects::Paths, "/home/ann/shop")] {
        assert_eq!(&*through(&fact("m:r", "/home/ann/shop"), projects).project, sent);
    }
    assert_eq!(&*through(&fact("m:r", "C:\\work\\shop"), Projects::Named).project, "shop");
    assert_eq!(&*through(&fact("m:r", "-home-ann-shop"), Projects::Named).project, "shop");
    let old = through(&fact("line@-home-ann-shop/s.jsonl@17", "shop"), Projects::Paths);
    assert!(!old.key.contains("ann"), "{}", old.key);
    assert_eq!(old.key, through(&fact("line@-home-ann-shop/s.jsonl@17", "x"), Projects::Named).key, "always the same");
    let body = serde_json::to_string(&outgoing(&fact("m:r", "/home/ann/shop"), Projects::Named)).expect("is written");
    assert!(!body.contains("ann"), "{body}");
}

#[test]
fn the_batch_is_named_after_what_is_in_it() {
    let push = |key: &str| {
        let facts = vec![outgoing(&fact(key, "p"), Projects::Named)];
        Push::new("i", "h", None, vec![PushedSource { name: "claude_code".to_owned(), facts }]).batch
    };
    assert_eq!(push("a:b"), push("a:b"));
    assert_ne!(push("a:b"), push("a:c"));
}

#[test]
fn what_cannot_be_real_is_left_out_and_the_rest_is_taken() {
    let good = json!({"k": "m:r", "t": 1, "m": "x", "u": [1, 2, 3, 4, 5]});
    let with = |name: &str, value: serde_json::Value| {
        let mut fact = good.clone();
        fact[name] = value;
        fact
    };
    let facts = json!([
        good,
        with("k", json!("")),
        with("u", json!([u64::MAX, 0, 0, 0, 0])),
        with("t", json!(-1)),
        with("c", json!(-1)),
        with("s", json!("a\nb")),
        with("t", json!(i64::MAX)),
    ]);
    let body = json!({"version": 1, "instance": "i", "host": "h", "batch": "b", "new": "ignored",
        "sources": [{"name": "claude_code", "facts": facts}]});
    let received = read(body.to_string().as_bytes(), NOW_MS).expect("is read");
    assert_eq!(received.rejected.count, 5, "{:?}", received.rejected);
    let events = &received.sources[0].1;
    assert_eq!(events.iter().map(|event| event.at_ms).collect::<Vec<_>>(), [1, NOW_MS], "a clock ahead counts as now");
}

#[test]
fn what_is_no_push_is_refused_in_words() {
    let body = |version: u32, instance: &str| {
        json!({"version": version, "instance": instance, "host": "h", "batch": "b", "sources": []}).to_string()
    };
    for (body, said) in [
        ("[]".to_owned(), "no push"),
        ("{".to_owned(), "no push"),
        (body(2, "i"), "the push is of version 2"),
        (body(1, ""), "which installation"),
        (body(1, &"x".repeat(300)), "instance"),
        (
            json!({"version": 1, "instance": "i", "host": "h", "batch": "b", "sources": [{"name": "claude_code",
                "facts": vec![json!({"k": "m:r", "t": 1, "m": "x", "u": [0, 0, 0, 0, 0]}); MAX_FACTS + 1]}]})
            .to_string(),
            "5000 at a time",
        ),
    ] {
        let error = read(body.as_bytes(), NOW_MS).expect_err("is refused");
        assert!(error.contains(said), "{error}");
    }
}
