//! What providers take back or correct.

use super::*;
use crate::model::Usd;

fn opus(group: &str, output: u64) -> Used {
    Used::new(group, "apikey_1", "claude-opus-5-5", [0, 0, 0, 0, output], "")
}

#[tokio::test]
async fn a_restated_day_is_replaced_as_a_set_in_usage_and_bills() {
    let world = World::new().await;
    world.app.sync().await;
    let yesterday = TODAY - 1;
    // One workspace is gone, one is new, one number goes up; and the bill loses a line.
    world.anthropic.uses(yesterday, [opus("wrkspc_2", 100_000), opus("wrkspc_3", 1)]);
    world.anthropic.bills(yesterday, [Bill::new("wrkspc_2", "claude-opus-5-5", "output_tokens", "200.0021")]);
    world.openai.uses(yesterday, []);
    world.openai.bills(yesterday, []);
    world.openrouter.uses(yesterday, []);
    world.litellm.uses(yesterday, [Used::new("", "99ff00", "house-model", [1, 0, 0, 0, 1], "0.000001")]);
    let run = world.app.sync().await;
    let rows = ["anthropic", "openai", "openrouter", "litellm"].map(|source| step(&run, source).rows);
    // Anthropic: gone, new, changed; of its bill three lines are gone and one is new.
    assert_eq!(rows, [3 + 4, 1 + 1, 1, 2]);

    // A world that never knew better.
    let other = World::new().await;
    for (fake, like) in other.providers().iter().zip(world.providers()) {
        let (used, billed) = {
            let books = like.1.books();
            (books.used.clone(), books.billed.clone())
        };
        let mut books = fake.1.books();
        (books.used, books.billed) = (used, billed);
    }
    other.app.sync().await;
    assert_eq!(world.database().await, other.database().await);
    let sum = world.app.report(ReportBy::Source).await.rows[0].totals.clone();
    assert_eq!(
        (sum.tokens_out, sum.cost),
        (14 * 900 + 100_001, Some(Usd::from_pico(14 * OPUS_PICO + 100_001 * 20_000_000)))
    );
}

#[tokio::test]
async fn a_day_that_shrank_is_a_revision_anyone_can_see() {
    let world = World::new().await;
    world.app.sync().await;
    assert_eq!(world.app.engine.snapshot().revisions, [], "reading for the first time revises nothing");
    world.anthropic.uses(TODAY - 2, [opus("wrkspc_1", 900)]);
    // Larger: no revision.
    world.openai.uses(TODAY - 2, [Used::new("proj_1", "key_1", "gpt-5.4-mini", [601, 0, 0, 400, 100], "")]);
    world.app.sync().await;
    let revisions = world.app.engine.snapshot().revisions.clone();
    assert_eq!(revisions, world.app.engine.store.revisions(None).await.expect("reads"));
    let [revision] = revisions.as_slice() else { panic!("is not one: {revisions:?}") };
    assert_eq!((revision.source.as_str(), revision.date), ("anthropic", from_epoch_day(TODAY - 2)));
    assert_eq!((revision.tokens_before, revision.tokens_after), (2 * 45_600, 900));
    assert_eq!(
        (revision.cost_before, revision.cost_after),
        (Usd::from_pico(2 * OPUS_PICO), Usd::from_pico(18_000_000_000))
    );
    world.app.sync().await;
    assert_eq!(world.app.engine.snapshot().revisions.len(), 1, "and is noted once");
}
