//! What is tried again, when, and when it is given up.

use super::*;

/// Seconds between one request and the next, as the upstream saw them.
fn distances_s(upstream: &Upstream) -> Vec<u64> {
    upstream.seen().windows(2).map(|pair| (pair[1].at - pair[0].at).as_secs()).collect()
}

#[tokio::test]
async fn a_server_that_says_when_is_asked_again_then_and_not_before() {
    let upstream = upstream().await;
    let caller = Caller::of(&upstream);
    upstream.fault(Fault::Status(429, "retry-after: 3"), 2);
    upstream.fault(Fault::Status(503, "retry-after: 7"), 1);
    let date = "date: Fri, 20 Nov 2026 12:00:00 GMT\nretry-after: Fri, 20 Nov 2026 12:01:40 GMT";
    upstream.fault(Fault::Status(429, date), 1);
    let (answer, waits) = caller.get(5).await;
    answer.expect("answers in the end");
    assert_eq!(waits.iter().map(|waiting| waiting.wait.as_secs()).collect::<Vec<_>>(), [3, 3, 7, 100]);
    assert_eq!(distances_s(&upstream), [3, 3, 7, 100]);
    assert!(waits[0].to_string().ends_with("rate limited, retrying in 3 s"), "{}", waits[0]);
    assert!(
        waits[2].to_string().ends_with("not available: it answers 503 Service Unavailable, retrying in 7 s"),
        "{}",
        waits[2]
    );
}

#[tokio::test]
async fn a_wish_that_makes_no_sense_is_ignored() {
    let upstream = upstream().await;
    let caller = Caller::of(&upstream);
    for garbage in ["retry-after: soon", "retry-after: -5", "retry-after: Fri, 01 Jan 1999 00:00:00 GMT"] {
        upstream.fault(Fault::Status(429, garbage), 1);
        let (answer, waits) = caller.get(2).await;
        answer.expect("answers in the end");
        assert!(waits[0].wait <= Duration::from_millis(500), "the first backoff: {:?}", waits[0]);
    }
}

#[tokio::test]
async fn a_server_that_wants_to_be_left_alone_for_too_long_is_given_up_at_once() {
    given_up("retry-after: 901", 901, "; it wants to be asked again in 16 min").await;
}

#[tokio::test]
async fn a_server_that_wants_to_be_left_alone_for_ever_is_too() {
    given_up("retry-after: 99999999999999999999999", u64::MAX, "; it wants to be asked again in days").await;
}

async fn given_up(headers: &'static str, seconds: u64, words: &str) {
    let upstream = upstream().await;
    let caller = Caller::of(&upstream);
    upstream.fault(Fault::Status(429, headers), 1);
    let (answer, waits) = caller.get(5).await;
    let error = answer.expect_err("gives up");
    let retry_after = Some(Duration::from_secs(seconds));
    assert!(matches!(&error, HttpError::RateLimited { retry_after: wish, .. } if *wish == retry_after), "{error:?}");
    assert!(error.to_string().ends_with(words), "{error}");
    assert_eq!((error.kind(), waits.len()), (ErrorKind::Passing, 0));
    let again = caller.get(1).await.0.expect_err("is not asked before the time it named");
    assert!(matches!(again, HttpError::RateLimited { retry_after: Some(_), .. }), "{again:?}");
    assert_eq!(upstream.count(), 1);
}

#[tokio::test]
async fn several_long_waits_together_wear_out_the_patience_of_a_call() {
    let upstream = upstream().await;
    let caller = Caller::of(&upstream);
    upstream.fault(Fault::Status(429, "retry-after: 400"), Times::UntilCleared);
    let (answer, waits) = caller.get(100).await;
    answer.expect_err("gives up");
    assert_eq!(waits.len(), 2, "two times 400 s are within 15 min, three are not");
}

#[tokio::test]
async fn a_storm_of_rate_limits_passes() {
    let upstream = upstream().await;
    let caller = Caller::of(&upstream);
    upstream.fault(Fault::Status(429, ""), 12);
    let (answer, waits) = caller.get(13).await;
    answer.expect("answers in the end");
    assert_eq!((waits.len(), upstream.count()), (12, 13));
    assert!(waits.iter().all(|waiting| waiting.wait <= Duration::from_secs(32)), "{waits:?}");
    let failed: Vec<u32> = waits.iter().map(|waiting| waiting.failed).collect();
    assert_eq!(failed, (1..=12).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_may_pass_is_tried_again_and_as_often_as_asked() {
    let upstream = upstream().await;
    let caller = Caller::of(&upstream);
    for status in [408, 429, 500, 502, 503, 504, 529] {
        let before = upstream.count();
        upstream.fault(Fault::Status(status, ""), 1);
        caller.get(2).await.0.expect("answers the second time");
        upstream.fault(Fault::WebPage(status), Times::UntilCleared);
        let error = caller.get(3).await.0.expect_err("never answers");
        assert_eq!((error.kind(), upstream.count() - before), (ErrorKind::Passing, 2 + 3), "{error}");
        upstream.clear_faults();
    }
}

#[tokio::test]
async fn a_host_that_is_not_there_is_tried_again_and_named() {
    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let addr = nobody.local_addr().expect("an address");
    drop(nobody);
    let caller = Caller::new(&format!("http://{addr}"), LIMITS);
    let (answer, waits) = caller.get(3).await;
    let error = answer.expect_err("nobody is there");
    assert_eq!(waits.len(), 2);
    let text = error.to_string();
    assert!(text.starts_with(&format!("Somebody ({addr}) is not available: no connection: ")), "{text}");
    assert_eq!(error.kind(), ErrorKind::Passing);
}

#[tokio::test]
async fn a_server_that_hangs_is_left_after_the_read_timeout_and_tried_again() {
    let upstream = upstream().await;
    let caller = Caller::of(&upstream);
    upstream.fault(Fault::Silence, 1);
    let hangs = async {
        upstream.has_seen(1).await;
        caller.time.advance(LIMITS.read + Duration::from_millis(1)).await;
    };
    let ((answer, waits), ()) = tokio::join!(caller.get(2), hangs);
    answer.expect("answers the second time");
    assert_eq!(waits[0].why, "not available: no complete answer in time");
}

#[tokio::test]
async fn stopping_ends_a_wait_at_once() {
    let upstream = upstream().await;
    let caller = Caller::of(&upstream);
    upstream.fault(Fault::Status(429, "retry-after: 600"), Times::UntilCleared);
    let start = tokio::time::Instant::now();
    // The time is never moved: what ends the wait is the word to stop.
    let stop = |_| {
        caller.stop.send_replace(true);
    };
    let retry = Retry::new(5, &stop);
    let answer = caller.http.get(&caller.api.request("/v1/usage"), &retry).await;
    assert_eq!(answer, Err(HttpError::Stopped));
    assert_eq!((start.elapsed(), upstream.count()), (Duration::ZERO, 1));
}
