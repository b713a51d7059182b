//! `POST /v1/metrics` and `/v1/logs`: OpenTelemetry (OTLP/HTTP), JSON and protobuf.
//!
//! An answer of 200 means that it is stored. What may pass is 429 or 503 with `Retry-After`, and the sender's exporter
//! sends it again; what will not pass is another 4xx. Answers are written as the request was.

use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use opentelemetry_proto::tonic::collector::logs::v1::{ExportLogsPartialSuccess, ExportLogsServiceResponse};
use opentelemetry_proto::tonic::collector::metrics::v1::{ExportMetricsPartialSuccess, ExportMetricsServiceResponse};
use prost::Message;
use serde_json::{Value, json};

use super::body::plain;
use super::token::{Denied, Sender};
use super::{App, token};
use crate::model::Machine;
use crate::sources::telemetry::{Encoding, Events, Metrics, Notes, logs, metrics};
use crate::sources::{Problems, Source};
use crate::sync::Engine;

const PROTOBUF: &str = "application/x-protobuf";
const JSON: &str = "application/json";
/// When a sender should come again: as soon as a batch is stored, or when somebody may have made room on the disk.
const SOON_S: u32 = 2;
const LATER_S: u32 = 30;

/// `POST /v1/metrics`
pub(super) async fn take_metrics(State(app): State<App>, request: Request) -> Response {
    take::<Metrics>(&app, request).await
}

/// `POST /v1/logs`
pub(super) async fn take_logs(State(app): State<App>, request: Request) -> Response {
    take::<Events>(&app, request).await
}

/// What one of the two addresses takes.
trait Signal: Sized + Send + 'static {
    const SOURCE: Source;
    /// What an answer calls those it refused.
    const REJECTED: &str;

    fn read(body: &[u8], encoding: Encoding, now_ms: i64) -> Result<Self, String>;
    fn notes(&self) -> &Notes;
    /// Committed when it returns.
    fn store(self, engine: &Engine, from: Option<&Machine>) -> impl Future<Output = anyhow::Result<()>> + Send;
}

impl Signal for Metrics {
    const SOURCE: Source = Source::TelemetryMetrics;
    const REJECTED: &str = "rejectedDataPoints";

    fn read(body: &[u8], encoding: Encoding, now_ms: i64) -> Result<Self, String> {
        metrics(body, encoding, now_ms)
    }

    fn notes(&self) -> &Notes {
        &self.notes
    }

    async fn store(self, engine: &Engine, from: Option<&Machine>) -> anyhow::Result<()> {
        engine.take_metrics(self, from).await.map(drop)
    }
}

impl Signal for Events {
    const SOURCE: Source = Source::TelemetryEvents;
    const REJECTED: &str = "rejectedLogRecords";

    fn read(body: &[u8], encoding: Encoding, now_ms: i64) -> Result<Self, String> {
        logs(body, encoding, now_ms)
    }

    fn notes(&self) -> &Notes {
        &self.notes
    }

    async fn store(self, engine: &Engine, from: Option<&Machine>) -> anyhow::Result<()> {
        engine.take_events(self, from).await.map(drop)
    }
}

async fn take<S: Signal>(app: &App, request: Request) -> Response {
    let encoding = encoding(request.headers());
    let taken = async {
        let (encoding, sender) = enter(app, request.headers(), S::SOURCE).await?;
        let _place = app.engine.admit().ok_or_else(Refusal::busy)?;
        let body = plain(request).await.map_err(Refusal::unfit)?;
        let now_ms = app.engine.clock.now().timestamp_millis();
        let read = tokio::task::spawn_blocking(move || S::read(&body, encoding, now_ms)).await;
        let read = read.map_err(Refusal::failed)?.map_err(Refusal::not_understood)?;
        let rejected = read.notes().rejected.clone();
        read.store(&app.engine, sender.machine()).await.map_err(Refusal::failed)?;
        Ok(rejected)
    };
    match taken.await {
        Ok(rejected) => stored(S::REJECTED, &rejected, encoding.unwrap_or(Encoding::Json)),
        Err(refusal) => Refusal::response(refusal, encoding),
    }
}

/// Judges who sends, and whether it can be read at all.
async fn enter(app: &App, headers: &HeaderMap, source: Source) -> Result<(Encoding, Sender), Refusal> {
    let sender = token::sender(app, headers).await.map_err(Refusal::failed)?.map_err(Refusal::denied)?;
    let encoding = encoding(headers).ok_or_else(|| Refusal {
        status: StatusCode::UNSUPPORTED_MEDIA_TYPE,
        words: format!(
            "This takes {JSON} and {PROTOBUF}: set OTEL_EXPORTER_OTLP_PROTOCOL to http/json or http/protobuf."
        ),
        retry_s: None,
    })?;
    if !app.engine.config.current().sources.of(source).enabled {
        let words = format!("{} is switched off in sources.json of this Allclear.", source.label());
        return Err(Refusal { status: StatusCode::FORBIDDEN, words, retry_s: None });
    }
    Ok((encoding, sender))
}

