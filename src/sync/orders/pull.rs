//! One sync of one client: changes first, then what is left of a first reading or a resync, then the nightly comparison.
//!
//! Pages are counted by offset over a set that may shrink while it is read: an order that is changed again leaves the
//! window, those behind it move up, and one falls between two pages. So changes that fill more than one page are read
//! forwards to their end and then backwards: what moves up moves into pages that are still to be read. An order that
//! leaves is in the next window.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use super::login::{Login, secret_of};
use super::plan;
use crate::config::Secret;
use crate::model::{Client, Order, epoch_day};
use crate::sources::http::{HttpError, Retry, Waiting};
use crate::sources::toast::feed::{Feed, Page};
use crate::sources::toast::{Reading, Unreadable, Window, parse_page};
use crate::store::{OrderBatch, OrderCursor, OrderCursorKind, OrdersApplied};
use crate::sync::engine::Engine;

/// Pages of one window: 200,000 orders.
const PAGES_MAX: u32 = 2_000;
/// Tries of one request; a storm of 429 ends within the patience of the client.
const ATTEMPTS: u32 = 6;

/// What a sync came to, when it did not fail.
#[derive(Debug, Default)]
pub(super) struct Pulled {
    pub unreadable: Vec<Unreadable>,
    /// Days of a walk that are still to be read.
    pub days_left: u64,
    /// Orders that only the nightly comparison found.
    pub nightly: u64,
}

/// A client being read.
pub(super) struct Puller<'a> {
    engine: &'a Engine,
    client: &'a Client,
    base: String,
    secret: Secret,
    token: Secret,
    /// Whether a token was refused already: the one after it is the last.
    renewed: bool,
    zone: Tz,
    retry: Retry<'a>,
}

/// Reads what there is to read.
pub(super) async fn pull(
    engine: &Engine,
    client: &Client,
    budget: Option<Duration>,
    applied: &mut OrdersApplied,
) -> anyhow::Result<Pulled> {
    let tell = |waiting: Waiting| engine.order_waiting(client, waiting.wait, waiting.is_limit());
    let mut puller = Puller::new(engine, client, Retry::new(ATTEMPTS, &tell).steady()).await?;
    let deadline = budget.map(|budget| Instant::now() + budget);
    puller.read_restaurant().await?;
    let mut pulled = Pulled::default();
    let today = puller.today();
    let mut cursors = engine.store.order_cursors(&client.id).await?;
    if find(&cursors, OrderCursorKind::Watermark).is_none() {
        let value = plan::first_watermark(engine.clock.now());
        // What the first reading brings needs no comparison today.
        let nightly = OrderCursor { kind: OrderCursorKind::Nightly, value: i64::from(epoch_day(today)), aim: None };
        let watermark = OrderCursor { kind: OrderCursorKind::Watermark, value, aim: None };
        for cursor in [watermark, plan::first_walk(today), nightly] {
            engine.store.set_order_cursor(&client.id, cursor).await?;
            cursors.push(cursor);
        }
    }
    puller.read_changes(&cursors, applied, &mut pulled).await?;
    for kind in [OrderCursorKind::Backfill, OrderCursorKind::Resync] {
        if let Some(cursor) = find(&cursors, kind) {
            pulled.days_left += puller.walk(cursor, today, deadline, applied, &mut pulled).await?;
        }
    }
    let last = find(&cursors, OrderCursorKind::Nightly).map(|cursor| cursor.value);
    if pulled.days_left == 0 {
        puller.compare(last, today, applied, &mut pulled).await?;
    }
    Ok(pulled)
}

fn find(cursors: &[OrderCursor], kind: OrderCursorKind) -> Option<OrderCursor> {
    cursors.iter().find(|cursor| cursor.kind == kind).copied()
}

impl<'a> Puller<'a> {
    pub(super) async fn new(engine: &'a Engine, client: &'a Client, retry: Retry<'a>) -> anyhow::Result<Puller<'a>> {
        let base = engine.access.toast_base().unwrap_or_else(|| client.api_url.clone());
        let secret = secret_of(engine, client).await?;
        let login =
            Login { engine, http: engine.http()?, base: &base, api_client: &client.api_client, secret: &secret };
        let token = login.token(None, &retry).await?;
        let zone = client.time_zone.parse().unwrap_or_else(|_| engine.config.current().zone.tz());
        Ok(Puller { engine, client, base, secret, token, renewed: false, zone, retry })
    }

    fn feed(&self) -> anyhow::Result<Feed<'a>> {
        let http = self.engine.http()?;
        let spacing = self.engine.order_spacing;
        Feed::new(http, &self.base, &self.client.restaurant, self.token.clone(), spacing, self.retry)
    }

    /// The restaurant's date.
    pub(super) fn today(&self) -> NaiveDate {
        self.engine.clock.now().with_timezone(&self.zone).date_naive()
    }

