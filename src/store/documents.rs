//! JSON documents on disk: the published results and the user's choices, each replaced whole or not at all.
//!
//! A reader, at any moment and after any crash, finds the old document or the new one, never a part of either. Must
//! never write into a document in place, widen its permissions, or panic on whatever lies on the disk.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Context;
use serde::Serialize;

/// Names tried before giving up: only leftovers of crashes and same-second copies are ever in the way.
const MAX_NAMES: u32 = 1_000;

/// Replaces a document with `value` as JSON that people can read.
pub fn write_json<T: Serialize>(path: &Path, value: &T) -> anyhow::Result<()> {
    let mut bytes =
        serde_json::to_vec_pretty(value).with_context(|| format!("turning {} into JSON", path.display()))?;
    bytes.push(b'\n');
    write_bytes(path, &bytes)
}

/// Replaces a file atomically and durably: when this returns `Ok`, the new content survives a power cut.
pub fn write_bytes(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    replace(path, bytes).with_context(|| format!("writing {}", path.display()))
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let target = resolved(path);
    let folder = folder_of(&target);
    create_folder(folder)?;
    let (temp, mut file) = create_temp(&target)?;
    let replaced = fill(&mut file, &target, bytes).and_then(|()| fs::rename(&temp, &target));
    if let Err(error) = replaced {
        // The first error is the one worth telling; a temp file that cannot be removed either is ignored by readers.
        let _ = fs::remove_file(&temp);
        return Err(error);
    }
    sync_folder(folder)
}

fn fill(file: &mut File, target: &Path, bytes: &[u8]) -> io::Result<()> {
    // Before the content goes in: what its owner made private must not become readable through a rewrite.
    if let Ok(old) = fs::metadata(target)
        && old.is_file()
    {
        file.set_permissions(old.permissions())?;
    }
    file.write_all(bytes)?;
    file.sync_all()
}

/// Creates a file of its own for this call beside `path`, to be renamed or linked into place.
pub(crate) fn create_temp(path: &Path) -> io::Result<(PathBuf, File)> {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    for _ in 0..MAX_NAMES {
        let temp =
            with_suffix(path, &format!(".{}.{}.tmp", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed)));
        // Never an existing file: in containers everybody is process 1, so the name alone is not ours.
        match OpenOptions::new().write(true).create_new(true).open(&temp) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            opened => return opened.map(|file| (temp, file)),
        }
    }
    Err(io::Error::new(ErrorKind::AlreadyExists, "too many left-over .tmp files; remove them"))
}

/// Removes what a crash left of files being written; what is younger than an hour may belong to somebody.
///
/// A leftover does no harm, so one that cannot be removed is passed over.
pub fn sweep(folder: &Path) {
    const LEFT_BEHIND: Duration = Duration::from_secs(3600);
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| is_temp(&entry.file_name().to_string_lossy())) {
        let age = entry.metadata().ok().and_then(|metadata| metadata.modified().ok()?.elapsed().ok());
        if age.is_some_and(|age| age > LEFT_BEHIND) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Recognises the names `create_temp` gives: `NAME.PID.NUMBER.tmp`.
fn is_temp(name: &str) -> bool {
    let digits =
        |part: Option<&str>| part.is_some_and(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    let mut parts = name.rsplit('.');
    parts.next() == Some("tmp") && digits(parts.next()) && digits(parts.next()) && parts.next().is_some()
}

/// Creates a folder with its parents so that a power cut cannot take it away again together with the files in it.
pub(crate) fn create_folder(folder: &Path) -> io::Result<()> {
    // The working directory is where the way up ends, even if somebody removed it.
    if folder.is_dir() || folder == Path::new(".") {
        return Ok(());
    }
    create_folder(folder_of(folder))?;
    match fs::create_dir(folder) {
        Ok(()) => sync_folder(folder_of(folder)),
        Err(_) if folder.is_dir() => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            Err(io::Error::new(ErrorKind::NotADirectory, format!("{} is a file, not a folder", folder.display())))
        }
        Err(error) => Err(error),
    }
}

/// Makes new, renamed and removed names in a folder durable.
#[cfg(unix)]
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    match File::open(folder)?.sync_all() {
        // Some network and FUSE file systems cannot, and have nothing better to offer.
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Ok(()),
        synced => synced,
    }
}

