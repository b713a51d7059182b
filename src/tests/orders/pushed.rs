//! What Toast pushes: kept before it is answered, once, and only when it is from Toast.

use std::net::SocketAddr;

use serde_json::json;

use super::*;
use crate::sources::toast::webhook::sign;
use crate::sources::toast::{Reading, parse_order};
use crate::tests::fakes::toast::{moment, sale};
use crate::tests::harness::http;

const PATH: &str = "/api/webhooks/toast";
const HOOK: &str = "hook-canary";

struct Pusher {
    world: World,
    addr: SocketAddr,
}

impl Pusher {
    async fn new() -> Pusher {
        let world = World::new().await;
        let addr = world.app.serve().await;
        Pusher { world, addr }
    }

    fn event(&self, id: &str, number: u32, cents: i64, at: DateTime<Utc>) -> String {
        let order = sale(number, self.world.today(), at, cents);
        let timestamp = moment(self.world.now()).replace("+0000", "Z");
        json!({"timestamp": timestamp, "eventCategory": "order_updated", "eventType": "order_updated", "guid": id,
            "details": {"restaurantGuid": RESTAURANT, "order": order}})
        .to_string()
    }

    async fn push(&self, body: &str, secret: &str) -> u16 {
        let timestamp = moment(self.world.now()).replace("+0000", "Z");
        let signature = sign(secret, body.as_bytes(), &timestamp);
        let headers = [
            ("Content-Type", "application/json"),
            ("Toast-Signature", signature.as_str()),
            ("Toast-Attempt-Number", "1"),
        ];
        http(self.addr, "POST", PATH, &headers, body).await.0
    }

    /// Everything that was ever written to the database and is not overwritten yet.
    fn written(&self) -> String {
        let file = self.world.app.engine.store.file();
        let mut bytes = std::fs::read(file).expect("reads");
        bytes.extend(std::fs::read(file.with_extension("db-wal")).unwrap_or_default());
        String::from_utf8_lossy(&bytes).into_owned()
    }

    async fn sums(&self) -> OrderSums {
        self.world.app.engine.work_off_events().await;
        self.world.sums().await
    }
}

#[tokio::test]
async fn an_event_is_stored_once_however_often_it_comes_and_the_newest_version_holds() {
    let pusher = Pusher::new().await;
    let now = pusher.world.now();
    let first = pusher.event("e1", 1, 1_000, now);
    assert_eq!(pusher.push(&first, HOOK).await, 200);
    assert_eq!(pusher.push(&first, HOOK).await, 200, "known, and no failure for Toast");
    let sums = pusher.sums().await;
    assert_eq!((sums.orders, sums.net.0), (1, 1_000));
    assert_eq!(pusher.push(&pusher.event("e2", 1, 1_500, now + TimeDelta::seconds(5)), HOOK).await, 200);
    assert_eq!(pusher.push(&pusher.event("e3", 1, 1_200, now + TimeDelta::seconds(2)), HOOK).await, 200, "late");
    assert_eq!(pusher.sums().await.net.0, 1_500);
}

#[tokio::test]
async fn forged_replayed_huge_and_foreign_events_change_nothing() {
    let pusher = Pusher::new().await;
    let event = pusher.event("e1", 1, 1_000, pusher.world.now());
    assert_eq!(pusher.push(&event, "guess").await, 401);
    assert_eq!(pusher.push("{}", HOOK).await, 400);
    assert_eq!(pusher.push("no JSON", HOOK).await, 400);
    let foreign = event.replace(RESTAURANT, "1a2b3c4d-0000-4000-8000-00000000dead");
    assert_eq!(pusher.push(&foreign, HOOK).await, 401);
    let huge = format!("{}{}", event.trim_end_matches('}'), " ".repeat(9 << 20));
    assert_eq!(pusher.push(&huge, HOOK).await, 413);
    let timestamp = moment(pusher.world.now()).replace("+0000", "Z");
    let signature = sign(HOOK, event.as_bytes(), &timestamp);
    pusher.world.pass(TimeDelta::minutes(11));
    let headers = [("Content-Type", "application/json"), ("Toast-Signature", signature.as_str())];
    assert_eq!(http(pusher.addr, "POST", PATH, &headers, &event).await.0, 401, "replayed later");
    assert_eq!(http(pusher.addr, "POST", PATH, &[], &event).await.0, 401, "unsigned");
    assert_eq!(pusher.sums().await.orders, 0);
}

