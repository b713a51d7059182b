//! A provider that misbehaves: its step says what is wrong, nothing stored is lost, and nobody else notices.

use super::super::upstream::{Fault, Times, Upstream};
use super::*;
use FreshnessState::{Failing, RateLimited, Unauthorised};

const JSON: &str = "content-type: application/json";

/// What can be wrong, what becomes of the step and the source, and a part of what is said.
fn faults(elsewhere: &Upstream, key: &str) -> Vec<(Fault, StepStatus, FreshnessState, &'static str)> {
    use StepStatus::{Error, RateLimited as Limited};
    let said = |status| {
        let body = json!({"error": {"message": format!("{key} and {} are no good", &key[6..])}});
        Fault::Answer(status, JSON.to_owned(), body.to_string())
    };
    let answer = |body: &str| Fault::Answer(200, JSON.to_owned(), body.to_owned());
    vec![
        (Fault::Status(401, ""), Error, Unauthorised, "refused the key (401): check "),
        (said(401), Error, Unauthorised, "refused the key (401): check "),
        (Fault::Status(403, ""), Error, Unauthorised, "does not let this key do that (403): check the rights of "),
        (Fault::Status(400, ""), Error, Failing, "refused the request (400). It says: the fake upstream was told"),
        (said(422), Error, Failing, "refused the request (422). It says: ***"),
        (Fault::Status(429, ""), Limited, RateLimited, "limits how often it may be asked (429)"),
        (Fault::Status(429, ""), Limited, RateLimited, "limits how often it may be asked (429)"),
        (Fault::WebPage(500), Error, Failing, "is not available: it answers 500 Internal Server Error"),
        (Fault::WebPage(502), Error, Failing, "is not available: it answers 502 Bad Gateway"),
        (Fault::Status(529, ""), Error, Failing, "is not available: it answers 529 Overloaded"),
        (Fault::CutJson, Error, Failing, "its JSON breaks off in the middle"),
        (Fault::ShortBody, Error, Failing, "it breaks off in the middle"),
        (Fault::Huge(50), Error, Failing, "it is larger than 8 MB"),
        (Fault::ContentType("text/plain"), Error, Failing, "text/plain instead of JSON; check ALLCLEAR_"),
        (Fault::WebPage(200), Error, Failing, "a web page instead of JSON; check ALLCLEAR_"),
        (
            Fault::Redirect(format!("{}/?{key}", elsewhere.base())),
            Error,
            Failing,
            "and no key is sent there: check ALLCLEAR_",
        ),
        (
            answer("{\"data\": 3, \"results\": 3}"),
            Error,
            Failing,
            "Nothing of the answer was taken, what is stored stays",
        ),
        (
            answer(&format!("{{\"data\": \"{key}\"}}")),
            Error,
            Failing,
            "Nothing of the answer was taken, what is stored stays",
        ),
    ]
}

async fn survives(source: &str, of: fn(&World) -> &Fake, key: &str) {
    let world = World::new().await;
    world.without_retries();
    world.app.sync().await;
    let elsewhere = Upstream::start(axum::Router::new()).await;
    for (round, (fault, status, freshness, text)) in (1..).zip(faults(&elsewhere, key)) {
        let before = world.database().await;
        let fake = of(&world);
        fake.uses(TODAY - 1, [Used::new("", "", "claude-opus-5-5", [round, 0, 0, 0, round], "0.5")]);
        fake.upstream.fault(fault.clone(), Times::UntilCleared);
        let run = world.app.sync().await;
        let step = step(&run, source);
        assert_eq!((step.status, step.rows), (status, 0), "{fault:?}: {}", step.message);
        assert!(step.message.contains(text), "{fault:?}: {}", step.message);
        assert_eq!(world.freshness(source), freshness, "{fault:?}");
        let expected = if status == StepStatus::Error { RunStatus::Partial } else { RunStatus::Success };
        assert_eq!(run.status, expected, "{fault:?}: {:?}", run.error);
        others_succeeded(&run, source);
        let told = world.told(&run).await;
        let line = told.lines().find(|line| is_key(line));
        assert_eq!(line, None, "{fault:?} brings the key out");
        assert_eq!(world.database().await, before, "{fault:?} changes what is stored");
        fake.upstream.clear_faults();
        let run = world.app.sync().await;
        assert_eq!(
            (run.status, world.freshness(source)),
            (RunStatus::Success, FreshnessState::Current),
            "{:?}",
            run.error
        );
        assert!(run.rows() > 0, "after {fault:?} the change is read");
    }
    assert_eq!(elsewhere.count(), 0, "the other host hears nothing");
}

