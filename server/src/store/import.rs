//! Many rows at once, from a file (`ringside import`).
//!
//! - [`bad`]: the rows that cannot be used
//! - [`customers`], [`bookings`]: which record a row is, and what is written of it
//!
//! SQLite has one lock for all writers, and calls need it. So the rows go into a temporary table,
//! which no other connection sees or waits for, and there it is found out which record each is
//! and whether it says anything new. What is left for the lock is one short transaction that
//! writes, all or nothing. Imports take turns: between the two, nothing else changes customers.

pub mod bad;
pub mod bookings;
pub mod customers;

use std::marker::PhantomData;

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

/// What to do with the rows of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mode {
    /// Write the others where some are bad; otherwise nothing is written then.
    pub skip_bad: bool,
    /// Write nothing in any case.
    pub dry_run: bool,
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// What was written, or would have been in a dry run; none where bad rows forbid it.
    pub written: Option<Written>,
    pub bad: BadRows,
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
    /// Finds out which record each row is.
    resolve: &'static str,
    /// Puts the line and the reason of rows that cannot be taken over into `temp.unfit`.
    bad: &'static str,
    /// Sets the fate of the rest.
    judge: &'static str,
    /// Writes what has a fate.
    write: &'static str,
}

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

    /// Finds out which record each row is, and writes them, all or none, as `mode` says. A row
    /// that says nothing new writes nothing. `bad` are those that were unreadable before.
    ///
    /// # Errors
    /// When the database does not answer; nothing was written then.
    pub async fn settle(mut self, mut bad: BadRows, mode: Mode) -> Result<Imported, StoreError> {
        let connection = &mut self.connection;
        sqlx::raw_sql(self.plan.resolve).execute(&mut *connection).await?;
        sqlx::raw_sql(self.plan.bad).execute(&mut *connection).await?;
        let (rows, whys): (i64, i64) =
            sqlx::query_as("SELECT count(DISTINCT line), count(*) FROM temp.unfit").fetch_one(&mut *connection).await?;
        let told = sqlx::query_as("SELECT line, why FROM temp.unfit ORDER BY line LIMIT ?")
            .bind(i64::try_from(bad.most()).unwrap_or(i64::MAX))
            .fetch_all(&mut *connection)
            .await?;
        bad.merge(count(rows), count(whys), told);
        if !bad.is_empty() && !mode.skip_bad {
            return Ok(Imported { written: None, bad });
        }
        sqlx::query(LEAVE_OUT).execute(&mut *connection).await?;
        sqlx::raw_sql(self.plan.judge).execute(&mut *connection).await?;
        let written: Written = sqlx::query_as(COUNT).fetch_one(&mut *connection).await?;
        if written.added + written.changed > 0 && !mode.dry_run {
            let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
            sqlx::raw_sql(self.plan.write).execute(&mut *tx).await?;
            tx.commit().await?;
        }
        self.connection.close().await?;
        Ok(Imported { written: Some(written), bad })
    }
}
