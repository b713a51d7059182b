//! `allclear cron`: the scheduler alone, for those who serve the pages elsewhere or not at all.

use std::process::ExitCode;
use std::sync::Arc;

use chrono::Utc;

use crate::config::ConfigStore;
use crate::server::shutdown;
use crate::sources::access::Access;
use crate::store::Store;
use crate::store::documents::sweep;
use crate::sync::{Clock, Engine, Instance, keep_telling, keep_time, watch_logs};

pub(super) async fn run(config: Arc<ConfigStore>) -> anyhow::Result<ExitCode> {
    let data_dir = config.environment.data_dir.clone();
    let _instance = Instance::claim(&data_dir, Utc::now())?;
    sweep(&data_dir);
    let store = Store::open(&data_dir).await?;
    let engine = Arc::new(Engine::new(store, config, Clock::system(), Access::Environment).await?);
    let work = [
        tokio::spawn(keep_time(engine.clone(), true)),
        tokio::spawn(watch_logs(engine.clone())),
        tokio::spawn(keep_telling(engine.clone())),
    ];
    shutdown::signal().await;
    engine.stop();
    shutdown::drain(&engine, work).await;
    Ok(ExitCode::SUCCESS)
}
