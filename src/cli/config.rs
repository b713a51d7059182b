//! `allclear config show|check|example`.

use std::process::ExitCode;

use clap::Subcommand;
use serde_json::json;

use crate::config::{ConfigStore, example};

#[derive(Clone, Copy, Debug, Subcommand)]
pub(super) enum Action {
    /// Print the choices in force
    Show,
    /// Check the files of data/config; fails when one is broken
    Check,
    /// Print an example of every file
    Example,
}

pub(super) fn run(config: &ConfigStore, action: &Action) -> anyhow::Result<ExitCode> {
    let text = match action {
        Action::Show => {
            let current = config.current();
            let shown = json!({
                "dataDir": config.environment.data_dir, "addr": config.environment.addr, "timezone": current.zone.to_string(),
                "sync.json": current.sync, "sources.json": current.sources,
                "budget.json": current.budget, "alerts.json": current.alerts, "channels.json": current.channels,
                "currency.json": current.currency, "sign-in.json": current.sign_in,
                "prices": {"models": current.prices.models(), "compiled": current.prices.compiled()},
            });
            serde_json::to_string_pretty(&shown)?
        }
        Action::Example => serde_json::to_string_pretty(&example())?,
        Action::Check => {
            let problems = config.problems();
            for problem in &problems {
                super::print(&format!("{}: {}", problem.path(), problem.message))?;
            }
            if problems.is_empty() {
                super::print(&format!("The files in {} are fine.", config.config_dir().display()))?;
            }
            return Ok(if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
    };
    super::print(&text)?;
    Ok(ExitCode::SUCCESS)
}
