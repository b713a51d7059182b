//! `allclear users`: who may sign in. A password comes from a file or from the terminal, never from an argument, which
//! every process of the machine could read.

use std::io::{BufRead, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use chrono::Utc;
use clap::Subcommand;
use serde_json::json;

use super::{print, say};
use crate::config::ConfigStore;
use crate::model::Role;
use crate::server::{check_password, hash_password, name_of, new_link, new_user};
use crate::store::{AuditEntry, Store, User, UserChange};

/// Far more than any password.
const LONGEST: u64 = 4096;

#[derive(Debug, Subcommand)]
pub(super) enum Action {
    /// Add a user; the password is read from a file, else from the terminal or standard input
    Add {
        name: String,
        /// viewer, operator, admin, or client
        #[arg(long, default_value = "viewer", value_parser = role)]
        role: Role,
        /// The one client that a user of the role client sees
        #[arg(long)]
        client: Option<String>,
        #[arg(long)]
        email: Option<String>,
        /// A file that holds the password and nothing else
        #[arg(long)]
        password_file: Option<PathBuf>,
    },
    /// List the users
    List {
        #[arg(long)]
        json: bool,
    },
    /// Remove a user, with their sessions and tokens
    Remove { name: String },
    /// Give a user another role
    Role {
        name: String,
        #[arg(value_parser = role)]
        role: Role,
        #[arg(long)]
        client: Option<String>,
    },
    /// Set a user's password, and end their sessions
    Password {
        name: String,
        /// A file that holds the password and nothing else
        #[arg(long)]
        password_file: Option<PathBuf>,
    },
    /// Print a link by which a user chooses a new password; it works once, for half an hour
    ResetLink { name: String },
}

fn role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| "write viewer, operator, admin or client".to_owned())
}

pub(super) async fn run(config: std::sync::Arc<ConfigStore>, action: Action) -> anyhow::Result<ExitCode> {
    let store = Store::open(&config.environment.data_dir).await?;
    let outcome = act(&store, &config, action).await;
    store.close().await;
    outcome.map(|()| ExitCode::SUCCESS)
}

async fn act(store: &Store, config: &ConfigStore, action: Action) -> anyhow::Result<()> {
    let now_ms = Utc::now().timestamp_millis();
    match action {
        Action::Add { name, role, client, email, password_file } => {
            let name = known_good(&name)?;
            let client = client_of(role, client)?;
            let hash = new_password(&name, password_file.as_deref())?;
            let email = email.map(|email| email.trim().to_lowercase());
            let user = User { client, email, password: Some(hash), ..new_user(&name, role, now_ms) };
            judge(store.add_user(&user).await?, &name)?;
            note(store, now_ms, "user added", &name, role.name()).await?;
            say(&format!("{name} may sign in, with the role {}.", role.name()));
        }
        Action::List { json } => list(store, json).await?,
        Action::Remove { name } => {
            judge(store.remove_user(&known_good(&name)?).await?, &name)?;
            note(store, now_ms, "user removed", &name, "ok").await?;
            say(&format!("{name} is removed."));
        }
        Action::Role { name, role, client } => {
            let user = existing(store, &name).await?;
            let client = client_of(role, client)?;
            let changed = store.change_user(&user.name, |user| (user.role, user.client) = (role, client)).await?;
            judge(changed, &user.name)?;
            store.end_sessions_of(&user.name, "", None).await?;
            note(store, now_ms, "role changed", &user.name, role.name()).await?;
            say(&format!("{} is {} now, and signs in again.", user.name, role.name()));
        }
        Action::Password { name, password_file } => {
            let user = existing(store, &name).await?;
            let password = Some(new_password(&user.name, password_file.as_deref())?);
            judge(store.change_user(&user.name, |user| user.password = password).await?, &user.name)?;
            store.end_sessions_of(&user.name, "", None).await?;
            note(store, now_ms, "new password", &user.name, "ok").await?;
            say(&format!("The password of {} is set; their sessions are ended.", user.name));
        }
        Action::ResetLink { name } => {
            let user = existing(store, &name).await?;
            let key = new_link(store, &user.name, now_ms).await?;
            note(store, now_ms, "link for a new password", &user.name, "ok").await?;
            let url = config.current().sign_in.public_url.clone();
            let base = url.unwrap_or_else(|| format!("http://{}", config.environment.addr));
            print(&format!("{}/reset?key={key}", base.trim_end_matches('/')))?;
        }
    }
    Ok(())
}