fn encoding(headers: &HeaderMap) -> Option<Encoding> {
    let kind = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    match kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        JSON => Some(Encoding::Json),
        PROTOBUF | "application/protobuf" => Some(Encoding::Protobuf),
        _ => None,
    }
}

/// Everything that counts is stored; what was refused is said.
fn stored(rejected_name: &str, rejected: &Problems, encoding: Encoding) -> Response {
    let count = i64::try_from(rejected.count).unwrap_or(i64::MAX);
    let words = rejected.examples.join("; ");
    match encoding {
        Encoding::Json if count == 0 => answer(StatusCode::OK, JSON, b"{}".to_vec()),
        Encoding::Json => {
            let body = json!({"partialSuccess": {rejected_name: count.to_string(), "errorMessage": words}});
            answer(StatusCode::OK, JSON, body.to_string().into_bytes())
        }
        // The two messages are the same on the wire; both are named, so that neither can change unnoticed.
        Encoding::Protobuf if rejected_name == Events::REJECTED => {
            let partial = ExportLogsPartialSuccess { rejected_log_records: count, error_message: words };
            let partial_success = (count > 0).then_some(partial);
            answer(StatusCode::OK, PROTOBUF, ExportLogsServiceResponse { partial_success }.encode_to_vec())
        }
        Encoding::Protobuf => {
            let partial = ExportMetricsPartialSuccess { rejected_data_points: count, error_message: words };
            let partial_success = (count > 0).then_some(partial);
            answer(StatusCode::OK, PROTOBUF, ExportMetricsServiceResponse { partial_success }.encode_to_vec())
        }
    }
}

fn answer(status: StatusCode, kind: &'static str, body: Vec<u8>) -> Response {
    (status, [(CONTENT_TYPE, kind)], body).into_response()
}

/// Why nothing was stored, as OTLP says it.
struct Refusal {
    status: StatusCode,
    words: String,
    /// When to come again; `None` when that would change nothing.
    retry_s: Option<u32>,
}

/// `google.rpc.Status`, which is what OTLP answers errors with.
#[derive(Clone, PartialEq, Message)]
struct Status {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
}

impl Refusal {
    fn busy() -> Refusal {
        let words = "Too much comes at once: send it again in a moment.".to_owned();
        Refusal { status: StatusCode::TOO_MANY_REQUESTS, words, retry_s: Some(SOON_S) }
    }

    fn denied(denied: Denied) -> Refusal {
        let status = match denied {
            Denied::Unknown => StatusCode::UNAUTHORIZED,
            Denied::Revoked => StatusCode::FORBIDDEN,
        };
        Refusal { status, words: denied.words().to_owned(), retry_s: None }
    }

    fn unfit((status, words): super::body::Unfit) -> Refusal {
        Refusal { status, words, retry_s: None }
    }

    fn not_understood(words: String) -> Refusal {
        Refusal { status: StatusCode::BAD_REQUEST, words, retry_s: None }
    }

    /// The disk may be full, or the database held by another process: that passes.
    fn failed(error: impl Into<anyhow::Error>) -> Refusal {
        let error = error.into();
        tracing::error!(error = format!("{error:#}"), "telemetry could not be stored: {error:#}");
        let words = "It could not be stored. The log of this Allclear says why; send it again later.".to_owned();
        Refusal { status: StatusCode::SERVICE_UNAVAILABLE, words, retry_s: Some(LATER_S) }
    }

    fn response(refusal: Refusal, encoding: Option<Encoding>) -> Response {
        let code = match refusal.status {
            StatusCode::UNAUTHORIZED => 16,
            StatusCode::FORBIDDEN => 7,
            StatusCode::TOO_MANY_REQUESTS | StatusCode::PAYLOAD_TOO_LARGE => 8,
            StatusCode::SERVICE_UNAVAILABLE => 14,
            _ => 3,
        };
        let mut response = match encoding {
            Some(Encoding::Protobuf) => {
                answer(refusal.status, PROTOBUF, Status { code, message: refusal.words }.encode_to_vec())
            }
            _ => {
                let body: Value = json!({"code": code, "message": refusal.words});
                answer(refusal.status, JSON, body.to_string().into_bytes())
            }
        };
        if let Some(seconds) = refusal.retry_s {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        response
    }
}
