//! What can go wrong with the database.

use std::{io, path::PathBuf};

/// Why the server, or a task, cannot begin with this database. The administrator reads it.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(
        "there is no database at {path}, which is `database`. Say which ringside.toml with --config, or run this in \
         its directory; the server, or `ringside user add`, makes a new one"
    )]
    Missing { path: PathBuf },
    #[error("cannot write the backup {path}: {source}. The file must not exist yet")]
    Backup { path: PathBuf, source: sqlx::Error },
    /// The file or its directory is missing, not writable, or no database.
    #[error(
        "cannot open `database`, which is {path}: {source}. Is it Ringside's file, in a directory that may be written?"
    )]
    Open { path: PathBuf, source: sqlx::Error },
    /// The lock file beside it cannot be made.
    #[error("cannot make {path}: {source}. The directory of `database` must be there and writable")]
    Lock { path: PathBuf, source: io::Error },
    /// The file is of a newer version, or a migration failed; nothing was changed.
    #[error(
        "cannot migrate `database`, which is {path}: {source}. Start the version that wrote it, or restore a backup"
    )]
    Migrate { path: PathBuf, source: sqlx::migrate::MigrateError },
}

/// A statement failed. Logged where it is handled; the person at the desk reads that the database is
/// not available, and loses nothing.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database is locked, full or away.
    #[error("the database did not answer: {0}")]
    Database(#[from] sqlx::Error),
    /// A row holds what this version cannot read.
    #[error("unreadable {what} in the database: {found:?}")]
    Unreadable { what: &'static str, found: String },
}

impl StoreError {
    /// Would it fail again, however long one waits? A row that breaks a rule of the schema does; a
    /// database that is locked, full or away comes back.
    pub fn is_permanent(&self) -> bool {
        // The primary codes of SQLITE_TOOBIG, SQLITE_CONSTRAINT and SQLITE_MISMATCH.
        const OF_THE_ROW: [u32; 3] = [18, 19, 20];
        match self {
            Self::Unreadable { .. } => true,
            Self::Database(sqlx::Error::Database(error)) => {
                let code = error.code().and_then(|code| code.parse::<u32>().ok());
                code.is_some_and(|code| OF_THE_ROW.contains(&(code & 0xff)))
            }
            Self::Database(error) => matches!(error, sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_)),
        }
    }
}
