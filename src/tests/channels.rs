//! Alerts on their way: real runs, real requests, and channels that fail, hang, limit and die.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::alerts::{Hand, app_that_spent, spend};
use super::fakes::receiver::{Mood, Receiver};
use super::fakes::smtp::smtp;
use super::harness::{TestApp, http, write};
use super::pages::{page, submit};
use crate::model::{Delivery, DeliveryState};
use crate::notify::Sender;
use crate::store::Settled;
use crate::sync::{Tested, keep_telling};

pub(super) const NOON: &str = "2026-11-02T12:00:00Z";

pub(super) fn hook(name: &str, fake: &Receiver) -> Value {
    json!({"name": name, "kind": "webhook", "url": fake.url(), "allowHttp": true})
}

pub(super) fn choose(app: &TestApp, channels: &[Value]) {
    let port = |channel: &Value| {
        let url = channel["url"].as_str().and_then(|url| reqwest::Url::parse(url).ok());
        channel["port"].as_u64().or_else(|| url?.port().map(u64::from))
    };
    let ports: Vec<u64> = channels.iter().filter_map(port).collect();
    let file =
        json!({"allow": ["127.0.0.1/32"], "ports": ports, "dashboardUrl": "https://all.clear/", "channels": channels});
    write(&app.data("config/channels.json"), file.to_string());
}

pub(super) async fn log(app: &TestApp) -> Vec<Delivery> {
    app.engine.store.deliveries(99).await.expect("reads")
}

pub(super) async fn states(app: &TestApp) -> Vec<(DeliveryState, u32)> {
    log(app).await.iter().map(|delivery| (delivery.state, delivery.attempts)).collect()
}

#[tokio::test]
async fn crossing_a_threshold_sends_once_through_every_channel_and_not_through_one_that_is_off() {
    let hand = Hand::at(NOON);
    let app = app_that_spent(160.0, &hand).await;
    let fakes = [Receiver::start().await, Receiver::start().await, Receiver::start().await, Receiver::start().await];
    let (mail, mails) = smtp().await;
    choose(
        &app,
        &[
            hook("hook", &fakes[0]),
            json!({"name": "push", "kind": "ntfy", "topic": "t", "url": fakes[1].url(), "allowHttp": true}),
            json!({"name": "chat", "kind": "slack", "url": fakes[2].url(), "allowHttp": true}),
            json!({"name": "off", "kind": "slack", "url": fakes[3].url(), "allowHttp": true, "enabled": false}),
            json!({"name": "loud", "kind": "slack", "url": fakes[3].url(), "allowHttp": true, "levels": ["critical"]}),
            json!({"name": "mail", "kind": "email", "host": "127.0.0.1", "port": mail.port(), "tls": "none",
                "allowHttp": true, "from": "a@all.clear", "to": ["me@all.clear"]}),
        ],
    );
    app.sync().await;
    app.engine.tell().await.expect("reads");
    for _ in 0..2 {
        app.sync().await;
        app.engine.tell().await.expect("reads");
    }
    let (hook, push, chat) = (fakes[0].bodies(), fakes[1].bodies(), fakes[2].bodies());
    assert_eq!((hook.len(), push.len(), chat.len(), fakes[3].bodies().len()), (1, 1, 1, 0));
    assert_eq!((&hook[0]["alertKey"], &hook[0]["event"]), (&json!("global-75@2026-11"), &json!("raised")));
    let href = hook[0]["href"].as_str().expect("is a page");
    assert_eq!(hook[0]["url"], format!("https://all.clear{href}"));
    assert!(
        push[0]["message"].as_str().is_some_and(|text| text.contains("80.0% of $200 budget (Warning)")),
        "{push:?}"
    );
    let mails = mails.lock().expect("is not poisoned").clone();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains("Subject: Budget Warning: ") && mails[0].contains("RCPT TO:<me@all.clear>"), "{mails:?}");
    assert_eq!(states(&app).await, [(DeliveryState::Sent, 1); 4]);
}

