//! Histories of other machines.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::super::harness::{TestApp, line, plain, write};
use super::super::pages::page;
use super::{hub, post_as, serve_at, token, tokens};
use crate::model::RollupRow;
use crate::sources::push::{Projects, Push, PushedSource, outgoing};
use crate::sync::Pushed;

#[tokio::test]
async fn a_hub_shows_what_each_machine_used_and_whose_it_is() {
    let (server, ann, bob) = (TestApp::new().await, TestApp::new().await, TestApp::new().await);
    let addr = server.serve().await;
    let now = chrono::Utc::now().to_rfc3339();
    let recent = |message: &str| plain(message).replace("2026-11-18T09:15:02.123Z", &now);
    ann.write_log("-p/a.jsonl", recent("msg_1") + &recent("msg_2"));
    bob.write_log("-p/b.jsonl", recent("msg_3"));
    for (app, name, person) in [(&ann, "laptop", "Ann"), (&bob, "desk", "Bob")] {
        app.sync().await;
        let hub = hub(addr, &token(&server, name, person).await);
        let pushed = hub.push(&app.engine).await.expect("pushes");
        assert_eq!(pushed.facts, pushed.added, "{name}");
        assert_eq!(hub.push(&app.engine).await.expect("pushes"), Pushed::default(), "nothing new is nothing sent");
    }
    server.engine.recompute().await.expect("computes");
    let snapshot = server.engine.snapshot();
    let week = &snapshot.analytics.windows["7d"];
    assert_eq!((week.by_machine["laptop"].messages, week.by_machine["desk"].messages), (2, 1));
    assert_eq!((week.by_member["Ann"].messages, week.by_member["Bob"].messages), (2, 1));
    assert_eq!(week.by_project.keys().collect::<Vec<_>>(), ["dashboard"], "the folder's last name is the project");
    let of_ann = ann.engine.snapshot().analytics.windows["7d"].total_cost;
    assert_eq!(week.by_machine["laptop"].cost, of_ann, "the same prices give the same cost");
    server.sync().await;
    let snapshot = server.engine.snapshot();
    assert!(snapshot.project("dashboard").is_some_and(|project| project.folder.is_none()), "it can be chosen");
    assert_eq!(snapshot.facts_of(Some("dashboard")).rows.len(), snapshot.facts.rows.len());
    let tokens = page(addr, "/tokens").await;
    for expected in ["Cost by machine", "laptop", "Cost by team member", "Ann"] {
        assert!(tokens.contains(expected), "no {expected}: {tokens}");
    }
    assert!(page(addr, "/connect").await.contains("First data received"));
}

#[tokio::test]
async fn histories_that_overlap_are_counted_once() {
    let (server, laptop, restored) = (TestApp::new().await, TestApp::new().await, TestApp::new().await);
    let addr = server.serve().await;
    // The hub reads a part of the same logs itself; the other machine has a backup, and went on from there.
    server.write_log("-p/a.jsonl", plain("msg_1"));
    laptop.write_log("-p/a.jsonl", plain("msg_1") + &plain("msg_2"));
    restored.write_log("-p/a.jsonl", plain("msg_1") + &plain("msg_2") + &plain("msg_3"));
    server.sync().await;
    for (app, name) in [(&laptop, "laptop"), (&restored, "restored"), (&laptop, "again")] {
        app.sync().await;
        hub(addr, &token(&server, name, "").await).push(&app.engine).await.expect("pushes");
    }
    restored.engine.recompute().await.expect("computes");
    assert_eq!(tokens(&server).await, tokens(&restored).await, "three messages, whoever tells of them");
}

#[tokio::test]
async fn days_without_the_hub_are_made_up_for() {
    let (server, laptop) = (TestApp::new().await, TestApp::new().await);
    let token = token(&server, "laptop", "").await;
    let nowhere = hub("127.0.0.1:9".parse().expect("an address"), &token);
    laptop.write_log("-p/a.jsonl", plain("msg_1"));
    laptop.sync().await;
    // The same cursor is kept for each hub: nothing that was not acknowledged counts as told.
    let error = tokio::time::timeout(std::time::Duration::from_secs(60), nowhere.push(&laptop.engine)).await;
    assert!(error.is_ok_and(|pushed| pushed.is_err()));
    laptop.append_log("-p/a.jsonl", &plain("msg_2"));
    laptop.sync().await;
    let addr = server.serve().await;
    let hub = hub(addr, &token);
    assert_eq!(hub.push(&laptop.engine).await.expect("pushes"), Pushed { facts: 2, added: 2, rejected: 0 });
    laptop.write_log("-p/b.jsonl", plain("msg_3"));
    laptop.sync().await;
    assert_eq!(hub.push(&laptop.engine).await.expect("pushes").added, 1);
    assert_eq!(tokens(&server).await, tokens(&laptop).await);
}

