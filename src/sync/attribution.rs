//! Which project usage belongs to: gathers the rules, the names and the repositories that say it.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use super::engine::blocking;
use crate::analytics::{Attribution, ProjectPlaces};
use crate::config::Config;
use crate::model::{Project, RollupRow};
use crate::sources::repository;
use crate::store::Store;

/// Gathers what it takes to say which project the usage of some rows belongs to.
///
/// # Errors
/// When the database cannot be read.
pub async fn attribution(
    store: &Store,
    config: &Config,
    rows: &[RollupRow],
    projects: &[Project],
) -> anyhow::Result<Attribution> {
    let places = rows.iter().map(|row| row.project.clone()).collect();
    attribution_of(store, config, places, projects).await
}

/// Gathers what it takes to say which project each of some places belongs to.
pub(super) async fn attribution_of(
    store: &Store,
    config: &Config,
    places: HashSet<Arc<str>>,
    projects: &[Project],
) -> anyhow::Result<Attribution> {
    let names = store.names().await?;
    let rules = config.projects.clone();
    let mut repositories = HashMap::new();
    if Attribution::asks_for_repositories(&rules) {
        repositories = blocking(move || {
            let remote = |folder: Arc<str>| Some((folder.to_string(), repository::remote(Path::new(folder.as_ref()))?));
            Ok(places.into_iter().filter(|folder| folder.starts_with('/')).filter_map(remote).collect())
        })
        .await?;
    }
    let projects = projects.iter().map(ProjectPlaces::of).collect();
    Ok(Attribution { rules, names, repositories, projects })
}
