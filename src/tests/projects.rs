//! Projects from end to end: real repositories, logs of agents that worked in them, one run after another.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use super::harness::{TestApp, http, line, write};
use crate::model::{ProjectChoices, ProjectStatus, StepStatus, SyncRun, SyncStep, Trigger};
use crate::sources::Source;
use crate::sync::Outcome;

fn repository(folder: &Path) {
    std::fs::create_dir_all(folder.join("src")).expect("makes the folder");
    for args in [&["init", "-q", "-b", "main"][..], &["add", "-A"], &["commit", "-q", "--allow-empty", "-m", "First"]] {
        let mut command = Command::new("git");
        command.current_dir(folder).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
        command.args(["-c", "user.name=Ada", "-c", "user.email=ada@example.test"]).args(args);
        assert!(command.status().expect("git runs").success(), "git {args:?}");
    }
}

/// An app with a root that holds two repositories of one name, and usage of today in the first.
async fn app() -> (TestApp, PathBuf) {
    let app = TestApp::new().await;
    let root = app.data("../work");
    repository(&root.join("a/shop"));
    repository(&root.join("b/shop"));
    let root = root.canonicalize().expect("is there");
    write(&app.data("config/projects.json"), json!({"roots": [root]}).to_string());
    let now = chrono::Utc::now().to_rfc3339();
    let usage = line("msg_1", "req_1", 900, |line| {
        line["cwd"] = json!(root.join("a/shop/src"));
        line["timestamp"] = json!(now);
    });
    app.write_log("-p/s.jsonl", usage);
    (app, root)
}

fn step(run: &SyncRun) -> &SyncStep {
    run.steps.iter().find(|step| step.name == "projects").expect("has the step")
}

fn published(app: &TestApp) -> Vec<Value> {
    serde_json::from_slice(&std::fs::read(app.data("projects.json")).expect("is there")).expect("is JSON")
}

#[tokio::test]
async fn folders_become_projects_with_their_usage_and_a_second_run_changes_nothing() {
    let (app, root) = app().await;
    let first = app.sync().await;
    assert_eq!(step(&first).message, "Updated 0 projects, added 2 new projects");
    assert_eq!((step(&first).rows, step(&first).status), (2, StepStatus::Success));
    let projects = published(&app);
    let [shop, other] = &projects[..] else { panic!("{projects:?}") };
    assert_eq!((&shop["id"], &other["id"]), (&json!("shop"), &json!("shop-2")));
    assert_eq!(shop["folder"], json!(root.join("a/shop")));
    assert!(other["found"]["notes"][0].as_str().expect("a note").contains("(shop-2)"), "{other}");
    for (field, value) in [
        ("name", json!("Shop")),
        ("client", json!("Internal")),
        ("status", json!("active")),
        ("progress", json!(0)),
        ("deadline", json!("")),
        ("description", Value::Null),
        ("healthScore", json!(100)),
    ] {
        assert_eq!(shop[field], value, "{field}");
    }
    let week = &shop["windows"]["7d"];
    assert!(week["cost"].as_f64().expect("has a price") > 0.0, "{week}");
    assert_eq!((&week["commits"], &week["sessions"]), (&json!(1), &json!(1)));
    let by_project = &app.engine.snapshot().analytics.windows["7d"].by_project;
    assert_eq!(by_project.keys().collect::<Vec<_>>(), ["shop"], "by the id of the folder's project");

    let stored = app.engine.store.projects().await.expect("reads");
    let history =
        || std::fs::read_dir(app.data("history/projects")).expect("is there").flatten().map(|file| file.path());
    let lines: Vec<String> = history().map(|file| std::fs::read_to_string(file).expect("reads")).collect();
    assert_eq!(lines.concat().lines().count(), 2);
    let second = app.sync().await;
    assert_eq!((step(&second).message.as_str(), step(&second).rows), ("Updated 0 projects, added 0 new projects", 0));
    let again = app.engine.store.projects().await.expect("reads");
    let facts =
        |stored: &[crate::store::StoredProject]| stored.iter().map(|one| one.project.clone()).collect::<Vec<_>>();
    assert_eq!(facts(&again), facts(&stored));
    assert_eq!(history().map(|file| std::fs::read_to_string(file).expect("reads")).collect::<Vec<_>>(), lines);
}

