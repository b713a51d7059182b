//! The pages of orders and clients as a browser without JavaScript has them, their export, and matching.

use chrono::{Days, NaiveDate, Utc};

use super::harness::{TestApp, http};
use super::pages::{page, post, submit};
use crate::model::{
    Adjustment, AdjustmentKind, Cents, ClientPhase, ClientStanding, Contact, Customer, Order, OrderAmounts, OrderItem,
    OrderPayment, OrderState,
};
use crate::store::OrderBatch;

pub(super) const GUID: &str = "017fdd94-0000-4000-8000-000000000001";

fn today() -> NaiveDate {
    Utc::now().date_naive()
}

fn item(name: &str, cents: i64) -> OrderItem {
    OrderItem {
        name: name.to_owned(),
        quantity_milli: 1_000,
        gross: Cents(cents),
        price: Cents(cents),
        ..OrderItem::default()
    }
}

/// An order of today: a burger with bacon, and a soup that was voided, paid by card.
fn order(guid: &str, number: &str) -> Order {
    let bacon = item("Bacon", 0);
    let burger = OrderItem { modifiers: vec![bacon], ..item("Burger", 2_100) };
    let soup = OrderItem { voided: true, ..item("Soup", 500) };
    Order {
        client: "bistro".to_owned(),
        guid: guid.to_owned(),
        number: number.to_owned(),
        business_day: today(),
        hour: Some(17),
        opened_ms: Some(Utc::now().timestamp_millis()),
        modified_ms: 1,
        source: "Online".to_owned(),
        guests: 2,
        amounts: OrderAmounts {
            net: Cents(2_100),
            gross: Cents(2_100),
            tax: Cents(162),
            tips: Cents(400),
            total: Cents(2_262),
            ..OrderAmounts::default()
        },
        customer: Some(Customer {
            name: "Ana López".to_owned(), email: String::new(), phone: "5550104477".to_owned()
        }),
        items: vec![burger, soup],
        adjustments: vec![Adjustment { kind: AdjustmentKind::Tax, name: "State".to_owned(), amount: Cents(162) }],
        payments: vec![OrderPayment {
            kind: "CREDIT".to_owned(),
            card: "VISA".to_owned(),
            last_digits: "4242".to_owned(),
            amount: Cents(2_262),
            tip: Cents(400),
            status: "CAPTURED".to_owned(),
            counts: true,
            ..OrderPayment::default()
        }],
        ..Order::default()
    }
}

/// A bistro with three orders of today, one of them voided, one an invoice, and another client without any.
async fn app() -> TestApp {
    let app = TestApp::new().await;
    let voided =
        Order { state: OrderState::Voided, number: "43".to_owned(), guid: "g-2".to_owned(), ..order(GUID, "") };
    let invoice = Order { source: "Invoice".to_owned(), customer: None, ..order("g-3", "44") };
    app.client("bistro", "Bistro Nine", vec![order(GUID, "42"), voided, invoice]).await;
    app.client("diner", "Diner & Sons", Vec::new()).await;
    app
}

#[tokio::test]
async fn without_clients_the_page_says_what_to_do() {
    let app = TestApp::new().await;
    let addr = app.serve().await;
    let orders = page(addr, "/orders").await;
    assert!(orders.contains("No clients yet") && orders.contains("href=\"/clients\""), "{orders}");
    assert!(page(addr, "/clients").await.contains("No clients yet: add one"));
}

#[tokio::test]
async fn the_address_narrows_the_list_and_its_sums() {
    let app = app().await;
    let addr = app.serve().await;
    let all = page(addr, "/orders").await;
    for expected in ["#42", "#43", "Voided", "$22.62", "+ $4.00 tip", "Bistro Nine", "Revenue per day", "$21.00"] {
        assert!(all.contains(expected), "no {expected}: {all}");
    }
    assert!(!all.contains("#44"), "invoices are left out");
    let without = page(addr, "/orders?voided=no&client=bistro").await;
    assert!(!without.contains("#43") && without.contains("Orders of Bistro Nine"), "{without}");
    assert!(page(addr, "/orders?invoices=yes").await.contains("#44"));
    let nothing = page(addr, "/orders?search=pizza").await;
    assert!(nothing.contains("No order of these days fits the filters"), "{nothing}");
    let diner = page(addr, "/orders?client=diner").await;
    assert!(diner.contains("No revenue data for selected period") && diner.contains("Orders of Diner"), "{diner}");
    let yesterday = today().checked_sub_days(Days::new(1)).expect("a date");
    let old = page(addr, &format!("/orders?from={yesterday}&to={yesterday}")).await;
    assert!(!old.contains("#42"), "{old}");
    let turned = page(addr, "/orders?from=2026-02-02&to=2026-01-01").await;
    assert!(turned.contains("2026-02-02 is after 2026-01-01"), "{turned}");
}

