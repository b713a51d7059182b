//! Mail over real TLS: to a server whose certificate this machine trusts, and to one whose it does not.

use std::path::Path;

use serde_json::{Value, json};

use super::alerts::{Hand, app_that_spent};
use super::channels::{NOON, choose, log};
use super::child::{child, told};
use super::fakes::smtp::{Greeting, smtps};
use super::harness::write;

/// A certificate of this machine's own, with its key.
fn certificate() -> (rcgen::Certificate, rcgen::KeyPair) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("is made");
    (made.cert, made.signing_key)
}

/// What runs where this certificate is trusted, or another: one mail in each way, and what came of it.
#[tokio::test]
async fn the_process_that_mails() {
    let Some(told) = told() else { return };
    let hand = Hand::at(NOON);
    let app = app_that_spent(160.0, &hand).await;
    let mail = |name: &str| {
        json!({"name": name, "kind": "email", "host": "localhost", "port": told[name], "tls": name, "from": "a@all.clear",
            "to": ["me@all.clear"], "username": "me", "password": "canary-password"})
    };
    choose(&app, &[mail("implicit"), mail("starttls")]);
    let file = std::fs::read_to_string(app.data("config/channels.json")).expect("is there");
    write(&app.data("config/channels.json"), file.replace("\"127.0.0.1/32\"", "\"127.0.0.1/32\",\"::1/128\""));
    app.sync().await;
    app.engine.tell().await.expect("sends");
    let said: Vec<Value> = log(&app).await.iter().map(|one| json!([one.channel, one.state, one.error])).collect();
    write(Path::new(told["answer"].as_str().expect("a file")), json!(said).to_string());
}

#[tokio::test]
async fn mail_is_sent_over_tls_to_a_server_that_is_who_it_says_and_to_no_other() {
    let (cert, key) = certificate();
    let (implicit, at_once) = smtps(&cert, &key, Greeting::Encrypted).await;
    let (starttls, asked) = smtps(&cert, &key, Greeting::StartTls).await;
    let (plain, never) = smtps(&cert, &key, Greeting::Plain).await;
    let folder = tempfile::tempdir().expect("a folder");
    let (trusted, other) = (folder.path().join("trusted.pem"), folder.path().join("other.pem"));
    write(&trusted, cert.pem());
    write(&other, certificate().0.pem());
    let answer = folder.path().join("answer.json");
    let run = async |roots: &Path, starttls: u16| {
        let told = json!({"implicit": implicit.port(), "starttls": starttls, "answer": answer});
        let mut process = child("tests::mail::the_process_that_mails", &told);
        let ended = process.env("SSL_CERT_FILE", roots).env_remove("SSL_CERT_DIR").status().await.expect("ends");
        assert!(ended.success());
        serde_json::from_slice::<Value>(&std::fs::read(&answer).expect("is there")).expect("is JSON")
    };
    let said = run(&trusted, starttls.port()).await;
    assert_eq!(said, json!([["implicit", "sent", null], ["starttls", "sent", null]]));
    for mails in [&at_once, &asked] {
        let mails = mails.lock().expect("is not poisoned").clone();
        assert_eq!(mails.len(), 1);
        assert!(mails[0].contains("Subject: Budget Warning: ") && mails[0].contains("AUTH "), "{mails:?}");
    }
    let untrusted = "the mail server cannot be talked to: check host, port and tls";
    let said = run(&other, plain.port()).await;
    assert_eq!(said, json!([["implicit", "failed", untrusted], ["starttls", "failed", untrusted]]));
    let said = run(&other, starttls.port()).await;
    assert_eq!(said[1], json!(["starttls", "failed", untrusted]));
    let all = [&at_once, &asked, &never].map(|mails| mails.lock().expect("is not poisoned").len());
    assert_eq!(all, [1, 1, 0], "and no password is said to a stranger");
}
