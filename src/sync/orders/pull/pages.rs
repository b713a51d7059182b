//! The pages of one window, read to their end and stored one by one.
//!
//! Pages are counted by offset over a set that may shrink while it is read: an order that is changed again leaves the
//! window, those behind it move up, and one falls between two pages. So changes that fill more than one page are read
//! forwards to their end and then backwards: what moves up moves into pages that are still to be read. An order that
//! leaves is in the next window.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use chrono::{DateTime, NaiveDate, Utc};

use super::{Puller, add};
use crate::model::Order;
use crate::sources::http::HttpError;
use crate::sources::toast::feed::Page;
use crate::sources::toast::{READER, Reading, Unreadable, Window, parse_page};
use crate::store::{OrderBatch, OrderCursor, OrdersApplied, UnreadableOrder, WholeDay};
use crate::sync::orders::SLACK;

/// Pages of one window: 200,000 orders.
const PAGES_MAX: u32 = 2_000;

/// So little is left of a limit that a sync would have to wait longer than it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Toast allows only few requests more for a while; what came is stored, and the next sync goes on")]
pub(in crate::sync::orders) struct LittleLeft {
    pub wait: Duration,
}

/// What a window came to.
#[derive(Default)]
pub(super) struct Read {
    pub applied: OrdersApplied,
    pub moved_to: Option<i64>,
    /// The orders that could not be read.
    unreadable: BTreeSet<String>,
}

/// How a window ends: with the last page of it, and the cursor it moves.
struct End {
    window: Window,
    cursor: Option<OrderCursor>,
}

impl Puller<'_> {
    /// Reads and stores a window; its cursor moves with the last page that is read.
    pub(super) async fn read(
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
            let end = is_last.then(|| End { window, cursor: cursor(began) });
            self.store(orders, self.named(unreadable, window), end, &mut read).await?;
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
            let end = (number == 1).then_some(End { window, cursor });
            self.store(orders, self.named(unreadable, window), end, read).await?;
        }
        Ok(())
    }

    /// Asks for a page, when Toast wants to be asked again.
    async fn ask(&mut self, window: Window, page: u32) -> anyhow::Result<Page> {
        self.pause().await?;
        loop {
            match self.feed()?.page(window, page, self.engine.clock.now()).await {
                Ok(answer) => {
                    self.not_before = (!answer.pause.is_zero()).then(|| tokio::time::Instant::now() + answer.pause);
                    return Ok(answer);
                }
                Err(error) => self.renew(error).await?,
            }
        }
    }

    /// Waits as little being left of a limit demands; not after the last request, and not longer than a sync may take.
    async fn pause(&mut self) -> anyhow::Result<()> {
        let Some(at) = self.not_before.take() else { return Ok(()) };
        let wait = at.saturating_duration_since(tokio::time::Instant::now());
        if wait.is_zero() {
            return Ok(());
        }
        let is_beyond = self.deadline.is_some_and(|deadline| Instant::now() + wait > deadline + SLACK);
        if is_beyond || wait > self.engine.limits.patience {
            return Err(LittleLeft { wait }.into());
        }
        let mut stopping = self.engine.stopping();
        self.engine.order_waiting(self.client, wait, true);
        match tokio::time::timeout_at(at, stopping.wait_for(|stop| *stop)).await {
            Ok(_) => Err(HttpError::Stopped.into()),
            Err(_) => Ok(()),
        }
    }

    fn parse(&self, page: &Page) -> anyhow::Result<(Vec<Order>, Vec<Unreadable>)> {
        let keeps_personal = self.client.keeps_personal;
        Ok(parse_page(&page.body, Reading { client: &self.client.id, zone: self.zone, keeps_personal })?)
    }

    /// What could not be read, as it is noted: under the day it was found under when it does not say its own.
    fn named(&self, unreadable: Vec<Unreadable>, window: Window) -> Vec<UnreadableOrder> {
        let found_under = match window {
            Window::Day(day) => Some(day),
            Window::Changed { .. } => None,
        };
        let named = |order: Unreadable| {
            tracing::warn!(client = self.client.id, order = order.guid, "an order cannot be read: {}", order.problem);
            let day = found_under.or(order.day);
            UnreadableOrder { guid: order.guid, day, problem: order.problem, reader: READER }
        };
        unreadable.into_iter().map(named).collect()
    }

    /// Stores a page, and with the last one that the window was read to its end.
    async fn store(
        &self,
        orders: Vec<Order>,
        unreadable: Vec<UnreadableOrder>,
        end: Option<End>,
        read: &mut Read,
    ) -> anyhow::Result<()> {
        read.unreadable.extend(unreadable.iter().map(|order| order.guid.clone()));
        let cursor = end.as_ref().and_then(|end| end.cursor);
        let whole_day = end.and_then(|end| match end.window {
            Window::Day(day) => Some(WholeDay { day, unreadable: read.unreadable.clone() }),
            Window::Changed { .. } => None,
        });
        let batch = OrderBatch { orders, unreadable, whole_day, cursors: cursor.into_iter().collect(), ..self.batch() };
        let now_ms = self.engine.clock.now().timestamp_millis();
        let applied = self.engine.store.apply_orders(&batch, now_ms).await.context("storing orders")?;
        add(&mut read.applied, applied);
        read.moved_to = cursor.map(|cursor| cursor.value).or(read.moved_to);
        Ok(())
    }

    /// Asks for all orders of a day and stores none.
    pub(in crate::sync::orders) async fn look_at(&mut self, day: NaiveDate) -> anyhow::Result<Vec<Order>> {
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
        }
        Ok(all)
    }
}

fn ids(orders: &[Order]) -> BTreeSet<(String, i64)> {
    orders.iter().map(|order| (order.guid.clone(), order.modified_ms)).collect()
}
