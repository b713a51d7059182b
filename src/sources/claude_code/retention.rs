//! How long the agent keeps its logs: what it deletes, nobody can read again.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::Found;

/// What the agent does without a setting.
const DEFAULT_DAYS: u64 = 30;
const DAY: Duration = Duration::from_secs(86_400);
/// Logs that go within so many days are about to go.
const SOON_DAYS: u64 = 7;
/// The settings are kilobytes.
const MAX_BYTES: u64 = 1 << 20;

/// What is about to be deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Days a log is kept after its last line.
    pub days: u64,
    /// Where that can be changed.
    pub settings: PathBuf,
    /// Days of the oldest log there is.
    pub oldest_days: u64,
    /// Logs that go within a week.
    pub going_soon: usize,
}

impl Found {
    /// Returns what the agent is about to delete; `None` when there is no log.
    #[must_use]
    pub fn retention(&self, now: SystemTime) -> Option<Retention> {
        let settings = self.roots.first()?.parent()?.join("settings.json");
        let days = configured(&settings).unwrap_or(DEFAULT_DAYS);
        let ages: Vec<u64> = self
            .files
            .iter()
            .map(|file| now.duration_since(file.modified()).unwrap_or_default().as_secs() / DAY.as_secs())
            .collect();
        let oldest_days = ages.iter().copied().max()?;
        let going_soon = ages.iter().filter(|age| age.saturating_add(SOON_DAYS) >= days).count();
        Some(Retention { days, settings, oldest_days, going_soon })
    }
}

/// Reads `cleanupPeriodDays`; what cannot be read says nothing.
fn configured(settings: &std::path::Path) -> Option<u64> {
    let metadata = std::fs::metadata(settings).ok()?;
    let text =
        (metadata.is_file() && metadata.len() <= MAX_BYTES).then(|| std::fs::read_to_string(settings).ok())??;
    let settings: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
    settings.get("cleanupPeriodDays")?.as_u64()
}

/// `Claude Code deletes a log 30 days after its last line: 12 logs go within a week. …`
impl std::fmt::Display for Retention {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Claude Code deletes a log {} days after its last line", self.days)?;
        match self.going_soon {
            0 => {}
            1 => f.write_str(": 1 log goes within a week")?,
            many => write!(f, ": {many} logs go within a week")?,
        }
        write!(
            f,
            ". What was read is kept here. To keep the logs too, raise cleanupPeriodDays in {}",
            self.settings.display()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_within_a_week_is_told_by_the_agents_own_setting() {
        let folder = tempfile::tempdir().expect("a folder");
        let projects = folder.path().join("projects/-p");
        std::fs::create_dir_all(&projects).expect("makes it");
        let now = SystemTime::now();
        for (name, age) in [("new", 1), ("old", 24), ("older", 29)] {
            let path = projects.join(format!("{name}.jsonl"));
            std::fs::write(&path, "{}\n").expect("writes");
            let file = std::fs::File::options().write(true).open(&path).expect("opens");
            file.set_modified(now - DAY * age).expect("ages");
        }
        let retention = || super::super::find(&[folder.path().to_owned()]).retention(now).expect("has logs");
        let found = retention();
        assert_eq!((found.days, found.oldest_days, found.going_soon), (30, 29, 2));
        assert!(found.to_string().contains("2 logs go within a week"), "{found}");
        std::fs::write(folder.path().join("settings.json"), "{\"cleanupPeriodDays\": 365}").expect("writes");
        assert_eq!((retention().days, retention().going_soon), (365, 0));
        std::fs::write(folder.path().join("settings.json"), "{\"cleanupPeriodDays\": }").expect("writes");
        assert_eq!(retention().days, 30, "a broken file says nothing");
    }
}
