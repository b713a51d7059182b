//! The exact request every kind of channel is sent.

use serde_json::{Value, json};

use super::*;

fn channel(rest: &Value) -> Channel {
    let mut all = json!({"name": "a"});
    all.as_object_mut().expect("is an object").extend(rest.as_object().cloned().unwrap_or_default());
    serde_json::from_value(all).expect("is a channel")
}

fn crossed() -> Notification {
    Notification {
        alert_key: "global-90@2026-11".to_owned(),
        alert_keys: vec!["global-90@2026-11".to_owned()],
        kind: AlertType::Global,
        level: AlertLevel::Critical,
        title: "Critical Budget Alert".to_owned(),
        message: "Global <spend> & more is at 92.5% of $200".to_owned(),
        href: "/alerts".to_owned(),
        fired_at: "2026-11-02T12:00:00.000Z".to_owned(),
        resolved: false,
    }
}

const LINK: Option<&str> = Some("https://all.clear/alerts");

fn made(rest: &Value, notification: &Notification, link: Option<&str>) -> Post {
    let channel = channel(rest);
    let keys = channel.keys().expect("are there");
    let now = DateTime::<Utc>::from_timestamp_secs(1_793_620_800).unwrap_or_default();
    let message = Message { id: "global-90@2026-11#1#é", notification, link, now };
    post(&channel, &keys, &message).expect("is complete")
}

fn check(rest: &Value, url: &str, body: &Value) {
    let post = made(rest, &crossed(), LINK);
    assert_eq!(post.url, url);
    assert_eq!(&serde_json::from_str::<Value>(&post.body).expect("is JSON"), body);
}

fn header<'a>(post: &'a Post, name: &str) -> &'a str {
    post.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str()).unwrap_or_default()
}

#[test]
fn a_webhook_gets_the_alert_signed_and_an_id_that_stays() {
    let hook = json!({"kind": "webhook", "url": "https://hook.test/x?y=1", "secret": "s3cret"});
    let post = made(&hook, &crossed(), LINK);
    assert_eq!(post.url, "https://hook.test/x?y=1");
    assert_eq!(
        serde_json::from_str::<Value>(&post.body).expect("is JSON"),
        json!({
            "id": "global-90@2026-11#1#é", "event": "raised", "alertKey": "global-90@2026-11",
            "alertKeys": ["global-90@2026-11"], "type": "global", "level": "critical", "title": "Critical Budget Alert",
            "message": "Global <spend> & more is at 92.5% of $200", "firedAt": "2026-11-02T12:00:00.000Z",
            "href": "/alerts", "url": "https://all.clear/alerts",
        })
    );
    assert_eq!(header(&post, "idempotency-key"), "global-90@2026-11#1#%C3%A9");
    assert_eq!(header(&post, "x-allclear-timestamp"), "1793620800");
    let signature = header(&post, "x-allclear-signature").strip_prefix("v1=").expect("has a version");
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, b"s3cret");
    let signed = format!("1793620800.{}", post.body);
    let tag: Vec<u8> = (0..signature.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&signature[at..at + 2], 16).expect("is hexadecimal"))
        .collect();
    ring::hmac::verify(&key, signed.as_bytes(), &tag).expect("is the signature of timestamp and body");
    let unsigned = made(&json!({"kind": "webhook", "url": "https://hook.test"}), &crossed(), None);
    assert_eq!(header(&unsigned, "x-allclear-signature"), "");
}

#[test]
fn chats_get_their_own_json() {
    check(
        &json!({"kind": "slack", "url": "https://hooks.slack.test/T/B/x"}),
        "https://hooks.slack.test/T/B/x",
        &json!({
            "text": "Critical Budget Alert: Global &lt;spend&gt; &amp; more is at 92.5% of $200",
            "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text":
                ":red_circle: *Critical Budget Alert*\nGlobal &lt;spend&gt; &amp; more is at 92.5% of $200\n<https://all.clear/alerts|Open the dashboard>"}}],
            "unfurl_links": false,
        }),
    );
    check(
        &json!({"kind": "discord", "url": "https://discord.test/api/webhooks/1/x"}),
        "https://discord.test/api/webhooks/1/x",
        &json!({
            "embeds": [{"title": "Critical Budget Alert", "description": "Global <spend> & more is at 92.5% of $200",
                "color": 13_574_702, "timestamp": "2026-11-02T12:00:00.000Z", "url": "https://all.clear/alerts"}],
            "allowed_mentions": {"parse": []},
        }),
    );
    check(
        &json!({"kind": "teams", "url": "https://teams.test/workflow"}),
        "https://teams.test/workflow",
        &json!({"type": "message", "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": null, "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4",
                "body": [
                    {"type": "TextBlock", "text": "Critical Budget Alert", "weight": "Bolder", "size": "Medium", "color": "Attention", "wrap": true},
                    {"type": "TextBlock", "text": "Global <spend> & more is at 92.5% of $200", "wrap": true},
                ],
                "actions": [{"type": "Action.OpenUrl", "title": "Open the dashboard", "url": "https://all.clear/alerts"}],
            },
        }]}),
    );
    check(
        &json!({"kind": "telegram", "token": "12:ab", "chatId": "-100"}),
        "https://api.telegram.org/bot12:ab/sendMessage",
        &json!({
            "chat_id": "-100", "link_preview_options": {"is_disabled": true},
            "text": "Critical Budget Alert\nGlobal <spend> & more is at 92.5% of $200\nhttps://all.clear/alerts",
        }),
    );
}

