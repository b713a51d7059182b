//! Orders from the till to the sums: the real engine, the real client, and a Toast that keeps books and misbehaves.

mod faults;
mod live;
mod logins;
mod progress;
mod properties;
mod pushed;
mod saved;
mod stored;
mod unreadable;
mod whole;

use std::sync::{Arc, Mutex};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::fakes::toast::{API_CLIENT, FakeToast, RESTAURANT, SECRET};
use super::harness::TestApp;
use super::stopped_time::StoppedTime;
use crate::config::Secret;
use crate::model::{ClientDraft, ClientPhase, DateRange, OrderFilter, OrderSums, StepStatus, Whose};
use crate::sync::{ClientOutcome, ClientSynced, Clock};

const CLIENT: &str = "bistro";
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);

/// An app with one client, and the Toast it is at; their clocks stand still until they are moved.
struct World {
    app: TestApp,
    toast: FakeToast,
    now: Arc<Mutex<DateTime<Utc>>>,
}

impl World {
    async fn new() -> World {
        let start: DateTime<Utc> = "2026-11-20T18:00:00Z".parse().expect("a time");
        let now = Arc::new(Mutex::new(start));
        let shown = now.clone();
        let clock = Clock::showing(move || *shown.lock().expect("is not poisoned"));
        let toast = FakeToast::start(start).await;
        let mut app = TestApp::with_access(clock, &[("ALLCLEAR_TOAST_BASE_URL", toast.upstream.base())]).await;
        let engine = Arc::get_mut(&mut app.engine).expect("nobody else has it");
        engine.order_spacing = std::time::Duration::ZERO;
        // As the program has it.
        engine.limits.patience = PATIENCE;
        let world = World { app, toast, now };
        world.save(|_| {}).await;
        world
    }

    fn now(&self) -> DateTime<Utc> {
        *self.now.lock().expect("is not poisoned")
    }

    fn pass(&self, time: TimeDelta) {
        *self.now.lock().expect("is not poisoned") += time;
        self.toast.till().now += time;
    }

    /// Today by the restaurant's clock.
    fn today(&self) -> NaiveDate {
        self.now().with_timezone(&chrono_tz::America::New_York).date_naive()
    }

    async fn save(&self, edit: impl FnOnce(&mut ClientDraft)) {
        let mut draft = draft();
        edit(&mut draft);
        let secret = Secret::new("the secret", SECRET);
        let webhook = Secret::new("the webhook secret", "hook-canary");
        self.app.engine.save_client(&draft, secret.as_ref(), webhook.as_ref()).await.expect("saves");
    }

    async fn sync(&self) -> ClientSynced {
        match self.app.engine.sync_orders(CLIENT).await.expect("runs") {
            ClientOutcome::Finished(synced) => synced,
            ClientOutcome::Busy => panic!("nobody else syncs"),
        }
    }

    async fn succeeds(&self) -> ClientSynced {
        let synced = self.sync().await;
        assert_eq!(synced.status, StepStatus::Success, "{}", synced.message);
        synced
    }

    async fn sums(&self) -> OrderSums {
        self.app.engine.store.order_sums(&everything()).await.expect("adds up")
    }

    fn phase(&self) -> ClientPhase {
        self.app.engine.live().borrow().clients[0].phase
    }

    /// Rings up orders of the days that end today, so many a day, each of 10.00 and its number in cents.
    fn ring(&self, days: u32, a_day: u32) {
        let (today, now) = (self.today(), self.now());
        let mut till = self.toast.till();
        for back in 0..days {
            let ago = TimeDelta::days(i64::from(back));
            for number in 0..a_day {
                let at = now - ago - TimeDelta::minutes(3 + i64::from(number % 120));
                till.ring(back * a_day + number, today - ago, at, 1_000 + i64::from(number), |_| {});
            }
        }
    }
}

/// Does something while time, which is stopped, is moved on by what the sync says it waits.
async fn passing<T>(world: &World, time: &StoppedTime, work: impl Future<Output = T>) -> T {
    let mut live = world.app.engine.live();
    live.mark_unchanged();
    tokio::pin!(work);
    loop {
        tokio::select! {
            biased;
            done = &mut work => return done,
            changed = live.changed() => changed.expect("the engine lives"),
        }
        let until = live.borrow_and_update().clients[0].until_ms;
        let wait = until.and_then(|until| u64::try_from(until - world.now().timestamp_millis()).ok());
        // What is longer is not waited for: the sync has ended, and says when the next one may be.
        if let Some(wait) = wait.map(std::time::Duration::from_millis).filter(|wait| *wait <= PATIENCE) {
            // What is told is cut to a millisecond, and timers fire at the next one.
            time.advance(wait + std::time::Duration::from_millis(2)).await;
        }
    }
}

fn draft() -> ClientDraft {
    ClientDraft {
        id: CLIENT.into(),
        name: "Bistro".into(),
        restaurant: RESTAURANT.into(),
        api_url: "https://toast.test".into(),
        api_client: API_CLIENT.into(),
        enabled: true,
        keeps_personal: false,
    }
}

fn everything() -> OrderFilter {
    let day = |text: &str| text.parse().expect("a date");
    let all = DateRange { from: day("2020-01-01"), to: day("2030-01-01") };
    OrderFilter { invoices: true, voided: true, ..OrderFilter::of(Whose::Everybody, all) }
}
