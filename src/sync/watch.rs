//! Notices a grown log or an edited choice on disk, so that it is on the screen within a second.
//!
//! Only wakes the engine; what changed is found out by reading, as always. When the operating system cannot watch
//! (no inotify instance left, a network folder), the schedule still keeps everything current, and this says so.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use super::engine::{Engine, blocking};
use super::run::Outcome;
use crate::model::Trigger;
use crate::sources::logs::ends_with;
use crate::sources::{Source, opencode};

/// Events that follow within this time are one: the agent writes many lines a second.
const SETTLE: Duration = Duration::from_millis(150);
/// The longest a steady stream of writes can put off reading.
const SETTLE_AT_MOST: Duration = Duration::from_millis(500);
/// How often folders that did not exist at start are looked for.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Changed {
    Logs,
    Choices,
}

/// Watches until the engine stops.
pub async fn watch_logs(engine: Arc<Engine>) {
    let mut stopping = engine.stopping();
    let (tell, mut told) = mpsc::channel(64);
    let mut watched = Watched { engine: engine.clone(), watcher: None, folders: Vec::new(), tell };
    loop {
        watched.update();
        let first = tokio::select! {
            _ = stopping.wait_for(|stop| *stop) => return,
            first = tokio::time::timeout(LOOK_AGAIN, told.recv()) => match first {
                Ok(Some(changed)) => changed,
                Ok(None) => return,
                Err(_) => continue,
            },
        };
        let mut all = vec![first];
        let latest = Instant::now() + SETTLE_AT_MOST;
        while let Ok(Some(more)) = timeout_at(latest.min(Instant::now() + SETTLE), told.recv()).await {
            all.push(more);
        }
        if all.contains(&Changed::Choices) {
            let config = engine.config.clone();
            for problem in blocking(move || Ok(config.reload())).await.unwrap_or_default() {
                tracing::warn!(
                    file = problem.file,
                    "data/config/{}: {}; the value before stays in force",
                    problem.file,
                    problem.message
                );
            }
        }
        tokio::select! {
            _ = stopping.wait_for(|stop| *stop) => return,
            () = read(&engine, all.contains(&Changed::Choices)) => {}
        }
    }
}

/// Reads what changed. A run in progress, here or in another process, may have passed the changed file already: then
/// it is waited for, and looked again.
///
/// Only after a changed choice are the providers asked too: an agent writes every second, and they are not to be asked
/// more than once a minute.
async fn read(engine: &Arc<Engine>, choices: bool) {
    let wanted = Source::ALL.into_iter().filter(|source| choices || !source.is_provider()).collect::<Vec<_>>();
    loop {
        engine.idle().await;
        match engine.run(Trigger::Watch, &wanted).await {
            Ok(Outcome::Finished(_)) => return,
            Ok(Outcome::Busy(_)) => tokio::time::sleep(SETTLE_AT_MOST).await,
            Err(error) => {
                return tracing::error!(error = format!("{error:#}"), "reading the changed logs failed: {error:#}");
            }
        }
    }
}

/// A folder that is watched, and which one of its name it was.
type Folder = (Option<(u64, u64)>, PathBuf, RecursiveMode);

struct Watched {
    engine: Arc<Engine>,
    watcher: Option<RecommendedWatcher>,
    folders: Vec<Folder>,
    tell: mpsc::Sender<Changed>,
}

impl Watched {
    /// Watches the folders that exist now: roots may appear, and settings may name others.
    fn update(&mut self) {
        let config = self.engine.config.current();
        let mut folders: Vec<(PathBuf, RecursiveMode)> = Vec::new();
        for source in Source::ALL.into_iter().filter(|source| config.sources.of(*source).enabled) {
            let Some(format) = source.logs() else { continue };
            let roots = format.roots(config.sources.of(source).roots.as_deref());
            folders.extend(format.find_roots(&roots).into_iter().map(|folder| (folder, RecursiveMode::Recursive)));
            if source == Source::OpenCode {
                // Beside its databases the agent keeps copies of whole repositories.
                let databases = opencode::database::find(&roots).into_iter();
                let parents = databases.filter_map(|path| path.parent().map(Path::to_owned));
                folders.extend(parents.map(|folder| (folder, RecursiveMode::NonRecursive)));
                folders.dedup();
            }
        }
        let choices = self.engine.config.config_dir();
        folders.extend(choices.is_dir().then(|| (choices.clone(), RecursiveMode::Recursive)));
        // A folder that was replaced has the same name and is another one.
        let identities: Vec<Folder> =
            folders.into_iter().map(|(folder, mode)| (identity(&folder), folder, mode)).collect();
        if identities == self.folders {
            return;
        }
        match self.watcher(identities.iter().map(|(_, folder, mode)| (folder, *mode)), &choices) {
            Ok(watcher) => {
                self.watcher = Some(watcher);
                self.folders = identities;
            }
            Err(error) => tracing::warn!("log files cannot be watched ({error}); the schedule reads them all the same"),
        }
    }

    fn watcher<'a>(
        &self,
        folders: impl Iterator<Item = (&'a PathBuf, RecursiveMode)>,
        choices: &Path,
    ) -> notify::Result<RecommendedWatcher> {
        let (tell, choices) = (self.tell.clone(), choices.canonicalize().unwrap_or_else(|_| choices.to_owned()));
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            let event = match event {
                Ok(event) if !event.need_rescan() => event,
                // Events were lost in a storm: anything may have changed.
                Ok(_) | Err(_) => {
                    let _ = tell.try_send(Changed::Choices);
                    return;
                }
            };
            if matches!(event.kind, EventKind::Access(_)) {
                return;
            }
            let is_choice = event.paths.iter().any(|path| path.starts_with(&choices));
            let is_log = event.paths.iter().any(|path| is_log(path));
            if is_choice || is_log || matches!(event.kind, EventKind::Create(_)) {
                // A full channel already holds a wake-up.
                let _ = tell.try_send(if is_choice { Changed::Choices } else { Changed::Logs });
            }
        })?;
        for (folder, mode) in folders {
            watcher.watch(folder, mode)?;
        }
        Ok(watcher)
    }
}

/// Whether any agent writes a log of this name, or what is beside its database.
fn is_log(path: &Path) -> bool {
    let mut formats = Source::ALL.into_iter().filter_map(Source::logs);
    formats.any(|format| (format.is_log)(path)) || ends_with(path, &["db", "db-wal"])
}

fn identity(folder: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(folder).ok().map(|metadata| (metadata.dev(), metadata.ino()))
}
