//! The one request a channel of the web is sent: a POST of JSON, bounded, to a permitted address, without redirects.
//!
//! A client is made for every attempt: messages are rare, the permitted addresses may have changed, and no connection to
//! an address that was judged before is used again. Of an answer only the status is told: its words may be anybody's.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use axum::http::HeaderMap;
use axum::http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use chrono::{DateTime, Utc};
use reqwest::{StatusCode, Url, redirect};
use serde_json::Value;

use super::Failure;
use super::guard::{Denied, Guard};
use crate::config::Secret;
use crate::sources::http::{USER_AGENT, retry_after};

/// What is read of an answer before it is left.
const ANSWER_BYTES: usize = 64 * 1024;
/// A wish to be left alone is believed for so long.
const LONGEST_WISH: Duration = Duration::from_secs(6 * 60 * 60);

/// A request to be made.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Post<B = String> {
    pub url: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: B,
}

/// Address, headers and body may all hold a key.
impl<B> fmt::Debug for Post<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Post(***)")
    }
}

impl Post {
    pub(super) fn json(url: impl Into<String>, body: &Value) -> Post {
        Post { url: url.into(), headers: Vec::new(), body: body.to_string() }
    }

    /// To a path below the base address of a service.
    pub(super) fn below(base: Option<&Secret>, usual: &str, path: &str, body: &Value) -> Post {
        let base = base.map_or(usual, Secret::expose);
        Post::json(format!("{}{path}", base.trim_end_matches('/')), body)
    }

    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Post {
        self.headers.push((name, value.into()));
        self
    }
}

/// What was answered: only how, for the words may be anybody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub status: StatusCode,
    retry_after: Option<Duration>,
}

/// Makes the request of a channel.
pub(super) async fn send(post: Post, guard: Guard, patience: Duration, now: DateTime<Utc>) -> Result<(), Failure> {
    exchange(post, guard, patience, now).await?.judge()
}

/// Makes a request and returns how it was answered.
pub(super) async fn exchange<B: Into<reqwest::Body>>(
    post: Post<B>,
    guard: Guard,
    patience: Duration,
    now: DateTime<Utc>,
) -> Result<Answer, Failure> {
    let url = Url::parse(&post.url).map_err(|_| Failure::Lasting("the address is none".to_owned()))?;
    guard
        .web_port(url.port_or_known_default().unwrap_or_default())
        .map_err(|denied| Failure::Lasting(denied.to_string()))?;
    // A literal address is not looked up, so the resolver never sees it.
    let literal = url.host_str().and_then(|host| host.trim_matches(['[', ']']).parse::<IpAddr>().ok());
    if literal.is_some_and(|ip| !guard.permits(ip)) {
        return Err(Failure::Lasting(Denied.to_string()));
    }
    let client = client(guard, patience).map_err(|_| {
        Failure::passing("HTTPS cannot be set up: install the certificates of your system (ca-certificates)")
    })?;
    let mut headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
    for (name, value) in &post.headers {
        let mut value = HeaderValue::from_str(value).map_err(|_| {
            Failure::passing(format!("{name} holds a character that no header has: copy the key again"))
        })?;
        value.set_sensitive(true);
        headers.insert(HeaderName::from_static(name), value);
    }
    match client.post(url).headers(headers).body(post.body).send().await {
        Ok(response) => Ok(answer(response, now).await),
        Err(error) => Err(network(&error)),
    }
}

#[expect(clippy::disallowed_methods, reason = "the other place: what is sent goes to addresses of the user's")]
fn client(guard: Guard, patience: Duration) -> reqwest::Result<reqwest::Client> {
    // `Err` means that there is one already, which is as good.
    rustls::crypto::ring::default_provider().install_default().ok();
    reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .timeout(patience)
        .redirect(redirect::Policy::none())
        .referer(false)
        .no_proxy()
        .dns_resolver(guard)
        .build()
}

async fn answer(mut response: reqwest::Response, now: DateTime<Utc>) -> Answer {
    let status = response.status();
    let retry_after = retry_after(response.headers(), now).map(|wish| wish.min(LONGEST_WISH));
    if status.is_success() {
        // Taken to its end, so that a server that looks at its client's patience counts it as delivered.
        let mut read = 0;
        while let Ok(Some(piece)) = response.chunk().await {
            read += piece.len();
            if read > ANSWER_BYTES {
                break;
            }
        }
    }
    Answer { status, retry_after }
}

impl Answer {
    /// Says whether a channel has taken the message.
    pub(super) fn judge(self) -> Result<(), Failure> {
        let Answer { status, retry_after } = self;
        let reason = format!("it answered {status}");
        match status {
            status if status.is_success() => Ok(()),
            StatusCode::BAD_REQUEST
            | StatusCode::GONE
            | StatusCode::PAYLOAD_TOO_LARGE
            | StatusCode::UNSUPPORTED_MEDIA_TYPE
            | StatusCode::UNPROCESSABLE_ENTITY => Err(Failure::Lasting(reason)),
            status if status.is_redirection() => Err(Failure::Lasting(format!("{reason}; redirects are not followed"))),
            // A wrong key or address may be mended before the last attempt.
            _ => Err(Failure::Passing { reason, retry_after }),
        }
    }
}

fn network(error: &reqwest::Error) -> Failure {
    let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
    let last = causes.last().map_or_else(|| "the request failed".to_owned(), ToString::to_string);
    match () {
        () if last == Denied.to_string() => Failure::Lasting(last),
        () if error.is_timeout() => Failure::passing("no answer in time"),
        () => Failure::passing(format!("no connection: {last}")),
    }
}
