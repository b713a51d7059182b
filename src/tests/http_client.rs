//! The HTTP client against an upstream that misbehaves: the real client, real sockets, and time that only the test
//! moves.

mod answers;
mod breaker;
mod keys;
mod retries;

use std::pin::pin;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::HeaderName;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;
use tokio::sync::{mpsc, watch};

use super::stopped_time::StoppedTime;
use super::upstream::{Fault, Times, Upstream};
use crate::config::Secret;
use crate::sources::http::{Api, ErrorKind, Http, HttpError, Limits, Retry, Waiting};

const KEY: &str = "sk-ant-admin01-canary-R2D2C3PO";

/// As the program's, without the distance between requests: nobody tells of it, so nothing would move the time.
const LIMITS: Limits = Limits {
    patience: Duration::from_secs(15 * 60),
    connect: Duration::from_secs(10),
    read: Duration::from_secs(30),
    total: Duration::from_secs(120),
    spacing: Duration::ZERO,
    body_bytes: 32 * 1024 * 1024,
};

/// A client with a key for one upstream.
struct Caller {
    http: Http,
    api: Api,
    stop: watch::Sender<bool>,
    time: StoppedTime,
}

impl Caller {
    fn new(base: &str, limits: Limits) -> Caller {
        let (stop, stopping) = watch::channel(false);
        let key = Secret::new("SOMEBODY_ADMIN_KEY", KEY).expect("is a key");
        let api = Api::new("Somebody", base, "SOMEBODY_BASE_URL").expect("is an address");
        let api = api.with_key(HeaderName::from_static("x-api-key"), key).expect("is a header");
        Caller { http: Http::new(limits, stopping).expect("starts"), api, stop, time: StoppedTime::new() }
    }

    fn with_limits(upstream: &Upstream, limits: Limits) -> Caller {
        Caller::new(upstream.base(), limits)
    }

    fn of(upstream: &Upstream) -> Caller {
        Caller::new(upstream.base(), LIMITS)
    }

    /// Asks once for the usage; waits as long as the client says it waits.
    async fn get(&self, attempts: u32) -> (Result<Bytes, HttpError>, Vec<Waiting>) {
        let (tell, mut told) = mpsc::unbounded_channel();
        let tell = |waiting| tell.send(waiting).expect("is listened to");
        let retry = Retry::new(attempts, &tell);
        let request = self.api.request("/v1/usage").query("limit", 31);
        let mut answer = pin!(spawnable(self.http.get(&request, &retry)));
        let mut waits: Vec<Waiting> = Vec::new();
        loop {
            tokio::select! {
                biased;
                answer = &mut answer => return (answer, waits),
                Some(waiting) = told.recv() => {
                    // Timers fire at the next whole millisecond.
                    self.time.advance(waiting.wait + Duration::from_millis(1)).await;
                    waits.push(waiting);
                }
            }
        }
    }

    /// Asks once, without trying again.
    async fn get_once(&self) -> Result<Bytes, HttpError> {
        self.get(1).await.0
    }
}

/// A sync runs in a task, on any thread.
fn spawnable<F: Future + Send>(future: F) -> F {
    future
}

/// A provider that has nothing to say, and says it right.
async fn upstream() -> Upstream {
    Upstream::start(Router::new().route("/v1/usage", get(|| async { Json(json!({"data": []})) }))).await
}

#[tokio::test]
async fn a_request_carries_its_query_and_its_key_and_brings_the_body() {
    let upstream = upstream().await;
    let caller = Caller::of(&upstream);
    assert_eq!(caller.get_once().await.expect("answers"), "{\"data\":[]}");
    let seen = &upstream.seen()[0];
    assert_eq!((seen.method.as_str(), seen.path.as_str(), seen.query.as_str()), ("GET", "/v1/usage", "limit=31"));
    assert_eq!((seen.header("x-api-key"), seen.header("accept")), (KEY, "application/json"));
    assert!(seen.header("user-agent").starts_with("Allclear/"), "{seen:?}");
    assert!(seen.header("accept-encoding").contains("gzip"), "{seen:?}");
}

#[tokio::test]
async fn a_bearer_key_goes_into_the_authorization_header() {
    let upstream = upstream().await;
    let mut caller = Caller::of(&upstream);
    let api = Api::new("Somebody", upstream.base(), "SOMEBODY_BASE_URL").expect("is an address");
    caller.api = api.with_bearer(Secret::new("SOMEBODY_KEY", KEY).expect("is a key")).expect("is a header");
    caller.get_once().await.expect("answers");
    assert_eq!(upstream.seen()[0].header("authorization"), format!("Bearer {KEY}"));
}

#[tokio::test]
async fn a_refused_key_is_an_error_that_names_the_variable_and_is_not_tried_again() {
    let upstream = upstream().await;
    let caller = Caller::of(&upstream);
    for (status, expected) in [
        (401, "refused the key (401): check SOMEBODY_ADMIN_KEY. It says: the fake upstream was told to answer 401"),
        (403, "does not let this key do that (403): check the rights of SOMEBODY_ADMIN_KEY. It says: the fake"),
    ] {
        upstream.fault(Fault::Status(status, ""), 1);
        let (answer, waits) = caller.get(5).await;
        let error = answer.expect_err("is refused");
        assert!(error.to_string().contains(expected), "{error}");
        assert_eq!((error.kind(), waits.len()), (ErrorKind::Settings, 0));
    }
}

#[tokio::test]
async fn other_refusals_tell_the_providers_own_words_and_are_not_tried_again() {
    let upstream = upstream().await;
    let caller = Caller::of(&upstream);
    for status in [400, 402, 404, 409, 413, 422, 501] {
        upstream.fault(Fault::Status(status, "retry-after: 1"), 1);
        let (answer, waits) = caller.get(5).await;
        let error = answer.expect_err("is refused");
        assert!(matches!(error, HttpError::Refused { status: refused, .. } if refused == status), "{error:?}");
        assert!(error.to_string().ends_with(&format!("was told to answer {status}")), "{error}");
        assert_eq!((error.kind(), waits.len()), (ErrorKind::Protocol, 0));
    }
    upstream.fault(Fault::WebPage(404), 1);
    let error = caller.get_once().await.expect_err("is refused").to_string();
    assert!(error.ends_with("refused the request (404)"), "a page has no words for us: {error}");
}

#[tokio::test]
async fn stopping_ends_a_request_that_hangs_and_every_later_one() {
    let upstream = upstream().await;
    let caller = Caller::of(&upstream);
    upstream.fault(Fault::Silence, Times::UntilCleared);
    let hangs = async {
        upstream.has_seen(1).await;
        caller.stop.send_replace(true);
    };
    let (answer, ()) = tokio::join!(caller.get_once(), hangs);
    assert_eq!(answer, Err(HttpError::Stopped));
    assert_eq!(caller.get_once().await, Err(HttpError::Stopped));
    assert_eq!((upstream.count(), HttpError::Stopped.kind()), (1, ErrorKind::Stopped));
}