async fn list(store: &Store, as_json: bool) -> anyhow::Result<()> {
    let users = store.users().await?;
    if as_json {
        let users: Vec<_> = users
            .iter()
            .map(|user| {
                json!({"name": user.name, "role": user.role, "client": user.client, "email": user.email,
                    "password": user.password.is_some(), "totp": user.totp.is_some(), "disabled": user.disabled})
            })
            .collect();
        return print(&serde_json::to_string_pretty(&users)?);
    }
    if users.is_empty() {
        say(
            "There are no users: the dashboard is open on its own machine. Add one: allclear users add NAME --role admin",
        );
    }
    for user in users {
        let client = user.client.map(|client| format!(" of {client}")).unwrap_or_default();
        let disabled = if user.disabled { ", disabled" } else { "" };
        print(&format!("{}  {}{client}{disabled}", user.name, user.role.name()))?;
    }
    Ok(())
}

fn known_good(name: &str) -> anyhow::Result<String> {
    name_of(name).map_err(|said| anyhow::anyhow!(said))
}

fn client_of(role: Role, client: Option<String>) -> anyhow::Result<Option<String>> {
    match (role, client) {
        (Role::Client, None) => bail!("name the client that this user may see: --client ID"),
        (Role::Client, client) => Ok(client),
        (_, Some(_)) => bail!("--client goes with the role client only"),
        (_, None) => Ok(None),
    }
}

async fn existing(store: &Store, name: &str) -> anyhow::Result<User> {
    let name = known_good(name)?;
    store.user(&name).await?.with_context(|| format!("there is no user {name}; allclear users list names them"))
}

fn judge(outcome: UserChange, name: &str) -> anyhow::Result<()> {
    match outcome {
        UserChange::Done => Ok(()),
        UserChange::Exists => bail!("there is a user {name} already"),
        UserChange::Missing => bail!("there is no user {name}; allclear users list names them"),
        UserChange::NoAdmin => bail!("an admin has to be there who can sign in: add one first (--role admin)"),
    }
}

/// Reads and hashes a new password.
fn new_password(name: &str, file: Option<&Path>) -> anyhow::Result<String> {
    let password = match file {
        Some(path) => {
            let mut text = String::new();
            let file = std::fs::File::open(path).with_context(|| format!("reading {}", path.display()))?;
            file.take(LONGEST).read_to_string(&mut text).with_context(|| format!("reading {}", path.display()))?;
            text
        }
        None => {
            let stdin = std::io::stdin();
            if stdin.is_terminal() {
                return typed_password(name);
            }
            let mut text = String::new();
            stdin.lock().take(LONGEST).read_line(&mut text).context("reading the password")?;
            text
        }
    };
    let password = password.trim_end_matches(['\r', '\n']);
    check_password(password, name).map_err(|said| anyhow::anyhow!(said))?;
    hash_password(password)
}

/// Asks on the terminal, which shows nothing of it; twice, because nobody sees what they type.
fn typed_password(name: &str) -> anyhow::Result<String> {
    let ask = |words: &str| rpassword::prompt_password(words).context("reading the password from the terminal");
    let password = ask("Password (it is not shown): ")?;
    check_password(&password, name).map_err(|said| anyhow::anyhow!(said))?;
    anyhow::ensure!(ask("The same again: ")? == password, "the two passwords differ; nothing was changed");
    hash_password(&password)
}

async fn note(store: &Store, at_ms: i64, action: &str, target: &str, outcome: &str) -> anyhow::Result<()> {
    let (actor, ip) = ("command line".to_owned(), String::new());
    let (action, target, outcome) = (action.to_owned(), target.to_owned(), outcome.to_owned());
    store.add_audit(&AuditEntry { at_ms, actor, ip, action, target, outcome }).await
}
