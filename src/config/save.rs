//! Writing a file of choices back: whole or not at all, and never over what somebody else has just written.
//!
//! Two people may have the settings open at once: who writes says what was read, and is refused when that is no longer
//! what the file says. Keys nobody touched stay as they stand in the file, and defaults are not written into it. Never
//! writes a file it would refuse to read, nor over one that cannot be read unless told to.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::files::{self, Validate};
use super::{ALERTS_FILE, Config, SourcesFile, SyncFile, config_dir};
use crate::model::{AlertsFile, BudgetFile, CURRENCY_FILE, CurrencyFile, fingerprint};
use crate::store::documents::write_json;

/// A file of `data/config` that forms and scripts change.
pub trait Choices:
    Validate + Serialize + DeserializeOwned + Default + Clone + PartialEq + Send + Sync + 'static
{
    const FILE: &'static str;

    /// Those in force.
    fn of(config: &Config) -> &Self;
}

macro_rules! choices {
    ($($type:ty: $field:ident in $file:expr,)*) => {
        $(impl Choices for $type {
            const FILE: &'static str = $file;

            fn of(config: &Config) -> &$type {
                &config.$field
            }
        })*
    };
}

choices! {
    BudgetFile: budget in "budget.json",
    AlertsFile: alerts in ALERTS_FILE,
    CurrencyFile: currency in CURRENCY_FILE,
    SyncFile: sync in "sync.json",
    SourcesFile: sources in "sources.json",
}

/// Why choices were not written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A sentence for every field that is wrong.
    Invalid(Vec<String>),
    /// Somebody else has written in between.
    Changed,
    /// What lies there cannot be read, and why.
    Broken(String),
    Failed(String),
}

/// Names what a file says at this moment.
#[must_use]
pub fn version_of<T: Choices>(data_dir: &Path) -> String {
    let text = files::text(&config_dir(data_dir), T::FILE).ok().flatten();
    format!("{:016x}", fingerprint(text.unwrap_or_default().as_bytes()))
}

/// Reads and checks what is to be written.
///
/// # Errors
/// When it cannot be meant: a sentence for every field.
pub fn parse_choices<T: Choices>(json: &str) -> Result<T, Vec<String>> {
    let file: T = files::parse(json).map_err(|message| vec![message])?;
    let wrong = file.problems();
    if wrong.is_empty() { Ok(file) } else { Err(wrong) }
}

/// Writes a file of choices as a whole. `read` is the [`version_of`] it was made from; without one nobody is asked.
///
/// # Errors
/// When the file has changed since, or cannot be written; it stays as it is.
pub fn save_choices<T: Choices>(data_dir: &Path, file: &T, read: Option<&str>) -> Result<(), Refusal> {
    static SAVING: Mutex<()> = Mutex::new(());
    let _saving = SAVING.lock().unwrap_or_else(PoisonError::into_inner);
    if read.is_some_and(|read| read != version_of::<T>(data_dir)) {
        return Err(Refusal::Changed);
    }
    write(data_dir, file)
}

/// Changes what a file of choices says now. `change` gets the file's choices and its version, and may refuse. A file that
/// cannot be read is written over only with `instead`, which is taken for what it says.
///
/// # Errors
/// When it refuses, or the file cannot be read or written; it stays as it is.
pub fn change_choices<T: Choices>(
    data_dir: &Path,
    instead: Option<T>,
    change: impl FnOnce(T, &str) -> Result<T, Refusal>,
) -> Result<(), Refusal> {
    static CHANGING: Mutex<()> = Mutex::new(());
    let _changing = CHANGING.lock().unwrap_or_else(PoisonError::into_inner);
    let version = version_of::<T>(data_dir);
    let there = match (current::<T>(data_dir), instead) {
        (Ok(there), _) => there,
        (Err(_), Some(instead)) => instead,
        (Err(message), None) => return Err(Refusal::Broken(message)),
    };
    let changed = change(there, &version)?;
    save_choices(data_dir, &changed, Some(&version))
}

/// Reads what a file says at this moment, with its version; the error says why it cannot be read.
///
/// # Errors
/// When it is broken; the choices in force are then others.
pub fn read_choices<T: Choices>(data_dir: &Path) -> (Result<T, String>, String) {
    (current(data_dir), version_of::<T>(data_dir))
}

fn current<T: Choices>(data_dir: &Path) -> Result<T, String> {
    let text = files::text(&config_dir(data_dir), T::FILE).map_err(|problem| problem.message)?;
    text.map_or_else(|| Ok(T::default()), |text| parse_choices(&text).map_err(|said| said.join("; ")))
}

