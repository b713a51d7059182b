//! Reading OpenCode's database: never written, and read again only when it changed.
//!
//! While the agent runs, what is new stands in a log beside the database, which is read along. When there is no such log
//! the file is opened as one nobody writes, so that not even a lock is put beside it; should somebody write meanwhile, what
//! was read does not count.

use std::collections::HashMap;
use std::io::{Error, ErrorKind};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use futures::TryStreamExt;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Row as _, SqliteConnection};

use super::{FORMAT, NAME, Row, message};
use crate::model::{Batch, Cursor};
use crate::sources::logs::collect::{Collector, json};
use crate::sources::logs::{LogFile, Reading};

/// Messages are written while they are answered: what is younger than this by the newest one is read again.
const STILL_WRITTEN_MS: i64 = 24 * 3_600_000;
/// The agent writes for milliseconds.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The databases in the folders of the agent: `opencode.db`, and one for each channel it was installed from.
#[must_use]
pub fn find(roots: &[PathBuf]) -> Vec<PathBuf> {
    let is_database = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let named = name.strip_suffix(".db").is_some_and(|stem| stem == "opencode" || stem.starts_with("opencode-"));
        named && path.symlink_metadata().is_ok_and(|metadata| metadata.is_file())
    };
    let entries = roots.iter().filter_map(|root| std::fs::read_dir(root.canonicalize().ok()?).ok());
    let mut found: Vec<PathBuf> =
        entries.flatten().flatten().map(|entry| entry.path()).filter(|path| is_database(path)).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Reads what is new in a database; `None` when nothing changed since the cursor.
///
/// # Errors
/// When it cannot be opened, or holds other tables than expected: both are said with the file's name.
pub async fn read(path: &Path, cursor: Option<&Cursor>) -> anyhow::Result<Option<Reading>> {
    let seen = seen(path).with_context(|| format!("looking at {}", path.display()))?;
    let before = cursor.and_then(|cursor| Before::of(cursor, &seen));
    if cursor.is_some_and(|cursor| cursor.stamp.split_once(';').is_some_and(|(stamp, _)| stamp == seen)) {
        return Ok(None);
    }
    let reading = read_changed(path, before, &seen).await.with_context(|| format!("reading {}", path.display()))?;
    Ok(Some(reading))
}

/// How far a database had been read.
struct Before {
    /// Messages from this time on are read again.
    from: i64,
    /// How many were older: another number means that some came from elsewhere.
    older: i64,
}

impl Before {
    fn of(cursor: &Cursor, seen: &str) -> Option<Before> {
        let (stamp, older) = cursor.stamp.split_once(';')?;
        let file = |stamp: &str| stamp.split(' ').take(2).map(str::to_owned).collect::<Vec<_>>();
        (file(stamp) == file(seen)).then(|| Some(Before { from: cursor.position, older: older.parse().ok()? }))?
    }
}

async fn read_changed(path: &Path, before: Option<Before>, seen: &str) -> anyhow::Result<Reading> {
    let mut database = open(path).await?;
    let from = match before {
        Some(before) if older_than(&mut database.connection, before.from).await? == before.older => before.from,
        _ => i64::MIN,
    };
    let file = LogFile::named(&path.file_name().unwrap_or_default().to_string_lossy());
    let mut collector = Collector::new(&file);
    let newest = messages(&mut database.connection, from, &mut collector).await?;
    let from = newest.map_or(from, |newest| newest.saturating_sub(STILL_WRITTEN_MS));
    let older = older_than(&mut database.connection, from).await?;
    let _ = database.connection.close().await;
    if database.unlocked && self::seen(path)? != seen {
        // Half of what was read may be from before, half from after: it is read again at once.
        return Err(Error::new(ErrorKind::WouldBlock, "it was written while it was read").into());
    }
    let cursor = Cursor { item: path.to_string_lossy().into_owned(), position: from, stamp: format!("{seen};{older}") };
    let batch = Batch { source: NAME, events: collector.events, cursors: vec![cursor], ..Batch::default() };
    Ok(Reading { batch, lines_bad: collector.bad, ..Reading::default() })
}

struct Database {
    connection: SqliteConnection,
    /// Opened as a file that nobody writes.
    unlocked: bool,
}

async fn open(path: &Path) -> anyhow::Result<Database> {
    let is_written = ["-wal", "-journal"].iter().any(|end| size_of(path, end) > 0);
    let options = SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .immutable(!is_written)
        .busy_timeout(BUSY_TIMEOUT)
        .disable_statement_logging();
    let connection = options.connect().await.context("opening the database; it is only read")?;
    Ok(Database { connection, unlocked: !is_written })
}

/// Reads the messages from a time on; returns the time of the newest.
async fn messages(
    connection: &mut SqliteConnection,
    from: i64,
    collector: &mut Collector<'_>,
) -> anyhow::Result<Option<i64>> {
    let folders = folders(connection).await;
    let mut newest = None;
    let sql = "SELECT CAST(id AS TEXT), CAST(session_id AS TEXT), CAST(time_created AS INTEGER), CAST(data AS BLOB) \
               FROM message WHERE time_created >= $1";
    let mut rows = sqlx::query(sql).bind(from).fetch(connection);
    while let Some(row) = rows.try_next().await? {
        let (id, session): (&str, &str) = (row.try_get(0)?, row.try_get(1)?);
        let created: i64 = row.try_get(2)?;
        newest = newest.max(Some(created));
        let known =
            Row { id, session, folder: folders.get(session).map_or("", String::as_str), created: Some(created) };
        let outcome = json(row.try_get(3)?).and_then(|document| message(collector, &known, &document));
        if let Err(reason) = outcome {
            collector.refuse(&format!("message {id}"), &reason);
        }
    }
    Ok(newest)
}

/// The folder of each session. It only names the project, so without it the usage counts all the same.
async fn folders(connection: &mut SqliteConnection) -> HashMap<String, String> {
    let sql = "SELECT CAST(id AS TEXT), CAST(directory AS TEXT) FROM session WHERE directory IS NOT NULL";
    let rows: Vec<(String, String)> = sqlx::query_as(sql).fetch_all(connection).await.unwrap_or_default();
    rows.into_iter().collect()
}

async fn older_than(connection: &mut SqliteConnection, time: i64) -> anyhow::Result<i64> {
    let sql = "SELECT COUNT(*) FROM message WHERE time_created < $1";
    Ok(sqlx::query_scalar(sql).bind(time).fetch_one(connection).await?)
}

/// What the database and its log look like: the reader's version, which file it is, and their sizes and times.
fn seen(path: &Path) -> std::io::Result<String> {
    let file = std::fs::metadata(path)?;
    let (wal, wal_time) = std::fs::metadata(beside(path, "-wal")).map_or((0, 0), |wal| (wal.len(), time_of(&wal)));
    let (reader, device, inode) = (FORMAT.reader, file.dev(), file.ino());
    Ok(format!("r{reader} {device}:{inode} {} {} {wal} {wal_time}", file.len(), time_of(&file)))
}

fn time_of(metadata: &std::fs::Metadata) -> i128 {
    i128::from(metadata.mtime()) * 1_000_000_000 + i128::from(metadata.mtime_nsec())
}

fn size_of(path: &Path, end: &str) -> u64 {
    std::fs::metadata(beside(path, end)).map_or(0, |metadata| metadata.len())
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}
