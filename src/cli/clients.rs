//! `allclear clients`: the customers whose orders are synced. A secret comes from a file or the environment, never from
//! the command line, where everybody on the machine could read it.

mod contacts;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::Subcommand;
use serde_json::json;

use crate::config::{ConfigStore, Secret};
use crate::model::{Client, ClientDraft, ClientPhase, DiagnosedDay, StepStatus};
use crate::sources::access::Access;
use crate::sources::toast::BASE_URL;
use crate::store::Store;
use crate::sync::{ClientOutcome, Clock, Engine, TestBy};

/// Where the secret may stand instead of in a file that is named.
const SECRET: &str = "ALLCLEAR_TOAST_CLIENT_SECRET";
const KEPT_LOGIN: &str =
    "A login that was kept is used, so the keys themselves were not tried: allclear clients test --keys";
const WEBHOOK: &str = "ALLCLEAR_TOAST_WEBHOOK_SECRET";

#[derive(Clone, Debug, Subcommand)]
pub(super) enum Action {
    /// Make a client, or change it; its keys are tried first
    Add(Add),
    /// List the clients and how their sync stands
    List {
        /// Print as JSON
        #[arg(long)]
        json: bool,
    },
    /// Try whether a client's orders can be read
    Test {
        #[command(flatten)]
        one: One,
        /// Log in, be there a login that is kept: one of the two an hour that Toast allows
        #[arg(long)]
        keys: bool,
    },
    /// Compare the last seven days with what Toast has; writes nothing
    Diagnose {
        #[command(flatten)]
        one: One,
        /// Print as JSON
        #[arg(long)]
        json: bool,
    },
    /// Sync the orders of a client, now
    Sync(One),
    /// Read the orders of the last days again; goes on where it was cut off
    Resync {
        #[command(flatten)]
        one: One,
        /// 7 to 365
        #[arg(long, default_value_t = 30)]
        days: u32,
    },
    /// Remove a client and its keys; its orders are kept
    Remove(One),
    /// Bring a client's contacts in, or print them
    Contacts {
        #[command(subcommand)]
        action: contacts::Action,
    },
}

#[derive(Clone, Debug, clap::Args)]
pub(super) struct One {
    /// The client's id
    #[arg(long, value_name = "ID")]
    id: String,
}

#[derive(Clone, Debug, clap::Args)]
pub(super) struct Add {
    /// Letters, digits and hyphens, such as bistro-9; projects whose client is called so are joined with it
    #[arg(long, value_name = "ID")]
    id: String,
    #[arg(long)]
    name: String,
    /// The restaurant's GUID at Toast: of one location
    #[arg(long, value_name = "GUID")]
    restaurant_guid: String,
    /// The client id of the API keys
    #[arg(long, value_name = "ID")]
    client_id: String,
    /// The file that holds the client secret [else: ALLCLEAR_TOAST_CLIENT_SECRET]
    #[arg(long, value_name = "FILE")]
    client_secret_file: Option<PathBuf>,
    /// The file that holds the secret of the webhook [else: ALLCLEAR_TOAST_WEBHOOK_SECRET]
    #[arg(long, value_name = "FILE")]
    webhook_secret_file: Option<PathBuf>,
    #[arg(long, value_name = "URL", default_value = BASE_URL)]
    api_url: String,
    /// Keep names, addresses and telephone numbers of guests, to match orders to contacts
    #[arg(long)]
    keep_personal_data: bool,
    /// Store it without trying the keys
    #[arg(long)]
    no_test: bool,
}

pub(super) async fn run(config: Arc<ConfigStore>, action: Action) -> anyhow::Result<ExitCode> {
    let store = Store::open(&config.environment.data_dir).await?;
    let engine = Arc::new(Engine::new(store, config, Clock::system(), Access::Environment).await?);
    let done = act(&engine, action).await;
    engine.store.close().await;
    done
}

