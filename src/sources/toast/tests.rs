use chrono::{DateTime, NaiveDate};
use chrono_tz::Tz;

use super::*;
use crate::model::{AdjustmentKind, Cents, Order, OrderState};

const EXAMPLE: &str = include_str!("fixtures/order.json");

fn reading() -> Reading<'static> {
    Reading { client: "bistro", zone: Tz::America__New_York, keeps_personal: false }
}

fn read(json: &str) -> Order {
    parse_order(json.as_bytes(), reading()).expect("reads")
}

fn edited(find: &str, with: &str) -> Order {
    assert!(EXAMPLE.contains(find), "{find} is not in the example");
    read(&EXAMPLE.replacen(find, with, 1))
}

fn net(order: &Order) -> i64 {
    order.amounts.net.0
}

#[test]
fn an_order_comes_to_what_the_till_says() {
    let order = read(EXAMPLE);
    let amounts = order.amounts;
    assert_eq!(amounts.net, Cents(2100), "as the check's own amount");
    assert_eq!((amounts.gross, amounts.discounts), (Cents(2300), Cents(200)));
    assert_eq!((amounts.service_charges, amounts.tax, amounts.total), (Cents(200), Cents(162), Cents(2262)));
    assert_eq!((amounts.tips, amounts.refunds, amounts.gift_cards), (Cents(400), Cents(0), Cents(0)));
    assert_eq!(order.business_day, NaiveDate::from_ymd_opt(2026, 11, 18).expect("a day"));
    assert_eq!(order.hour, Some(12), "by the restaurant's clock");
    assert_eq!((order.state, order.guests, order.number.as_str()), (OrderState::Closed, 2, "42"));
    let burger = &order.items[0];
    assert_eq!((burger.name.as_str(), burger.quantity_milli, burger.price), ("Burger", 2000, Cents(1900)));
    assert_eq!(
        (burger.modifiers[0].name.as_str(), burger.modifiers[0].modifiers[0].name.as_str()),
        ("Bacon", "Extra crisp")
    );
    assert_eq!((order.payments[0].kind.as_str(), order.payments[0].counts), ("CREDIT", true));
    let kinds: Vec<AdjustmentKind> = order.adjustments.iter().map(|adjustment| adjustment.kind).collect();
    assert_eq!(kinds, [AdjustmentKind::ServiceCharge, AdjustmentKind::Tax]);
}