#[test]
fn pushes_get_their_own_json_and_their_key_in_a_header() {
    let ntfy = json!({"kind": "ntfy", "topic": "mine", "token": "tk_1"});
    check(
        &ntfy,
        "https://ntfy.sh/",
        &json!({"topic": "mine", "title": "Critical Budget Alert", "message": "Global <spend> & more is at 92.5% of $200",
            "priority": 5, "tags": ["rotating_light"], "click": "https://all.clear/alerts"}),
    );
    assert_eq!(header(&made(&ntfy, &crossed(), None), "authorization"), "Bearer tk_1");
    let gotify = json!({"kind": "gotify", "url": "https://gotify.test/sub/", "token": "A1"});
    check(
        &gotify,
        "https://gotify.test/sub/message",
        &json!({"title": "Critical Budget Alert", "message": "Global <spend> & more is at 92.5% of $200", "priority": 8,
            "extras": {"client::notification": {"click": {"url": "https://all.clear/alerts"}}}}),
    );
    assert_eq!(header(&made(&gotify, &crossed(), None), "x-gotify-key"), "A1");
}

#[test]
fn an_incident_is_opened_and_closed_under_one_key() {
    let pagerduty = json!({"kind": "pagerduty", "routingKey": "R1"});
    check(
        &pagerduty,
        "https://events.pagerduty.com/v2/enqueue",
        &json!({
            "routing_key": "R1", "event_action": "trigger", "dedup_key": "global-90@2026-11", "client": "Allclear",
            "payload": {"summary": "Critical Budget Alert: Global <spend> & more is at 92.5% of $200", "source": "allclear",
                "severity": "critical", "timestamp": "2026-11-02T12:00:00.000Z", "class": "global"},
            "links": [{"href": "https://all.clear/alerts", "text": "Open the dashboard"}],
        }),
    );
    let over = Notification { resolved: true, ..crossed() };
    let body: Value = serde_json::from_str(&made(&pagerduty, &over, LINK).body).expect("is JSON");
    assert_eq!(body, json!({"routing_key": "R1", "event_action": "resolve", "dedup_key": "global-90@2026-11"}));
    let long = Notification { alert_key: "é".repeat(200), ..crossed() };
    let body: Value = serde_json::from_str(&made(&pagerduty, &long, LINK).body).expect("is JSON");
    assert_eq!(body["dedup_key"].as_str().map(str::len), Some(16), "PagerDuty takes 255 characters");
}

#[test]
fn a_mail_has_the_same_id_at_every_attempt_and_no_line_of_an_alert_becomes_a_header() {
    let channel = channel(&json!({
        "kind": "email", "host": "mail.test", "from": "Allclear <a@all.clear>", "to": ["me@all.clear", "you@all.clear"],
    }));
    let mut notification = crossed();
    notification.message = "spend\r\nBcc: canary@all.clear".to_owned();
    let at = |seconds| DateTime::<Utc>::from_timestamp_secs(seconds).unwrap_or_default();
    let mail = |seconds| {
        let message = Message { id: "x#1", notification: &notification, link: LINK, now: at(seconds) };
        String::from_utf8(email::mail(&channel, &message).expect("is written").formatted()).expect("is text")
    };
    let (first, second) = (mail(1_793_620_800), mail(1_793_620_900));
    let id = |mail: &str| mail.lines().find(|line| line.starts_with("Message-ID: ")).map(str::to_owned);
    assert!(id(&first).is_some() && id(&first) == id(&second), "{first}");
    let (head, body) = first.split_once("\r\n\r\n").expect("has a head");
    assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");
    assert!(head.contains("To: me@all.clear, you@all.clear") && body.contains("https://all.clear/alerts"), "{first}");
}

#[test]
fn words_that_are_too_long_are_cut_to_what_a_service_takes() {
    let long = Notification { message: "é&".repeat(9_000), ..crossed() };
    let text = |rest: Value, path: &str| {
        let body: Value = serde_json::from_str(&made(&rest, &long, LINK).body).expect("is JSON");
        body.pointer(path).and_then(Value::as_str).expect("is text").chars().count()
    };
    assert!(text(json!({"kind": "slack", "url": "https://a.test"}), "/blocks/0/text/text") <= 3_000);
    assert!(text(json!({"kind": "discord", "url": "https://a.test"}), "/embeds/0/description") <= 4_096);
    assert!(text(json!({"kind": "telegram", "token": "1", "chatId": "1"}), "/text") <= 4_096);
    assert!(text(json!({"kind": "pagerduty", "routingKey": "1"}), "/payload/summary") <= 1_024);
}

#[tokio::test]
async fn a_program_gets_the_alert_by_input_and_environment_and_nothing_of_ours() {
    let folder = tempfile::tempdir().expect("a folder");
    let told = folder.path().join("told");
    let script = "cat > \"$1\"; env >> \"$1\"";
    let command: Vec<String> =
        ["/bin/sh", "-c", script, "sh", told.to_str().expect("is text")].map(str::to_owned).to_vec();
    let notification = Notification { message: "$(touch canary); 'x'".to_owned(), ..crossed() };
    let message = Message { id: "x#1", notification: &notification, link: LINK, now: Utc::now() };
    command::run(&command, &message).await.expect("runs");
    let told = std::fs::read_to_string(&told).expect("was told");
    assert!(told.starts_with("{\"") && told.contains("\"event\":\"raised\""), "{told}");
    for line in ["ALLCLEAR_LEVEL=critical", "ALLCLEAR_EVENT=raised", "ALLCLEAR_MESSAGE=$(touch canary); 'x'"] {
        assert!(told.lines().any(|told| told.ends_with(line)), "no {line}: {told}");
    }
    assert!(!told.contains("CARGO"), "our environment is ours: {told}");
    let failed = ["/bin/sh", "-c", "exit 3"].map(str::to_owned);
    let failure = command::run(&failed, &message).await.expect_err("fails");
    assert_eq!(failure.reason(), "the program ended with exit status: 3");
}