#[tokio::test]
async fn a_provider_that_wants_to_be_left_alone_is_not_asked_before() {
    let world = World::new().await;
    let upstream = &world.anthropic.upstream;
    upstream.fault(Fault::Status(429, "retry-after: 900"), 1);
    for _ in 0..2 {
        let run = world.app.sync().await;
        let step = step(&run, "anthropic");
        assert_eq!((step.status, run.status), (StepStatus::RateLimited, RunStatus::Success));
        assert!(step.message.contains("(429); it wants to be asked again in 15 min"), "{}", step.message);
        others_succeeded(&run, "anthropic");
    }
    assert_eq!(upstream.count(), 1);
}

#[tokio::test]
async fn whatever_anthropic_answers_is_told_and_costs_nothing_that_is_stored() {
    survives("anthropic", |world| &world.anthropic, anthropic::KEY).await;
}

#[tokio::test]
async fn whatever_openai_answers_is_told_and_costs_nothing_that_is_stored() {
    survives("openai", |world| &world.openai, openai::KEY).await;
}

#[tokio::test]
async fn whatever_openrouter_answers_is_told_and_costs_nothing_that_is_stored() {
    survives("openrouter", |world| &world.openrouter, openrouter::KEY).await;
}

#[tokio::test]
async fn whatever_litellm_answers_is_told_and_costs_nothing_that_is_stored() {
    survives("litellm", |world| &world.litellm, litellm::KEY).await;
}

#[tokio::test]
async fn the_wrong_kind_of_key_is_refused_and_the_variable_is_named() {
    let world = World::new().await;
    let settings = [
        ("ANTHROPIC_ADMIN_KEY", "sk-ant-api03-canary"),
        ("ALLCLEAR_ANTHROPIC_BASE_URL", world.anthropic.upstream.base()),
        ("OPENAI_ADMIN_KEY", "sk-proj-canary"),
        ("ALLCLEAR_OPENAI_BASE_URL", world.openai.upstream.base()),
        ("OPENROUTER_MANAGEMENT_KEY", "sk-or-v1-canary"),
        ("ALLCLEAR_OPENROUTER_BASE_URL", world.openrouter.upstream.base()),
        ("LITELLM_API_KEY", "canary"),
        ("ALLCLEAR_LITELLM_BASE_URL", world.litellm.upstream.base()),
    ];
    let app = TestApp::with_access(world.app.engine.clock.clone(), &settings).await;
    app.write_log("-p/s.jsonl", plain("msg_1"));
    let run = app.sync().await;
    assert_eq!(run.status, RunStatus::Partial);
    for (source, text) in [
        ("anthropic", "(401): check ANTHROPIC_ADMIN_KEY. It says: invalid x-api-key"),
        ("openai", "(403): check the rights of OPENAI_ADMIN_KEY. It says: You have insufficient permissions"),
        ("openrouter", "(403): check the rights of OPENROUTER_MANAGEMENT_KEY. It says: Only management keys"),
        ("litellm", "(401): check LITELLM_API_KEY. It says: Authentication Error"),
    ] {
        let step = step(&run, source);
        assert_eq!(step.status, StepStatus::Error);
        assert!(step.message.contains(text), "{}", step.message);
        assert!(run.error.as_ref().is_some_and(|error| error.contains(&format!("{source}: "))), "{:?}", run.error);
    }
}

#[tokio::test]
async fn reports_that_go_in_circles_end_and_are_completed_later() {
    let expected = {
        let world = World::new().await;
        world.app.sync().await;
        world.database().await
    };
    for (source, said) in
        [("anthropic", "comes twice"), ("openai", "comes twice"), ("litellm", "the provider repeats page 1")]
    {
        let world = World::new().await;
        let fake = world.providers().into_iter().find(|(name, _)| *name == source).expect("is one").1;
        fake.books().circles = true;
        let run = world.app.sync().await;
        assert_eq!(step(&run, source).status, StepStatus::Error);
        assert!(step(&run, source).message.contains(said), "{}", step(&run, source).message);
        others_succeeded(&run, source);
        fake.books().circles = false;
        assert_eq!(world.app.sync().await.status, RunStatus::Success);
        assert_eq!(world.database().await, expected, "{source}");
    }
}

