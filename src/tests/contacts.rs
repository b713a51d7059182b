//! A list of contacts, brought in by plain forms: looked at first, then stored; and taken away as a file.

use super::harness::{TestApp, http};
use super::pages::{page, submit};
use crate::model::{Customer, Order};

const HERE: &str = "/clients?contacts=bistro";

/// A bistro with an order of somebody who is no contact yet.
async fn app() -> TestApp {
    let app = TestApp::new().await;
    let customer = Customer { email: "ana@example.com".to_owned(), ..Customer::default() };
    let day = chrono::Utc::now().date_naive();
    let order = Order { guid: "g-1".to_owned(), business_day: day, customer: Some(customer), ..Order::default() };
    app.client("bistro", "Bistro Nine", vec![order]).await;
    app
}

fn form(text: &str) -> String {
    format!("client=bistro&text={}", percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC))
}

#[tokio::test]
async fn a_list_is_looked_at_first_and_stored_when_somebody_says_so() {
    let app = app().await;
    let addr = app.serve().await;
    let contacts = async || app.engine.store.contacts_of("bistro").await.expect("reads").len();
    assert!(page(addr, HERE).await.contains("0 contacts"));
    let text = "Full Name,E-Mail,Town\nAna,ANA@example.com,Bonn\n=1+1,ben@example.com,Ulm\nNobody,,Ulm\n";
    let looked = submit(addr, HERE, "/rpc/look_at_contacts", &form(text)).await;
    let body = page(addr, &looked).await;
    for expected in [
        "Nothing is stored yet",
        "2 contacts added",
        "rows left out: 1",
        "1 order matched",
        "“Town” is not read",
        "“E-Mail” is taken for the email",
        "Line 4: it has neither",
        "Bring these contacts in",
    ] {
        assert!(body.contains(expected), "no {expected}: {body}");
    }
    assert_eq!(contacts().await, 0);
    let key = looked.split("list=").nth(1).and_then(|rest| rest.split('#').next()).expect("has a key").to_owned();
    let import = format!("client=bistro&list={key}");
    let done = submit(addr, &looked, "/rpc/import_contacts", &import).await;
    assert!(page(addr, &done).await.contains("It is done: 2 contacts added"));
    assert_eq!(contacts().await, 2);
    let again = submit(addr, &looked, "/rpc/import_contacts", &import).await;
    assert!(page(addr, &again).await.contains("paste it again"), "once");
    let (status, head, file) = http(addr, "GET", "/api/export/contacts.csv?client=bistro", &[], "").await;
    assert_eq!(status, 200);
    assert!(head.contains("allclear-contacts-bistro.csv") && file.contains("'=1+1,ben@example.com,"), "{file}");
    let refused = submit(addr, HERE, "/rpc/look_at_contacts", &form("name,town\nAna,Bonn")).await;
    let body = page(addr, &refused).await;
    assert!(body.contains("No column is called email or phone") && !body.contains("Bring these contacts in"), "{body}");
    let (status, _, body) = http(addr, "GET", "/api/export/contacts.csv?client=nobody", &[], "").await;
    assert_eq!((status, body.contains("no client has the id nobody")), (400, true), "{body}");
}
