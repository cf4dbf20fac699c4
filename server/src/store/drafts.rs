//! What is being typed: one text per person and call, whichever of their tabs typed last.
//!
//! Edits of one tab may arrive late. A tab counts them, and an edit that is not newer than the
//! last one seen of its tab changes nothing, also after the draft was saved or dropped.

use domain::{
    ids::{AccountId, CallId, CustomerId, TabId},
    note::{ColleagueDraft, Draft, KeptDraft, SaveNote, TabEdit, joined},
    phone::E164,
};
use jiff::{SignedDuration, Timestamp};
use sqlx::{FromRow, Sqlite, Transaction};

use super::{
    Store, StoreError, aliases,
    rows::{maybe_timestamp, millis, now, timestamp},
};

/// How long the count of a tab is remembered after its last edit.
const TAB_MEMORY: SignedDuration = SignedDuration::from_hours(48);

impl Store {
    /// Keeps a draft. Answers when the text that is kept now was kept.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn keep_draft(&self, account: AccountId, draft: &Draft) -> Result<Timestamp, StoreError> {
        let mut tx = self.write().await?;
        let at = now();
        if !seen(&mut tx, account, draft, at).await? {
            let kept: Option<i64> =
                sqlx::query_scalar("SELECT kept_at FROM drafts WHERE account_id = ? AND call_id = ?")
                    .bind(account.0)
                    .bind(aliases::resolve(&mut tx, &draft.call_id).await?.as_str())
                    .fetch_optional(&mut *tx)
                    .await?;
            return Ok(maybe_timestamp(kept)?.unwrap_or(at));
        }
        put_draft(&mut tx, account, draft, at).await?;
        tx.commit().await?;
        Ok(at)
    }

    /// Forgets a draft.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn drop_draft(&self, account: AccountId, call: &CallId) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let call = aliases::resolve(&mut tx, call).await?;
        sqlx::query("DELETE FROM drafts WHERE account_id = ? AND call_id = ?")
            .bind(account.0)
            .bind(call.as_str())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// A person's drafts, newest first: of one call or of all.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn drafts(&self, account: AccountId, call: Option<&CallId>) -> Result<Vec<KeptDraft>, StoreError> {
        let rows: Vec<DraftRow> = sqlx::query_as(
            "SELECT d.call_id, d.customer_id, d.base_version, d.text, d.tab, d.revision, d.kept_at,
                    coalesce(c.name, k.caller_name, '') AS caller_name,
                    coalesce(k.caller_number, '') AS caller_number, k.caller_phone,
                    coalesce(k.hidden, 0) AS hidden, k.started_at, k.ended_at
             FROM drafts d LEFT JOIN calls k ON k.id = d.call_id
                           LEFT JOIN customers c ON c.id = coalesce(d.customer_id, k.customer_id)
             WHERE d.account_id = ?1 AND (?2 IS NULL OR d.call_id = ?2) ORDER BY d.kept_at DESC, d.call_id",
        )
        .bind(account.0)
        .bind(call.map(CallId::as_str))
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(DraftRow::read).collect()
    }

    /// What others than `account` have typed about a call and not saved, the latest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn colleagues_drafts(
        &self,
        account: AccountId,
        call: &CallId,
    ) -> Result<Vec<ColleagueDraft>, StoreError> {
        let rows: Vec<(String, String, i64)> = sqlx::query_as(
            "SELECT a.name, d.text, d.kept_at FROM drafts d JOIN accounts a ON a.id = d.account_id
             WHERE d.call_id = ? AND d.account_id <> ? AND d.text <> '' ORDER BY d.kept_at DESC, a.id",
        )
        .bind(call.as_str())
        .bind(account.0)
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|(author, text, kept_at)| Ok(ColleagueDraft { author, text, kept_at: timestamp(kept_at)? }))
            .collect()
    }
}

/// Forgets the counts of tabs that have long been silent.
pub(super) async fn forget_tabs(tx: &mut Transaction<'static, Sqlite>, now: Timestamp) -> Result<(), StoreError> {
    let before = now.saturating_sub(TAB_MEMORY).unwrap_or(Timestamp::MIN);
    sqlx::query("DELETE FROM draft_tabs WHERE seen_at < ?").bind(millis(before)).execute(&mut **tx).await?;
    Ok(())
}

/// Notes the edit of a tab. False when it, or a newer one, was seen before. The count belongs
/// to the call's id as the tab knows it, whatever the call was merged into.
pub(super) async fn seen(
    tx: &mut Transaction<'static, Sqlite>,
    account: AccountId,
    draft: &Draft,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let newer = sqlx::query(
        "INSERT INTO draft_tabs (account_id, call_id, tab, revision, seen_at) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET revision = excluded.revision, seen_at = excluded.seen_at
         WHERE excluded.revision > draft_tabs.revision",
    )
    .bind(account.0)
    .bind(draft.call_id.as_str())
    .bind(draft.tab.to_string())
    .bind(revision(draft.edit()))
    .bind(millis(at))
    .execute(&mut **tx)
    .await?;
    Ok(newer.rows_affected() == 1)
}

