//! Names and passwords, second factors, and where one comes out.

use totp_rs::{Builder, Secret};

use super::*;

/// The code an authenticator app shows, so many steps from now.
fn code(secret: &str, steps: u64) -> String {
    let secret = Secret::try_from_base32(secret).expect("is a secret");
    let totp = Builder::new().with_secret(secret).with_issuer(Some("Allclear")).with_account_name("ada").build();
    let now = u64::try_from(chrono::Utc::now().timestamp()).expect("is after 1970");
    totp.expect("is one").generate(now + 30 * steps).to_string()
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
