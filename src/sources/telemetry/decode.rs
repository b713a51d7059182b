//! From the bytes of a request to its messages: compression, encoding, and the bounds of both.

use std::io::Read;

use flate2::read::MultiGzDecoder;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use prost::Message;
use serde::de::DeserializeOwned;

use super::{Events, Metrics, events, metrics as readings};

/// How a request is written, and its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Json,
    Protobuf,
}

/// Takes a gzip apart, and no more than `cap` bytes of it; `None` when there is more.
///
/// # Errors
/// When it is no gzip, or breaks off.
pub fn inflate(packed: &[u8], cap: usize) -> std::io::Result<Option<Vec<u8>>> {
    let mut plain = Vec::new();
    // One more than may be there: it tells a body of just that size from a bomb.
    let read = MultiGzDecoder::new(packed).take(cap as u64 + 1).read_to_end(&mut plain)?;
    Ok((read <= cap).then_some(plain))
}

/// Reads a request for `/v1/metrics`; `now_ms` is what its times are held against.
///
/// # Errors
/// When it is not the message it should be: what is wrong, in words.
pub fn metrics(body: &[u8], encoding: Encoding, now_ms: i64) -> Result<Metrics, String> {
    let request: ExportMetricsServiceRequest = decoded(body, encoding)?;
    Ok(readings::read(&request, now_ms))
}

/// Reads a request for `/v1/logs`; `now_ms` is what its times are held against.
///
/// # Errors
/// When it is not the message it should be: what is wrong, in words.
pub fn logs(body: &[u8], encoding: Encoding, now_ms: i64) -> Result<Events, String> {
    let request: ExportLogsServiceRequest = decoded(body, encoding)?;
    Ok(events::read(&request, now_ms))
}

fn decoded<T: Message + Default + DeserializeOwned>(body: &[u8], encoding: Encoding) -> Result<T, String> {
    match encoding {
        Encoding::Protobuf => {
            T::decode(body).map_err(|error| format!("the body is not the protobuf message of this address: {error}"))
        }
        // A list would be read as the fields of the message, one after another.
        Encoding::Json if body.trim_ascii_start().first() != Some(&b'{') => {
            Err("the body is not OTLP as JSON: it is no object".to_owned())
        }
        Encoding::Json => {
            serde_json::from_slice(body).map_err(|error| format!("the body is not OTLP as JSON: {error}"))
        }
    }
}
