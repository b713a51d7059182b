//! A restaurant's till at Toast: orders that the test rings up, edits and voids, answered as the documents say, with the
//! limits they name.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{DateTime, NaiveDate, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

use super::Asked;
use crate::tests::upstream::Upstream;

pub(in crate::tests) const RESTAURANT: &str = "1a2b3c4d-0000-4000-8000-000000000001";
pub(in crate::tests) const API_CLIENT: &str = "till-client";
pub(in crate::tests) const SECRET: &str = "till-canary-s3cret";

/// What is changed between two pages; given the books and how many pages were served.
type Between = Box<dyn FnMut(&mut Till, u32) + Send>;

/// What Toast knows of a restaurant.
pub(in crate::tests) struct Till {
    /// By id: the business day, when it was last changed, and the order.
    pub orders: BTreeMap<String, (NaiveDate, DateTime<Utc>, Value)>,
    pub now: DateTime<Utc>,
    pub tokens: Vec<String>,
    pub logins: Vec<DateTime<Utc>>,
    /// Requests a second for one location.
    pub per_second: Option<usize>,
    served: Vec<Instant>,
    /// Put into every answer; `None` says a lot is left.
    pub remaining: Option<(u32, i64)>,
    pub pages: u32,
    pub between: Option<Between>,
    /// Every page says that the first one is the next.
    pub circles: bool,
    pub time_zone: &'static str,
    /// How far Toast's clock is behind ours.
    pub skew: TimeDelta,
}

pub(in crate::tests) type Books = Arc<Mutex<Till>>;

pub(in crate::tests) struct FakeToast {
    pub upstream: Upstream,
    books: Books,
}

impl FakeToast {
    pub(in crate::tests) async fn start(now: DateTime<Utc>) -> FakeToast {
        let books: Books = Arc::new(Mutex::new(Till {
            orders: BTreeMap::new(),
            now,
            tokens: Vec::new(),
            logins: Vec::new(),
            per_second: None,
            served: Vec::new(),
            remaining: None,
            pages: 0,
            between: None,
            circles: false,
            time_zone: "America/New_York",
            skew: TimeDelta::zero(),
        }));
        let router = Router::new()
            .route("/authentication/v1/authentication/login", post(log_in))
            .route("/restaurants/v1/restaurants/{guid}", get(restaurant))
            .route("/orders/v2/ordersBulk", get(orders))
            .with_state(books.clone());
        FakeToast { upstream: Upstream::start(router).await, books }
    }

    pub(in crate::tests) fn till(&self) -> MutexGuard<'_, Till> {
        self.books.lock().expect("is not poisoned")
    }

    /// The requests for orders so far, by their queries.
    pub(in crate::tests) fn asked(&self) -> Vec<String> {
        let seen = self.upstream.seen();
        seen.into_iter().filter(|seen| seen.path.ends_with("ordersBulk")).map(|seen| seen.query).collect()
    }
}

impl Till {
    /// Rings an order up, or changes it: `edit` is given what [`sale`] made.
    pub(in crate::tests) fn ring(
        &mut self,
        number: u32,
        day: NaiveDate,
        at: DateTime<Utc>,
        cents: i64,
        edit: impl FnOnce(&mut Value),
    ) -> String {
        let guid = guid(number);
        let mut order = sale(number, day, at, cents);
        edit(&mut order);
        self.orders.insert(guid.clone(), (day, at, order));
        guid
    }

    /// Changes an order that is there; its time of change becomes `at`.
    pub(in crate::tests) fn edit(&mut self, number: u32, at: DateTime<Utc>, edit: impl FnOnce(&mut Value)) {
        let (_, changed, order) = self.orders.get_mut(&guid(number)).expect("was rung up");
        *changed = at;
        order["modifiedDate"] = moment(at).into();
        edit(order);
    }
}

pub(in crate::tests) fn guid(number: u32) -> String {
    format!("017fdd94-0000-4000-8000-{number:012}")
}

pub(in crate::tests) fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true).replace('Z', "+0000")
}

fn dollars(cents: i64) -> Value {
    serde_json::from_str(&format!("{}.{:02}0000", cents / 100, cents % 100)).expect("is a number")
}

