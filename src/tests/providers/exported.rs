//! What is exported is what is reported, to the last pico-dollar, whoever saw the usage.

use serde_json::Value;

use super::super::harness::http;
use super::*;
use crate::analytics::{Labels, ProjectNames, report};
use crate::cli::run_line;
use crate::model::{Usd, WindowStats};
use crate::sync::attribution;

async fn get(world: &World, path: &str) -> (u16, String, String) {
    let addr = world.app.serve().await;
    http(addr, "GET", path, &[], "").await
}

/// The body of an answer that is sent in pieces.
fn joined(body: &str) -> String {
    let (mut rest, mut whole) = (body, String::new());
    while let Some((length, after)) = rest.split_once("\r\n") {
        let length = usize::from_str_radix(length, 16).expect("a length");
        whole += after.get(..length).expect("a piece");
        rest = after.get(length + 2..).unwrap_or_default();
    }
    whole
}

async fn table(world: &World, path: &str) -> Vec<std::collections::HashMap<String, String>> {
    let (status, head, body) = get(world, path).await;
    assert_eq!(status, 200, "{path}: {body}");
    let text = if head.contains("transfer-encoding: chunked") { joined(&body) } else { body };
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    reader.deserialize().map(|row| row.expect("is a row")).collect()
}

fn sum(rows: &[std::collections::HashMap<String, String>], column: &str) -> Usd {
    rows.iter().filter_map(|row| Usd::parse_dollars(&row[column])).sum()
}

fn count(rows: &[std::collections::HashMap<String, String>], column: &str) -> u64 {
    rows.iter().filter_map(|row| row[column].parse::<u64>().ok()).sum()
}

fn window(world: &World) -> WindowStats {
    world.app.engine.snapshot().analytics.windows["90d"].clone()
}

#[tokio::test]
async fn a_table_of_usage_adds_up_to_the_pages() {
    let world = World::new().await;
    world.app.sync().await;
    let shown = window(&world);
    let rows = table(&world, "/api/export/usage.csv?window=90d").await;
    assert_eq!(Some(sum(&rows, "cost")), shown.total_cost);
    assert_eq!((count(&rows, "tokensIn"), count(&rows, "messages")), (shown.tokens_in, shown.messages));
    let unpriced = (count(&rows, "unpricedTokensIn"), count(&rows, "unpricedTokensOut"));
    assert_eq!(unpriced, (shown.unpriced.tokens_in, shown.unpriced.tokens_out));
    let focus = table(&world, "/api/export/focus.csv?window=90d").await;
    assert_eq!((Some(sum(&focus, "EffectiveCost")), sum(&focus, "BilledCost")), (shown.total_cost, sum(&rows, "cost")));
    for (by, parts) in [("model", &shown.by_model), ("project", &shown.by_project), ("source", &shown.by_source)] {
        let sums = table(&world, &format!("/api/export/usage.csv?window=90d&by={by}")).await;
        let told: Vec<_> = sums.iter().map(|row| (row["key"].as_str(), Usd::parse_dollars(&row["cost"]))).collect();
        let expected: Vec<_> = parts.iter().map(|(key, part)| (key.as_str(), part.cost)).collect();
        assert_eq!(told, expected, "by {by}");
    }
    let openai = table(&world, "/api/export/usage.csv?window=90d&source=openai").await;
    assert_eq!(Some(sum(&openai, "cost")), shown.by_source["openai"].cost);
}

#[tokio::test]
async fn json_and_csv_say_the_same_and_name_their_days() {
    let world = World::new().await;
    world.app.sync().await;
    let (status, head, body) = get(&world, "/api/export/usage.json?since=2026-08-01&until=2026-11-19").await;
    assert_eq!(status, 200);
    let name = "content-disposition: attachment; filename=\"allclear-usage-2026-08-01-2026-11-19.json\"";
    assert!(head.contains(name), "{head}");
    let json: Value = serde_json::from_str(&joined(&body)).expect("is JSON");
    let rows = table(&world, "/api/export/usage.csv?since=2026-08-01&until=2026-11-19").await;
    assert_eq!((json["from"].as_str(), json["rows"].as_array().map(Vec::len)), (Some("2026-08-01"), Some(rows.len())));
    for (json, row) in json["rows"].as_array().expect("has rows").iter().zip(&rows) {
        let text = |value: &Value| match value {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            number => number.to_string(),
        };
        for column in ["date", "source", "project", "session", "model", "tokensIn", "costBasis", "messages"] {
            assert_eq!(text(&json[column]), row[column], "{column}");
        }
    }
}

