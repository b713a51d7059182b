//! The quality step on whole projects: read, stored, archived, published.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::harness::{TestApp, http, write};
use crate::model::{StepStatus, SyncRun, SyncStep};
use crate::sync::quality::read_quality;

const LCOV: &str = "SF:src/lib.rs\nDA:1,1\nDA:2,0\nend_of_record\n";

async fn sync(app: &TestApp, folders: &[(String, PathBuf)]) -> SyncStep {
    read_quality(&app.engine, folders).await
}

fn published(app: &TestApp) -> Vec<Value> {
    let text = std::fs::read(app.data("quality.json")).expect("is published");
    serde_json::from_slice(&text).expect("is an array")
}

fn archived(app: &TestApp) -> Vec<Value> {
    let files = std::fs::read_dir(app.data("history/quality")).expect("is archived");
    let text = files.map(|file| std::fs::read_to_string(file.expect("an entry").path()).expect("reads"));
    text.collect::<String>().lines().map(|line| serde_json::from_str(line).expect("is JSON")).collect()
}

#[tokio::test]
async fn projects_are_read_stored_archived_and_published_and_nothing_new_changes_nothing() {
    let app = TestApp::new().await;
    let shop = app.data("../shop");
    write(&shop.join("lcov.info"), LCOV);
    write(&shop.join("src/lib.rs"), "// TODO");
    let folders = [("shop".to_owned(), shop.clone()), ("gone".to_owned(), app.data("../gone"))];

    let step = sync(&app, &folders).await;
    assert_eq!(
        (step.status, step.message.as_str(), step.rows),
        (StepStatus::Success, "Synced quality for 2 projects", 2)
    );
    let entries = published(&app);
    assert_eq!(entries.len(), 2);
    let (gone, shop_entry) = (&entries[0], &entries[1]);
    assert_eq!(shop_entry["testCoverage"]["backend"], 50.0);
    assert_eq!((&shop_entry["openIssues"], &shop_entry["techDebt"]), (&1.into(), &"high".into()));
    assert!(shop_entry["testCoverage"]["frontend"].is_null() && shop_entry["lighthouseScore"].is_null());
    assert!(gone["openIssues"].is_null(), "a folder that is gone has no data");
    assert!(gone["notes"][0].as_str().is_some_and(|note| note.contains("cannot be read")), "{gone}");

    assert_eq!(sync(&app, &folders).await.rows, 0);
    assert_eq!(archived(&app).len(), 2, "one line for each project and day");

    write(&shop.join("src/lib.rs"), "// TODO and FIXME");
    assert_eq!(sync(&app, &folders).await.rows, 1);
    let lines = archived(&app);
    assert_eq!((lines.len(), &lines[2]["type"], &lines[2]["data"]["openIssues"]), (3, &"quality".into(), &2.into()));
    assert_eq!(published(&app).len(), 2, "the last of a day holds");
}

#[tokio::test]
async fn a_published_file_that_was_removed_comes_back() {
    let app = TestApp::new().await;
    let folders = [("shop".to_owned(), app.data("../shop"))];
    write(&folders[0].1.join("a.rs"), "");
    assert_eq!(sync(&app, &folders).await.message, "Synced quality for 1 project");
    std::fs::remove_file(app.data("quality.json")).expect("removes");
    assert_eq!(sync(&app, &folders).await.rows, 0);
    assert_eq!(published(&app)[0]["openIssues"], 0, "source without a marker is zero, and known");
}

