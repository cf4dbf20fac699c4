//! Many rows at once, from a file (`ringside import`).
//!
//! - [`bad`]: the rows that cannot be used
//! - [`customers`], [`bookings`]: which record a row is, and what is written of it
//!
//! SQLite has one lock for all writers, and calls need it. So the rows go into a temporary table,
//! which no other connection sees or waits for, and there it is found out which record each is
//! and whether it says anything new. What is left for the lock are short transactions, of a slice
//! of the rows each, between which calls and notes are written. Imports take turns: between
//! finding out and writing, nothing else changes customers.

pub mod bad;
pub mod bookings;
pub mod customers;

use std::{marker::PhantomData, time::Duration};

use serde::Serialize;
use sqlx::{ConnectOptions, Connection, FromRow, SqliteConnection};

pub use bad::{BadRow, BadRows};

use super::{
    Store, StoreError,
    migrate::{Lock, Turn},
    rows::{count, json},
};

/// Rows that go into the temporary table by one statement.
const BATCH: usize = 1000;

/// Lines of a file that are written under one lock: most files at once, and of a million each in
/// less than a second.
pub const SLICE: i64 = 50_000;
/// Time that others have to take the lock. A connection that waits for it asks every 100 ms.
const PAUSE: Duration = Duration::from_millis(120);

/// What to do with the rows of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mode {
    /// Write the others where some are bad; otherwise nothing is written then.
    pub skip_bad: bool,
    /// Write nothing in any case.
    pub dry_run: bool,
    /// How many lines are written under one lock, all or none of them; usually [`SLICE`].
    pub slice: i64,
}

/// Why an import stopped.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// Nothing was written.
    #[error(transparent)]
    Before(#[from] StoreError),
    /// The rows of the first lines were written, the others not.
    #[error("{source}. What stands up to line {line} was written; import the file again for the rest")]
    Between { line: i64, source: StoreError },
}

impl From<sqlx::Error> for Stopped {
    fn from(error: sqlx::Error) -> Self {
        Self::Before(error.into())
    }
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// What was written, or would have been in a dry run; none where bad rows forbid it.
    pub written: Option<Written>,
    pub bad: BadRows,
    pub outdated: Outdated,
}

/// Rows that were left out since another row of the file says what became of the same record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Outdated {
    pub rows: i64,
    /// The first of them by its line, and the line that counts.
    pub line: Option<i64>,
    pub counts: Option<i64>,
}

/// How many rows became what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct Written {
    pub added: i64,
    pub changed: i64,
    pub unchanged: i64,
}

/// The statements that take one kind of rows over. They share the table `temp.incoming`, which
/// has at least `line` and `fate`: null, 'added' or 'changed'.
struct Plan {
    /// Makes the table.
    create: &'static str,
    /// Fills it from an array of rows in JSON.
    fill: &'static str,
    /// Finds out which record each row is, and moves rows that others have outdated to `temp.outdated`.
    resolve: &'static str,
    /// Puts the line and the reason of rows that cannot be taken over into `temp.unfit`.
    bad: &'static str,
    /// Sets the fate of the rest.
    judge: &'static str,
    /// Writes what has a fate, from `temp.slice.first` to `temp.slice.last`. The columns with a plus
    /// keep SQLite from making an index of all rows for each slice.
    write: &'static str,
}

const CREATE: &str = "CREATE TEMP TABLE outdated (line INTEGER PRIMARY KEY, counts INTEGER NOT NULL) STRICT;
     CREATE TEMP TABLE slice (first INTEGER NOT NULL, last INTEGER NOT NULL) STRICT;
     INSERT INTO temp.slice VALUES (0, 0);";
const COUNT_OUTDATED: &str =
    "SELECT count(*) AS rows, min(line) AS line, (SELECT counts FROM temp.outdated ORDER BY line LIMIT 1) AS counts
     FROM temp.outdated";
const LEAVE_OUT: &str = "DELETE FROM temp.incoming WHERE line IN (SELECT line FROM temp.unfit)";
const COUNT: &str = "SELECT count(*) FILTER (WHERE fate = 'added') AS added,
            count(*) FILTER (WHERE fate = 'changed') AS changed,
            count(*) FILTER (WHERE fate IS NULL) AS unchanged
     FROM temp.incoming";

