use super::*;
use crate::model::Cents;

fn today() -> chrono::NaiveDate {
    "2026-11-21".parse().expect("a date")
}

fn range() -> DateRange {
    DateRange::ending(today(), 30)
}

fn scope(one: bool) -> OrderScope {
    let client = Client {
        id: "bistro".into(),
        name: "Bistro Nine".into(),
        currency: "USD".into(),
        time_zone: "America/New_York".into(),
        ..Client::default()
    };
    OrderScope {
        one: one.then(|| client.clone()),
        whose: crate::model::Whose::client("bistro"),
        clients: vec![client],
        chooses: true,
    }
}

fn row() -> OrderRow {
    OrderRow {
        client: "bistro".into(),
        guid: "g-1".into(),
        number: "42".into(),
        business_day: "2026-11-18".parse().expect("a date"),
        // 01:02 the next day in UTC: the business day and the clock are the restaurant's.
        opened_ms: Some(1_795_050_120_000),
        source: "In Store".into(),
        total: Cents(2_262),
        tips: Cents(400),
        ..OrderRow::default()
    }
}

#[test]
fn a_line_is_told_as_the_restaurant_has_it() {
    let zone = Zone::parse("UTC").expect("a zone");
    let line = line(&row(), &scope(true), zone);
    assert_eq!((line.key.as_str(), line.number.as_str(), line.customer.as_str()), ("bistro/g-1", "#42", "Guest"));
    assert_eq!((line.total.as_str(), line.tip.as_str()), ("$22.62", "+ $4.00 tip"));
    assert_eq!((line.day.as_str(), line.time.as_str()), ("18 Nov 2026", "20:02"));
    assert!(!line.is_void && line.state.is_empty() && line.client.is_empty());
}

#[test]
fn what_does_not_count_says_why_and_among_several_the_client_is_named() {
    let zone = Zone::parse("UTC").expect("a zone");
    let voided = OrderRow { state: OrderState::Voided, number: String::new(), refunds: Cents(100), ..row() };
    let line = line(&voided, &scope(false), zone);
    assert_eq!((line.state.as_str(), line.is_void, line.client.as_str()), ("Voided", true, "Bistro Nine"));
    assert_eq!((line.number.as_str(), line.tip.as_str()), ("no number", "+ $4.00 tip, $1.00 refunded"));
}

#[test]
fn amounts_of_several_currencies_are_not_added_up() {
    let sums = OrderSums { orders: 3, matched: 1, net: Cents(900), ..OrderSums::default() };
    let mixed = stats(&sums, range());
    assert_eq!((mixed[0].value.as_str(), mixed[2].value.as_str()), (MIXED, MIXED));
    assert!(mixed[0].note.contains("different currencies"));
    let one = stats(&OrderSums { currency: Some("USD".into()), ..sums }, range());
    assert_eq!((one[0].value.as_str(), one[0].note.as_str()), ("$9.00", "since 23 Oct 2026"));
    assert_eq!((one[2].value.as_str(), one[4].note.as_str()), ("$3.00", "2 without a contact"));
    let none = stats(&OrderSums { currency: Some("USD".into()), ..OrderSums::default() }, range());
    assert_eq!(none[2].value, "no orders");
}

#[test]
fn the_export_asks_for_what_is_shown() {
    let query = OrdersQuery {
        search: "a b".into(),
        matched: Some(true),
        voided: false,
        invoices: true,
        ..OrdersQuery::default()
    };
    let exported = export_query(&query, scope(true).one.as_ref(), range());
    assert_eq!(
        exported,
        "client=bistro&since=2026-10-23&until=2026-11-21&search=a%20b&matched=yes&voided=no&invoices=yes"
    );
    let pairs = exported.split('&').filter_map(|pair| pair.split_once('='));
    let pairs: Vec<_> = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    assert!(crate::export::OrdersRequest::parse(&pairs).is_ok(), "{pairs:?}");
}