#[tokio::test]
async fn what_came_before_a_failure_is_stored_and_counted() {
    let world = World::new().await;
    world.without_retries();
    world.anthropic.books().per_page = 31;
    world.anthropic.upstream.fault(Fault::Nothing, 1);
    world.anthropic.upstream.fault(Fault::WebPage(500), Times::UntilCleared);
    let run = world.app.sync().await;
    // The first page ends before the usage of 58 days ago: two of the eight days, of two rows each.
    assert_eq!((step(&run, "anthropic").status, step(&run, "anthropic").rows), (StepStatus::Error, 4));
    let snapshot = world.app.engine.snapshot();
    let fresh = snapshot.analytics.freshness.iter().find(|fresh| fresh.source == "anthropic").expect("is listed");
    assert_eq!(fresh.rows, 4);
}

#[tokio::test]
async fn an_answer_about_days_nobody_asked_for_changes_nothing() {
    let world = World::new().await;
    world.without_retries();
    world.app.sync().await;
    let before = world.database().await;
    let (yesterday, long_ago) = (from_epoch_day(TODAY - 1), from_epoch_day(TODAY - 200));
    let days = |day: chrono::NaiveDate| {
        let midnight = day.and_time(NaiveTime::MIN).and_utc();
        [
            json!({"starting_at": midnight.to_rfc3339(), "results": []}),
            json!({"start_time": midnight.timestamp(), "results": []}),
            json!({"date": day, "model": "x-ai/grok-4", "usage": 1, "prompt_tokens": 1, "completion_tokens": 1}),
            json!({"date": day, "metrics": {}, "breakdown": {"models": {}, "api_keys": {}}}),
        ]
    };
    // What was asked for comes first: nothing of it is taken either.
    let asked = days(yesterday);
    for ((source, fake), (good, stray)) in world.providers().into_iter().zip(asked.into_iter().zip(days(long_ago))) {
        let body = match source {
            "litellm" => {
                json!({"results": [good, stray], "metadata": {"page": 1, "total_pages": 1, "has_more": false}})
            }
            _ => json!({"data": [stray, good], "has_more": false, "next_page": null}),
        };
        fake.upstream.fault(Fault::Answer(200, JSON.into(), body.to_string()), Times::UntilCleared);
        let run = world.app.sync().await;
        let step = step(&run, source);
        assert_eq!((step.status, step.rows), (StepStatus::Error, 0), "{source}: {}", step.message);
        let said = format!("it tells of {long_ago}, a day that was not asked for. Nothing of the answer was taken");
        assert!(step.message.contains(&said), "{}", step.message);
        assert_eq!(world.database().await, before, "{source}");
        fake.upstream.clear_faults();
    }
}

#[tokio::test]
async fn a_cursor_that_repeats_ends_the_report() {
    let world = World::new().await;
    let page = json!({"data": [], "has_more": true, "next_page": "page_again"});
    world.anthropic.upstream.fault(Fault::Answer(200, JSON.into(), page.to_string()), Times::UntilCleared);
    let run = world.app.sync().await;
    let step = step(&run, "anthropic");
    assert!(step.message.contains("the provider repeats page page_again: stopped"), "{}", step.message);
    assert_eq!(world.anthropic.upstream.count(), 2);
}

#[tokio::test]
async fn names_that_cannot_be_read_are_told_and_the_spend_is_right_without_them() {
    let world = World::new().await;
    world.without_retries();
    world.anthropic.upstream.fault(Fault::Nothing, 6);
    world.anthropic.upstream.fault(Fault::Status(403, ""), Times::UntilCleared);
    let run = world.app.sync().await;
    others_succeeded(&run, "");
    let message = &step(&run, "anthropic").message;
    assert!(message.contains(". Not read beside it: names: Anthropic"), "{message}");
    assert!(message.contains("check the rights of ANTHROPIC_ADMIN_KEY"), "{message}");
    let report = world.app.report(ReportBy::Source).await;
    assert_eq!(report.rows[0].totals.tokens_out, 16 * 900);
}
