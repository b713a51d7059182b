//! The first user, who may change what of an account, and the log of it.

use chrono::Utc;

use super::*;

#[tokio::test]
async fn a_machine_without_users_is_open_to_its_owner_until_there_is_one() {
    let app = TestApp::new().await;
    let addr = app.serve().await;
    assert_eq!(data(addr, &[]).await, 200);
    assert_eq!(data(addr, &[("X-Forwarded-For", "192.0.2.1")]).await, 401, "not to who comes through a proxy");
    assert_eq!(data(addr, &[("Authorization", "Bearer dsh_0123456789_x")]).await, 401, "a bad key is not nobody's");
    let (_, users) = page(addr, "/users", "").await;
    assert!(users.contains("Add the first user") && !users.contains("Sign out"), "{users}");
    let body = "name=ada&role=viewer&password=seven+geese+over+the+lake";
    let (back, _) = submit(addr, "/rpc/add_user", "", body).await;
    assert!(page(addr, &back, "").await.1.contains("An admin has to be left"), "the first one is an admin");
    let (sent, _) = submit(addr, "/rpc/add_user", "", &body.replace("viewer", "admin")).await;
    assert_eq!(sent, "/sign-in");
    assert_eq!(data(addr, &[]).await, 401, "at once");
    let cookie = sign_in(addr, "Ada", PASSWORD).await.expect("signs in");
    assert_eq!(data(addr, &[("Cookie", &cookie)]).await, 200);
    let (_, body) = page(addr, "/tokens", &cookie).await;
    assert!(body.contains("Sign out") && body.contains(">ada<"), "{body}");
}

#[tokio::test]
async fn a_link_works_once_and_not_after_half_an_hour() {
    let app = TestApp::new().await;
    let addr = app.serve().await;
    let store = &app.engine.store;
    let now = Utc::now().timestamp_millis();
    let form =
        |key: &str| format!("key={key}&name=ada&password=seven+geese+over+the+lake&again=seven+geese+over+the+lake");
    let old = new_link(store, "", now - 31 * 60_000).await.expect("makes");
    assert!(page(addr, &format!("/setup?key={old}"), "").await.1.contains("works no longer"));
    let (back, _) = submit(addr, "/rpc/set_up", "", &form(&old)).await;
    assert!(back.starts_with("/setup"), "{back}");
    let key = new_link(store, "", now).await.expect("makes");
    assert!(page(addr, &format!("/setup?key={key}"), "").await.1.contains("Make the first user"));
    let (back, _) = submit(addr, "/rpc/set_up", "", &form(&key).replace("again=seven", "again=eight")).await;
    assert!(page(addr, &back, "").await.1.contains("The two passwords differ."), "and the link still works");
    let (to, cookie) = submit(addr, "/rpc/set_up", "", &form(&key)).await;
    assert_eq!(to, "/");
    assert_eq!(data(addr, &[("Cookie", &cookie)]).await, 200);
    assert!(submit(addr, "/rpc/set_up", "", &form(&key)).await.0.starts_with("/setup"), "once");
    // The same for a new password, which an admin has somebody choose.
    let (back, _) = submit(addr, "/rpc/add_user", &cookie, "name=bob&role=operator").await;
    let (_, body) = page(addr, &back, &cookie).await;
    let key =
        body.split("/reset?key=").nth(1).and_then(|rest| rest.split('<').next()).expect("shows the link").to_owned();
    let form = format!("key={key}&password=a+dozen+quiet+herons&again=a+dozen+quiet+herons");
    assert_eq!(submit(addr, "/rpc/reset_password", "", &form).await.0, "/sign-in?problem=changed");
    assert!(submit(addr, "/rpc/reset_password", "", &form).await.0.starts_with("/reset"), "once");
    assert!(sign_in(addr, "bob", "a dozen quiet herons").await.is_ok());
}

#[tokio::test]
async fn a_change_takes_no_other_one_back() {
    let (app, _) = with_admin().await;
    add_user(&app, "mal", Role::Operator).await;
    let store = &app.engine.store;
    // What a request has read before the admin acts, and writes after: only what it is about.
    store.change_user("mal", |user| (user.disabled, user.role) = (true, Role::Viewer)).await.expect("changes");
    store.change_user("mal", |user| user.password = Some("new".to_owned())).await.expect("changes");
    let mal = store.user("mal").await.expect("reads").expect("is there");
    assert_eq!((mal.disabled, mal.role, mal.password.as_deref()), (true, Role::Viewer, Some("new")));
    assert_eq!(store.change_user("nobody", |_| {}).await.expect("reads"), UserChange::Missing);
    let last = store.change_user("ada", |user| user.role = Role::Viewer).await.expect("reads");
    assert_eq!(last, UserChange::NoAdmin);
}

#[tokio::test]
async fn who_has_no_password_here_cannot_give_themselves_one() {
    let (app, addr) = with_admin().await;
    let cookie = sign_in(addr, "ada", PASSWORD).await.expect("in");
    // As somebody whom a provider has signed in.
    app.engine.store.change_user("ada", |user| user.password = None).await.expect("changes");
    let form = "old=&new=a+dozen+quiet+herons&again=a+dozen+quiet+herons";
    let (back, _) = submit(addr, "/rpc/change_password", &cookie, form).await;
    assert!(page(addr, &back, &cookie).await.1.contains("You have no password here"));
    assert_eq!(app.engine.store.user("ada").await.expect("reads").and_then(|ada| ada.password), None);
}

#[tokio::test]
async fn a_clients_person_gets_no_number_of_anybody_else() {
    let (app, addr) = with_admin().await;
    add_user(&app, "carl", Role::Client).await;
    let cookie = sign_in(addr, "carl", PASSWORD).await.expect("in");
    let (status, body) = page(addr, "/account", &cookie).await;
    assert_eq!(status, 200);
    assert!(body.contains("client of bistro") && body.contains("Sign out"), "{body}");
    for leak in ["Refresh", "href=\"/tokens\"", "href=\"/settings\"", "Never synced", "All projects"] {
        assert!(!body.contains(leak), "{leak}: {body}");
    }
    let (status, head, _) = http(addr, "GET", "/", &[("Accept", "text/html"), ("Cookie", &cookie)], "").await;
    assert_eq!((status, head.contains("location: /orders")), (303, true));
}

#[tokio::test]
async fn what_was_done_is_in_the_audit_log_and_on_the_admins_page() {
    let (app, addr) = with_admin().await;
    let cookie = sign_in(addr, "ada", PASSWORD).await.expect("in");
    submit(addr, "/rpc/add_user", &cookie, "name=bob&role=viewer").await;
    submit(addr, "/rpc/change_role", &cookie, "name=bob&role=operator").await;
    let log: Vec<_> = app
        .engine
        .store
        .audit(10)
        .await
        .expect("reads")
        .into_iter()
        .map(|entry| (entry.actor, entry.action, entry.target))
        .collect();
    let entry = |action: &str, target: &str| ("ada".to_owned(), action.to_owned(), target.to_owned());
    assert_eq!(log, [entry("role changed", "bob"), entry("user added", "bob"), entry("sign in", "")]);
    let (_, body) = page(addr, "/users", &cookie).await;
    assert!(body.contains("role changed") && body.contains("Audit log"), "{body}");
    assert_eq!(app.engine.store.audit_break().await.expect("reads"), None);
}
