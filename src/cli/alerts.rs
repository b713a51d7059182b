//! `allclear alerts test`: one message through one channel, now.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Subcommand;

use crate::config::ConfigStore;
use crate::sources::access::Access;
use crate::store::Store;
use crate::sync::{Clock, Engine, Tested};

#[derive(Clone, Debug, Subcommand)]
pub(super) enum Action {
    /// Send a test through a channel of channels.json, switched on or not
    Test {
        /// The channel's name
        #[arg(long, value_name = "NAME")]
        channel: String,
    },
}

pub(super) async fn run(config: Arc<ConfigStore>, action: Action) -> anyhow::Result<ExitCode> {
    let Action::Test { channel } = action;
    let store = Store::open(&config.environment.data_dir).await?;
    let engine = Engine::new(store, config, Clock::system(), Access::Environment).await?;
    let tested = engine.test_channel(&channel).await?;
    engine.store.close().await;
    match tested {
        Tested::Sent => {
            super::print(&format!("A test was sent to {channel}."))?;
            Ok(ExitCode::SUCCESS)
        }
        Tested::Failed(reason) => anyhow::bail!("the test did not reach {channel}: {reason}"),
        Tested::Unknown(names) if names.is_empty() => {
            anyhow::bail!("there is no channel \"{channel}\"; data/config/channels.json has none yet")
        }
        Tested::Unknown(names) => {
            anyhow::bail!("there is no channel \"{channel}\"; the channels are {}", names.join(", "))
        }
    }
}
