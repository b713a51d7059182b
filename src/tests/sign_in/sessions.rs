//! Sessions: their ids, their ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{TimeDelta, Utc};

use super::*;
use crate::sync::Clock;

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
