//! `allclear machines`: which machines may push here.

use std::process::ExitCode;
use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};
use clap::Subcommand;

use crate::config::ConfigStore;
use crate::model::Machine;
use crate::store::Store;
use crate::sync::add_machine;

#[derive(Clone, Debug, Subcommand)]
pub(super) enum Action {
    /// Add a machine and print its token, once
    Add {
        /// What it is called in breakdowns
        name: String,
        /// Who works on it
        #[arg(long, default_value = "", value_name = "NAME")]
        person: String,
    },
    /// List the machines
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Make the token of a machine worthless, from now on; what it pushed stays
    Revoke {
        /// Its name, or its id
        name: String,
    },
}

pub(super) async fn run(config: Arc<ConfigStore>, action: Action) -> anyhow::Result<ExitCode> {
    let store = Store::open(&config.environment.data_dir).await?;
    let done = act(&store, action).await;
    store.close().await;
    super::print(&done?)?;
    Ok(ExitCode::SUCCESS)
}

async fn act(store: &Store, action: Action) -> anyhow::Result<String> {
    let now_ms = Utc::now().timestamp_millis();
    match action {
        Action::Add { name, person } => {
            let (machine, token) = add_machine(store, &name, &person, now_ms).await?;
            Ok(format!(
                "{token}\n\nThis is the token of {}; it is shown this once. On that machine:\n  \
                 allclear push --to http://HOST:3000 --token-file FILE --every 5m\n\
                 HOST is this machine's name in your network; docs/sign-in.md says how others reach it.",
                machine.name
            ))
        }
        Action::List { json: true } => Ok(serde_json::to_string_pretty(&store.machines().await?)?),
        Action::List { json: false } => {
            let machines = store.machines().await?;
            if machines.is_empty() {
                return Ok("No machine may push here yet: allclear machines add NAME".to_owned());
            }
            Ok(machines.iter().map(line).collect::<Vec<_>>().join("\n"))
        }
        Action::Revoke { name } => {
            let machines = store.machines().await?;
            let found = machines.iter().filter(|machine| machine.revoked_ms.is_none());
            let Some(machine) = found.into_iter().find(|machine| machine.name == name || machine.id == name) else {
                anyhow::bail!("no machine \"{name}\" may push here; `allclear machines list` names them");
            };
            store.revoke_machine(&machine.id, now_ms).await?;
            Ok(format!("{} can push no more. What it pushed stays.", machine.name))
        }
    }
}

fn line(machine: &Machine) -> String {
    let moment =
        |ms: i64| DateTime::from_timestamp_millis(ms).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Secs, true);
    let state = match (machine.revoked_ms, machine.last_seen_ms) {
        (Some(at), _) => format!("revoked {}", moment(at)),
        (None, Some(at)) => format!("last seen {}", moment(at)),
        (None, None) => "never seen".to_owned(),
    };
    let person = if machine.person.is_empty() { String::new() } else { format!(" ({})", machine.person) };
    format!("{}  {}{person}: {state}", machine.id, machine.name)
}

#[cfg(test)]
mod tests {
    use crate::cli::run_line;

    #[test]
    fn a_machine_is_added_once_and_revoked_by_its_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().to_str().expect("is text");
        let machines = |rest: &[&str]| run_line(&[&["--data-dir", data, "machines"], rest].concat());
        assert_eq!(machines(&["add", "laptop", "--person", "Ann"]), Ok(true));
        assert!(machines(&["add", "laptop"]).is_err_and(|said| said.contains("already")));
        assert!(machines(&["add", " "]).is_err_and(|said| said.contains("missing")));
        assert_eq!(machines(&["revoke", "laptop"]), Ok(true));
        assert!(machines(&["revoke", "laptop"]).is_err_and(|said| said.contains("machines list")));
        assert_eq!(machines(&["add", "laptop"]), Ok(true), "its name is free again");
        assert_eq!(machines(&["list", "--json"]), Ok(true));
    }
}
