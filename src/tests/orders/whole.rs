//! Syncs in which everything goes well.

use super::*;
use crate::model::{Cents, Contact, OrderPage, OrderSort};
use crate::store::OrderCursorKind;
use crate::tests::fakes::toast::guid;

#[tokio::test]
async fn a_first_sync_reads_twelve_weeks_and_the_next_only_what_changed() {
    let world = World::new().await;
    world.ring(3, 120);
    let synced = world.succeeds().await;
    assert_eq!((synced.applied.added, synced.applied.changed), (360, 0), "{}", synced.message);
    let sums = world.sums().await;
    let net: i64 = 3 * (0..120).map(|number| 1_000 + number).sum::<i64>();
    assert_eq!((sums.orders, sums.net, sums.currency.as_deref()), (360, Cents(net), Some("USD")));
    let asked = world.toast.asked().len();
    assert!(asked > 85, "every day of twelve weeks: {asked}");
    world.pass(TimeDelta::minutes(10));
    world.toast.till().edit(7, world.now() - TimeDelta::minutes(4), |order| {
        order["checks"][0]["payments"][0]["tipAmount"] = 9.into();
    });
    let synced = world.succeeds().await;
    assert_eq!((synced.applied.added, synced.applied.changed), (0, 1), "{}", synced.message);
    assert_eq!(world.toast.asked().len(), asked + 1, "one window");
    assert_eq!(world.toast.till().logins.len(), 1, "one login for all of it");
    assert_eq!(world.phase(), ClientPhase::Success);
}

#[tokio::test]
async fn the_watermark_is_the_end_of_the_window_so_that_what_changes_during_a_sync_is_not_lost() {
    let world = World::new().await;
    world.succeeds().await;
    world.pass(TimeDelta::minutes(30));
    // Rung up now, within what is not settled yet: the window does not reach it.
    let (today, now) = (world.today(), world.now());
    world.toast.till().ring(1, today, now - TimeDelta::seconds(30), 500, |_| {});
    assert_eq!(world.succeeds().await.applied.rows(), 0);
    world.pass(TimeDelta::minutes(3));
    assert_eq!(world.succeeds().await.applied.added, 1);
}

#[tokio::test]
async fn a_clock_that_is_an_hour_ahead_of_toasts_loses_nothing() {
    let world = World::new().await;
    world.succeeds().await;
    world.toast.till().skew = TimeDelta::hours(1);
    world.pass(TimeDelta::minutes(90));
    world.succeeds().await;
    // By Toast's clock this is before the end of the window that was asked for, and after what it could know.
    let (today, at) = (world.today(), world.now() - TimeDelta::minutes(40));
    world.toast.till().ring(1, today, at, 500, |_| {});
    world.pass(TimeDelta::minutes(45));
    assert_eq!(world.succeeds().await.applied.added, 1);
}

#[tokio::test]
async fn voids_refunds_and_late_tips_move_every_sum_by_exactly_what_they_change() {
    let world = World::new().await;
    world.ring(1, 4);
    world.succeeds().await;
    let before = world.sums().await;
    world.pass(TimeDelta::minutes(20));
    let (at, tomorrow) = (world.now() - TimeDelta::minutes(5), world.today().succ_opt().expect("a day"));
    {
        let mut till = world.toast.till();
        till.edit(0, at, |order| order["voided"] = true.into());
        till.edit(1, at, |order| {
            let day: u32 = tomorrow.format("%Y%m%d").to_string().parse().expect("a day");
            order["checks"][0]["payments"][0]["refund"] =
                serde_json::json!({"refundAmount": 4.0, "tipRefundAmount": 0, "refundBusinessDate": day});
        });
        till.edit(2, at, |order| order["deleted"] = true.into());
    }
    world.succeeds().await;
    let after = world.sums().await;
    assert_eq!((after.orders, after.listed), (2, 4));
    assert_eq!(after.net, before.net - Cents(1_000) - Cents(1_002));
    assert_eq!(after.refunds, Cents(400));
    let days = world.app.engine.store.order_days(&everything()).await.expect("adds up");
    assert_eq!(days.last().map(|day| (day.day, day.sums.refunds, day.sums.orders)), Some((tomorrow, Cents(400), 0)));
}

#[tokio::test]
async fn what_somebody_matched_survives_every_resync_and_nobody_is_kept_who_should_not_be() {
    let world = World::new().await;
    world.ring(2, 3);
    world.succeeds().await;
    let store = &world.app.engine.store;
    let contact = Contact { id: "c1".into(), client: CLIENT.into(), name: "Bob".into(), ..Contact::default() };
    store.save_contact(&contact, 1).await.expect("saves");
    assert!(store.link_order(CLIENT, &guid(1), Some("c1"), 2).await.expect("links"));
    assert!(!store.link_order(CLIENT, &guid(99), Some("c1"), 2).await.expect("answers"), "no such order");
    world.pass(TimeDelta::minutes(20));
    world.toast.till().edit(1, world.now() - TimeDelta::minutes(5), |order| order["numberOfGuests"] = 9.into());
    world.app.engine.plan_resync(CLIENT, 7).await.expect("plans");
    let synced = world.succeeds().await;
    assert_eq!(synced.applied.changed, 1);
    let link = store.contact_link(CLIENT, &guid(1)).await.expect("reads").expect("is linked");
    assert_eq!((link.name.as_str(), link.manual, world.sums().await.matched), ("Bob", true, 1));
    // Kept: now the guests are known, and one who is a contact is found; what was decided stays.
    let ada = Contact { id: "c2".into(), email: "ADA@canary.test".into(), name: "Ada".into(), ..contact.clone() };
    store.save_contact(&ada, 3).await.expect("saves");
    world.save(|draft| draft.keeps_personal = true).await;
    world.app.engine.plan_resync(CLIENT, 7).await.expect("plans");
    world.succeeds().await;
    assert_eq!(world.sums().await.matched, 6);
    assert_eq!(store.contact_link(CLIENT, &guid(1)).await.expect("reads").expect("is linked").name, "Bob");
    let similar = store.similar_contacts(CLIENT, &guid(1), 5).await.expect("compares");
    assert_eq!(similar.first().map(|score| (score.contact.id.as_str(), score.confidence())), Some(("c2", "High")));
    world.save(|_| {}).await;
    let database = std::fs::read(world.app.engine.store.file()).expect("reads");
    let _ = database;
    let order = store.order(CLIENT, &guid(1)).await.expect("reads").expect("is there");
    assert_eq!(order.customer, None, "forgotten with the setting");
    let searched = OrderFilter { search: "canary".into(), ..everything() };
    let page = OrderPage { sort: OrderSort::Opened, descending: true, offset: 0, limit: 10 };
    assert!(store.order_page(&searched, page).await.expect("reads").is_empty());
}

