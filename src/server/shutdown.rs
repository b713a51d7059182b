//! Stopping gracefully: the schedule ends, the page in flight is finished or rolled back, streams end.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use crate::sync::Engine;

/// A run gets this long to reach its next commit; what was not committed is read again next time.
const DRAIN: Duration = Duration::from_secs(10);

/// Waits for SIGTERM or Ctrl+C.
pub async fn signal() {
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut stream) => {
                stream.recv().await;
            }
            Err(error) => {
                tracing::warn!("SIGTERM cannot be heard ({error}); Ctrl+C works");
                std::future::pending::<()>().await;
            }
        }
    };
    tokio::select! {
        () = terminate => tracing::info!("SIGTERM: stopping"),
        _ = tokio::signal::ctrl_c() => tracing::info!("Ctrl+C: stopping"),
    }
}

/// Waits for the work to end, at most ten seconds, closes the database, and says so.
pub async fn drain(engine: &Arc<Engine>, work: impl IntoIterator<Item = JoinHandle<()>>) {
    let all = async {
        for task in work {
            let _ = task.await;
        }
        engine.idle().await;
        engine.store.close().await;
    };
    if within(DRAIN, all).await {
        tracing::info!("stopped gracefully");
    } else {
        tracing::warn!("stopped before a run ended: what it had not committed is read again next time");
    }
}

async fn within(time: Duration, work: impl Future<Output = ()>) -> bool {
    tokio::time::timeout(time, work).await.is_ok()
}
