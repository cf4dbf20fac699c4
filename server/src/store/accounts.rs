//! The people who may sign in.

use std::collections::BTreeMap;

use domain::{
    ids::{AccountId, Extension},
    role::Role,
};
use sqlx::{FromRow, Sqlite, Transaction};

use super::{Store, StoreError, rows};

/// Someone who may sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub id: AccountId,
    pub login: String,
    pub name: String,
    pub role: Role,
    pub whole_record: bool,
    pub disabled: bool,
    /// The extensions that the account may take.
    pub extens: Vec<Extension>,
}

/// An account on its way into the database.
#[derive(Clone, Debug)]
pub struct NewAccount {
    pub login: String,
    pub name: String,
    pub role: Role,
    pub whole_record: bool,
    pub extens: Vec<Extension>,
}

impl Store {
    /// Makes an account; None when the login is taken, in whatever case.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn add_account(&self, new: &NewAccount, password_hash: &str) -> Result<Option<AccountId>, StoreError> {
        let mut tx = self.write().await?;
        let added = add(&mut tx, new, password_hash).await?;
        tx.commit().await?;
        Ok(added)
    }

    /// The account and the hash of its password.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn credentials(&self, login: &str) -> Result<Option<(Account, String)>, StoreError> {
        let row: Option<(AccountRow, String)> = sqlx::query_as::<_, CredentialsRow>(
            "SELECT id, login, name, role, whole_record, disabled, password FROM accounts WHERE login = ?",
        )
        .bind(login)
        .fetch_optional(&self.readers)
        .await?
        .map(|row| (row.account, row.password));
        let Some((account, hash)) = row else {
            return Ok(None);
        };
        let extens: Vec<String> =
            sqlx::query_scalar("SELECT exten FROM account_extens WHERE account_id = ? ORDER BY exten")
                .bind(account.id)
                .fetch_all(&self.readers)
                .await?;
        Ok(Some((account.read(extens.into_iter().map(Extension::new).collect())?, hash)))
    }

    /// Everyone, by login.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        let accounts: Vec<AccountRow> =
            sqlx::query_as("SELECT id, login, name, role, whole_record, disabled FROM accounts ORDER BY login")
                .fetch_all(&self.readers)
                .await?;
        let extens: Vec<(i64, String)> = sqlx::query_as("SELECT account_id, exten FROM account_extens ORDER BY exten")
            .fetch_all(&self.readers)
            .await?;
        let mut of: BTreeMap<i64, Vec<Extension>> = BTreeMap::new();
        for (account, exten) in extens {
            of.entry(account).or_default().push(Extension::new(exten));
        }
        accounts
            .into_iter()
            .map(|account| {
                let extens = of.remove(&account.id).unwrap_or_default();
                account.read(extens)
            })
            .collect()
    }

    /// Changes a password and ends the account's sessions. False when there is no such login.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn set_password(&self, login: &str, password_hash: &str) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let id = sqlx::query_scalar("UPDATE accounts SET password = ? WHERE login = ? RETURNING id")
            .bind(password_hash)
            .bind(login)
            .fetch_optional(&mut *tx)
            .await?;
        revoke(tx, id).await
    }

    /// Changes a password for its owner and ends all their sessions but the one of this sign-in.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn change_password(&self, account: AccountId, password_hash: &str, kept: &str) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        sqlx::query("UPDATE accounts SET password = ? WHERE id = ?")
            .bind(password_hash)
            .bind(account.0)
            .execute(&mut *tx)
            .await?;
        sqlx::query("UPDATE sessions SET expires_at = 0 WHERE account_id = ? AND sign_in IS NOT ?")
            .bind(account.0)
            .bind(kept)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Shuts an account or opens it again; shutting ends its sessions. False when there is no
    /// such login.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn set_disabled(&self, login: &str, disabled: bool) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let id = sqlx::query_scalar("UPDATE accounts SET disabled = ? WHERE login = ? RETURNING id")
            .bind(disabled)
            .bind(login)
            .fetch_optional(&mut *tx)
            .await?;
        revoke(tx, id).await
    }
}

/// [`Store::add_account`], within a transaction.
pub(super) async fn add(
    tx: &mut Transaction<'static, Sqlite>,
    new: &NewAccount,
    password_hash: &str,
) -> Result<Option<AccountId>, StoreError> {
    let inserted = sqlx::query(
        "INSERT INTO accounts (login, name, role, password, whole_record, created_at)
         VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
    )
    .bind(&new.login)
    .bind(&new.name)
    .bind(new.role.as_str())
    .bind(password_hash)
    .bind(new.whole_record)
    .bind(rows::millis(rows::now()))
    .execute(&mut **tx)
    .await?;
    if inserted.rows_affected() == 0 {
        return Ok(None);
    }
    let id = inserted.last_insert_rowid();
    for exten in &new.extens {
        sqlx::query("INSERT INTO account_extens (account_id, exten) VALUES (?, ?) ON CONFLICT DO NOTHING")
            .bind(id)
            .bind(exten.as_str())
            .execute(&mut **tx)
            .await?;
    }
    Ok(Some(AccountId(id)))
}

/// Expires the account's sessions: the sweep of the running server closes their sockets, also
/// when this is another process.
async fn revoke(mut tx: Transaction<'static, Sqlite>, account: Option<i64>) -> Result<bool, StoreError> {
    if let Some(account) = account {
        sqlx::query("UPDATE sessions SET expires_at = 0 WHERE account_id = ?").bind(account).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(account.is_some())
}

#[derive(FromRow)]
struct AccountRow {
    id: i64,
    login: String,
    name: String,
    role: String,
    whole_record: bool,
    disabled: bool,
}

#[derive(FromRow)]
struct CredentialsRow {
    #[sqlx(flatten)]
    account: AccountRow,
    password: String,
}

impl AccountRow {
    fn read(self, extens: Vec<Extension>) -> Result<Account, StoreError> {
        Ok(Account {
            id: AccountId(self.id),
            role: role(&self.role)?,
            login: self.login,
            name: self.name,
            whole_record: self.whole_record,
            disabled: self.disabled,
            extens,
        })
    }
}

pub(super) fn role(text: &str) -> Result<Role, StoreError> {
    text.parse().map_err(|_| StoreError::Unreadable { what: "role", found: text.to_owned() })
}
