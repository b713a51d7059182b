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

fn host_name() -> Option<String> {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").ok().or_else(|| std::env::var("HOSTNAME").ok())?;
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufRead;
    use std::process::{Child, Command, Stdio};

    const CHILD: &str = "ALLCLEAR_TEST_LOCK";

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp_millis(Utc::now().timestamp_millis()).expect("the present is in range")
    }

    fn place() -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = dir.path().join(".sync-lock");
        (dir, path)
    }

    fn held(path: &Path, now: DateTime<Utc>) -> SyncLock {
        match acquire(path, now).expect("looks at the lock") {
            Acquire::Held(lock) => lock,
            Acquire::Busy(holder) => panic!("held {holder}"),
        }
    }

    fn busy(path: &Path, now: DateTime<Utc>) -> Holder {
        match acquire(path, now).expect("looks at the lock") {
            Acquire::Busy(holder) => holder,
            Acquire::Held(_) => panic!("was free"),
        }
    }

    /// Leaves a lock file made by hand and returns who holds syncs back `minutes` after it was touched, if anybody.
    fn by_hand(content: &str, minutes: i64) -> Option<Holder> {
        let (dir, path) = place();
        fs::write(&path, content).expect("writes");
        let touched = DateTime::<Utc>::from(fs::metadata(&path).and_then(|file| file.modified()).expect("has a time"));
        let acquired = acquire(&path, touched + TimeDelta::minutes(minutes)).expect("looks at the lock");
        let leftovers = fs::read_dir(dir.path()).expect("lists").count();
        assert_eq!(leftovers, 1, "only the lock file itself");
        match acquired {
            Acquire::Busy(holder) => Some(holder),
            Acquire::Held(_) => None,
        }
    }

    #[test]
    fn a_held_lock_names_its_holder_and_leaves_nothing() {
        let (dir, path) = place();
        let lock = held(&path, now());
        let holder = busy(&path, now() + TimeDelta::days(365));
        assert_eq!((holder.pid, holder.host), (Some(std::process::id()), host_name()));
        assert!(fs::read_to_string(&path).expect("reads").lines().next().and_then(parse_time).is_some());
        drop(lock);
        assert_eq!(fs::read_dir(dir.path()).expect("lists").count(), 0);
        held(&path, now());
    }

    #[test]
    fn a_holder_reads_as_a_phrase() {
        let holder = Holder::parse("2026-11-21T12:03:11.250Z\npid 123\nhost box\n");
        assert_eq!(holder.to_string(), "since 12:03:11 UTC by pid 123 on box");
        assert_eq!(Holder::parse("2026-11-21T12:03:11").to_string(), "since 12:03:11 UTC");
        assert_eq!(Holder::parse("\npid x").to_string(), "since an unknown time");
    }

    #[test]
    fn a_lock_made_by_hand_holds_for_one_hour() {
        let stamp = |minutes: i64| (now() + TimeDelta::minutes(minutes)).to_rfc3339();
        assert_eq!(by_hand("", 59).and_then(|holder| holder.pid), None);
        for (content, minutes, holds) in [
            ("", 59, true),
            ("", 61, false),
            ("garbage \u{1b}\npid many", 59, true),
            ("garbage", 61, false),
            (&stamp(-59), 0, true),
            (&stamp(-61), 0, false),
            (&stamp(-600), 0, false),
            // A clock slightly off is believed, one far off is not: then the file's own age counts.
            (&stamp(4), 0, true),
            (&stamp(6), 0, true),
            (&stamp(60 * 24 * 365), 59, true),
            (&stamp(60 * 24 * 365), 61, false),
            // Our clock was set back by a year: nothing about the file can be believed.
            ("", -60 * 24 * 365, false),
        ] {
            assert_eq!(by_hand(content, minutes).is_some(), holds, "{content:?} after {minutes} min");
        }
    }

    #[test]
    fn a_file_that_names_a_dead_holder_is_taken_over_at_once() {
        assert_eq!(by_hand(&format!("{}\npid 1\nhost elsewhere\n", now().to_rfc3339()), 0), None);
    }

    #[test]
    fn a_lock_removed_by_hand_is_not_removed_again() {
        let (_dir, path) = place();
        let first = held(&path, now());
        fs::remove_file(&path).expect("somebody removes it");
        let second = held(&path, now());
        assert!(!is_at(&first.file, &path) && is_at(&second.file, &path));
        drop(first);
        assert_eq!(busy(&path, now()).pid, Some(std::process::id()));
    }

    #[test]
    fn what_cannot_be_a_lock_is_an_error_that_names_it() {
        let (dir, path) = place();
        fs::create_dir(&path).expect("makes a folder");
        let error = acquire(&path, now()).expect_err("a folder");
        assert!(format!("{error:#}").contains(".sync-lock"), "{error:#}");
        #[cfg(unix)]
        {
            let link = dir.path().join("link");
            std::os::unix::fs::symlink("nowhere", &link).expect("links");
            assert!(format!("{:#}", acquire(&link, now()).expect_err("a dead link")).contains("leads nowhere"));
        }
        assert_eq!(fs::read_dir(dir.path()).expect("lists").count(), if cfg!(unix) { 2 } else { 1 });
    }

    /// Takes the lock `rounds` times, and each time proves to be alone by a file that must not exist yet.
    fn race(path: &Path, rounds: u32, link: Link) {
        let witness = path.with_extension("witness");
        let mut won = 0;
        while won < rounds {
            if let Acquire::Held(_lock) = acquire_with(path, Utc::now(), link).expect("looks at the lock") {
                let alone = OpenOptions::new().write(true).create_new(true).open(&witness);
                alone.expect("nobody else is inside");
                fs::remove_file(&witness).expect("still there");
                won += 1;
            }
        }
    }

    #[test]
    fn threads_that_race_are_never_in_together() {
        let no_links: Link = |_, _| Err(ErrorKind::PermissionDenied.into());
        for link in [hard_link as Link, no_links] {
            let (dir, path) = place();
            std::thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(|| race(&path, 200, link)))));
            assert_eq!(fs::read_dir(dir.path()).expect("lists").count(), 0);
        }
    }

    /// Runs `a_child_process` below in a process of its own.
    fn child(path: &Path, job: &str) -> Child {
        let mut command = Command::new(std::env::current_exe().expect("the test binary"));
        command.args(["--exact", "--ignored", "--nocapture", &format!("{}::a_child_process", module_path())]);
        command.env(CHILD, job).env("ALLCLEAR_TEST_LOCK_PATH", path).stdin(Stdio::piped()).stdout(Stdio::piped());
        command.spawn().expect("starts")
    }

    fn module_path() -> &'static str {
        module_path!().split_once("::").map_or("", |(_crate, module)| module)
    }

    #[test]
    #[ignore = "the child's side of the tests below"]
    fn a_child_process() {
        let (Ok(job), Some(path)) = (std::env::var(CHILD), std::env::var_os("ALLCLEAR_TEST_LOCK_PATH")) else { return };
        let path = PathBuf::from(path);
        if job == "race" {
            return race(&path, 200, hard_link);
        }
        let _lock = held(&path, Utc::now());
        writeln!(io::stdout(), "\nheld").expect("tells the parent");
        // Until the parent kills us or goes away.
        let _ = io::stdin().read_to_end(&mut Vec::new());
    }

    #[test]
    fn processes_that_race_are_never_in_together() {
        let (_dir, path) = place();
        let mut children = [child(&path, "race"), child(&path, "race")];
        race(&path, 200, hard_link);
        assert!(children.iter_mut().all(|child| child.wait().expect("ends").success()));
    }

    #[test]
    fn a_killed_holder_frees_the_lock_at_once() {
        let (_dir, path) = place();
        let mut child = child(&path, "hold");
        let output = io::BufReader::new(child.stdout.take().expect("piped"));
        assert!(output.lines().any(|line| line.expect("reads") == "held"));
        assert_eq!(busy(&path, now()).pid, Some(child.id()));
        child.kill().expect("kills");
        child.wait().expect("ends");
        assert!(path.exists());
        held(&path, now());
    }
}