#[test]
fn what_is_void_deferred_or_given_to_the_staff_is_no_revenue() {
    assert_eq!(net(&edited(r#""deferred": false"#, r#""deferred": true"#)), 200);
    assert_eq!(edited(r#""deferred": false"#, r#""deferred": true"#).amounts.gift_cards, Cents(1900));
    assert_eq!(net(&edited(r#""voided": false, "deferred""#, r#""voided": true, "deferred""#)), 200);
    assert_eq!(net(&edited(r#""gratuity": false"#, r#""gratuity": true"#)), 1900);
    assert_eq!(edited(r#""gratuity": false"#, r#""gratuity": true"#).amounts.tips, Cents(600));
    assert_eq!(net(&edited("\"SERVICE_CHARGE\"", "\"FUNDRAISING_CAMPAIGN\"")), 1900);
    assert_eq!(net(&edited("\"APPLIED\"", "\"PENDING_VOID\"")), 2300);
    assert_eq!(net(&edited("\"APPLIED\"", "\"SOMETHING_NEW\"")), 2100);
}

#[test]
fn a_state_is_told_from_flags_and_checks() {
    let state = |find: &str, with: &str| edited(find, with).state;
    assert_eq!(state(r#""voided": false, "voidDate""#, r#""voided": true, "voidDate""#), OrderState::Voided);
    assert_eq!(
        state(r#""deleted": false, "deletedDate": "1970-01-01T00:00:00.000+0000","#, r#""deleted": true,"#),
        OrderState::Deleted
    );
    assert_eq!(state(r#""createdInTestMode": false"#, r#""createdInTestMode": true"#), OrderState::Test);
    assert_eq!(state(r#""paymentStatus": "CLOSED""#, r#""paymentStatus": "OPEN""#), OrderState::Open);
    assert_eq!(state(r#""paymentStatus": "CLOSED", "voided": false"#, r#""voided": true"#), OrderState::Voided);
}

#[test]
fn a_payment_counts_when_money_came_and_a_field_that_is_not_there_voids_nothing() {
    let counts = |find: &str, with: &str| edited(find, with).payments[0].counts;
    assert!(counts(r#""voidInfo": null"#, r#""x": 1"#), "absent is not void");
    assert!(!counts(r#""voidInfo": null"#, r#""voidInfo": {"voidDate": null}"#));
    assert!(counts("\"CAPTURED\"", "null"));
    assert!(counts("\"CAPTURED\"", "\"AUTHORIZED\""));
    assert!(!counts("\"CAPTURED\"", "\"DENIED\""));
    assert!(!counts("\"CAPTURED\"", "\"BRAND_NEW\""));
    assert_eq!(edited("\"CAPTURED\"", "\"VOIDED\"").amounts.tips, Cents(0));
}

#[test]
fn a_refund_stands_on_its_own_day_and_takes_nothing_from_the_sale() {
    let order = edited(
        r#""refund": null"#,
        r#""refund": {"refundAmount": 5.00, "tipRefundAmount": 1, "refundBusinessDate": 20261121}"#,
    );
    assert_eq!((order.amounts.refunds, net(&order)), (Cents(500), 2100));
    assert_eq!(order.payments[0].refund_day, NaiveDate::from_ymd_opt(2026, 11, 21));
}

#[test]
fn guests_are_dropped_as_they_are_read_unless_the_client_keeps_them() {
    let guest = r#""customer": {"firstName": "Ada", "lastName": "Canary", "email": " ADA@Example.com", "phone": "+1 (555) 123"}"#;
    let json = EXAMPLE.replacen(r#""customer": null"#, guest, 1);
    let dropped = read(&json);
    let text = serde_json::to_string(&dropped).expect("serialises");
    assert!(dropped.customer.is_none() && !text.contains("Canary") && !text.contains("1111"), "{text}");
    let kept = parse_order(json.as_bytes(), Reading { keeps_personal: true, ..reading() }).expect("reads");
    assert_eq!(kept.payments[0].last_digits, "1111");
    let whole = json.replacen("\"1111\"", "\"4111111111111111\"", 1);
    let whole = parse_order(whole.as_bytes(), Reading { keeps_personal: true, ..reading() }).expect("reads");
    assert_eq!(whole.payments[0].last_digits, "", "of a whole number nothing is kept");
    let customer = kept.customer.expect("is kept");
    assert_eq!(
        (customer.name.as_str(), customer.email.as_str(), customer.phone.as_str()),
        ("Ada Canary", "ada@example.com", "1555123")
    );
}

#[test]
fn one_order_that_cannot_be_read_is_named_and_takes_no_other_with_it() {
    let broken = EXAMPLE.replacen("\"preDiscountPrice\": 21.00", "\"preDiscountPrice\": \"canary\"", 1);
    let page = format!("[{EXAMPLE},{broken},{{}},{}]", EXAMPLE.replacen("017fdd94", "117fdd94", 1));
    let (orders, unreadable) = parse_page(page.as_bytes(), reading()).expect("is a list");
    assert_eq!(orders.len(), 2);
    assert_eq!(unreadable[0].which, "017fdd94-0000-4000-8000-000000000001");
    assert!(unreadable[0].problem.contains("preDiscountPrice") && !unreadable[0].problem.contains("canary"));
    assert_eq!(
        (unreadable[0].guid.as_str(), unreadable[0].day),
        (unreadable[0].which.as_str(), NaiveDate::from_ymd_opt(2026, 11, 18))
    );
    assert_eq!(unreadable[1].which, "the one at place 3");
    assert!(unreadable[1].guid.starts_with("no-id-") && unreadable[1].day.is_none(), "{:?}", unreadable[1]);
    for page in ["{}", "", "null", "[1", "<html>"] {
        assert!(parse_page(page.as_bytes(), reading()).is_err(), "{page}");
    }
    assert_eq!(parse_page(b"[]", reading()).expect("an empty page").0.len(), 0);
}

#[test]
fn what_may_be_missing_may_be_missing() {
    let bare = read(r#"{"guid":"A","businessDate":20261118}"#);
    assert_eq!((bare.guid.as_str(), bare.state, net(&bare), bare.hour), ("a", OrderState::Closed, 0, None));
    let nulls = r#"{"guid":"a","businessDate":20261118,"checks":[{"selections":null,"payments":[{"type":null}],"appliedDiscounts":null,"totalAmount":null}],"numberOfGuests":null,"voided":null}"#;
    assert_eq!(read(nulls).payments.len(), 1);
    assert!(parse_order(br#"{"businessDate":20261118}"#, reading()).is_err());
}

#[test]
fn a_request_says_what_it_wants_the_way_toast_writes_it() {
    let at = |ms| DateTime::from_timestamp_millis(ms).expect("a time");
    let query = Window::Changed { from: at(1_795_021_331_120), to: at(1_795_021_391_000) }.query(2);
    let text = query.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
    assert_eq!(text, "startDate=2026-11-18T17:02:11.120+0000&endDate=2026-11-18T17:03:11.000+0000&pageSize=100&page=2");
    let day = Window::Day(NaiveDate::from_ymd_opt(2026, 11, 18).expect("a day")).query(1);
    assert_eq!(day[0], ("businessDate", "20261118".to_owned()));
}
