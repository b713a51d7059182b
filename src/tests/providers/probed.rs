//! "Test connection": one real question, its outcome in words, and nothing stored.

use super::*;
use crate::sources::Source;
use crate::tests::pages::{page, post, submit};
use crate::tests::upstream::{Fault, Times};

#[tokio::test]
async fn each_provider_is_asked_once_and_says_whether_its_key_is_good() {
    let world = World::empty().await;
    let fakes = [
        (Source::Anthropic, &world.anthropic),
        (Source::OpenAi, &world.openai),
        (Source::OpenRouter, &world.openrouter),
        (Source::LiteLlm, &world.litellm),
    ];
    let engine = &world.app.engine;
    for (source, fake) in fakes {
        let probed = engine.probe(source).await;
        assert!(probed.works && probed.said.ends_with("can be read with this key"), "{source:?}: {probed:?}");
        assert_eq!(fake.upstream.count(), 1, "{source:?}");
        assert_eq!(engine.probed(source), Some(probed));
    }
    for (fault, part) in [(Fault::Status(401, ""), "ANTHROPIC_ADMIN_KEY"), (Fault::Status(503, ""), "503")] {
        world.anthropic.upstream.clear_faults();
        world.anthropic.upstream.fault(fault, Times::UntilCleared);
        let before = world.anthropic.upstream.count();
        let probed = engine.probe(Source::Anthropic).await;
        assert!(!probed.works && probed.said.contains(part) && !probed.said.contains(anthropic::KEY), "{probed:?}");
        assert_eq!(world.anthropic.upstream.count(), before + 1, "somebody waits: no second try");
    }
    assert!(engine.store.source_states().await.expect("reads").is_empty(), "a test is no sync");
}

#[tokio::test]
async fn the_page_tests_a_source_by_script_and_by_its_own_form() {
    let world = World::empty().await;
    let addr = world.app.serve().await;
    let (status, said) = post(addr, "/rpc/test_source", "source=openai").await;
    assert_eq!((status, &said["works"]), (200, &json!(true)), "{said}");
    assert_eq!(post(addr, "/rpc/test_source", "source=acme").await.0, 400);
    // The button sends the whole form along.
    let form = "section=sources&fields%5Bsource-0-name%5D=manual&source=manual";
    assert_eq!(submit(addr, "/settings", "/rpc/test_source", form).await, "/settings");
    let shown = page(addr, "/settings").await;
    assert!(shown.contains("There is no data/tokens.json") && shown.contains("can be read with this key"), "{shown}");
    assert!(shown.contains("formaction=\"/rpc/test_source\""), "{shown}");
}
