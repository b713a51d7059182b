//! What can be wrong with an answer. The JSON in it is harmless: what matters is how it comes.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::Response;
use futures::stream::{self, Stream, StreamExt};

type Answer = Response<Body>;

const JSON: &str = "content-type: application/json";

#[derive(Clone, Debug)]
pub(in crate::tests) enum Fault {
    /// None: the provider answers. For the requests before a fault.
    Nothing,
    /// A status and header lines (`name: value`, one per line), with the error JSON of the usual providers.
    Status(u16, &'static str),
    /// Status, header lines and body, as given.
    Answer(u16, String, String),
    /// An HTML page of a gateway with this status.
    WebPage(u16),
    /// No answer, until the client gives up.
    Silence,
    /// JSON, one byte at a time.
    Trickle(Duration),
    /// `Content-Length` promises more than comes before the connection ends.
    ShortBody,
    /// Ends well for HTTP, in the middle for JSON.
    CutJson,
    /// This many megabytes of JSON, without saying so first.
    Huge(u64),
    /// Right JSON under a wrong content type.
    ContentType(&'static str),
    /// 307 to another address.
    Redirect(String),
}

impl Fault {
    pub(super) async fn answer(self, streamed: &Arc<AtomicU64>) -> Answer {
        match self {
            Fault::Nothing => unreachable!("the provider answers itself"),
            Fault::Status(status, headers) => answer(status, &[JSON, headers], error_json(status)),
            Fault::Answer(status, headers, body) => answer(status, &[&headers], body),
            Fault::WebPage(status) => {
                answer(status, &["content-type: text/html; charset=utf-8"], "<!doctype html><title>Oops</title>")
            }
            Fault::Silence => std::future::pending().await,
            Fault::Trickle(interval) => answer(200, &[JSON], trickle(interval, streamed)),
            Fault::ShortBody => answer(200, &[JSON, "content-length: 1000"], short()),
            Fault::CutJson => answer(200, &[JSON], "{\"data\": [1, 2"),
            Fault::Huge(megabytes) => answer(200, &[JSON], huge(megabytes, streamed)),
            Fault::ContentType(kind) => answer(200, &[&format!("content-type: {kind}")], "{\"data\": []}"),
            Fault::Redirect(to) => answer(307, &[&format!("location: {to}")], ""),
        }
    }
}

fn answer(status: u16, headers: &[&str], body: impl Into<Body>) -> Answer {
    let lines = headers.iter().flat_map(|lines| lines.lines()).filter(|line| !line.trim().is_empty());
    let answer = lines.fold(Response::builder().status(status), |answer, line| {
        let (name, value) = line.split_once(':').expect("is a header line");
        answer.header(name.trim(), value.trim())
    });
    answer.body(body.into()).expect("is an answer")
}

fn error_json(status: u16) -> String {
    serde_json::json!({
        "type": "error",
        "error": {"type": "fault", "message": format!("the fake upstream was told to answer {status}")},
        "request_id": "req_fake",
    })
    .to_string()
}

fn counted(pieces: impl Stream<Item = Bytes> + Send + 'static, streamed: &Arc<AtomicU64>) -> Body {
    let streamed = streamed.clone();
    Body::from_stream(pieces.map(move |piece| {
        streamed.fetch_add(piece.len() as u64, Ordering::SeqCst);
        Ok::<_, Infallible>(piece)
    }))
}

fn trickle(interval: Duration, streamed: &Arc<AtomicU64>) -> Body {
    let bytes = stream::once(async { b'"' }).chain(stream::repeat(b'x'));
    let pieces = bytes.then(move |byte| async move {
        tokio::time::sleep(interval).await;
        Bytes::copy_from_slice(&[byte])
    });
    counted(pieces, streamed)
}

fn huge(megabytes: u64, streamed: &Arc<AtomicU64>) -> Body {
    let megabyte = Bytes::from(vec![b' '; 1024 * 1024]);
    let blanks = stream::iter(0..megabytes).map(move |_| megabyte.clone());
    counted(blanks.chain(stream::once(async { Bytes::from_static(b"{}") })), streamed)
}

/// A piece, and the end of the connection.
fn short() -> Body {
    let piece = stream::once(async { Ok("{\"data\": [") });
    // Pending once, so that the server sends what it has.
    let end = stream::once(async {
        tokio::task::yield_now().await;
        Err("the connection ends here")
    });
    Body::from_stream(piece.chain(end))
}
