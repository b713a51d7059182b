//! Answers that are too large, too slow, broken, or not what was asked for.

use std::convert::Infallible;

use axum::body::Body;
use axum::response::Redirect;
use futures::stream;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;

use super::*;

const MEGABYTE: u64 = 1024 * 1024;

/// Why an answer could not be used, after `attempts` that are not taken.
async fn invalid(caller: &Caller) -> String {
    let (answer, waits) = caller.get(5).await;
    match answer {
        Err(HttpError::Invalid { reason, .. }) => {
            assert!(waits.is_empty(), "what cannot be read is not asked for again: {waits:?}");
            reason
        }
        answer => panic!("is not invalid: {answer:?}"),
    }
}

#[tokio::test]
async fn an_answer_that_is_not_json_is_named_for_what_it_is() {
    let upstream = upstream().await;
    let caller = Caller::of(&upstream);
    let lying_page = Fault::Answer(200, "content-type: application/json".into(), " <html></html>".into());
    let broken = Fault::Answer(200, "content-type: application/json".into(), "{\"data\": canary}".into());
    let empty = Fault::Answer(204, String::new(), String::new());
    for (fault, expected) in [
        (Fault::WebPage(200), "a web page instead of JSON; check SOMEBODY_BASE_URL"),
        (lying_page, "a web page instead of JSON; check SOMEBODY_BASE_URL"),
        (Fault::ContentType("text/plain"), "text/plain instead of JSON; check SOMEBODY_BASE_URL"),
        (Fault::ContentType("application/octet-stream"), "application/octet-stream instead of JSON"),
        (empty, "something without a content type instead of JSON"),
        (broken, "its JSON is broken: expected value at line 1 column 10"),
        (Fault::CutJson, "its JSON breaks off in the middle"),
        (Fault::ShortBody, "it breaks off in the middle"),
    ] {
        upstream.fault(fault.clone(), 1);
        let reason = invalid(&caller).await;
        assert!(reason.starts_with(expected), "{fault:?}: {reason}");
    }
    upstream.fault(Fault::ContentType("application/vnd.api+json; charset=utf-8"), 1);
    caller.get_once().await.expect("is JSON, too");
}

#[tokio::test]
async fn a_huge_answer_is_left_at_the_cap() {
    let upstream = upstream().await;
    let caller = Caller::of(&upstream);
    upstream.fault(Fault::Huge(50), 1);
    assert_eq!(invalid(&caller).await, "it is larger than 32 MB");
    // What is beyond the cap was on its way: in the pieces of both sides and the kernel's buffers.
    let sent = upstream.streamed_bytes();
    assert!((32 * MEGABYTE..45 * MEGABYTE).contains(&sent), "{sent} bytes left the upstream");
    upstream.fault(Fault::Huge(30), 1);
    assert_eq!(caller.get_once().await.expect("is within the cap").len() as u64, 30 * MEGABYTE + 2);
}

#[tokio::test]
async fn a_gzip_bomb_is_left_at_the_cap() {
    decompression_bomb(CompressionLayer::new().no_br()).await;
}

#[tokio::test]
async fn a_brotli_bomb_is_left_at_the_cap() {
    decompression_bomb(CompressionLayer::new().no_gzip()).await;
}

/// 64 MB of blanks, a few kilobytes on the wire.
async fn decompression_bomb(compression: CompressionLayer) {
    let blanks = || async {
        let megabyte = Bytes::from(vec![b' '; 1024 * 1024]);
        let pieces = stream::iter((0..64).map(move |_| Ok::<_, Infallible>(megabyte.clone())));
        ([("content-type", "application/json")], Body::from_stream(pieces))
    };
    let compression = compression.quality(CompressionLevel::Fastest);
    let upstream = Upstream::start(Router::new().route("/v1/usage", get(blanks)).layer(compression)).await;
    assert_eq!(invalid(&Caller::of(&upstream)).await, "it is larger than 32 MB");
}

#[tokio::test]
async fn an_answer_of_one_byte_a_second_ends_with_the_total_timeout() {
    let upstream = upstream().await;
    // Bytes keep coming, so only the total can end it.
    let caller = Caller::with_limits(&upstream, Limits { read: Duration::from_secs(100_000), ..LIMITS });
    upstream.fault(Fault::Trickle(Duration::from_secs(1)), 1);
    let start = tokio::time::Instant::now();
    let mut answer = pin!(caller.get_once());
    let answer = loop {
        assert!(start.elapsed() < 2 * LIMITS.total, "goes on and on");
        tokio::select! {
            biased;
            answer = &mut answer => break answer,
            () = caller.time.advance(Duration::from_secs(1)), if upstream.count() == 1 => {}
            () = upstream.has_seen(1), if upstream.count() == 0 => {}
        }
    };
    let error = answer.expect_err("ends");
    assert!(error.to_string().ends_with("is not available: no complete answer in time"), "{error}");
    // In steps of a second, and the timer a fraction later.
    assert!((120..=121).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
    assert!(upstream.streamed_bytes() > 0);
}

#[tokio::test]
async fn a_redirect_within_the_host_is_followed_with_the_key() {
    let moved = get(|| async { Redirect::temporary("/v2/usage") });
    let usage = get(|| async { Json(json!({"data": [2]})) });
    let upstream = Upstream::start(Router::new().route("/v1/usage", moved).route("/v2/usage", usage)).await;
    let caller = Caller::of(&upstream);
    assert_eq!(caller.get_once().await.expect("answers"), "{\"data\":[2]}");
    assert_eq!(upstream.seen()[1].header("x-api-key"), KEY);
}

#[tokio::test]
async fn a_redirect_to_another_host_is_an_error_and_the_other_host_hears_nothing() {
    let (upstream, elsewhere) = (upstream().await, upstream().await);
    let caller = Caller::of(&upstream);
    let by_another_name = upstream.base().replace("127.0.0.1", "localhost");
    let by_another_scheme = upstream.base().replace("http:", "https:");
    for to in [elsewhere.base(), &by_another_name, &by_another_scheme] {
        upstream.fault(Fault::Redirect(format!("{to}/v1/usage?x=1")), 1);
        let (answer, waits) = caller.get(5).await;
        let error = answer.expect_err("is not followed");
        let expected = format!("redirects to {to}/v1/usage, and no key is sent there: check SOMEBODY_BASE_URL");
        assert!(error.to_string().ends_with(&expected), "{error}");
        assert_eq!((error.kind(), waits.len()), (ErrorKind::Settings, 0));
    }
    assert_eq!((elsewhere.count(), upstream.count()), (0, 3));
}

#[tokio::test]
async fn a_redirect_in_circles_ends() {
    let upstream = upstream().await;
    let caller = Caller::of(&upstream);
    upstream.fault(Fault::Redirect("/v1/usage".to_owned()), Times::UntilCleared);
    let error = caller.get_once().await.expect_err("ends");
    assert!(matches!(error, HttpError::Redirected { .. }), "{error:?}");
    assert_eq!(upstream.count(), 4);
}
