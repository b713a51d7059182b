//! Web Push: browsers that subscribe, are told while no tab is open, and leave.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::alerts::{Hand, app_that_spent, spend};
use super::channels::{NOON, log, states};
use super::fakes::push_service::PushService;
use super::fakes::receiver::Mood;
use super::harness::{TestApp, write};
use super::pages::{page, post};
use crate::model::{DeliveryState, PushSubscription};
use crate::notify::Sender;
use crate::sync::{Subscribed, Tested};

/// Lets the loopback be sent to, and no channel of the file.
fn permit(app: &TestApp, fakes: &[&PushService]) {
    let ports: Vec<u16> = fakes.iter().map(|fake| fake.addr.port()).collect();
    let file = json!({"allow": ["127.0.0.1/32"], "ports": ports, "dashboardUrl": "https://all.clear"});
    write(&app.data("config/channels.json"), file.to_string());
    app.engine.config.reload();
}

async fn subscribe(app: &TestApp, fake: &PushService) -> String {
    let browser = PushSubscription::parse(&fake.subscription().to_string()).expect("is one");
    match app.engine.subscribe("owner", &browser).await.expect("writes") {
        Subscribed::Yes(channel) => channel,
        Subscribed::No(sentence) => panic!("{sentence}"),
    }
}

#[tokio::test]
async fn a_browser_gets_what_only_it_can_read_signed_by_a_key_that_stays() {
    let hand = Hand::at(NOON);
    let app = app_that_spent(160.0, &hand).await;
    let (first, second) = (PushService::start().await, PushService::start().await);
    permit(&app, &[&first, &second]);
    let key = app.engine.push_key().await.expect("is made");
    subscribe(&app, &first).await;
    subscribe(&app, &second).await;
    assert_eq!(subscribe(&app, &second).await, subscribe(&app, &second).await, "twice is once");
    app.sync().await;
    app.engine.tell().await.expect("reads");
    app.sync().await;
    app.engine.tell().await.expect("reads");
    for fake in [&first, &second] {
        let got = fake.got();
        assert_eq!(got.len(), 1, "once");
        assert_eq!(
            got[0].said,
            json!({"title": "Budget Warning", "tag": "global-75@2026-11", "href": "/tokens",
                "body": got[0].said["body"]})
        );
        assert!(got[0].said["body"].as_str().is_some_and(|body| body.contains("80.0% of $200 budget (Warning)")));
        let noon = 1_793_620_800;
        let service = format!("http://{}", fake.addr);
        assert_eq!(got[0].claims, json!({"aud": service, "exp": noon + 12 * 3600, "sub": "https://all.clear"}));
        assert_eq!(got[0].sender, key);
        let header = |name: &str| got[0].headers[name].to_str().expect("is text").to_owned();
        assert_eq!(
            (header("ttl"), header("urgency"), header("content-encoding")),
            ("86400".into(), "normal".into(), "aes128gcm".into())
        );
        assert_eq!(header("topic").len(), 32);
    }
    let restarted = app.another_engine().await;
    assert_eq!(restarted.push_key().await.expect("is kept"), key);
    let sealed = app.engine.store.meta("push_identity").await.expect("reads").expect("is there");
    assert!(sealed.starts_with("v1:"), "not as it is");
}

#[tokio::test]
async fn a_service_that_fails_hangs_or_limits_is_tried_again_and_keeps_nobody_waiting() {
    let hand = Hand::at(NOON);
    let app = app_that_spent(160.0, &hand).await;
    let (limits, stuck, fine) = (PushService::start().await, PushService::start().await, PushService::start().await);
    permit(&app, &[&limits, &stuck, &fine]);
    for fake in [&limits, &stuck, &fine] {
        subscribe(&app, fake).await;
    }
    limits.then(&[Mood::Answers(429, Some("300")), Mood::Answers(500, None)]);
    stuck.then(&[Mood::Hangs]);
    app.sync().await;
    let mut engine = app.another_engine().await;
    Arc::get_mut(&mut engine).expect("is ours").sender = Sender { patience: Duration::from_millis(500) };
    let tell = async |time: &str| {
        hand.set(time);
        engine.tell().await.expect("reads");
        (limits.got().len(), stuck.got().len(), fine.got().len())
    };
    assert_eq!(tell(NOON).await, (1, 1, 1));
    assert_eq!(tell("2026-11-02T12:04:59Z").await, (1, 2, 1), "who limits is left alone for as long as asked");
    assert_eq!(tell("2026-11-02T12:05:00Z").await, (2, 2, 1));
    assert_eq!(tell("2026-11-02T12:06:00Z").await, (3, 2, 1));
    let topics: Vec<_> = limits.got().iter().map(|got| got.headers["topic"].clone()).collect();
    assert!(topics.windows(2).all(|pair| pair[0] == pair[1]), "one message: {topics:?}");
    let mut all = states(&app).await;
    all.sort_by_key(|(_, attempts)| *attempts);
    assert_eq!(all, [(DeliveryState::Sent, 1), (DeliveryState::Sent, 2), (DeliveryState::Sent, 3)]);
}