#[tokio::test]
async fn a_run_finds_a_project_measures_it_and_judges_it_at_once() {
    let app = TestApp::new().await;
    let shop = app.data("../work/shop");
    write(&shop.join("Cargo.toml"), "[package]\nname = \"shop\"\n");
    write(&shop.join("lcov.info"), LCOV);
    write(&shop.join("src/lib.rs"), "");
    let root = app.data("../work").canonicalize().expect("is there");
    write(&app.data("config/projects.json"), json!({"roots": [root]}).to_string());

    let first = app.sync().await;
    let told = |run: &SyncRun, name: &str| {
        let step = run.steps.iter().find(|step| step.name == name).expect("has the step");
        (step.message.clone(), step.rows)
    };
    assert_eq!(told(&first, "quality"), ("Synced quality for 1 project".to_owned(), 1));
    let steps: Vec<_> = first.steps.iter().filter(|step| step.source.is_none()).map(|step| &step.name).collect();
    assert_eq!(steps, ["quality", "projects", "analytics", "alerts"]);
    let text = std::fs::read(app.data("projects.json")).expect("is published");
    let projects: Vec<Value> = serde_json::from_slice(&text).expect("is an array");
    let reason = &projects[0]["health"]["reasons"][0];
    assert_eq!((&projects[0]["healthScore"], &reason["points"]), (&90.into(), &(-10).into()), "{}", projects[0]);
    assert!(reason["words"].as_str().is_some_and(|words| words.contains("50 %")), "{reason}");
    assert!(projects[0]["nextActions"][0]["title"].as_str().is_some_and(|title| !title.is_empty()));

    let second = app.sync().await;
    assert_eq!((told(&second, "quality").1, told(&second, "projects").1), (0, 0));

    let addr = app.serve().await;
    let (status, head, body) = http(addr, "GET", "/data/quality.json", &[], "").await;
    assert_eq!((status, serde_json::from_str::<Vec<Value>>(&body).expect("is JSON")), (200, published(&app)));
    let tag = head.lines().find_map(|line| line.strip_prefix("etag: ")).expect("has a tag").to_uppercase();
    assert_eq!(http(addr, "GET", "/data/quality.json", &[("If-None-Match", tag.as_str())], "").await.0, 304);
}

#[tokio::test]
async fn what_the_earlier_system_knew_is_taken_over_once_and_what_cannot_be_read_is_kept() {
    let app = TestApp::new().await;
    let earlier = json!([{"project": "old", "date": "2026-01-02", "testCoverage": {"frontend": 0, "backend": 64.5},
        "lighthouseScore": 0, "openIssues": 3, "techDebt": "medium"}]);
    write(&app.data("quality.json"), earlier.to_string());
    let folders = [("shop".to_owned(), app.data("../shop"))];
    write(&folders[0].1.join("a.rs"), "");
    assert_eq!(sync(&app, &folders).await.rows, 2);
    let names: Vec<Value> = published(&app).iter().map(|entry| entry["project"].clone()).collect();
    assert_eq!(names, ["old", "shop"]);
    assert_eq!(published(&app)[0]["testCoverage"]["backend"], 64.5);
    assert!(published(&app)[0]["lighthouseScore"].is_null(), "a zero of the earlier system is no data");
    assert_eq!(sync(&app, &folders).await.rows, 0);

    let other = TestApp::new().await;
    write(&other.data("quality.json"), "[{");
    sync(&other, &[]).await;
    assert_eq!(std::fs::read_to_string(other.data("quality.json.unreadable")).expect("is kept"), "[{");
}

#[tokio::test]
async fn open_issues_of_a_large_project_are_counted_on_between_the_runs() {
    let mut app = TestApp::new().await;
    std::sync::Arc::get_mut(&mut app.engine).expect("is the only one").opened = 700;
    let root = app.data("../work");
    write(&root.join("shop/package.json"), "{}");
    for number in 0..2_100 {
        write(&root.join(format!("shop/src/{}/{number}.ts", number % 7)), "// TODO");
    }
    write(&app.data("config/projects.json"), json!({"roots": [root]}).to_string());
    let issues = |app: &TestApp| published(app)[0]["openIssues"].clone();

    let run = app.sync().await;
    let step = run.steps.iter().find(|step| step.name == "quality").expect("has the step");
    assert_eq!(step.message, "Synced quality for 1 project; open issues are still to be counted in 1200 source files");
    assert!(issues(&app).is_null(), "a part is no count");
    app.engine.read_on().await.expect("counts");
    assert!(issues(&app).is_null());
    app.engine.read_on().await.expect("counts");
    assert_eq!(issues(&app), 2_100);
    let stored = app.engine.store.generation().await.expect("reads");
    app.engine.read_on().await.expect("has nothing to do");
    assert_eq!(app.engine.store.generation().await.expect("reads"), stored);
}
