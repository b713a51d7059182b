//! The sync lock: at most one run at a time on a data directory, whoever starts it.
//!
//! What counts is the `flock` on `data/.sync-lock`: it ends with its process, however that ends. The content (start
//! time, pid, host) is for people. Must never judge a holder by its pid: pids are used again.
//!
//! One rule carries everything: **only who holds the flock of the file that is at the path may replace or remove it.**
//! Cases considered:
//! - *Created and locked are one step*: the file is written and locked under a temporary name, then linked into place,
//!   so nobody can meet it empty, and a `kill -9` cannot leave a file that names no holder.
//! - *Locked, but the wrong file*: between open and lock the holder may have removed the file. So after locking, the
//!   file at the path must still be the one we locked, else we start over.
//! - *Not locked, names a pid*: the holder is dead; taken over at once. (On a network file system that does not carry
//!   flock between hosts a live holder looks dead; the database's own lock still keeps two writers apart.)
//! - *Not locked, names nobody*: made by hand, to hold syncs back. Good for one hour by the time written in it or else
//!   by its age, then stale. A time in the future says nothing; if the file's age is in the future too, it is stale,
//!   because a clock once set wrong must not hold syncs back for a year.

use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::{Context, bail};
use chrono::{DateTime, NaiveDateTime, SecondsFormat, TimeDelta, Utc};

use crate::store::documents::create_temp;

/// How long a lock file made by hand holds syncs back.
const FRESH: TimeDelta = TimeDelta::hours(1);
/// Clocks of two machines may differ so much; a time further ahead is not believed.
const CLOCK_SKEW: TimeDelta = TimeDelta::minutes(5);
/// Each attempt is lost to another process that got on; losing so many in a row means something else is wrong.
const MAX_ATTEMPTS: u32 = 100;
/// Our own content is under 400 bytes.
const MAX_CONTENT: u64 = 4096;

/// Holds the lock until dropped.
#[derive(Debug)]
pub struct SyncLock {
    path: PathBuf,
    file: File,
}

#[derive(Debug)]
pub enum Acquire {
    Held(SyncLock),
    Busy(Holder),
}

/// What the lock file says about its holder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holder {
    pub since: Option<DateTime<Utc>>,
    pub pid: Option<u32>,
    pub host: Option<String>,
}

/// Takes the lock at `path` or says who has it; never waits for a run. Does blocking IO, a few milliseconds.
pub fn acquire(path: &Path, now: DateTime<Utc>) -> anyhow::Result<Acquire> {
    acquire_with(path, now, hard_link).with_context(|| format!("taking the sync lock {}", path.display()))
}

/// How a file gets its second name: an argument, because some file systems cannot do it.
type Link = fn(&Path, &Path) -> io::Result<()>;

fn hard_link(temp: &Path, path: &Path) -> io::Result<()> {
    fs::hard_link(temp, path)
}

fn acquire_with(path: &Path, now: DateTime<Utc>, link: Link) -> anyhow::Result<Acquire> {
    for _ in 0..MAX_ATTEMPTS {
        let file = match OpenOptions::new().read(true).write(true).open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => match create(path, now, link)? {
                Some(lock) => return Ok(Acquire::Held(lock)),
                None => continue,
            },
            Err(error) => return Err(error.into()),
        };
        match file.try_lock() {
            Ok(()) if !is_at(&file, path) => {}
            Ok(()) => match held_back_by_hand(&file, now)? {
                Some(holder) => return Ok(Acquire::Busy(holder)),
                None => return Ok(Acquire::Held(take_over(path, now)?)),
            },
            Err(TryLockError::WouldBlock) => return Ok(Acquire::Busy(Holder::parse(&content_of(&file)?))),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
    }
    bail!("it changed {MAX_ATTEMPTS} times while being looked at; if it is a link that leads nowhere, remove it")
}

/// Makes the lock file where there was none; `None` when somebody else was faster.
fn create(path: &Path, now: DateTime<Utc>, link: Link) -> io::Result<Option<SyncLock>> {
    let (temp, file) = locked_temp(path, now)?;
    let placed = match link(&temp, path) {
        Err(error) if matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::Unsupported) => {
            place_without_link(&temp, path)
        }
        linked => linked,
    };
    let _ = fs::remove_file(&temp);
    match placed {
        Ok(()) => Ok(Some(SyncLock { path: path.to_path_buf(), file })),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(None),
        Err(error) => Err(error),
    }
}

/// Claims the name with an empty file, locks that, and replaces it: for FAT and some FUSE mounts, without hard links.
fn place_without_link(temp: &Path, path: &Path) -> io::Result<()> {
    let claim = OpenOptions::new().write(true).create_new(true).open(path)?;
    // Waits, but only for somebody who looks at the claim this very moment; he finds it fresh and lets go.
    claim.lock()?;
    if is_at(&claim, path) { fs::rename(temp, path) } else { Err(ErrorKind::AlreadyExists.into()) }
}

