//! Signing in over HTTP, as a browser without JavaScript does it: the first user, passwords, codes, sessions, keys for
//! scripts, proxies.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};

use chrono::{TimeDelta, Utc};
use serde_json::json;
use totp_rs::{Builder, Secret};

use super::harness::{TestApp, exchange, http, write};
use crate::model::Role;
use crate::server::{hash_password, new_link, new_user};
use crate::store::{User, UserChange};
use crate::sync::Clock;

pub(super) const PASSWORD: &str = "seven geese over the lake";
const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");
const WRONG: &str = "/sign-in?problem=wrong";

/// Hashed once: it costs time on purpose.
static HASH: LazyLock<String> = LazyLock::new(|| hash_password(PASSWORD).expect("hashes"));

/// Adds a user who signs in with [`PASSWORD`].
pub(super) async fn add_user(app: &TestApp, name: &str, role: Role) {
    let client = (role == Role::Client).then(|| "bistro".to_owned());
    let user = User { client, password: Some(HASH.clone()), ..new_user(name, role, 0) };
    assert_eq!(app.engine.store.add_user(&user).await.expect("adds"), UserChange::Done);
}

/// Where a form leads, and the cookie that is to be sent from then on.
pub(super) async fn submit(addr: SocketAddr, to: &str, cookie: &str, body: &str) -> (String, String) {
    let headers = [("Accept", "text/html"), ("Sec-Fetch-Site", "same-origin"), ("Cookie", cookie), FORM];
    let (status, head, _) = exchange(addr, "POST", to, &headers, body).await;
    assert!(matches!(status, 302 | 303), "{to}: {head}");
    let location = header(&head, "location").expect("leads somewhere");
    (location, set_cookie(&head).unwrap_or_else(|| cookie.to_owned()))
}

fn header(head: &str, name: &str) -> Option<String> {
    let of =
        |line: &str| line.split_once(": ").filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, v)| v.to_owned());
    head.lines().find_map(of)
}

/// `allclear=…`, without what the browser alone is told.
pub(super) fn set_cookie(head: &str) -> Option<String> {
    header(head, "set-cookie").and_then(|cookie| cookie.split(';').next().map(str::to_owned))
}

/// Signs in: the cookie to send from then on, or where one is sent instead.
pub(super) async fn sign_in(addr: SocketAddr, name: &str, password: &str) -> Result<String, String> {
    let body = format!("name={name}&password={}", password.replace(' ', "+"));
    let (location, cookie) = submit(addr, "/rpc/sign_in", "", &body).await;
    if location == "/" { Ok(cookie) } else { Err(location) }
}

async fn page(addr: SocketAddr, path: &str, cookie: &str) -> (u16, String) {
    let (status, _, body) = http(addr, "GET", path, &[("Accept", "text/html"), ("Cookie", cookie)], "").await;
    (status, body)
}

async fn data(addr: SocketAddr, headers: &[(&str, &str)]) -> u16 {
    http(addr, "GET", "/data/analytics.json", headers, "").await.0
}

async fn with_admin() -> (TestApp, SocketAddr) {
    let app = TestApp::new().await;
    add_user(&app, "ada", Role::Admin).await;
    let addr = app.serve().await;
    (app, addr)
}

/// The code an authenticator app shows, so many steps from now.
fn code(secret: &str, steps: u64) -> String {
    let secret = Secret::try_from_base32(secret).expect("is a secret");
    let totp = Builder::new().with_secret(secret).with_issuer(Some("Allclear")).with_account_name("ada").build();
    let now = u64::try_from(Utc::now().timestamp()).expect("is after 1970");
    totp.expect("is one").generate(now + 30 * steps).to_string()
}

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
async fn a_wrong_password_and_an_unknown_name_are_told_alike_and_never_logged() {
    let (app, addr) = with_admin().await;
    assert_eq!(sign_in(addr, "ada", "seven geese over the lak").await, Err(WRONG.to_owned()));
    assert_eq!(sign_in(addr, "bob", PASSWORD).await, Err(WRONG.to_owned()));
    assert_eq!(sign_in(addr, "hunter2 is my password", "x").await, Err(WRONG.to_owned()));
    let (_, body) = page(addr, WRONG, "").await;
    assert!(body.contains("Name or password is wrong.") && !body.contains("Overview"), "{body}");
    let log = format!("{:?}", app.engine.store.audit(10).await.expect("reads"));
    assert!(log.contains("wrong name or password") && !log.contains("geese") && !log.contains("hunter2"), "{log}");
}

