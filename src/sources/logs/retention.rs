//! How long the agent keeps its logs: what it deletes, nobody can read again.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use super::{Found, LogFormat};

const DAY: Duration = Duration::from_secs(86_400);
/// Logs that go within so many days are about to go.
const SOON_DAYS: u64 = 7;

/// How long an agent keeps a log, by its settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keeps {
    /// Days a log is kept after its last line.
    pub days: u64,
    /// The setting that says so.
    pub setting: &'static str,
    /// The file it stands in.
    pub settings: PathBuf,
}

/// What is about to be deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retention {
    pub agent: &'static str,
    pub keeps: Keeps,
    /// Days of the oldest log there is.
    pub oldest_days: u64,
    /// Logs that go within a week.
    pub going_soon: usize,
}

impl Found {
    /// Returns what the agent is about to delete; `None` when there is no log, or none is ever deleted.
    #[must_use]
    pub fn retention(&self, format: &LogFormat, now: SystemTime) -> Option<Retention> {
        let keeps = (format.keeps)(self.roots.first()?)?;
        let ages: Vec<u64> = self
            .files
            .iter()
            .map(|file| now.duration_since(file.modified()).unwrap_or_default().as_secs() / DAY.as_secs())
            .collect();
        let oldest_days = ages.iter().copied().max()?;
        let going_soon = ages.iter().filter(|age| age.saturating_add(SOON_DAYS) >= keeps.days).count();
        Some(Retention { agent: format.agent, keeps, oldest_days, going_soon })
    }
}

/// `Claude Code deletes a log 30 days after its last line: 12 logs go within a week. …`
impl std::fmt::Display for Retention {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} deletes a log {} days after its last line", self.agent, self.keeps.days)?;
        match self.going_soon {
            0 => {}
            1 => f.write_str(": 1 log goes within a week")?,
            many => write!(f, ": {many} logs go within a week")?,
        }
        write!(
            f,
            ". What was read is kept here. To keep the logs too, raise {} in {}",
            self.keeps.setting,
            self.keeps.settings.display()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::claude_code::FORMAT;

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
        let retention = || FORMAT.find(&[folder.path().to_owned()]).retention(&FORMAT, now).expect("has logs");
        let found = retention();
        assert_eq!((found.keeps.days, found.oldest_days, found.going_soon), (30, 29, 2));
        assert!(found.to_string().contains("2 logs go within a week"), "{found}");
        std::fs::write(folder.path().join("settings.json"), "{\"cleanupPeriodDays\": 365}").expect("writes");
        assert_eq!((retention().keeps.days, retention().going_soon), (365, 0));
        std::fs::write(folder.path().join("settings.json"), "{\"cleanupPeriodDays\": }").expect("writes");
        assert_eq!(retention().keeps.days, 30, "a broken file says nothing");
    }
}