/// Replaces the lock file of a dead or absent holder. The caller has that file locked.
fn take_over(path: &Path, now: DateTime<Utc>) -> io::Result<SyncLock> {
    let (temp, file) = locked_temp(path, now)?;
    if let Err(error) = fs::rename(&temp, path) {
        let _ = fs::remove_file(&temp);
        return Err(error);
    }
    Ok(SyncLock { path: path.to_path_buf(), file })
}

/// Writes a lock file under a temporary name and locks it, ready to be put in place.
fn locked_temp(path: &Path, now: DateTime<Utc>) -> io::Result<(PathBuf, File)> {
    let (temp, mut file) = create_temp(path)?;
    let mut content = format!("{}\npid {}\n", now.to_rfc3339_opts(SecondsFormat::Millis, true), std::process::id());
    if let Some(host) = host_name() {
        content.push_str(&format!("host {host}\n"));
    }
    let locked = file.write_all(content.as_bytes()).and_then(|()| file.try_lock().map_err(io::Error::from));
    // On the disk before it has its name: a file emptied by a power cut would hold syncs back for an hour.
    match locked.and_then(|()| file.sync_all()) {
        Ok(()) => Ok((temp, file)),
        Err(error) => {
            let _ = fs::remove_file(&temp);
            Err(error)
        }
    }
}

/// Judges a lock file that no process holds: returns its maker while it is to be respected, `None` to take it over.
fn held_back_by_hand(file: &File, now: DateTime<Utc>) -> io::Result<Option<Holder>> {
    let holder = Holder::parse(&content_of(file)?);
    if holder.pid.is_some() {
        tracing::warn!(%holder, "The last sync was cut off (running {holder}) - taking over its lock");
        return Ok(None);
    }
    let touched = file.metadata()?.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let touched = touched.and_then(|age| DateTime::from_timestamp(i64::try_from(age.as_secs()).ok()?, 0));
    let since = [holder.since, touched].into_iter().flatten().find(|time| *time - now <= CLOCK_SKEW);
    match since.map(|since| now - since) {
        Some(age) if age < FRESH => return Ok(Some(Holder { since, ..holder })),
        Some(age) => tracing::warn!("Stale lock file detected ({}min old) - removing", age.num_minutes()),
        None => tracing::warn!("Stale lock file detected (dated in the future) - removing"),
    }
    Ok(None)
}

impl Drop for SyncLock {
    fn drop(&mut self) {
        // Somebody may have removed our file by hand, and the one now at the path is another run's.
        if is_at(&self.file, &self.path)
            && let Err(error) = fs::remove_file(&self.path)
        {
            tracing::warn!(%error, "The sync lock {} cannot be removed; the next run takes it over", self.path.display());
        }
        // Not left to closing: a child process just being started has a copy of the descriptor for a moment.
        let _ = self.file.unlock();
    }
}

impl Holder {
    fn parse(content: &str) -> Holder {
        let field =
            |name: &str| content.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')).map(str::trim);
        Holder {
            since: content.lines().next().and_then(parse_time),
            pid: field("pid").and_then(|pid| pid.parse().ok()),
            host: field("host").map(str::to_owned),
        }
    }
}

/// `since 12:03:11 UTC by pid 123 on host`, as far as it is known.
impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.since {
            Some(since) => write!(f, "since {} UTC", since.format("%H:%M:%S"))?,
            None => f.write_str("since an unknown time")?,
        }
        if let Some(pid) = self.pid {
            write!(f, " by pid {pid}")?;
        }
        match &self.host {
            Some(host) => write!(f, " on {host}"),
            None => Ok(()),
        }
    }
}

/// Reads a time as people and programs write it; without a zone it is UTC.
fn parse_time(line: &str) -> Option<DateTime<Utc>> {
    let line = line.trim();
    let zoned = DateTime::parse_from_rfc3339(line).map(|time| time.to_utc());
    zoned.ok().or_else(|| Some(NaiveDateTime::parse_from_str(line, "%Y-%m-%dT%H:%M:%S%.f").ok()?.and_utc()))
}

fn content_of(file: &File) -> io::Result<String> {
    let mut content = Vec::new();
    file.take(MAX_CONTENT).read_to_end(&mut content)?;
    Ok(String::from_utf8_lossy(&content).into_owned())
}

/// Tells whether an open file is still the one its path leads to.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |found: io::Result<fs::Metadata>| found.ok().map(|found| (found.dev(), found.ino()));
    let open = identity(file.metadata());
    open.is_some() && open == identity(fs::metadata(path))
}

#[cfg(not(unix))]
fn is_at(_file: &File, path: &Path) -> bool {
    path.exists()
}

/// What the machine is called.
pub(super) fn host_name() -> Option<String> {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").ok().or_else(|| std::env::var("HOSTNAME").ok())?;
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests;
