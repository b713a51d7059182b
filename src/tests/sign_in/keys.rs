//! Keys for scripts.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;
use crate::tests::alerts::Hand;

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
async fn a_stream_ends_when_its_key_is_revoked_or_expires() {
    let hand = Hand::at(&chrono::Utc::now().to_rfc3339());
    let app = TestApp::with_clock(hand.clock()).await;
    add_user(&app, "ada", Role::Admin).await;
    let addr = app.serve().await;
    let cookie = sign_in(addr, "ada", PASSWORD).await.expect("in");
    let stream = async || {
        let (back, _) = submit(addr, "/rpc/make_token", &cookie, "label=ci&scope=read&days=1").await;
        let (_, body) = page(addr, &back, &cookie).await;
        let key = body.split("class=\"secret\">").nth(1).and_then(|rest| rest.split('<').next()).expect("shows it");
        let id = key.split('_').nth(1).expect("has an id").to_owned();
        let bearer = format!("Bearer {key}");
        let mut reading = TcpStream::connect(addr).await.expect("connects");
        let request =
            format!("GET /events HTTP/1.1\r\nHost: {addr}\r\nAuthorization: {bearer}\r\nConnection: close\r\n\r\n");
        reading.write_all(request.as_bytes()).await.expect("sends");
        // The first word of the stream is there: it is open.
        let mut answer = String::new();
        while !answer.contains("data:") {
            let mut piece = [0; 4096];
            let read = reading.read(&mut piece).await.expect("receives");
            assert!(read > 0, "{answer}");
            answer += &String::from_utf8_lossy(&piece[..read]);
        }
        (id, reading)
    };
    let ends = async |mut reading: TcpStream| {
        let mut rest = Vec::new();
        tokio::time::timeout(Duration::from_secs(30), reading.read_to_end(&mut rest))
            .await
            .expect("ends")
            .expect("reads");
    };
    let (id, revoked) = stream().await;
    submit(addr, "/rpc/revoke_token", &cookie, &format!("id={id}")).await;
    ends(revoked).await;
    let (_, expired) = stream().await;
    hand.set(&(chrono::Utc::now() + chrono::TimeDelta::days(2)).to_rfc3339());
    ends(expired).await;
}