#[tokio::test]
async fn who_guesses_waits() {
    let (_app, addr) = with_admin().await;
    for _ in 0..5 {
        assert_eq!(sign_in(addr, "ada", "wrong").await, Err(WRONG.to_owned()));
    }
    let sent = sign_in(addr, "ada", PASSWORD).await.expect_err("has to wait");
    assert!(sent.starts_with("/sign-in?problem=wait-"), "{sent}");
    assert!(page(addr, &sent, "").await.1.contains("Too many tries. Wait"));
    let json = [("Accept", "application/json"), ("Sec-Fetch-Site", "same-origin"), FORM];
    let (status, ..) = http(addr, "POST", "/rpc/sign_in", &json, "name=ada&password=x").await;
    assert_eq!(status, 429);
}

#[tokio::test]
async fn one_comes_back_to_the_page_that_was_asked_for_and_never_elsewhere() {
    let (_app, addr) = with_admin().await;
    let (status, head, _) = http(addr, "GET", "/tokens?window=7d", &[("Accept", "text/html")], "").await;
    assert_eq!(status, 303);
    assert!(head.contains("location: /sign-in?next=%2ftokens%3fwindow%3d7d"), "{head}");
    for (next, to) in [
        ("%2Ftokens%3Fwindow%3D7d", "/tokens?window=7d"),
        ("https%3A%2F%2Fevil.example", "/"),
        ("%2F%2Fevil.example", "/"),
    ] {
        let body = format!("name=ada&password=seven+geese+over+the+lake&next={next}");
        assert_eq!(submit(addr, "/rpc/sign_in", "", &body).await.0, to);
    }
}

#[tokio::test]
async fn a_session_has_a_new_id_at_sign_in_and_counts_no_longer_after_signing_out() {
    let (app, addr) = with_admin().await;
    let body = "name=ada&password=seven+geese+over+the+lake";
    let planted = "allclear=AAAAAAAAAAAAAAAAAAAAAA";
    let (_, cookie) = submit(addr, "/rpc/sign_in", planted, body).await;
    assert_ne!(cookie, planted, "nobody else knows it");
    let (_, second) = submit(addr, "/rpc/sign_in", &cookie, body).await;
    assert_ne!(second, cookie);
    assert_eq!(data(addr, &[("Cookie", &cookie)]).await, 401, "the one before is over");
    let file = std::fs::read(app.engine.store.file()).expect("reads");
    let id = second.strip_prefix("allclear=").expect("has the plain name");
    assert!(!file.windows(id.len()).any(|piece| piece == id.as_bytes()), "only its hash is kept");
    assert_eq!(submit(addr, "/rpc/sign_out", &second, "").await.0, "/sign-in");
    assert_eq!(data(addr, &[("Cookie", &second)]).await, 401);
}

#[tokio::test]
async fn a_session_ends_after_a_week_without_use_and_after_a_month_in_any_case() {
    let ahead = Arc::new(AtomicI64::new(0));
    let clock = {
        let ahead = ahead.clone();
        Clock::showing(move || Utc::now() + TimeDelta::days(ahead.load(Ordering::SeqCst)))
    };
    let app = TestApp::with_clock(clock).await;
    add_user(&app, "ada", Role::Admin).await;
    let addr = app.serve().await;
    let used = sign_in(addr, "ada", PASSWORD).await.expect("signs in");
    let unused = sign_in(addr, "ada", PASSWORD).await.expect("signs in");
    for day in [6, 12, 18, 24, 29] {
        ahead.store(day, Ordering::SeqCst);
        assert_eq!(data(addr, &[("Cookie", &used)]).await, 200, "day {day}");
        // Use is noted beside the answer.
        let noted = async || {
            let since = Utc::now() + TimeDelta::days(day) - TimeDelta::hours(1);
            let lifetime = crate::store::Lifetime { begun_after_ms: 0, seen_after_ms: since.timestamp_millis() };
            !app.engine.store.sessions_of("ada", lifetime).await.expect("reads").is_empty()
        };
        while !noted().await {
            tokio::task::yield_now().await;
        }
        if day > 6 {
            assert_eq!(data(addr, &[("Cookie", &unused)]).await, 401, "day {day}");
        }
    }
    ahead.store(31, Ordering::SeqCst);
    assert_eq!(data(addr, &[("Cookie", &used)]).await, 401);
}

