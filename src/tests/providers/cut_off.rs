//! Reading that ends in the middle: what was stored stays, and the next reading goes on.

use super::super::upstream::{Fault, Times};
use super::*;
use crate::model::Trigger;
use crate::sync::Outcome;

const DEATHS: [fn() -> Fault; 2] = [|| Fault::WebPage(502), || Fault::ShortBody];

async fn undisturbed() -> Vec<String> {
    let world = World::new().await;
    world.app.sync().await;
    world.database().await
}

/// Lets the provider die after every number of requests a first reading makes, and reads again.
async fn dies_anywhere(of: fn(&World) -> &Fake, source: &str, requests: u32) {
    let expected = undisturbed().await;
    for after in 0..requests {
        let world = World::new().await;
        world.without_retries();
        let upstream = &of(&world).upstream;
        if after > 0 {
            upstream.fault(Fault::Nothing, after);
        }
        upstream.fault(DEATHS[after as usize % 2](), Times::UntilCleared);
        let run = world.app.sync().await;
        others_succeeded(&run, source);
        let kept = world.database().await;
        let gone: Vec<_> =
            kept.iter().filter(|line| !expected.contains(line) && !line.starts_with("sync_cursor")).collect();
        assert!(gone.is_empty() && kept.len() < expected.len(), "after {after}: {gone:?}");
        upstream.clear_faults();
        let run = world.app.sync().await;
        assert_eq!(run.status, RunStatus::Success, "after {after}: {:?}", run.error);
        assert_eq!(world.database().await, expected, "after {after} requests");
    }
}

#[tokio::test]
async fn anthropic_may_die_after_any_request_and_the_next_sync_completes_the_same_database() {
    dies_anywhere(|world| &world.anthropic, "anthropic", 18).await;
}

#[tokio::test]
async fn openai_may_die_after_any_request_and_the_next_sync_completes_the_same_database() {
    dies_anywhere(|world| &world.openai, "openai", 12).await;
}

#[tokio::test]
async fn litellm_may_die_after_any_request_and_the_next_sync_completes_the_same_database() {
    dies_anywhere(|world| &world.litellm, "litellm", 13).await;
}

#[tokio::test]
async fn page_one_is_kept_and_the_next_sync_goes_on_behind_it() {
    let world = World::new().await;
    world.without_retries();
    world.anthropic.upstream.fault(Fault::Nothing, 1);
    world.anthropic.upstream.fault(Fault::CutJson, 1);
    let run = world.app.sync().await;
    assert_eq!((run.status, step(&run, "anthropic").status), (RunStatus::Partial, StepStatus::Error));
    let kept = world.database().await;
    let of = |line: &&String| line.contains(": anthropic|");
    let days: Vec<_> = kept.iter().filter(of).map(String::as_str).collect();
    // The oldest 31 days are stored: two of them with two workspaces each; and that the report was read so far.
    assert_eq!(days.iter().filter(|line| line.starts_with("usage_event")).count(), 4, "{days:?}");
    assert!(days.contains(&format!("sync_cursor: anthropic|usage|{}", TODAY - HISTORY + 31).as_str()), "{days:?}");
    let asked = world.anthropic.upstream.count();
    world.app.sync().await;
    assert_eq!(
        world.anthropic.asked("/messages", "starting_at", asked)[0],
        "2026-09-20T00:00:00Z",
        "three days before"
    );
    assert_eq!(world.database().await, undisturbed().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_was_killed_between_two_pages_leaves_a_database_the_next_completes() {
    let world = Arc::new(World::new().await);
    world.anthropic.upstream.fault(Fault::Nothing, 1);
    world.anthropic.upstream.fault(Fault::Silence, Times::UntilCleared);
    let (kill, killed) = tokio::sync::oneshot::channel::<()>();
    let inside = world.clone();
    // A runtime that is dropped ends its tasks where they are.
    let process = tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let engine = inside.app.another_engine().await;
            tokio::spawn(async move { engine.run(Trigger::Schedule, &[]).await });
            killed.await.expect("is killed");
        });
    });
    world.anthropic.upstream.has_seen(2).await;
    kill.send(()).expect("listens");
    process.await.expect("ends");
    world.anthropic.upstream.clear_faults();
    let run = world.app.sync().await;
    assert_eq!(run.status, RunStatus::Success, "{:?}", run.error);
    assert_eq!(world.database().await, undisturbed().await);
}

#[tokio::test]
async fn stopping_in_the_middle_of_the_pages_ends_the_run_and_keeps_what_came() {
    let world = World::new().await;
    world.anthropic.upstream.fault(Fault::Nothing, 1);
    world.anthropic.upstream.fault(Fault::Silence, Times::UntilCleared);
    let engine = world.app.engine.clone();
    let run = tokio::spawn(async move { engine.run(Trigger::Manual, &[]).await });
    world.anthropic.upstream.has_seen(2).await;
    world.app.engine.stop();
    let Ok(Ok(Outcome::Finished(run))) = run.await else { panic!("does not end") };
    let step = step(&run, "anthropic");
    assert_eq!((run.status, step.status), (RunStatus::Success, StepStatus::Skipped));
    assert_eq!(step.message, "stopped before the answer came; the next sync asks again");
    assert_eq!(world.anthropic.upstream.count(), 2);
    assert!(world.database().await.iter().any(|line| line.starts_with("usage_event: anthropic|")), "page 1 is kept");

    world.anthropic.upstream.clear_faults();
    let next = world.app.another_engine().await;
    let outcome = next.run(Trigger::Startup, &[]).await.expect("runs");
    assert!(matches!(outcome, Outcome::Finished(run) if run.status == RunStatus::Success));
    assert_eq!(world.database().await, undisturbed().await);
}
