//! Time that moves only when the test says so, while sockets go on working.
//!
//! `tokio::time::pause` alone jumps to the next timer whenever nothing is ready, also when an answer is on its way
//! through the kernel: every timeout would fire at once. While a blocking task runs, Tokio does not jump.

use std::sync::mpsc;
use std::time::Duration;

pub(super) struct StoppedTime {
    /// The blocking task ends when this is dropped.
    _running: mpsc::Sender<()>,
}

impl StoppedTime {
    /// Stops the time of this test, until the test ends.
    pub(super) fn new() -> StoppedTime {
        let (running, ended) = mpsc::channel();
        tokio::task::spawn_blocking(move || ended.recv());
        tokio::time::pause();
        StoppedTime { _running: running }
    }

    /// Moves the time. Timers that are due fire.
    pub(super) async fn advance(&self, by: Duration) {
        tokio::time::advance(by).await;
    }
}