#[tokio::test]
async fn what_was_kept_by_a_process_that_died_is_stored_by_the_next_run() {
    let pusher = Pusher::new().await;
    let sold = sale(1, pusher.world.today(), pusher.world.now(), 700).to_string();
    let reading = Reading { client: CLIENT, zone: chrono_tz::America::New_York, keeps_personal: false };
    let order = parse_order(sold.as_bytes(), reading).expect("reads");
    let body = serde_json::to_string(&order).expect("serialises");
    let event = crate::store::OrderEvent { client: CLIENT.into(), id: "e1".into(), body, attempts: 0 };
    let store = &pusher.world.app.engine.store;
    assert!(store.keep_order_event(&event, None, pusher.world.now().timestamp_millis()).await.expect("keeps"));
    pusher.world.app.sync().await;
    assert_eq!(pusher.world.sums().await.net.0, 700);
    assert!(store.waiting_order_events(9).await.expect("reads").is_empty());
}

#[tokio::test]
async fn of_a_guest_nothing_is_ever_written_that_is_not_kept() {
    let pusher = Pusher::new().await;
    let now = pusher.world.now();
    assert_eq!(pusher.push(&pusher.event("e1", 1, 1_000, now), HOOK).await, 200);
    let broken = pusher.event("e2", 2, 1_000, now).replace("\"quantity\":1.0", "\"quantity\":\"many\"");
    assert_eq!(pusher.push(&broken, HOOK).await, 200, "the next sync brings its order");
    let written = pusher.written();
    assert!(written.contains("order_event") && written.contains("quantity"), "why it could not be read is kept");
    for secret in ["Canary", "canary.test", "5551234567", "555-123-4567", "4242"] {
        assert!(!written.contains(secret), "{secret} was written");
    }
    assert_eq!(pusher.sums().await.orders, 1);
    assert_eq!(pusher.push(&broken, HOOK).await, 200, "and it is known");
    assert!(pusher.world.app.engine.store.waiting_order_events(9).await.expect("reads").is_empty());
}

#[tokio::test]
async fn an_event_that_is_the_order_itself_is_taken_with_the_location_beside_it() {
    let pusher = Pusher::new().await;
    let now = pusher.world.now();
    let timestamp = moment(now).replace("+0000", "Z");
    let order = sale(1, pusher.world.today(), now, 800);
    let event = json!({"timestamp": timestamp, "guid": "e1", "details": order}).to_string();
    let push = async |restaurant: &str, secret: &str| {
        let (signature, restaurant) = (sign(secret, event.as_bytes(), &timestamp), restaurant.to_uppercase());
        let headers = [
            ("Content-Type", "application/json"),
            ("Toast-Signature", signature.as_str()),
            ("Toast-Restaurant-External-ID", restaurant.as_str()),
        ];
        http(pusher.addr, "POST", PATH, &headers, &event).await.0
    };
    assert_eq!(pusher.push(&event, HOOK).await, 400, "nothing says where it is from");
    assert_eq!(push(RESTAURANT, "guess").await, 401);
    assert_eq!(push("1a2b3c4d-0000-4000-8000-00000000dead", HOOK).await, 401);
    assert_eq!(pusher.sums().await.orders, 0);
    assert_eq!(push(RESTAURANT, HOOK).await, 200);
    assert_eq!(pusher.sums().await.net.0, 800);
}
