//! What may be wrong with a log, for every agent alike: nothing that was counted is lost, and the rest is named.

use super::sessions::{CLINE, COPILOT, QWEN, ROO, copilot, qwen, task};
use super::{codex, gemini, step};
use crate::analytics::ReportBy;
use crate::tests::harness::{TestApp, write};

const CODEX: &str = "codex/sessions/2026/11/18/rollout-2026-11-18T10-00-00-0199a1b2.jsonl";
const GEMINI: &str = "gemini/tmp/dashboard/chats/session-2026-11-18T10-00-0a1b2c3d.json";

/// Each agent's log with some usage in it, and the name of its source.
fn logs() -> [(&'static str, &'static str, String); 6] {
    [
        ("codex", CODEX, codex("0199a1b2", 3)),
        ("gemini", GEMINI, gemini(&[300, 5, 7]).to_string()),
        ("copilot", COPILOT, copilot(3)),
        ("qwen", QWEN, qwen("69f0814a", 3)),
        ("cline", CLINE, task(3)),
        ("roo", ROO, task(3)),
    ]
}

async fn tokens(app: &TestApp) -> (u64, u64, u64) {
    let totals = app.report(ReportBy::Day).await.totals;
    (totals.messages, totals.tokens_in, totals.tokens_out)
}

/// An app that has read the log as it should be, and what it counted.
async fn having_read(file: &str, text: &str) -> (TestApp, (u64, u64, u64)) {
    let app = TestApp::new().await;
    write(&app.of_agent(file), text);
    app.sync().await;
    let counted = tokens(&app).await;
    assert_eq!(counted.0, 3, "{file}");
    (app, counted)
}

#[tokio::test]
async fn a_log_that_is_cut_replaced_or_gone_loses_nothing() {
    for (source, file, text) in logs() {
        let (app, counted) = having_read(file, &text).await;
        write(&app.of_agent(file), &text[..text.len() / 2]);
        app.sync().await;
        assert_eq!(tokens(&app).await, counted, "{source} cut");
        std::fs::remove_file(app.of_agent(file)).expect("removes");
        app.sync().await;
        assert_eq!(tokens(&app).await, counted, "{source} gone");
        write(&app.of_agent(file), &text);
        app.sync().await;
        assert_eq!(tokens(&app).await, counted, "{source} back");
    }
}

#[tokio::test]
async fn damaged_text_and_huge_lines_cost_nothing_beside_them() {
    for (source, file, text) in logs().into_iter().filter(|(_, file, _)| file.ends_with(".jsonl")) {
        let (_, counted) = having_read(file, &text).await;
        let mut damaged = b"\xef\xbb\xbf{\"type\":\"other\",\"text\":\"\xff\xfe\"}\n".to_vec();
        damaged.extend(format!("{{\"type\":\"other\",\"text\":\"{}\"}}\n", "x".repeat(10 << 20)).bytes());
        damaged.extend(text.bytes());
        damaged.extend(b"{\"type\":\"still being writ");
        let app = TestApp::new().await;
        write(&app.of_agent(file), &damaged);
        let run = app.sync().await;
        assert_eq!(tokens(&app).await, counted, "{source}");
        assert!(!step(&run, source).message.contains("passed over"), "{}", step(&run, source).message);
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_named_with_its_place() {
    for (source, file, text) in logs() {
        let app = TestApp::new().await;
        let is_lines = file.ends_with(".jsonl");
        let bad = if is_lines { format!("{text}nonsense\n") } else { text[..text.len() - 2].to_owned() };
        write(&app.of_agent(file), bad);
        let run = app.sync().await;
        let said = &step(&run, source).message;
        let named = file.rsplit('/').next().unwrap_or_default();
        assert!(said.contains("1 line passed over") && said.contains(named), "{said}");
        assert_eq!(tokens(&app).await.0, if is_lines { 3 } else { 0 }, "{source}");
    }
}

#[tokio::test]
async fn links_out_of_a_folder_are_not_followed() {
    for (source, file, text) in logs() {
        let outside = tempfile::tempdir().expect("a folder");
        let name = file.rsplit('/').next().unwrap_or_default();
        write(&outside.path().join(name), &text);
        let app = TestApp::new().await;
        let link = app.of_agent(file);
        std::fs::create_dir_all(link.parent().expect("has a folder")).expect("makes it");
        std::os::unix::fs::symlink(outside.path().join(name), link).expect("links");
        app.sync().await;
        assert_eq!(tokens(&app).await.0, 0, "{source}");
    }
}
