//! Migrations, one process at a time: sqlx takes no lock on SQLite, so a file beside the
//! database is one.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use sqlx::{SqlitePool, migrate::Migrator};

use super::OpenError;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// The right to create and migrate, held until dropped.
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Waits for whoever holds it.
    pub(super) async fn take(database: &Path) -> Result<Self, OpenError> {
        let path = lock_file(database);
        let locked = tokio::task::spawn_blocking({
            let path = path.clone();
            move || {
                let file = File::create(path)?;
                file.lock()?;
                Ok(file)
            }
        });
        match locked.await.map_err(std::io::Error::other).flatten() {
            Ok(file) => Ok(Self { _file: file }),
            Err(source) => Err(OpenError::Lock { path, source }),
        }
    }
}

/// The lock of `ringside.db` is `ringside.db.lock`. It stays: removing it would let two in.
fn lock_file(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

/// Brings the schema up to date.
pub(super) async fn run(pool: &SqlitePool, path: &Path) -> Result<(), OpenError> {
    MIGRATIONS.run(pool).await.map_err(|source| OpenError::Migrate { path: path.to_owned(), source })
}