#[tokio::test]
async fn a_new_password_or_role_ends_what_was_open() {
    let (app, addr) = with_admin().await;
    add_user(&app, "vic", Role::Viewer).await;
    let (here, elsewhere) =
        (sign_in(addr, "ada", PASSWORD).await.expect("in"), sign_in(addr, "ada", PASSWORD).await.expect("in"));
    let body = "old=wrong&new=a+dozen+quiet+herons&again=a+dozen+quiet+herons";
    let (back, _) = submit(addr, "/rpc/change_password", &here, body).await;
    assert!(page(addr, &back, &here).await.1.contains("is another one"));
    let body = body.replace("wrong", "seven+geese+over+the+lake");
    let (back, now) = submit(addr, "/rpc/change_password", &here, &body).await;
    assert!(page(addr, &back, &now).await.1.contains("The password is changed"));
    for (cookie, status) in [(&here, 401), (&elsewhere, 401), (&now, 200)] {
        assert_eq!(data(addr, &[("Cookie", cookie)]).await, status);
    }
    assert_eq!(sign_in(addr, "ada", PASSWORD).await, Err(WRONG.to_owned()));
    let vic = sign_in(addr, "vic", PASSWORD).await.expect("in");
    submit(addr, "/rpc/change_role", &now, "name=vic&role=operator").await;
    assert_eq!(data(addr, &[("Cookie", &vic)]).await, 401);
    let vic = sign_in(addr, "vic", PASSWORD).await.expect("in");
    submit(addr, "/rpc/disable_user", &now, "name=vic&disabled=true").await;
    assert_eq!(data(addr, &[("Cookie", &vic)]).await, 401);
    assert_eq!(sign_in(addr, "vic", PASSWORD).await, Err(WRONG.to_owned()));
    let (back, _) = submit(addr, "/rpc/remove_user", &now, "name=ada&sure=true").await;
    assert!(page(addr, &back, &now).await.1.contains("An admin has to be left"));
}

