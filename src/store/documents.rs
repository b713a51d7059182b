//! JSON documents on disk: the published results and the user's choices, each replaced whole or not at all.
//!
//! A reader, at any moment and after any crash, finds the old document or the new one, never a part of either. Must
//! never write into a document in place, widen its permissions, or panic on whatever lies on the disk.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A larger file is refused: the largest document we publish is a few MB, so this one is somebody's mistake.
pub const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// Names tried before giving up: only leftovers of crashes and same-second copies are ever in the way.
const MAX_NAMES: u32 = 1_000;

/// What was found where a document should be.
#[derive(Debug, PartialEq, Eq)]
pub enum Document<T> {
    Missing,
    Valid(T),
    /// A sentence for people: which file, where in it, and what to do.
    Invalid(String),
}

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

/// Reads a document; every way in which it can be unusable comes back as a sentence, not as an error to handle.
#[must_use]
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Document<T> {
    let invalid = |what: String| Document::Invalid(format!("{} {what}", path.display()));
    let bytes = match read_capped(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Document::Missing,
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            return invalid("cannot be read: permission denied. Let the user that runs Allclear read it.".to_owned());
        }
        Err(error) => return invalid(format!("cannot be read: {error}.")),
    };
    let text = match std::str::from_utf8(&bytes) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(error) => {
            let line = 1 + bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
            return invalid(format!("is not UTF-8 text (first bad byte on line {line}). Save it as UTF-8."));
        }
    };
    serde_json::from_str(text).map_or_else(|error| invalid(explain(&error)), Document::Valid)
}