#[tokio::test]
async fn a_token_that_is_unknown_revoked_or_used_twice_is_told_and_changes_nothing() {
    let server = TestApp::new().await;
    let addr = server.serve().await;
    let token = token(&server, "laptop", "").await;
    let push = |instance: &str, token: &str, key: &str| {
        let fact = json!({"k": key, "t": 1, "s": "s", "m": "claude-opus-5-5", "u": [1, 0, 0, 0, 0]});
        let body = json!({"version": 1, "instance": instance, "host": format!("host of {instance}"), "batch": key,
            "sources": [{"name": "claude_code", "facts": [fact]}]});
        let bearer = format!("Bearer {token}");
        async move { post_as(addr, "/api/push", &[("Authorization", bearer.as_str())], &body).await }
    };
    assert_eq!(push("one", "acm_nobody", "m:1").await.0, 401);
    assert_eq!(push("one", "", "m:1").await.0, 401);
    let (status, _, answer) = push("one", &token, "m:1").await;
    assert_eq!(
        (status, answer["added"].as_u64(), answer["repeated"].as_bool()),
        (200, Some(1), Some(false)),
        "{answer}"
    );
    assert_eq!(push("one", &token, "m:1").await.2["repeated"], true);
    let (status, _, answer) = push("two", &token, "m:2").await;
    assert_eq!(status, 409);
    let said = answer["error"].as_str().expect("says why");
    assert!(said.contains("host of one") && said.contains("machines add"), "{said}");
    assert_eq!(push("one", &token, "m:3").await.0, 200, "the first goes on");
    let machine = server.engine.store.machines().await.expect("reads").remove(0);
    server.engine.store.revoke_machine(&machine.id, super::now_ms()).await.expect("revokes");
    let (status, _, answer) = push("one", &token, "m:4").await;
    assert_eq!(status, 403);
    assert!(answer["error"].as_str().is_some_and(|said| said.contains("revoked")), "{answer}");
    assert_eq!(tokens(&server).await.input, 2, "what was pushed before stays");
}

#[tokio::test]
async fn a_hub_that_does_not_know_a_source_takes_the_others_and_says_so() {
    let server = TestApp::new().await;
    let addr = server.serve().await;
    let bearer = format!("Bearer {}", token(&server, "laptop", "").await);
    let fact = json!({"k": "m:1", "t": 1, "m": "x", "u": [1, 0, 0, 0, 0]});
    let body = json!({"version": 1, "instance": "i", "host": "h", "batch": "b", "sources": [
        {"name": "an_agent_of_tomorrow", "facts": [fact]}, {"name": "manual", "facts": [fact]},
        {"name": "claude_code", "facts": [fact]}]});
    let (status, _, answer) = post_as(addr, "/api/push", &[("Authorization", &bearer)], &body).await;
    assert_eq!(status, 200);
    assert_eq!(answer["unknownSources"], json!(["an_agent_of_tomorrow", "manual"]), "only logs are pushed");
    assert_eq!(answer["added"], 1);
}

#[tokio::test]
async fn what_a_hub_does_not_know_yet_is_told_again_when_it_does() {
    let (server, laptop) = (TestApp::new().await, TestApp::new().await);
    laptop.write_log("-p/a.jsonl", plain("msg_1"));
    laptop.sync().await;
    // What an earlier release answers to a source of a later one.
    let earlier = axum::Router::new().route(
        "/api/push",
        axum::routing::post(|| async { axum::Json(json!({"added": 0, "unknownSources": ["claude_code"]})) }),
    );
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let old = listener.local_addr().expect("an address");
    let serving = tokio::spawn(async move { axum::serve(listener, earlier).await.expect("serves") });
    let token = token(&server, "laptop", "").await;
    let earlier = hub(old, &token);
    assert_eq!(earlier.push(&laptop.engine).await.expect("pushes"), Pushed::default());
    assert_eq!(earlier.push(&laptop.engine).await.expect("pushes"), Pushed::default());
    serving.abort();
    assert!(serving.await.is_err_and(|end| end.is_cancelled()));
    // It is updated, under the same address.
    let _serving = serve_at(&server, old).await;
    assert_eq!(earlier.push(&*laptop.another_engine().await).await.expect("pushes").added, 1);
}

