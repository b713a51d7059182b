//! Saving a client: whose location it is, and where its secret goes.

use super::*;
use crate::sync::TestBy;

async fn refused(world: &World, draft: &ClientDraft, secret: Option<&Secret>, said: &str) {
    let error = world.app.engine.save_client(draft, secret, None).await.expect_err("is refused").to_string();
    assert!(error.contains(said), "{error}");
}

#[tokio::test]
async fn a_location_is_one_clients_be_it_removed() {
    let world = World::new().await;
    let secret = Secret::new("the secret", SECRET);
    let other = ClientDraft { id: "diner".into(), name: "Diner".into(), ..draft() };
    refused(&world, &other, secret.as_ref(), "“Bistro” (bistro), which is here").await;
    world.app.engine.remove_client(CLIENT).await.expect("removes");
    refused(&world, &other, secret.as_ref(), "bring that client back instead").await;
    world.save(|_| {}).await;
    world.succeeds().await;
}

#[tokio::test]
async fn a_secret_is_sent_to_no_account_it_was_not_entered_for() {
    let world = World::new().await;
    world.succeeds().await;
    let asked = world.toast.upstream.count();
    for moved in [
        ClientDraft { api_url: "https://elsewhere.test".into(), ..draft() },
        ClientDraft { api_client: "another".into(), ..draft() },
    ] {
        refused(&world, &moved, None, "enter the secret again").await;
        let error =
            world.app.engine.test_client(&moved, None, TestBy::KeptLogin).await.expect_err("is refused").to_string();
        assert!(error.contains("enter the secret again"), "{error}");
    }
    assert_eq!(world.toast.upstream.count(), asked, "nobody was asked");
    world.app.engine.save_client(&ClientDraft { name: "B".into(), ..draft() }, None, None).await.expect("saves");
    world.app.engine.test_client(&draft(), None, TestBy::KeptLogin).await.expect("works");
}
