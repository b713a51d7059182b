//! The currency of the pages: chosen by a form, shown everywhere at once by one rate, and nowhere in what is kept.

use std::net::SocketAddr;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use serde_json::{Value, json};

use super::harness::{TestApp, http, write};
use super::pages::{page, post, submit};
use super::settings::{file, form, load};

const RATES: &str = include_str!("../sources/exchange/eurofxref-daily.xml");

/// So much was spent today, of two thousand dollars a month.
async fn app() -> (TestApp, SocketAddr) {
    let app = TestApp::new().await;
    let today = chrono::Utc::now().date_naive();
    let entry = json!({"date": today, "project": "shop", "session": "s", "tokensIn": 10, "tokensOut": 1, "cost": 1234.5,
        "model": "claude-opus-4-5"});
    write(&app.data("tokens.json"), json!({"entries": [entry]}).to_string());
    write(&app.data("config/budget.json"), r#"{"monthly": 2000}"#);
    app.sync().await;
    let addr = app.serve().await;
    (app, addr)
}

/// A list of rates at an address of its own; without one it answers 404.
async fn list(text: Option<&str>) -> String {
    let text = text.map(str::to_owned);
    let answer =
        move || async move { text.map_or((StatusCode::NOT_FOUND, String::new()), |text| (StatusCode::OK, text)) };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let addr = listener.local_addr().expect("has one");
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/daily.xml", get(answer))).await });
    format!("http://{addr}/daily.xml")
}

const IN_EUROS: [(&str, Option<&str>); 4] = [
    ("currency", Some("EUR")),
    ("rate-0-from", Some("2026-01-01")),
    ("rate-0-of", Some("")),
    ("rate-0-usd", Some("0.9215")),
];

#[tokio::test]
async fn every_page_shows_the_chosen_currency_at_once_and_everything_else_stays_in_dollars() {
    let (app, addr) = app().await;
    let published = || std::fs::read_to_string(app.data("analytics.json")).expect("is there");
    let of = |text: &str| serde_json::from_str::<Value>(text).expect("is JSON");
    let before = of(&published());
    let read = load(addr, "").await;
    let (status, saved) = post(addr, "/rpc/save_settings", &form(&read, "currency", &IN_EUROS)).await;
    assert_eq!(status, 200, "{saved}");
    assert_eq!(
        file(&app, "config/currency.json"),
        json!({"currency": "EUR", "rates": [{"from": "2026-01-01", "perUsd": "0.9215"}]})
    );
    let note = "Shown in EUR at 0.9215 for a US dollar, the rate of 1 Jan 2026.";
    for (path, amounts) in [
        ("/", &["€1,137.59", "€1,138 of €1,843"][..]),
        ("/tokens", &["€1,137.59"]),
        ("/analytics", &["€1,137.59", "money:2:€", "% of €1,843 this month"]),
    ] {
        let html = page(addr, path).await;
        assert!(html.contains(note), "{path} does not say so: {html}");
        for amount in amounts {
            assert!(html.contains(amount), "no {amount} on {path}: {html}");
        }
        assert!(!html.contains("$1,234"), "dollars on {path}: {html}");
    }
    let after = of(&published());
    for key in ["windows", "budget"] {
        assert_eq!(before[key], after[key], "published numbers are of dollars");
    }
    let (_, _, csv) = http(addr, "GET", "/api/export/usage.csv", &[], "").await;
    assert!(csv.contains("1234.5"), "{csv}");

    let back = form(&load(addr, "").await, "currency", &[("currency", Some("USD"))]);
    assert_eq!(post(addr, "/rpc/save_settings", &back).await.0, 200);
    let html = page(addr, "/").await;
    assert!(html.contains("$1,234.50") && !html.contains("Shown in"), "{html}");
    let kept = &file(&app, "config/currency.json")["rates"][0];
    assert_eq!(kept, &json!({"from": "2026-01-01", "perUsd": "0.9215", "currency": "EUR"}), "rates are kept");
}

#[tokio::test]
async fn a_currency_without_a_rate_is_refused_and_a_broken_file_keeps_the_old_one() {
    let (app, addr) = app().await;
    let read = load(addr, "").await;
    let without = form(&read, "currency", &[("currency", Some("EUR"))]);
    let (status, said) = post(addr, "/rpc/save_settings", &without).await;
    assert_eq!((status, said.to_string().contains("Add what one US dollar is in EUR")), (400, true), "{said}");
    let to = submit(addr, "/settings", "/rpc/save_settings", &without).await;
    let html = page(addr, to.split('#').next().expect("has a path")).await;
    assert!(html.contains("Add what one US dollar is in EUR") && html.contains("Unsaved changes"), "{html}");
    assert!(!app.data("config/currency.json").exists());

    assert_eq!(post(addr, "/rpc/save_settings", &form(&read, "currency", &IN_EUROS)).await.0, 200);
    write(
        &app.data("config/currency.json"),
        r#"{"currency": "EUR", "rates": [{"from": "2026-01-01", "perUsd": "-1"}]}"#,
    );
    app.sync().await;
    let html = page(addr, "/").await;
    assert!(html.contains("€1,137.59"), "what was in force stays: {html}");
    assert!(html.contains("rates[0].perUsd: A rate is more than 0"), "the field is named: {html}");
}

#[tokio::test]
async fn a_rate_is_asked_for_and_typed_in_and_nothing_is_saved_by_it() {
    let (app, addr) = app().await;
    let source = list(Some(RATES)).await;
    write(&app.data("config/currency.json"), json!({"source": source}).to_string());
    app.sync().await;
    let ask = async |code: &str| {
        let headers =
            [("Accept", "application/json"), ("Content-Type", "application/json"), ("Sec-Fetch-Site", "same-origin")];
        let body = json!({"currency": code}).to_string();
        let (status, _, body) = http(addr, "POST", "/rpc/look_up_rate", &headers, &body).await;
        (status, body)
    };
    let (status, found) = ask("GBP").await;
    assert_eq!(status, 200, "{found}");
    let found: Value = serde_json::from_str(&found).expect("is JSON");
    assert_eq!(found, json!({"currency": "GBP", "from": "2026-11-20", "per_usd": "0.782407"}));
    for (code, part) in
        [("VND", "has no VND"), ("USD", "other than the US dollar"), ("EURO", "other than the US dollar")]
    {
        let (status, said) = ask(code).await;
        assert!(status == 400 && said.contains(part), "{code}: {status} {said}");
    }
    let read = load(addr, "").await;
    let typed = form(&read, "currency", &[("currency", Some("EUR"))]);
    let to = submit(addr, "/settings", "/rpc/save_settings", &format!("{typed}&op=get-rate")).await;
    let html = page(addr, to.split('#').next().expect("has a path")).await;
    assert!(html.contains("value=\"0.925926\"") && html.contains("value=\"2026-11-20\""), "{html}");
    assert_eq!(file(&app, "config/currency.json"), json!({"source": source}), "nothing is saved");
}

#[tokio::test]
async fn a_list_that_cannot_be_had_or_read_says_so_and_what_was_typed_stays() {
    let (app, addr) = app().await;
    let cut = &RATES[..RATES.len() / 2];
    for (source, part) in [
        (list(None).await, "it answers 404"),
        (list(Some("<html><body>Hello</body></html>")).await, "it holds no rates"),
        (list(Some(cut)).await, ""),
        ("http://127.0.0.1:9/daily.xml".to_owned(), "gives no rates; check the address, or enter the rate by hand"),
    ] {
        write(&app.data("config/currency.json"), json!({"source": source}).to_string());
        app.sync().await;
        let read = load(addr, "").await;
        let headers =
            [("Accept", "application/json"), ("Content-Type", "application/json"), ("Sec-Fetch-Site", "same-origin")];
        let (status, _, said) = http(addr, "POST", "/rpc/look_up_rate", &headers, r#"{"currency": "EUR"}"#).await;
        assert!(status == 400 && said.contains(part), "{source}: {status} {said}");
        let typed = form(&read, "currency", &[("currency", Some("EUR"))]);
        let to = submit(addr, "/settings", "/rpc/save_settings", &format!("{typed}&op=get-rate")).await;
        let html = page(addr, to.split('#').next().expect("has a path")).await;
        assert!(html.contains("No rate could be got") && html.contains("Unsaved changes"), "{html}");
    }
}