#[tokio::test]
async fn a_resync_goes_on_where_it_was_cut_off_and_is_refused_beyond_its_bounds() {
    let world = World::new().await;
    world.ring(10, 2);
    world.succeeds().await;
    for days in [6, 366] {
        let error = world.app.engine.plan_resync(CLIENT, days).await.expect_err("is refused").to_string();
        assert!(error.contains("choose 7 to 365"), "{error}");
    }
    world.app.engine.plan_resync(CLIENT, 10).await.expect("plans");
    let before = world.toast.asked().len();
    // The first three requests are answered, then the key is gone.
    world.toast.upstream.fault(crate::tests::upstream::Fault::Nothing, 3);
    world.toast.upstream.fault(crate::tests::upstream::Fault::Status(403, ""), 1);
    assert_eq!(world.sync().await.status, StepStatus::Error);
    let state = world.app.engine.resync_of(CLIENT).await.expect("reads").expect("is under way");
    assert!(state.days_done > 0 && state.days_done < state.days, "{state:?}");
    world.succeeds().await;
    assert_eq!(world.app.engine.resync_of(CLIENT).await.expect("reads"), None);
    let asked = world.toast.asked().len() - before;
    assert!(asked <= 14, "no day was read twice but the one that failed: {asked}");
    let cursors = world.app.engine.store.order_cursors(CLIENT).await.expect("reads");
    assert!(cursors.iter().all(|cursor| cursor.kind != OrderCursorKind::Resync));
}

#[tokio::test]
async fn the_nightly_comparison_finds_what_no_window_told() {
    let world = World::new().await;
    world.ring(2, 2);
    world.succeeds().await;
    world.pass(TimeDelta::days(1));
    // Changed, and its time of change says otherwise.
    let old = world.now() - TimeDelta::days(2);
    world.toast.till().edit(0, old, |order| order["voided"] = true.into());
    world.toast.till().orders.get_mut(&guid(0)).expect("is there").2["modifiedDate"] =
        crate::tests::fakes::toast::moment(world.now()).into();
    let synced = world.succeeds().await;
    assert!(synced.message.contains("nightly comparison found 1"), "{}", synced.message);
}

#[tokio::test]
async fn a_diagnosis_compares_day_by_day_and_writes_nothing() {
    let world = World::new().await;
    world.ring(2, 2);
    world.succeeds().await;
    let today = world.today();
    world.toast.till().ring(90, today, world.now(), 700, |_| {});
    let generation = world.app.engine.store.orders_generation().await.expect("reads");
    let days = world.app.engine.diagnose_orders(CLIENT).await.expect("looks");
    assert_eq!(days.len(), 7);
    let last = days.last().expect("a day");
    assert_eq!((last.day, last.upstream_orders, last.stored_orders, last.agrees()), (today, 3, 2, false));
    assert!(days[..6].iter().all(crate::model::DiagnosedDay::agrees));
    assert_eq!(world.app.engine.store.orders_generation().await.expect("reads"), generation);
}

#[tokio::test]
async fn a_removed_client_keeps_its_orders_and_loses_its_keys() {
    let world = World::new().await;
    world.ring(1, 2);
    world.succeeds().await;
    assert!(world.app.engine.remove_client(CLIENT).await.expect("removes"));
    assert!(!world.app.engine.remove_client(CLIENT).await.expect("answers"));
    assert_eq!(world.sums().await.orders, 2);
    assert_eq!(world.app.engine.store.client_keys(CLIENT).await.expect("reads").secret, None);
    assert!(world.app.engine.sync_orders(CLIENT).await.is_err());
    assert!(world.app.engine.live().borrow().clients.is_empty());
}

#[tokio::test]
async fn an_ordinary_run_has_a_step_for_each_client_and_tells_no_key() {
    let world = World::new().await;
    world.ring(1, 2);
    let run = world.app.sync().await;
    let step = run.steps.iter().find(|step| step.name == "orders").expect("has a step");
    assert_eq!((step.source.as_deref(), step.status, step.rows), (Some(CLIENT), StepStatus::Success, 2));
    let told = format!("{run:?} {:?}", world.app.engine.live().borrow());
    assert!(!told.contains("canary"), "{told}");
    let mut stored = std::fs::read(world.app.engine.store.file()).expect("reads");
    let log = world.app.engine.store.file().with_extension("db-wal");
    stored.extend(std::fs::read(log).unwrap_or_default());
    for key in ["till-canary", "token-canary", "hook-canary", "Canary", "4242"] {
        assert!(!stored.windows(key.len()).any(|window| window == key.as_bytes()), "{key} is in the database");
    }
}
