//! `allclear prices list|set|update`: which prices there are, and how to have others.

mod list;
mod set;
mod update;

use std::process::ExitCode;
use std::sync::Arc;

use clap::Subcommand;

use crate::config::ConfigStore;

#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// List the prices in force today, or the models without one
    List(list::Args),
    /// Set a price of your own, in data/config/prices.json
    Set(set::Args),
    /// Take over a public price list: LiteLLM's or models.dev's
    Update(update::Args),
}

pub(crate) async fn run(config: Arc<ConfigStore>, action: Action) -> anyhow::Result<ExitCode> {
    match action {
        Action::List(args) => list::run(&config, &args).await,
        Action::Set(args) => set::run(&config, args),
        Action::Update(args) => update::run(&config, args).await,
    }
}
