//! Providers that make one wait: time moves only when the test says so.

use tokio::task::JoinHandle;

use super::super::stopped_time::StoppedTime;
use super::super::upstream::{Fault, Times};
use super::*;
use crate::model::Trigger;
use crate::sync::Outcome;

fn start(world: &World) -> JoinHandle<SyncRun> {
    let engine = world.app.engine.clone();
    tokio::spawn(async move {
        match engine.run(Trigger::Cli, &[]).await.expect("runs") {
            Outcome::Finished(run) => run,
            Outcome::Busy(holder) => panic!("the lock is held {holder}"),
        }
    })
}

/// Waits until every source but one has been read for the first time: none waits for the slow one.
async fn others_end(world: &World, but: &str) {
    loop {
        let states = world.app.engine.store.source_states().await.expect("reads");
        let ended = |name| name == but || states.iter().any(|state| state.source == name);
        if ["claude_code", "anthropic", "openai", "openrouter", "litellm"].into_iter().all(ended) {
            return;
        }
        tokio::task::yield_now().await;
    }
}

/// Syncs; whenever a pause is told, `meanwhile` happens and the pause is over. Returns what was told.
async fn sync_through_pauses(
    world: &World,
    time: &StoppedTime,
    slow: &str,
    mut meanwhile: impl FnMut(),
) -> (SyncRun, Vec<String>) {
    let mut live = world.app.engine.live();
    let mut run = start(world);
    let mut told = Vec::new();
    loop {
        tokio::select! {
            run = &mut run => return (run.expect("ends"), told),
            changed = live.changed() => {
                changed.expect("the engine lives");
                let waiting = live.borrow_and_update().running.as_ref().and_then(|running| running.waiting.clone());
                if let Some(waiting) = waiting {
                    others_end(world, slow).await;
                    meanwhile();
                    told.push(waiting);
                    // Longer than any pause here, shorter than any timeout.
                    time.advance(Duration::from_secs(4)).await;
                }
            }
        }
    }
}

#[tokio::test]
async fn a_provider_that_never_answers_holds_nobody_up_and_ends_at_the_timeout() {
    let time = StoppedTime::new();
    for source in ["anthropic", "openai", "openrouter", "litellm"] {
        let world = World::new().await;
        world.without_retries();
        let fake = world.providers().into_iter().find(|(name, _)| *name == source).expect("is one").1;
        fake.upstream.fault(Fault::Silence, 1);
        let run = start(&world);
        others_end(&world, source).await;
        fake.upstream.has_seen(1).await;
        assert!(!run.is_finished());
        time.advance(LIMITS.read + Duration::from_millis(1)).await;
        let run = run.await.expect("ends");
        let step = step(&run, source);
        assert_eq!((run.status, step.status), (RunStatus::Partial, StepStatus::Error));
        assert!(step.message.ends_with("is not available: no complete answer in time"), "{}", step.message);
        assert_eq!(world.freshness(source), FreshnessState::Failing);
        others_succeeded(&run, source);
        assert_eq!(world.app.engine.store.cursors(source).await.expect("reads").len(), 0, "nothing was read");
        assert_eq!(world.app.sync().await.status, RunStatus::Success);
    }
}

#[tokio::test]
async fn an_answer_that_trickles_ends_at_the_total_and_nothing_of_it_is_taken() {
    let time = StoppedTime::new();
    let world = World::new().await;
    world.without_retries();
    world.openai.upstream.fault(Fault::Trickle(Duration::from_secs(1)), 1);
    let mut run = start(&world);
    others_end(&world, "openai").await;
    world.openai.upstream.has_seen(1).await;
    let mut seconds = 0;
    let run = loop {
        tokio::select! {
            biased;
            run = &mut run => break run.expect("ends"),
            () = time.advance(Duration::from_secs(1)) => seconds += 1,
        }
        assert!(seconds < 100_000, "goes on and on");
    };
    let step = step(&run, "openai");
    assert!(step.message.ends_with("no complete answer in time"), "{}", step.message);
    assert!(world.openai.upstream.streamed_bytes() > 0);
    others_succeeded(&run, "openai");
    assert_eq!(world.app.engine.store.cursors("openai").await.expect("reads").len(), 0);
}

