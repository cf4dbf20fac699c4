//! Who holds which extension. A desk is held by one sign-in, for as long as its session lives.

use domain::{
    ids::{AccountId, Epoch, Extension},
    role::{Seat, SignedIn},
    sign_in::SignIn,
};
use sqlx::FromRow;

use super::{Store, StoreError, accounts::role, rows};

/// What came of taking a desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is the new sign-in's. The one that lost it, if it was held, is to be told.
    Yes { from: Option<Lost> },
    /// A colleague of this name holds it.
    Held { by: String },
}

/// A sign-in that has lost its desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    pub seat: Seat,
    /// To a later sign-in of the same person.
    pub to_oneself: bool,
}

/// The sign-in that holds a desk.
#[derive(FromRow)]
struct Holder {
    account_id: i64,
    name: String,
    exten: String,
    epoch: String,
}

/// A desk whose session has ended is held by nobody.
const HOLDER: &str = "SELECT d.account_id, a.name, d.exten, d.epoch
    FROM desks d JOIN accounts a ON a.id = d.account_id
    WHERE d.exten = ?
      AND EXISTS (SELECT 1 FROM sessions s WHERE s.sign_in = d.sign_in AND s.expires_at > ?)";

impl Store {
    /// The name of the colleague of `account` who holds this desk, if one does.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn held_by(&self, exten: &Extension, account: AccountId) -> Result<Option<String>, StoreError> {
        let holder: Option<Holder> = sqlx::query_as(HOLDER)
            .bind(exten.as_str())
            .bind(rows::millis(rows::now()))
            .fetch_optional(&self.readers)
            .await?;
        Ok(holder.filter(|holder| holder.account_id != account.0).map(|holder| holder.name))
    }

    /// Gives the desk of `sign_in.seat` to it: from an earlier sign-in of the same account, who
    /// may have lost the browser it was made in, and with `take_over` from whoever holds it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn take_desk(&self, sign_in: &SignIn, seat: &Seat, take_over: bool) -> Result<Taken, StoreError> {
        let mut tx = self.write().await?;
        let holder: Option<Holder> = sqlx::query_as(HOLDER)
            .bind(seat.exten.as_str())
            .bind(rows::millis(rows::now()))
            .fetch_optional(&mut *tx)
            .await?;
        if let Some(holder) = &holder
            && holder.account_id != sign_in.account.0
            && !take_over
        {
            return Ok(Taken::Held { by: holder.name.clone() });
        }
        sqlx::query("REPLACE INTO desks (exten, account_id, sign_in, epoch, since_at) VALUES (?, ?, ?, ?, ?)")
            .bind(seat.exten.as_str())
            .bind(sign_in.account.0)
            .bind(&sign_in.key)
            .bind(seat.epoch.to_string())
            .bind(rows::millis(rows::now()))
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        let lost = |holder: Holder| {
            let to_oneself = holder.account_id == sign_in.account.0;
            Ok::<_, StoreError>(Lost { seat: SeatRow { exten: holder.exten, epoch: holder.epoch }.read()?, to_oneself })
        };
        Ok(Taken::Yes { from: holder.map(lost).transpose()? })
    }

    /// Frees a desk, unless a later sign-in holds it by now.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn leave_desk(&self, seat: &Seat) -> Result<bool, StoreError> {
        let left = sqlx::query("DELETE FROM desks WHERE exten = ? AND epoch = ?")
            .bind(seat.exten.as_str())
            .bind(seat.epoch.to_string())
            .execute(&self.writer)
            .await?;
        Ok(left.rows_affected() == 1)
    }

    /// The person of a sign-in as they are now: none once the account is disabled, without a
    /// desk once it was taken over.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn signed_in(&self, sign_in: &SignIn) -> Result<Option<SignedIn>, StoreError> {
        let row: Option<SignedInRow> = sqlx::query_as(
            "SELECT a.login, a.name, a.role, a.whole_record, d.exten IS NOT NULL AS at_desk
             FROM accounts a LEFT JOIN desks d ON d.exten = ? AND d.epoch = ? AND d.account_id = a.id
             WHERE a.id = ? AND NOT a.disabled",
        )
        .bind(sign_in.seat.as_ref().map(|seat| seat.exten.as_str()))
        .bind(sign_in.seat.as_ref().map(|seat| seat.epoch.to_string()))
        .bind(sign_in.account.0)
        .fetch_optional(&self.readers)
        .await?;
        row.map(|row| row.read(sign_in)).transpose()
    }
}

#[derive(FromRow)]
struct SignedInRow {
    login: String,
    name: String,
    role: String,
    whole_record: bool,
    at_desk: bool,
}

impl SignedInRow {
    fn read(self, sign_in: &SignIn) -> Result<SignedIn, StoreError> {
        Ok(SignedIn {
            account: AccountId(sign_in.account.0),
            login: self.login,
            name: self.name,
            role: role(&self.role)?,
            whole_record: self.whole_record,
            desk: sign_in.seat.clone().filter(|_| self.at_desk),
        })
    }
}

#[derive(FromRow)]
pub(super) struct SeatRow {
    exten: String,
    epoch: String,
}

impl SeatRow {
    pub(super) fn read(self) -> Result<Seat, StoreError> {
        let epoch: Epoch =
            self.epoch.parse().map_err(|_| StoreError::Unreadable { what: "epoch", found: self.epoch.clone() })?;
        Ok(Seat { exten: Extension::new(self.exten), epoch })
    }
}
