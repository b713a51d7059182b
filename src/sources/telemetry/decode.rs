//! From the bytes of a request to its messages: compression, encoding, and the bounds of both.

use std::io::Read;

use flate2::read::MultiGzDecoder;

use super::request::{Item, List, Metric, Record, Resource};
use super::{Events, Metrics, events, json, metrics as readings, protobuf};

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
    Ok(readings::read(&request::<Metric<'_>>(body, encoding)?, now_ms))
}

/// Reads a request for `/v1/logs`; `now_ms` is what its times are held against.
///
/// # Errors
/// When it is not the message it should be: what is wrong, in words.
pub fn logs(body: &[u8], encoding: Encoding, now_ms: i64) -> Result<Events, String> {
    Ok(events::read(&request::<Record<'_>>(body, encoding)?, now_ms))
}

fn request<'a, T: Item<'a>>(body: &'a [u8], encoding: Encoding) -> Result<Vec<Resource<'a, T>>, String> {
    let too_much = || format!("the body has more than {MAX_ENTRIES} entries: send it in smaller batches");
    let no_json = |error: &dyn std::fmt::Display| format!("the body is not OTLP as JSON: {error}");
    let mut resources = Vec::new();
    let mut request = List { name: T::RESOURCES, items: &mut resources };
    match encoding {
        Encoding::Protobuf => protobuf::read(body, &mut request, MAX_ENTRIES).map_err(|refusal| match refusal {
            protobuf::Refusal::TooMuch => too_much(),
            protobuf::Refusal::Broken(how) => format!("the body is not the protobuf message of this address: {how}"),
        })?,
        // Each object or list takes some room, however short it is.
        Encoding::Json if body.iter().filter(|byte| matches!(byte, b'{' | b'[')).count() > MAX_ENTRIES => {
            return Err(too_much());
        }
        Encoding::Json => {
            // Once for all of it: it costs more to look at each text alone.
            let body = std::str::from_utf8(body).map_err(|error| no_json(&error))?;
            json::read(body, &mut request).map_err(|error| no_json(&error))?;
        }
    }
    Ok(resources)
}
