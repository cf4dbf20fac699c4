//! Notes. A call has one; every save makes a new version of it, and all versions stay.

use domain::{
    fold::fold,
    ids::{AccountId, CallId, CustomerId},
    note::{Note, SaveNote, Saved},
};
use jiff::Timestamp;
use sqlx::{FromRow, Sqlite, SqliteConnection, Transaction};

use super::{
    Store, StoreError, aliases, drafts,
    rows::{millis, now, timestamp},
};

/// Why a note was not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveRefused {
    /// The call is not in the database: it has to be recorded first.
    NoCall,
    /// The customer that was chosen has not this caller's number.
    ForeignCustomer,
    /// Somebody else has used this save id.
    ForeignSave,
}

impl Store {
    /// The note of a call.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn note(&self, call: &CallId) -> Result<Option<Note>, StoreError> {
        let mut connection = self.readers.acquire().await?;
        let call = aliases::resolve(&mut connection, call).await?;
        read_note(&mut connection, &call).await
    }

    /// Writes a new version of a note and forgets its draft, all or nothing. Sending the same
    /// save again answers the same and writes nothing. When the note has moved on from the
    /// version that the text began from, nothing is overwritten: the text is kept as a draft.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn save_note(
        &self,
        account: AccountId,
        save: &SaveNote,
    ) -> Result<Result<Saved, SaveRefused>, StoreError> {
        let mut tx = self.write().await?;
        let at = now();
        let saved = save_within(&mut tx, account, save, at).await?;
        if saved.is_ok() {
            tx.commit().await?;
        }
        Ok(saved)
    }
}

/// [`Store::save_note`], within a transaction.
pub(super) async fn save_within(
    tx: &mut Transaction<'static, Sqlite>,
    account: AccountId,
    save: &SaveNote,
    at: Timestamp,
) -> Result<Result<Saved, SaveRefused>, StoreError> {
    let draft = &save.draft;
    if let Some(before) = saved_before(tx, save).await? {
        return Ok(if before.account_id == account.0 {
            Ok(Saved::Written { version: before.version, saved_at: timestamp(before.saved_at)? })
        } else {
            Err(SaveRefused::ForeignSave)
        });
    }
    let call = aliases::resolve(tx, &draft.call_id).await?;
    let Some(of_call) = customer_of(tx, &call, draft.customer_id).await? else {
        return Ok(Err(SaveRefused::NoCall));
    };
    if draft.customer_id.is_some() && !of_call.may_be_chosen {
        return Ok(Err(SaveRefused::ForeignCustomer));
    }
    let is_news = drafts::seen(tx, account, draft, at).await?;
    let theirs = read_note(tx, &call).await?;
    let version = theirs.as_ref().map_or(0, |theirs| theirs.version).saturating_add(1);
    if let Some(theirs) = theirs.filter(|theirs| theirs.version != draft.base_version) {
        // What its own tab kept meanwhile is this text, or more.
        if is_news || !drafts::is_kept(tx, account, &call, draft).await? {
            drafts::put_draft(tx, account, draft, at).await?;
        }
        return Ok(Ok(Saved::Conflict { theirs }));
    }
    let customer = draft.customer_id.map(|customer| customer.0).or(of_call.customer_id);
    write_version(tx, account, &call, save, Version { version, customer, at }).await?;
    drafts::outdate(tx, account, &call, save, version).await?;
    Ok(Ok(Saved::Written { version, saved_at: at }))
}

#[derive(FromRow)]
struct SavedBefore {
    version: u32,
    account_id: i64,
    saved_at: i64,
}

async fn saved_before(
    tx: &mut Transaction<'static, Sqlite>,
    save: &SaveNote,
) -> Result<Option<SavedBefore>, StoreError> {
    let before = sqlx::query_as("SELECT version, account_id, saved_at FROM note_versions WHERE save_id = ?")
        .bind(save.save_id.to_string())
        .fetch_optional(&mut **tx)
        .await?;
    Ok(before)
}

#[derive(FromRow)]
struct OfCall {
    customer_id: Option<i64>,
    /// Is the chosen customer the one of the call, or one who has the caller's number?
    may_be_chosen: bool,
}

async fn customer_of(
    tx: &mut Transaction<'static, Sqlite>,
    call: &CallId,
    chosen: Option<CustomerId>,
) -> Result<Option<OfCall>, StoreError> {
    let of_call = sqlx::query_as(
        "SELECT k.customer_id,
                coalesce(k.customer_id = ?1, 0)
                  OR EXISTS (SELECT 1 FROM customer_phones p
                             WHERE p.number = k.caller_phone AND p.customer_id = ?1) AS may_be_chosen
         FROM calls k WHERE k.id = ?2",
    )
    .bind(chosen.map(|customer| customer.0))
    .bind(call.as_str())
    .fetch_optional(&mut **tx)
    .await?;
    Ok(of_call)
}

struct Version {
    version: u32,
    customer: Option<i64>,
    at: Timestamp,
}

async fn write_version(
    tx: &mut Transaction<'static, Sqlite>,
    account: AccountId,
    call: &CallId,
    save: &SaveNote,
    Version { version, customer, at }: Version,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO note_versions (call_id, version, save_id, customer_id, text, account_id, saved_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(call.as_str())
    .bind(version)
    .bind(save.save_id.to_string())
    .bind(customer)
    .bind(&save.draft.text)
    .bind(account.0)
    .bind(millis(at))
    .execute(&mut **tx)
    .await?;
    sqlx::query(
        "REPLACE INTO notes (call_id, customer_id, version, text, folded, account_id, saved_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(call.as_str())
    .bind(customer)
    .bind(version)
    .bind(&save.draft.text)
    .bind(fold(&save.draft.text))
    .bind(account.0)
    .bind(millis(at))
    .execute(&mut **tx)
    .await?;
    // Who writes about a customer says whose call it was.
    sqlx::query("UPDATE calls SET customer_id = coalesce(?, customer_id) WHERE id = ?")
        .bind(customer)
        .bind(call.as_str())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

#[derive(FromRow)]
struct NoteRow {
    customer_id: Option<i64>,
    version: u32,
    text: String,
    author: String,
    saved_at: i64,
}

async fn read_note(connection: &mut SqliteConnection, call: &CallId) -> Result<Option<Note>, StoreError> {
    let row: Option<NoteRow> = sqlx::query_as(
        "SELECT n.customer_id, n.version, n.text, a.name AS author, n.saved_at
         FROM notes n JOIN accounts a ON a.id = n.account_id WHERE n.call_id = ?",
    )
    .bind(call.as_str())
    .fetch_optional(connection)
    .await?;
    row.map(|row| {
        Ok(Note {
            call_id: call.clone(),
            customer_id: row.customer_id.map(CustomerId),
            version: row.version,
            text: row.text,
            author: row.author,
            saved_at: timestamp(row.saved_at)?,
        })
    })
    .transpose()
}
