//! How far a sync comes is kept, whatever ends it.

use std::time::Duration;

use super::*;
use crate::store::OrderCursorKind;
use crate::tests::upstream::Fault;

async fn watermark(world: &World) -> DateTime<Utc> {
    let cursors = world.app.engine.store.order_cursors(CLIENT).await.expect("reads");
    let mark = cursors.iter().find(|cursor| cursor.kind == OrderCursorKind::Watermark).expect("is there");
    DateTime::from_timestamp_millis(mark.value).expect("a time")
}

#[tokio::test]
async fn after_a_long_outage_each_day_that_was_read_is_kept() {
    let world = World::new().await;
    world.succeeds().await;
    let before = watermark(&world).await;
    world.pass(TimeDelta::days(5));
    world.ring(5, 3);
    // The login and two windows are answered.
    world.toast.upstream.fault(Fault::Nothing, 3);
    world.toast.upstream.fault(Fault::Status(403, ""), 1);
    assert_eq!(world.sync().await.status, StepStatus::Error);
    assert_eq!(watermark(&world).await - before, TimeDelta::days(2), "two windows were read");
    world.succeeds().await;
    assert_eq!(world.sums().await.orders, 15);
}

#[tokio::test]
async fn a_sync_whose_time_is_over_goes_on_in_the_next() {
    let world = World::new().await;
    world.succeeds().await;
    world.pass(TimeDelta::days(4));
    world.ring(4, 2);
    for left in (1..4).rev() {
        let outcome = world.app.engine.sync_orders_here(CLIENT, Some(Duration::ZERO)).await.expect("runs");
        let ClientOutcome::Finished(synced) = outcome else { panic!("nobody else syncs") };
        let days = if left == 1 { "1 day".to_owned() } else { format!("{left} days") };
        assert!(synced.message.ends_with(&format!("; {days} still to be read")), "{left}: {}", synced.message);
    }
    world.succeeds().await;
    assert_eq!(world.sums().await.orders, 8);
}

#[tokio::test]
async fn a_clock_that_is_ahead_from_the_beginning_loses_nothing() {
    let world = World::new().await;
    world.toast.till().skew = TimeDelta::hours(1);
    world.succeeds().await;
    // By Toast's clock this is after the first sync, by ours it is before.
    let (today, at) = (world.today(), world.now() - TimeDelta::minutes(40));
    world.toast.till().ring(1, today, at, 500, |_| {});
    world.pass(TimeDelta::minutes(70));
    assert_eq!(world.succeeds().await.applied.added, 1);
}

#[tokio::test]
async fn when_too_little_is_left_of_a_limit_the_sync_ends_until_there_is_more() {
    let world = World::new().await;
    world.succeeds().await;
    world.toast.till().remaining = Some((1, 600));
    let (today, at) = (world.today(), world.now() + TimeDelta::minutes(1));
    world.toast.till().ring(1, today, at, 100, |_| {});
    world.pass(TimeDelta::minutes(10));
    assert_eq!(world.succeeds().await.applied.added, 1, "nobody waits after the last page");
    let at = world.now() + TimeDelta::minutes(1);
    for number in 0..250 {
        world.toast.till().ring(100 + number, today, at, 100, |_| {});
    }
    world.pass(TimeDelta::minutes(10));
    let synced = world.sync().await;
    assert_eq!((synced.status, synced.applied.rows()), (StepStatus::RateLimited, 0), "{}", synced.message);
    assert!(synced.message.contains("only few requests more"), "{}", synced.message);
    let live = world.app.engine.live().borrow().clients[0].clone();
    let until = live.until_ms.expect("says until when") - world.now().timestamp_millis();
    assert!(live.phase == ClientPhase::RateLimited && (590_000..=600_000).contains(&until), "{until}");
    world.toast.till().remaining = None;
    world.pass(TimeDelta::minutes(11));
    world.succeeds().await;
    assert_eq!(world.sums().await.orders, 251);
}
