//! Two calls that became one, by an attended transfer: notes and drafts go along, and the old
//! call's id stays as an alias (R18).

use domain::{fold::fold, ids::CallId, note::joined};
use sqlx::{FromRow, Sqlite, Transaction};

use super::{Store, StoreError, aliases, rows};

impl Store {
    /// Makes `from` a part of `into`. Doing it again changes nothing.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn merge_calls(&self, from: &CallId, into: &CallId) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        merge(&mut tx, from, into).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// [`Store::merge_calls`], within a transaction.
pub(super) async fn merge(
    tx: &mut Transaction<'static, Sqlite>,
    from: &CallId,
    into: &CallId,
) -> Result<(), StoreError> {
    let into = aliases::resolve(tx, into).await?;
    if *from == into || aliases::resolve(tx, from).await? != *from {
        return Ok(());
    }
    let (from, into) = (from.as_str(), into.as_str());
    // Notes and legs need their call: until the next record it looks like the other.
    sqlx::query(
        "INSERT INTO calls (id, direction, root_channel, root_endpoint, caller_name, caller_number, caller_phone,
                            dialled, customer_id, answered_by, answered_by_name, started_at, answered_at, folded,
                            root_exten, hidden, answered_outside)
         SELECT ?2, direction, root_channel, root_endpoint, caller_name, caller_number, caller_phone,
                dialled, customer_id, answered_by, answered_by_name, started_at, answered_at, folded,
                root_exten, hidden, answered_outside
         FROM calls WHERE id = ?1 ON CONFLICT DO NOTHING",
    )
    .bind(from)
    .bind(into)
    .execute(&mut **tx)
    .await?;
    move_note(tx, from, into).await?;
    move_drafts(tx, from, into).await?;
    for (statement, binds) in [
        ("UPDATE OR IGNORE legs SET call_id = ? WHERE call_id = ?", &[into, from][..]),
        ("DELETE FROM legs WHERE call_id = ?", &[from]),
        ("DELETE FROM calls WHERE id = ?", &[from]),
        ("UPDATE call_aliases SET call_id = ? WHERE call_id = ?", &[into, from]),
        ("INSERT INTO call_aliases (id, call_id) VALUES (?, ?)", &[from, into]),
    ] {
        let mut query = sqlx::query(statement);
        for bind in binds {
            query = query.bind(*bind);
        }
        query.execute(&mut **tx).await?;
    }
    Ok(())
}

#[derive(FromRow)]
struct NoteRow {
    customer_id: Option<i64>,
    version: i64,
    text: String,
    account_id: i64,
}

/// The note goes along with its versions. If both calls have one, the versions of `from` follow
/// those of `into`, and a last one holds both texts.
async fn move_note(tx: &mut Transaction<'static, Sqlite>, from: &str, into: &str) -> Result<(), StoreError> {
    const NOTE: &str = "SELECT customer_id, version, text, account_id FROM notes WHERE call_id = ?";
    let Some(theirs) = sqlx::query_as::<_, NoteRow>(NOTE).bind(from).fetch_optional(&mut **tx).await? else {
        return Ok(());
    };
    let ours: Option<NoteRow> = sqlx::query_as(NOTE).bind(into).fetch_optional(&mut **tx).await?;
    sqlx::query("UPDATE note_versions SET call_id = ?, version = version + ? WHERE call_id = ?")
        .bind(into)
        .bind(ours.as_ref().map_or(0, |note| note.version))
        .bind(from)
        .execute(&mut **tx)
        .await?;
    let Some(ours) = ours else {
        sqlx::query("UPDATE notes SET call_id = ? WHERE call_id = ?").bind(into).bind(from).execute(&mut **tx).await?;
        return Ok(());
    };
    let version = ours.version + theirs.version + 1;
    let text = joined(&ours.text, &theirs.text);
    let customer = ours.customer_id.or(theirs.customer_id);
    let now = rows::millis(rows::now());
    sqlx::query(
        "INSERT INTO note_versions (call_id, version, customer_id, text, account_id, saved_at)
         VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(into)
    .bind(version)
    .bind(customer)
    .bind(&text)
    .bind(theirs.account_id)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    sqlx::query(
        "UPDATE notes SET customer_id = ?, version = ?, text = ?, folded = ?, account_id = ?, saved_at = ?
         WHERE call_id = ?",
    )
    .bind(customer)
    .bind(version)
    .bind(&text)
    .bind(fold(&text))
    .bind(theirs.account_id)
    .bind(now)
    .bind(into)
    .execute(&mut **tx)
    .await?;
    sqlx::query("DELETE FROM notes WHERE call_id = ?").bind(from).execute(&mut **tx).await?;
    Ok(())
}

#[derive(FromRow)]
struct DraftRow {
    account_id: i64,
    ours: Option<String>,
    theirs: String,
}

/// Each person's draft goes along; who was typing on both calls finds both texts in one. A
/// draft whose note got more versions by the merge meets a conflict when it is saved.
async fn move_drafts(tx: &mut Transaction<'static, Sqlite>, from: &str, into: &str) -> Result<(), StoreError> {
    let drafts: Vec<DraftRow> = sqlx::query_as(
        "SELECT d.account_id, d.text AS theirs,
                (SELECT o.text FROM drafts o WHERE o.account_id = d.account_id AND o.call_id = ?) AS ours
         FROM drafts d WHERE d.call_id = ?",
    )
    .bind(into)
    .bind(from)
    .fetch_all(&mut **tx)
    .await?;
    for draft in drafts {
        match draft.ours {
            None => sqlx::query("UPDATE drafts SET call_id = ? WHERE account_id = ? AND call_id = ?")
                .bind(into)
                .bind(draft.account_id)
                .bind(from),
            Some(ours) => sqlx::query("UPDATE drafts SET text = ? WHERE account_id = ? AND call_id = ?")
                .bind(joined(&ours, &draft.theirs))
                .bind(draft.account_id)
                .bind(into),
        }
        .execute(&mut **tx)
        .await?;
    }
    // draft_tabs stays: a tab counts its edits by the id that it knows.
    sqlx::query("DELETE FROM drafts WHERE call_id = ?").bind(from).execute(&mut **tx).await?;
    Ok(())
}
