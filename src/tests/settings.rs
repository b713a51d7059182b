//! The settings page and its interface: saved by plain forms and by script, in force at once, and never over each other.

use std::net::SocketAddr;

use serde_json::{Value, json};

use super::harness::{TestApp, http, write};
use super::pages::{page, post, submit};
use crate::components::encoded;
use crate::config::Zone;
use crate::model::Usd;

async fn app() -> (TestApp, SocketAddr) {
    let app = TestApp::new().await;
    let today = chrono::Utc::now().date_naive();
    let entry = json!({"date": today, "project": "shop", "session": "s", "tokensIn": 10, "tokensOut": 1, "cost": 5, "model": "claude-opus-4-5"});
    write(&app.data("tokens.json"), json!({"entries": [entry]}).to_string());
    write(&app.data("config/budget.json"), r#"{"monthly": 200}"#);
    app.sync().await;
    let addr = app.serve().await;
    (app, addr)
}

/// What the page is drawn from.
pub(super) async fn load(addr: SocketAddr, typed: &str) -> Value {
    let headers =
        [("Accept", "application/json"), ("Content-Type", "application/json"), ("Sec-Fetch-Site", "same-origin")];
    let body = json!({"typed": typed, "saved": ""}).to_string();
    let (status, _, body) = http(addr, "POST", "/rpc/load_settings", &headers, &body).await;
    assert_eq!(status, 200, "{body}");
    serde_json::from_str(&body).expect("is JSON")
}

fn section<'a>(page: &'a Value, name: &str) -> &'a Value {
    let sections = page["sections"].as_array().expect("a list");
    sections.iter().find(|section| section["section"] == name).expect("is there")
}

/// A form as it is read, with these fields as they are typed; `None` takes one away.
pub(super) fn form(page: &Value, name: &str, typed: &[(&str, Option<&str>)]) -> String {
    let read = section(page, name);
    let mut fields = read["form"].as_object().expect("has fields").clone();
    for (field, text) in typed {
        match text {
            Some(text) => drop(fields.insert((*field).to_owned(), json!(text))),
            None => drop(fields.remove(*field)),
        }
    }
    let version = read["version"].as_str().expect("has one");
    let mut body = format!("section={name}&version={version}&base={}", encoded(&read["form"].to_string()));
    for (field, text) in fields {
        body += &format!("&fields%5B{}%5D={}", encoded(&field), encoded(text.as_str().expect("is text")));
    }
    body
}

pub(super) fn file(app: &TestApp, name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(app.data(name)).expect("is there")).expect("is JSON")
}

#[tokio::test]
async fn every_form_is_saved_by_itself_and_counts_at_once() {
    let (app, addr) = app().await;
    let html = page(addr, "/settings").await;
    for expected in [
        "<h1>Settings</h1>",
        "action=\"/rpc/save_settings\"",
        "fields[monthly]",
        "Pause auto-sync",
        "Europe/Berlin",
        "href=\"/prices\"",
    ] {
        assert!(html.contains(expected), "no {expected}: {html}");
    }
    let read = load(addr, "").await;
    let more = [
        ("monthly", Some("350.5")),
        ("budget-0-of", Some("project:shop")),
        ("budget-0-period", Some("week")),
        ("budget-0-unit", Some("tokens")),
        ("budget-0-amount", Some("5000")),
        ("budget-0-name", Some("The shop")),
    ];
    let to = submit(addr, "/settings", "/rpc/save_settings", &form(&read, "budgets", &more)).await;
    assert_eq!(to, "/settings?saved=budgets#budgets");
    assert_eq!(
        file(&app, "config/budget.json"),
        json!({"monthly": 350.5, "budgets": [{"id": "shop", "scope": {"project": "shop"}, "period": "week", "tokens": 5000, "name": "The shop"}]})
    );
    assert_eq!(app.engine.snapshot().analytics.budget.monthly, Usd::parse_dollars("350.5").expect("an amount"));

    let fields = [
        ("threshold-0-percent", Some("2")),
        ("limit-0-project", Some("shop")),
        ("limit-0-amount", Some("4")),
        ("rule-spike", None),
    ];
    let (status, saved) = post(addr, "/rpc/save_settings", &form(&read, "alerts", &fields)).await;
    assert_eq!(status, 200, "{saved}");
    let alerts = file(&app, "config/alerts.json");
    assert_eq!((&alerts["perProjectLimits"], &alerts["rules"]["spike"]), (&json!({"shop": 4.0}), &json!(false)));
    assert_eq!(alerts.get("groupFrom"), None, "no defaults are written down");

    let (status, _) = post(addr, "/rpc/save_settings", &form(&read, "sync", &[("interval", Some("45"))])).await;
    assert_eq!((status, app.engine.config.current().schedule.to_string().as_str()), (200, "every 45 min"));

    let (status, _) = post(
        addr,
        "/rpc/save_settings",
        &form(&read, "sources", &[("source-12-on", None), ("source-0-interval", Some("5"))]),
    )
    .await;
    assert_eq!(status, 200);
    let sources = file(&app, "config/sources.json");
    assert_eq!((&sources["manual"]["enabled"], &sources["claude_code"]["intervalMinutes"]), (&json!(false), &json!(5)));
    assert!(sources["claude_code"]["roots"].is_array(), "what the form does not show is kept");
    assert_eq!(
        sources.as_object().map(serde_json::Map::len),
        Some(9),
        "the folders of eight agents, and one that is off"
    );
}