#[tokio::test]
async fn the_command_line_exports_what_it_reports() {
    let world = World::new().await;
    world.app.sync().await;
    let engine = &world.app.engine;
    let config = engine.config.current();
    let rows = crate::cli::report::rows(&config, &engine.store, config.zone, None).await.expect("reads");
    let attribution = attribution(&engine.store, &config, &rows, &[]).await.expect("reads");
    let names = ProjectNames::new(rows.iter().map(|row| row.project.as_ref()), &attribution);
    let days = crate::model::DateRange { from: chrono::NaiveDate::MIN, to: chrono::NaiveDate::MAX };
    let told = report(&rows, &Labels { names, ..Labels::default() }, days, ReportBy::Month, "UTC", String::new());
    let file = world.app.data("usage.csv");
    let (folder, name) = (world.app.data(""), file.clone());
    let export = move |more: &[&str]| {
        let (folder, name) = (folder.display().to_string(), name.display().to_string());
        let mut line = vec!["export", "--data-dir", &folder, "--timezone", "UTC", "--window", "all", "-o", &name];
        line.extend(more);
        run_line(&line)
    };
    let read = || -> Vec<std::collections::HashMap<String, String>> {
        let mut reader = csv::ReaderBuilder::new().from_path(&file).expect("is there");
        reader.deserialize().map(|row| row.expect("is a row")).collect()
    };
    let (export, done) = tokio::task::spawn_blocking(move || {
        let done = export(&["--format", "csv"]);
        (export, done)
    })
    .await
    .expect("ends");
    assert_eq!(done, Ok(true));
    let known: Usd = rows.iter().map(|row| row.spend.known_cost()).sum();
    assert_eq!((sum(&read(), "cost"), count(&read(), "tokensIn")), (known, told.totals.tokens_in));
    let outcomes = tokio::task::spawn_blocking(move || {
        let refused = export(&["--format", "csv", "--by", "month"]);
        let forced = export(&["--format", "csv", "--by", "month", "--force"]);
        (refused, forced, export(&["--format", "focus", "--by", "month", "--force"]))
    });
    assert_eq!(outcomes.await.expect("ends"), (Ok(false), Ok(true), Ok(false)), "what is there stays, unless forced");
    let months: Vec<_> = read().iter().map(|row| (row["key"].clone(), row["cost"].clone())).collect();
    let cost = |cost: Option<Usd>| cost.map_or_else(String::new, |cost| cost.to_f64().to_string());
    let expected: Vec<_> = told.rows.iter().map(|row| (row.key.clone(), cost(row.totals.cost))).collect();
    assert_eq!(months, expected);
}

#[tokio::test]
async fn an_export_in_another_zone_counts_its_days_there() {
    let world = World::empty().await;
    let late =
        super::super::harness::line("msg_1", "req", 900, |line| line["timestamp"] = "2026-11-18T23:30:00Z".into());
    world.app.write_log("-home-dev-dashboard/s.jsonl", late);
    world.app.sync().await;
    let (folder, file) = (world.app.data("").display().to_string(), world.app.data("day.csv").display().to_string());
    let name = file.clone();
    let done = tokio::task::spawn_blocking(move || {
        let line = [
            "export",
            "--data-dir",
            &folder,
            "--timezone",
            "Asia/Tokyo",
            "--window",
            "all",
            "--format",
            "csv",
            "-o",
            &name,
        ];
        run_line(&line)
    });
    assert_eq!(done.await.expect("ends"), Ok(true));
    let text = std::fs::read_to_string(file).expect("is there");
    assert!(text.lines().nth(1).is_some_and(|row| row.starts_with("2026-11-19,claude_code,dashboard,,")), "{text}");
    assert_eq!(
        window(&world).daily.iter().rev().find(|day| day.tokens_out > 0).map(|day| day.date.to_string()).as_deref(),
        Some("2026-11-18")
    );
}

#[tokio::test]
async fn a_week_is_told_as_it_is_reported() {
    let world = World::new().await;
    world.app.sync().await;
    let engine = &world.app.engine;
    let week = crate::digest::week_of(from_epoch_day(TODAY));
    let text = crate::sync::digest(&engine.store, &engine.config, week, chrono::Utc::now()).await.expect("writes");
    let config = engine.config.current();
    let rows = crate::cli::report::rows(&config, &engine.store, config.zone, Some(week)).await.expect("reads");
    let names = ProjectNames::new(std::iter::empty(), &crate::analytics::Attribution::default());
    let told = report(&rows, &Labels { names, ..Labels::default() }, week, ReportBy::Model, "UTC", String::new());
    let cost = told.totals.cost.expect("has a price");
    assert!(text.starts_with(&format!("# Week 47 of 2026: {cost}\n")), "{text}");
    for row in &told.rows {
        let cost = row.totals.cost.map_or_else(|| "no price".to_owned(), |cost| cost.to_string());
        let name = crate::analytics::model_label(&row.key).replace('_', "\\_");
        assert!(text.contains(&format!("| {name} | {cost} |")), "{name} {cost}: {text}");
    }
}
