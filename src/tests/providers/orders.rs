//! What must hold however reports are cut and in whatever order they are read.

use proptest::prelude::*;

use super::*;
use crate::model::Trigger;
use crate::sources::Source;
use crate::sync::Outcome;

/// A small world, so that groups and days collide.
fn any_used() -> impl Strategy<Value = (i32, Used)> {
    let day = prop_oneof![0..4, 0..HISTORY];
    (day, 0..3_u8, 0..2_u8, 0..3_u8, 0..2000_u64, 0..50_u64).prop_map(|(ago, group, key, model, input, output)| {
        let model = ["claude-opus-5-5", "gpt-5.4-mini", "mystery"][usize::from(model)];
        let group = ["", "group_1", "group_2"][usize::from(group)];
        let spend = format!("0.{input:06}");
        (TODAY - ago, Used::new(group, ["key_1", "key_2"][usize::from(key)], model, [input, 1, 0, 2, output], &spend))
    })
}

fn any_order() -> impl Strategy<Value = Vec<Source>> {
    Just(vec![Source::Anthropic, Source::OpenAi, Source::OpenRouter, Source::LiteLlm]).prop_shuffle()
}

async fn world(used: &[(i32, Used)]) -> World {
    let world = World::empty().await;
    for (_, fake) in world.providers() {
        let mut books = fake.books();
        for (day, used) in used {
            books.used.entry(*day).or_default().push(used.clone());
            books.billed.entry(*day).or_default().push(Bill::new(&used.group, &used.model, "input", "0.25"));
        }
    }
    world
}

async fn sync(world: &World, only: &[Source]) {
    let outcome = world.app.engine.run(Trigger::Cli, only).await.expect("runs");
    assert!(matches!(&outcome, Outcome::Finished(run) if run.status == RunStatus::Success), "{outcome:?}");
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(work)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn any_pages_and_any_order_of_syncs_give_the_same_database(
        used in prop::collection::vec(any_used(), 0..20),
        pages in prop::collection::vec(3..40_usize, 4),
        rows in 1..5_usize,
        order in any_order(),
    ) {
        block_on(async {
            let whole = world(&used).await;
            whole.app.sync().await;
            let expected = whole.database().await;
            let pieces = world(&used).await;
            for ((_, fake), pages) in pieces.providers().into_iter().zip(&pages) {
                fake.books().per_page = *pages;
            }
            pieces.litellm.books().per_page = rows;
            for source in &order {
                sync(&pieces, &[*source]).await;
            }
            sync(&pieces, &[]).await;
            assert_eq!(pieces.database().await, expected);
            let tokens: u64 = used.iter().map(|(_, used)| used.tokens().total()).sum();
            let stored = pieces.app.report(ReportBy::Source).await;
            let of = |source: &str| stored.rows.iter().find(|row| row.key == source).map_or(0, |row| row.totals.tokens.total());
            assert_eq!([of("anthropic"), of("openai"), of("litellm")], [tokens; 3]);
        });
    }

    #[test]
    fn a_provider_that_counts_late_is_right_in_the_end(used in prop::collection::vec((0..3, any_used()), 1..12)) {
        block_on(async {
            // Every group arrives on one of three syncs, within the days that are looked back at.
            let at = |(_, used): &(i32, Used), day: i32| (TODAY - day, used.clone());
            let late: Vec<(i32, Used)> = used.iter().map(|(when, used)| at(used, *when)).collect();
            let growing = World::empty().await;
            for until in 0..3 {
                for (_, fake) in growing.providers() {
                    let known = used.iter().zip(&late).filter(|((when, _), _)| *when <= until).map(|(_, used)| used);
                    let mut books = fake.books();
                    books.used.clear();
                    for (day, used) in known {
                        books.used.entry(*day).or_default().push(used.clone());
                        books.billed.insert(*day, vec![Bill::new("", &used.model, "input", &format!("0.{until}"))]);
                    }
                }
                sync(&growing, &[]).await;
            }
            let whole = World::empty().await;
            for ((_, fake), (_, like)) in whole.providers().into_iter().zip(growing.providers()) {
                let (used, billed) = { let books = like.books(); (books.used.clone(), books.billed.clone()) };
                let mut books = fake.books();
                (books.used, books.billed) = (used, billed);
            }
            sync(&whole, &[]).await;
            assert_eq!(growing.database().await, whole.database().await);
        });
    }
}