#[cfg(not(unix))]
pub(crate) fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

/// A document that is a link to a file kept elsewhere stays a link: we work on the file behind it.
fn resolved(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("a temporary folder")
    }

    fn read(path: &Path) -> Value {
        serde_json::from_slice(&fs::read(path).expect("reads")).expect("is JSON")
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("lists");
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn leftovers_of_a_crash_go_after_an_hour() {
        let dir = tempfile::tempdir().expect("a folder");
        let (old, _) = create_temp(&dir.path().join(".sync-lock")).expect("makes one");
        let (young, _) = create_temp(&dir.path().join("analytics.json")).expect("makes one");
        let theirs = dir.path().join("notes.tmp");
        fs::write(&theirs, "mine").expect("writes");
        let long_ago = std::time::SystemTime::now() - Duration::from_secs(7200);
        for path in [&old, &theirs] {
            File::options().write(true).open(path).and_then(|file| file.set_modified(long_ago)).expect("ages");
        }
        sweep(dir.path());
        assert_eq!([&old, &young, &theirs].map(|path| path.exists()), [false, true, true]);
    }

    #[test]
    fn a_document_is_pretty_and_comes_back() {
        let dir = folder();
        let path = dir.path().join("config/deep/sync.json");
        write_json(&path, &json!({"intervalMinutes": 15})).expect("writes");
        assert_eq!(fs::read_to_string(&path).expect("reads"), "{\n  \"intervalMinutes\": 15\n}\n");
        assert_eq!(names(path.parent().expect("has a folder")), ["sync.json"]);
    }

    #[test]
    fn a_crash_before_the_rename_leaves_the_old_document() {
        let dir = folder();
        let path = dir.path().join("a.json");
        write_json(&path, &1).expect("writes");
        let (temp, mut file) = create_temp(&path).expect("creates");
        file.write_all(b"{\"half").expect("writes");
        assert_eq!(read(&path), json!(1));
        write_json(&path, &2).expect("a leftover is in nobody's way");
        assert_eq!((read(&path), temp.exists()), (json!(2), true));
    }

    #[test]
    fn a_failed_write_names_the_file_and_leaves_nothing() {
        let dir = folder();
        fs::write(dir.path().join("file"), "").expect("writes");
        let error = write_json(&dir.path().join("file/a.json"), &1).expect_err("its folder is a file");
        assert!(format!("{error:#}").contains("file/a.json"), "{error:#}");
        fs::create_dir(dir.path().join("b.json")).expect("makes a folder");
        write_json(&dir.path().join("b.json"), &1).expect_err("a folder is in its place");
        assert_eq!(names(dir.path()).len(), 2);
    }

    #[test]
    fn readers_never_see_a_torn_document_while_many_write() {
        let dir = folder();
        let path = dir.path().join("a.json");
        write_json(&path, &vec![0; 2_000]).expect("writes");
        std::thread::scope(|scope| {
            for writer in 1..=4 {
                let path = &path;
                scope.spawn(move || (0..25).for_each(|_| write_json(path, &vec![writer; 2_000]).expect("writes")));
            }
            for _ in 0..500 {
                let found: Vec<u8> = serde_json::from_value(read(&path)).expect("is whole");
                assert!(found.len() == 2_000 && found.iter().all(|number| *number == found[0]));
            }
        });
        assert_eq!(names(dir.path()), ["a.json"]);
    }

    #[cfg(unix)]
    #[test]
    fn permissions_and_links_survive_a_rewrite() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let dir = folder();
        let (real, link) = (dir.path().join("real.json"), dir.path().join("link.json"));
        write_json(&real, &1).expect("writes");
        fs::set_permissions(&real, fs::Permissions::from_mode(0o600)).expect("makes it private");
        symlink(&real, &link).expect("links");
        write_json(&link, &2).expect("writes");
        assert_eq!(read(&real), json!(2));
        assert_eq!(fs::metadata(&real).expect("is there").permissions().mode() & 0o777, 0o600);
        assert!(link.is_symlink());
    }
}
