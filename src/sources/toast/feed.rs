//! Asking Toast: one location's requests, each in its own lane, with its own login.
//!
//! Knows what to ask and how fast; not when, not what becomes of the answers. The token goes to the client's own address
//! and nowhere else: pages are counted, never followed by the address in an answer.

use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use chrono::{DateTime, Utc};

use super::{LABEL, ORDERS_PATH, RESTAURANT_HEADER, Window, limits, link, login, restaurant};
use crate::config::Secret;
use crate::sources::http::{Api, Http, Retry};

/// Five requests for orders a second is what Toast allows for one location.
pub const SPACING: Duration = Duration::from_millis(200);
/// A page of a hundred orders; one order alone can be 600 KB.
const PAGE_BYTES: usize = 64 * 1024 * 1024;
/// What messages call the setting that holds the address.
const ADDRESS: &str = "the client's API address";

/// One location at Toast.
#[derive(Clone)]
pub struct Feed<'a> {
    http: &'a Http,
    api: Api,
    retry: Retry<'a>,
}

/// A page as it came.
pub struct Page {
    pub body: Bytes,
    /// Whether another follows, and which it says.
    pub has_next: bool,
    pub next: Option<u32>,
    /// What time it was at Toast.
    pub at: Option<DateTime<Utc>>,
    /// How long to wait before the next request.
    pub pause: Duration,
}

/// Where a client's account is.
#[derive(Clone, Copy)]
pub struct Account<'a> {
    pub base: &'a str,
    pub api_client: &'a str,
}

/// Logs in.
///
/// # Errors
/// When Toast does not answer, refuses, or answers something else.
pub async fn log_in(
    http: &Http,
    account: Account<'_>,
    secret: &Secret,
    retry: &Retry<'_>,
) -> anyhow::Result<login::Token> {
    let api = Api::new(LABEL, account.base, ADDRESS)?.hiding(secret.clone()).in_lane("login", Duration::ZERO);
    let request = api.request(login::PATH).posting(login::body(account.api_client, secret));
    Ok(login::parse(&http.ask(&request, retry).await?.body)?)
}

impl<'a> Feed<'a> {
    /// Prepares to ask for a location's orders.
    ///
    /// # Errors
    /// When the address, the token or the GUID cannot be used.
    pub fn new(
        http: &'a Http,
        base: &str,
        restaurant: &str,
        token: Secret,
        spacing: Duration,
        retry: Retry<'a>,
    ) -> anyhow::Result<Feed<'a>> {
        let api = Api::new(LABEL, base, ADDRESS)?
            .with_bearer(token)?
            .with_header(HeaderName::from_static(RESTAURANT_HEADER), HeaderValue::from_str(restaurant)?)
            .in_lane(restaurant, spacing)
            .with_cap(PAGE_BYTES)
            .with_reset(limits::RESET);
        Ok(Feed { http, api, retry })
    }

    /// Asks for a page of orders, 1 being the first.
    ///
    /// # Errors
    /// When Toast does not answer with one.
    pub async fn page(&self, window: Window, page: u32, now: DateTime<Utc>) -> anyhow::Result<Page> {
        let mut request = self.api.request(ORDERS_PATH);
        for (name, value) in window.query(page) {
            request = request.query(name, value);
        }
        let answer = self.http.ask(&request, &self.retry).await?;
        let at = date(&answer.headers);
        Ok(Page {
            has_next: link::has_next(&answer.headers),
            next: link::next_page(&answer.headers),
            at,
            pause: limits::pause(&answer.headers, at.unwrap_or(now)),
            body: answer.body,
        })
    }

    /// Asks what the location is.
    ///
    /// # Errors
    /// When Toast does not answer, or knows no such location.
    pub async fn restaurant(&self, guid: &str) -> anyhow::Result<restaurant::Restaurant> {
        let request = self.api.request(restaurant::PATH).segment(guid);
        Ok(restaurant::parse(&self.http.get(&request, &self.retry).await?)?)
    }
}

fn date(headers: &HeaderMap) -> Option<DateTime<Utc>> {
    let text = headers.get(header::DATE)?.to_str().ok()?;
    DateTime::parse_from_rfc2822(text).ok().map(|at| at.with_timezone(&Utc))
}