    /// Gets another token when this one was refused; a second refusal is not the token's fault.
    async fn renew(&mut self, error: anyhow::Error) -> anyhow::Result<()> {
        let refused = matches!(http_error(&error), Some(HttpError::Unauthorised { .. }));
        if !refused || self.renewed {
            return Err(error);
        }
        self.renewed = true;
        let login = Login {
            engine: self.engine,
            http: self.engine.http()?,
            base: &self.base,
            api_client: &self.client.api_client,
            secret: &self.secret,
        };
        self.token = login.token(Some(&self.token), &self.retry).await?;
        Ok(())
    }

    async fn ask(&mut self, window: Window, page: u32) -> anyhow::Result<Page> {
        loop {
            match self.feed()?.page(window, page, self.engine.clock.now()).await {
                Ok(answer) => return Ok(answer),
                Err(error) => self.renew(error).await?,
            }
        }
    }

    /// Learns the restaurant's clock and money, once.
    async fn read_restaurant(&mut self) -> anyhow::Result<()> {
        if !self.client.location.is_empty() {
            return Ok(());
        }
        let guid = &self.client.restaurant;
        let restaurant = loop {
            match self.feed()?.restaurant(guid).await {
                Ok(restaurant) => break restaurant,
                Err(error) => match http_error(&error) {
                    Some(HttpError::Refused { status: 404, .. }) => {
                        return Err(error.context(format!("Toast knows no location {guid}: check the restaurant GUID")));
                    }
                    // Keys that may read orders need not be allowed to read settings.
                    Some(HttpError::Forbidden { .. }) => return Ok(()),
                    _ => self.renew(error).await?,
                },
            }
        };
        let name = if restaurant.name.is_empty() { &self.client.name } else { &restaurant.name };
        self.zone = restaurant.time_zone.parse().unwrap_or(self.zone);
        self.engine.store.note_restaurant(&self.client.id, name, &restaurant.time_zone, &restaurant.currency).await
    }

    async fn read_changes(
        &mut self,
        cursors: &[OrderCursor],
        applied: &mut OrdersApplied,
        pulled: &mut Pulled,
    ) -> anyhow::Result<()> {
        let now = self.engine.clock.now();
        let mut mark = find(cursors, OrderCursorKind::Watermark).map_or(0, |cursor| cursor.value);
        while let Some((window, to)) = plan::changes(mark, now) {
            let read = self.read(window, |at| {
                let value = plan::settled(to, at).timestamp_millis().max(mark);
                Some(OrderCursor { kind: OrderCursorKind::Watermark, value, aim: None })
            });
            let read = read.await?;
            add(applied, read.applied);
            pulled.unreadable.extend(read.unreadable);
            match read.moved_to {
                Some(moved) if moved > mark && moved >= to.timestamp_millis() => mark = moved,
                _ => return Ok(()),
            }
        }
        Ok(())
    }

    /// Goes on with a walk over business days, and returns how many are left.
    async fn walk(
        &mut self,
        mut cursor: OrderCursor,
        today: NaiveDate,
        deadline: Option<Instant>,
        applied: &mut OrdersApplied,
        pulled: &mut Pulled,
    ) -> anyhow::Result<u64> {
        for day in plan::left(&cursor) {
            if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                break;
            }
            let (done, total) = plan::progress(&cursor, today);
            self.engine.order_progress(self.client, &format!("day {} of {total}", done + 1), done, total);
            cursor.value = i64::from(epoch_day(day));
            let read = self.read(Window::Day(day), |_| Some(cursor)).await?;
            add(applied, read.applied);
            pulled.unreadable.extend(read.unreadable);
        }
        let left = plan::left(&cursor).count() as u64;
        if left == 0 && cursor.kind == OrderCursorKind::Resync {
            self.engine.store.drop_order_cursor(&self.client.id, cursor.kind).await?;
        }
        Ok(left)
    }

    async fn compare(
        &mut self,
        last: Option<i64>,
        today: NaiveDate,
        applied: &mut OrdersApplied,
        pulled: &mut Pulled,
    ) -> anyhow::Result<()> {
        let days = plan::nightly(last, today);
        for day in &days {
            let read = self.read(Window::Day(*day), |_| None).await?;
            pulled.nightly += read.applied.rows();
            add(applied, read.applied);
            pulled.unreadable.extend(read.unreadable);
        }
        if !days.is_empty() {
            let value = i64::from(epoch_day(today));
            let cursor = OrderCursor { kind: OrderCursorKind::Nightly, value, aim: None };
            self.engine.store.set_order_cursor(&self.client.id, cursor).await?;
        }
        Ok(())
    }
}

/// What a window came to.
#[derive(Default)]
struct Read {
    applied: OrdersApplied,
    unreadable: Vec<Unreadable>,
    moved_to: Option<i64>,
}

