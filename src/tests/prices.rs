//! Price lists, prices of one's own and repricing, by the command line and by what the next sync makes of them.

use axum::Router;
use axum::http::header;
use axum::routing::get;
use chrono::Utc;
use serde_json::{Value, json};

use super::harness::{TestApp, line, write};
use super::upstream::Upstream;
use crate::analytics::ReportBy;
use crate::cli::reprice::reprice;
use crate::cli::run_line;
use crate::model::Usd;
use crate::sync::LOCK_FILE;
use crate::sync::lock::{Acquire, acquire};

const LIST: &str = include_str!("../pricing/update/fixtures/litellm.json");
const LOG: &str = "-home-dev-dashboard/s.jsonl";

/// A million input tokens of a model, on a day that has passed.
fn million(message: &str, model: &str) -> String {
    line(message, &format!("req_{message}"), 0, |line| {
        line["message"]["model"] = json!(model);
        line["message"]["usage"] = json!({"input_tokens": 1_000_000, "output_tokens": 0});
    })
}

async fn command(app: &TestApp, line: &[&str]) -> Result<bool, String> {
    let folder = app.data("").display().to_string();
    let mut line: Vec<String> = line.iter().map(|word| (*word).to_owned()).collect();
    line.extend(["--data-dir".to_owned(), folder]);
    let run = move || run_line(&line.iter().map(String::as_str).collect::<Vec<_>>());
    tokio::task::spawn_blocking(run).await.expect("ends")
}

async fn cost(app: &TestApp) -> Option<Usd> {
    app.report(ReportBy::Day).await.totals.cost
}

fn read(app: &TestApp, name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(app.data(name)).expect("is there")).expect("is JSON")
}

#[tokio::test]
async fn a_price_list_prices_what_had_none_and_leaves_the_past() {
    let app = TestApp::new().await;
    app.write_log(LOG, million("msg_1", "claude-opus-7") + &million("msg_2", "gpt-5.4-mini"));
    app.sync().await;
    assert_eq!(cost(&app).await, Usd::from_f64(0.75), "the new model has no price yet");
    let list = app.data("list.json");
    write(&list, LIST);
    let from = list.display().to_string();
    assert_eq!(command(&app, &["prices", "update", "--from", &from, "--dry-run", "--json"]).await, Ok(true));
    assert!(!app.data("prices-updated.json").exists(), "a dry run writes nothing");
    assert_eq!(command(&app, &["prices", "update", "--from", &from]).await, Ok(true));
    let written = read(&app, "prices-updated.json");
    assert_eq!(written["format"], "litellm");
    assert_eq!((&written["counts"]["changed"], written["source"].as_str()), (&json!(2), Some(from.as_str())));
    app.sync().await;
    assert_eq!(cost(&app).await, Usd::from_f64(6.75), "six dollars more, and the changed price not yet");
    assert!(app.engine.config.problems().is_empty());

    // The same list again keeps the last one beside it, and brings no new costs.
    let stamp = app.engine.config.current().prices_stamp.clone();
    assert_eq!(command(&app, &["prices", "update", "--from", &from]).await, Ok(true));
    assert_eq!(read(&app, "prices-updated.json.previous")["models"], written["models"]);
    app.engine.config.reload();
    assert_eq!(app.engine.config.current().prices_stamp, stamp);

    let bytes = std::fs::read(app.data("prices-updated.json")).expect("is there");
    write(&list, "{\"models\": 3}");
    let refused = command(&app, &["prices", "update", "--from", &from]).await.expect_err("no list");
    assert!(refused.contains("list.json") && refused.contains("the prices stay as they are"), "{refused}");
    let missing = command(&app, &["prices", "update", "--from", "/nowhere/list.json"]).await.expect_err("no file");
    assert!(missing.contains("/nowhere/list.json"), "{missing}");
    assert_eq!(std::fs::read(app.data("prices-updated.json")).expect("is there"), bytes);
    for list in [&["prices", "list"][..], &["prices", "list", "--json"], &["prices", "list", "--unpriced"]] {
        assert_eq!(command(&app, list).await, Ok(true));
    }
}

#[tokio::test]
async fn a_damaged_list_is_told_and_takes_no_cost_away() {
    let app = TestApp::new().await;
    app.write_log(LOG, million("msg_1", "claude-opus-7"));
    write(&app.data("list.json"), LIST);
    let from = app.data("list.json").display().to_string();
    for _ in 0..2 {
        assert_eq!(command(&app, &["prices", "update", "--from", &from]).await, Ok(true));
    }
    app.sync().await;
    assert_eq!(cost(&app).await, Usd::from_f64(6.0));
    write(&app.data("prices-updated.json"), "{\"schema\": ");
    app.write_log(LOG, million("msg_1", "claude-opus-7") + &million("msg_2", "claude-opus-7"));
    app.sync().await;
    assert_eq!(cost(&app).await, Usd::from_f64(12.0), "the prices in force stay in force");
    let problem = app.engine.config.problems().first().cloned().expect("is told");
    assert_eq!(problem.path(), "data/prices-updated.json");
    assert!(problem.message.contains("allclear prices update"), "{}", problem.message);
    assert_eq!(command(&app, &["config", "check"]).await, Ok(false));

    // A new start: the one before helps out, and nothing stored is judged by it.
    let other = app.another_engine().await;
    assert_eq!(other.config.current().prices_stamp, None);
    app.write_log(LOG, ["msg_1", "msg_2", "msg_3"].map(|message| million(message, "claude-opus-7")).concat());
    other.run(crate::model::Trigger::Cli, &[]).await.expect("runs");
    assert_eq!(cost(&app).await, Usd::from_f64(18.0));
    let refused = command(&app, &["reprice"]).await.expect_err("which prices?");
    assert!(refused.contains("data/prices-updated.json") && refused.contains("Mend the file"), "{refused}");

    // The next update mends it.
    assert_eq!(command(&app, &["prices", "update", "--from", &from]).await, Ok(true));
    app.sync().await;
    assert!(app.engine.config.problems().is_empty());
    assert_eq!(cost(&app).await, Usd::from_f64(18.0));
}

