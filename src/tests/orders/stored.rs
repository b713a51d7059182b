//! What the store holds to, whoever writes.

use super::*;
use crate::model::{Cents, Contact, Customer, Order, OrderAmounts, OrderItem, OrderPage, OrderPayment, OrderSort};
use crate::store::{ClientKeys, ContactsImported, ImportMode, OrderBatch, OrderCursor, OrderCursorKind, Store};

async fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).await.expect("opens");
    store
        .save_client(&ClientDraft { keeps_personal: true, ..draft() }, &ClientKeys::default(), 1)
        .await
        .expect("saves");
    (folder, store)
}

fn order(guid: &str, day: &str) -> Order {
    let name = "Ada \u{c9}lodie".to_owned();
    Order {
        guid: guid.into(),
        number: "7".into(),
        business_day: day.parse().expect("a date"),
        opened_ms: Some(5),
        modified_ms: 1,
        amounts: OrderAmounts { net: Cents(900), refunds: Cents(400), ..OrderAmounts::default() },
        customer: Some(Customer { name, ..Customer::default() }),
        items: vec![OrderItem { name: "Burger".into(), ..OrderItem::default() }],
        ..Order::default()
    }
}

fn batch(orders: Vec<Order>) -> OrderBatch {
    OrderBatch { client: CLIENT.into(), restaurant: Some(RESTAURANT.into()), orders, ..OrderBatch::default() }
}

async fn found(store: &Store, search: &str) -> u64 {
    store.order_sums(&OrderFilter { search: search.into(), ..everything() }).await.expect("adds up").orders
}

#[tokio::test]
async fn guests_are_forgotten_in_every_alphabet_and_what_was_ordered_is_not() {
    let (_folder, store) = store().await;
    store.apply_orders(&batch(vec![order("a", "2026-11-20"), order("b", "2026-11-20")]), 1).await.expect("applies");
    assert_eq!(found(&store, "\u{e9}lodie").await, 2);
    store.save_client(&draft(), &ClientKeys::default(), 2).await.expect("saves");
    assert_eq!((found(&store, "\u{e9}lodie").await, found(&store, "\u{c9}lodie").await), (0, 0));
    assert_eq!((found(&store, "burger").await, found(&store, "7").await), (2, 2));
}

#[tokio::test]
async fn the_digits_of_a_card_are_kept_and_forgotten_with_the_names() {
    let (_folder, store) = store().await;
    let paid = |guid: &str| {
        let payment = OrderPayment { card: "VISA".into(), last_digits: "4242".into(), ..OrderPayment::default() };
        Order { payments: vec![payment], ..order(guid, "2026-11-20") }
    };
    let digits = async |guid: &str| {
        store.order(CLIENT, guid).await.expect("reads").expect("is there").payments[0].last_digits.clone()
    };
    store.apply_orders(&batch(vec![paid("a")]), 1).await.expect("applies");
    assert_eq!(digits("a").await, "4242");
    store.save_client(&draft(), &ClientKeys::default(), 2).await.expect("saves");
    assert_eq!(digits("a").await, "", "forgotten with the setting");
    store.apply_orders(&batch(vec![paid("b")]), 3).await.expect("applies");
    assert_eq!(digits("b").await, "", "of a reading that began before");
}

#[tokio::test]
async fn the_list_is_sorted_by_who_ordered_and_nobody_comes_last_either_way() {
    let (_folder, store) = store().await;
    let by = |guid: &str, name: &str| {
        let customer = Some(Customer { name: name.into(), ..Customer::default() });
        Order { customer: customer.filter(|one| !one.name.is_empty()), ..order(guid, "2026-11-20") }
    };
    let orders = vec![by("1", "ben"), by("2", ""), by("3", "Ada"), by("4", "Cleo"), by("5", "")];
    store.apply_orders(&batch(orders), 1).await.expect("applies");
    let sorted = async |descending: bool| {
        let page = OrderPage { sort: OrderSort::Customer, descending, offset: 0, limit: 4 };
        let rows = store.order_page(&everything(), page).await.expect("reads");
        rows.into_iter().map(|row| row.customer).collect::<Vec<_>>()
    };
    assert_eq!(sorted(false).await, ["Ada", "ben", "Cleo", ""]);
    assert_eq!(sorted(true).await, ["Cleo", "ben", "Ada", ""]);
}