#[tokio::test]
async fn a_refused_form_comes_back_with_what_was_typed_and_changes_nothing() {
    let (app, addr) = app().await;
    let before = std::fs::read(app.data("config/budget.json")).expect("reads");
    let read = load(addr, "").await;
    let body = form(&read, "budgets", &[("monthly", Some("-3"))]);
    let to = submit(addr, "/settings", "/rpc/save_settings", &body).await;
    let html = page(addr, to.split('#').next().expect("has a path")).await;
    for expected in ["Write more than 0 dollars.", "value=\"-3\"", "aria-invalid=\"true\"", "Unsaved changes"] {
        assert!(html.contains(expected), "no {expected}: {html}");
    }
    let (status, said) = post(addr, "/rpc/save_settings", &body).await;
    assert_eq!((status, said.to_string().contains("more than 0 dollars")), (400, true), "{said}");
    let ghost = form(&read, "alerts", &[("limit-0-project", Some("ghost")), ("limit-0-amount", Some("4"))]);
    assert_eq!(post(addr, "/rpc/save_settings", &ghost).await.0, 400);
    assert_eq!(post(addr, "/rpc/save_settings", "section=nothing&version=").await.0, 400);
    assert_eq!(std::fs::read(app.data("config/budget.json")).expect("reads"), before);
    assert!(!app.data("config/alerts.json").exists());
}

#[tokio::test]
async fn rows_are_added_and_removed_without_script_and_without_saving() {
    let (app, addr) = app().await;
    let read = load(addr, "").await;
    let typed = form(&read, "alerts", &[("threshold-0-percent", Some("60"))]);
    let to = submit(addr, "/settings", "/rpc/save_settings", &format!("{typed}&op=add-threshold")).await;
    let html = page(addr, to.split('#').next().expect("has a path")).await;
    assert!(html.contains("fields[threshold-2-percent]") && html.contains("value=\"60\""), "{html}");
    let to = submit(addr, "/settings", "/rpc/save_settings", &format!("{typed}&op=remove-threshold-0")).await;
    let html = page(addr, to.split('#').next().expect("has a path")).await;
    assert!(!html.contains("fields[threshold-0-percent]") && html.contains("fields[threshold-1-percent]"), "{html}");
    assert!(!app.data("config/alerts.json").exists());
}

#[tokio::test]
async fn of_two_who_save_at_once_the_second_is_told_what_the_first_changed() {
    let (app, addr) = app().await;
    let read = load(addr, "").await;
    let (first, second) =
        (form(&read, "budgets", &[("monthly", Some("300"))]), form(&read, "budgets", &[("monthly", Some("400"))]));
    assert_eq!(post(addr, "/rpc/save_settings", &first).await.0, 200);
    let (status, said) = post(addr, "/rpc/save_settings", &second).await;
    assert_eq!((status, said.to_string().contains("Monthly budget is now 300; it was 200.")), (409, true), "{said}");
    assert_eq!(file(&app, "config/budget.json"), json!({"monthly": 300.0}));
    let to = submit(addr, "/settings", "/rpc/save_settings", &second).await;
    let html = page(addr, to.split('#').next().expect("has a path")).await;
    assert!(html.contains("Monthly budget is now 300; it was 200.") && html.contains("value=\"400\""), "{html}");
    // Having been told, one may insist.
    let again = form(&load(addr, "").await, "budgets", &[("monthly", Some("400"))]);
    assert_eq!(post(addr, "/rpc/save_settings", &again).await.0, 200);
    assert_eq!(file(&app, "config/budget.json"), json!({"monthly": 400.0}));
    // What a form does not show may change under it.
    let read = load(addr, "").await;
    assert_eq!(post(addr, "/rpc/pause_sync", "paused=true").await.0, 200);
    assert_eq!(post(addr, "/rpc/save_settings", &form(&read, "sync", &[("interval", Some("30"))])).await.0, 200);
    assert_eq!(file(&app, "config/sync.json"), json!({"enabled": false, "intervalMinutes": 30}));
}

