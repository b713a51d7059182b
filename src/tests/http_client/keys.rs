//! A key goes to its host and nowhere else: not into an error, a log, an address, or what a debugger prints.

use std::io::Write;
use std::sync::{Arc, Mutex};

use tracing_subscriber::util::SubscriberInitExt;

use super::*;

/// What was logged, by anybody, at every level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().expect("is not poisoned")).into_owned()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("is not poisoned").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Answers that hold the key in every place an answer has.
fn indiscreet() -> Vec<Fault> {
    let json = "content-type: application/json";
    let said =
        |status| Fault::Answer(status, json.into(), json!({"error": {"message": format!("no {KEY}")}}).to_string());
    let mut faults: Vec<Fault> = [400, 401, 403, 404, 408, 422, 429, 500, 503, 529].map(said).into();
    let half = &KEY[..KEY.len() - 6];
    faults.extend([
        Fault::Answer(400, json.into(), json!({"detail": format!("{half}… and \"{KEY}\"")}).to_string()),
        Fault::Answer(200, json.into(), format!("{{\"{KEY}\": {KEY}")),
        Fault::Answer(200, json.into(), format!("<html>{KEY}</html>")),
        Fault::Answer(200, format!("content-type: text/{KEY}"), String::new()),
        Fault::Answer(429, format!("{json}\nretry-after: {KEY}\nrequest-id: {KEY}"), String::new()),
        Fault::Answer(418, format!("{json}\nx-{KEY}: {KEY}"), json!({"message": KEY}).to_string()),
        Fault::Redirect(format!("http://{KEY}:{KEY}@localhost:1/{KEY}?key={KEY}#{KEY}")),
        Fault::Redirect(format!("http://{KEY}.test/")),
        Fault::ShortBody,
        Fault::CutJson,
        Fault::Huge(40),
    ]);
    faults
}

#[tokio::test]
async fn a_key_is_nowhere_but_in_its_header() {
    let log = Log::default();
    let writer = log.clone();
    // For all threads: set for this one only, it would miss what other tests of this process met first.
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish()
        .try_init()
        .expect("no other test listens");
    let upstream = upstream().await;
    let caller = Caller::of(&upstream);
    let mut shown = format!("{:?} {:?} {:?}", caller.http, caller.api, caller.api.request("/v1/usage"));
    for fault in indiscreet() {
        upstream.fault(fault.clone(), 2);
        let (answer, waits) = caller.get(2).await;
        let error = answer.expect_err("fails");
        shown += &format!("\n{error} {error:?} {waits:?}");
        for waiting in &waits {
            shown += &format!("\n{waiting}");
        }
        // Each fault anew, also after one that counts against the host.
        upstream.clear_faults();
        caller.get_once().await.expect("answers");
    }
    for seen in upstream.seen() {
        assert_eq!(seen.header("x-api-key"), KEY, "it does arrive");
        shown += &format!("\n{} {}", seen.path, seen.query);
    }
    let log = log.text();
    for marker in ["hyper_util", "retrying in", "answered 200"] {
        assert!(log.contains(marker), "the log was not listened to: {marker}");
    }
    for (place, text) in [("what is shown", shown), ("the log", log)] {
        for piece in [KEY, "canary", "R2D2"] {
            let line = text.lines().find(|line| line.to_lowercase().contains(&piece.to_lowercase()));
            assert_eq!(line, None, "{piece} is in {place}");
        }
    }
}
