//! What the pages offer: nobody is shown a form whose press would be refused.

use std::collections::BTreeSet;

use serde_json::json;

use super::endpoints::FUNCTIONS;
use super::{askers, leptos_pages};
use crate::model::Order;
use crate::tests::harness::{TestApp, http, write};

/// Every server function that a form or a button of a page calls.
fn called(body: &str) -> BTreeSet<String> {
    let after = |mark: &'static str| body.split(mark).skip(1).filter_map(|rest| rest.split('"').next());
    after("action=\"").filter(|path| path.starts_with("/rpc/")).map(str::to_owned).collect()
}

/// An app that has something of everything that can be done something about.
async fn full() -> TestApp {
    let app = TestApp::new().await;
    write(&app.data("config/budget.json"), r#"{"monthly": 1}"#);
    let entry = |model: &str| {
        json!({"date": chrono::Utc::now().date_naive(), "project": "shop", "session": "s",
            "tokensIn": 10, "tokensOut": 1, "cost": if model == "x" { None } else { Some(9.0) }, "model": model})
    };
    let entries = [entry("x"), entry("claude-opus-4-5")];
    write(&app.data("tokens.json"), json!({ "entries": entries }).to_string());
    let root = app.data("../work");
    write(&root.join("shop/Cargo.toml"), "[package]\nname = \"shop\"\n");
    let root = root.canonicalize().expect("is there");
    write(&app.data("config/projects.json"), json!({"roots": [root]}).to_string());
    write(&app.data("config/prices.json"), r#"{"models": [{"model": "own-model", "input": 1, "output": 2}]}"#);
    app.engine.config.reload();
    app.sync().await;
    let order = Order { guid: "g-1".to_owned(), business_day: chrono::Utc::now().date_naive(), ..Order::default() };
    app.client("bistro", "Bistro", vec![order]).await;
    app
}

#[tokio::test]
async fn no_page_shows_a_form_to_somebody_whose_press_would_be_refused() {
    let app = full().await;
    let addr = app.serve().await;
    let least = |path: &str| FUNCTIONS.iter().find(|endpoint| endpoint.1 == path).map(|endpoint| endpoint.2);
    let mut pages: BTreeSet<String> = leptos_pages().into_iter().map(|page| page.replace("{id}", "shop")).collect();
    for more in
        ["/orders?order=bistro%2Fg-1&match=yes", "/prices?model=x", "/clients?edit=new", "/clients?contacts=bistro"]
    {
        pages.insert(more.to_owned());
    }
    let mut seen: BTreeSet<(&str, String)> = BTreeSet::new();
    let mut complaints = Vec::new();
    for asker in askers(&app, addr).await {
        for path in &pages {
            let headers = [("Accept", "text/html"), ("Cookie", asker.cookie.as_str())];
            let (_, _, body) = http(addr, "GET", path, &headers, "").await;
            for function in called(&body) {
                let may = least(&function).is_some_and(|least| least <= asker.role);
                if !may {
                    complaints.push(format!("{path} shows {} a form of {function}", asker.name));
                }
                seen.insert((asker.name, function));
            }
        }
    }
    assert!(complaints.is_empty(), "{complaints:#?}");
    // That it was looked at at all.
    let shown = |name: &str| -> Vec<&str> {
        seen.iter().filter(|(asker, _)| *asker == name).map(|(_, function)| function.as_str()).collect()
    };
    for (name, functions) in [
        ("viewer", &["/rpc/sign_out", "/rpc/choose_theme", "/rpc/change_password"][..]),
        (
            "operator",
            &[
                "/rpc/start_sync",
                "/rpc/sync_source",
                "/rpc/test_source",
                "/rpc/move_project",
                "/rpc/save_project",
                "/rpc/answer_alert",
                "/rpc/add_order_contact",
            ],
        ),
        (
            "admin",
            &[
                "/rpc/save_settings",
                "/rpc/pause_sync",
                "/rpc/set_model_price",
                "/rpc/remove_model_price",
                "/rpc/test_channel",
                "/rpc/sync_client",
                "/rpc/save_client",
                "/rpc/look_at_contacts",
                "/rpc/add_machine",
                "/rpc/change_role",
                "/rpc/add_user",
            ],
        ),
    ] {
        for function in functions {
            assert!(shown(name).contains(function), "{name} sees no {function}: {:?}", shown(name));
        }
    }
}

#[tokio::test]
async fn a_viewer_reads_the_settings_and_can_change_nothing_in_them() {
    let app = full().await;
    let addr = app.serve().await;
    let askers = askers(&app, addr).await;
    let settings = async |name: &str| {
        let cookie = askers.iter().find(|asker| asker.name == name).map(|asker| asker.cookie.as_str());
        let headers = [("Accept", "text/html"), ("Cookie", cookie.expect("is there"))];
        http(addr, "GET", "/settings", &headers, "").await
    };
    let (status, _, body) = settings("viewer").await;
    assert_eq!(status, 200);
    assert!(body.contains("Your account reads these settings; an admin changes them."), "{body}");
    let fields = body.matches("name=\"fields[").count();
    assert!(fields > 20 && body.matches(" disabled").count() >= fields - body.matches("type=\"hidden\"").count());
    for button in ["Save budgets", "Add a budget", "Pause auto-sync", "Test connection"] {
        assert!(!body.contains(button), "{button}");
    }
    let (_, _, body) = settings("admin").await;
    assert!(body.contains("Save budgets") && !body.contains("Your account reads"), "{body}");
}