impl Puller<'_> {
    /// Reads and stores a window; its cursor moves with the last page that is read.
    async fn read(
        &mut self,
        window: Window,
        cursor: impl Fn(Option<DateTime<Utc>>) -> Option<OrderCursor>,
    ) -> anyhow::Result<Read> {
        let (mut read, mut before, mut began) = (Read::default(), None, None);
        let is_change = matches!(window, Window::Changed { .. });
        for number in 1..=PAGES_MAX {
            let page = self.ask(window, number).await?;
            began = began.or(page.at);
            let (orders, unreadable) = self.parse(&page)?;
            let ids = ids(&orders);
            let goes_round = before.as_ref() == Some(&ids) || page.next.is_some_and(|next| next != number + 1);
            if page.has_next && goes_round {
                bail!("Toast gives the same page again and again; what came is stored, and the next sync asks again");
            }
            let is_last = !page.has_next && (number == 1 || !is_change);
            self.store(orders, unreadable, is_last.then(|| cursor(began)).flatten(), &mut read).await?;
            self.pause(page.pause).await?;
            if !page.has_next {
                if !is_last {
                    self.read_back(window, number, cursor(began), &mut read).await?;
                }
                return Ok(read);
            }
            before = Some(ids);
        }
        bail!("Toast gives more than {PAGES_MAX} pages; what came is stored")
    }

    /// Reads the pages before the last one again, backwards.
    async fn read_back(
        &mut self,
        window: Window,
        last: u32,
        cursor: Option<OrderCursor>,
        read: &mut Read,
    ) -> anyhow::Result<()> {
        for number in (1..last).rev() {
            let page = self.ask(window, number).await?;
            let (orders, unreadable) = self.parse(&page)?;
            self.store(orders, unreadable, cursor.filter(|_| number == 1), read).await?;
            self.pause(page.pause).await?;
        }
        Ok(())
    }

    pub(super) fn parse(&self, page: &Page) -> anyhow::Result<(Vec<Order>, Vec<Unreadable>)> {
        Ok(parse_page(&page.body, self.reading())?)
    }

    pub(super) fn reading(&self) -> Reading<'_> {
        Reading { client: &self.client.id, zone: self.zone, keeps_personal: self.client.keeps_personal }
    }

    /// Asks for all orders of a day and stores none.
    pub(super) async fn look_at(&mut self, day: NaiveDate) -> anyhow::Result<Vec<Order>> {
        let mut all = Vec::new();
        for number in 1..=PAGES_MAX {
            let page = self.ask(Window::Day(day), number).await?;
            let (orders, unreadable) = self.parse(&page)?;
            if let Some(first) = unreadable.first() {
                bail!("order {} of {day} cannot be read: {}", first.which, first.problem);
            }
            all.extend(orders);
            if !page.has_next {
                break;
            }
            self.pause(page.pause).await?;
        }
        Ok(all)
    }

    /// Stores a page. Past an order that could not be read the watermark does not go, so that nothing is lost.
    async fn store(
        &self,
        orders: Vec<Order>,
        unreadable: Vec<Unreadable>,
        cursor: Option<OrderCursor>,
        read: &mut Read,
    ) -> anyhow::Result<()> {
        let fresh: Vec<Unreadable> = unreadable.into_iter().filter(|one| !read.unreadable.contains(one)).collect();
        read.unreadable.extend(fresh);
        let passes = |cursor: &OrderCursor| cursor.kind != OrderCursorKind::Watermark || read.unreadable.is_empty();
        let cursor = cursor.filter(passes);
        let batch = OrderBatch { client: self.client.id.clone(), orders, cursors: cursor.into_iter().collect() };
        let now_ms = self.engine.clock.now().timestamp_millis();
        let applied = self.engine.store.apply_orders(&batch, now_ms).await.context("storing orders")?;
        add(&mut read.applied, applied);
        read.moved_to = cursor.map(|cursor| cursor.value).or(read.moved_to);
        Ok(())
    }

    async fn pause(&self, pause: Duration) -> anyhow::Result<()> {
        let mut stopping = self.engine.stopping();
        if pause.is_zero() {
            return Ok(());
        }
        self.engine.order_waiting(self.client, pause, true);
        match tokio::time::timeout(pause, stopping.wait_for(|stop| *stop)).await {
            Ok(_) => Err(HttpError::Stopped.into()),
            Err(_) => Ok(()),
        }
    }
}

fn ids(orders: &[Order]) -> BTreeSet<(String, i64)> {
    orders.iter().map(|order| (order.guid.clone(), order.modified_ms)).collect()
}

fn add(sum: &mut OrdersApplied, more: OrdersApplied) {
    sum.added += more.added;
    sum.changed += more.changed;
}

pub(super) fn http_error(error: &anyhow::Error) -> Option<&HttpError> {
    error.chain().find_map(|cause| cause.downcast_ref::<HttpError>())
}
