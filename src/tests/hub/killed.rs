//! A hub that is killed again and again while two machines and an agent send: nothing that was acknowledged is lost, and
//! nothing is counted twice (reliability.md R1, R4).
//!
//! The hub is a process of its own: this very test program, told by a variable to serve and nothing else.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::super::harness::{TestApp, plain};
use super::{hub, metrics, now_ms};
use crate::config::{ConfigStore, Environment, Zone};
use crate::server::{App, router, site_options};
use crate::sources::access::Access;
use crate::store::Store;
use crate::sync::{Clock, Engine};

const DATA: &str = "ALLCLEAR_TEST_HUB_DATA";
const ADDR: &str = "ALLCLEAR_TEST_HUB_ADDR";
/// What the hub says when it listens.
const READY: &str = "the hub listens";
const KILLS: u32 = 12;
/// A message of the test's log.
const TOKENS_OF_A_MESSAGE: u64 = 1200 + 900 + 3500 + 40_000;

/// Serves until it is killed, when it was started for that; else it is no test at all.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let (Ok(data), Ok(addr)) = (std::env::var(DATA), std::env::var(ADDR)) else { return };
    let addr: SocketAddr = addr.parse().expect("an address");
    let environment = Environment {
        data_dir: data.clone().into(),
        addr,
        allowed_hosts: Vec::new(),
        zone: Zone::parse("UTC"),
        working_folder: None,
        trusted_proxies: Vec::new(),
    };
    let config = Arc::new(ConfigStore::load(environment).expect("loads"));
    let store = Store::open(Path::new(&data)).await.expect("opens");
    let engine =
        Arc::new(Engine::new(store, config, Clock::system(), Access::Given(Arc::default())).await.expect("starts"));
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.set_reuseaddr(true).expect("may be bound again");
    socket.bind(addr).expect("binds");
    let listener: TcpListener = socket.listen(64).expect("listens");
    writeln!(std::io::stdout(), "{READY}").expect("somebody listens");
    axum::serve(listener, router(App { engine, leptos: site_options(addr) })).await.expect("serves");
}

/// Starts a hub and waits until it listens.
async fn start(data: &Path, addr: SocketAddr) -> Child {
    let mut child = Command::new(std::env::current_exe().expect("has a name"))
        .args(["--exact", "tests::hub::killed::child", "--nocapture", "--test-threads", "1"])
        .env(DATA, data)
        .env(ADDR, addr.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("starts");
    let mut lines = BufReader::new(child.stdout.take().expect("is piped")).lines().map_while(Result::ok);
    let listens = tokio::task::spawn_blocking(move || lines.any(|line| line.ends_with(READY)));
    assert!(listens.await.expect("is waited for"), "the hub ended instead");
    child
}

/// Sends a request; `None` when the hub died meanwhile.
async fn try_post(addr: SocketAddr, path: &str, body: &str) -> Option<u16> {
    let mut stream = TcpStream::connect(addr).await.ok()?;
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    );
    stream.write_all(format!("{head}{body}").as_bytes()).await.ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.ok()?;
    String::from_utf8_lossy(&answer).split(' ').nth(1)?.parse().ok()
}

/// What was stored and acknowledged, in tokens.
#[derive(Default)]
struct Acknowledged {
    metrics: AtomicU64,
    pushed: AtomicU64,
}

/// An agent that exports every moment, and sends again what was not acknowledged, as exporters do.
async fn agent(addr: SocketAddr, acknowledged: Arc<Acknowledged>, stop: Arc<AtomicBool>) -> u64 {
    let first = now_ms() / 1000 - 50_000;
    let mut sent = 0;
    while !stop.load(Ordering::Relaxed) {
        let body = metrics("agent", first + i64::try_from(sent).expect("fits") * 3, &[1, 2, 4]).to_string();
        while try_post(addr, "/v1/metrics", &body).await != Some(200) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        sent += 1;
        acknowledged.metrics.store(sent * 7, Ordering::SeqCst);
    }
    sent * 7
}

/// A machine whose log grows, and that pushes until it is told that everything was taken.
async fn machine(
    name: &'static str,
    addr: SocketAddr,
    token: String,
    acknowledged: Arc<Acknowledged>,
    stop: Arc<AtomicBool>,
) -> u64 {
    let app = TestApp::new().await;
    let mut messages = 0;
    while !stop.load(Ordering::Relaxed) {
        app.append_log_anyway("-p/s.jsonl", &plain(&format!("msg_{name}_{messages}")));
        messages += 1;
        app.sync().await;
        // Anew each time, as a machine that was started again: what it knows of hosts that rest is not kept.
        while hub(addr, &token).push(&*app.another_engine().await).await.is_err() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        acknowledged.pushed.fetch_add(TOKENS_OF_A_MESSAGE, Ordering::SeqCst);
    }
    messages * TOKENS_OF_A_MESSAGE
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_and_nothing_is_counted_twice_while_the_hub_is_killed() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let addr = {
        let free = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        free.local_addr().expect("an address")
    };
    let tokens = {
        let store = Store::open(&data).await.expect("opens");
        let mut tokens = Vec::new();
        for name in ["laptop", "desk"] {
            tokens.push(crate::sync::add_machine(&store, name, "", now_ms()).await.expect("is added").1);
        }
        store.close().await;
        tokens
    };
    let (acknowledged, stop) = (Arc::new(Acknowledged::default()), Arc::new(AtomicBool::new(false)));
    let mut hub = start(&data, addr).await;
    let sender = tokio::spawn(agent(addr, acknowledged.clone(), stop.clone()));
    // Each machine is a thread with a runtime of its own, as it would be elsewhere.
    let machines: Vec<_> = ["laptop", "desk"]
        .into_iter()
        .zip(tokens)
        .map(|(name, token)| {
            let (acknowledged, stop) = (acknowledged.clone(), stop.clone());
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
                runtime.block_on(machine(name, addr, token, acknowledged, stop))
            })
        })
        .collect();
    for kill in 0..KILLS {
        tokio::time::sleep(Duration::from_millis(60 + u64::from(kill * 37 % 100))).await;
        hub.kill().expect("is killed");
        hub.wait().expect("is gone");
        // Read before the next one starts: what was acknowledged up to now must be there.
        let told = acknowledged.metrics.load(Ordering::SeqCst) + acknowledged.pushed.load(Ordering::SeqCst);
        let store = Store::open(&data).await.expect("opens");
        let rows = store.rollup(None).await.expect("reads");
        let found: u64 = rows.iter().map(|row| row.spend.tokens.total()).sum();
        assert!(found >= told, "after kill {kill}: {found} tokens are stored, {told} were acknowledged");
        store.close().await;
        hub = start(&data, addr).await;
    }
    stop.store(true, Ordering::Relaxed);
    let mut sum = sender.await.expect("ends");
    for machine in machines {
        sum += tokio::task::spawn_blocking(move || machine.join()).await.expect("is waited for").expect("ends");
    }
    hub.kill().expect("is killed");
    hub.wait().expect("is gone");
    let store = Store::open(&data).await.expect("opens");
    let rows = store.rollup(None).await.expect("reads");
    let found: u64 = rows.iter().map(|row| row.spend.tokens.total()).sum();
    assert_eq!(found, sum, "everything was acknowledged in the end, and everything counts once");
    assert!(rows.iter().any(|row| &*row.source == "claude_code") && rows.iter().any(|row| &*row.session == "agent"));
}
