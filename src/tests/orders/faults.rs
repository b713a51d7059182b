//! Everything that can be wrong at the other end, or on the way.

use super::*;
use crate::sync::TestBy;
use crate::tests::upstream::{Fault, Times};

/// A world whose first sync is over, with two orders.
async fn synced() -> World {
    let world = World::new().await;
    world.ring(1, 2);
    world.succeeds().await;
    world
}

/// An order that is rung up now must not be lost by a sync that fails, nor be there twice.
async fn loses_nothing(world: &World, fault: Fault, status: StepStatus, said: &str) {
    let (today, at) = (world.today(), world.now() - TimeDelta::minutes(3));
    let number = 1_000 + u32::try_from(world.toast.upstream.count()).expect("fits");
    world.toast.till().ring(number, today, at, 100, |_| {});
    world.toast.upstream.fault(fault, Times::UntilCleared);
    let before = world.sums().await;
    let synced = world.sync().await;
    assert_eq!(synced.status, status, "{}", synced.message);
    assert!(synced.message.contains(said), "{said}: {}", synced.message);
    assert!(!synced.message.contains("canary"), "{}", synced.message);
    assert_eq!(world.sums().await, before);
    world.toast.upstream.clear_faults();
}

#[tokio::test]
async fn whatever_the_answer_is_nothing_is_lost_or_doubled_and_the_next_sync_goes_on() {
    let world = synced().await;
    let error = StepStatus::Error;
    let faults = [
        (Fault::Status(403, ""), error, "for another location"),
        (Fault::Status(404, ""), error, "refused the request (404)"),
        (Fault::Status(400, ""), error, "refused the request (400)"),
        (Fault::CutJson, error, "breaks off in the middle"),
        (Fault::ShortBody, error, "breaks off in the middle"),
        (Fault::ContentType("text/html"), error, "a web page instead of JSON"),
        (Fault::ContentType("application/json"), error, "Nothing of the answer was taken"),
        (Fault::Redirect("https://elsewhere.test/".into()), error, "no key is sent there"),
    ];
    for (fault, status, said) in faults {
        world.pass(TimeDelta::minutes(10));
        loses_nothing(&world, fault, status, said).await;
    }
    world.pass(TimeDelta::minutes(10));
    assert_eq!(world.succeeds().await.applied.added, 8, "all that were rung up meanwhile");
    assert_eq!(world.phase(), ClientPhase::Success);
}

#[tokio::test]
async fn a_location_that_is_not_these_keys_is_said_and_one_that_is_none_too() {
    let world = World::new().await;
    world.save(|draft| draft.restaurant = "1a2b3c4d-0000-4000-8000-00000000dead".into()).await;
    let synced = world.sync().await;
    assert_eq!(synced.status, StepStatus::Error);
    assert!(synced.message.contains("check the restaurant GUID"), "{}", synced.message);
    let live = world.app.engine.live().borrow().clients[0].clone();
    assert_eq!((live.phase, live.error.as_deref()), (ClientPhase::Error, Some(synced.message.as_str())));
    world.save(|_| {}).await;
    world.succeeds().await;
    assert_eq!(world.app.engine.live().borrow().clients[0].error, None);
}

#[tokio::test]
async fn a_token_that_is_revoked_is_renewed_once_and_logins_are_never_more_than_two_an_hour() {
    let world = synced().await;
    world.toast.till().tokens.clear();
    world.pass(TimeDelta::minutes(10));
    world.succeeds().await;
    assert_eq!(world.toast.till().logins.len(), 2);
    // Revoked again, within the hour: nothing is asked of the login, and it is no failure.
    world.toast.till().tokens.clear();
    world.pass(TimeDelta::minutes(10));
    let synced = world.sync().await;
    assert_eq!(synced.status, StepStatus::RateLimited, "{}", synced.message);
    assert!(synced.message.contains("two logins an hour"), "{}", synced.message);
    assert_eq!(world.toast.till().logins.len(), 2);
    assert_eq!(world.phase(), ClientPhase::RateLimited);
    world.pass(TimeDelta::minutes(41));
    world.succeeds().await;
    assert_eq!(world.toast.till().logins.len(), 3);
}

