//! The body of what a program sends: within its bounds, in time, and unpacked. It is read only once its sender is known.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_ENCODING;

use crate::sources::telemetry::inflate;

/// For the slowest line that is one.
const IN_TIME: Duration = Duration::from_secs(60);
/// As it is sent.
pub(super) const MAX_SENT: usize = 8 << 20;
/// Unpacked: a quarter of a million readings.
const MAX_PLAIN: usize = 32 << 20;

/// Why a body is not taken, as a status and in words.
pub(super) type Unfit = (StatusCode, String);

/// Unpacks a body; away from the threads that answer requests, because a large one takes a while.
pub(super) async fn plain(request: Request) -> Result<Bytes, Unfit> {
    let encoding =
        request.headers().get(CONTENT_ENCODING).map(|encoding| encoding.to_str().unwrap_or("?").trim().to_owned());
    let slow = |_| (StatusCode::REQUEST_TIMEOUT, "The body did not come in time.".to_owned());
    let body = tokio::time::timeout(IN_TIME, Bytes::from_request(request, &())).await.map_err(slow)?;
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(MAX_SENT),
        _ => (StatusCode::BAD_REQUEST, "The body broke off.".to_owned()),
    })?;
    match encoding.as_deref() {
        None | Some("" | "identity") => Ok(body),
        Some(encoding) if encoding.eq_ignore_ascii_case("gzip") => {
            let unpacked = tokio::task::spawn_blocking(move || inflate(&body, MAX_PLAIN)).await;
            match unpacked {
                Ok(Ok(Some(plain))) => Ok(plain.into()),
                Ok(Ok(None)) => Err(too_large(MAX_PLAIN)),
                _ => Err((StatusCode::BAD_REQUEST, "The body is not the gzip it says it is.".to_owned())),
            }
        }
        Some(_) => {
            Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, "The body may be packed with gzip, or not at all.".to_owned()))
        }
    }
}

fn too_large(cap: usize) -> Unfit {
    let words = format!("The body is larger than {} MB: send it in smaller batches.", cap >> 20);
    (StatusCode::PAYLOAD_TOO_LARGE, words)
}
