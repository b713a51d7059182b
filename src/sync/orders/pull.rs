//! One sync of one client: changes first, then what is left of a first reading or a resync, then the nightly comparison.
//!
//! Nothing waits for anything: each window and each day moves its cursor when it is stored, so a sync that is cut off
//! loses at most the one it was at. An order that cannot be read is noted by name and passed; its day is read again with
//! the nightly comparison.

mod pages;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use super::login::{Login, secret_of};
use super::plan;
use crate::config::Secret;
use crate::model::{Client, epoch_day};
use crate::sources::http::{HttpError, Retry, Waiting};
use crate::sources::toast::feed::Feed;
use crate::sources::toast::{READER, Window};
use crate::store::{OrderBatch, OrderCursor, OrderCursorKind, OrdersApplied, UnreadableOrder};
use crate::sync::engine::Engine;

pub(super) use pages::LittleLeft;

/// Tries of one request; a storm of 429 ends within the patience of the client.
const ATTEMPTS: u32 = 6;

/// What a sync came to, when it did not fail.
#[derive(Debug, Default)]
pub(super) struct Pulled {
    /// Orders that are at Toast and could not be read, in this sync or an earlier one.
    pub unreadable: Vec<UnreadableOrder>,
    /// Days of changes and of walks that are still to be read.
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
    /// When nothing new is begun any more.
    deadline: Option<Instant>,
    /// Toast wants no request before.
    not_before: Option<tokio::time::Instant>,
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
    puller.deadline = budget.map(|budget| Instant::now() + budget);
    puller.read_restaurant().await?;
    let today = puller.today();
    let cursors = puller.cursors(today).await?;
    let value = |kind| cursors.iter().find(|cursor| cursor.kind == kind).map(|cursor| cursor.value);
    let mut pulled = Pulled::default();
    pulled.days_left += puller.read_changes(value(OrderCursorKind::Watermark).unwrap_or(0), applied).await?;
    for kind in [OrderCursorKind::Backfill, OrderCursorKind::Resync] {
        pulled.days_left += puller.walk(kind, today, applied).await?;
    }
    if pulled.days_left == 0 {
        pulled.nightly = puller.compare(value(OrderCursorKind::Nightly), today, applied).await?;
    }
    pulled.unreadable = engine.store.unreadable_orders(&client.id).await?;
    Ok(pulled)
}

