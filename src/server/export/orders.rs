//! `GET /api/export/orders.{csv,json}`: the orders of a filter, streamed some thousand at a time.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::Response;
use futures::stream;

use super::{Asked, file, instant, refused};
use crate::error::AppError;
use crate::export::{Format, ORDERS, OrdersRequest, Sheet, order_row};
use crate::model::{OrderFilter, OrderRow, Role, Who};
use crate::server::{App, OrderScope, require};
use crate::sync::Engine;

const PIECE: u32 = 5_000;

pub(in crate::server) async fn csv(State(app): State<App>, query: Asked) -> Result<Response, AppError> {
    orders(&app, &require(Role::Client)?, query, Format::Csv).await
}

pub(in crate::server) async fn json(State(app): State<App>, query: Asked) -> Result<Response, AppError> {
    orders(&app, &require(Role::Client)?, query, Format::Json).await
}

async fn orders(app: &App, who: &Who, query: Asked, format: Format) -> Result<Response, AppError> {
    let Ok(query) = query else { return Ok(refused(vec!["the query cannot be read".to_owned()])) };
    let request = match OrdersRequest::parse(&query.0) {
        Ok(request) => request,
        Err(details) => return Ok(refused(details)),
    };
    let engine = &app.engine;
    let scope = OrderScope::of(engine, who, request.client.as_deref(), request.current).await?;
    if let Some(id) = request.client.as_deref().filter(|_| scope.chooses && scope.one.is_none()) {
        let id: String = id.chars().filter(|letter| !letter.is_control()).take(60).collect();
        return Ok(refused(vec![format!("no client has the id {id}")]));
    }
    let now = engine.clock.now();
    let filter = request.filter(scope.whose.clone(), engine.config.current().zone.date(now));
    let (from, to) = (filter.range.from, filter.range.to);
    let name = scope.one.as_ref().map_or_else(|| "orders".to_owned(), |client| format!("orders-{}", client.id));
    let head = [("generatedAt", instant(now)), ("from", from.to_string()), ("to", to.to_string())];
    let sheet = Sheet::new(format, ORDERS);
    let mut begin = Vec::new();
    let head: Vec<(&str, &str)> = head.iter().map(|(name, text)| (*name, text.as_str())).collect();
    sheet.begin(&mut begin, &head).map_err(anyhow::Error::from)?;
    let writing = Writing { engine: engine.clone(), scope, filter, sheet, begin, last: None, done: false };
    let body = Body::from_stream(stream::try_unfold(writing, |writing| async move {
        // Half a file must not look like a whole one: the connection is cut, and the log says why.
        let next = writing.next().await;
        next.inspect_err(|error| tracing::error!(error = format!("{error:#}"), "an export broke off: {error:#}"))
    }));
    Ok(file(&format!("{name}-{from}-{to}"), format, body))
}

/// A table that is being sent.
struct Writing {
    engine: Arc<Engine>,
    scope: OrderScope,
    filter: OrderFilter,
    sheet: Sheet,
    /// What comes before the rows, until it was sent.
    begin: Vec<u8>,
    /// The last order that was sent.
    last: Option<OrderRow>,
    done: bool,
}

impl Writing {
    /// Writes the next piece; `None` after the last.
    async fn next(mut self) -> anyhow::Result<Option<(Bytes, Writing)>> {
        if self.done {
            return Ok(None);
        }
        let mut rows = self.engine.store.orders_after(&self.filter, self.last.as_ref(), PIECE).await?;
        let mut out = std::mem::take(&mut self.begin);
        self.sheet.rows(&mut out, rows.iter().map(|row| order_row(row, self.scope.currency(&row.client))))?;
        self.done = rows.len() < PIECE as usize;
        self.last = rows.pop();
        if self.done {
            self.sheet.end(&mut out)?;
        }
        Ok(Some((out.into(), self)))
    }
}
