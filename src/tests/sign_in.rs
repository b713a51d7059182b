//! Signing in over HTTP, as a browser without JavaScript does it: the first user, passwords, codes, sessions, keys for
//! scripts, proxies.

mod accounts;
mod keys;
mod passwords;
mod proxies;
mod sessions;

use std::net::SocketAddr;
use std::sync::LazyLock;

use super::harness::{TestApp, exchange, http};
use crate::model::Role;
use crate::server::{hash_password, new_link, new_user};
use crate::store::{User, UserChange};

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