#[tokio::test]
async fn what_a_server_refuses_for_now_is_sent_again_when_it_says_and_not_before() {
    let hand = Hand::at(NOON);
    let app = app_that_spent(160.0, &hand).await;
    let fake = Receiver::start().await.then(&[Mood::Answers(429, Some("300")), Mood::Answers(503, None)]);
    choose(&app, &[hook("hook", &fake)]);
    app.sync().await;
    let tell = async |time: &str| {
        hand.set(time);
        app.engine.tell().await.expect("reads");
        fake.bodies().len()
    };
    assert_eq!(tell(NOON).await, 1);
    let waiting = log(&app).await;
    assert_eq!(
        (waiting[0].state, waiting[0].next_at.as_deref()),
        (DeliveryState::Failed, Some("2026-11-02T12:05:00.000Z"))
    );
    assert_eq!(waiting[0].error.as_deref(), Some("it answered 429 Too Many Requests"), "and not its words");
    // What comes meanwhile waits behind it.
    spend(&app, 190.0);
    app.sync().await;
    assert_eq!(tell("2026-11-02T12:04:59Z").await, 1);
    assert_eq!(tell("2026-11-02T12:05:00Z").await, 2, "and fails again");
    assert_eq!(tell("2026-11-02T12:05:59Z").await, 2);
    assert_eq!(tell("2026-11-02T12:06:00Z").await, 4, "the second pause is a minute; then both go out");
    let keys = fake.keys();
    assert!(keys[0] == keys[1] && keys[1] == keys[2] && keys[2] != keys[3], "{keys:?}");
    assert_eq!(states(&app).await, [(DeliveryState::Sent, 3), (DeliveryState::Sent, 1)]);
}

#[tokio::test]
async fn a_channel_that_waits_has_no_page_read_anew() {
    let hand = Hand::at(NOON);
    let app = app_that_spent(160.0, &hand).await;
    let fake = Receiver::start().await.then(&[Mood::Answers(429, Some("300"))]);
    choose(&app, &[hook("hook", &fake)]);
    app.sync().await;
    app.engine.tell().await.expect("reads");
    // Another one is due, and waits behind it.
    spend(&app, 190.0);
    app.sync().await;
    let shown = app.engine.snapshot().number;
    for second in 10..14 {
        hand.set(&format!("2026-11-02T12:00:{second}Z"));
        app.engine.tell().await.expect("reads");
    }
    assert_eq!(
        (fake.bodies().len(), app.engine.snapshot().number),
        (1, shown),
        "nothing was tried, nothing has changed"
    );
    hand.set("2026-11-02T12:05:00Z");
    app.engine.tell().await.expect("reads");
    assert!(app.engine.snapshot().number > shown, "what was sent is in the log");
}

#[tokio::test]
async fn a_message_that_never_arrives_is_given_up_with_the_reason_and_one_that_is_refused_at_once() {
    let hand = Hand::at(NOON);
    let app = app_that_spent(160.0, &hand).await;
    let (down, picky) = (Receiver::start().await.then(&[Mood::Answers(500, None); 20]), Receiver::start().await);
    let picky = picky.then(&[Mood::Answers(400, None)]);
    choose(&app, &[hook("down", &down), hook("picky", &picky)]);
    app.sync().await;
    for hour in 12..24 {
        hand.set(&format!("2026-11-02T{hour}:00:00Z"));
        app.engine.tell().await.expect("reads");
    }
    let log = log(&app).await;
    let said: Vec<_> = log.iter().map(|one| (one.channel.as_str(), one.attempts, one.error.as_deref())).collect();
    assert_eq!(
        said,
        [
            ("down", 10, Some("given up after 10 attempts: it answered 500 Internal Server Error")),
            ("picky", 1, Some("it answered 400 Bad Request")),
        ]
    );
    assert!(log.iter().all(|one| one.state == DeliveryState::Dead && one.next_at.is_none() && one.done_at.is_some()));
}