async fn act(engine: &Arc<Engine>, action: Action) -> anyhow::Result<ExitCode> {
    match action {
        Action::Add(add) => self::add(engine, add).await?,
        Action::List { json } => list(engine, json).await?,
        Action::Test { one, keys } => {
            let client = client(engine, &one.id).await?;
            let by = if keys { TestBy::Keys } else { TestBy::KeptLogin };
            let tested = engine.test_client(&client.draft(), None, by).await?;
            let name = if tested.restaurant.name.is_empty() { client.name } else { tested.restaurant.name };
            super::print(&match tested.used_kept {
                false => format!("The keys of {} work: {name}", client.id),
                true => format!("{} can be read: {name}. {KEPT_LOGIN}", client.id),
            })?;
        }
        Action::Diagnose { one, json } => diagnose(engine, &one.id, json).await?,
        Action::Sync(one) => return sync(engine, &one.id).await,
        Action::Resync { one, days } => {
            engine.plan_resync(&one.id, days).await?;
            return sync(engine, &one.id).await;
        }
        Action::Contacts { action } => contacts::act(engine, action).await?,
        Action::Remove(One { id }) => {
            anyhow::ensure!(engine.remove_client(&id).await?, "there is no client “{id}”");
            super::print(&format!("{id} is removed, and its keys are gone; its orders are kept"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn add(engine: &Engine, add: Add) -> anyhow::Result<()> {
    let secret = key(SECRET, add.client_secret_file.as_deref())?;
    let webhook = key(WEBHOOK, add.webhook_secret_file.as_deref())?;
    let draft = ClientDraft {
        id: add.id,
        name: add.name,
        restaurant: add.restaurant_guid,
        api_url: add.api_url,
        api_client: add.client_id,
        enabled: true,
        keeps_personal: add.keep_personal_data,
    };
    let known = engine.store.client(&draft.id).await?.is_some_and(|client| client.has_secret);
    anyhow::ensure!(
        secret.is_some() || known,
        "the client secret is missing: name its file with --client-secret-file, or set {SECRET}"
    );
    let problems = draft.problems();
    anyhow::ensure!(problems.is_empty(), "{}", problems.join(" "));
    if !add.no_test {
        let tested = engine.test_client(&draft, secret.clone(), TestBy::KeptLogin).await;
        if tested.context("nothing was stored; --no-test stores it anyway")?.used_kept {
            super::say(KEPT_LOGIN);
        }
    }
    engine.save_client(&draft, secret.as_ref(), webhook.as_ref()).await?;
    super::print(&format!("{} is stored; `allclear clients sync --id {}` reads its orders", draft.id, draft.id))
}

fn key(variable: &str, file: Option<&std::path::Path>) -> anyhow::Result<Option<Secret>> {
    Ok(match file {
        Some(path) => Secret::in_file(variable, path)?,
        None => Secret::read(variable)?,
    })
}

async fn client(engine: &Engine, id: &str) -> anyhow::Result<Client> {
    engine.store.client(id).await?.with_context(|| format!("there is no client “{id}”"))
}

async fn list(engine: &Engine, as_json: bool) -> anyhow::Result<()> {
    let mut clients = engine.store.clients().await?;
    clients.retain(|client| !client.removed);
    if as_json {
        return super::print(&serde_json::to_string_pretty(&clients)?);
    }
    if clients.is_empty() {
        return super::print("No clients yet: `allclear clients add --help`");
    }
    for client in clients {
        let zone = engine.config.current().zone;
        let at = client.standing.last_success_ms.and_then(chrono::DateTime::from_timestamp_millis);
        let last = at.map_or_else(
            || "never synced".to_owned(),
            |at| format!("last synced {}", zone.moment(&at.to_rfc3339()).text),
        );
        let state = match client.standing.phase {
            ClientPhase::Error => format!(" FAILING: {}", client.standing.error.unwrap_or_default()),
            ClientPhase::RateLimited => " rate limited".to_owned(),
            _ if !client.enabled => " switched off".to_owned(),
            _ => String::new(),
        };
        super::print(&format!("{}  {}  {last}{state}", client.id, client.name))?;
    }
    Ok(())
}

async fn diagnose(engine: &Engine, id: &str, as_json: bool) -> anyhow::Result<()> {
    let days = engine.diagnose_orders(id).await?;
    if as_json {
        let day = |day: &DiagnosedDay| {
            json!({
                "day": day.day, "upstreamOrders": day.upstream_orders, "upstreamNetSales": day.upstream_net.to_f64(),
                "storedOrders": day.stored_orders, "storedNetSales": day.stored_net.to_f64(),
                "notCounted": day.not_counted, "agrees": day.agrees(),
            })
        };
        return super::print(&serde_json::to_string_pretty(&days.iter().map(day).collect::<Vec<_>>())?);
    }
    super::print("day          Toast: orders, net      stored: orders, net")?;
    for day in &days {
        let differs = if day.agrees() { "" } else { "  differs" };
        super::print(&format!(
            "{}  {:>14} {:>12}  {:>14} {:>12}{differs}",
            day.day,
            day.upstream_orders,
            day.upstream_net.plain(),
            day.stored_orders,
            day.stored_net.plain()
        ))?;
    }
    Ok(())
}

async fn sync(engine: &Arc<Engine>, id: &str) -> anyhow::Result<ExitCode> {
    match engine.sync_orders(id).await? {
        ClientOutcome::Busy => super::print(&format!("{id} is being synced at this moment"))?,
        ClientOutcome::Finished(synced) => {
            anyhow::ensure!(synced.status != StepStatus::Error, "{}", synced.message);
            super::print(&format!("{} ({} ms)", synced.message, synced.duration_ms))?;
            if synced.status == StepStatus::RateLimited {
                return Ok(ExitCode::FAILURE);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use crate::cli::run_line;

    #[test]
    fn a_client_is_made_listed_and_removed_and_what_is_missing_is_said() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        let data = data.to_str().expect("is text");
        let secret = folder.path().join("secret");
        std::fs::write(&secret, "till-canary\n").expect("writes");
        let line = |rest: &[&str]| run_line(&[&["--data-dir", data, "clients"], rest].concat());
        let guid = "1a2b3c4d-0000-4000-8000-000000000001";
        let add = ["add", "--id", "bistro-9", "--name", "Bistro", "--restaurant-guid", guid, "--client-id", "abc"];
        let said = line(&[&add[..], &["--no-test"]].concat()).expect_err("needs a secret");
        assert!(said.contains("--client-secret-file"), "{said}");
        let file = ["--client-secret-file", secret.to_str().expect("is text"), "--no-test"];
        assert_eq!(line(&[&add[..], &file[..]].concat()), Ok(true));
        let wrong = ["add", "--id", "Bistro 9", "--name", "B", "--restaurant-guid", "7", "--client-id", "abc"];
        let said = line(&[&wrong[..], &file[..]].concat()).expect_err("is refused");
        assert!(said.contains("The id “Bistro 9”") && said.contains("GUID “7”"), "{said}");
        assert_eq!(line(&["list", "--json"]), Ok(true));
        let list = folder.path().join("people.csv");
        std::fs::write(&list, "Kunde;email\nAda;ada@example.com\n").expect("writes");
        let list = list.to_str().expect("is text");
        let import = ["contacts", "import", "bistro-9", list, "--map", "Kunde=name"];
        assert_eq!(line(&[&import[..], &["--dry-run"]].concat()), Ok(true));
        assert_eq!(line(&import), Ok(true));
        assert_eq!(line(&["contacts", "export", "bistro-9"]), Ok(true));
        let said = line(&["contacts", "import", "bistro-9", secret.to_str().expect("is text")]).expect_err("is none");
        assert!(said.contains("No column is called email or phone"), "{said}");
        assert_eq!(line(&["remove", "--id", "bistro-9"]), Ok(true));
        let said = line(&["remove", "--id", "bistro-9"]).expect_err("is gone");
        assert!(said.contains("there is no client “bistro-9”"), "{said}");
        let said = line(&["resync", "--id", "bistro-9", "--days", "3"]).expect_err("is refused");
        assert!(said.contains("choose 7 to 365"), "{said}");
    }
}
