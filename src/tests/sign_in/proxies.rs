//! Whom a reverse proxy has signed in.

use serde_json::json;

use super::*;
use crate::tests::harness::write;

#[tokio::test]
async fn a_proxys_word_counts_from_a_trusted_one_only() {
    let app = TestApp::behind(&["127.0.0.0/8"]).await;
    write(
        &app.data("config/sign-in.json"),
        json!({"proxy": {"header": "Remote-User", "createAs": "viewer"}}).to_string(),
    );
    app.engine.config.reload();
    add_user(&app, "ada", Role::Admin).await;
    let addr = app.serve().await;
    assert_eq!(data(addr, &[]).await, 401);
    assert_eq!(data(addr, &[("Remote-User", "Vera")]).await, 200);
    assert_eq!(app.engine.store.user("vera").await.expect("reads").map(|user| user.role), Some(Role::Viewer));
    assert_eq!(
        data(addr, &[("Remote-User", "ada"), ("Remote-User", "vera")]).await,
        401,
        "a proxy that adds to what came"
    );
    let other = TestApp::behind(&["10.0.0.0/8"]).await;
    write(
        &other.data("config/sign-in.json"),
        json!({"proxy": {"header": "Remote-User", "createAs": "admin"}}).to_string(),
    );
    other.engine.config.reload();
    let addr = other.serve().await;
    assert_eq!(data(addr, &[("Remote-User", "ada")]).await, 401, "this proxy is not one of those that were named");
}