/// A closed order of one dish with a modifier in a modifier, paid by card, with a tip of a tenth.
pub(in crate::tests) fn sale(number: u32, day: NaiveDate, at: DateTime<Utc>, cents: i64) -> Value {
    let dish = ["Burger", "Ramen", "Salad", "Tacos"][(number % 4) as usize];
    let tax = cents / 10;
    let melted = json!({"displayName": "Melted", "quantity": 1.0, "price": 0.0, "modifiers": []});
    let cheese = json!({"displayName": "Cheese", "quantity": 1.0, "price": 1.0, "modifiers": [melted]});
    let selection = json!({
        "guid": format!("s-{number}"), "displayName": dish, "quantity": 1.0, "preDiscountPrice": dollars(cents),
        "price": dollars(cents), "tax": dollars(tax), "voided": false, "deferred": false, "appliedDiscounts": [],
        "modifiers": [cheese],
    });
    let payment = json!({
        "type": "CREDIT", "cardType": "VISA", "last4Digits": "4242", "amount": dollars(cents + tax),
        "tipAmount": dollars(cents / 10), "paymentStatus": "CAPTURED", "refund": null, "voidInfo": null,
        "paidDate": moment(at),
    });
    let customer =
        json!({"firstName": "Ada", "lastName": "Canary", "email": "ada@canary.test", "phone": "555-123-4567"});
    let check = json!({
        "guid": format!("c-{number}"), "paymentStatus": "CLOSED", "voided": false, "deleted": false,
        "amount": dollars(cents), "taxAmount": dollars(tax), "totalAmount": dollars(cents + tax),
        "selections": [selection], "appliedDiscounts": [], "appliedServiceCharges": [], "payments": [payment],
        "customer": customer,
    });
    let business_date: u32 = day.format("%Y%m%d").to_string().parse().expect("a day");
    json!({
        "guid": guid(number), "entityType": "Order", "businessDate": business_date, "displayNumber": number.to_string(),
        "source": if number.is_multiple_of(3) { "Online" } else { "In Store" },
        "openedDate": moment(at - TimeDelta::minutes(40)), "modifiedDate": moment(at), "closedDate": moment(at),
        "deletedDate": "1970-01-01T00:00:00.000+0000", "voided": false, "deleted": false, "createdInTestMode": false,
        "numberOfGuests": 2, "approvalStatus": "SOMETHING_NEW", "checks": [check],
    })
}

fn refuse(status: u16, message: &str) -> Response {
    let status = StatusCode::from_u16(status).expect("is a status");
    let body = json!({"status": status.as_u16(), "code": 10025, "message": message, "requestId": "r1"});
    (status, Json(body)).into_response()
}

async fn log_in(State(books): State<Books>, body: String) -> Response {
    let mut till = books.lock().expect("is not poisoned");
    let now = till.now;
    till.logins.push(now);
    if till.logins.iter().filter(|at| now - **at < TimeDelta::hours(1)).count() > 2 {
        return refuse(429, "too many logins");
    }
    let Ok(body) = serde_json::from_str::<Value>(&body) else { return refuse(400, "no JSON") };
    if body["userAccessType"] != "TOAST_MACHINE_CLIENT" {
        return refuse(400, "userAccessType");
    }
    if body["clientId"] != API_CLIENT || body["clientSecret"] != SECRET {
        return refuse(401, "the credentials are wrong");
    }
    let token = format!("token-canary-{}", till.logins.len());
    till.tokens.push(token.clone());
    let inner = json!({"tokenType": "Bearer", "expiresIn": 86_400, "accessToken": token});
    Json(json!({"token": inner, "status": "SUCCESS"})).into_response()
}

/// What every request for data must bring.
fn checked(till: &Till, headers: &HeaderMap) -> Option<Response> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let token = text("authorization").strip_prefix("Bearer ").unwrap_or_default();
    match text("toast-restaurant-external-id") {
        _ if !till.tokens.iter().any(|known| known == token) => Some(refuse(401, "the token is unknown")),
        "" => Some(refuse(400, "the restaurant is missing")),
        RESTAURANT => None,
        _ => Some(refuse(403, "no access to this restaurant")),
    }
}

async fn restaurant(State(books): State<Books>, Path(guid): Path<String>, headers: HeaderMap) -> Response {
    let till = books.lock().expect("is not poisoned");
    if guid != RESTAURANT {
        return refuse(404, "unknown restaurant");
    }
    if let Some(refused) = checked(&till, &headers) {
        return refused;
    }
    let general = json!({"name": "Bistro", "timeZone": till.time_zone, "closeoutHour": 4, "currencyCode": "USD"});
    Json(json!({"guid": guid, "general": general})).into_response()
}

