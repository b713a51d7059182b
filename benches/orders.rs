//! How fast orders are: reading a page of Toast's, a first sync of 30,000 orders at a limit of 20 requests a second, and
//! what the page of orders asks the database when it holds half a million.
//!
//! `cargo bench --features ssr --bench orders` prints one line each; a missed goal is printed only, since machines
//! differ. ORDERS=50000 makes the database smaller, PER_SECOND=5 the limit that of one location at Toast, with which the
//! first sync takes a minute whatever we do.
#![expect(clippy::print_stdout, reason = "the lines are the result")]

use std::hint::black_box;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use allclear::config::{ConfigStore, Environment, Secret, Zone};
use allclear::model::{
    Cents, ClientDraft, DateRange, Order, OrderAmounts, OrderFilter, OrderItem, OrderPage, OrderPayment, OrderSort,
    StepStatus, Whose, from_epoch_day,
};
use allclear::sources::access::Access;
use allclear::sources::toast::{Reading, parse_page};
use allclear::store::{OrderBatch, Store};
use allclear::sync::{ClientOutcome, Clock, Engine};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::{CONTENT_TYPE, LINK};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use chrono::{Days, NaiveDate, Utc};

const EXAMPLE: &str = include_str!("../src/sources/toast/fixtures/order.json");
const GUID: &str = "017fdd94-0000-4000-8000-000000000001";
const RESTAURANT: &str = "1a2b3c4d-0000-4000-8000-000000000001";
const DAYS: u32 = 30;
const A_DAY: u32 = 1_000;
const PAGE: u32 = 100;
const RUNS: usize = 31;

fn main() {
    parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(first_sync());
    runtime.block_on(half_a_million());
}

fn number(name: &str, otherwise: u32) -> u32 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

fn verdict(ok: bool, goal: &str) -> String {
    if ok { "ok".to_owned() } else { format!("MISSED (goal {goal})") }
}

