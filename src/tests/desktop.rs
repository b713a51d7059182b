//! The desktop, on a session bus of the test's own: with a program that shows notifications, without one, and without any
//! session.

use std::collections::HashMap;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use zbus::OwnedVariant;

use super::alerts::{Hand, app_that_spent};
use super::channels::{NOON, choose, log};
use super::child::{child, told};
use super::harness::write;
use super::pages::page;

/// What runs in the session: one run, what came of it, and what the page says of the channel.
#[tokio::test]
async fn the_process_that_has_a_desktop() {
    let Some(told) = told() else { return };
    let hand = Hand::at(NOON);
    let app = app_that_spent(190.0, &hand).await;
    choose(&app, &[json!({"name": "desk", "kind": "desktop", "levels": ["critical"]})]);
    app.sync().await;
    app.engine.tell().await.expect("sends");
    let log: Vec<Value> = log(&app).await.iter().map(|one| json!([one.state, one.error])).collect();
    let shown = page(app.serve().await, "/alerts").await;
    let answer = json!({"log": log, "absent": shown.contains("no desktop session here")});
    write(std::path::Path::new(told["answer"].as_str().expect("a file")), answer.to_string());
}

type Shown = Arc<Mutex<Vec<(String, String, u8)>>>;

/// What desktops have: the service that shows notifications (freedesktop.org, 1.2).
struct Daemon(Shown);

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Daemon {
    #[expect(clippy::too_many_arguments, reason = "the interface has so many")]
    fn notify(
        &self,
        app_name: &str,
        _replaces: u32,
        _icon: &str,
        summary: &str,
        body: &str,
        _actions: Vec<String>,
        hints: HashMap<String, OwnedVariant>,
        _timeout: i32,
    ) -> u32 {
        assert_eq!(app_name, "Allclear");
        let urgency = hints.get("urgency").and_then(|value| u8::try_from(value).ok()).expect("is said");
        let mut shown = self.0.lock().expect("is not poisoned");
        shown.push((summary.to_owned(), body.to_owned(), urgency));
        u32::try_from(shown.len()).expect("is small")
    }
}

/// A session bus, until it is dropped, and its address.
async fn bus() -> (Child, String) {
    let mut command = Command::new("dbus-daemon");
    command.args(["--session", "--nofork", "--print-address"]).stdout(Stdio::piped()).kill_on_drop(true);
    let mut daemon = command.spawn().expect("dbus-daemon is there: scripts/setup-test.sh installs it");
    let mut lines = BufReader::new(daemon.stdout.take().expect("is piped")).lines();
    let address = lines.next_line().await.expect("reads").expect("says its address");
    (daemon, address)
}

/// Runs the child with a session, or with none; returns what it found.
async fn run(address: Option<&str>) -> Value {
    let folder = tempfile::tempdir().expect("a folder");
    let answer = folder.path().join("answer.json");
    let mut process = child("tests::desktop::the_process_that_has_a_desktop", &json!({"answer": answer}));
    process.env_remove("XDG_RUNTIME_DIR").env_remove("DBUS_SESSION_BUS_ADDRESS");
    if let Some(address) = address {
        process.env("DBUS_SESSION_BUS_ADDRESS", address);
    }
    assert!(process.status().await.expect("ends").success());
    serde_json::from_slice(&std::fs::read(&answer).expect("is there")).expect("is JSON")
}

#[tokio::test]
async fn an_alert_is_shown_on_the_desktop_of_the_session() {
    let (_bus, address) = bus().await;
    let shown = Shown::default();
    let _daemon = zbus::connection::Builder::address(address.as_str())
        .serve_at("/org/freedesktop/Notifications", Daemon(shown.clone()))
        .name("org.freedesktop.Notifications")
        .build()
        .await
        .expect("connects");
    assert_eq!(run(Some(&address)).await, json!({"log": [["sent", null]], "absent": false}));
    let shown = shown.lock().expect("is not poisoned").clone();
    assert_eq!((shown.len(), shown[0].0.as_str(), shown[0].2), (1, "Critical Budget Alert", 2));
    assert!(shown[0].1.contains("Global spend is at 95.0% of $200 budget"), "{shown:?}");
}

#[tokio::test]
async fn a_session_that_shows_nothing_is_tried_again_and_a_server_without_one_is_no_failure() {
    let (_bus, address) = bus().await;
    let found = run(Some(&address)).await;
    assert_eq!(found["log"], json!([["failed", "no program of the desktop session shows notifications"]]));
    assert_eq!(run(None).await, json!({"log": [], "absent": true}), "nothing is queued, and the page says why");
}
