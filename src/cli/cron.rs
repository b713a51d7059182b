//! `allclear cron`: the scheduler alone, for those who serve the pages elsewhere or not at all.

use std::process::ExitCode;
use std::sync::Arc;

use crate::config::ConfigStore;
use crate::server::shutdown;
use crate::store::Store;
use crate::sync::{Clock, Engine, keep_time, watch_logs};

pub(super) async fn run(config: Arc<ConfigStore>) -> anyhow::Result<ExitCode> {
    let store = Store::open(&config.environment.data_dir).await?;
    let engine = Arc::new(Engine::new(store, config, Clock::system()).await?);
    let work = [tokio::spawn(keep_time(engine.clone(), true)), tokio::spawn(watch_logs(engine.clone()))];
    shutdown::signal().await;
    engine.stop();
    shutdown::drain(&engine, work).await;
    Ok(ExitCode::SUCCESS)
}
