//! One run at a time, in one process and between processes.

use chrono::{Duration, Utc};

use super::harness::{TestApp, http, plain, write};
use crate::model::{RunStatus, Trigger};
use crate::sync::lock::{Acquire, acquire};
use crate::sync::{LOCK_FILE, Outcome};

#[tokio::test]
async fn a_held_lock_makes_a_second_run_wait_its_turn() {
    let app = TestApp::new().await;
    app.write_log("-p/s.jsonl", plain("msg_1"));
    let held = acquire(&app.data(LOCK_FILE), Utc::now()).expect("acquires");
    assert!(matches!(held, Acquire::Held(_)));
    let other = app.another_engine().await;
    assert!(matches!(other.run(Trigger::Manual, &[]).await, Ok(Outcome::Busy(_))));
    let addr = app.serve().await;
    let (status, _, body) = http(addr, "POST", "/api/sync", &[], "").await;
    assert_eq!(status, 409);
    assert!(body.contains("Sync already in progress"), "{body}");
    drop(held);
    assert_eq!(app.sync().await.status, RunStatus::Success);
    assert!(!app.data(LOCK_FILE).exists(), "the lock is gone after the run");
}

#[tokio::test]
async fn a_hand_made_lock_counts_for_an_hour() {
    let app = TestApp::new().await;
    write(&app.data(LOCK_FILE), Utc::now().to_rfc3339());
    assert!(matches!(app.engine.run(Trigger::Cli, &[]).await, Ok(Outcome::Busy(_))));
    write(&app.data(LOCK_FILE), (Utc::now() - Duration::minutes(72)).to_rfc3339());
    assert!(matches!(app.engine.run(Trigger::Cli, &[]).await, Ok(Outcome::Finished(_))));
}