fn page(from: u32, day: NaiveDate) -> String {
    let business = day.format("%Y%m%d").to_string();
    let orders: Vec<String> = (from..from + PAGE)
        .map(|order| EXAMPLE.replacen(GUID, &format!("{order:032}"), 1).replace("20261118", &business))
        .collect();
    format!("[{}]", orders.join(","))
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn parse() {
    let page = page(0, from_epoch_day(20_000));
    let reading = Reading { client: "bench", zone: chrono_tz::Tz::America__New_York, keeps_personal: false };
    let times = (0..RUNS * 10).map(|_| {
        let start = Instant::now();
        let (orders, unreadable) = black_box(parse_page(black_box(page.as_bytes()), reading)).expect("parses");
        assert_eq!((orders.len(), unreadable.len()), (PAGE as usize, 0));
        start.elapsed()
    });
    let rate = f64::from(PAGE) / median(times.collect()).as_secs_f64();
    println!(
        "Toast orders                {rate:.0}/s on one core {}, {} kB a page",
        verdict(rate >= 20_000.0, "20,000/s"),
        page.len() / 1000
    );
}

/// Toast, as far as a first sync asks it: a thousand orders on each of thirty days.
struct Till {
    today: NaiveDate,
    per_second: usize,
    served: Vec<Instant>,
    pages: u32,
}

async fn orders(State(till): State<Arc<Mutex<Till>>>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let value = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    let mut till = till.lock().expect("is not poisoned");
    let now = Instant::now();
    till.served.retain(|at| now.duration_since(*at) < Duration::from_secs(1));
    if till.served.len() >= till.per_second {
        return (axum::http::StatusCode::TOO_MANY_REQUESTS, [("retry-after", "1")], "{}").into_response();
    }
    till.served.push(now);
    till.pages += 1;
    let json = (CONTENT_TYPE, "application/json".to_owned());
    let day = value("businessDate").and_then(|day| NaiveDate::parse_from_str(day, "%Y%m%d").ok());
    let back = day.map(|day| (till.today - day).num_days()).filter(|back| (0..i64::from(DAYS)).contains(back));
    let (Some(day), Some(back)) = (day, back) else { return ([json], "[]").into_response() };
    let number: u32 = value("page").and_then(|page| page.parse().ok()).unwrap_or(1);
    let from = u32::try_from(back).unwrap_or(0) * A_DAY + (number - 1) * PAGE;
    let next = if number * PAGE < A_DAY { "next" } else { "self" };
    let link = format!("<https://a.test/orders?page={}>; rel=\"{next}\"", number + 1);
    ([json, (LINK, link)], page(from, day)).into_response()
}

async fn first_sync() {
    let per_second = number("PER_SECOND", 20);
    let till = Arc::new(Mutex::new(Till {
        today: Utc::now().date_naive(),
        per_second: per_second as usize,
        served: Vec::new(),
        pages: 0,
    }));
    let json = |body: &'static str| ([(CONTENT_TYPE, "application/json")], body).into_response();
    let router = Router::new()
        .route(
            "/authentication/v1/authentication/login",
            post(move || async move { json(r#"{"token": {"accessToken": "t", "expiresIn": 86400}}"#) }),
        )
        .route(
            "/restaurants/v1/restaurants/{guid}",
            get(move |_: Path<String>| async move {
                json(r#"{"general": {"name": "Bench", "timeZone": "UTC", "currencyCode": "USD"}}"#)
            }),
        )
        .route("/orders/v2/ordersBulk", get(orders))
        .with_state(till.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let folder = folder("sync");
    let environment = Environment {
        data_dir: folder.clone(),
        addr: "127.0.0.1:0".parse().expect("an address"),
        allowed_hosts: Vec::new(),
        zone: Zone::parse("UTC"),
        working_folder: None,
        trusted_proxies: Vec::new(),
    };
    let config = Arc::new(ConfigStore::load(environment).expect("loads"));
    let access = Access::Given(Arc::new([("ALLCLEAR_TOAST_BASE_URL", base)].into_iter().collect()));
    let store = Store::open(&folder).await.expect("opens");
    let mut engine = Engine::new(store, config, Clock::system(), access).await.expect("starts");
    engine.limits.spacing = Duration::ZERO;
    // A little less than the limit: two clocks never agree to the millisecond.
    engine.order_spacing = Duration::from_micros(1_020_000 / u64::from(per_second));
    let engine = Arc::new(engine);
    let draft = ClientDraft {
        id: "bench".into(),
        name: "Bench".into(),
        restaurant: RESTAURANT.into(),
        api_url: "https://toast.test".into(),
        api_client: "bench".into(),
        enabled: true,
        keeps_personal: false,
    };
    engine.save_client(&draft, Secret::new("secret", "s").as_ref(), None).await.expect("saves");
    let start = Instant::now();
    let outcome = engine.sync_orders("bench").await.expect("runs");
    let took = start.elapsed();
    let ClientOutcome::Finished(synced) = outcome else { panic!("nobody else syncs") };
    assert_eq!(
        (synced.status, synced.applied.added),
        (StepStatus::Success, u64::from(DAYS * A_DAY)),
        "{}",
        synced.message
    );
    let pages = till.lock().expect("is not poisoned").pages;
    println!(
        "First sync                  {:.1} s {}, {} orders in {pages} pages at {per_second} requests a second",
        took.as_secs_f64(),
        verdict(took < Duration::from_secs(20), "20 s"),
        synced.applied.added
    );
    std::fs::remove_dir_all(folder).ok();
}

fn folder(name: &str) -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("allclear-bench-orders-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

async fn half_a_million() {
    let count = number("ORDERS", 500_000);
    let folder = folder("many");
    let store = Store::open(&folder).await.expect("opens");
    let (clients, days) = (4_u32, 250_u32);
    let a_day = count / clients / days;
    let last = Utc::now().date_naive();
    for client in 0..clients {
        for back in 0..days {
            let day = last - Days::new(u64::from(back));
            let orders = (0..a_day).map(|number| order(client, day, number)).collect();
            let batch = OrderBatch { client: format!("client-{client}"), orders, ..OrderBatch::default() };
            store.apply_orders(&batch, 1).await.expect("applies");
        }
    }
    let range = |days: u32| DateRange::ending(last, days);
    let page = OrderPage { sort: OrderSort::Opened, descending: true, offset: 0, limit: 50 };
    let total = OrderPage { sort: OrderSort::Total, ..page };
    let deep = OrderPage { offset: 50_000, ..page };
    for (name, whose) in [("of all clients", Whose::Everybody), ("of one client", Whose::client("client-1"))] {
        let filter = OrderFilter::of(whose, range(90));
        for (what, page) in [("the newest", page), ("the largest", total), ("far down", deep)] {
            time(&format!("{what} {name}"), async || store.order_page(&filter, page).await.expect("reads").len()).await;
        }
        time(&format!("sums {name}"), async || store.order_sums(&filter).await.expect("adds up").orders as usize).await;
        time(&format!("days {name}"), async || store.order_days(&filter).await.expect("adds up").len()).await;
        time(&format!("hours {name}"), async || store.order_hours(&filter).await.expect("adds up").len()).await;
        time(&format!("items {name}"), async || store.top_order_items(&filter, 10).await.expect("adds up").len()).await;
        let search = OrderFilter { search: "dish 3".into(), ..filter.clone() };
        time(&format!("a search {name}"), async || store.order_page(&search, page).await.expect("reads").len()).await;
    }
    store.close().await;
    std::fs::remove_dir_all(folder).ok();
}

async fn time(name: &str, ask: impl AsyncFn() -> usize) {
    let mut times = Vec::with_capacity(RUNS);
    let mut found = 0;
    for _ in 0..RUNS {
        let start = Instant::now();
        found = black_box(ask().await);
        times.push(start.elapsed());
    }
    println!("  {name:<28}{:>7.2} ms, {found} found", median(times).as_secs_f64() * 1_000.0);
}

fn order(client: u32, day: NaiveDate, number: u32) -> Order {
    let cents = Cents(i64::from(500 + number * 7 % 4_000));
    let opened = day.and_hms_opt(8 + number % 14, number % 60, 0).unwrap_or_default().and_utc().timestamp_millis();
    let item = OrderItem {
        name: format!("Dish {}", number % 40),
        quantity_milli: 1_000,
        gross: cents,
        price: cents,
        ..OrderItem::default()
    };
    Order {
        client: format!("client-{client}"),
        guid: format!("{day}-{number:027}"),
        number: (number + 1).to_string(),
        business_day: day,
        hour: u8::try_from(8 + number % 14).ok(),
        opened_ms: Some(opened),
        modified_ms: opened,
        source: ["In Store", "Online", "Kiosk", "Invoice"][(number % 4) as usize].to_owned(),
        guests: 2,
        amounts: OrderAmounts { net: cents, gross: cents, total: cents, ..OrderAmounts::default() },
        items: vec![item.clone(), item],
        payments: vec![OrderPayment { kind: "CREDIT".into(), amount: cents, counts: true, ..OrderPayment::default() }],
        ..Order::default()
    }
}