#[tokio::test]
async fn an_order_is_shown_in_full() {
    let app = app().await;
    let addr = app.serve().await;
    let opened = page(addr, &format!("/orders?order=bistro%2F{GUID}")).await;
    for expected in [
        "Order #42",
        "+ Bacon",
        "<s>Soup",
        "voided",
        "Credit (Visa ****4242)",
        "Ana López",
        "$22.62",
        "Find the contact",
    ] {
        assert!(opened.contains(expected), "no {expected}: {opened}");
    }
    let (status, _, body) = http(addr, "GET", "/orders?order=bistro%2Fnobody", &[("Accept", "text/html")], "").await;
    assert!(status < 500 && body.contains("There is no such order any more"), "{status} {body}");
}

#[tokio::test]
async fn a_match_by_hand_outlives_every_sync() {
    let app = app().await;
    let addr = app.serve().await;
    let nora = Contact { id: "c-1".into(), client: "bistro".into(), name: "Nora Field".into(), ..Contact::default() };
    app.engine.store.save_contact(&nora, 1).await.expect("saves");
    let here = format!("/orders?order=bistro%2F{GUID}&match=yes");
    assert!(page(addr, &here).await.contains("No similar leads found"), "nothing of her is like who ordered");
    assert!(page(addr, &format!("{here}&contact=nora")).await.contains("Match to Nora Field"));
    let back = submit(addr, &here, "/rpc/match_order", &format!("order=bistro%2F{GUID}&contact=c-1")).await;
    assert_eq!(back, here.to_lowercase());
    assert!(page(addr, &here).await.contains("Matched by hand"));
    let later = Order { modified_ms: 2, ..order(GUID, "42") };
    let batch = OrderBatch { client: "bistro".into(), orders: vec![later], ..OrderBatch::default() };
    app.engine.store.apply_orders(&batch, 2).await.expect("applies");
    assert!(page(addr, &here).await.contains("Matched by hand"));
    assert!(page(addr, "/orders?matched=yes").await.contains("#42"));
    let (status, said) = post(addr, "/rpc/unmatch_order", &format!("order=bistro%2F{GUID}")).await;
    assert_eq!((status, said.as_str().is_some_and(|said| said.contains("Unmatched"))), (200, true), "{said}");
    let form = format!("order=bistro%2F{GUID}&name=Ana&email=nowhere");
    let (status, said) = post(addr, "/rpc/add_order_contact", &form).await;
    assert_eq!(status, 400, "{said}");
    let form = format!("order=bistro%2F{GUID}&name=Ana+Maria&phone=%28555%29+010-4477");
    assert_eq!(post(addr, "/rpc/add_order_contact", &form).await.0, 200);
    assert!(page(addr, &here).await.contains("Ana Maria"));
}

#[tokio::test]
async fn what_is_shown_can_be_taken_away() {
    let app = app().await;
    let addr = app.serve().await;
    let (status, head, body) = http(addr, "GET", "/api/export/orders.csv?client=bistro&voided=no", &[], "").await;
    assert_eq!(status, 200, "{body}");
    assert!(head.contains("attachment; filename=\"allclear-orders-bistro-"), "{head}");
    let lines: Vec<&str> = body.lines().filter(|line| line.contains("bistro,")).collect();
    assert!(lines.len() == 1 && lines[0].contains(",42,") && lines[0].ends_with("21.00,4.00,0.00,22.62,USD"), "{body}");
    let (_, _, body) = http(addr, "GET", "/api/export/orders.json?invoices=yes", &[], "").await;
    assert_eq!(body.matches("\"businessDay\":").count(), 3, "{body}");
    for wrong in ["client=nobody", "colour=red", "since=soon"] {
        let (status, _, body) = http(addr, "GET", &format!("/api/export/orders.csv?{wrong}"), &[], "").await;
        assert_eq!(status, 400, "{wrong}: {body}");
    }
}

#[tokio::test]
async fn a_client_whose_sync_failed_is_marked_and_can_be_left_out() {
    let app = app().await;
    let addr = app.serve().await;
    let error = Some("The key was revoked: enter another.".to_owned());
    let standing = ClientStanding { phase: ClientPhase::Error, error, ..ClientStanding::default() };
    app.engine.store.note_standing("bistro", &standing).await.expect("notes");
    let all = page(addr, "/orders").await;
    for expected in ["The key was revoked", "(sync failed)", "Hide their orders", "#42"] {
        assert!(all.contains(expected), "no {expected}: {all}");
    }
    let current = page(addr, "/orders?current=yes").await;
    assert!(!current.contains("#42") && current.contains("Show them too"), "{current}");
}