#[tokio::test]
async fn one_sees_ones_sessions_and_ends_one_of_them() {
    let (_app, addr) = with_admin().await;
    let here = sign_in(addr, "ada", PASSWORD).await.expect("in");
    let elsewhere = sign_in(addr, "ada", PASSWORD).await.expect("in");
    let (_, body) = page(addr, "/account", &here).await;
    assert!(body.contains("this one") && body.contains("127.0.0.1"), "{body}");
    let id =
        body.split("name=\"id\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("lists the other");
    submit(addr, "/rpc/end_session", &here, &format!("id={id}")).await;
    assert_eq!(data(addr, &[("Cookie", &elsewhere)]).await, 401);
    assert_eq!(data(addr, &[("Cookie", &here)]).await, 200);
}

#[tokio::test]
async fn a_code_is_asked_for_once_it_is_set_up_and_counts_once() {
    let (_app, addr) = with_admin().await;
    let cookie = sign_in(addr, "ada", PASSWORD).await.expect("in");
    submit(addr, "/rpc/begin_totp", &cookie, "").await;
    let (_, body) = page(addr, "/account", &cookie).await;
    let secret =
        body.split("class=\"secret\">").nth(1).and_then(|rest| rest.split('<').next()).expect("shows it").to_owned();
    assert!(body.contains("<svg viewBox=\"-4 -4") && body.contains("otpauth://totp/"), "{body}");
    let (back, _) = submit(addr, "/rpc/confirm_totp", &cookie, "code=000000").await;
    assert!(page(addr, &back, &cookie).await.1.contains("That is not the code"));
    let (back, _) = submit(addr, "/rpc/confirm_totp", &cookie, &format!("code={}", code(&secret, 0))).await;
    let (_, body) = page(addr, &back, &cookie).await;
    let recovery =
        body.split("class=\"secret\">").nth(1).and_then(|rest| rest.split('<').next()).expect("shows codes").to_owned();
    assert!(!page(addr, &back, &cookie).await.1.contains(&recovery), "they are shown once");
    // The password alone is not enough any more.
    let half = async || {
        let (location, cookie) = submit(addr, "/rpc/sign_in", "", "name=ada&password=seven+geese+over+the+lake").await;
        assert_eq!(location, "/sign-in?problem=");
        assert_eq!(data(addr, &[("Cookie", &cookie)]).await, 401);
        cookie
    };
    let asked = half().await;
    assert!(page(addr, "/sign-in?problem=", &asked).await.1.contains("authenticator app"));
    let used = submit(addr, "/rpc/sign_in_code", &asked, &format!("code={}", code(&secret, 0))).await.0;
    assert_eq!(used, "/sign-in?problem=code", "the code it was set up with counts no second time");
    let (to, cookie) = submit(addr, "/rpc/sign_in_code", &asked, &format!("code={}", code(&secret, 1))).await;
    assert_eq!(to, "/");
    assert_eq!(data(addr, &[("Cookie", &cookie)]).await, 200);
    let asked = half().await;
    assert_eq!(submit(addr, "/rpc/sign_in_code", &asked, &format!("code={recovery}")).await.0, "/");
    let asked = half().await;
    assert_eq!(submit(addr, "/rpc/sign_in_code", &asked, &format!("code={recovery}")).await.0, "/sign-in?problem=code");
    assert_eq!(submit(addr, "/rpc/sign_in_code", "", "code=1").await.0, "/sign-in?problem=late", "nothing was begun");
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
async fn a_key_does_what_its_scope_and_its_owner_may_and_only_in_the_header() {
    let (app, addr) = with_admin().await;
    let cookie = sign_in(addr, "ada", PASSWORD).await.expect("in");
    let make = async |scope: &str| {
        let (back, _) = submit(addr, "/rpc/make_token", &cookie, &format!("label=ci&scope={scope}&days=1")).await;
        let (_, body) = page(addr, &back, &cookie).await;
        let key = body.split("class=\"secret\">").nth(1).and_then(|rest| rest.split('<').next()).expect("shows it");
        format!("Bearer {key}")
    };
    let (read, sync) = (make("read").await, make("sync").await);
    let ask =
        async |method: &str, path: &str, key: &str| http(addr, method, path, &[("Authorization", key)], "").await.0;
    assert_eq!(ask("GET", "/data/analytics.json", &read).await, 200);
    assert_eq!(ask("POST", "/api/sync", &read).await, 403);
    assert_eq!(ask("POST", "/api/sync", &sync).await, 200);
    assert_eq!(ask("GET", "/api/settings/budget", &sync).await, 403);
    let bare = read.strip_prefix("Bearer ").expect("is one");
    assert_eq!(
        http(addr, "GET", &format!("/data/analytics.json?token={bare}"), &[], "").await.0,
        401,
        "not in an address"
    );
    assert_eq!(ask("GET", "/data/analytics.json", &format!("{read}x")).await, 401);
    let json = [("Authorization", sync.as_str()), ("Accept", "application/json"), FORM];
    let (status, ..) = http(addr, "POST", "/rpc/make_token", &json, "label=more&scope=admin&days=9").await;
    assert_eq!(status, 403, "a key makes no keys");
    // Nor does it touch accounts, whatever its scope.
    let admin = make("admin").await;
    let json = [("Authorization", admin.as_str()), ("Accept", "application/json"), FORM];
    for (path, form) in [
        ("add_user", "name=eve&role=admin&password=a+dozen+quiet+herons"),
        ("change_role", "name=ada&role=viewer"),
        ("disable_user", "name=ada&disabled=true"),
        ("remove_user", "name=ada&sure=true"),
        ("reset_link", "name=ada&without_totp=true"),
        ("add_machine", "name=laptop&person="),
    ] {
        assert_eq!(http(addr, "POST", &format!("/rpc/{path}"), &json, form).await.0, 403, "{path}");
    }
    let kept = app.engine.store.tokens().await.expect("reads");
    assert!(kept.iter().all(|token| !bare.contains(&token.key_hash) && token.user_name == "ada"));
    let id = bare.split('_').nth(1).expect("has an id");
    submit(addr, "/rpc/revoke_token", &cookie, &format!("id={id}")).await;
    assert_eq!(ask("GET", "/data/analytics.json", &read).await, 401);
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
