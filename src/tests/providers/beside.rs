//! What providers tell beside tokens and bills: counts of images and searches, and what credit is left.

use super::super::upstream::{Fault, Times};
use super::*;
use crate::sources::Source;

/// The reasons the comparison of a day gives.
fn notes(world: &World, source: Source, day: i32) -> String {
    let snapshot = world.app.engine.snapshot();
    let (_, days) = snapshot.comparisons.iter().find(|(of, _)| *of == source).expect("is compared");
    let day = days.iter().find(|compared| compared.date == from_epoch_day(day));
    day.map(|compared| compared.notes.join("; ")).unwrap_or_default()
}

#[tokio::test]
async fn what_is_counted_in_other_units_stands_beside_the_bill() {
    let world = World::new().await;
    {
        let mut books = world.openai.books();
        books.beside.insert((TODAY - 1, "images"), 12);
        books.beside.insert((TODAY - 1, "audio_transcriptions"), 3_400);
        books.beside.insert((TODAY - 60, "web_search_calls"), 1);
        books.beside.insert((TODAY, "images"), 99);
        books.lacks.push("vector_stores");
    }
    let run = world.app.sync().await;
    others_succeeded(&run, "");
    assert!(!step(&run, "openai").message.contains("Not read beside it"), "{}", step(&run, "openai").message);
    assert!(notes(&world, Source::OpenAi, TODAY - 1).starts_with("beside tokens: 56 min of audio, 12 images"));
    assert!(notes(&world, Source::OpenAi, TODAY - 60).starts_with("beside tokens: 1 web search;"));
    assert!(!notes(&world, Source::OpenAi, TODAY).contains("images"), "a day that goes on is not counted yet");

    // Once a day is enough, and then what was restated is read again.
    let asked = world.openai.upstream.count();
    world.openai.books().beside.insert((TODAY - 1, "images"), 11);
    world.app.sync().await;
    assert_eq!(world.openai.upstream.count() - asked, 4, "the reports of tokens and costs");
    world.turn_to(TODAY + 1);
    world.app.sync().await;
    assert!(notes(&world, Source::OpenAi, TODAY - 1).contains("56 min of audio, 11 images"));
    assert!(notes(&world, Source::OpenAi, TODAY).contains("99 images"));
    assert!(notes(&world, Source::OpenAi, TODAY - 60).contains("1 web search"), "older days stay");
}

#[tokio::test]
async fn counts_that_cannot_be_read_are_told_and_read_with_the_next_sync() {
    let world = World::new().await;
    world.without_retries();
    world.openai.books().beside.insert((TODAY - 1, "images"), 12);
    // Three pages of three reports, one of costs, and the lists of projects and keys.
    world.openai.upstream.fault(Fault::Nothing, 12);
    world.openai.upstream.fault(Fault::WebPage(502), Times::UntilCleared);
    let run = world.app.sync().await;
    others_succeeded(&run, "");
    let message = &step(&run, "openai").message;
    assert!(message.contains(". Not read beside it: OpenAI usage of images: OpenAI ("), "{message}");
    world.openai.upstream.clear_faults();
    world.app.sync().await;
    assert!(notes(&world, Source::OpenAi, TODAY - 1).contains("12 images"));
}

#[tokio::test]
async fn the_credit_left_is_told_and_is_no_condition() {
    let world = World::new().await;
    world.without_retries();
    let run = world.app.sync().await;
    let message = &step(&run, "openrouter").message;
    assert!(
        message.ends_with(". $74.75 of credit left; $7.50 left of the key's limit, reset monthly"),
        "who has credit is told: {message}"
    );
    world.openrouter.upstream.fault(Fault::Nothing, 1);
    world.openrouter.upstream.fault(Fault::Status(403, ""), Times::UntilCleared);
    let run = world.app.sync().await;
    others_succeeded(&run, "");
    assert_eq!(world.freshness("openrouter"), FreshnessState::Current);
    let message = &step(&run, "openrouter").message;
    assert!(message.contains(". Not read beside it: credit: OpenRouter ("), "{message}");
}
