//! What can go wrong with the database.

use std::{io, path::PathBuf};

use app::error::AppError;

/// Why the server cannot start with this database. The administrator reads it.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file or its directory is missing, not writable, or no database.
    #[error(
        "cannot open the database {path}: {source}. Check `database` in the configuration and the directory's owner"
    )]
    Open { path: PathBuf, source: sqlx::Error },
    /// The lock file beside it cannot be made.
    #[error("cannot lock {path}: {source}. The database's directory must be writable")]
    Lock { path: PathBuf, source: io::Error },
    /// The file is of a newer version, or a migration failed; nothing was changed.
    #[error("cannot migrate the database {path}: {source}. Start the version that wrote it, or restore a backup")]
    Migrate { path: PathBuf, source: sqlx::migrate::MigrateError },
}

/// A statement failed. Logged where it is handled; the person at the desk reads
/// [`AppError::Unavailable`] and loses nothing.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database is locked, full or away.
    #[error("the database did not answer: {0}")]
    Database(#[from] sqlx::Error),
    /// A row holds what this version cannot read.
    #[error("unreadable {what} in the database: {found:?}")]
    Unreadable { what: &'static str, found: String },
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "A request failed at the database");
        Self::Unavailable
    }
}
