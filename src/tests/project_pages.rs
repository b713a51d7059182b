//! The pages of the projects as a browser without JavaScript has them, and the form on one.

use serde_json::json;

use super::harness::{TestApp, http, line, write};
use super::pages::{page, post, submit};

/// A project with a report and usage of today, and one of the earlier system.
async fn app() -> TestApp {
    let app = TestApp::new().await;
    let shop = app.data("../work/shop");
    write(&shop.join("Cargo.toml"), "[package]\nname = \"shop\"\ndescription = \"Sells\"\n");
    write(&shop.join("lcov.info"), "SF:src/lib.rs\nDA:1,1\nDA:2,0\nend_of_record\n");
    write(&shop.join("src/lib.rs"), "// TODO\n");
    let root = app.data("../work").canonicalize().expect("is there");
    write(&app.data("config/projects.json"), json!({"roots": [root]}).to_string());
    write(&app.data("projects.json"), json!([{"id": "r&d 2", "name": "Old", "status": "completed"}]).to_string());
    let now = chrono::Utc::now().to_rfc3339();
    let usage = line("msg_1", "req_1", 900, |line| {
        line["cwd"] = json!(root.join("shop"));
        line["timestamp"] = json!(now);
    });
    app.write_log("-p/s.jsonl", usage);
    app.sync().await;
    app
}

fn assert_has(page: &str, expected: &[&str]) {
    for expected in expected {
        assert!(page.contains(expected), "no {expected}: {page}");
    }
}

#[tokio::test]
async fn the_list_and_every_part_of_a_project_are_there_without_script() {
    let addr = app().await.serve().await;
    let list = page(addr, "/projects").await;
    assert_has(
        &list,
        &["2 projects: 1 active, 1 completed", "href=\"/projects/shop\"", "href=\"/projects/r%26d%202\""],
    );
    assert_has(&page(addr, "/projects?search=zzz").await, &["No project matches “zzz”.", "Show all projects"]);
    assert_has(&page(addr, "/projects?project=shop").await, &["Only Shop is shown."]);
    let overview = page(addr, "/projects/shop").await;
    assert_has(
        &overview,
        &["<title>Shop · Allclear</title>", "What the folder says", "Next actions", "Sells", "from", "Rust"],
    );
    assert_has(&page(addr, "/projects/shop?tab=spend&window=7d").await, &["Spend per day by model", "no repository"]);
    let quality = page(addr, "/projects/shop?tab=quality").await;
    assert_has(&quality, &["50 %", "lcov.info", "src/lib.rs", "no data", "Looked for: coverage-summary.json"]);
    assert_has(&page(addr, "/projects/shop?tab=timeline").await, &["Days remaining", "no deadline", "Start"]);
    assert_has(&page(addr, "/projects/r%26d%202?tab=quality").await, &["Nothing is known of the code yet"]);
    let (status, _, body) = http(addr, "GET", "/projects/nowhere", &[("Accept", "text/html")], "").await;
    assert_eq!(status, 404);
    assert_has(&body, &["There is no project at this address"]);
}

#[tokio::test]
async fn what_the_user_decides_is_taken_or_refused_by_a_plain_form_and_by_script() {
    let app = app().await;
    let addr = app.serve().await;
    let form = |name: &str, done: u32| {
        format!(
            "id=shop&choices%5Bname%5D={name}&choices%5Bclient%5D=Acme&choices%5Bstatus%5D=paused&choices%5Bprogress%5D=40\
             &choices%5Bdeadline%5D=&choices%5Btasks_total%5D=4&choices%5Btasks_done%5D={done}"
        )
    };
    // Headers come back in small letters.
    let refused = submit(addr, "/projects/shop", "/rpc/save_project", &form("r%26d", 5)).await;
    assert!(refused.ends_with("#edit"), "{refused}");
    let back = page(addr, refused.trim_end_matches("#edit")).await;
    assert_has(&back, &["5 of 4 tasks are done; choose at most all.", "value=\"r&amp;d\"", "value=\"acme\"", " open"]);
    assert_eq!(app.engine.snapshot().project("shop").expect("is there").choices.name, "Shop", "nothing was written");

    assert_eq!(submit(addr, "/projects/shop", "/rpc/save_project", &form("R%26D", 1)).await, "/projects/shop?saved=1");
    let saved = page(addr, "/projects/shop?saved=1").await;
    assert_has(&saved, &["What you decided about it is saved.", "R&amp;D", "Paused · Acme"]);
    app.sync().await;
    let choices = app.engine.snapshot().project("shop").expect("is there").choices.clone();
    assert_eq!((choices.name.as_str(), choices.progress, choices.tasks_done), ("R&D", 40, 1), "a sync changes nothing");

    let (status, name) = post(addr, "/rpc/save_project", &form("Shop", 4)).await;
    assert_eq!((status, name), (200, json!("Shop")));
    let (status, said) = post(addr, "/rpc/save_project", &form("", 4)).await;
    assert_eq!(status, 400);
    assert!(said.to_string().contains("The name must be a line of 1 to 120 characters."), "{said}");
    let (status, _) = post(addr, "/rpc/save_project", &form("Shop", 4).replace("id=shop", "id=nowhere")).await;
    assert_eq!(status, 404);
}