#[tokio::test]
async fn a_hub_that_lost_its_history_is_told_everything_again() {
    let (lost, anew, laptop) = (TestApp::new().await, TestApp::new().await, TestApp::new().await);
    let addr = TcpListener::bind("127.0.0.1:0").await.expect("a free port").local_addr().expect("an address");
    let serving = serve_at(&lost, addr).await;
    laptop.write_log("-p/a.jsonl", plain("msg_1"));
    laptop.sync().await;
    hub(addr, &token(&lost, "laptop", "").await).push(&*laptop.another_engine().await).await.expect("pushes");
    serving.abort();
    assert!(serving.await.is_err_and(|end| end.is_cancelled()));
    // Set up anew under the same address: it knows nothing of the first message, which has not changed since.
    let _serving = serve_at(&anew, addr).await;
    laptop.write_log("-q/b.jsonl", plain("msg_2").replace("2026-11-18", "2026-11-17"));
    laptop.sync().await;
    let pushed = hub(addr, &token(&anew, "laptop", "").await).push(&*laptop.another_engine().await).await;
    assert_eq!(pushed.expect("pushes").facts, 2);
    assert_eq!(tokens(&anew).await, tokens(&laptop).await);
}

fn any_line() -> impl Strategy<Value = String> {
    (0..6_u8, 0..2_u8, 0..50_u64, any::<bool>()).prop_map(|(message, request, output, side)| {
        line(&format!("m{message}"), &format!("r{request}"), output, |line| line["isSidechain"] = json!(side))
    })
}

async fn stored(app: &TestApp) -> Vec<RollupRow> {
    let mut rows = app.engine.store.rollup(None).await.expect("reads");
    rows.sort_by(|a, b| (a.date, &a.session, &a.model).cmp(&(b.date, &b.session, &b.model)));
    rows
}

/// What a machine holds, as pushes of `size` facts each.
async fn pushes(app: &Arc<TestApp>, size: usize) -> Vec<Value> {
    let changed = app.engine.store.outgoing(&["claude_code"], 0).await.expect("reads");
    let push = |(source, facts): (&String, &[crate::model::UsageEvent])| {
        let facts = facts.iter().map(|event| outgoing(event, Projects::Paths)).collect();
        serde_json::to_value(Push::new("i", "h", None, vec![PushedSource { name: source.clone(), facts }]))
            .expect("is written")
    };
    changed.facts.iter().flat_map(|(source, facts)| facts.chunks(size).map(move |some| push((source, some)))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn any_split_any_order_and_any_repetition_of_pushes_is_the_log_read_once(
        one in prop::collection::vec(any_line(), 1..10),
        other in prop::collection::vec(any_line(), 1..10),
        size in 1..4_usize,
        turn in 0..20_usize,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let all = TestApp::new().await;
            all.write_log("-home-dev-dashboard/s.jsonl", one.concat() + &other.concat());
            all.sync().await;
            let server = TestApp::new().await;
            let addr = server.serve().await;
            let mut sent = Vec::new();
            for (number, lines) in [one, other].into_iter().enumerate() {
                let machine = Arc::new(TestApp::new().await);
                machine.write_log("-home-dev-dashboard/s.jsonl", lines.concat());
                machine.sync().await;
                let bearer = format!("Bearer {}", token(&server, &format!("m{number}"), "").await);
                sent.extend(pushes(&machine, size).await.into_iter().map(|push| (bearer.clone(), push)));
            }
            let turned = turn % sent.len();
            sent.rotate_left(turned);
            let again = sent.clone();
            for (bearer, push) in sent.iter().chain(again.iter().rev()) {
                let (status, _, answer) = post_as(addr, "/api/push", &[("Authorization", bearer)], push).await;
                assert_eq!(status, 200, "{answer}");
            }
            assert_eq!(stored(&server).await, stored(&all).await);
        });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_reads_the_logs_and_tells_the_hub() {
    let (server, laptop) = (TestApp::new().await, TestApp::new().await);
    let addr = server.serve().await;
    laptop.write_log("-p/a.jsonl", plain("msg_1"));
    write(&laptop.data("token"), token(&server, "laptop", "").await);
    let text = |path: std::path::PathBuf| path.to_str().expect("is text").to_owned();
    let (data, file, url) = (text(laptop.data("")), text(laptop.data("token")), format!("http://{addr}"));
    let push = move |to: &str| {
        crate::cli::run_line(&["--data-dir", &data, "--timezone", "UTC", "push", "--to", to, "--token-file", &file])
    };
    let told = tokio::task::spawn_blocking(move || [push(&url), push("ftp://nowhere")]).await.expect("ends");
    assert_eq!(told[0], Ok(true));
    assert!(told[1].as_ref().is_err_and(|said| said.contains("--to is not a base URL")), "{told:?}");
    assert_eq!(tokens(&server).await.output, 900);
}
