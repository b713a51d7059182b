//! Digests sent to channels: when their time has come, once, whatever happens in between.

use serde_json::json;

use super::alerts::{Hand, app_that_spent};
use super::channels::{choose, hook, log};
use super::fakes::receiver::{Mood, Receiver};
use super::harness::TestApp;
use crate::store::Store;

/// An app whose channels get digests; 2 November 2026 is a Monday.
async fn app(hand: &Hand, fakes: &[(&str, &Receiver, &[&str])]) -> TestApp {
    let app = app_that_spent(100.0, hand).await;
    let channel = |(name, fake, digests): &(&str, &Receiver, &[&str])| {
        let mut channel = hook(name, fake);
        channel["digests"] = json!(digests);
        channel
    };
    choose(&app, &fakes.iter().map(channel).collect::<Vec<_>>());
    app.sync().await;
    app
}

fn said(fake: &Receiver) -> Vec<String> {
    let line = |body: &serde_json::Value| {
        let headline = body["message"].as_str().and_then(|text| text.lines().next()).unwrap_or_default();
        format!(
            "{} {}: {headline}",
            body["event"].as_str().unwrap_or_default(),
            body["title"].as_str().unwrap_or_default()
        )
    };
    fake.bodies().iter().map(line).collect()
}

#[tokio::test]
async fn each_day_and_each_week_are_told_once_to_who_wants_them() {
    let hand = Hand::at("2026-11-03T09:00:00Z");
    let (both, weekly, none) = (Receiver::start().await, Receiver::start().await, Receiver::start().await);
    let app =
        app(&hand, &[("both", &both, &["daily", "weekly"]), ("weekly", &weekly, &["weekly"]), ("none", &none, &[])])
            .await;
    let at = async |time: &str| {
        hand.set(time);
        app.sync().await;
        app.engine.tell().await.expect("sends");
        (said(&both).len(), said(&weekly).len())
    };
    assert_eq!(at("2026-11-03T09:00:00Z").await, (2, 1), "the last day and the last week, at first");
    assert_eq!(said(&both)[0], "digest Daily digest: # Monday, 2 November 2026: $100.00");
    assert_eq!(said(&both)[1], "digest Weekly digest: # Week 44 of 2026: nothing used");
    assert!(
        both.bodies()[0]["message"].as_str().is_some_and(|text| text.contains("Nothing was spent in the day before."))
    );
    assert_eq!(at("2026-11-03T23:59:00Z").await, (2, 1));
    assert_eq!(at("2026-11-04T07:59:00Z").await, (2, 1));
    assert_eq!(at("2026-11-04T08:00:00Z").await, (3, 1));
    let restarted = app.another_engine().await;
    restarted.tell().await.expect("sends");
    assert_eq!(said(&both).len(), 3, "a restart knows");
    hand.set("2026-11-03T09:00:00Z");
    restarted.tell().await.expect("sends");
    assert_eq!(said(&both).len(), 3, "nor when the clock was set back");
    assert_eq!(at("2026-11-09T08:00:00Z").await, (5, 2), "days without anybody there are not made up for");
    assert_eq!(said(&weekly)[1], "digest Weekly digest: # Week 45 of 2026: $100.00");
    assert_eq!(said(&none).len(), 0);
}

#[tokio::test]
async fn two_processes_at_once_tell_once_and_a_failure_is_tried_again() {
    let hand = Hand::at("2026-11-03T08:00:00Z");
    let fake = Receiver::start().await.then(&[Mood::Answers(503, None)]);
    let app = app(&hand, &[("hook", &fake, &["daily"])]).await;
    let other = app.another_engine().await;
    let (first, second) = tokio::join!(app.engine.tell(), other.tell());
    first.and(second).expect("sends");
    assert_eq!(log(&app).await.len(), 1, "queued once");
    hand.set("2026-11-03T08:01:00Z");
    other.tell().await.expect("sends");
    assert_eq!(fake.keys(), [fake.keys()[0].clone(), fake.keys()[0].clone()], "and sent again under the same id");
}

#[tokio::test]
async fn a_digest_waits_for_a_run_that_knows_its_days_but_not_for_ever() {
    let hand = Hand::at("2026-11-02T12:00:00Z");
    let fake = Receiver::start().await;
    let app = app(&hand, &[("hook", &fake, &["daily"])]).await;
    app.engine.tell().await.expect("sends");
    let before = said(&fake).len();
    hand.set("2026-11-03T08:30:00Z");
    app.engine.tell().await.expect("sends");
    assert_eq!(said(&fake).len(), before, "what was spent yesterday evening has not been read");
    hand.set("2026-11-03T09:00:00Z");
    app.engine.tell().await.expect("sends");
    assert_eq!(said(&fake).len(), before + 1);
    let store: &Store = &app.engine.store;
    assert_eq!(store.meta("digest_daily").await.expect("reads").as_deref(), Some("2026-11-02"));
}
