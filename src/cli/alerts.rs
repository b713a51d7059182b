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

#[cfg(test)]
mod tests {
    use crate::cli::run_line;

    #[test]
    fn a_test_says_whether_it_arrived_and_which_channels_there_are() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().to_str().expect("is text");
        let try_channel = |name: &str| run_line(&["--data-dir", data, "alerts", "test", "--channel", name]);
        assert!(try_channel("a").is_err_and(|said| said.contains("channels.json has none yet")));
        std::fs::create_dir_all(folder.path().join("config")).expect("makes the folder");
        let channels = r#"{"channels": [{"name": "yes", "kind": "command", "command": ["/bin/sh", "-c", "exit 0"]},
            {"name": "no", "kind": "command", "command": ["/bin/sh", "-c", "exit 7"], "enabled": false}]}"#;
        std::fs::write(folder.path().join("config/channels.json"), channels).expect("writes");
        assert_eq!(try_channel("yes"), Ok(true));
        let said = try_channel("no").expect_err("did not arrive");
        assert_eq!(said, "the test did not reach no: the program ended with exit status: 7");
        let said = try_channel("maybe").expect_err("is unknown");
        assert_eq!(said, "there is no channel \"maybe\"; the channels are yes, no");
    }
}