impl<'a> Puller<'a> {
    pub(super) async fn new(engine: &'a Engine, client: &'a Client, retry: Retry<'a>) -> anyhow::Result<Puller<'a>> {
        let base = engine.base_of(&client.api_url);
        let secret = secret_of(engine, client).await?;
        let login =
            Login { engine, http: engine.http()?, base: &base, api_client: &client.api_client, secret: &secret };
        let token = login.token(None).await?;
        let zone = client.time_zone.parse().unwrap_or_else(|_| engine.config.current().zone.tz());
        let (deadline, not_before) = (None, None);
        Ok(Puller { engine, client, base, secret, token, renewed: false, zone, retry, deadline, not_before })
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
        self.token = login.token(Some(&self.token)).await?;
        Ok(())
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
        let (zone, currency) = (&restaurant.time_zone, &restaurant.currency);
        self.engine.store.note_restaurant(&self.client.id, guid, name, zone, currency).await
    }

    /// How far everything was read; whoever has read nothing yet begins with the first reading.
    async fn cursors(&self, today: NaiveDate) -> anyhow::Result<Vec<OrderCursor>> {
        let cursors = self.engine.store.order_cursors(&self.client.id).await?;
        if cursors.iter().any(|cursor| cursor.kind == OrderCursorKind::Watermark) {
            return Ok(cursors);
        }
        let now = self.engine.clock.now();
        let watermark = OrderCursor { kind: OrderCursorKind::Watermark, value: plan::first_watermark(now), aim: None };
        // What the first reading brings needs no comparison today.
        let first = vec![plan::first_walk(today), nightly(today), watermark];
        let batch = OrderBatch { cursors: first, ..self.batch() };
        self.engine.store.apply_orders(&batch, now.timestamp_millis()).await?;
        self.engine.store.order_cursors(&self.client.id).await
    }

    fn batch(&self) -> OrderBatch {
        let restaurant = Some(self.client.restaurant.clone());
        OrderBatch { client: self.client.id.clone(), restaurant, ..OrderBatch::default() }
    }

    fn is_late(&self) -> bool {
        self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// Reads what has changed, one window after the other, at least one; returns how many are left.
    async fn read_changes(&mut self, mut mark: i64, applied: &mut OrdersApplied) -> anyhow::Result<u64> {
        let now = self.engine.clock.now();
        while let Some((window, to)) = plan::changes(mark, now) {
            let cursor = |at: Option<DateTime<Utc>>| {
                let value = plan::settled(to, at).timestamp_millis().max(mark);
                Some(OrderCursor { kind: OrderCursorKind::Watermark, value, aim: None })
            };
            let read = self.read(window, cursor).await?;
            add(applied, read.applied);
            match read.moved_to {
                Some(moved) if moved > mark && moved >= to.timestamp_millis() => mark = moved,
                _ => break,
            }
            if self.is_late() {
                return Ok(plan::windows_left(mark, now));
            }
        }
        Ok(0)
    }

    /// Goes on with a walk over business days, and returns how many are left. Where it is and how far it goes is asked
    /// before each day: somebody may have planned a longer one meanwhile.
    async fn walk(
        &mut self,
        kind: OrderCursorKind,
        today: NaiveDate,
        applied: &mut OrdersApplied,
    ) -> anyhow::Result<u64> {
        loop {
            let cursors = self.engine.store.order_cursors(&self.client.id).await?;
            let Some(cursor) = cursors.into_iter().find(|cursor| cursor.kind == kind) else { return Ok(0) };
            let Some(day) = plan::left(&cursor).next() else {
                if kind == OrderCursorKind::Resync {
                    self.engine.store.end_order_walk(&self.client.id, cursor).await?;
                }
                return Ok(0);
            };
            if self.is_late() {
                return Ok(plan::left(&cursor).count() as u64);
            }
            let (done, total) = plan::progress(&cursor, today);
            self.engine.order_progress(self.client, &format!("day {} of {total}", done + 1), done, total);
            let moved = OrderCursor { value: i64::from(epoch_day(day)), ..cursor };
            let read = self.read(Window::Day(day), |_| Some(moved)).await?;
            add(applied, read.applied);
        }
    }

    /// Compares the days before today, once a day, and reads the days again of which an order could not be read; those
    /// also when the parser has changed. Returns how many orders only this found.
    async fn compare(
        &mut self,
        last: Option<i64>,
        today: NaiveDate,
        applied: &mut OrdersApplied,
    ) -> anyhow::Result<u64> {
        let days = plan::nightly(last, today);
        let unreadable = self.engine.store.unreadable_orders(&self.client.id).await?;
        let again = unreadable.iter().filter(|order| !days.is_empty() || order.reader != READER);
        let again: BTreeSet<NaiveDate> = again.filter_map(|order| order.day).collect();
        let mut found = 0;
        for day in &days {
            found += self.compare_day(*day, applied).await?;
        }
        if !days.is_empty() {
            self.engine.store.set_order_cursor(&self.client.id, nightly(today)).await?;
        }
        for day in again.iter().rev().filter(|day| !days.contains(day)) {
            if self.is_late() {
                break;
            }
            found += self.compare_day(*day, applied).await?;
        }
        Ok(found)
    }

    async fn compare_day(&mut self, day: NaiveDate, applied: &mut OrdersApplied) -> anyhow::Result<u64> {
        let read = self.read(Window::Day(day), |_| None).await?;
        add(applied, read.applied);
        Ok(read.applied.rows())
    }
}

fn nightly(today: NaiveDate) -> OrderCursor {
    OrderCursor { kind: OrderCursorKind::Nightly, value: i64::from(epoch_day(today)), aim: None }
}

fn add(sum: &mut OrdersApplied, more: OrdersApplied) {
    sum.added += more.added;
    sum.changed += more.changed;
}

pub(super) fn http_error(error: &anyhow::Error) -> Option<&HttpError> {
    error.chain().find_map(|cause| cause.downcast_ref::<HttpError>())
}
