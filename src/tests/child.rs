//! A process of its own for what a process cannot do to itself: be killed, or find another environment.
//!
//! It is this very test program, asked to run one test alone; without what the parent sets, that test does nothing.

use tokio::process::Command;

/// What the child is told; its own tests look for it.
const TOLD: &str = "ALLCLEAR_TEST_CHILD";

/// A command that runs one test of this program with something to go by.
pub(super) fn child(test: &str, told: &serde_json::Value) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("is a file"));
    command.args(["--exact", test, "--nocapture"]).env(TOLD, told.to_string()).kill_on_drop(true);
    command.stdin(std::process::Stdio::null()).stdout(std::process::Stdio::null());
    command
}

/// What a child was told; `None` in every other process.
pub(super) fn told() -> Option<serde_json::Value> {
    std::env::var(TOLD).ok().map(|told| serde_json::from_str(&told).expect("is JSON"))
}
