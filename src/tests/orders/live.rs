//! Somebody looks at a client: it is read at once, then every minute, however many look.

use super::*;
use crate::sync::LiveOrders;
use crate::tests::upstream::Fault;

struct Live {
    world: World,
    orders: LiveOrders,
}

impl Live {
    async fn new() -> Live {
        let world = World::new().await;
        world.succeeds().await;
        let orders = LiveOrders::new(world.app.engine.clone());
        Live { world, orders }
    }

    /// Looks once, as is done every second, and waits for what that began; returns the requests it made.
    async fn look(&mut self) -> usize {
        let before = self.world.toast.asked().len();
        for reading in self.orders.look().await {
            reading.await.expect("ends");
        }
        self.world.toast.asked().len() - before
    }

    fn pass(&self, seconds: i64) {
        self.world.pass(TimeDelta::seconds(seconds));
    }

    fn watch(&self, tab: &str) {
        self.world.app.engine.watch_orders(CLIENT, tab);
    }
}

#[tokio::test]
async fn it_begins_at_once_goes_on_every_minute_and_ends_with_the_last_who_looks() {
    let mut live = Live::new().await;
    assert_eq!(live.look().await, 0);
    live.pass(600);
    assert_eq!(live.look().await, 0, "nobody looks");
    for tab in ["a", "b", "c"] {
        live.watch(tab);
    }
    assert_eq!(live.look().await, 1, "at once, and once for all three");
    live.pass(59);
    assert_eq!(live.look().await, 0);
    live.pass(1);
    assert_eq!(live.look().await, 1);
    // One is hidden, one says so still, one falls silent.
    live.world.app.engine.leave_orders("a");
    live.watch("b");
    live.pass(60);
    assert_eq!(live.look().await, 1);
    live.pass(60);
    assert_eq!(live.look().await, 0, "nobody has said anything for two minutes");
    live.watch("a");
    assert_eq!(live.look().await, 1, "visible again: at once");
    live.world.app.engine.leave_orders("a");
    live.pass(60);
    assert_eq!(live.look().await, 0, "the last one has left");
}

#[tokio::test]
async fn while_toast_asks_to_be_left_alone_nobody_is_asked_however_many_look() {
    let mut live = Live::new().await;
    let time = StoppedTime::new();
    live.pass(600);
    live.world.toast.upstream.fault(Fault::Status(429, "retry-after: 600"), 1);
    live.watch("a");
    assert_eq!(live.look().await, 1, "the one that is limited");
    assert_eq!(live.world.phase(), ClientPhase::RateLimited);
    for _ in 0..9 {
        live.pass(60);
        live.watch("a");
        assert_eq!(live.look().await, 0);
    }
    time.advance(std::time::Duration::from_secs(600)).await;
    live.pass(61);
    live.watch("a");
    assert_eq!(live.look().await, 1);
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
