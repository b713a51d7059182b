//! Reading an agent's database: what its files are for the others.

use std::collections::HashMap;
use std::path::PathBuf;

use chrono::Utc;

use super::logs::Ingested;
use crate::model::Cursor;
use crate::sources::opencode;
use crate::store::Store;
use crate::sync::judge::Judge;

/// Reads the databases in `roots` that changed, and stores what is new. One that cannot be read keeps no other.
pub(super) async fn ingest(
    store: &Store,
    judge: &Judge,
    roots: &[PathBuf],
    cursors: &HashMap<String, Cursor>,
    all: &mut Ingested,
) -> anyhow::Result<()> {
    let folders = roots.to_vec();
    let databases = tokio::task::spawn_blocking(move || opencode::database::find(&folders)).await?;
    // The folder of the agent is there when its database is, whatever else is in it.
    all.roots = all.roots.max(databases.len());
    all.found += databases.len();
    for path in databases {
        let cursor = cursors.get(path.to_string_lossy().as_ref());
        match opencode::database::read(&path, cursor).await {
            Ok(None) => {}
            Ok(Some(mut reading)) => {
                all.files += 1;
                judge.events(&mut reading.batch.events);
                let batch = std::mem::take(&mut reading.batch);
                let applied = store.apply(batch, Utc::now().timestamp_millis()).await?;
                all.add(reading, applied);
            }
            Err(error) => {
                all.files += 1;
                all.files_bad.add(|| format!("{error:#}"));
            }
        }
    }
    Ok(())
}