#[tokio::test]
async fn a_login_outlives_the_process_and_a_wrong_secret_is_said_without_being_shown() {
    let world = synced().await;
    let another = world.app.another_engine().await;
    world.pass(TimeDelta::minutes(10));
    let ClientOutcome::Finished(synced) = another.sync_orders(CLIENT).await.expect("runs") else { panic!("is free") };
    assert_eq!((synced.status, world.toast.till().logins.len()), (StepStatus::Success, 1));
    let wrong = Secret::new("the secret", "wrong-canary");
    let error = world
        .app
        .engine
        .test_client(&ClientDraft { api_client: "other".into(), ..draft() }, wrong, TestBy::KeptLogin)
        .await;
    let error = format!("{:#}", error.expect_err("is refused"));
    assert!(error.contains("refused the key (401)") && !error.contains("canary"), "{error}");
    let right = world.app.engine.test_client(&draft(), None, TestBy::KeptLogin).await.expect("works");
    assert_eq!(right.restaurant.time_zone, "America/New_York");
}

/// How long passed between the requests, from the `from`-th on, in seconds.
fn gaps(world: &World, from: usize) -> Vec<f64> {
    let seen = world.toast.upstream.seen();
    seen[from..].windows(2).map(|pair| (pair[1].at - pair[0].at).as_secs_f64()).collect()
}

#[tokio::test]
async fn what_may_pass_is_tried_again_and_told_when_it_does_not_pass() {
    let world = synced().await;
    let time = StoppedTime::new();
    world.pass(TimeDelta::minutes(10));
    world.toast.upstream.fault(Fault::WebPage(502), 2);
    passing(&world, &time, world.succeeds()).await;
    world.pass(TimeDelta::minutes(10));
    let outage = loses_nothing(&world, Fault::Status(500, ""), StepStatus::Error, "500 Internal Server Error");
    passing(&world, &time, outage).await;
    // The host is left alone for a while; then everything is there.
    world.pass(TimeDelta::minutes(10));
    time.advance(std::time::Duration::from_secs(120)).await;
    assert_eq!(passing(&world, &time, world.succeeds()).await.applied.added, 1);
}

#[tokio::test]
async fn a_storm_of_429_is_waited_out_in_place_and_is_no_failure() {
    let world = synced().await;
    let time = StoppedTime::new();
    world.pass(TimeDelta::minutes(10));
    let from = world.toast.upstream.count();
    world.toast.upstream.fault(Fault::Status(429, "retry-after: 3"), 2);
    passing(&world, &time, world.succeeds()).await;
    let waited = gaps(&world, from);
    assert!(waited.len() == 2 && waited.iter().all(|gap| (3.0..3.1).contains(gap)), "{waited:?}");
    // Without a wish: 1 s, 2 s, 4 s, and a tenth more at most.
    world.pass(TimeDelta::minutes(10));
    let from = world.toast.upstream.count();
    world.toast.upstream.fault(Fault::Status(429, "retry-after: soon"), 3);
    passing(&world, &time, world.succeeds()).await;
    for (gap, usual) in gaps(&world, from).into_iter().zip([1.0, 2.0, 4.0]) {
        assert!(gap >= usual && gap <= usual * 1.1 + 0.1, "{gap} for {usual}");
    }
}

#[tokio::test]
async fn a_wish_beyond_patience_is_kept_to_and_told_with_its_end() {
    let world = synced().await;
    let time = StoppedTime::new();
    world.pass(TimeDelta::minutes(10));
    let limited = loses_nothing(&world, Fault::Status(429, "retry-after: 3600"), StepStatus::RateLimited, "429");
    passing(&world, &time, limited).await;
    let live = world.app.engine.live().borrow().clients[0].clone();
    let until = live.until_ms.expect("says until when") - world.now().timestamp_millis();
    assert_eq!((live.phase, live.error, until), (ClientPhase::RateLimited, None, 3_600_000));
    // The schedule leaves it alone until then.
    let asked = world.toast.asked().len();
    let run = passing(&world, &time, world.app.sync()).await;
    let step = run.steps.iter().find(|step| step.name == "orders").expect("has a step");
    assert_eq!((step.status, world.toast.asked().len()), (StepStatus::RateLimited, asked));
    assert_eq!(run.error, None, "no failure of the run");
    world.pass(TimeDelta::minutes(61));
    time.advance(std::time::Duration::from_secs(3_660)).await;
    assert_eq!(passing(&world, &time, world.succeeds()).await.applied.added, 1);
}

