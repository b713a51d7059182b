//! The one HTTP client of the program: how every provider's API is asked.
//!
//! It bounds everything: time, size, redirects, tries, how often a host is asked. What may pass is tried again, what a
//! person has to mend is not. It must never send a key anywhere but to the host it is meant for, nor let one appear in
//! an error, a log or an address. It knows nothing of any provider; `clippy.toml` sees to it that nobody else builds a
//! client.
//!
//! A request goes through these, in this order:
//!
//! 1. its turn: requests to one host keep a distance ([`Limits::spacing`]);
//! 2. the host's own wish to be left alone, and its breaker: after five failures in a row it is for a while
//!    (`breaker.rs`);
//! 3. the exchange itself, bounded by [`Limits`] (`answer.rs` judges what came);
//! 4. after a failure that may pass, a pause, and again from 1 (`retry.rs`).
//!
//! Stopping ends it at once, wherever it is. Redirects are followed within one origin only: `x-api-key` is a header like
//! any other to the client underneath, which would carry it along. No proxy is used, also when the environment names one:
//! a proxy is a host the key is not meant for.

mod answer;
mod api;
mod breaker;
mod error;
mod host;
mod plain;
mod redact;
mod retry;

use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use backon::Retryable;
use reqwest::redirect;
use tokio::sync::watch;

use host::{Host, Hosts};

use api::Body;
pub use api::{Api, BadBaseUrl, Request};
pub use error::{ErrorKind, HttpError};
pub use plain::{Plain, PlainError};
pub(crate) use retry::retry_after;
pub use retry::{Retry, Waiting};

/// Hops within one origin: a trailing slash, a moved path. More is a loop.
const REDIRECTS: usize = 3;

/// How a server knows us.
pub(crate) const USER_AGENT: &str = concat!("Allclear/", env!("CARGO_PKG_VERSION"));

/// The bounds of every request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Until the connection stands.
    pub connect: Duration,
    /// Between two pieces of an answer, and until the first.
    pub read: Duration,
    /// From the first byte sent to the last received: an answer that trickles ends here.
    pub total: Duration,
    /// Between two requests to one host.
    pub spacing: Duration,
    /// What one call may wait between its tries, all together.
    pub patience: Duration,
    /// Of an answer, decompressed. A year of daily usage by key, model and project is a few megabytes.
    pub body_bytes: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connect: Duration::from_secs(10),
            read: Duration::from_secs(30),
            total: Duration::from_secs(120),
            spacing: Duration::from_millis(100),
            patience: retry::PATIENCE,
            body_bytes: 32 * 1024 * 1024,
        }
    }
}

/// A successful answer.
#[derive(Clone, Debug)]
pub struct Answer {
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// Asks providers. One for the whole program: it holds the connections, and what is known of each host.
#[derive(Debug)]
pub struct Http {
    client: reqwest::Client,
    limits: Limits,
    hosts: Hosts,
    /// Turns true when the program is to end.
    stopping: watch::Receiver<bool>,
}

impl Http {
    /// Builds the client; when `stopping` turns true, every request ends at once.
    ///
    /// # Errors
    /// When the machine has no certificates to know servers by.
    pub fn new(limits: Limits, stopping: watch::Receiver<bool>) -> anyhow::Result<Http> {
        let client = client(&limits).map_err(|error| {
            let cause = error::root_cause(&error);
            anyhow::anyhow!(
                "HTTPS cannot be set up: {cause}. Install the certificates of your system (ca-certificates)"
            )
        })?;
        Ok(Http { client, limits, hosts: Hosts::new(limits.spacing), stopping })
    }

    /// Returns the body of a successful answer: complete, well-formed JSON.
    ///
    /// # Errors
    /// See [`HttpError`]; what may pass was tried as often as `retry` says.
    pub async fn get(&self, request: &Request<'_>, retry: &Retry<'_>) -> Result<Bytes, HttpError> {
        Ok(self.ask(request, retry).await?.body)
    }

    /// Returns a successful answer with its headers; the body is complete, well-formed JSON.
    ///
    /// # Errors
    /// As [`Http::get`].
    pub async fn ask(&self, request: &Request<'_>, retry: &Retry<'_>) -> Result<Answer, HttpError> {
        tokio::select! {
            biased;
            () = self.stopped() => Err(HttpError::Stopped),
            answer = self.ask_until_answered(request, retry) => answer,
        }
    }

    async fn ask_until_answered(&self, request: &Request<'_>, retry: &Retry<'_>) -> Result<Answer, HttpError> {
        let host = self.hosts.of(request.url(), request.api().lane());
        let mut patience = self.limits.patience;
        let mut failed = 0;
        (|| self.ask_once(request, &host))
            .retry(retry.backoff())
            .sleep(tokio::time::sleep)
            .when(HttpError::may_be_tried_again)
            .adjust(|error, ceiling| match host.is_resting() {
                true => None,
                false => retry.pause(error, ceiling, &mut patience),
            })
            .notify(|error, wait| {
                failed += 1;
                retry.tell(Waiting::after(error, request.api(), wait, failed));
            })
            .await
    }

    async fn ask_once(&self, request: &Request<'_>, host: &Host) -> Result<Answer, HttpError> {
        host.turn().await;
        let permit = host.enter(request.api())?;
        let outcome = self.exchange(request).await;
        permit.judge(&outcome);
        outcome
    }

    async fn exchange(&self, request: &Request<'_>) -> Result<Answer, HttpError> {
        let api = request.api();
        let url = request.url().clone();
        let asked = match request.body() {
            None => self.client.get(url),
            Some(body) => {
                let asked = self.client.post(url).header(header::CONTENT_TYPE, "application/json");
                match body {
                    Body::Json(text) => asked.body(text.clone()),
                    Body::Packed(bytes) => asked.header(header::CONTENT_ENCODING, "gzip").body(bytes.clone()),
                }
            }
        };
        let asked = asked.headers(api.headers().clone()).send().await;
        let response = asked.map_err(|error| HttpError::network(api, &error))?;
        let id = response.headers().get("request-id").or_else(|| response.headers().get("x-request-id"));
        // What the provider's support asks for; and a stranger's text like any other.
        let id = id.and_then(|id| id.to_str().ok()).map(|id| api.clean(id));
        tracing::debug!(
            host = api.host(),
            path = request.url().path(),
            status = response.status().as_u16(),
            request_id = id,
            "{api} answered {}",
            response.status()
        );
        let headers = response.headers().clone();
        let body = answer::read(api, response, api.body_bytes().unwrap_or(self.limits.body_bytes)).await?;
        Ok(Answer { headers, body })
    }

    async fn stopped(&self) {
        let mut stopping = self.stopping.clone();
        if stopping.wait_for(|stopping| *stopping).await.is_err() {
            // Nobody is left who could say so.
            std::future::pending::<()>().await;
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place")]
fn client(limits: &Limits) -> reqwest::Result<reqwest::Client> {
    // `Err` means that there is one already, which is as good.
    rustls::crypto::ring::default_provider().install_default().ok();
    reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .connect_timeout(limits.connect)
        .read_timeout(limits.read)
        .timeout(limits.total)
        .redirect(redirect::Policy::custom(within_one_origin))
        .referer(false)
        .no_proxy()
        .build()
}

/// Follows what stays on the host; anything else becomes the answer, and an error.
fn within_one_origin(attempt: redirect::Attempt<'_>) -> redirect::Action {
    let same = attempt.previous().iter().all(|from| from.origin() == attempt.url().origin());
    if same && attempt.previous().len() <= REDIRECTS { attempt.follow() } else { attempt.stop() }
}
