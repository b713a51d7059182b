//! Who holds the lock, who is refused, and whose lock is taken over: with real files.

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
