//! The schedule, with a clock the test turns.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Utc};

use super::harness::{TestApp, plain, write};
use crate::model::Trigger;
use crate::sources::Source;
use crate::sync::{Clock, keep_time};

/// A clock that stands still until it is turned.
fn turned_by(minutes: &Arc<AtomicI64>) -> Clock {
    let start = Utc::now();
    let minutes = minutes.clone();
    Clock::showing(move || start + chrono::Duration::minutes(minutes.load(Ordering::SeqCst)))
}

/// Waits until the log holds `count` runs of a trigger.
async fn runs(app: &TestApp, trigger: Trigger, count: usize) {
    let mut live = app.engine.live();
    loop {
        let found = app.engine.snapshot().runs.iter().filter(|run| run.trigger == trigger).count();
        assert!(found <= count, "one run too many");
        if found == count {
            return;
        }
        live.changed().await.expect("the engine lives");
    }
}

#[tokio::test]
async fn runs_come_when_they_are_due_and_a_new_interval_counts_at_once() {
    let minutes = Arc::new(AtomicI64::new(0));
    let app = TestApp::with_clock(turned_by(&minutes)).await;
    app.write_log("-p/s.jsonl", plain("msg_1"));
    let schedule = tokio::spawn(keep_time(app.engine.clone(), true));
    runs(&app, Trigger::Startup, 1).await;
    minutes.store(14, Ordering::SeqCst);
    minutes.store(15, Ordering::SeqCst);
    runs(&app, Trigger::Schedule, 1).await;
    write(&app.data("config/sync.json"), "{\"intervalMinutes\": 7}");
    app.engine.config.reload();
    minutes.store(22, Ordering::SeqCst);
    runs(&app, Trigger::Schedule, 2).await;
    // A broken file changes nothing.
    write(&app.data("config/sync.json"), "{\"intervalMinutes\": 0}");
    assert_eq!(app.engine.config.reload().len(), 1);
    minutes.store(29, Ordering::SeqCst);
    runs(&app, Trigger::Schedule, 3).await;
    let next: DateTime<Utc> = app.engine.next_run().expect("is planned");
    assert!(next > app.engine.clock.now());
    app.engine.stop();
    schedule.await.expect("ends when asked");
}

#[tokio::test]
async fn a_source_with_an_interval_of_its_own_comes_alone() {
    let minutes = Arc::new(AtomicI64::new(0));
    let app = TestApp::with_clock(turned_by(&minutes)).await;
    app.write_log("-p/s.jsonl", plain("msg_1"));
    write(&app.data("tokens.json"), "{\"entries\": []}");
    let sources = format!("{{\"claude_code\": {{\"intervalMinutes\": 5, \"roots\": [{:?}]}}}}", app.log("../"));
    write(&app.data("config/sources.json"), sources);
    assert!(app.engine.config.reload().is_empty());
    let schedule = tokio::spawn(keep_time(app.engine.clone(), true));
    runs(&app, Trigger::Startup, 1).await;
    minutes.store(5, Ordering::SeqCst);
    runs(&app, Trigger::Schedule, 1).await;
    assert_eq!(sources_of(&app), ["claude_code"]);
    minutes.store(10, Ordering::SeqCst);
    runs(&app, Trigger::Schedule, 2).await;
    minutes.store(15, Ordering::SeqCst);
    runs(&app, Trigger::Schedule, 3).await;
    let asked = Source::ALL.into_iter().filter(|source| !source.is_received());
    let others = asked.filter(|source| source.logs().is_none() || !source.is_optional());
    assert_eq!(sources_of(&app), others.map(Source::name).collect::<Vec<_>>(), "with all the others there are");
    app.engine.stop();
    schedule.await.expect("ends when asked");
}

/// The sources the last run read.
fn sources_of(app: &TestApp) -> Vec<String> {
    app.engine.snapshot().runs[0].steps.iter().filter_map(|step| step.source.clone()).collect()
}
