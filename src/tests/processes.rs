//! Several processes on one data folder: the command line beside the server, `cron` beside `serve --no-schedule`.

use super::harness::{TestApp, plain};
use crate::model::Trigger;
use crate::sync::{Outcome, keep_current};

#[tokio::test]
async fn what_another_process_reads_is_shown() {
    let app = TestApp::new().await;
    let mut live = app.engine.live();
    let shown = tokio::spawn(keep_current(app.engine.clone()));
    app.write_log("-p/s.jsonl", plain("msg_1"));
    let other = app.another_engine().await;
    let Ok(Outcome::Finished(run)) = other.run(Trigger::Cli, &[]).await else { panic!("runs") };
    live.wait_for(|live| live.last.as_ref().is_some_and(|last| last.id == run.id)).await.expect("lives");
    let snapshot = app.engine.snapshot();
    assert!(snapshot.has_data);
    assert_eq!(snapshot.runs.first().map(|run| run.id.clone()), Some(run.id));
    assert_eq!(live.borrow().last_success.is_some(), snapshot.last_success.is_some());
    app.engine.stop();
    shown.await.expect("ends when asked");
}

#[tokio::test]
async fn after_a_run_of_its_own_nothing_is_computed_twice() {
    let app = TestApp::new().await;
    app.write_log("-p/s.jsonl", plain("msg_1"));
    app.sync().await;
    assert_eq!(app.engine.snapshot().generation, app.engine.store.generation().await.expect("reads"));
    app.sync().await;
    assert_eq!(app.engine.snapshot().generation, app.engine.store.generation().await.expect("reads"));
}

#[tokio::test]
async fn a_plan_of_the_scheduler_survives_a_sync_by_hand() {
    let app = TestApp::new().await;
    let next = (chrono::Utc::now() + chrono::Duration::minutes(7)).to_rfc3339();
    super::harness::write(&app.data("sync-status.json"), format!("{{\"nextRun\":\"{next}\"}}"));
    app.sync().await;
    let status = std::fs::read_to_string(app.data("sync-status.json")).expect("reads");
    assert!(status.contains(&next), "{status}");
}
