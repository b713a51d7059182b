//! AI spend beside revenue, by client and by project, on the page of the orders and on that of a project.

use chrono::Utc;
use serde_json::json;

use super::harness::{TestApp, write};
use super::pages::{page, submit};
use crate::model::{Cents, Order, OrderAmounts};

#[tokio::test]
async fn projects_of_one_client_stand_beside_its_revenue_and_it_is_said_that_they_share_it() {
    let app = TestApp::new().await;
    let today = Utc::now().date_naive();
    let root = app.data("../work");
    for name in ["menu", "till", "blog"] {
        write(&root.join(name).join("Cargo.toml"), format!("[package]\nname = \"{name}\"\n"));
    }
    let root = root.canonicalize().expect("is there");
    write(&app.data("config/projects.json"), json!({"roots": [root]}).to_string());
    let entry = |project: &str, cost: f64| {
        json!({"date": today, "project": project, "session": project, "tokensIn": 10, "tokensOut": 1, "cost": cost,
            "model": "claude-opus-4-5"})
    };
    let entries = [entry("menu", 0.5), entry("till", 2.0), entry("blog", 9.0)];
    write(&app.data("tokens.json"), json!({ "entries": entries }).to_string());
    app.sync().await;
    let order = |guid: &str| Order {
        guid: guid.to_owned(),
        business_day: today,
        amounts: OrderAmounts { net: Cents(5_000), ..OrderAmounts::default() },
        ..Order::default()
    };
    let orders = ["a", "b", "c", "d", "e"].map(order).to_vec();
    app.client("bistro", "Bistro Nine", orders).await;
    app.client("diner", "Diner", Vec::new()).await;
    let addr = app.serve().await;
    for (id, client) in [("menu", "Bistro Nine"), ("till", "bistro nine"), ("blog", "Diner")] {
        let form = format!(
            "id={id}&choices[name]={id}&choices[client]={}&choices[status]=active&choices[progress]=0\
             &choices[deadline]=&choices[tasks_total]=0&choices[tasks_done]=0",
            client.replace(' ', "+")
        );
        submit(addr, &format!("/projects/{id}"), "/rpc/save_project", &form).await;
    }
    // $2.50 of $250.00 in all: 0.80 % and 0.20 %, and 40 and 10 cents an order.
    let orders = page(addr, "/orders?client=bistro").await;
    for expected in [
        "1.00 %",
        "0.80 %",
        "0.20 %",
        "$0.40",
        "$0.10",
        "href=\"/projects/till?tab=spend\"",
        "2 projects are for Bistro Nine",
    ] {
        assert!(orders.contains(expected), "no {expected}: {orders}");
    }
    assert!(!orders.contains(">blog<"), "it is for another client");
    let till = page(addr, "/projects/till?tab=spend").await;
    for expected in [
        "Beside the revenue of Bistro Nine",
        "0.80 %",
        "$0.40",
        "$250.00",
        "which part came through which project is not known",
    ] {
        assert!(till.contains(expected), "no {expected}: {till}");
    }
    // No orders are no revenue: that is no data, and never 0 %.
    let blog = page(addr, "/projects/blog?tab=spend").await;
    assert!(
        blog.contains("Beside the revenue of Diner") && blog.contains("no data") && !blog.contains("0.00 %"),
        "{blog}"
    );
}