/// Gives a broken file a second name, `<name>.broken-<UTC time>`, so that the next write loses nothing.
///
/// For files a person may have edited; published documents are derived and need no such care. The file keeps its own
/// name as well, so nobody watching the folder sees it vanish and falls back to defaults.
pub fn keep_broken(path: &Path, now: DateTime<Utc>) -> anyhow::Result<Option<PathBuf>> {
    // Of a link, the file behind it is what the next write replaces.
    let path = &resolved(path);
    for attempt in 1..=MAX_NAMES {
        let again = if attempt == 1 { String::new() } else { format!("-{attempt}") };
        let kept = with_suffix(path, &format!(".broken-{}{again}", now.format("%Y%m%dT%H%M%SZ")));
        match fs::hard_link(path, &kept) {
            Ok(()) => return Ok(Some(kept)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            // A file system without hard links, or a folder in the document's place.
            Err(_) if kept.symlink_metadata().is_ok() => {}
            Err(_) => {
                fs::rename(path, &kept).with_context(|| format!("keeping a copy of the broken {}", path.display()))?;
                return Ok(Some(kept));
            }
        }
    }
    anyhow::bail!("{MAX_NAMES} broken copies lie beside {}: remove the old ones", path.display())
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

fn read_capped(path: &Path) -> io::Result<Vec<u8>> {
    // Asked before opening, because opening a pipe would wait for a writer.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is a folder or a device, not a file; move it away"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(io::Error::other(format!("it is larger than {} MB; move it away", MAX_BYTES >> 20)));
    }
    Ok(bytes)
}

fn explain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let reason = text.rsplit_once(" at line ").map_or(text.as_str(), |(reason, _)| reason);
    let problem = match error.classify() {
        serde_json::error::Category::Data => "has a value that does not fit",
        serde_json::error::Category::Eof => "ends too early",
        _ => "is not valid JSON",
    };
    let (line, column) = (error.line(), error.column());
    format!("{problem} at line {line}, column {column}: {reason}. Correct it, or remove the file to start afresh.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("a temporary folder")
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("lists");
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
    }

    fn complaint(content: &[u8]) -> String {
        let dir = folder();
        let path = dir.path().join("sync.json");
        fs::write(&path, content).expect("writes");
        match read_json::<std::collections::BTreeMap<String, u32>>(&path) {
            Document::Invalid(sentence) => sentence.split_once("sync.json ").expect("names the file").1.to_owned(),
            other => panic!("accepted {other:?}"),
        }
    }

    #[test]
    fn a_document_is_pretty_and_comes_back() {
        let dir = folder();
        let path = dir.path().join("config/deep/sync.json");
        assert_eq!(read_json::<Value>(&path), Document::Missing);
        write_json(&path, &json!({"intervalMinutes": 15})).expect("writes");
        assert_eq!(fs::read_to_string(&path).expect("reads"), "{\n  \"intervalMinutes\": 15\n}\n");
        assert_eq!(read_json(&path), Document::Valid(json!({"intervalMinutes": 15})));
        assert_eq!(names(path.parent().expect("has a folder")), ["sync.json"]);
    }

    #[test]
    fn a_crash_before_the_rename_leaves_the_old_document() {
        let dir = folder();
        let path = dir.path().join("a.json");
        write_json(&path, &1).expect("writes");
        let (temp, mut file) = create_temp(&path).expect("creates");
        file.write_all(b"{\"half").expect("writes");
        assert_eq!(read_json(&path), Document::Valid(1));
        write_json(&path, &2).expect("a leftover is in nobody's way");
        assert_eq!((read_json(&path), temp.exists()), (Document::Valid(2), true));
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
    fn complaints_say_where_and_what_to_do() {
        let cases: [(&[u8], &str); 6] = [
            (b"", "ends too early at line 1, column 0: EOF while parsing a value. Correct it, or remove"),
            (b"{\n  \"a\": 1,\n  \"b\" 2\n}", "is not valid JSON at line 3, column 7: expected `:`. Correct it, or"),
            (b"{\"a\": \"x\"}", "has a value that does not fit at line 1, column 9: invalid type: string \"x\", exp"),
            (b"{} {}", "is not valid JSON at line 1, column 4: trailing characters."),
            (b"{\n\"\xff\": 1}", "is not UTF-8 text (first bad byte on line 2). Save it as UTF-8."),
            (b"\xff\xfe{\0}\0", "is not UTF-8 text (first bad byte on line 1). Save it as UTF-8."),
        ];
        for (content, start) in cases {
            let sentence = complaint(content);
            assert!(sentence.starts_with(start), "{sentence}");
        }
    }

    #[test]
    fn what_is_not_a_readable_file_is_a_sentence_too() {
        let dir = folder();
        let sentence = |path: &Path| match read_json::<Value>(path) {
            Document::Invalid(sentence) => sentence,
            other => panic!("accepted {other:?}"),
        };
        assert!(sentence(dir.path()).ends_with("not a file; move it away."));
        fs::write(dir.path().join("big"), "").expect("writes");
        let big = File::options().write(true).open(dir.path().join("big")).expect("opens");
        big.set_len(MAX_BYTES + 1).expect("grows, without using space");
        assert!(sentence(&dir.path().join("big")).ends_with("it is larger than 64 MB; move it away."));
        assert!(sentence(&dir.path().join("big/sync.json")).contains("big/sync.json cannot be read: Not a directory"));
        fs::write(dir.path().join("bom"), "\u{feff}[1]").expect("writes");
        assert_eq!(read_json(&dir.path().join("bom")), Document::Valid([1]));
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
                match read_json::<Vec<u8>>(&path) {
                    Document::Valid(found) => assert!(found.len() == 2_000 && found.iter().all(|n| *n == found[0])),
                    other => panic!("torn: {other:?}"),
                }
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
        assert_eq!(read_json(&real), Document::Valid(2));
        assert_eq!(fs::metadata(&real).expect("is there").permissions().mode() & 0o777, 0o600);
        assert!(link.is_symlink());
    }

    #[test]
    fn broken_files_are_kept_and_never_vanish_meanwhile() {
        let dir = folder();
        let path = dir.path().join("sync.json");
        let now = "2026-11-21T03:05:12Z".parse().expect("a timestamp");
        assert_eq!(keep_broken(&path, now).expect("nothing to keep"), None);
        for (content, kept) in
            [("{first", "sync.json.broken-20261121T030512Z"), ("{2", "sync.json.broken-20261121T030512Z-2")]
        {
            fs::write(&path, content).expect("breaks it");
            assert_eq!(keep_broken(&path, now).expect("keeps"), Some(dir.path().join(kept)));
            assert!(path.exists());
            write_json(&path, &1).expect("writes");
            assert_eq!(fs::read_to_string(dir.path().join(kept)).expect("kept"), content);
        }
    }
}