#[tokio::test]
async fn what_the_user_decided_survives_syncs_and_a_folder_that_goes() {
    let (app, root) = app().await;
    app.sync().await;
    let choices = ProjectChoices {
        name: "The shop".to_owned(),
        client: "Acme".to_owned(),
        status: ProjectStatus::Paused,
        progress: 30,
        tasks_total: 9,
        tasks_done: 3,
        deadline: "2027-01-31".parse().ok(),
    };
    assert!(app.engine.choose("shop", &choices).await.expect("writes"));
    assert_eq!(published(&app)[0]["name"], "The shop", "published at once");
    std::fs::remove_dir_all(root.join("a/shop")).expect("removes");
    let run = app.sync().await;
    assert_eq!(step(&run).rows, 2, "one lost its folder, the other is the only one of its name now");
    let projects = published(&app);
    let shop = &projects[0];
    assert_eq!(
        (&shop["folder"], &shop["deadline"], &shop["client"]),
        (&Value::Null, &json!("2027-01-31"), &json!("Acme"))
    );
    assert!(shop["found"]["notes"].to_string().contains("is gone"), "{shop}");
    assert_eq!(shop["windows"]["7d"]["sessions"], 1, "its usage stays its own");
    assert_eq!(step(&app.sync().await).rows, 0);
}

#[tokio::test]
async fn projects_are_served_like_the_other_documents() {
    let (app, _) = app().await;
    app.sync().await;
    let addr = app.serve().await;
    let (status, head, body) = http(addr, "GET", "/data/projects.json", &[], "").await;
    assert_eq!(status, 200);
    assert_eq!(serde_json::from_str::<Vec<Value>>(&body).expect("is JSON"), published(&app));
    let tag = head.lines().find_map(|line| line.strip_prefix("etag: ")).expect("has a tag").replace("w/", "W/");
    let tag = tag.to_uppercase();
    let known = &[("If-None-Match", tag.as_str())];
    assert_eq!(http(addr, "GET", "/data/projects.json", known, "").await.0, 304);
}

#[tokio::test]
async fn folders_are_looked_at_by_whole_runs_only() {
    let (app, _) = app().await;
    for (trigger, only) in [(Trigger::Watch, &[][..]), (Trigger::Cli, &[Source::ClaudeCode][..])] {
        let Ok(Outcome::Finished(run)) = app.engine.run(trigger, only).await else { panic!("runs") };
        assert!(run.steps.iter().all(|step| step.name != "projects"), "{run:?}");
    }
}

