//! Many rows at once, from a file (`ringside import`).
//!
//! - [`customers`], [`bookings`]: which record a row is, and what is written of it
//!
//! SQLite has one lock for all writers, and calls need it. So the rows go into a temporary table,
//! which no other connection sees or waits for, and there it is found out which record each is
//! and whether it says anything new. What is left for the lock is one short transaction that
//! writes, all or nothing. Imports take turns: between the two, nothing else changes customers.

pub mod bookings;
pub mod customers;

use std::fmt;

use serde::Serialize;
use sqlx::{Connection, FromRow, SqliteConnection};

use super::{
    Store, StoreError,
    migrate::{Lock, Turn},
    rows::json,
};

/// Rows that go into the temporary table by one statement.
const BATCH: usize = 1000;

/// A row of the file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRow {
    pub line: u64,
    /// What was expected, and what was found.
    pub why: String,
}

impl fmt::Display for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.why)
    }
}

/// What to do about bad rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnBad {
    /// Write nothing.
    Refuse,
    /// Write the others.
    Skip,
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// None where nothing was written because of bad rows.
    pub written: Option<Written>,
    /// In the order of the file.
    pub bad: Vec<BadRow>,
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
    /// Selects the line and the reason of rows that cannot be taken over.
    bad: &'static str,
    /// Sets the fate of the rest.
    judge: &'static str,
    /// Writes what has a fate.
    write: &'static str,
}

const DROP: &str = "DROP TABLE IF EXISTS temp.incoming";
const LEAVE_OUT: &str = "DELETE FROM temp.incoming WHERE line IN (SELECT value FROM json_each(?))";
const COUNT: &str = "SELECT count(*) FILTER (WHERE fate = 'added') AS added,
            count(*) FILTER (WHERE fate = 'changed') AS changed,
            count(*) FILTER (WHERE fate IS NULL) AS unchanged
     FROM temp.incoming";

impl Store {
    /// Takes `rows` over by `plan`. `bad` are those that were unreadable before.
    async fn import(
        &self,
        plan: &Plan,
        rows: &[impl Serialize + Sync],
        mut bad: Vec<BadRow>,
        on_bad: OnBad,
    ) -> Result<Imported, StoreError> {
        let turn = Turn::Import.file(self.writer.connect_options().get_filename());
        let _turn = Lock::take(turn).await.map_err(sqlx::Error::Io)?;
        let mut writer = self.writer.acquire().await?;
        fill(&mut writer, plan, rows).await?;
        sqlx::raw_sql(plan.resolve).execute(&mut *writer).await?;
        let found: Vec<(i64, String)> = sqlx::query_as(plan.bad).fetch_all(&mut *writer).await?;
        let lines: Vec<_> = found.iter().map(|(line, _)| *line).collect();
        bad.extend(found.into_iter().map(|(line, why)| BadRow { line: line.unsigned_abs(), why }));
        bad.sort_by_key(|row| row.line);
        if !bad.is_empty() && on_bad == OnBad::Refuse {
            return Ok(Imported { written: None, bad });
        }
        sqlx::query(LEAVE_OUT).bind(json(&lines)).execute(&mut *writer).await?;
        sqlx::raw_sql(plan.judge).execute(&mut *writer).await?;
        let written: Written = sqlx::query_as(COUNT).fetch_one(&mut *writer).await?;
        if written.added + written.changed > 0 {
            let mut tx = writer.begin_with("BEGIN IMMEDIATE").await?;
            sqlx::raw_sql(plan.write).execute(&mut *tx).await?;
            tx.commit().await?;
        }
        Ok(Imported { written: Some(written), bad })
    }
}

async fn fill(writer: &mut SqliteConnection, plan: &Plan, rows: &[impl Serialize + Sync]) -> Result<(), StoreError> {
    // That of the import before.
    sqlx::raw_sql(DROP).execute(&mut *writer).await?;
    sqlx::raw_sql(plan.create).execute(&mut *writer).await?;
    for batch in rows.chunks(BATCH) {
        sqlx::query(plan.fill).bind(json(&batch)).execute(&mut *writer).await?;
    }
    Ok(())
}
