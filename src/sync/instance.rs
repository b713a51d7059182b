//! One scheduler to a data folder: the second `serve` or `cron` is told who is there, instead of syncing in turns
//! with him (reliability.md R9).
//!
//! What counts is the `flock` on `data/.lock`, which ends with its process; the content is for people. The file stays
//! where it is: removing it would let two processes lock two files of that name.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use anyhow::{Context, bail};
use chrono::{DateTime, SecondsFormat, Utc};

use crate::store::documents::create_folder;

const FILE: &str = ".lock";
/// Our own content is under 100 bytes.
const MAX_CONTENT: u64 = 1024;

/// The claim on a data folder; ends when dropped.
#[derive(Debug)]
pub struct Instance {
    _file: File,
}

impl Instance {
    /// Claims the schedule of a data folder for this process.
    ///
    /// # Errors
    /// When another process has it, at once and with its pid, or the folder cannot be written.
    pub fn claim(data_dir: &Path, now: DateTime<Utc>) -> anyhow::Result<Instance> {
        create_folder(data_dir)?;
        let path = data_dir.join(FILE);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .with_context(|| format!("opening {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let _ = file.take(MAX_CONTENT).read_to_string(&mut holder);
                bail!(
                    "another Allclear keeps the data folder {} current ({}): stop it, serve only the pages with \
                     `allclear serve --no-schedule`, or give this one a --data-dir of its own",
                    data_dir.display(),
                    holder.trim()
                );
            }
            // A file system without locks has no second process that could be told apart; the sync lock still holds.
            Err(TryLockError::Error(error)) => tracing::warn!("{} cannot be locked: {error}", path.display()),
        }
        let content = format!("pid {}, since {}\n", std::process::id(), now.to_rfc3339_opts(SecondsFormat::Secs, true));
        file.set_len(0)?;
        file.seek(SeekFrom::Start(0))?;
        file.write_all(content.as_bytes()).with_context(|| format!("writing {}", path.display()))?;
        Ok(Instance { _file: file })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_refused_and_told_who_is_there() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        let first = Instance::claim(&data, Utc::now()).expect("is free");
        let error = Instance::claim(&data, Utc::now()).expect_err("is taken").to_string();
        assert!(error.contains(&format!("pid {}", std::process::id())) && error.contains("--no-schedule"), "{error}");
        drop(first);
        Instance::claim(&data, Utc::now()).expect("is free again");
    }
}
