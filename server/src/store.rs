//! The database: one SQLite file, created and migrated when the server starts (R16).
//!
//! - [`accounts`]: people and their passwords
//! - [`sessions`]: what tower-sessions keeps; revoking, expiring
//! - [`desks`]: who holds which extension
//! - [`customers`]: the built-in CRM; one lookup is one round trip
//! - [`import`]: customers and bookings from a file
//! - [`calls`]: calls and legs, written again and again until they are over
//! - [`merge`]: two calls that became one
//! - [`drafts`], [`notes`]: what is typed and what is saved
//! - [`history`]: what was written, listed
//! - [`demo`]: a believable house to try things in
//!
//! SQLite has one writer at a time, so there is one connection for it: writers wait for it in
//! turn, and readers never stand behind them. A locked or full disk stops no sign-in check.

pub mod accounts;
mod aliases;
pub mod calls;
pub mod customers;
pub mod demo;
pub mod desks;
pub mod drafts;
mod error;
pub mod fold;
pub mod history;
pub mod import;
pub mod merge;
mod migrate;
pub mod notes;
mod rows;
pub mod sessions;

use std::{path::Path, time::Duration};

use sqlx::{
    Connection, Sqlite, SqliteConnection, SqlitePool, Transaction,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

pub use error::{OpenError, StoreError};

/// How long a statement waits for another process that writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a request waits for its turn to write: others before it may each wait as above.
const TURN_TIMEOUT: Duration = Duration::from_secs(10);
const READERS: u32 = 4;

/// The database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    readers: SqlitePool,
    writer: SqlitePool,
}

impl Store {
    /// Opens the file at `path`, migrating it as needed.
    ///
    /// # Errors
    /// [`OpenError::Missing`] where it is not there; otherwise as [`Store::open`].
    pub async fn open_existing(path: &Path) -> Result<Self, OpenError> {
        check_there(path)?;
        Self::open(path).await
    }

    /// Opens the file at `path`, creating and migrating it as needed.
    ///
    /// # Errors
    /// [`OpenError`] says which step failed, on which file.
    pub async fn open(path: &Path) -> Result<Self, OpenError> {
        let at = at(path);
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .journal_mode(SqliteJournalMode::Wal)
            // A note that was said to be saved survives a power cut. With WAL, NORMAL would
            // lose the last commits; the sync costs a few milliseconds per save.
            .synchronous(SqliteSynchronous::Full)
            .optimize_on_close(true, 400);
        // Even switching to WAL is a write: two servers that start at once take turns.
        let file = migrate::Turn::Open.file(path);
        let lock = migrate::Lock::take(file.clone()).await.map_err(|source| OpenError::Lock { path: file, source })?;
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(TURN_TIMEOUT)
            // On a full disk SQLite ends the transaction by itself, and sqlx goes on believing in
            // it: such a connection would never write again.
            .before_acquire(|writer, _| Box::pin(async { Ok(!writer.is_in_transaction()) }))
            .connect_with(options.clone())
            .await
            .map_err(at)?;
        migrate::run(&writer, path).await?;
        drop(lock);
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(BUSY_TIMEOUT)
            .connect_with(options.pragma("query_only", "ON"))
            .await
            .map_err(at)?;
        Ok(Self { readers, writer })
    }

    /// Waits for running statements and closes the file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Is the database there? For the health page.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1 FROM accounts LIMIT 1").execute(&self.readers).await?;
        Ok(())
    }

    /// Begins a transaction that writes. It takes SQLite's lock at once, so that it waits for
    /// another process here rather than fail half-way.
    async fn write(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }
}

/// Copies the database into a new file while it is in use. It is copied as it is: one that an older
/// version serves stays that version's.
///
/// # Errors
/// [`OpenError::Missing`] when there is no such database, [`OpenError::Backup`] when `into` exists or
/// cannot be written.
pub async fn backup(database: &Path, into: &Path) -> Result<(), OpenError> {
    check_there(database)?;
    let options = SqliteConnectOptions::new().filename(database).busy_timeout(BUSY_TIMEOUT);
    let mut connection = SqliteConnection::connect_with(&options).await.map_err(at(database))?;
    let copied = sqlx::query("VACUUM INTO ?").bind(into.to_string_lossy()).execute(&mut connection).await;
    copied.map(drop).map_err(|source| OpenError::Backup { path: into.to_owned(), source })
}

fn check_there(path: &Path) -> Result<(), OpenError> {
    if path.exists() { Ok(()) } else { Err(OpenError::Missing { path: path.to_owned() }) }
}

fn at(path: &Path) -> impl Fn(sqlx::Error) -> OpenError + Copy {
    move |source| OpenError::Open { path: path.to_owned(), source }
}
