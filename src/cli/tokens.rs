//! `allclear tokens`: keys for scripts.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::bail;
use chrono::{DateTime, Utc};
use clap::Subcommand;

use super::{print, say};
use crate::config::ConfigStore;
use crate::model::TokenScope;
use crate::server::new_token;
use crate::store::{AuditEntry, Store};

#[derive(Debug, Subcommand)]
pub(super) enum Action {
    /// Make a token for a user and print it; it is shown this once
    Add {
        /// Whose it is: it may never do more than that user
        user: String,
        /// What it is for
        label: String,
        /// read, sync or admin
        #[arg(long, default_value = "read", value_parser = scope)]
        scope: TokenScope,
        /// Days until it ends
        #[arg(long, default_value_t = 90)]
        days: u32,
    },
    /// List the tokens
    List,
    /// Take a token out of use
    Revoke { id: String },
}

fn scope(text: &str) -> Result<TokenScope, String> {
    TokenScope::parse(text).ok_or_else(|| "write read, sync or admin".to_owned())
}

pub(super) async fn run(config: Arc<ConfigStore>, action: Action) -> anyhow::Result<ExitCode> {
    let store = Store::open(&config.environment.data_dir).await?;
    let outcome = act(&store, action).await;
    store.close().await;
    outcome.map(|()| ExitCode::SUCCESS)
}

async fn act(store: &Store, action: Action) -> anyhow::Result<()> {
    let at_ms = Utc::now().timestamp_millis();
    let entry = |action: &str, target: &str| AuditEntry {
        at_ms,
        actor: "command line".to_owned(),
        action: action.to_owned(),
        target: target.to_owned(),
        outcome: "ok".to_owned(),
        ..AuditEntry::default()
    };
    match action {
        Action::Add { user, label, scope, days } => {
            let user = user.trim().to_lowercase();
            if store.user(&user).await?.is_none() {
                bail!("there is no user {user}; allclear users list names them");
            }
            let made = new_token(store, &user, &label, scope, days, at_ms).await;
            let key = made.map_err(|error| anyhow::anyhow!(error.to_string()))?;
            store.add_audit(&entry("token made", &format!("{label} of {user}"))).await?;
            print(&key)
        }
        Action::List => {
            let tokens = store.tokens().await?;
            if tokens.is_empty() {
                say("There are no tokens. Make one: allclear tokens add USER LABEL");
            }
            for token in tokens {
                let ends = DateTime::from_timestamp_millis(token.expires_ms).unwrap_or_default().date_naive();
                let over = if token.expires_ms <= at_ms { " (over)" } else { "" };
                print(&format!(
                    "{}  {}  {}  {}  until {ends}{over}",
                    token.id,
                    token.user_name,
                    token.scope.name(),
                    token.label
                ))?;
            }
            Ok(())
        }
        Action::Revoke { id } => {
            if !store.remove_token(&id, None).await? {
                bail!("there is no token {id}; allclear tokens list names them");
            }
            store.add_audit(&entry("token revoked", &id)).await?;
            say("The token counts no longer.");
            Ok(())
        }
    }
}