#[tokio::test]
async fn the_earlier_systems_projects_are_taken_over_once() {
    let app = TestApp::new().await;
    write(&app.data("projects.json"), r#"[{"id": "shop", "name": "La tienda", "progress": 80, "tasksTotal": 5}]"#);
    let Ok(Outcome::Finished(_)) = app.engine.run(Trigger::Watch, &[]).await else { panic!("runs") };
    assert_eq!(published(&app)[0]["progress"], 80, "a look at a log does not write over it");
    let run = app.sync().await;
    assert_eq!(step(&run).message, "Updated 0 projects, added 1 new project");
    let entry = &published(&app)[0];
    assert_eq!(
        (&entry["name"], &entry["progress"], &entry["tasksTotal"]),
        (&json!("La tienda"), &json!(80), &json!(5))
    );
    assert_eq!(step(&app.sync().await).rows, 0);
}

#[tokio::test]
async fn without_projects_the_step_says_what_to_do() {
    let app = TestApp::new().await;
    let run = app.sync().await;
    assert_eq!(step(&run).status, StepStatus::Skipped);
    assert!(step(&run).message.contains("\"roots\""), "{}", step(&run).message);
}

#[tokio::test]
async fn pages_are_narrowed_to_the_project_of_the_address_or_of_the_cookie() {
    let (app, _) = app().await;
    let elsewhere = line("msg_2", "req_2", 90_000, |line| {
        line["cwd"] = json!("/nowhere/else");
        line["timestamp"] = json!(chrono::Utc::now().to_rfc3339());
    });
    app.write_log("-else/s.jsonl", elsewhere);
    app.sync().await;
    let addr = app.serve().await;
    let ask = async |path: &str, cookie: &str| http(addr, "GET", path, &[("Cookie", cookie)], "").await;
    let stats = |project: Option<&str>| app.engine.snapshot().window_of(crate::model::Window::D30, project).total_cost;
    let (own, all) = (stats(Some("shop")).expect("priced"), stats(None).expect("priced"));
    assert!(own < all && stats(Some("shop-2")) == Some(crate::model::Usd::ZERO));
    for (path, cookie, total) in [
        ("/tokens", "", all),
        ("/tokens?project=shop", "", own),
        ("/tokens", "project=shop", own),
        ("/tokens?project=", "project=shop", all),
        ("/tokens?project=gone", "project=shop", all),
        ("/?project=shop", "", own),
        ("/", "project=no%00such", all),
    ] {
        let (status, _, body) = ask(path, cookie).await;
        let shown = body.contains(&format!("class=\"big\">{total}<"));
        assert!(status == 200 && shown, "{path} with {cookie:?} lacks {total}: {body}");
    }
    let (_, head, body) = ask("/?project=shop", "").await;
    assert!(head.contains("set-cookie: project=shop; path=/; max-age="), "{head}");
    assert!(body.contains("shop: ") && body.contains("/projects/shop"), "the line with what it came to: {body}");
    assert!(ask("/?project=", "project=shop").await.1.contains("max-age=0"));
    assert!(!ask("/", "project=shop").await.1.contains("set-cookie"), "what is not chosen anew is not kept anew");
}

#[tokio::test]
async fn large_projects_are_read_on_between_the_runs() {
    let mut app = TestApp::new().await;
    let engine = std::sync::Arc::get_mut(&mut app.engine).expect("is the only one");
    (engine.compared, engine.counted) = (1, 1);
    let root = app.data("../work");
    for name in ["shop", "till"] {
        for number in 0..2_001 {
            write(&root.join(name).join(format!("src/{}/{number}.rs", number % 20)), "fn a() {}\n");
        }
        repository(&root.join(name));
        write(&root.join(name).join("src/0/0.rs"), "fn a() { b() }\n");
    }
    write(&app.data("config/projects.json"), json!({"roots": [root.canonicalize().expect("is there")]}).to_string());
    let uncommitted = |app: &TestApp| {
        let mut known: Vec<Value> =
            published(app).iter().map(|one| one["found"]["git"]["uncommitted"].clone()).collect();
        known.sort_by_key(|count| count.as_u64());
        known
    };
    let first = app.sync().await;
    assert!(step(&first).message.contains("still to be read in full"), "{}", step(&first).message);
    assert_eq!(uncommitted(&app)[0], Value::Null, "unknown is not nothing");
    for _ in 0..2 {
        app.engine.read_on().await.expect("reads on");
    }
    app.engine.recompute().await.expect("computes");
    let found = app.engine.store.projects().await.expect("reads");
    let counts: Vec<_> = found.iter().filter_map(|stored| stored.project.git()?.uncommitted).collect();
    assert_eq!(counts, [1, 1]);
    let generation = app.engine.store.generation().await.expect("reads");
    app.engine.read_on().await.expect("has nothing to do");
    assert_eq!(app.engine.store.generation().await.expect("reads"), generation);
}