#[tokio::test]
async fn a_price_is_set_and_the_rest_of_the_file_stays() {
    let app = TestApp::new().await;
    let file = "config/prices.json";
    let before = json!({"models": [
        {"model": "Mine", "aliases": ["my-own"], "input": 3.0, "output": 15.0, "cacheRead": 0.25, "to": "2027-01-01"},
        {"model": "other", "input": 0.000001, "output": 7},
    ]});
    write(&app.data(file), before.to_string());
    let set = ["prices", "set", "mine", "--input", "4", "--output", "20.5", "--cache-write", "5"];
    assert_eq!(command(&app, &set).await, Ok(true));
    assert_eq!(
        command(&app, &["prices", "set", "new", "--input", "1", "--output", "2", "--from", "2026-11-01"]).await,
        Ok(true)
    );
    let expected = json!({"models": [
        {"model": "Mine", "aliases": ["my-own"], "input": 4, "output": 20.5, "cacheWrite5m": 5, "cacheRead": 0.25, "to": "2027-01-01"},
        {"model": "other", "input": 0.000001, "output": 7},
        {"model": "new", "input": 1, "output": 2, "from": "2026-11-01"},
    ]});
    assert_eq!(read(&app, file), expected);
    assert_eq!(app.engine.config.reload(), [], "what was written can be read");

    for (line, part) in [
        (["prices", "set", "mine", "--input", "-4", "--output", "1"], "must not be negative"),
        (["prices", "set", "mine", "--input", "free", "--output", "1"], "such as 3.75"),
        (["prices", "set", "mine", "--input", "1000000", "--output", "1"], "a dollar per token or more"),
        (["prices", "set", "my-own", "--input", "1", "--output", "1"], "belongs to `mine` too"),
        (["prices", "set", " ", "--input", "1", "--output", "1"], "a name is empty"),
    ] {
        let error = command(&app, &line).await.expect_err("is refused");
        assert!(error.contains(part), "{error}, expected {part}");
    }
    assert_eq!(read(&app, file), expected);
    write(&app.data(file), "{\"models\": [");
    let error = command(&app, &["prices", "set", "mine", "--input", "1", "--output", "1"]).await.expect_err("broken");
    assert!(error.contains("prices.json") && error.contains("it holds {\"models\""), "{error}");
    assert_eq!(
        std::fs::read_to_string(app.data(file)).expect("reads"),
        "{\"models\": [",
        "a broken file is left alone"
    );
}

#[tokio::test]
async fn repricing_says_what_changed_and_never_runs_beside_a_sync() {
    let app = TestApp::new().await;
    let reported = line("msg_3", "r", 0, |line| line["costUSD"] = json!(0.25));
    app.write_log(LOG, million("msg_1", "mine") + &million("msg_2", "gpt-5.4-mini") + &reported);
    app.sync().await;
    let (engine, config) = (&app.engine, &app.engine.config);
    let nothing = reprice(config, &engine.store).await.expect("reprices");
    assert_eq!((nothing.changed, nothing.messages, nothing.difference), (0, 3, Usd::ZERO));
    let prices = json!({"models": [{"model": "mine", "input": 3, "output": 15}, {"model": "gpt-5.4-mini", "input": 0.5, "output": 1}]});
    write(&app.data("config/prices.json"), prices.to_string());
    config.reload();
    let repriced = reprice(config, &engine.store).await.expect("reprices");
    assert_eq!((repriced.changed, repriced.messages), (2, 3), "what the log says itself stays");
    assert_eq!((Some(repriced.cost_before), Some(repriced.cost_after)), (Usd::from_f64(1.0), Usd::from_f64(3.75)));
    assert_eq!((repriced.unpriced_before, repriced.unpriced_after), (1, 0));
    assert_eq!(Some(repriced.difference), Usd::from_f64(2.75));
    assert_eq!(cost(&app).await, Usd::from_f64(3.75));
    assert_eq!(command(&app, &["reprice", "--json"]).await, Ok(true));

    let held = acquire(&app.data(LOCK_FILE), Utc::now()).expect("acquires");
    assert!(matches!(held, Acquire::Held(_)));
    for line in [&["reprice"][..], &["reprice", "--json"]] {
        assert_eq!(command(&app, line).await, Ok(false), "somebody is at it");
    }
}

#[tokio::test]
async fn a_list_is_fetched_from_an_address_and_a_dead_one_is_named() {
    let app = TestApp::new().await;
    // As hosts of raw files do: JSON, served as plain text.
    let list = || async { ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], LIST) };
    let upstream = Upstream::start(Router::new().route("/main/prices.json", get(list))).await;
    let url = format!("{}/main/prices.json", upstream.base());
    assert_eq!(command(&app, &["prices", "update", "--from", &url]).await, Ok(true));
    assert_eq!(read(&app, "prices-updated.json")["source"], json!(url));
    let gone = format!("{}/other.json", upstream.base());
    let error = command(&app, &["prices", "update", "--from", &gone]).await.expect_err("is not there");
    assert!(error.contains("/other.json") && error.contains("404") && error.contains("--from FILE"), "{error}");
}
