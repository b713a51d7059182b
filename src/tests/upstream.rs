//! A provider for tests: an axum router of the test's own, on a free port of this machine, that takes notes of every
//! request and can be told to misbehave.
//!
//! The router holds what is special about a provider, with its state; this file holds what all of them can do wrong:
//!
//! ```ignore
//! let upstream = Upstream::start(Router::new().route("/v1/usage", get(usage)).with_state(state)).await;
//! upstream.fault(Fault::Status(429, "retry-after: 3"), 2);
//! ```

mod fault;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use tokio::net::TcpListener;
use tokio::sync::watch;

pub(super) use fault::Fault;

/// How long a fault lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Times {
    Next(u32),
    UntilCleared,
}

impl From<u32> for Times {
    fn from(requests: u32) -> Times {
        Times::Next(requests)
    }
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub method: String,
    pub path: String,
    /// Without the question mark; empty when there is none.
    pub query: String,
    pub headers: HeaderMap,
    /// By Tokio's clock, which tests may have stopped.
    pub at: tokio::time::Instant,
}

impl Seen {
    /// Returns a header's text, or nothing.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

pub(super) struct Upstream {
    base: String,
    shared: Arc<Shared>,
}

struct Shared {
    seen: watch::Sender<Vec<Seen>>,
    /// The first is the one in force.
    faults: Mutex<VecDeque<(Fault, Times)>>,
    /// Bytes of the bodies that faults streamed.
    streamed: Arc<AtomicU64>,
}

impl Upstream {
    /// Serves on a free port, until the test ends.
    pub(super) async fn start(provider: Router) -> Upstream {
        let shared =
            Arc::new(Shared { seen: watch::Sender::default(), faults: Mutex::default(), streamed: Arc::default() });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        // As the fallback, so that requests to paths without a route are seen and fail as told, too.
        let app = Router::new().fallback_service(provider).layer(from_fn_with_state(shared.clone(), intercept));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Upstream { base, shared }
    }

    /// Where it is: `http://127.0.0.1:…`, without a slash.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// Misbehaves for the next `times` requests, or until cleared. Faults queue up.
    pub(super) fn fault(&self, fault: Fault, times: impl Into<Times>) {
        self.shared.faults.lock().expect("is not poisoned").push_back((fault, times.into()));
    }

    pub(super) fn clear_faults(&self) {
        self.shared.faults.lock().expect("is not poisoned").clear();
    }

    /// Returns the requests so far, whether they were answered or not.
    pub(super) fn seen(&self) -> Vec<Seen> {
        self.shared.seen.borrow().clone()
    }

    pub(super) fn count(&self) -> usize {
        self.shared.seen.borrow().len()
    }

    /// Waits until there were `count` requests.
    pub(super) async fn has_seen(&self, count: usize) {
        let mut seen = self.shared.seen.subscribe();
        seen.wait_for(|seen| seen.len() >= count).await.expect("the upstream lives");
    }

    /// Bytes of bodies that [`Fault::Trickle`] and [`Fault::Huge`] handed to the network so far.
    pub(super) fn streamed_bytes(&self) -> u64 {
        self.shared.streamed.load(Ordering::SeqCst)
    }
}

impl Shared {
    /// Takes the fault for one request.
    fn take(&self) -> Option<Fault> {
        let mut faults = self.faults.lock().expect("is not poisoned");
        let (fault, times) = faults.front_mut()?;
        match times {
            Times::UntilCleared => Some(fault.clone()),
            Times::Next(left) if *left > 1 => {
                *left -= 1;
                Some(fault.clone())
            }
            Times::Next(_) => faults.pop_front().map(|(fault, _)| fault),
        }
    }
}

async fn intercept(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let seen = Seen {
        method: request.method().to_string(),
        path: request.uri().path().to_owned(),
        query: request.uri().query().unwrap_or_default().to_owned(),
        headers: request.headers().clone(),
        at: tokio::time::Instant::now(),
    };
    let fault = shared.take();
    shared.seen.send_modify(|all| all.push(seen));
    match fault {
        None | Some(Fault::Nothing) => next.run(request).await,
        Some(fault) => fault.answer(&shared.streamed).await,
    }
}
