use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::*;
use crate::model::{Alert, DeliveryState, RunStatus, Trigger};

fn record(key: &str, raised_ms: i64) -> AlertRecord {
    let alert = Alert { alert_key: key.to_owned(), message: "Global spend".to_owned(), ..Alert::default() };
    AlertRecord { alert, raised_ms, notified_ms: Some(raised_ms), ..AlertRecord::default() }
}

fn message(key: &str) -> Message {
    Message {
        id: format!("{key}#1#hook"),
        channel: "hook".to_owned(),
        alert_key: key.to_owned(),
        payload: "{}".to_owned(),
        queued_ms: 5,
    }
}

fn run(id: &str) -> SyncRun {
    SyncRun {
        id: id.to_owned(),
        trigger: Trigger::Manual,
        status: RunStatus::Success,
        started_at: "1970-01-01T00:00:00.005Z".to_owned(),
        duration_ms: 1,
        error: None,
        steps: Vec::new(),
    }
}

#[tokio::test]
async fn a_run_its_alerts_and_their_messages_are_there_together() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).await.expect("opens");
    let conclusion = Conclusion {
        run: Some((run("r"), 5)),
        records: vec![record("global-90@2026-11", 5)],
        messages: vec![message("global-90@2026-11")],
    };
    let generation = store.generation().await.expect("reads");
    let written = store.conclude(|_| conclusion.clone()).await.expect("writes");
    assert_eq!((written.generation, written.records.clone()), (Some(generation + 1), conclusion.records.clone()));
    // The same again, as after a crash that hid the success: one run, one alert, one message.
    store.conclude(|known| Conclusion { records: known.to_vec(), ..conclusion.clone() }).await.expect("writes");
    store.close().await;
    let store = Store::open(folder.path()).await.expect("opens");
    assert_eq!(store.alert_records().await.expect("reads"), conclusion.records);
    assert_eq!(store.past_alerts(9).await.expect("reads"), conclusion.records);
    assert_eq!(store.runs(9).await.expect("reads").len(), 1);
    let deliveries = store.deliveries(9).await.expect("reads");
    assert_eq!((deliveries.len(), deliveries[0].state), (1, DeliveryState::Queued));
}

#[tokio::test]
async fn what_is_cut_off_has_left_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).await.expect("opens");
    // The second table's row cannot be written: the first one's must not stay.
    sqlx::query("DROP TABLE outbox").execute(&store.writer).await.expect("drops");
    let conclusion =
        Conclusion { run: Some((run("r"), 5)), records: vec![record("a@1", 5)], messages: vec![message("a@1")] };
    let generation = store.generation().await.expect("reads");
    store.conclude(|_| conclusion).await.expect_err("fails");
    assert_eq!(store.alert_records().await.expect("reads"), Vec::new());
    assert_eq!((store.runs(9).await.expect("reads").len(), store.generation().await.expect("reads")), (0, generation));
}

#[tokio::test]
async fn nothing_to_write_makes_no_generation_and_old_alerts_leave() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).await.expect("opens");
    assert_eq!(store.conclude(|_| Conclusion::default()).await.expect("is fine").generation, None);
    let over = |number: i64| AlertRecord {
        state: AlertState::Resolved,
        resolved_ms: Some(number),
        ..record(&format!("spike@{number}"), number)
    };
    let mut records: Vec<AlertRecord> = (0..=RESOLVED_KEPT).map(over).collect();
    records.push(record("global-75@2026-11", -1));
    store.conclude(|_| Conclusion { records, ..Conclusion::default() }).await.expect("writes");
    let kept = store.alert_records().await.expect("reads");
    assert_eq!(kept.len() as i64, RESOLVED_KEPT + 1, "the one that holds is the oldest, and stays");
    assert!(kept.iter().all(|record| record.alert.alert_key != "spike@0"));
}

const CHILD: &str = "ALLCLEAR_TEST_CONCLUDES_IN";
const KILLS: u64 = 12;

/// One run with one new alert and its message, by number.
fn numbered(number: u64) -> Conclusion {
    let key = format!("spike@{number}");
    Conclusion {
        run: Some((run(&number.to_string()), 5)),
        records: vec![record(&key, 5)],
        messages: vec![message(&key)],
    }
}

/// Runs `a_child_process` below in a process of its own.
fn child(folder: &Path) -> Child {
    let module = module_path!().split_once("::").map_or("", |(_crate, module)| module);
    let mut command = Command::new(std::env::current_exe().expect("the test binary"));
    command.args(["--exact", "--ignored", "--nocapture", &format!("{module}::a_child_process")]);
    command.env(CHILD, folder).stdin(Stdio::piped()).stdout(Stdio::piped());
    command.spawn().expect("starts")
}

#[tokio::test]
#[ignore = "the child's side of the test below"]
async fn a_child_process() {
    let Some(folder) = std::env::var_os(CHILD) else { return };
    let store = Store::open(Path::new(&folder)).await.expect("opens");
    for number in store.runs(u32::MAX).await.expect("reads").len() as u64.. {
        store.conclude(|_| numbered(number)).await.expect("writes");
        writeln!(std::io::stdout(), "\nconcluded {number}").expect("tells the parent");
    }
}

#[tokio::test]
async fn a_process_that_is_killed_has_told_all_of_a_run_or_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut told = 0;
    for round in 0..KILLS {
        let mut child = child(folder.path());
        let lines = BufReader::new(child.stdout.take().expect("is piped")).lines().map_while(Result::ok);
        let mut concluded = lines.filter_map(|line| line.strip_prefix("concluded ")?.parse::<u64>().ok());
        // At another moment of the work each time: some commits on, and then wherever it is.
        let last = concluded.nth((round % 5) as usize).expect("the child works");
        child.kill().expect("ends");
        child.wait().expect("has ended");
        told = last + 1;
        let store = Store::open(folder.path()).await.expect("opens");
        let of_alerts = |keys: Vec<String>| {
            let mut numbers: Vec<u64> =
                keys.iter().filter_map(|key| key.strip_prefix("spike@")?.parse().ok()).collect();
            numbers.sort_unstable();
            numbers
        };
        let mut runs: Vec<u64> =
            store.runs(u32::MAX).await.expect("reads").iter().filter_map(|run| run.id.parse().ok()).collect();
        runs.sort_unstable();
        let records = store.alert_records().await.expect("reads");
        let records = of_alerts(records.into_iter().map(|record| record.alert.alert_key).collect());
        let messages = store.deliveries(u32::MAX).await.expect("reads");
        let messages = of_alerts(messages.into_iter().map(|sent| sent.alert_key).collect());
        assert!(runs.len() as u64 >= told, "what was told to be written is there: {} of {told}", runs.len());
        assert_eq!((&runs, &runs), (&records, &messages), "round {round}: a run, its alert and its message");
        store.close().await;
    }
    assert!(told >= KILLS, "every round came further");
}