#[tokio::test]
async fn a_browser_that_has_left_is_forgotten_and_one_that_unsubscribes_too() {
    let hand = Hand::at(NOON);
    let app = app_that_spent(160.0, &hand).await;
    let (gone, missing, stays) = (PushService::start().await, PushService::start().await, PushService::start().await);
    permit(&app, &[&gone, &missing, &stays]);
    for fake in [&gone, &missing, &stays] {
        subscribe(&app, fake).await;
    }
    gone.then(&[Mood::Answers(410, None)]);
    missing.then(&[Mood::Answers(404, None)]);
    app.sync().await;
    app.engine.tell().await.expect("reads");
    assert_eq!(app.engine.store.subscribers().await.expect("reads").len(), 1);
    let errors: Vec<_> = log(&app).await.into_iter().filter_map(|one| one.error).collect();
    assert_eq!(errors, ["the browser has unsubscribed", "the browser has unsubscribed"]);
    spend(&app, 190.0);
    app.sync().await;
    app.engine.unsubscribe(&stays.endpoint()).await.expect("writes");
    app.engine.tell().await.expect("reads");
    assert_eq!((gone.got().len(), missing.got().len(), stays.got().len()), (1, 1, 1), "what still waits is not sent");
    spend(&app, 260.0);
    app.sync().await;
    assert!(log(&app).await.iter().all(|one| one.state != DeliveryState::Queued), "nobody is left");
}

#[tokio::test]
async fn nothing_is_pushed_into_the_network_and_what_is_no_subscription_is_refused() {
    let hand = Hand::at(NOON);
    let app = app_that_spent(160.0, &hand).await;
    let fake = PushService::start().await;
    write(&app.data("config/channels.json"), "{}");
    let with = |endpoint: &str| {
        let mut browser = fake.subscription();
        browser["endpoint"] = json!(endpoint);
        browser
    };
    for endpoint in [fake.endpoint(), "https://169.254.169.254/latest".to_owned(), "https://localhost/".to_owned()] {
        let browser = PushSubscription::parse(&with(&endpoint).to_string()).expect("is one");
        assert!(matches!(app.engine.subscribe("owner", &browser).await, Ok(Subscribed::Yes(_))), "{endpoint}");
    }
    app.sync().await;
    app.engine.tell().await.expect("reads");
    assert_eq!(fake.got().len(), 0);
    let log = log(&app).await;
    assert_eq!(log.len(), 3);
    for one in &log {
        let error = one.error.as_deref().unwrap_or_default();
        assert!(error.contains("is not public") || error.contains("is not one that is sent to"), "{one:?}");
        assert!(!error.contains("canary"), "{one:?}");
    }
    let mut keyless = fake.subscription();
    keyless["keys"]["p256dh"] = json!("AAAA");
    for (browser, part) in [
        (with("http://push.test/x"), "it must begin with https"),
        (with("javascript:alert(1)"), "it must begin with https"),
        (with(&format!("https://push.test/{}", "x".repeat(3_000))), "it must begin with https"),
        (keyless, "keys cannot be read"),
    ] {
        let browser = PushSubscription::parse(&browser.to_string()).expect("is one");
        let Ok(Subscribed::No(said)) = app.engine.subscribe("owner", &browser).await else { panic!("is refused") };
        assert!(said.contains(part), "{said}");
    }
}

#[tokio::test]
async fn a_browser_subscribes_is_tested_and_leaves_over_the_wire() {
    let hand = Hand::at(NOON);
    let app = app_that_spent(1.0, &hand).await;
    let fake = PushService::start().await;
    permit(&app, &[&fake]);
    let addr = app.serve().await;
    let form = |name: &str, value: &str| {
        format!("{name}={}", percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC))
    };
    let (status, _) = post(addr, "/rpc/subscribe_push", &form("subscription", &fake.subscription().to_string())).await;
    assert_eq!(status, 200);
    assert_eq!(post(addr, "/rpc/subscribe_push", "subscription=%7B%7D").await.0, 400);
    let shown = page(addr, "/alerts").await;
    assert!(shown.contains("Web Push") && shown.contains("Send a test to Browser "), "{shown}");
    assert!(!shown.contains("canary"), "an endpoint is a key");
    assert_eq!(post(addr, "/rpc/test_push", &form("endpoint", &fake.endpoint())).await, (200, Value::Null));
    assert_eq!(fake.got()[0].said["body"], "This is a test from Allclear. Nothing is wrong.");
    assert_eq!(post(addr, "/rpc/unsubscribe_push", &form("endpoint", &fake.endpoint())).await.0, 200);
    let (_, said) = post(addr, "/rpc/test_push", &form("endpoint", &fake.endpoint())).await;
    assert_eq!(said, json!("this browser has not subscribed"));
    assert_eq!(
        app.engine.test_channel("push:nobody").await.expect("reads"),
        Tested::Failed("the browser has unsubscribed".to_owned())
    );
}