/// An import on its way: rows are added, then it is settled. It holds the turn of imports, and
/// no other connection sees or waits for its rows. Dropped, it has written nothing.
pub struct Import<R> {
    connection: SqliteConnection,
    plan: &'static Plan,
    rows: PhantomData<fn(R)>,
    _turn: Lock,
}

impl Store {
    /// Begins an import by `plan`, after those before it.
    async fn import<R>(&self, plan: &'static Plan) -> Result<Import<R>, StoreError> {
        let options = self.writer.connect_options();
        let turn = Lock::take(Turn::Import.file(options.get_filename())).await.map_err(sqlx::Error::Io)?;
        // Its own, with the temporary tables. Statements on a million rows are slow by nature.
        let mut connection = options.as_ref().clone().disable_statement_logging().connect().await?;
        sqlx::raw_sql(CREATE).execute(&mut connection).await?;
        sqlx::raw_sql(plan.create).execute(&mut connection).await?;
        Ok(Import { connection, plan, rows: PhantomData, _turn: turn })
    }
}

impl<R: Serialize> Import<R> {
    /// Adds rows, each of a line of its own.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn add(&mut self, rows: &[R]) -> Result<(), StoreError> {
        for batch in rows.chunks(BATCH) {
            sqlx::query(self.plan.fill).bind(json(&batch)).execute(&mut self.connection).await?;
        }
        Ok(())
    }

    /// Finds out which record each row is, and writes them, as `mode` says. A row that says nothing
    /// new writes nothing. `bad` are those that were unreadable before.
    ///
    /// # Errors
    /// When the database does not answer. Importing the same file again does the rest.
    pub async fn settle(mut self, mut bad: BadRows, mode: Mode) -> Result<Imported, Stopped> {
        let connection = &mut self.connection;
        sqlx::raw_sql(self.plan.resolve).execute(&mut *connection).await?;
        let outdated = sqlx::query_as(COUNT_OUTDATED).fetch_one(&mut *connection).await?;
        sqlx::raw_sql(self.plan.bad).execute(&mut *connection).await?;
        let (rows, whys): (i64, i64) =
            sqlx::query_as("SELECT count(DISTINCT line), count(*) FROM temp.unfit").fetch_one(&mut *connection).await?;
        let told = sqlx::query_as("SELECT line, why FROM temp.unfit ORDER BY line LIMIT ?")
            .bind(i64::try_from(bad.most()).unwrap_or(i64::MAX))
            .fetch_all(&mut *connection)
            .await?;
        bad.merge(count(rows), count(whys), told);
        if !bad.is_empty() && !mode.skip_bad {
            return Ok(Imported { written: None, bad, outdated });
        }
        sqlx::query(LEAVE_OUT).execute(&mut *connection).await?;
        sqlx::raw_sql(self.plan.judge).execute(&mut *connection).await?;
        let written: Written = sqlx::query_as(COUNT).fetch_one(&mut *connection).await?;
        if written.added + written.changed > 0 && !mode.dry_run {
            write(connection, self.plan.write, mode.slice).await?;
        }
        self.connection.close().await?;
        Ok(Imported { written: Some(written), bad, outdated })
    }
}

/// Writes what has a fate, slice by slice.
async fn write(connection: &mut SqliteConnection, statements: &'static str, slice: i64) -> Result<(), Stopped> {
    let last: i64 = sqlx::query_scalar("SELECT max(line) FROM temp.incoming WHERE fate IS NOT NULL")
        .fetch_one(&mut *connection)
        .await?;
    let mut line = 0;
    while line < last {
        if line > 0 {
            tokio::time::sleep(PAUSE).await;
        }
        let stopped = |source: sqlx::Error| match line {
            0 => source.into(),
            line => Stopped::Between { line, source: source.into() },
        };
        sqlx::query("UPDATE temp.slice SET first = ?, last = ?")
            .bind(line + 1)
            .bind(line + slice)
            .execute(&mut *connection)
            .await
            .map_err(stopped)?;
        write_slice(connection, statements).await.map_err(stopped)?;
        line += slice;
    }
    Ok(())
}

async fn write_slice(connection: &mut SqliteConnection, statements: &'static str) -> Result<(), sqlx::Error> {
    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::raw_sql(statements).execute(&mut *tx).await?;
    tx.commit().await
}
