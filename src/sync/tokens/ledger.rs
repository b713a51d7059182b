//! Reading `data/tokens.json`, the entries typed by hand.

use std::path::Path;

use anyhow::Context;
use chrono::Utc;

use super::counted;
use crate::config::Config;
use crate::model::{Batch, Replaces};
use crate::sources::{Problems, Source, manual};
use crate::store::Store;
use crate::sync::judge::Judge;

/// Reads `tokens.json` when it changed; returns what to say and how many facts changed, `None` when there is no file.
///
/// # Errors
/// When the file is broken, with place and remedy, or the database cannot be written; nothing has changed then.
pub async fn ingest_manual(store: &Store, config: &Config, data_dir: &Path) -> anyhow::Result<Option<(String, u64)>> {
    let judge = Judge::new(config, Source::Manual);
    judge.refresh(store).await?;
    let cursors = store.cursors(manual::NAME).await?;
    let known = !cursors.is_empty();
    let data_dir = data_dir.to_owned();
    let reading = tokio::task::spawn_blocking(move || manual::read(&data_dir, cursors.values().next()))
        .await
        .context("reading tokens.json")??;
    let (mut batch, bad) = match reading {
        manual::Reading::Missing if !known => return Ok(None),
        // The file was deleted: it is the truth, so its entries go too.
        manual::Reading::Missing => {
            (Batch { source: manual::NAME, replaces: Replaces::Everything, ..Batch::default() }, Problems::default())
        }
        manual::Reading::Unchanged => return Ok(Some(("Nothing new".to_owned(), 0))),
        manual::Reading::Read { batch, entries_bad } => (batch, entries_bad),
    };
    judge.events(&mut batch.events);
    let entries = batch.events.len() as u64;
    let applied = store.apply(batch, Utc::now().timestamp_millis()).await?;
    let mut message = format!("tokens.json holds {}", counted(entries, "entry", "entries"));
    if bad.count > 0 {
        message += &format!(". {} passed over: {}", counted(bad.count, "entry", "entries"), bad.examples.join("; "));
    }
    Ok(Some((message, applied.changed)))
}