#[tokio::test]
async fn imported_contacts_get_the_orders_that_are_nobodys_and_nothing_that_was_decided() {
    let (_folder, store) = store().await;
    let of = |guid: &str, email: &str, phone: &str| {
        let customer = Customer { name: "Guest".into(), email: email.into(), phone: phone.into() };
        let payment = OrderPayment {
            refunded: Cents(400),
            refund_day: "2026-11-22".parse().ok(),
            counts: true,
            ..OrderPayment::default()
        };
        Order { customer: Some(customer), payments: vec![payment], ..order(guid, "2026-11-20") }
    };
    let orders = vec![
        of("by-mail", "ana@example.com", ""),
        of("by-phone", "", "5550104477"),
        of("decided", "ana@example.com", ""),
        of("nobody", "else@example.com", ""),
    ];
    store.apply_orders(&batch(orders), 1).await.expect("applies");
    store.link_order(CLIENT, "decided", None, 2).await.expect("decides");
    let typed = |name: &str, email: &str, phone: &str| Contact::typed(CLIENT, name, email, phone).expect("is fine");
    store.save_contact(&typed("Ben", "ben@example.com", ""), 3).await.expect("saves");
    let list = [typed("Ana", "ana@example.com", "5550104477"), typed("Benjamin", "ben@example.com", "5550999999")];
    let import = async |mode| store.import_contacts(CLIENT, &list, 10, mode, 4).await.expect("imports");
    let tried = import(ImportMode::Try).await;
    let expected = ContactsImported { added: 1, completed: 1, known: 0, matched: 2, too_many: false };
    assert_eq!(tried, expected);
    assert_eq!(store.order_sums(&everything()).await.expect("adds up").matched, 0, "tried only");
    assert_eq!(store.contacts_of(CLIENT).await.expect("reads").len(), 1);
    assert_eq!(import(ImportMode::Keep).await, expected);
    let sums = store.order_sums(&everything()).await.expect("adds up");
    assert_eq!((sums.matched, sums.orders), (2, 4));
    let link = store.contact_link(CLIENT, "by-phone").await.expect("reads").expect("is linked");
    assert_eq!((link.name.as_str(), link.manual), ("Ana", false));
    assert!(store.contact_link(CLIENT, "decided").await.expect("reads").is_none(), "decided by hand");
    let contacts = store.contacts_of(CLIENT).await.expect("reads");
    let ben = contacts.iter().find(|contact| contact.email == "ben@example.com").expect("is there");
    assert_eq!((ben.name.as_str(), ben.phone.as_str()), ("Ben", "5550999999"), "completed, and not replaced");
    let again = import(ImportMode::Keep).await;
    assert_eq!((again.added, again.completed, again.known, again.matched), (0, 0, 2, 0));
    let matched = OrderFilter { matched: Some(true), ..everything() };
    let refunds: i64 = store.order_days(&matched).await.expect("adds up").iter().map(|day| day.sums.refunds.0).sum();
    assert_eq!(refunds, 800, "refunds of another day are those of matched orders now");
    let most = store.import_contacts(CLIENT, &[typed("Cleo", "cleo@example.com", "")], 2, ImportMode::Keep, 5).await;
    assert!(most.expect("reads").too_many);
    assert_eq!(store.contacts_of(CLIENT).await.expect("reads").len(), 2);
}

#[tokio::test]
async fn what_the_client_is_now_holds_also_for_a_reading_that_began_before() {
    let (_folder, store) = store().await;
    store.save_client(&draft(), &ClientKeys::default(), 2).await.expect("saves");
    store.apply_orders(&batch(vec![order("a", "2026-11-20")]), 2).await.expect("applies");
    assert_eq!(store.order(CLIENT, "a").await.expect("reads").expect("is there").customer, None);
    assert_eq!(found(&store, "\u{e9}lodie").await, 0);
    let moved = ClientDraft { restaurant: "1a2b3c4d-0000-4000-8000-00000000dead".into(), ..draft() };
    store.save_client(&moved, &ClientKeys::default(), 3).await.expect("saves");
    let error = store.apply_orders(&batch(vec![order("b", "2026-11-20")]), 3).await.expect_err("is refused");
    assert!(error.to_string().contains("another restaurant"), "{error}");
    store.save_client(&draft(), &ClientKeys::default(), 4).await.expect("saves");
    store.remove_client(CLIENT, 5).await.expect("removes");
    let error = store.apply_orders(&batch(vec![order("b", "2026-11-20")]), 6).await.expect_err("is refused");
    assert!(error.to_string().contains("was removed"), "{error}");
    assert_eq!(store.order_sums(&everything()).await.expect("adds up").orders, 1);
}

#[tokio::test]
async fn a_client_that_comes_back_elsewhere_has_to_learn_its_clock_and_money_again() {
    let (_folder, store) = store().await;
    store.note_restaurant(CLIENT, RESTAURANT, "Bistro", "Europe/Paris", "EUR").await.expect("notes");
    store.note_restaurant(CLIENT, "another", "Elsewhere", "UTC", "GBP").await.expect("notes nothing");
    store.remove_client(CLIENT, 2).await.expect("removes");
    store.save_client(&draft(), &ClientKeys::default(), 3).await.expect("saves");
    let client = store.client(CLIENT).await.expect("reads").expect("is back");
    assert_eq!((client.location.as_str(), client.currency.as_str()), ("Bistro", "EUR"));
    store.remove_client(CLIENT, 4).await.expect("removes");
    let moved = ClientDraft { restaurant: "1a2b3c4d-0000-4000-8000-00000000dead".into(), ..draft() };
    store.save_client(&moved, &ClientKeys::default(), 5).await.expect("saves");
    let client = store.client(CLIENT).await.expect("reads").expect("is back");
    assert_eq!((client.location.as_str(), client.time_zone.as_str(), client.currency.as_str()), ("", "", "USD"));
}

