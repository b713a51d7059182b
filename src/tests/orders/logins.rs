//! Logins: two an hour and no more, one account's trouble is no other's, and a key that is refused is a failure.

use std::time::Duration;

use super::*;
use crate::sync::TestBy;
use crate::tests::upstream::Fault;

/// The requests for a login so far, whether they were answered or not.
fn logins(world: &World) -> usize {
    world.toast.upstream.seen().iter().filter(|seen| seen.path.ends_with("login")).count()
}

#[tokio::test]
async fn a_key_that_is_refused_stays_a_failure_while_no_login_may_be_made() {
    let world = World::new().await;
    let wrong = Secret::new("the secret", "wrong-canary");
    world.app.engine.save_client(&draft(), wrong.as_ref(), None).await.expect("saves");
    for _ in 0..3 {
        world.pass(TimeDelta::minutes(1));
        let synced = world.sync().await;
        assert_eq!(synced.status, StepStatus::Error, "{}", synced.message);
        assert!(synced.message.contains("refused the key (401)") && !synced.message.contains("canary"));
    }
    assert_eq!(logins(&world), 2);
    let live = world.app.engine.live().borrow().clients[0].clone();
    assert_eq!(live.phase, ClientPhase::Error);
    assert!(live.error.is_some_and(|error| error.contains("the next may be at")) && live.until_ms.is_some());
    // The schedule says so too, and asks nobody.
    let run = world.app.sync().await;
    let step = run.steps.iter().find(|step| step.name == "orders").expect("has a step");
    assert_eq!((step.status, logins(&world)), (StepStatus::Error, 2));
    // Another secret was not refused yet: it has to wait, which is no failure.
    world.save(|_| {}).await;
    let synced = world.sync().await;
    assert_eq!(synced.status, StepStatus::RateLimited, "{}", synced.message);
    world.pass(TimeDelta::minutes(61));
    world.succeeds().await;
}

#[tokio::test]
async fn a_login_that_fails_is_asked_for_once() {
    let world = World::new().await;
    world.toast.upstream.fault(Fault::Status(500, ""), 1);
    let synced = world.sync().await;
    assert_eq!((synced.status, logins(&world)), (StepStatus::Error, 1), "{}", synced.message);
    world.pass(TimeDelta::minutes(5));
    world.succeeds().await;
    assert_eq!(logins(&world), 2);
}

#[tokio::test]
async fn an_outage_uses_no_login_up_and_is_not_asked_again_at_once() {
    let world = World::new().await;
    world.toast.upstream.fault(Fault::WebPage(503), 3);
    for tried in 1..=3 {
        let synced = world.sync().await;
        assert_eq!((synced.status, logins(&world)), (StepStatus::Error, tried), "{}", synced.message);
        world.pass(TimeDelta::minutes(1));
        let waits = world.sync().await;
        assert_eq!((waits.status, logins(&world)), (StepStatus::Error, tried), "{}", waits.message);
        assert!(waits.message.contains("503") && waits.message.contains("tried again at"), "{}", waits.message);
        world.pass(TimeDelta::minutes(4));
    }
    // Both logins of the hour are left.
    world.succeeds().await;
    world.toast.till().tokens.clear();
    world.pass(TimeDelta::minutes(1));
    world.succeeds().await;
    assert_eq!(logins(&world), 5);
    world.toast.till().tokens.clear();
    world.pass(TimeDelta::minutes(1));
    let used_up = world.sync().await;
    assert!(used_up.message.contains("two logins an hour"), "{}", used_up.message);
    assert_eq!(logins(&world), 5, "answered ones are two an hour");
}

#[tokio::test]
async fn a_test_says_when_it_used_the_login_that_is_kept_and_keys_are_tried_within_the_limit() {
    let world = World::new().await;
    let test = async |by| world.app.engine.test_client(&draft(), None, by).await;
    assert!(!test(TestBy::KeptLogin).await.expect("works").used_kept, "nothing is kept yet");
    assert!(test(TestBy::KeptLogin).await.expect("works").used_kept);
    assert_eq!(logins(&world), 1);
    assert!(!test(TestBy::Keys).await.expect("works").used_kept);
    assert_eq!(logins(&world), 2);
    let error = format!("{:#}", test(TestBy::Keys).await.expect_err("is refused"));
    assert!(error.contains("two logins an hour"), "{error}");
    assert_eq!(logins(&world), 2);
    world.succeeds().await;
}

#[tokio::test]
async fn a_login_that_fails_loses_no_token_that_others_use() {
    let world = World::new().await;
    world.succeeds().await;
    world.pass(TimeDelta::minutes(10));
    world.toast.upstream.fault(Fault::Status(401, ""), 1);
    world.toast.upstream.fault(Fault::Status(500, ""), 1);
    let synced = world.sync().await;
    assert_eq!((synced.status, logins(&world)), (StepStatus::Error, 2), "{}", synced.message);
    world.succeeds().await;
    assert_eq!(logins(&world), 2, "the token from before works");
}

#[tokio::test]
async fn a_login_that_hangs_keeps_no_other_account_waiting() {
    let world = World::new().await;
    let restaurant = "1a2b3c4d-0000-4000-8000-000000000002".into();
    let other = ClientDraft { id: "diner".into(), restaurant, api_client: "other".into(), ..draft() };
    let secret = Secret::new("the secret", "wrong");
    world.app.engine.save_client(&other, secret.as_ref(), None).await.expect("saves");
    world.toast.upstream.fault(Fault::Silence, 1);
    let engine = world.app.engine.clone();
    let hanging = tokio::spawn(async move { engine.sync_orders("diner").await });
    world.toast.upstream.has_seen(1).await;
    for _ in 0..2 {
        tokio::time::timeout(Duration::from_secs(20), world.succeeds()).await.expect("does not wait for the other");
    }
    assert!(!hanging.is_finished());
    hanging.abort();
}
