//! Migrations, one process at a time: sqlx takes no lock on SQLite, so a file beside the
//! database is one. Imports take turns in the same way, by a file of their own.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

use sqlx::{SqlitePool, migrate::Migrator};

use super::OpenError;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// What one process at a time may do.
#[derive(Clone, Copy)]
pub(super) enum Turn {
    /// Create and migrate.
    Open,
    /// Import.
    Import,
}

/// The right to do it, held until dropped.
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Waits for whoever holds the file.
    pub(super) async fn take(file: PathBuf) -> io::Result<Self> {
        let locked = tokio::task::spawn_blocking(move || {
            let file = File::create(file)?;
            file.lock()?;
            Ok(Self { _file: file })
        });
        locked.await.map_err(io::Error::other).flatten()
    }
}

impl Turn {
    /// The file of `ringside.db` is `ringside.db.lock`. It stays: removing it would let two in.
    pub(super) fn file(self, database: &Path) -> PathBuf {
        let mut name = database.as_os_str().to_owned();
        name.push(match self {
            Self::Open => ".lock",
            Self::Import => ".import.lock",
        });
        PathBuf::from(name)
    }
}

/// Brings the schema up to date.
pub(super) async fn run(pool: &SqlitePool, path: &Path) -> Result<(), OpenError> {
    MIGRATIONS.run(pool).await.map_err(|source| OpenError::Migrate { path: path.to_owned(), source })
}
