//! `allclear reprice`: the cost of everything stored, again, with the prices in force.
//!
//! A sync does the same by itself when the prices change; this does it now, and says what came of it. It must never run
//! beside a sync, so it takes the same lock.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::bail;
use chrono::Utc;
use serde::Serialize;
use serde_json::json;

use crate::config::{Config, ConfigStore};
use crate::model::{RollupRow, Usd};
use crate::sources::Source;
use crate::store::Store;
use crate::sync::lock::{self, Acquire};
use crate::sync::{Judge, LOCK_FILE};

#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// What repricing changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Repriced {
    /// Facts whose cost is another one now.
    pub changed: u64,
    pub messages: u64,
    pub cost_before: Usd,
    pub cost_after: Usd,
    pub difference: Usd,
    pub unpriced_before: u64,
    pub unpriced_after: u64,
}

pub(crate) async fn run(config: Arc<ConfigStore>, args: Args) -> anyhow::Result<ExitCode> {
    let lock = lock::acquire(&config.environment.data_dir.join(LOCK_FILE), Utc::now())?;
    let _lock = match lock {
        Acquire::Held(lock) => lock,
        Acquire::Busy(holder) => {
            let busy = format!("a sync is running ({holder}); try again when it is done");
            if args.json {
                super::print(&serde_json::to_string_pretty(&json!({"status": "busy", "error": busy}))?)?;
            } else {
                super::say(&format!("allclear: {busy}"));
            }
            return Ok(ExitCode::FAILURE);
        }
    };
    // What was read before the lock was ours may have changed.
    config.reload();
    let store = Store::open(&config.environment.data_dir).await?;
    let repriced = reprice(&config, &store).await;
    store.close().await;
    let repriced = repriced?;
    super::print(&if args.json { serde_json::to_string_pretty(&repriced)? } else { told(&repriced) })?;
    Ok(ExitCode::SUCCESS)
}

/// Judges everything stored anew. The caller holds the lock.
pub(crate) async fn reprice(config: &ConfigStore, store: &Store) -> anyhow::Result<Repriced> {
    let current = config.current();
    if current.prices_stamp.is_none() {
        let problem = config.problems().into_iter().find(|problem| problem.file.contains("prices"));
        let problem = problem.map_or_else(String::new, |problem| format!("{}: {}. ", problem.path(), problem.message));
        bail!("{problem}Mend the file first: without it, costs would be computed with the wrong prices");
    }
    let before = Sum::of(&store.rollup(None).await?);
    let mut changed = 0;
    for source in Source::ALL {
        // Days stay those of the dashboard: --timezone is for reports.
        let zone = Judge::stored_zone(store, source).await?.unwrap_or(current.zone);
        let judge = Judge::new(&Config { zone, ..Config::clone(&current) }, source);
        changed += judge.reprice(store).await?;
    }
    let after = Sum::of(&store.rollup(None).await?);
    Ok(Repriced {
        changed,
        messages: after.messages,
        cost_before: before.cost,
        cost_after: after.cost,
        difference: after.cost - before.cost,
        unpriced_before: before.unpriced,
        unpriced_after: after.unpriced,
    })
}

#[derive(Default)]
struct Sum {
    messages: u64,
    cost: Usd,
    unpriced: u64,
}

impl Sum {
    fn of(rows: &[RollupRow]) -> Sum {
        let mut sum = Sum::default();
        for row in rows {
            sum.messages += row.spend.messages;
            sum.cost += row.spend.known_cost();
            sum.unpriced += row.spend.unpriced_messages;
        }
        sum
    }
}

fn told(repriced: &Repriced) -> String {
    let Repriced { changed, messages, cost_before, cost_after, difference, .. } = repriced;
    if *changed == 0 {
        return format!("All {messages} messages cost what they did: {cost_after}.");
    }
    let sign = if *difference > Usd::ZERO { "+" } else { "" };
    let mut text = format!(
        "{changed} of {messages} messages cost something else now: {cost_before} became {cost_after} ({sign}{difference})."
    );
    if repriced.unpriced_before != repriced.unpriced_after {
        text += &format!(
            "\nWithout a price are {} messages, where it was {}.",
            repriced.unpriced_after, repriced.unpriced_before
        );
    }
    text + "\nThe dashboard shows it after the next sync."
}
