//! An app of its own for each test: a folder, logs in it, an engine, and when asked a server.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::analytics::{Attribution, Labels, ProjectNames, Report, ReportBy, report};
use crate::config::{ConfigStore, Environment, Zone};
use crate::model::{ClientDraft, DateRange, Order, SyncRun, Trigger};
use crate::server::{App, router, site_options};
use crate::sources::access::Access;
use crate::sources::http::Limits;
use crate::store::{ClientKeys, OrderBatch, Store};
use crate::sync::{Clock, Engine, Outcome};

/// Where messages are queued for.
pub(super) const CHANNEL: &str = "test";

pub(super) struct TestApp {
    folder: tempfile::TempDir,
    pub engine: Arc<Engine>,
}

impl TestApp {
    pub(super) async fn new() -> TestApp {
        TestApp::with_clock(Clock::system()).await
    }

    pub(super) async fn with_clock(clock: Clock) -> TestApp {
        TestApp::with_access(clock, &[]).await
    }

    /// An app whose providers are reached by these settings and no others, as fast as they answer.
    pub(super) async fn with_access(clock: Clock, settings: &[(&'static str, &str)]) -> TestApp {
        TestApp::with_limits(clock, settings, Limits { spacing: Duration::ZERO, ..Limits::default() }).await
    }

    pub(super) async fn with_limits(clock: Clock, settings: &[(&'static str, &str)], limits: Limits) -> TestApp {
        let access = access(settings);
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir_all(folder.path().join("claude/projects")).expect("makes the logs' folder");
        let root = |name: &str| json!({"roots": [folder.path().join(name)]});
        let sources = json!({"claude_code": root("claude"), "codex": root("codex"), "gemini": root("gemini"),
            "opencode": root("opencode"), "copilot": root("copilot"), "qwen": root("qwen"), "cline": root("cline"),
            "roo": root("roo")});
        write(&folder.path().join("data/config/sources.json"), sources.to_string());
        // Nothing is sent unless a test has it sent.
        let channel = json!({"name": CHANNEL, "kind": "webhook", "url": "https://channel.test"});
        write(&folder.path().join("data/config/channels.json"), json!({"channels": [channel]}).to_string());
        let engine = engine(folder.path(), clock, access, limits).await;
        TestApp { folder, engine }
    }

    /// An app behind reverse proxies of these networks.
    pub(super) async fn behind(proxies: &[&str]) -> TestApp {
        let app = TestApp::new().await;
        let networks = proxies.iter().map(|net| net.parse().expect("a network")).collect();
        let Engine { clock, access, limits, .. } = &*app.engine;
        let engine = engine_behind(app.folder.path(), clock.clone(), access.clone(), *limits, networks).await;
        TestApp { engine, ..app }
    }

    /// A second engine on the same folder: another process, as far as the lock and the database can tell.
    pub(super) async fn another_engine(&self) -> Arc<Engine> {
        let Engine { clock, access, limits, .. } = &*self.engine;
        engine(self.folder.path(), clock.clone(), access.clone(), *limits).await
    }

    pub(super) fn data(&self, name: &str) -> PathBuf {
        self.folder.path().join("data").join(name)
    }

    /// A file of an agent: `codex/sessions/…`.
    pub(super) fn of_agent(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn log(&self, name: &str) -> PathBuf {
        self.folder.path().join("claude/projects").join(name)
    }

    pub(super) fn write_log(&self, name: &str, text: impl AsRef<[u8]>) {
        write(&self.log(name), text);
    }

    pub(super) fn append_log(&self, name: &str, text: &str) {
        use std::io::Write;
        let file = std::fs::OpenOptions::new().append(true).open(self.log(name));
        file.and_then(|mut file| file.write_all(text.as_bytes())).expect("appends");
    }

    /// Appends to a log that need not be there yet.
    pub(super) fn append_log_anyway(&self, name: &str, text: &str) {
        if !self.log(name).exists() {
            self.write_log(name, "");
        }
        self.append_log(name, text);
    }

    pub(super) async fn sync(&self) -> SyncRun {
        match self.engine.run(Trigger::Cli, &[]).await.expect("runs") {
            Outcome::Finished(run) => run,
            Outcome::Busy(holder) => panic!("the lock is held {holder}"),
        }
    }

    /// Stores a client that is switched off, and orders of it.
    pub(super) async fn client(&self, id: &str, name: &str, orders: Vec<Order>) {
        let draft = ClientDraft {
            id: id.to_owned(),
            name: name.to_owned(),
            restaurant: "1a2b3c4d-0000-4000-8000-000000000001".to_owned(),
            api_url: "https://ws-api.toasttab.com".to_owned(),
            api_client: "api-client".to_owned(),
            enabled: false,
            keeps_personal: true,
        };
        self.engine.store.save_client(&draft, &ClientKeys::default(), 1).await.expect("saves");
        let batch = OrderBatch { client: id.to_owned(), orders, ..OrderBatch::default() };
        self.engine.store.apply_orders(&batch, 1).await.expect("applies");
    }

    /// Everything stored, added up by one key.
    pub(super) async fn report(&self, by: ReportBy) -> Report {
        let rows = self.engine.store.rollup(None).await.expect("reads");
        let names = ProjectNames::new(rows.iter().map(|row| row.project.as_ref()), &Attribution::default());
        let all = DateRange { from: chrono::NaiveDate::MIN, to: chrono::NaiveDate::MAX };
        report(&rows, &Labels { names, ..Labels::default() }, all, by, "UTC", String::new())
    }

    /// Serves on a free port, until the test ends.
    pub(super) async fn serve(&self) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let addr = listener.local_addr().expect("an address");
        let app = App { engine: self.engine.clone(), leptos: site_options(addr) };
        let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        addr
    }
}

pub(super) fn access(settings: &[(&'static str, &str)]) -> Access {
    Access::Given(Arc::new(settings.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()))
}

async fn engine(folder: &Path, clock: Clock, access: Access, limits: Limits) -> Arc<Engine> {
    engine_behind(folder, clock, access, limits, Vec::new()).await
}

async fn engine_behind(
    folder: &Path,
    clock: Clock,
    access: Access,
    limits: Limits,
    trusted_proxies: Vec<IpNet>,
) -> Arc<Engine> {
    let environment = Environment {
        data_dir: folder.join("data"),
        addr: "127.0.0.1:0".parse().expect("an address"),
        allowed_hosts: Vec::new(),
        trusted_proxies,
        zone: Zone::parse("UTC"),
        working_folder: None,
    };
    let config = Arc::new(ConfigStore::load(environment).expect("loads"));
    let store = Store::open(&folder.join("data")).await.expect("opens");
    let mut engine = Engine::new(store, config, clock, access).await.expect("starts");
    engine.limits = limits;
    Arc::new(engine)
}

/// An engine on a folder that another process has made.
pub(super) async fn engine_in(folder: &Path, clock: Clock) -> Arc<Engine> {
    engine(folder, clock, access(&[]), Limits::default()).await
}

pub(super) fn write(path: &Path, text: impl AsRef<[u8]>) {
    std::fs::create_dir_all(path.parent().expect("has a folder")).expect("makes the folder");
    std::fs::write(path, text).expect("writes");
}

/// One HTTP exchange: status, head in small letters, and body. `headers` replace the usual Host.
pub(super) async fn http(
    addr: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> (u16, String, String) {
    let (status, head, body) = exchange(addr, method, path, headers, body).await;
    (status, head.to_ascii_lowercase(), body)
}

/// The same, with the head as it came.
pub(super) async fn exchange(
    addr: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> (u16, String, String) {
    let mut head = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    if !headers.iter().any(|(name, _)| *name == "Host") {
        head += &format!("Host: {addr}\r\n");
    }
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    let mut stream = TcpStream::connect(addr).await.expect("connects");
    stream.write_all(format!("{head}\r\n{body}").as_bytes()).await.expect("sends");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("receives");
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").expect("has a head");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("has a status");
    (status, head.to_owned(), body.to_owned())
}

/// An assistant line as Claude Code writes it; `change` makes it special.
pub(super) fn line(message: &str, request: &str, output: u64, change: impl FnOnce(&mut Value)) -> String {
    let mut line = json!({
        "type": "assistant", "isSidechain": false, "cwd": "/home/dev/dashboard", "sessionId": "s-1", "version": "2.1.77",
        "timestamp": "2026-11-18T09:15:02.123Z", "requestId": request,
        "message": {"id": message, "role": "assistant", "model": "claude-opus-5-5", "content": [{"type": "text", "text": "…"}],
            "usage": {"input_tokens": 1200, "output_tokens": output, "cache_creation_input_tokens": 3500,
                "cache_read_input_tokens": 40000,
                "cache_creation": {"ephemeral_5m_input_tokens": 3000, "ephemeral_1h_input_tokens": 500}}},
    });
    change(&mut line);
    format!("{line}\n")
}

pub(super) fn plain(message: &str) -> String {
    line(message, &format!("req_{message}"), 900, |_| {})
}
