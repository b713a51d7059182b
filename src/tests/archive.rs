//! The archive: its last line for a row is what the roll-up says.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{Duration, Utc};
use serde_json::{Value, json};

use super::harness::{TestApp, line, plain};
use crate::sync::Clock;

const LOG: &str = "-p/s.jsonl";

/// Day → messages, from the last line of every row of all months.
fn archived(app: &TestApp) -> BTreeMap<String, u64> {
    let mut files: Vec<_> = std::fs::read_dir(app.data("history/tokens"))
        .expect("has a folder")
        .map(|file| file.expect("lists").path())
        .collect();
    files.sort();
    let mut lines: Vec<Value> = files
        .iter()
        .flat_map(|file| {
            let text = std::fs::read_to_string(file).expect("reads");
            text.lines().map(|line| serde_json::from_str(line).expect("is JSON")).collect::<Vec<Value>>()
        })
        .collect();
    lines.sort_by_key(|line| line["timestamp"].as_str().map(str::to_owned));
    let mut days = BTreeMap::new();
    for line in lines {
        let day = line["data"]["date"].as_str().expect("has a date").to_owned();
        days.insert(day, line["data"]["messages"].as_u64().expect("has a count"));
    }
    days
}

#[tokio::test]
async fn a_row_whose_facts_moved_away_is_archived_as_empty() {
    let app = TestApp::new().await;
    app.write_log(LOG, plain("msg_1"));
    app.sync().await;
    assert_eq!(archived(&app), BTreeMap::from([("2026-11-18".to_owned(), 1)]));
    // The same message, finished after midnight.
    app.append_log(LOG, &line("msg_1", "req_msg_1", 5000, |line| line["timestamp"] = json!("2026-11-19T00:00:10Z")));
    app.sync().await;
    assert_eq!(archived(&app), BTreeMap::from([("2026-11-18".to_owned(), 0), ("2026-11-19".to_owned(), 1)]));
    assert_eq!(app.engine.store.rollup(None).await.expect("reads").len(), 1, "and shown nowhere");
}

#[tokio::test]
async fn a_clock_set_back_hides_nothing_from_the_archive() {
    let days = Arc::new(AtomicI64::new(0));
    let turned = days.clone();
    let clock = Clock::showing(move || Utc::now() + Duration::days(turned.load(Ordering::SeqCst)));
    let app = TestApp::with_clock(clock).await;
    app.write_log(LOG, plain("msg_1"));
    app.sync().await;
    days.store(-20, Ordering::SeqCst);
    app.append_log(LOG, &line("msg_2", "r", 1, |line| line["timestamp"] = json!("2026-10-18T09:15:02.123Z")));
    app.sync().await;
    assert_eq!(archived(&app).len(), 2);
}
