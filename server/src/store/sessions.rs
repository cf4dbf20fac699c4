//! What tower-sessions keeps between requests.
//!
//! The table holds a digest of each cookie, so that nobody signs in with a copy of the file. A
//! session that is gone is never written again: a request that began before a sign-out cannot
//! bring it back.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use sqlx::FromRow;
use time::OffsetDateTime;
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store::{Error, Result},
};

use super::{Store, StoreError, rows};
use domain::{role::Seat, sign_in::SignIn};

/// Where a record keeps its [`SignIn`].
pub const SIGN_IN: &str = "signIn";
/// How long a request waits for its session to be renewed.
const RENEWAL_TIMEOUT: Duration = Duration::from_millis(250);

/// A sign-in that is over, and the desk that it held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Keys of [`SignIn`]s.
    pub sign_ins: Vec<String>,
    pub seats: Vec<Seat>,
}

impl Store {
    /// Deletes sessions that expired or were revoked, and frees their desks. Forgets what nobody
    /// needs any more while it is at it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sweep_sessions(&self, now: Timestamp) -> std::result::Result<Swept, StoreError> {
        let due: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM sessions WHERE expires_at <= ?)
                 OR EXISTS (SELECT 1 FROM desks d
                            WHERE NOT EXISTS (SELECT 1 FROM sessions s WHERE s.sign_in = d.sign_in))",
        )
        .bind(rows::millis(now))
        .fetch_one(&self.readers)
        .await?;
        if !due {
            return Ok(Swept::default());
        }
        let mut tx = self.write().await?;
        let sign_ins: Vec<Option<String>> =
            sqlx::query_scalar("DELETE FROM sessions WHERE expires_at <= ? RETURNING sign_in")
                .bind(rows::millis(now))
                .fetch_all(&mut *tx)
                .await?;
        let seats: Vec<super::desks::SeatRow> = sqlx::query_as(
            "DELETE FROM desks WHERE NOT EXISTS (SELECT 1 FROM sessions s WHERE s.sign_in = desks.sign_in)
             RETURNING exten, epoch",
        )
        .fetch_all(&mut *tx)
        .await?;
        super::drafts::forget_tabs(&mut tx, now).await?;
        tx.commit().await?;
        let seats = seats.into_iter().map(super::desks::SeatRow::read).collect::<std::result::Result<_, _>>()?;
        Ok(Swept { sign_ins: sign_ins.into_iter().flatten().collect(), seats })
    }
}

/// The sessions table as tower-sessions uses it.
#[derive(Clone, Debug)]
pub struct Sessions {
    store: Store,
}

impl Sessions {
    pub fn new(store: Store) -> Self {
        Self { store }
    }
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let (key, account) = sign_in(record);
        let created = sqlx::query(
            "INSERT INTO sessions (id, sign_in, account_id, data, expires_at) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT DO NOTHING",
        )
        .bind(digest(&record.id))
        .bind(key)
        .bind(account)
        .bind(encode(record)?)
        .bind(expiry(record))
        .execute(&self.store.writer)
        .await
        .map_err(backend)?;
        // 128 random bits: a collision is a broken random number generator.
        if created.rows_affected() == 1 { Ok(()) } else { Err(Error::Backend("the session id is taken".into())) }
    }

    /// A renewal, on the way of a request that has its answer: where the database does not take it,
    /// the answer goes out all the same, and the next request renews.
    async fn save(&self, record: &Record) -> Result<()> {
        let (key, account) = sign_in(record);
        // A revoked session has expired: renewing it would undo that.
        let renewal = sqlx::query(
            "UPDATE sessions SET sign_in = ?, account_id = ?, data = ?, expires_at = ?
             WHERE id = ? AND expires_at > 0",
        )
        .bind(key)
        .bind(account)
        .bind(encode(record)?)
        .bind(expiry(record))
        .bind(digest(&record.id))
        .execute(&self.store.writer);
        match tokio::time::timeout(RENEWAL_TIMEOUT, renewal).await {
            Ok(Ok(renewed)) if renewed.rows_affected() == 0 => {
                return Err(Error::Backend("the session ended meanwhile".into()));
            }
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::warn!(%error, "Could not renew a session; the next request tries again"),
            Err(_) => tracing::warn!("Could not renew a session in time; the next request tries again"),
        }
        Ok(())
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let row: Option<SessionRow> =
            sqlx::query_as("SELECT data, expires_at FROM sessions WHERE id = ? AND expires_at > ?")
                .bind(digest(id))
                .bind(rows::millis(Timestamp::now()))
                .fetch_optional(&self.store.readers)
                .await
                .map_err(backend)?;
        row.map(|row| row.read(*id)).transpose()
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        sqlx::query("DELETE FROM sessions WHERE id = ?")
            .bind(digest(id))
            .execute(&self.store.writer)
            .await
            .map_err(backend)?;
        Ok(())
    }
}

#[derive(FromRow)]
struct SessionRow {
    data: String,
    expires_at: i64,
}

impl SessionRow {
    fn read(self, id: Id) -> Result<Record> {
        let decode = |error: &dyn std::fmt::Display| Error::Decode(error.to_string());
        Ok(Record {
            id,
            data: serde_json::from_str(&self.data).map_err(|error| decode(&error))?,
            expiry_date: OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.expires_at) * 1_000_000)
                .map_err(|error| decode(&error))?,
        })
    }
}

fn digest(id: &Id) -> String {
    hex::encode(Sha256::digest(id.to_string().as_bytes()))
}

fn encode(record: &Record) -> Result<String> {
    serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))
}

/// Beside the data in columns of their own, so that SQL can find them.
fn sign_in(record: &Record) -> (Option<String>, Option<i64>) {
    let sign_in: Option<SignIn> = record.data.get(SIGN_IN).and_then(|value| serde_json::from_value(value.clone()).ok());
    sign_in.map(|sign_in| (sign_in.key, sign_in.account.0)).unzip()
}

fn expiry(record: &Record) -> i64 {
    i64::try_from(record.expiry_date.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

fn backend(error: sqlx::Error) -> Error {
    Error::Backend(error.to_string())
}
