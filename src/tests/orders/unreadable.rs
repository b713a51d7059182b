//! Orders that are at Toast and cannot be read: nothing waits for them, and none is forgotten.

use super::*;
use crate::model::Cents;
use crate::tests::fakes::toast::guid;

/// Makes an order unreadable, or readable, without Toast saying that it was changed.
fn spoil(world: &World, number: u32, tax: serde_json::Value) {
    let mut till = world.toast.till();
    till.orders.get_mut(&guid(number)).expect("is there").2["checks"][0]["taxAmount"] = tax;
}

async fn fails_with(world: &World, said: &str) -> ClientSynced {
    let synced = world.sync().await;
    assert_eq!(synced.status, StepStatus::Error, "{}", synced.message);
    assert!(synced.message.contains(said) && !synced.message.contains("canary"), "{}", synced.message);
    synced
}

#[tokio::test]
async fn an_order_that_cannot_be_read_is_named_and_keeps_no_other_waiting() {
    let world = World::new().await;
    world.ring(1, 2);
    world.succeeds().await;
    let (today, at) = (world.today(), world.now() + TimeDelta::minutes(1));
    world.toast.till().ring(100, today, at, 100, |order| order["checks"][0]["taxAmount"] = "canary".into());
    world.toast.till().ring(101, today, at, 250, |_| {});
    world.pass(TimeDelta::minutes(10));
    let synced = fails_with(&world, "taxAmount").await;
    assert!(synced.message.contains(&guid(100)) && synced.applied.added == 1, "{}", synced.message);
    // The window is passed: it is not asked for again, and what cannot be read is named all the same.
    world.pass(TimeDelta::minutes(30));
    fails_with(&world, &guid(100)).await;
    let query = world.toast.asked().pop().expect("was asked");
    assert!(query.contains("startDate=2026-11-20T18%3A03"), "{query}");
    // Changed, it can be read.
    let at = world.now() + TimeDelta::minutes(1);
    world.toast.till().edit(100, at, |order| order["checks"][0]["taxAmount"] = 1.into());
    world.pass(TimeDelta::minutes(10));
    assert_eq!(world.succeeds().await.applied.added, 1);
    let sums = world.sums().await;
    assert_eq!((sums.orders, sums.net), (4, Cents(1_000 + 1_001 + 100 + 250)));
}

#[tokio::test]
async fn the_days_of_what_could_not_be_read_are_read_again_every_night() {
    let world = World::new().await;
    world.ring(12, 1);
    for number in [9, 10, 11] {
        spoil(&world, number, "canary".into());
    }
    let synced = fails_with(&world, "3 orders could not be read").await;
    assert_eq!(synced.applied.added, 9, "the first reading is over: {}", synced.message);
    // One can be read now, one is there no more, one stays as it is.
    spoil(&world, 10, 1.into());
    world.toast.till().orders.remove(&guid(11));
    world.pass(TimeDelta::minutes(30));
    fails_with(&world, "3 orders could not be read").await;
    world.pass(TimeDelta::days(1));
    let synced = fails_with(&world, "1 order could not be read").await;
    assert_eq!(synced.applied.added, 1);
    assert!(synced.message.contains(&guid(9)), "{}", synced.message);
    spoil(&world, 9, 1.into());
    world.pass(TimeDelta::days(1));
    assert_eq!(world.succeeds().await.applied.added, 1);
}

#[tokio::test]
async fn an_order_without_an_id_is_known_by_what_came_until_it_is_gone() {
    let world = World::new().await;
    world.ring(2, 1);
    world.toast.till().orders.get_mut(&guid(1)).expect("is there").2["guid"] = "".into();
    fails_with(&world, "no-id-").await;
    world.pass(TimeDelta::minutes(10));
    fails_with(&world, "1 order could not be read").await;
    world.toast.till().orders.get_mut(&guid(1)).expect("is there").2["guid"] = guid(1).into();
    world.pass(TimeDelta::days(1));
    assert_eq!(world.succeeds().await.applied.added, 1);
}
