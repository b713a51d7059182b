//! What must hold whatever is ordered, edited and read twice.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::*;
use crate::model::{Cents, DaySums, Order, OrderAmounts, OrderItem, OrderPayment, OrderState, from_epoch_day};
use crate::store::{OrderBatch, Store};

const DAY: i32 = 20_000;

fn an_order() -> impl Strategy<Value = Order> {
    let state = prop_oneof![Just(OrderState::Closed), Just(OrderState::Open), Just(OrderState::Voided)];
    let money = (0_i64..9_999, 0_i64..500, 0_i64..900, 0_i64..400);
    let of = (0_u32..12, 0_i64..6, 0_i32..4, 0_u8..24, 0_usize..3, state);
    (of, money, proptest::option::of(0_i32..6)).prop_map(
        |((number, version, day, hour, source, state), money, refund)| {
            let (net, discount, tip, refunded) = money;
            Order {
                client: CLIENT.into(),
                guid: format!("order-{number}"),
                number: number.to_string(),
                business_day: from_epoch_day(DAY + day),
                hour: Some(hour),
                modified_ms: version,
                source: ["In Store", "Online", "Invoice"][source].into(),
                guests: 1,
                state,
                amounts: OrderAmounts {
                    net: Cents(net),
                    gross: Cents(net + discount),
                    discounts: Cents(discount),
                    tips: Cents(tip),
                    refunds: Cents(if refund.is_some() { refunded } else { 0 }),
                    ..OrderAmounts::default()
                },
                items: vec![OrderItem {
                    name: format!("dish {}", number % 3),
                    gross: Cents(net),
                    quantity_milli: 1_000,
                    ..OrderItem::default()
                }],
                payments: vec![OrderPayment {
                    kind: "CASH".into(),
                    amount: Cents(net),
                    tip: Cents(tip),
                    refunded: Cents(if refund.is_some() { refunded } else { 0 }),
                    refund_day: refund.map(|day| from_epoch_day(DAY + day)),
                    counts: true,
                    ..OrderPayment::default()
                }],
                ..Order::default()
            }
        },
    )
}

/// Of each order one version of each time of change, as a till has it.
fn a_history() -> impl Strategy<Value = Vec<Order>> {
    proptest::collection::vec(an_order(), 1..40).prop_map(|mut orders| {
        orders.sort_by(|one, other| (&one.guid, one.modified_ms).cmp(&(&other.guid, other.modified_ms)));
        orders.dedup_by(|one, other| (&one.guid, one.modified_ms) == (&other.guid, other.modified_ms));
        orders
    })
}

async fn stored(pages: &[Vec<Order>]) -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).await.expect("opens");
    for page in pages {
        let batch = OrderBatch { client: CLIENT.into(), orders: page.clone(), ..OrderBatch::default() };
        store.apply_orders(&batch, 1).await.expect("applies");
    }
    (folder, store)
}

async fn told(store: &Store) -> (OrderSums, Vec<DaySums>, String) {
    let all = everything();
    let finer = format!(
        "{:?} {:?} {:?}",
        store.order_hours(&all).await.expect("adds up"),
        store.order_payment_kinds(&all).await.expect("adds up"),
        store.top_order_items(&all, 100).await.expect("adds up"),
    );
    (store.order_sums(&all).await.expect("adds up"), store.order_days(&all).await.expect("adds up"), finer)
}

#[test]
fn any_order_of_pages_duplicates_and_edits_come_to_the_sums_of_the_latest_versions() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let mut runner = TestRunner::new(Config { cases: 24, ..Config::default() });
    let pages = a_history().prop_flat_map(|history| {
        let shuffled = Just(history.clone()).prop_shuffle();
        (Just(history), shuffled, 1_usize..9)
    });
    runner
        .run(&pages, |(history, shuffled, size)| {
            runtime.block_on(async {
                let (_one, at_once) = stored(std::slice::from_ref(&history)).await;
                let mut pages: Vec<Vec<Order>> = shuffled.chunks(size).map(<[Order]>::to_vec).collect();
                pages.push(pages[0].clone());
                let (_other, in_pieces) = stored(&pages).await;
                let expected = told(&at_once).await;
                prop_assert_eq!(&told(&in_pieces).await, &expected);
                // From nothing, and by hand.
                in_pieces.recompute_orders(CLIENT).await.expect("computes");
                prop_assert_eq!(&told(&in_pieces).await, &expected);
                let mut latest: std::collections::BTreeMap<&str, &Order> = std::collections::BTreeMap::new();
                for order in &history {
                    latest.insert(&order.guid, order);
                }
                let counted: Vec<&Order> = latest.into_values().filter(|order| order.state.counts()).collect();
                let sum = |of: fn(&Order) -> Cents| counted.iter().map(|order| of(order)).sum::<Cents>();
                prop_assert_eq!(expected.0.orders, counted.len() as u64);
                prop_assert_eq!(expected.0.net, sum(|order| order.amounts.net));
                prop_assert_eq!(expected.0.tips, sum(|order| order.amounts.tips));
                prop_assert_eq!(expected.0.refunds, sum(|order| order.amounts.refunds));
                let of_days = expected.1.iter().map(|day| day.sums.net).sum::<Cents>();
                prop_assert_eq!(of_days, expected.0.net);
                Ok(())
            })
        })
        .expect("holds");
}