#[tokio::test]
async fn who_is_asked_to_wait_waits_says_so_and_gets_everything() {
    let time = StoppedTime::new();
    let world = World::new().await;
    world.anthropic.upstream.fault(Fault::Nothing, 1);
    world.anthropic.upstream.fault(Fault::Status(429, "retry-after: 3"), 2);
    let (run, told) = sync_through_pauses(&world, &time, "anthropic", || {}).await;
    let expected = format!(
        "Anthropic ({}): rate limited, retrying in 3 s",
        world.anthropic.upstream.base().trim_start_matches("http://")
    );
    assert!(!told.is_empty() && told.iter().all(|words| *words == expected), "{told:?}");
    assert_eq!((run.status, step(&run, "anthropic").status), (RunStatus::Success, StepStatus::Success));
    let other = World::new().await;
    other.app.sync().await;
    assert_eq!(world.database().await, other.database().await);
}

#[tokio::test]
async fn a_storm_of_429_is_no_failure_of_the_run() {
    let time = StoppedTime::new();
    let world = World::new().await;
    world.litellm.upstream.fault(Fault::Status(429, ""), Times::UntilCleared);
    let (run, _) = sync_through_pauses(&world, &time, "litellm", || {}).await;
    assert_eq!((run.status, &run.error), (RunStatus::Success, &None));
    assert_eq!(step(&run, "litellm").status, StepStatus::RateLimited);
    assert_eq!(world.freshness("litellm"), FreshnessState::RateLimited);
    assert_eq!(world.litellm.upstream.count(), 3, "as often as sync.json says, and no more");
    others_succeeded(&run, "litellm");
    let status = std::fs::read_to_string(world.app.data("sync-status.json")).expect("is there");
    assert!(status.contains("\"rate-limited\"") && status.contains("\"status\": \"success\""), "{status}");
}

#[tokio::test]
async fn pages_that_change_between_reads_are_each_as_they_were_when_they_were_read() {
    let time = StoppedTime::new();
    let world = World::new().await;
    let changed = || [Used::new("wrkspc_9", "apikey_1", "claude-opus-5-5", [7, 0, 0, 0, 7], "")];
    world.anthropic.upstream.fault(Fault::Nothing, 1);
    world.anthropic.upstream.fault(Fault::Status(429, "retry-after: 3"), 1);
    let (run, _) = sync_through_pauses(&world, &time, "anthropic", || {
        // In the page that was read, and in the last one.
        world.anthropic.uses(TODAY - 89, changed());
        world.anthropic.uses(TODAY - 2, changed());
    })
    .await;
    assert_eq!(run.status, RunStatus::Success);
    // A look back finds what changed within it; nothing is counted twice, nothing is missing.
    let day = |ago: i32, output: u64| (from_epoch_day(TODAY - ago).to_string(), output);
    let report = world.app.report(ReportBy::Day).await;
    let days: Vec<_> = report.rows.iter().map(|row| (row.key.clone(), row.totals.tokens_out)).collect();
    let of_others = 100 + 2 * 20;
    assert!(days.contains(&day(89, 1800 + of_others)), "{days:?}");
    assert!(days.contains(&day(2, 7 + 900 + 125 + of_others)), "{days:?}");
    let again = world.app.sync().await;
    assert_eq!(again.rows(), 0, "{:?}", again.steps);
}

#[tokio::test]
async fn a_day_that_moves_to_another_page_is_not_counted_twice() {
    let world = World::new().await;
    world.anthropic.upstream.fault(Fault::Nothing, 1);
    let moved = json!({"data": [{"starting_at": "2026-09-01T00:00:00Z", "ending_at": "2026-09-02T00:00:00Z", "results": []}],
        "has_more": false, "next_page": null});
    let fault = Fault::Answer(200, "content-type: application/json".into(), moved.to_string());
    world.anthropic.upstream.fault(fault, 1);
    let run = world.app.sync().await;
    let said = "Anthropic usage report: the day 2026-09-01 comes twice: it changed in between";
    assert!(step(&run, "anthropic").message.contains(said), "{}", step(&run, "anthropic").message);
    world.app.sync().await;
    let other = World::new().await;
    other.app.sync().await;
    assert_eq!(world.database().await, other.database().await);
}