#[tokio::test]
async fn a_channel_that_hangs_keeps_nobody_waiting() {
    let hand = Hand::at(NOON);
    let app = app_that_spent(160.0, &hand).await;
    let (stuck, fine) = (Receiver::start().await.then(&[Mood::Hangs]), Receiver::start().await);
    choose(&app, &[hook("a", &stuck), hook("b", &fine)]);
    let telling = tokio::spawn(keep_telling(app.engine.clone()));
    app.sync().await;
    stuck.has_got(1).await;
    fine.has_got(1).await;
    spend(&app, 190.0);
    app.sync().await;
    fine.has_got(2).await;
    assert_eq!(stuck.bodies().len(), 1);
    app.engine.stop();
    let ended = tokio::time::timeout(Duration::from_secs(8), telling).await;
    ended.expect("nor does stopping wait for it").expect("ends well");
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_a_failure_after_a_while() {
    let hand = Hand::at(NOON);
    let app = app_that_spent(160.0, &hand).await;
    let stuck = Receiver::start().await.then(&[Mood::Hangs]);
    choose(&app, &[hook("a", &stuck)]);
    app.sync().await;
    let mut engine = app.another_engine().await;
    Arc::get_mut(&mut engine).expect("is ours").sender = Sender { patience: Duration::from_millis(100) };
    engine.tell().await.expect("reads");
    let error = log(&app).await[0].error.clone().unwrap_or_default();
    assert!(error.contains("no answer"), "{error}");
    assert_eq!(states(&app).await, [(DeliveryState::Failed, 1)]);
}

#[tokio::test]
async fn a_crash_between_the_run_and_the_sending_loses_nothing() {
    let hand = Hand::at(NOON);
    let app = app_that_spent(160.0, &hand).await;
    let fake = Receiver::start().await;
    choose(&app, &[hook("hook", &fake)]);
    app.sync().await;
    assert_eq!(states(&app).await, [(DeliveryState::Queued, 0)]);
    let restarted = app.another_engine().await;
    restarted.tell().await.expect("reads");
    assert_eq!(fake.bodies().len(), 1, "what was queued before the crash is sent after it");
}

#[tokio::test]
async fn a_crash_between_the_sending_and_its_note_sends_again_under_the_same_id() {
    let hand = Hand::at(NOON);
    let app = app_that_spent(160.0, &hand).await;
    let fake = Receiver::start().await;
    choose(&app, &[hook("hook", &fake)]);
    app.sync().await;
    let now = hand.clock().now().timestamp_millis();
    let claimed = app.engine.store.claim("hook", now, now + 120_000).await.expect("writes").expect("is due");
    let restarted = app.another_engine().await;
    restarted.tell().await.expect("reads");
    assert_eq!(fake.bodies().len(), 0, "somebody may be at it");
    hand.set("2026-11-02T12:02:00Z");
    restarted.tell().await.expect("reads");
    assert_eq!((fake.bodies().len(), fake.bodies()[0]["id"].as_str()), (1, Some(claimed.message.id.as_str())));
    // Who held the first claim was not dead but slow: his word comes too late.
    let late = Settled::Dead("late".to_owned());
    app.engine.store.settle(&claimed, &late, now).await.expect("writes");
    assert_eq!(states(&app).await, [(DeliveryState::Sent, 2)]);
}

#[tokio::test]
async fn a_channel_that_was_switched_off_or_removed_gets_nothing_that_still_waits() {
    let hand = Hand::at(NOON);
    let app = app_that_spent(160.0, &hand).await;
    let fake = Receiver::start().await;
    choose(&app, &[hook("a", &fake), hook("b", &fake)]);
    app.sync().await;
    let mut off = hook("a", &fake);
    off["enabled"] = json!(false);
    choose(&app, &[off]);
    app.engine.config.reload();
    app.engine.tell().await.expect("reads");
    assert_eq!(fake.bodies().len(), 0);
    let reasons: Vec<_> = log(&app).await.into_iter().filter_map(|one| one.error).collect();
    assert_eq!(reasons, ["the channel is switched off", "there is no such channel any more"]);
}

#[tokio::test]
async fn nothing_is_sent_into_the_network_unless_it_is_allowed() {
    let hand = Hand::at(NOON);
    let app = app_that_spent(160.0, &hand).await;
    let fake = Receiver::start().await;
    let at = |name: &str, url: String| json!({"name": name, "kind": "webhook", "url": url, "allowHttp": true});
    let port = fake.addr.port();
    let channels = [
        at("literal", fake.url()),
        at("name", format!("http://localhost:{port}/")),
        at("mapped", format!("http://[::ffff:127.0.0.1]:{port}/")),
        at("decimal", format!("http://2130706433:{port}/")),
        at("metadata", "http://169.254.169.254/latest/meta-data/".to_owned()),
        json!({"name": "mail", "kind": "email", "host": "localhost", "port": port, "tls": "none", "allowHttp": true,
            "from": "a@all.clear", "to": ["me@all.clear"]}),
    ];
    write(&app.data("config/channels.json"), json!({"ports": [port], "channels": channels}).to_string());
    app.sync().await;
    app.engine.tell().await.expect("reads");
    assert_eq!(fake.bodies().len(), 0);
    let log = log(&app).await;
    assert_eq!(log.len(), 6);
    for one in &log {
        assert!(one.error.as_deref().is_some_and(|error| error.contains("is not public")), "{one:?}");
        assert_eq!(one.state, DeliveryState::Dead);
    }
}

#[tokio::test]
async fn nothing_is_sent_to_a_port_that_nobody_named() {
    let hand = Hand::at(NOON);
    let app = app_that_spent(160.0, &hand).await;
    let fake = Receiver::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    // The address is not in the file, so that only the sending sees its port.
    let url = folder.path().join("url");
    write(&url, fake.url());
    let hook = json!({"name": "hook", "kind": "webhook", "url": {"file": url}, "allowHttp": true});
    write(&app.data("config/channels.json"), json!({"allow": ["127.0.0.0/8"], "channels": [hook]}).to_string());
    app.sync().await;
    app.engine.tell().await.expect("reads");
    let said = format!("port {} is not one that is sent to; \"ports\" in channels.json can name it", fake.addr.port());
    assert_eq!((fake.bodies().len(), log(&app).await[0].error.clone()), (0, Some(said)));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let hand = Hand::at(NOON);
    let app = app_that_spent(160.0, &hand).await;
    let fake = Receiver::start().await.then(&[Mood::Answers(307, None)]);
    choose(&app, &[hook("hook", &fake)]);
    app.sync().await;
    app.engine.tell().await.expect("reads");
    assert_eq!(fake.bodies().len(), 1);
    let error = log(&app).await[0].error.clone().unwrap_or_default();
    assert_eq!(error, "it answered 307 Temporary Redirect; redirects are not followed");
}

#[tokio::test]
async fn the_end_of_an_alert_is_told_to_who_wants_it_and_never_before_the_alert() {
    let hand = Hand::at(NOON);
    let app = app_that_spent(160.0, &hand).await;
    let fake = Receiver::start().await.then(&[Mood::Answers(500, None)]);
    choose(
        &app,
        &[
            json!({"name": "duty", "kind": "pagerduty", "routingKey": "R", "url": fake.url(), "allowHttp": true}),
            hook("silent", &Receiver::start().await),
        ],
    );
    app.sync().await;
    app.engine.tell().await.expect("reads");
    spend(&app, 10.0);
    hand.set("2026-11-02T12:00:10Z");
    app.sync().await;
    app.engine.tell().await.expect("reads");
    assert_eq!(fake.bodies().len(), 1, "the end waits behind what failed");
    hand.set("2026-11-02T12:01:00Z");
    app.engine.tell().await.expect("reads");
    let actions: Vec<_> = fake.bodies().iter().map(|body| body["event_action"].as_str().map(str::to_owned)).collect();
    assert_eq!(actions, ["trigger", "trigger", "resolve"].map(|action| Some(action.to_owned())));
    assert_eq!(log(&app).await.iter().filter(|one| one.channel == "silent").count(), 1);
}

#[tokio::test]
async fn several_alerts_of_a_run_are_one_message() {
    let hand = Hand::at(NOON);
    let app = app_that_spent(190.0, &hand).await;
    let fake = Receiver::start().await;
    choose(&app, &[hook("hook", &fake)]);
    write(&app.data("config/alerts.json"), r#"{"groupFrom": 2}"#);
    app.sync().await;
    app.engine.tell().await.expect("reads");
    let bodies = fake.bodies();
    assert_eq!((bodies.len(), bodies[0]["alertKeys"].as_array().map(Vec::len)), (1, Some(2)), "{bodies:?}");
}

#[tokio::test]
async fn a_test_is_sent_by_the_page_and_by_scripts_and_says_why_it_did_not_arrive() {
    let hand = Hand::at(NOON);
    let app = app_that_spent(1.0, &hand).await;
    let fake =
        Receiver::start().await.then(&[Mood::Answers(200, None), Mood::Answers(200, None), Mood::Answers(403, None)]);
    choose(&app, &[hook("hook", &fake)]);
    app.engine.config.reload();
    let addr = app.serve().await;
    let shown = page(addr, "/alerts").await;
    assert!(shown.contains("action=\"/rpc/test_channel\"") && shown.contains("Send a test to hook"), "{shown}");
    assert!(!shown.contains(&fake.url()), "an address may be a key");
    assert_eq!(submit(addr, "/alerts", "/rpc/test_channel", "channel=hook").await, "/alerts");
    assert_eq!(fake.bodies()[0]["message"], "This is a test from Allclear. Nothing is wrong.");
    let api = async |name: &str| {
        let headers = [("Content-Type", "application/json")];
        let body = json!({"channel": name}).to_string();
        let (status, _, body) = http(addr, "POST", "/api/channels/test", &headers, &body).await;
        (status, serde_json::from_str::<Value>(&body).unwrap_or_default())
    };
    hand.set("2026-11-02T12:00:01Z");
    assert_eq!(api("hook").await, (200, json!({"channel": "hook", "sent": true})));
    hand.set("2026-11-02T12:00:02Z");
    let (status, said) = api("hook").await;
    assert_eq!((status, &said["details"]), (502, &json!(["it answered 403 Forbidden"])), "{said}");
    assert_eq!(api("nobody").await.0, 404);
    assert_eq!(app.engine.test_channel("nobody").await.expect("reads"), Tested::Unknown(vec!["hook".to_owned()]));
    let shown = page(addr, "/alerts").await;
    assert!(shown.contains("Deliveries") && shown.contains("it answered 403 Forbidden"), "{shown}");
    assert_eq!(states(&app).await, [(DeliveryState::Dead, 1), (DeliveryState::Sent, 1), (DeliveryState::Sent, 1)]);
}
