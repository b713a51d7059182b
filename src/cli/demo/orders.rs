//! A year of orders of two made-up clients, who are also clients of made-up projects.

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};

use super::rng::Rng;
use crate::model::{
    Adjustment, AdjustmentKind, Cents, ClientDraft, ClientPhase, ClientStanding, Contact, Order, OrderAmounts,
    OrderItem, OrderPayment, OrderState, epoch_day,
};
use crate::store::{ClientKeys, OrderBatch, Store};

const DAYS: u64 = 365;
/// Orders that are written together.
const BATCH: usize = 1_000;
/// Streams of chance that nothing else of the demo uses.
const STREAM: u64 = 0x0bde_0000;

/// A made-up client: what it is called, and what is on its menu, in cents.
struct House {
    id: &'static str,
    name: &'static str,
    restaurant: &'static str,
    /// Orders of a usual day.
    orders: u64,
    menu: [(&'static str, i64); 6],
}

const HOUSES: [House; 2] = [
    House {
        id: "northwind",
        name: "Northwind",
        restaurant: "d0d0d0d0-0000-4000-8000-000000000001",
        orders: 14,
        menu: [
            ("Fish and chips", 1_850),
            ("Chowder", 950),
            ("Oysters", 2_400),
            ("House salad", 1_100),
            ("Lemonade", 450),
            ("Key lime pie", 800),
        ],
    },
    House {
        id: "contoso",
        name: "Contoso",
        restaurant: "d0d0d0d0-0000-4000-8000-000000000002",
        orders: 20,
        menu: [
            ("Flat white", 475),
            ("Filter coffee", 350),
            ("Croissant", 390),
            ("Bagel", 625),
            ("Cold brew", 525),
            ("Beans, 250 g", 1_450),
        ],
    },
];

/// Puts both clients, their orders and some contacts into the demo's database.
pub(super) async fn fill(store: &Store, now: DateTime<Utc>, seed: u64) -> anyhow::Result<()> {
    for (number, house) in (0_u64..).zip(&HOUSES) {
        let draft = ClientDraft {
            id: house.id.to_owned(),
            name: house.name.to_owned(),
            restaurant: house.restaurant.to_owned(),
            api_url: crate::sources::toast::BASE_URL.to_owned(),
            api_client: "demo".to_owned(),
            // There are no keys: the schedule leaves it alone.
            enabled: false,
            keeps_personal: false,
        };
        let now_ms = now.timestamp_millis();
        store.save_client(&draft, &ClientKeys::default(), now_ms).await?;
        store.note_restaurant(house.id, house.restaurant, house.name, "America/New_York", "USD").await?;
        let all = orders(house, now, seed ^ (STREAM + number));
        for part in all.chunks(BATCH) {
            let batch = OrderBatch { client: house.id.to_owned(), orders: part.to_vec(), ..OrderBatch::default() };
            store.apply_orders(&batch, now_ms).await?;
        }
        for (contact, name) in ["Nora Field", "Sam Okafor", "Lee Marsh"].into_iter().enumerate() {
            let id = format!("demo-{contact}");
            let contact_row =
                Contact { id: id.clone(), client: house.id.to_owned(), name: name.to_owned(), ..Contact::default() };
            store.save_contact(&contact_row, now_ms).await?;
            for order in all.iter().rev().skip(contact).step_by(41).take(4) {
                store.link_order(house.id, &order.guid, Some(&id), now_ms).await?;
            }
        }
        let standing = ClientStanding {
            phase: ClientPhase::Success,
            last_success_ms: Some(now_ms),
            last_attempt_ms: Some(now_ms),
            ..ClientStanding::default()
        };
        store.note_standing(house.id, &standing).await?;
    }
    Ok(())
}

fn orders(house: &House, now: DateTime<Utc>, seed: u64) -> Vec<Order> {
    let today = now.date_naive();
    let days = (0..DAYS).rev().filter_map(|back| today.checked_sub_days(Days::new(back)));
    days.flat_map(|day| of_day(house, day, seed)).filter(|order| order.modified_ms <= now.timestamp_millis()).collect()
}

/// A day reads the same whenever the demo is made.
fn of_day(house: &House, day: NaiveDate, seed: u64) -> Vec<Order> {
    let mut rng = Rng::new(seed, u64::from(epoch_day(day).unsigned_abs()));
    let busy = if day.weekday().number_from_monday() >= 5 { 150 } else { 100 };
    let count = house.orders * rng.between(60, busy) / 100;
    (0..count).map(|number| order(house, day, number, &mut rng)).collect()
}

fn order(house: &House, day: NaiveDate, number: u64, rng: &mut Rng) -> Order {
    let hour = rng.pick(&[(8, 2), (9, 3), (11, 4), (12, 9), (13, 8), (15, 3), (17, 4), (18, 8), (19, 9), (20, 5)]);
    // New York, in winter.
    let opened = day.and_hms_opt(hour, 0, 0).unwrap_or_default().and_utc() + TimeDelta::hours(5);
    let opened = opened + TimeDelta::minutes(i64::try_from(rng.between(0, 59)).unwrap_or(0));
    let items: Vec<OrderItem> = (0..rng.between(1, 4)).map(|_| item(house, rng)).collect();
    let gross: Cents = items.iter().map(|item| item.gross).sum();
    let discount = if rng.percent(6) { Cents(gross.0 / 10) } else { Cents::ZERO };
    let net = gross - discount;
    let tax = Cents(net.0 * 8 / 100);
    let tip = if rng.percent(70) {
        Cents(net.0 * i64::try_from(rng.between(10, 22)).unwrap_or(15) / 100)
    } else {
        Cents::ZERO
    };
    let kind = rng.pick(&[("CREDIT", 78), ("CASH", 17), ("GIFTCARD", 5)]);
    let card = if kind == "CREDIT" { rng.pick(&[("VISA", 5), ("MASTERCARD", 3), ("AMEX", 1)]) } else { "" };
    let state = if rng.percent(2) { OrderState::Voided } else { OrderState::Closed };
    let refunded = if rng.percent(1) { Cents(net.0 / 2) } else { Cents::ZERO };
    let at = (opened + TimeDelta::minutes(45)).timestamp_millis();
    let mut adjustments = vec![Adjustment { kind: AdjustmentKind::Tax, name: "Tax".to_owned(), amount: tax }];
    if discount != Cents::ZERO {
        let name = "Regulars".to_owned();
        adjustments.push(Adjustment { kind: AdjustmentKind::Discount, name, amount: discount });
    }
    Order {
        client: house.id.to_owned(),
        guid: rng.uuid(),
        number: (number + 1).to_string(),
        business_day: day,
        hour: u8::try_from(hour).ok(),
        opened_ms: Some(opened.timestamp_millis()),
        closed_ms: Some(at),
        paid_ms: Some(at),
        modified_ms: at,
        source: rng.pick(&[("In Store", 70), ("Online", 20), ("Kiosk", 7), ("Invoice", 3)]).to_owned(),
        guests: u32::try_from(rng.between(1, 4)).unwrap_or(1),
        state,
        amounts: OrderAmounts {
            net,
            gross,
            discounts: discount,
            tax,
            tips: tip,
            refunds: refunded,
            total: net + tax,
            ..OrderAmounts::default()
        },
        customer: None,
        items,
        adjustments,
        payments: vec![OrderPayment {
            kind: kind.to_owned(),
            card: card.to_owned(),
            amount: net + tax,
            tip,
            refunded,
            refund_day: (refunded != Cents::ZERO).then_some(day),
            status: "CAPTURED".to_owned(),
            counts: true,
            paid_ms: Some(at),
            ..OrderPayment::default()
        }],
    }
}

fn item(house: &House, rng: &mut Rng) -> OrderItem {
    let (name, price) = house.menu[usize::try_from(rng.mostly_small(0, 5)).unwrap_or(0)];
    let extra = rng.percent(25);
    let price = Cents(price + if extra { 100 } else { 0 });
    let modifier =
        OrderItem { name: "Extra".to_owned(), quantity_milli: 1_000, price: Cents(100), ..OrderItem::default() };
    OrderItem {
        name: name.to_owned(),
        quantity_milli: 1_000,
        gross: price,
        price,
        modifiers: if extra { vec![modifier] } else { Vec::new() },
        ..OrderItem::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_reads_the_same_whenever_it_is_made_and_adds_up() {
        let now: DateTime<Utc> = "2026-11-20T23:59:00Z".parse().expect("a time");
        let today = orders(&HOUSES[0], now, 7);
        let tomorrow = orders(&HOUSES[0], now + TimeDelta::days(1), 7);
        let of = |orders: &[Order], day: &str| {
            let day: NaiveDate = day.parse().expect("a date");
            orders.iter().filter(|order| order.business_day == day).cloned().collect::<Vec<_>>()
        };
        assert_eq!(of(&today, "2026-11-14"), of(&tomorrow, "2026-11-14"));
        assert!((3_000..9_000).contains(&today.len()), "{}", today.len());
        for order in &today {
            let gross: Cents = order.items.iter().map(|item| item.gross).sum();
            assert_eq!(order.amounts.gross, gross);
            assert_eq!(order.amounts.net, gross - order.amounts.discounts);
        }
    }
}
