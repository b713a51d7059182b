//! Tables of addresses, and names whose answers change.

use std::sync::Mutex;
use std::time::Duration;

use chrono::Utc;
use serde_json::json;
use tokio::net::TcpListener;

use super::super::http::{self, Post};
use super::*;
use crate::notify::Failure;

fn check(permitted: bool, allow: &[&str], addresses: &[&str]) {
    let allow: Vec<IpNet> = allow.iter().map(|net| net.parse().expect("a block")).collect();
    for address in addresses {
        let ip: IpAddr = address.parse().expect("an address");
        assert_eq!(Guard::new(&allow, &[]).permits(ip), permitted, "{address}");
    }
}

#[test]
fn only_public_addresses_pass() {
    check(true, &[], &["1.1.1.1", "93.184.216.34", "172.15.255.255", "172.32.0.1", "2606:4700:4700::1111"]);
    check(true, &[], &["::ffff:1.1.1.1"]);
    check(
        false,
        &[],
        &[
            "0.0.0.0",
            "10.1.2.3",
            "100.100.100.200",
            "127.0.0.1",
            "127.1.2.3",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "168.63.129.16",
        ],
    );
    check(
        false,
        &[],
        &[
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::a00:1",
            "64:ff9b:1::a00:1",
            "fe80::1",
            "fec0::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "2002:7f00:1::",
            "2001:0:7f00:1::",
            "2001:db8::1",
            "100::1",
        ],
    );
}

#[test]
fn what_the_user_allows_passes_and_nothing_beside_it() {
    check(true, &["10.0.0.0/8"], &["10.1.2.3", "::ffff:10.1.2.3", "1.1.1.1"]);
    check(false, &["10.0.0.0/8", "127.0.0.1/32"], &["127.0.0.2", "192.168.0.1", "::1"]);
    check(true, &["fd00::/8"], &["fd12::1"]);
}

#[tokio::test]
async fn a_name_that_leads_to_this_machine_is_refused_when_it_is_looked_up() {
    let error = Guard::default().resolve("localhost", 80).await.expect_err("is refused");
    assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
    let allow = ["127.0.0.0/8".parse().expect("a block"), "::1/128".parse().expect("a block")];
    assert!(!Guard::new(&allow, &[]).resolve("localhost", 80).await.expect("is allowed").is_empty());
}

#[test]
fn ports_beside_the_webs_are_named_by_the_user() {
    let guard = Guard::new(&[], &[8443]);
    for port in [80, 443, 8443] {
        assert_eq!(guard.web_port(port), Ok(()), "{port}");
    }
    for port in [22, 25, 465, 2375, 6379, 8080] {
        assert_eq!(guard.web_port(port), Err(DeniedPort(port)));
    }
    for port in [25, 465, 587, 8443] {
        assert_eq!(guard.mail_port(port), Ok(()), "{port}");
    }
    assert_eq!(guard.mail_port(443), Err(DeniedPort(443)));
    let allowed = Guard::new(&["10.0.0.0/8".parse().expect("a block")], &[]);
    assert!(allowed.web_port(8080).is_err(), "an address that is allowed has its ports named too");
}

/// What a program that reads addresses in other ways than the guard would connect to.
#[tokio::test]
async fn however_an_address_is_written_it_is_judged_as_what_it_is() {
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0x7f.0.0.1",
        "127.0.0.1.",
        "0",
        "localhost",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b::169.254.169.254]",
        "[64:ff9b:1::7f00:1]",
        "[2002:7f00:1::]",
        "[2002:a9fe:a9fe::1]",
        "[2001:0:7f00:1::]",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "169.254.169.254",
        "0xa9fea9fe",
        "0251.0376.0251.0376",
        "metadata.test.",
    ] {
        let post = Post::json(format!("http://{host}/"), &json!({}));
        let guard =
            Guard { names: Names::Given(Arc::new(|_| vec![IpAddr::from([169, 254, 169, 254])])), ..Guard::default() };
        let guard = if host == "localhost" { Guard::default() } else { guard };
        let sent = http::send(post, guard, Duration::from_secs(5), Utc::now()).await;
        assert_eq!(sent, Err(Failure::Lasting(Denied.to_string())), "{host}");
    }
}

/// Counts who connects to an address.
async fn listener(ip: [u8; 4], port: u16) -> (u16, Arc<Mutex<u32>>) {
    let listener = TcpListener::bind((IpAddr::from(ip), port)).await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let count = Arc::new(Mutex::new(0));
    let counted = count.clone();
    let app = axum::Router::new().fallback(move || {
        *counted.lock().expect("is not poisoned") += 1;
        std::future::ready("taken")
    });
    tokio::spawn(async move { axum::serve(listener, app).await });
    (port, count)
}

#[tokio::test]
async fn a_name_that_answers_otherwise_the_second_time_leads_nowhere_else() {
    let (permitted, forbidden) = ([127, 0, 0, 1], [127, 0, 0, 2]);
    let (port, here) = listener(permitted, 0).await;
    let (_, there) = listener(forbidden, port).await;
    let asked = Arc::new(Mutex::new(Vec::new()));
    let answers = asked.clone();
    // The first look-up of a sending is honest, every later one is not; and one that mixes both.
    let names = Names::Given(Arc::new(move |name| {
        let mut asked = answers.lock().expect("is not poisoned");
        asked.push(name.to_owned());
        match asked.len() {
            1 => vec![permitted.into()],
            2 => vec![forbidden.into(), permitted.into()],
            _ => vec![forbidden.into()],
        }
    }));
    let guard = Guard { names, ..Guard::new(&["127.0.0.1/32".parse().expect("a block")], &[port]) };
    let send = async || {
        let post = Post::json(format!("http://rebound.test:{port}/"), &json!({}));
        http::send(post, guard.clone(), Duration::from_secs(5), Utc::now()).await
    };
    assert_eq!(send().await, Ok(()));
    assert_eq!(send().await, Ok(()), "of two addresses the one that is permitted");
    assert_eq!(send().await, Err(Failure::Lasting(Denied.to_string())));
    let count = |of: &Arc<Mutex<u32>>| *of.lock().expect("is not poisoned");
    assert_eq!((count(&here), count(&there)), (2, 0));
    assert_eq!(
        asked.lock().expect("is not poisoned").len(),
        3,
        "looked up once for each sending, and connected to that"
    );
}
