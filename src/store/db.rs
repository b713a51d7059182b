//! Opening the database: connection settings, the version gate, migrations.
//!
//! One writer connection, which also does the checkpoints, and a few read-only ones. Never opened by anything that
//! bundles SQLite below 3.51.3: versions before it can lose committed writes in WAL mode.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, bail};
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, SqliteConnection};

const DATABASE_FILE: &str = "allclear.db";
/// 3.51.3, the first release without the WAL-reset bug.
const OLDEST_SAFE_SQLITE: (u32, u32, u32) = (3, 51, 3);
/// Requests read memory; the readers serve paged tables and exports only.
const READERS: u32 = 4;
/// A second process (the CLI beside the server) holds the write lock for one batch at most.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// The database of one data folder.
#[derive(Clone, Debug)]
pub struct Store {
    pub(super) writer: SqlitePool,
    pub(super) reader: SqlitePool,
    file: PathBuf,
    /// The file was made by this process and has no write-ahead log yet.
    fresh: Arc<AtomicBool>,
}

impl Store {
    /// Opens, or makes, the database in `data_dir` and brings its schema up to date.
    ///
    /// # Errors
    /// When the folder cannot be written, the file is not a database or damaged, it was written by a newer version, or
    /// the bundled SQLite is too old to be safe.
    pub async fn open(data_dir: &Path) -> anyhow::Result<Store> {
        std::fs::create_dir_all(data_dir).with_context(|| {
            format!("making the data folder {}; set ALLCLEAR_DATA_DIR to a writable one", data_dir.display())
        })?;
        let file = data_dir.join(DATABASE_FILE);
        // The first read of years of logs goes straight into the file: through the write-ahead log it would be written
        // twice. Just as durable, only that readers wait for it; nothing is there to be read yet.
        let fresh = !file.exists();
        let options = SqliteConnectOptions::new()
            .filename(&file)
            .create_if_missing(true)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY_TIMEOUT)
            .foreign_keys(true)
            .pragma("temp_store", "MEMORY")
            .pragma("cache_size", "-8000")
            .pragma("journal_size_limit", "67108864")
            .pragma("mmap_size", "0");
        let reader = options.clone().create_if_missing(false).pragma("query_only", "ON");
        let store = Store {
            writer: pool(1).connect_lazy_with(options),
            reader: pool(READERS).connect_lazy_with(reader),
            file,
            fresh: Arc::new(AtomicBool::new(fresh)),
        };
        store.prepare().await.with_context(|| {
            format!(
                "opening the database {}; if it is damaged, move it aside and Allclear reads the logs again",
                store.file.display()
            )
        })?;
        if !fresh {
            store.turn_to_write_ahead_log().await;
        }
        Ok(store)
    }

    /// Where the database lies.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Writes what is left in memory and lets go of the files.
    pub async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }

    /// Returns the version of the SQLite inside the program.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sqlite_version(&self) -> anyhow::Result<String> {
        Ok(sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&self.writer).await?)
    }

    /// Turns to the write-ahead log once the first facts are in: from then on readers and the writer meet.
    pub(super) async fn use_write_ahead_log(&self) {
        if self.fresh.swap(false, Ordering::Relaxed) {
            self.turn_to_write_ahead_log().await;
        }
    }

    /// The mode is kept in the file. Somebody who reads or writes at this moment keeps it as it is, which is no less
    /// safe; the next start turns it.
    async fn turn_to_write_ahead_log(&self) {
        if let Err(error) = sqlx::query("PRAGMA journal_mode = WAL").execute(&self.writer).await {
            tracing::debug!("the database keeps its rollback journal until the next start: {error}");
        }
    }

    async fn prepare(&self) -> anyhow::Result<()> {
        let version = self.sqlite_version().await?;
        if parse_version(&version) < OLDEST_SAFE_SQLITE {
            bail!("SQLite {version} can lose committed data; this program was built wrongly, it needs 3.51.3 or later");
        }
        let newest = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0);
        let mut connection = self.writer.acquire().await?;
        if schema_version(&mut connection).await? != newest {
            bring_up_to_date(&mut connection, newest).await?;
        }
        Ok(())
    }
}

/// Runs the missing migrations in one transaction: of several processes that start together the first brings the
/// schema up to date, and the others wait and find it done.
async fn bring_up_to_date(connection: &mut SqliteConnection, newest: i64) -> anyhow::Result<()> {
    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await.context("waiting for another process")?;
    let applied = schema_version(&mut tx).await?;
    if applied > newest {
        bail!("the database has schema {applied}, this program knows {newest}: run the newer Allclear that wrote it");
    }
    MIGRATIONS.run(&mut *tx).await.context("bringing the schema up to date")?;
    tx.commit().await.context("bringing the schema up to date")
}

/// The newest applied migration; 0 for an empty file.
async fn schema_version(connection: &mut SqliteConnection) -> anyhow::Result<i64> {
    let tables: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'")
            .fetch_one(&mut *connection)
            .await?;
    if tables == 0 {
        return Ok(0);
    }
    let newest = "SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations WHERE success = 1";
    Ok(sqlx::query_scalar(newest).fetch_one(connection).await?)
}

/// Connections open when they are first needed and stay: opening one again would cost more than it holds.
fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new().max_connections(connections).min_connections(0).idle_timeout(None).max_lifetime(None)
}

fn parse_version(text: &str) -> (u32, u32, u32) {
    let mut parts = text.split('.').map(|part| u32::from_str(part).unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0), parts.next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_bundled_sqlite_is_one_that_keeps_what_it_committed() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).await.expect("opens");
        let version = store.sqlite_version().await.expect("answers");
        assert!(parse_version(&version) >= OLDEST_SAFE_SQLITE, "{version}");
        store.use_write_ahead_log().await;
        let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&store.writer).await.expect("answers");
        let synchronous: i64 =
            sqlx::query_scalar("PRAGMA synchronous").fetch_one(&store.writer).await.expect("answers");
        assert_eq!((mode.as_str(), synchronous), ("wal", 2));
    }

    #[tokio::test]
    async fn a_newer_schema_is_refused_and_untouched() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).await.expect("opens");
        sqlx::query(
            "INSERT INTO _sqlx_migrations SELECT 9999, description, installed_on, success, checksum, execution_time \
             FROM _sqlx_migrations WHERE version = 1",
        )
        .execute(&store.writer)
        .await
        .expect("updates");
        store.close().await;
        let error = Store::open(folder.path()).await.expect_err("is refused");
        assert!(format!("{error:#}").contains("run the newer Allclear"), "{error:#}");
    }

    #[tokio::test]
    async fn a_file_that_is_no_database_is_named_and_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join(DATABASE_FILE);
        std::fs::write(&file, "this is not a database, it is a diary of at least some length\n".repeat(20))
            .expect("writes");
        let error = Store::open(folder.path()).await.expect_err("is refused");
        assert!(format!("{error:#}").contains("allclear.db"), "{error:#}");
        assert!(std::fs::read_to_string(&file).expect("reads").starts_with("this is not"));
    }
}