#[tokio::test]
async fn auto_sync_is_paused_and_resumed_by_a_plain_form() {
    let (app, addr) = app().await;
    assert_eq!(submit(addr, "/settings", "/rpc/pause_sync", "paused=true").await, "/settings");
    assert!(!app.engine.config.current().sync.enabled);
    assert!(page(addr, "/settings").await.contains("Auto-sync is paused."));
    submit(addr, "/settings", "/rpc/pause_sync", "paused=false").await;
    assert!(app.engine.config.current().sync.enabled);
    assert!(page(addr, "/settings").await.contains("Auto-sync is on: every 15 min."));
}

#[tokio::test]
async fn a_file_that_is_edited_wrongly_is_shown_and_replaced_only_on_demand() {
    let (app, addr) = app().await;
    write(&app.data("config/sync.json"), r#"{"intervalMinutes": "often"}"#);
    app.sync().await;
    let html = page(addr, "/settings").await;
    assert!(
        html.contains("data/config/sync.json cannot be used") && html.contains("expected a whole number"),
        "{html}"
    );
    let read = load(addr, "").await;
    let (status, said) = post(addr, "/rpc/save_settings", &form(&read, "sync", &[("interval", Some("30"))])).await;
    assert_eq!((status, said.to_string().contains("Put the file right")), (400, true), "{said}");
    assert_eq!(post(addr, "/rpc/pause_sync", "paused=true").await.0, 400);
    assert_eq!(file(&app, "config/sync.json"), json!({"intervalMinutes": "often"}));
    let replace = form(&read, "sync", &[("interval", Some("30")), ("replace", Some("on"))]);
    assert_eq!(post(addr, "/rpc/save_settings", &replace).await.0, 200);
    assert_eq!(file(&app, "config/sync.json"), json!({"intervalMinutes": 30}));
    assert_eq!(app.engine.config.problems(), vec![]);
}

#[tokio::test]
async fn scripts_read_and_write_each_file() {
    let (app, addr) = app().await;
    let api = async |method: &str, name: &str, body: &Value| {
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let path = format!("/api/settings/{name}");
        let (status, _, body) = http(addr, method, &path, &[("Content-Type", "application/json")], &text).await;
        (status, serde_json::from_str::<Value>(&body).expect("is JSON"))
    };
    for (name, field, good, wrong, said) in [
        ("budget", "monthly", json!(80.0), json!(0), "monthly must be more than 0"),
        ("sync", "intervalMinutes", json!(20), json!(0), "intervalMinutes is 0"),
        ("alerts", "qualityDropPoints", json!(9), json!(0), "qualityDropPoints is 0"),
    ] {
        let (status, read) = api("GET", name, &Value::Null).await;
        assert_eq!(status, 200);
        let mut changed = read.clone();
        changed[field] = good.clone();
        let (status, saved) = api("POST", name, &changed).await;
        assert_eq!((status, &saved[field]), (200, &good), "{saved}");
        let (status, told) = api("POST", name, &changed).await;
        assert_eq!((status, told["details"].is_array()), (409, true), "{name}: {told}");
        let (status, told) = api("POST", name, &json!({field: wrong})).await;
        let detail = told["details"][0].as_str().unwrap_or_default();
        assert!(status == 400 && detail.contains(said), "{name}: {told}");
        assert_eq!(api("GET", name, &Value::Null).await.1[field], good);
    }
    assert_eq!(app.engine.config.current().schedule.to_string(), "every 20 min");
    assert_eq!(app.engine.config.current().zone, Zone::parse("UTC").expect("a zone"));
}

#[tokio::test]
async fn the_theme_is_chosen_without_script() {
    let (_app, addr) = app().await;
    let headers = [
        ("Accept", "text/html"),
        ("Sec-Fetch-Site", "same-origin"),
        ("Content-Type", "application/x-www-form-urlencoded"),
    ];
    let (status, head, _) = http(addr, "POST", "/rpc/choose_theme", &headers, "theme=dark").await;
    assert!(status == 302 && head.contains("set-cookie: theme=dark"), "{head}");
    assert_eq!(post(addr, "/rpc/choose_theme", "theme=pink").await.0, 400);
}
