//! A host that keeps failing is left alone, and tried again with care.

use super::*;

const MINUTE: Duration = Duration::from_secs(60);

fn rest_s(error: &HttpError) -> u64 {
    match error {
        HttpError::Resting { wait, .. } => wait.as_secs_f64().round() as u64,
        error => panic!("does not rest: {error:?}"),
    }
}

#[tokio::test]
async fn five_failures_in_a_row_end_all_calls_to_the_host_until_one_finds_it_well() {
    let upstream = upstream().await;
    let caller = Caller::of(&upstream);
    upstream.fault(Fault::WebPage(500), Times::UntilCleared);
    // Five tries in all, although the second call had more to come.
    caller.get(3).await.0.expect_err("fails");
    let (answer, waits) = caller.get(10).await;
    let last = answer.expect_err("fails");
    assert!(matches!(last, HttpError::Unavailable { .. }), "what went wrong, not that it rests: {last}");
    assert_eq!((waits.len(), upstream.count()), (1, 5));

    let (answer, waits) = caller.get(10).await;
    let error = answer.expect_err("rests");
    assert_eq!((rest_s(&error), waits.len(), upstream.count()), (60, 0, 5), "nothing is sent");
    let text = error.to_string();
    assert!(text.contains("for another 60 s; the last was: it answers 500 Internal Server Error"), "{text}");
    assert_eq!(error.kind(), ErrorKind::Passing);

    // The first try after the rest fails, too: one request, and twice the rest.
    caller.time.advance(MINUTE).await;
    caller.get(10).await.0.expect_err("fails");
    assert_eq!(upstream.count(), 6);
    assert_eq!(rest_s(&caller.get_once().await.expect_err("rests")), 120);

    upstream.clear_faults();
    caller.time.advance(MINUTE).await;
    caller.get_once().await.expect_err("rests");
    caller.time.advance(MINUTE).await;
    caller.get_once().await.expect("is well again");
    caller.get_once().await.expect("and stays so");
}

#[tokio::test]
async fn only_one_request_tries_a_host_that_rested_and_giving_it_up_frees_the_way() {
    let upstream = upstream().await;
    let caller = Caller::of(&upstream);
    upstream.fault(Fault::Status(503, ""), 5);
    caller.get(5).await.0.expect_err("fails");
    caller.time.advance(MINUTE).await;
    upstream.fault(Fault::Silence, 1);
    {
        let mut probe = pin!(caller.get_once());
        tokio::select! {
            answer = &mut probe => panic!("has answered: {answer:?}"),
            () = upstream.has_seen(6) => {}
        }
        assert_eq!(rest_s(&caller.get_once().await.expect_err("another one tries")), 0);
    }
    caller.get_once().await.expect("the probe was dropped, so this one may try");
}

#[tokio::test]
async fn refusals_rate_limits_and_nonsense_do_not_count_as_failures_of_the_host() {
    let upstream = upstream().await;
    let caller = Caller::of(&upstream);
    for fault in [Fault::Status(401, ""), Fault::Status(403, ""), Fault::Status(429, ""), Fault::WebPage(200)] {
        upstream.fault(fault, 6);
    }
    for _ in 0..24 {
        caller.get_once().await.expect_err("fails");
    }
    caller.get_once().await.expect("is still asked");
    assert_eq!(upstream.count(), 25);
}

#[tokio::test]
async fn one_host_that_rests_does_not_stop_another() {
    let (broken, sound) = (upstream().await, upstream().await);
    let mut caller = Caller::of(&broken);
    broken.fault(Fault::Status(500, ""), Times::UntilCleared);
    caller.get(5).await.0.expect_err("fails");
    rest_s(&caller.get_once().await.expect_err("rests"));
    caller.api = Api::new("Somebody else", sound.base(), "ELSE_BASE_URL").expect("is an address");
    caller.get_once().await.expect("answers");
}
