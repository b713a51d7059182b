//! How many readings of metrics a second are read, counted once and stored: the way of a request after HTTP.
//!
//! `cargo bench --features ssr --bench telemetry` prints one line for each encoding; a missed goal is printed only, since
//! machines differ.
#![expect(clippy::print_stdout, reason = "the lines are the result")]

use std::time::{Duration, Instant};

use allclear::sources::telemetry::{Encoding, metrics};
use allclear::store::Store;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use prost::Message;
use serde_json::{Value, json};

const REQUESTS: i64 = 10;
const SESSIONS: i64 = 250;
/// Kinds of tokens × models × where a request comes from.
const SERIES_OF_A_SESSION: i64 = 40;
const GOAL_A_SECOND: f64 = 100_000.0;
/// 2026-11-18T09:15:00Z
const NOW_MS: i64 = 1_794_993_300_000;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    for encoding in [Encoding::Protobuf, Encoding::Json] {
        let bodies: Vec<Vec<u8>> = (0..REQUESTS).map(|number| body(number, encoding)).collect();
        let taken = runtime.block_on(take(&bodies, encoding));
        let readings = REQUESTS * SESSIONS * SERIES_OF_A_SESSION;
        #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
        let rate = readings as f64 / taken.as_secs_f64();
        let verdict = if rate >= GOAL_A_SECOND { "ok" } else { "MISSED (goal 100,000)" };
        let megabytes = bodies.iter().map(Vec::len).sum::<usize>() / 1_000_000;
        println!(
            "{encoding:?} {rate:>10.0} readings/s {verdict}, {readings} readings in {REQUESTS} requests of {megabytes} MB"
        );
    }
}

async fn take(bodies: &[Vec<u8>], encoding: Encoding) -> Duration {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).await.expect("opens");
    let start = Instant::now();
    for body in bodies {
        let read = metrics(body, encoding, NOW_MS).expect("is read");
        assert_eq!(read.notes.rejected.count, 0, "{:?}", read.notes.rejected);
        let taken = store.accumulate("telemetry_metrics", &read.readings, &read.notes.tags, &|_| {}).await;
        assert_eq!(taken.expect("stores").repeated, 0);
    }
    start.elapsed()
}

fn body(number: i64, encoding: Encoding) -> Vec<u8> {
    let end = NOW_MS / 1000 + number * 60 - 3600;
    let text = |key: &str, value: &str| json!({"key": key, "value": {"stringValue": value}});
    let point = |session: i64, series: i64| {
        let kind = ["input", "output", "cacheRead", "cacheCreation"][usize::try_from(series % 4).expect("fits")];
        json!({"startTimeUnixNano": format!("{}000000000", end - 60), "timeUnixNano": format!("{end}000000000"),
            "asDouble": 1200 + series, "attributes": [
                text("user.id", "9f3c4cc0a1b14f0c8e8f"), text("session.id", &format!("b2a1c0de-0000-4000-8000-{session:012}")),
                text("organization.id", "0b1d4e7e-4a5f-4d8e-9d55-6e8a4d5c1f00"), text("user.email", "ann@example.com"),
                text("user.account_uuid", "2f1c4f7e-4a5f-4d8e-9d55-6e8a4d5c1f00"), text("terminal.type", "vscode"),
                text("type", kind), text("model", if series % 8 < 4 { "claude-opus-5-5" } else { "claude-haiku-4-5" }),
                text("query_source", &format!("main-{}", series / 8))]})
    };
    let points: Vec<Value> =
        (0..SESSIONS).flat_map(|session| (0..SERIES_OF_A_SESSION).map(move |series| point(session, series))).collect();
    let request = json!({"resourceMetrics": [{
        "resource": {"attributes": [text("service.name", "claude-code"), text("service.version", "2.1.77")]},
        "scopeMetrics": [{"scope": {"name": "com.anthropic.claude_code"}, "metrics": [{"name": "claude_code.token.usage",
            "unit": "tokens", "sum": {"aggregationTemporality": 1, "isMonotonic": true, "dataPoints": points}}]}]}]});
    match encoding {
        Encoding::Json => request.to_string().into_bytes(),
        Encoding::Protobuf => {
            let request: ExportMetricsServiceRequest = serde_json::from_value(request).expect("is OTLP");
            request.encode_to_vec()
        }
    }
}
