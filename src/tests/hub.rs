//! A hub, with what is sent to it: telemetry of agents, and the histories of other machines.

mod killed;
mod machines;
mod otlp;
mod pushes;

use std::net::SocketAddr;

use serde_json::{Value, json};
use tokio::net::TcpSocket;
use tokio::task::JoinHandle;

use super::harness::{TestApp, http};
use crate::config::Secret;
use crate::model::Tokens;
use crate::server::{App, router, site_options};
use crate::sources::push::Projects;
use crate::sync::{Hub, add_machine};

/// Adds a machine, and returns its token.
async fn token(app: &TestApp, name: &str, person: &str) -> String {
    let now_ms = app.engine.clock.now().timestamp_millis();
    add_machine(&app.engine.store, name, person, now_ms).await.expect("is added").1
}

fn hub(addr: SocketAddr, token: &str) -> Hub {
    let token = Secret::new("--token-file", token).expect("is a token");
    Hub::new(&format!("http://{addr}"), token, Projects::Named).expect("is an address")
}

/// Serves at an address that another one may have had before, until the task is aborted.
async fn serve_at(app: &TestApp, addr: SocketAddr) -> JoinHandle<()> {
    let app = App { engine: app.engine.clone(), leptos: site_options(addr) };
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_reuseaddr(true).expect("may be bound again");
    socket.bind(addr).expect("binds");
    let listener = socket.listen(64).expect("listens");
    tokio::spawn(async move { axum::serve(listener, router(app)).await.expect("serves") })
}

async fn tokens(app: &TestApp) -> Tokens {
    let rows = app.engine.store.rollup(None).await.expect("reads");
    rows.iter().fold(Tokens::default(), |sum, row| sum + row.spend.tokens)
}

/// Milliseconds since 1970: telemetry is refused when it is old.
fn now_ms() -> i64 {
    chrono::Utc::now().timestamp_millis()
}

/// A request of one reading for each value, a second apart.
fn metrics(session: &str, from_second: i64, values: &[u64]) -> Value {
    let point = |(at, value): (usize, &u64)| {
        let second = from_second + i64::try_from(at).expect("fits");
        let attribute = |key: &str, value: &str| json!({"key": key, "value": {"stringValue": value}});
        json!({"startTimeUnixNano": format!("{second}000000000"), "timeUnixNano": format!("{}000000000", second + 1),
            "asInt": value.to_string(),
            "attributes": [attribute("type", "input"), attribute("model", "claude-opus-5-5"), attribute("session.id", session)]})
    };
    let points: Vec<Value> = values.iter().enumerate().map(point).collect();
    json!({"resourceMetrics": [{"resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "claude-code"}}]},
        "scopeMetrics": [{"metrics": [{"name": "claude_code.token.usage",
            "sum": {"aggregationTemporality": 1, "isMonotonic": true, "dataPoints": points}}]}]}]})
}

/// A request of one event for each id.
fn events(session: &str, ids: &[&str]) -> Value {
    let record = |id: &&str| {
        let text = |key: &str, value: &str| json!({"key": key, "value": {"stringValue": value}});
        let count = |key: &str, value: u64| json!({"key": key, "value": {"intValue": value.to_string()}});
        json!({"timeUnixNano": format!("{}000000", now_ms()), "attributes": [text("event.name", "api_request"),
            text("session.id", session), text("model", "claude-opus-5-5"), text("request_id", id),
            text("user.email", "ann@example.com"), count("input_tokens", 100), count("output_tokens", 10)]})
    };
    let records: Vec<Value> = ids.iter().map(record).collect();
    json!({"resourceLogs": [{"scopeLogs": [{"logRecords": records}]}]})
}

async fn post(addr: SocketAddr, path: &str, body: &Value) -> (u16, String, Value) {
    post_as(addr, path, &[], body).await
}

async fn post_as(addr: SocketAddr, path: &str, headers: &[(&str, &str)], body: &Value) -> (u16, String, Value) {
    let headers = [&[("Content-Type", "application/json")], headers].concat();
    let (status, head, body) = http(addr, "POST", path, &headers, &body.to_string()).await;
    (status, head, serde_json::from_str(&body).unwrap_or(Value::Null))
}