/// Writes the draft.
pub(super) async fn put_draft(
    tx: &mut Transaction<'static, Sqlite>,
    account: AccountId,
    draft: &Draft,
    at: Timestamp,
) -> Result<(), StoreError> {
    let call = aliases::resolve(tx, &draft.call_id).await?;
    let mut text = draft.text.clone();
    if call != draft.call_id {
        // The tab does not know of the merge yet, and of what the other call's draft says.
        let there: Option<String> = sqlx::query_scalar("SELECT text FROM drafts WHERE account_id = ? AND call_id = ?")
            .bind(account.0)
            .bind(call.as_str())
            .fetch_optional(&mut **tx)
            .await?;
        if let Some(there) = there {
            text = if there.contains(&text) { there } else { joined(&there, &text) };
        }
    }
    sqlx::query(
        "INSERT INTO drafts (account_id, call_id, customer_id, base_version, text, tab, revision, kept_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET
            customer_id = excluded.customer_id,
            base_version = excluded.base_version,
            text = excluded.text,
            tab = excluded.tab,
            revision = excluded.revision,
            kept_at = excluded.kept_at",
    )
    .bind(account.0)
    .bind(call.as_str())
    .bind(draft.customer_id.map(|customer| customer.0))
    .bind(draft.base_version)
    .bind(text)
    .bind(draft.tab.to_string())
    .bind(revision(draft.edit()))
    .bind(millis(at))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Is what is kept of this call by the same tab?
pub(super) async fn is_kept(
    tx: &mut Transaction<'static, Sqlite>,
    account: AccountId,
    call: &CallId,
    draft: &Draft,
) -> Result<bool, StoreError> {
    let kept =
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM drafts WHERE account_id = ? AND call_id = ? AND tab = ?)")
            .bind(account.0)
            .bind(call.as_str())
            .bind(draft.tab.to_string())
            .fetch_one(&mut **tx)
            .await?;
    Ok(kept)
}

/// After `save` became version `saved` of the note: forgets the edits that it holds, its tab's
/// and those that it went on from. Any other was typed meanwhile, here or in another tab: it stays,
/// and builds upon the new version.
pub(super) async fn outdate(
    tx: &mut Transaction<'static, Sqlite>,
    account: AccountId,
    call: &CallId,
    save: &SaveNote,
    saved: u32,
) -> Result<(), StoreError> {
    for edit in [Some(save.draft.edit()), save.follows].into_iter().flatten() {
        sqlx::query("DELETE FROM drafts WHERE account_id = ? AND call_id = ? AND tab = ? AND revision <= ?")
            .bind(account.0)
            .bind(call.as_str())
            .bind(edit.tab.to_string())
            .bind(revision(edit))
            .execute(&mut **tx)
            .await?;
    }
    sqlx::query("UPDATE drafts SET base_version = ? WHERE account_id = ? AND call_id = ?")
        .bind(saved)
        .bind(account.0)
        .bind(call.as_str())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// SQLite's integers are signed; no hand types more than they count.
fn revision(edit: TabEdit) -> i64 {
    i64::try_from(edit.revision).unwrap_or(i64::MAX)
}

#[derive(FromRow)]
struct DraftRow {
    call_id: String,
    customer_id: Option<i64>,
    base_version: u32,
    text: String,
    tab: String,
    revision: i64,
    kept_at: i64,
    caller_name: String,
    caller_number: String,
    caller_phone: Option<String>,
    hidden: bool,
    started_at: Option<i64>,
    ended_at: Option<i64>,
}

impl DraftRow {
    fn read(self) -> Result<KeptDraft, StoreError> {
        let tab: TabId =
            self.tab.parse().map_err(|_| StoreError::Unreadable { what: "tab", found: self.tab.clone() })?;
        Ok(KeptDraft {
            draft: Draft {
                call_id: CallId::new(self.call_id),
                customer_id: self.customer_id.map(CustomerId),
                base_version: self.base_version,
                text: self.text,
                tab,
                revision: self.revision.unsigned_abs(),
            },
            kept_at: timestamp(self.kept_at)?,
            caller_name: self.caller_name,
            caller_number: self.caller_number,
            caller_phone: self.caller_phone.and_then(|phone| E164::try_from(phone).ok()),
            hidden: self.hidden,
            started_at: maybe_timestamp(self.started_at)?,
            ended_at: maybe_timestamp(self.ended_at)?,
        })
    }
}