fn write<T: Choices>(data_dir: &Path, file: &T) -> Result<(), Refusal> {
    let wrong = file.problems();
    if !wrong.is_empty() {
        return Err(Refusal::Invalid(wrong));
    }
    let failed = |error: serde_json::Error| Refusal::Failed(format!("{}: {error}", T::FILE));
    let new = serde_json::to_value(file).map_err(failed)?;
    let usual = serde_json::to_value(T::default()).map_err(failed)?;
    let text = files::text(&config_dir(data_dir), T::FILE).ok().flatten().unwrap_or_default();
    let old = serde_json::from_str(&text).unwrap_or(Value::Null);
    let path = config_dir(data_dir).join(T::FILE);
    write_json(&path, &laid_over(&old, new, &usual)).map_err(|error| Refusal::Failed(format!("{error:#}")))
}

/// What is to be written: the new choices, without those that are usual and were not written before.
fn laid_over(old: &Value, new: Value, usual: &Value) -> Value {
    let Value::Object(new) = new else { return new };
    let kept = new.into_iter().filter(|(key, value)| old.get(key).is_some() || usual.get(key) != Some(value));
    Value::Object(kept.collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::Usd;

    fn folder(file: &str, text: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(config_dir(folder.path())).expect("makes one");
        std::fs::write(config_dir(folder.path()).join(file), text).expect("writes");
        folder
    }

    fn read(data_dir: &Path, file: &str) -> Value {
        serde_json::from_slice(&std::fs::read(config_dir(data_dir).join(file)).expect("reads")).expect("is JSON")
    }

    #[test]
    fn who_read_an_older_file_does_not_overwrite_a_newer_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let read = version_of::<AlertsFile>(folder.path());
        let file = AlertsFile { group_from: 4, ..AlertsFile::default() };
        save_choices(folder.path(), &file, Some(&read)).expect("is written");
        assert_ne!(version_of::<AlertsFile>(folder.path()), read);
        let other = AlertsFile { group_from: 5, ..AlertsFile::default() };
        assert_eq!(save_choices(folder.path(), &other, Some(&read)), Err(Refusal::Changed));
        assert_eq!(current::<AlertsFile>(folder.path()), Ok(file));
        save_choices(folder.path(), &other, None).expect("who read nothing writes");
        let wrong = AlertsFile { group_from: 0, ..AlertsFile::default() };
        assert!(matches!(save_choices(folder.path(), &wrong, None), Err(Refusal::Invalid(_))));
    }

    #[test]
    fn what_a_change_does_not_touch_stays_as_it_stands() {
        let before = json!({"cron": "0 9 * * *", "enabled": true, "retry": {"maxAttempts": 5}});
        let folder = folder("sync.json", &before.to_string());
        let paused = |file: SyncFile, _: &str| Ok(SyncFile { enabled: false, ..file });
        change_choices(folder.path(), None, paused).expect("is written");
        assert_eq!(
            read(folder.path(), "sync.json"),
            json!({"cron": "0 9 * * *", "enabled": false, "retry": {"maxAttempts": 5}})
        );
        let usual =
            |_: BudgetFile, _: &str| Ok(BudgetFile { monthly: Usd::parse_dollars("0.1"), ..BudgetFile::default() });
        change_choices(folder.path(), None, usual).expect("is written");
        assert_eq!(read(folder.path(), "budget.json"), json!({"monthly": 0.1}), "no defaults are written down");
    }

    #[test]
    fn a_file_that_cannot_be_read_is_written_over_only_when_told_to() {
        for broken in ["{\"intervalMinutes\": ", "{\"interval\": 3}", "{\"intervalMinutes\": 0}"] {
            let folder = folder("sync.json", broken);
            let every = |file: SyncFile, _: &str| Ok(SyncFile { interval_minutes: 30, ..file });
            let said = change_choices(folder.path(), None, every);
            assert!(matches!(said, Err(Refusal::Broken(message)) if !message.is_empty()), "{broken}");
            assert_eq!(std::fs::read_to_string(config_dir(folder.path()).join("sync.json")).expect("reads"), broken);
            let instead = SyncFile { enabled: false, ..SyncFile::default() };
            change_choices(folder.path(), Some(instead), every).expect("is written");
            assert_eq!(
                (
                    read(folder.path(), "sync.json")["intervalMinutes"].clone(),
                    read(folder.path(), "sync.json")["enabled"].clone()
                ),
                (json!(30), json!(false))
            );
        }
    }
}
