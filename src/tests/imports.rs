//! Files of other programs, beside what the logs of this machine tell of.

use chrono::{TimeDelta, Utc};

use super::harness::{TestApp, plain, write};

/// Imports a file by the command line; says whether it could.
async fn import(app: &TestApp, rest: &'static [&'static str]) {
    let text = |path: std::path::PathBuf| path.to_str().expect("is text").to_owned();
    let (data, file) = (text(app.data("")), text(app.data("old.csv")));
    let run = move || {
        let line = ["--data-dir", &data, "--timezone", "UTC", "import", &file];
        crate::cli::run_line(&[&line[..], rest].concat())
    };
    assert_eq!(tokio::task::spawn_blocking(run).await.expect("ends"), Ok(true));
}

/// Messages of the last thirty days, by their sources.
async fn messages(app: &TestApp) -> Vec<(String, u64)> {
    app.engine.recompute().await.expect("computes");
    let snapshot = app.engine.snapshot();
    let by_source = &snapshot.analytics.windows["30d"].by_source;
    by_source.iter().map(|(source, spend)| (source.clone(), spend.messages)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_that_a_log_tells_of_counts_once_whichever_came_first() {
    let app = TestApp::new().await;
    let day = |ago: i64| (Utc::now() - TimeDelta::days(ago)).date_naive();
    let line = |ago: i64| format!("{},claude-opus-5-5,1000,20,1.00\n", day(ago));
    write(&app.data("old.csv"), "date,model,input,output,cost\n".to_owned() + &line(3) + &line(2));
    import(&app, &[]).await;
    let told = |counts: &[(&str, u64)]| -> Vec<(String, u64)> {
        counts.iter().map(|(source, count)| ((*source).to_owned(), *count)).collect()
    };
    assert_eq!(messages(&app).await, told(&[("import", 2)]));
    app.write_log("-p/a.jsonl", plain("msg_1").replace("2026-11-18", &day(2).to_string()));
    app.sync().await;
    assert_eq!(messages(&app).await, told(&[("claude_code", 1), ("import", 1)]), "the log knows more of that day");
    import(&app, &["--include-known-days"]).await;
    assert_eq!(messages(&app).await, told(&[("claude_code", 1), ("import", 2)]), "asked for all the same");
}
