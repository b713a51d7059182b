//! A service that takes what channels send: it remembers every request, and can be told to misbehave.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::post;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// A service that takes messages: it remembers each by its idempotency key, and can be told to misbehave.
#[derive(Clone)]
pub(in crate::tests) struct Receiver {
    pub(in crate::tests) addr: SocketAddr,
    got: watch::Sender<Vec<(String, Value)>>,
    /// Requests that have an answer, which may still be on its way.
    answered: watch::Sender<usize>,
    /// What it answers next: a status with a `Retry-After`, or nothing for ever. Empty: 200.
    moods: Arc<Mutex<Vec<Mood>>>,
}

#[derive(Clone, Copy)]
pub(in crate::tests) enum Mood {
    Answers(u16, Option<&'static str>),
    Hangs,
}

impl Receiver {
    pub(in crate::tests) async fn start() -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let addr = listener.local_addr().expect("an address");
        let fake =
            Receiver { addr, got: watch::Sender::default(), answered: watch::Sender::default(), moods: Arc::default() };
        let app = Router::new().fallback(post(take)).with_state(fake.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        fake
    }

    pub(in crate::tests) fn then(self, moods: &[Mood]) -> Receiver {
        self.moods.lock().expect("is not poisoned").extend(moods);
        self
    }

    pub(in crate::tests) fn url(&self) -> String {
        format!("http://{}/hook", self.addr)
    }

    /// The bodies so far, in order.
    pub(in crate::tests) fn bodies(&self) -> Vec<Value> {
        self.got.borrow().iter().map(|(_, body)| body.clone()).collect()
    }

    pub(in crate::tests) fn keys(&self) -> Vec<String> {
        self.got.borrow().iter().map(|(key, _)| key.clone()).collect()
    }

    pub(in crate::tests) async fn has_answered(&self, count: usize) {
        self.answered.subscribe().wait_for(|answered| *answered >= count).await.expect("the fake lives");
    }

    pub(in crate::tests) async fn has_got(&self, count: usize) {
        self.got.subscribe().wait_for(|got| got.len() >= count).await.expect("the fake lives");
    }
}

async fn take(State(fake): State<Receiver>, headers: HeaderMap, body: String) -> axum::response::Response {
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).unwrap_or_default().to_owned();
    let body = serde_json::from_str(&body).unwrap_or(Value::String(body));
    fake.got.send_modify(|got| got.push((key, body)));
    let mood = {
        let mut moods = fake.moods.lock().expect("is not poisoned");
        if moods.is_empty() { Mood::Answers(200, None) } else { moods.remove(0) }
    };
    match mood {
        Mood::Hangs => std::future::pending().await,
        Mood::Answers(status, wish) => {
            let status = StatusCode::from_u16(status).expect("is a status");
            fake.answered.send_modify(|answered| *answered += 1);
            let wish: Vec<_> = wish.map(|wish| ("retry-after", wish)).into_iter().collect();
            (status, headers_of(wish.as_slice()), "canary words").into_response()
        }
    }
}

fn headers_of(headers: &[(&'static str, &'static str)]) -> HeaderMap {
    let anywhere = [("location", "/elsewhere")];
    headers
        .iter()
        .chain(&anywhere)
        .map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("a value")))
        .collect()
}
