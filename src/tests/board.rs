//! Moving a project on the board: by a form, by script, and as the earlier system's page did.

use std::net::SocketAddr;

use serde_json::{Value, json};

use super::harness::{TestApp, http, write};
use crate::model::{ProjectChoices, ProjectStatus};

/// An app with the projects Shop and Blog, which are folders with a source file each.
async fn app() -> (TestApp, SocketAddr) {
    let app = TestApp::new().await;
    let root = app.data("../work");
    for name in ["shop", "blog"] {
        write(&root.join(name).join("Cargo.toml"), format!("[package]\nname = \"{name}\"\n"));
        write(&root.join(name).join("src/lib.rs"), "// TODO: all of it\n");
    }
    let root = root.canonicalize().expect("is there");
    write(&app.data("config/projects.json"), json!({"roots": [root]}).to_string());
    app.sync().await;
    let addr = app.serve().await;
    (app, addr)
}

fn status(app: &TestApp, id: &str) -> ProjectStatus {
    app.engine.snapshot().project(id).expect("is known").choices.status
}

async fn send(addr: SocketAddr, method: &str, body: &str) -> (u16, Value) {
    let headers = [("Content-Type", "application/json")];
    let (status, _, body) = http(addr, method, "/api/projects/status", &headers, body).await;
    (status, serde_json::from_str(&body).unwrap_or(Value::String(body)))
}

#[tokio::test]
async fn the_earlier_systems_request_moves_a_project() {
    let (app, addr) = app().await;
    for (method, wanted) in [("PATCH", "paused"), ("POST", "completed")] {
        let body = json!({"id": "shop", "status": wanted});
        assert_eq!(send(addr, method, &body.to_string()).await, (200, body));
        assert_eq!(status(&app, "shop").as_str(), wanted);
    }
    assert_eq!(status(&app, "blog"), ProjectStatus::Active);
    let published: Vec<Value> =
        serde_json::from_slice(&std::fs::read(app.data("projects.json")).expect("is there")).expect("is JSON");
    assert_eq!((&published[1]["id"], &published[1]["status"]), (&json!("shop"), &json!("completed")), "at once");
}

#[tokio::test]
async fn what_cannot_be_done_is_told_and_changes_nothing() {
    let (app, addr) = app().await;
    for (body, said) in [
        (r#"{"id": "shop", "status": "done"}"#, "choose active, paused or completed"),
        (r#"{"id": "shop"}"#, "missing field `status`"),
        (r#"{"id": 3, "status": "paused"}"#, "send JSON such as"),
        ("{", "send JSON such as"),
    ] {
        let (code, answer) = send(addr, "PATCH", body).await;
        assert_eq!(code, 400, "{body}");
        assert!(answer["error"].as_str().is_some_and(|error| !error.is_empty()), "{answer}");
        assert!(answer["details"][0].as_str().is_some_and(|detail| detail.contains(said)), "{answer}");
    }
    let (code, answer) = send(addr, "PATCH", r#"{"id": "ship", "status": "paused"}"#).await;
    assert_eq!((code, &answer["details"]), (404, &json!([])));
    assert_eq!(status(&app, "shop"), ProjectStatus::Active);
}

#[tokio::test]
async fn a_card_is_moved_by_a_plain_form() {
    let (app, addr) = app().await;
    let page = async |path: &str| {
        let (status, _, body) = http(addr, "GET", path, &[("Accept", "text/html")], "").await;
        assert_eq!(status, 200, "{path}");
        body
    };
    let before = page("/kanban").await;
    for expected in ["action=\"/rpc/move_project\"", "value=\"shop\"", "value=\"paused\"", "href=\"/projects/shop\""] {
        assert!(before.contains(expected), "no {expected}: {before}");
    }
    let submit = async |body: &str| {
        let referer = format!("http://{addr}/kanban");
        let headers = [
            ("Accept", "text/html"),
            ("Referer", referer.as_str()),
            ("Sec-Fetch-Site", "same-origin"),
            ("Content-Type", "application/x-www-form-urlencoded"),
        ];
        let (status, head, _) = http(addr, "POST", "/rpc/move_project", &headers, body).await;
        let to = head.lines().find_map(|line| line.strip_prefix("location: ")).unwrap_or_default().to_owned();
        (status, to)
    };
    assert_eq!(submit("id=shop&status=paused").await, (302, "/kanban?moved=shop#card-shop".to_owned()));
    assert_eq!(status(&app, "shop"), ProjectStatus::Paused);
    let after = page("/kanban?moved=shop").await;
    assert!(after.contains("Shop is paused now.") && after.contains("id=\"card-shop\""), "{after}");
    assert_eq!(submit("id=ship&status=paused").await.1, "/kanban?moved=ship#card-ship");
    assert!(page("/kanban?moved=ship").await.contains("There is no such project any more; nothing was moved."));
    assert_eq!(submit("id=shop&status=done").await.0, 400);
    assert_eq!(status(&app, "shop"), ProjectStatus::Paused);
}

#[tokio::test]
async fn a_script_is_told_where_the_card_is_and_from_when_on() {
    let (app, addr) = app().await;
    let headers = [
        ("Accept", "application/json"),
        ("Sec-Fetch-Site", "same-origin"),
        ("Content-Type", "application/x-www-form-urlencoded"),
    ];
    let (code, _, body) = http(addr, "POST", "/rpc/move_project", &headers, "id=shop&status=paused").await;
    assert_eq!(code, 200, "{body}");
    let moved: Value = serde_json::from_str(&body).expect("is JSON");
    assert_eq!(moved, json!({"id": "shop", "status": "paused", "snapshot": app.engine.snapshot().number}));
    for (form, code) in [("id=ship&status=paused", 404), ("id=shop&status=done", 400)] {
        let (status, _, body) = http(addr, "POST", "/rpc/move_project", &headers, form).await;
        assert_eq!(status, code, "{body}");
    }
}

#[tokio::test]
async fn a_move_and_an_edit_at_the_same_moment_both_hold() {
    let (app, _) = app().await;
    let renamed = ProjectChoices { name: "The shop".to_owned(), ..ProjectChoices::of_new("shop") };
    assert!(app.engine.choose("shop", &renamed).await.expect("writes"));
    assert!(app.engine.set_status("shop", ProjectStatus::Completed).await.expect("writes"));
    let snapshot = app.engine.snapshot();
    let choices = &snapshot.project("shop").expect("is known").choices;
    assert_eq!((choices.name.as_str(), choices.status), ("The shop", ProjectStatus::Completed));
}
