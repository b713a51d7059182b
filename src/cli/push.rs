//! `allclear push`: tells a hub what this machine used. Outbound only; numbers and ids, no text.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use crate::config::{ConfigStore, Secret};
use crate::model::Trigger;
use crate::server::shutdown;
use crate::sources::Source;
use crate::sources::access::Access;
use crate::sources::push::Projects;
use crate::store::Store;
use crate::sync::{Clock, Engine, Hub, Outcome, Pushed};

/// The variable the token is read from, or the file that it names with `_FILE` behind it.
const TOKEN: &str = "ALLCLEAR_PUSH_TOKEN";
const SHORTEST: Duration = Duration::from_secs(10);

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The address of the hub, such as `https://hub.example`
    #[arg(long, value_name = "URL", env = "ALLCLEAR_PUSH_TO")]
    to: String,
    /// Push again and again, such as 5m, 30s or 1h; else once
    #[arg(long, value_name = "TIME", value_parser = every)]
    every: Option<Duration>,
    /// A file that holds the token [default: ALLCLEAR_PUSH_TOKEN]
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Send the whole paths of project folders, not just their last names
    #[arg(long, conflicts_with = "no_projects")]
    paths: bool,
    /// Send no names of projects at all
    #[arg(long)]
    no_projects: bool,
}

pub(super) async fn run(config: Arc<ConfigStore>, args: Args) -> anyhow::Result<ExitCode> {
    let hub = Hub::new(&args.to, token(&args)?, projects(&args))?;
    let store = Store::open(&config.environment.data_dir).await?;
    let engine = Arc::new(Engine::new(store, config, Clock::system(), Access::Environment).await?);
    let outcome = match args.every {
        None => once(&engine, &hub).await.map(|pushed| {
            let _ = super::print(&told(pushed, &args.to));
        }),
        Some(every) => again_and_again(&engine, &hub, every, &args.to).await,
    };
    engine.store.close().await;
    outcome.map(|()| ExitCode::SUCCESS)
}

fn token(args: &Args) -> anyhow::Result<Secret> {
    let token = match &args.token_file {
        Some(file) => Secret::in_file("--token-file", file)
            .map_err(|error| anyhow::anyhow!("the file that --token-file names cannot be used: {error}"))?,
        None => Secret::read(TOKEN)?,
    };
    token.ok_or_else(|| {
        anyhow::anyhow!("there is no token: `allclear machines add NAME` on the hub prints one; name its file with --token-file, or set {TOKEN}")
    })
}

fn projects(args: &Args) -> Projects {
    match (args.paths, args.no_projects) {
        (true, _) => Projects::Paths,
        (_, true) => Projects::Hidden,
        _ => Projects::Named,
    }
}

/// Reads the logs, then tells the hub. A run in progress elsewhere reads them just as well.
async fn once(engine: &Arc<Engine>, hub: &Hub) -> anyhow::Result<Pushed> {
    let logs: Vec<Source> = Source::ALL.into_iter().filter(|source| source.is_log()).collect();
    if let Outcome::Busy(holder) = engine.run(Trigger::Watch, &logs).await? {
        tracing::info!(%holder, "the logs are being read by another process ({holder})");
    }
    hub.push(engine).await
}

/// A hub that cannot be reached is told everything the next time.
async fn again_and_again(engine: &Arc<Engine>, hub: &Hub, every: Duration, to: &str) -> anyhow::Result<()> {
    let stopped = {
        let engine = engine.clone();
        async move {
            shutdown::signal().await;
            engine.stop();
        }
    };
    let pushing = async {
        loop {
            match once(engine, hub).await {
                Ok(pushed) if pushed.facts > 0 => super::say(&told(pushed, to)),
                Ok(_) => {}
                Err(error) => super::say(&format!("allclear: {error:#}; trying again in {} s", every.as_secs())),
            }
            tokio::time::sleep(every).await;
        }
    };
    tokio::select! {
        () = stopped => Ok(()),
        () = pushing => Ok(()),
    }
}

fn told(pushed: Pushed, to: &str) -> String {
    let Pushed { facts, added, rejected } = pushed;
    let refused = if rejected > 0 { format!("; it refused {rejected}") } else { String::new() };
    match facts {
        0 => format!("Nothing new for {to}"),
        _ => format!("Told {to} of {facts} messages, {added} of them new to it{refused}"),
    }
}

fn every(text: &str) -> Result<Duration, String> {
    let wrong = || format!("\"{text}\" is no time such as 5m, 30s or 1h");
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        _ => return Err(wrong()),
    };
    let count: u64 = text[..text.len() - unit.len_utf8()].parse().map_err(|_| wrong())?;
    let every = Duration::from_secs(count.saturating_mul(seconds));
    if every < SHORTEST || every > Duration::from_secs(7 * 24 * 3600) {
        return Err(format!("{text} is not between 10s and a week"));
    }
    Ok(every)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_number_with_its_unit() {
        assert_eq!(every("5m"), Ok(Duration::from_secs(300)));
        assert_eq!(every("30s"), Ok(Duration::from_secs(30)));
        for bad in ["", "5", "m", "5d", "1s", "-5m", "999999h", "5µ"] {
            assert!(every(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn without_a_token_the_remedy_is_named() {
        let args = Args {
            to: "http://127.0.0.1:1".into(),
            every: None,
            token_file: Some("/nowhere/at/all".into()),
            paths: false,
            no_projects: true,
        };
        assert!(token(&args).is_err_and(|error| error.to_string().contains("--token-file")));
        assert_eq!(projects(&args), Projects::Hidden);
    }
}