#[tokio::test]
async fn the_real_limit_of_a_location_is_kept_to() {
    let world = World::new().await;
    world.toast.till().per_second = Some(50);
    world.ring(2, 10);
    let synced = world.succeeds().await;
    assert_eq!(synced.applied.added, 20, "{}", synced.message);
}

#[tokio::test]
async fn when_little_is_left_of_a_limit_it_slows_down_before_it_is_told_to() {
    let world = synced().await;
    let (today, now) = (world.today(), world.now());
    for number in 0..250 {
        world.toast.till().ring(100 + number, today, now + TimeDelta::minutes(1), 100, |_| {});
    }
    world.pass(TimeDelta::minutes(10));
    world.toast.till().remaining = Some((10, 100));
    let time = StoppedTime::new();
    let from = world.toast.upstream.count();
    assert_eq!(passing(&world, &time, world.succeeds()).await.applied.added, 250);
    let waited = gaps(&world, from);
    assert!(
        waited.len() == 4 && waited.iter().all(|gap| *gap >= 10.0),
        "10 s before each page but the first: {waited:?}"
    );
}

#[tokio::test]
async fn an_order_that_is_edited_while_pages_are_read_pushes_no_other_out() {
    let world = synced().await;
    let (today, at) = (world.today(), world.now() + TimeDelta::minutes(1));
    for number in 0..250 {
        world.toast.till().ring(100 + number, today, at + TimeDelta::milliseconds(i64::from(number)), 100, |_| {});
    }
    world.pass(TimeDelta::minutes(10));
    let now = world.now();
    let mut edits = 0;
    world.toast.till().between = Some(Box::new(move |till, _| {
        if edits < 2 {
            // One of the first page leaves the window: those behind it move up.
            till.edit(100 + edits, now, |order| order["numberOfGuests"] = 7.into());
            edits += 1;
        }
    }));
    world.succeeds().await;
    assert_eq!(world.sums().await.orders, 252);
    world.toast.till().between = None;
    world.pass(TimeDelta::minutes(10));
    assert_eq!(world.succeeds().await.applied.changed, 2, "the edits are in the next window");
}

#[tokio::test]
async fn pages_that_go_round_in_a_circle_end_the_sync_and_move_nothing() {
    let world = synced().await;
    let (today, at) = (world.today(), world.now() + TimeDelta::minutes(1));
    world.toast.till().ring(100, today, at, 100, |_| {});
    world.pass(TimeDelta::minutes(10));
    world.toast.till().circles = true;
    let synced = world.sync().await;
    assert_eq!(synced.status, StepStatus::Error);
    assert!(synced.message.contains("again and again"), "{}", synced.message);
    world.toast.till().circles = false;
    world.succeeds().await;
    assert_eq!(world.sums().await.orders, 3);
}

#[tokio::test]
async fn one_clients_failure_touches_no_other() {
    let world = synced().await;
    let other = ClientDraft { id: "diner".into(), name: "Diner".into(), api_client: "revoked".into(), ..draft() };
    let other = ClientDraft { restaurant: "1a2b3c4d-0000-4000-8000-000000000002".into(), ..other };
    let secret = Secret::new("the secret", "wrong");
    world.app.engine.save_client(&other, secret.as_ref(), None).await.expect("saves");
    world.pass(TimeDelta::minutes(10));
    let run = world.app.sync().await;
    let status = |id: &str| run.steps.iter().find(|step| step.source.as_deref() == Some(id)).expect("a step").status;
    assert_eq!((status(CLIENT), status("diner")), (StepStatus::Success, StepStatus::Error));
    let phases: Vec<_> = world.app.engine.live().borrow().clients.iter().map(|client| client.phase).collect();
    assert_eq!(phases, [ClientPhase::Success, ClientPhase::Error]);
}