#[tokio::test]
async fn a_client_without_orders_has_no_say_in_the_currency() {
    let (_folder, store) = store().await;
    let restaurant = "1a2b3c4d-0000-4000-8000-00000000dead".into();
    let other = ClientDraft { id: "diner".into(), restaurant, ..draft() };
    store.save_client(&other, &ClientKeys::default(), 1).await.expect("saves");
    store.note_restaurant("diner", &other.restaurant, "Diner", "Europe/Paris", "EUR").await.expect("notes");
    assert_eq!(store.order_sums(&everything()).await.expect("adds up").currency, None);
    store.apply_orders(&batch(vec![order("a", "2026-11-20")]), 1).await.expect("applies");
    assert_eq!(store.order_sums(&everything()).await.expect("adds up").currency.as_deref(), Some("USD"));
    let theirs = OrderBatch { client: "diner".into(), restaurant: None, ..batch(vec![order("a", "2026-11-20")]) };
    store.apply_orders(&theirs, 1).await.expect("applies");
    assert_eq!(store.order_sums(&everything()).await.expect("adds up").currency, None);
}

#[tokio::test]
async fn a_refund_on_another_day_is_matched_with_its_order() {
    let (_folder, store) = store().await;
    let refund_day = "2026-11-25".parse().ok();
    let payment = OrderPayment { refunded: Cents(400), refund_day, counts: true, ..OrderPayment::default() };
    let refunded = Order { payments: vec![payment], ..order("a", "2026-11-20") };
    store.apply_orders(&batch(vec![refunded]), 1).await.expect("applies");
    let contact = Contact { id: "c".into(), client: CLIENT.into(), name: "Bob".into(), ..Contact::default() };
    store.save_contact(&contact, 1).await.expect("saves");
    assert!(store.link_order(CLIENT, "a", Some("c"), 1).await.expect("links"));
    let matched = OrderFilter { matched: Some(true), ..everything() };
    let sums = store.order_sums(&matched).await.expect("adds up");
    assert_eq!((sums.orders, sums.net, sums.refunds), (1, Cents(900), Cents(400)));
}

#[tokio::test]
async fn a_longer_resync_that_is_planned_while_a_shorter_runs_is_not_lost() {
    let (_folder, store) = store().await;
    let walk = |aim| OrderCursor { kind: OrderCursorKind::Resync, value: 100, aim: Some(aim) };
    let (shorter, longer) = (walk(90), walk(50));
    store.plan_order_walk(CLIENT, shorter).await.expect("plans");
    store.plan_order_walk(CLIENT, longer).await.expect("plans");
    store.plan_order_walk(CLIENT, shorter).await.expect("is part of the longer one");
    // The one that runs moves on, and ends.
    let moved = OrderBatch { cursors: vec![OrderCursor { value: 95, ..shorter }], ..batch(Vec::new()) };
    store.apply_orders(&moved, 1).await.expect("applies");
    store.end_order_walk(CLIENT, shorter).await.expect("ends");
    assert_eq!(store.order_cursors(CLIENT).await.expect("reads"), [longer]);
    store.end_order_walk(CLIENT, longer).await.expect("ends");
    store.apply_orders(&moved, 1).await.expect("applies");
    assert_eq!(store.order_cursors(CLIENT).await.expect("reads"), [], "what has ended does not come back");
}

#[tokio::test]
async fn a_list_that_is_read_in_pieces_repeats_and_leaves_out_nothing_when_something_is_written_between() {
    let (_folder, store) = store().await;
    let at = |guid: &str, day: &str, opened_ms| Order { opened_ms, ..order(guid, day) };
    let orders = vec![
        at("d", "2026-11-20", Some(5)),
        at("c", "2026-11-20", Some(5)),
        at("b", "2026-11-20", None),
        at("a", "2026-11-21", Some(1)),
    ];
    store.apply_orders(&batch(orders), 1).await.expect("applies");
    let (mut guids, mut last) = (Vec::new(), None);
    for number in 0.. {
        let mut rows = store.orders_after(&everything(), last.as_ref(), 1).await.expect("reads");
        let Some(row) = rows.pop() else { break };
        guids.push(row.guid.clone());
        last = Some(row);
        let earlier = at(&format!("new-{number}"), "2026-11-10", Some(number));
        store.apply_orders(&batch(vec![earlier]), 1).await.expect("applies");
    }
    assert_eq!(guids, ["b", "c", "d", "a"]);
}