async fn orders(State(books): State<Books>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let mut till = books.lock().expect("is not poisoned");
    if let Some(refused) = checked(&till, &headers) {
        return refused;
    }
    if let Some(limited) = till.limited() {
        return limited;
    }
    till.pages += 1;
    let asked = Asked::of(&query.unwrap_or_default());
    let found = match till.find(&asked) {
        Ok(found) => found,
        Err(message) => return refuse(400, &message),
    };
    let (page, size) = match (asked.get("page").map(str::parse::<usize>), asked.limit("pageSize", 100, 100)) {
        (Some(Ok(page)), Ok(size)) if page > 0 => (page, size),
        _ => return refuse(400, "page or pageSize"),
    };
    let part: Vec<Value> = found.iter().skip((page - 1) * size).take(size).cloned().collect();
    let more = page * size < found.len();
    let mut answer = Json(Value::Array(part)).into_response();
    till.head(&mut answer, &asked, page, more);
    let served = till.pages;
    if let Some(mut between) = till.between.take() {
        between(&mut till, served);
        till.between = Some(between);
    }
    answer
}

impl Till {
    fn limited(&mut self) -> Option<Response> {
        let most = self.per_second?;
        let now = Instant::now();
        self.served.retain(|at| now.duration_since(*at) < Duration::from_secs(1));
        if self.served.len() >= most {
            let mut answer = refuse(429, "too many requests");
            answer.headers_mut().insert(header::RETRY_AFTER, 1.into());
            return Some(answer);
        }
        self.served.push(now);
        None
    }

    fn find(&self, asked: &Asked) -> Result<Vec<Value>, String> {
        let of = |filter: &dyn Fn(&NaiveDate, &DateTime<Utc>) -> bool| {
            let mut found: Vec<_> = self.orders.values().filter(|(day, at, _)| filter(day, at)).collect();
            found.sort_by_key(|(_, at, _)| *at);
            found.into_iter().map(|(_, _, order)| order.clone()).collect()
        };
        let moment = |text: &str| {
            DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.3f%z").map_err(|_| format!("{text} is no date"))
        };
        match (asked.get("businessDate"), asked.get("startDate"), asked.get("endDate")) {
            (Some(day), None, None) => {
                let day = NaiveDate::parse_from_str(day, "%Y%m%d").map_err(|_| "businessDate".to_owned())?;
                Ok(of(&|business, _| *business == day))
            }
            (None, Some(start), Some(end)) => {
                let (start, end) = (moment(start)?, moment(end)?);
                if start >= end {
                    return Err("Input startDate must be before endDate".to_owned());
                }
                if end - start > TimeDelta::days(31) {
                    return Err("at most a month".to_owned());
                }
                Ok(of(&|_, at| start <= *at && *at < end))
            }
            _ => Err("EITHER (startDate and endDate) OR businessDate is required".to_owned()),
        }
    }

    fn head(&self, answer: &mut Response, asked: &Asked, page: usize, more: bool) {
        let headers = answer.headers_mut();
        let link = |page: usize, rel: &str| {
            let day = asked.get("businessDate").unwrap_or("x");
            let text = format!(
                "<https://elsewhere.test/orders/v2/ordersBulk?businessDate={day}&page={page}&pageSize=100>; rel=\"{rel}\""
            );
            text.parse().expect("is a header")
        };
        if self.circles {
            headers.append(header::LINK, link(1, "next"));
        } else if more {
            headers.append(header::LINK, link(page + 1, "next"));
        }
        headers.append(header::LINK, link(1, "first"));
        let (left, reset_s) = self.remaining.unwrap_or((9_000, 600));
        let now = self.now - self.skew;
        let name = HeaderName::from_static;
        headers.insert(name("x-toast-ratelimit-by"), "GLOBAL".parse().expect("is a header"));
        headers.insert(name("x-toast-ratelimit-remaining"), left.into());
        headers.insert(name("x-toast-ratelimit-reset"), (now.timestamp() + reset_s).into());
        headers.insert(header::DATE, now.to_rfc2822().replace("+0000", "GMT").parse().expect("is a header"));
    }
}
