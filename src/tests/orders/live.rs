//! Somebody looks at a client: it is read at once, then every minute, however many look.

use std::time::Duration;

use super::*;
use crate::sync::keep_orders_live;
use crate::tests::upstream::Fault;

struct Live {
    world: World,
    time: StoppedTime,
}

impl Live {
    async fn new() -> Live {
        let world = World::new().await;
        world.succeeds().await;
        let time = StoppedTime::new();
        tokio::spawn(keep_orders_live(world.app.engine.clone()));
        Live { world, time }
    }

    /// Lets the loop look at the clock a few times, as it does every second.
    async fn settle(&self) {
        for _ in 0..20 {
            real_moment().await;
            self.time.advance(Duration::from_millis(200)).await;
        }
    }

    /// Lets it look until a sync has ended; requests so far.
    async fn until(&self, asked: usize) {
        for _ in 0..2_000 {
            let idle = self.world.phase() != ClientPhase::Syncing;
            if self.asked() >= asked && idle {
                break;
            }
            real_moment().await;
            self.time.advance(Duration::from_millis(50)).await;
        }
        self.settle().await;
        assert_eq!(self.asked(), asked);
    }

    fn asked(&self) -> usize {
        self.world.toast.asked().len()
    }
}

#[tokio::test]
async fn it_begins_at_once_goes_on_every_minute_and_ends_with_the_last_who_looks() {
    let live = Live::new().await;
    live.settle().await;
    let before = live.asked();
    live.world.pass(TimeDelta::minutes(10));
    live.settle().await;
    assert_eq!(live.asked(), before, "nobody looks");
    for tab in ["a", "b", "c"] {
        live.world.app.engine.watch_orders(CLIENT, tab);
    }
    live.until(before + 1).await;
    live.world.pass(TimeDelta::seconds(59));
    live.settle().await;
    assert_eq!(live.asked(), before + 1);
    live.world.pass(TimeDelta::seconds(1));
    live.until(before + 2).await;
    // One is hidden, one says so still, one falls silent.
    live.world.app.engine.leave_orders("a");
    live.world.app.engine.watch_orders(CLIENT, "b");
    live.world.pass(TimeDelta::seconds(60));
    live.until(before + 3).await;
    live.world.pass(TimeDelta::seconds(60));
    live.settle().await;
    assert_eq!(live.asked(), before + 3, "nobody has said anything for two minutes");
    live.world.app.engine.watch_orders(CLIENT, "a");
    // Visible again: at once.
    live.until(before + 4).await;
}

#[tokio::test]
async fn while_toast_asks_to_be_left_alone_nobody_is_asked_however_many_look() {
    let live = Live::new().await;
    live.world.pass(TimeDelta::minutes(10));
    live.world.toast.upstream.fault(Fault::Status(429, "retry-after: 600"), 1);
    let asked = live.asked() + 1;
    live.world.app.engine.watch_orders(CLIENT, "a");
    // The request that is limited is not counted as answered; the fake takes notes of it all the same.
    live.until(asked).await;
    assert_eq!(live.world.phase(), ClientPhase::RateLimited);
    for _ in 0..9 {
        live.world.pass(TimeDelta::seconds(60));
        live.world.app.engine.watch_orders(CLIENT, "a");
        live.settle().await;
    }
    assert_eq!(live.asked(), asked);
    live.time.advance(Duration::from_secs(600)).await;
    live.world.pass(TimeDelta::seconds(61));
    live.world.app.engine.watch_orders(CLIENT, "a");
    live.until(asked + 1).await;
    assert_eq!(live.world.phase(), ClientPhase::Success, "and then by itself");
}

#[tokio::test]
async fn a_sync_by_hand_and_one_by_itself_are_never_two_at_once() {
    let world = World::new().await;
    world.ring(1, 3);
    let engine = &world.app.engine;
    let (one, other) = tokio::join!(engine.sync_orders(CLIENT), engine.sync_orders(CLIENT));
    let busy = [one, other]
        .into_iter()
        .map(|outcome| outcome.expect("runs"))
        .filter(|outcome| *outcome == ClientOutcome::Busy);
    assert_eq!(busy.count(), 1);
    assert_eq!((world.sums().await.orders, world.toast.till().logins.len()), (3, 1));
}
