//! From the bytes of a request to its messages: compression, encoding, and the bounds of both.

use std::io::Read;

use flate2::read::MultiGzDecoder;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use prost::Message;
use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};
use serde::de::DeserializeOwned;

use super::{Events, Metrics, events, metrics as readings};

/// Resource, scope, metric, kind, point, attribute.
const DEPTH: u32 = 5;
/// As many as 32 MB of real readings have. Without a bound, a body of the smallest messages there are would take a hundred
/// times its size in memory.
const MAX_ENTRIES: usize = 1_500_000;

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

/// How many entries a body has, each of which takes some room in memory however short it is: the fields of the messages down
/// to `depth`, or the objects and lists of JSON. Stops at the most that may be.
fn entries(body: &[u8], encoding: Encoding) -> usize {
    match encoding {
        Encoding::Json => body.iter().filter(|byte| matches!(byte, b'{' | b'[')).take(MAX_ENTRIES + 1).count(),
        Encoding::Protobuf => fields(body, DEPTH, MAX_ENTRIES + 1),
    }
}

/// What is no message is text, or what the decoder will refuse.
fn fields(mut body: &[u8], depth: u32, most: usize) -> usize {
    let mut count = 0;
    while !body.is_empty() && count < most {
        let Ok((tag, kind)) = decode_key(&mut body) else { break };
        count += 1;
        if kind == WireType::LengthDelimited {
            let Some(length) = decode_varint(&mut body).ok().and_then(|length| usize::try_from(length).ok()) else {
                break;
            };
            let Some((inner, rest)) = body.split_at_checked(length) else { break };
            if depth > 0 {
                count += fields(inner, depth - 1, most - count);
            }
            body = rest;
        } else if skip_field(kind, tag, &mut body, DecodeContext::default()).is_err() {
            break;
        }
    }
    count
}

fn decoded<T: Message + Default + DeserializeOwned>(body: &[u8], encoding: Encoding) -> Result<T, String> {
    if entries(body, encoding) > MAX_ENTRIES {
        return Err(format!("the body has more than {MAX_ENTRIES} entries: send it in smaller batches"));
    }
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
