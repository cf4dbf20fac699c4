//! Calls and their legs. A call is written again and again in its life; a late, older word
//! takes nothing back.

use domain::{
    call::{Leg, LegEnd, Outcome},
    history::CallRecord,
    ids::{AccountId, CallId, Extension, PbxName},
};
use sqlx::{Sqlite, SqliteConnection, Transaction};

use super::{
    Store, StoreError, fold, merge,
    rows::{millis, word},
};

impl Store {
    /// Writes a call as it is known now, and what was merged into it. Writing it again changes
    /// only what is new. The record of a call that was merged away meanwhile is dropped.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn record_call(&self, record: &CallRecord) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        put_call(&mut tx, record).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Is this call, or the one that it became part of, in the database?
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn has_call(&self, call: &CallId) -> Result<bool, StoreError> {
        let found: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM calls
                            WHERE id = coalesce((SELECT call_id FROM call_aliases WHERE id = ?1), ?1))",
        )
        .bind(call.as_str())
        .fetch_one(&self.readers)
        .await?;
        Ok(found)
    }

    /// Is this call an agent's? It is when it rang at their extension, or when they wrote about
    /// it: whoever lost a desk in mid-word may still save.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn concerns(
        &self,
        call: &CallId,
        account: AccountId,
        exten: Option<&Extension>,
    ) -> Result<bool, StoreError> {
        let found: bool = sqlx::query_scalar(
            "WITH this (id) AS (SELECT coalesce((SELECT call_id FROM call_aliases WHERE id = ?1), ?1))
             SELECT EXISTS (SELECT 1 FROM legs l JOIN this ON l.call_id = this.id WHERE l.exten = ?2)
                 OR EXISTS (SELECT 1 FROM drafts d JOIN this ON d.call_id = this.id WHERE d.account_id = ?3)
                 OR EXISTS (SELECT 1 FROM note_versions v JOIN this ON v.call_id = this.id WHERE v.account_id = ?3)",
        )
        .bind(call.as_str())
        .bind(exten.map(Extension::as_str))
        .bind(account.0)
        .fetch_one(&self.readers)
        .await?;
        Ok(found)
    }

    /// Closes the calls of a previous run that the switchboard, now caught up, does not know:
    /// they ended while nobody listened. They end with the last that was heard of them. Answers
    /// how many.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn close_orphans(&self, pbx: &PbxName, live: &[CallId]) -> Result<u64, StoreError> {
        let live = serde_json::Value::from(live.iter().map(CallId::as_str).collect::<Vec<_>>()).to_string();
        let mut tx = self.write().await?;
        let orphans: Vec<String> = sqlx::query_scalar(
            "SELECT id FROM calls
             WHERE ended_at IS NULL AND id = ?1 || ':' || root_channel
               AND id NOT IN (SELECT value FROM json_each(?2))",
        )
        .bind(pbx.as_str())
        .bind(live)
        .fetch_all(&mut *tx)
        .await?;
        for call in &orphans {
            sqlx::query(
                "UPDATE calls SET
                    ended_at = max(started_at, coalesce(answered_at, 0),
                                   coalesce((SELECT max(max(created_at, coalesce(ringing_at, 0),
                                                            coalesce(answered_at, 0), coalesce(ended_at, 0)))
                                             FROM legs WHERE call_id = calls.id), 0)),
                    outcome = CASE WHEN answered_at IS NULL THEN ? ELSE ? END
                 WHERE id = ?",
            )
            .bind(word(&Outcome::Failed))
            .bind(word(&Outcome::Answered))
            .bind(call)
            .execute(&mut *tx)
            .await?;
            sqlx::query(
                "UPDATE legs SET ending = ?, ended_at = (SELECT ended_at FROM calls WHERE id = call_id)
                 WHERE call_id = ? AND ended_at IS NULL",
            )
            .bind(word(&LegEnd::Lost))
            .bind(call)
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(orphans.len() as u64)
    }
}

/// The call that `call` became part of, or itself. Aliases never point at aliases.
pub(super) async fn resolve(connection: &mut SqliteConnection, call: &CallId) -> Result<CallId, StoreError> {
    let into: Option<String> = sqlx::query_scalar("SELECT call_id FROM call_aliases WHERE id = ?")
        .bind(call.as_str())
        .fetch_optional(connection)
        .await?;
    Ok(into.map_or_else(|| call.clone(), CallId::new))
}

/// [`Store::record_call`], within a transaction.
pub(super) async fn put_call(tx: &mut Transaction<'static, Sqlite>, record: &CallRecord) -> Result<(), StoreError> {
    let call = &record.call;
    if resolve(tx, &call.id).await? != call.id {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO calls (id, direction, root_channel, root_endpoint, caller_name, caller_number, caller_phone,
                            dialled, customer_id, answered_by, answered_by_name, started_at, answered_at, ended_at,
                            outcome, folded)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET
            direction = excluded.direction,
            root_channel = excluded.root_channel,
            root_endpoint = excluded.root_endpoint,
            started_at = excluded.started_at,
            caller_name = excluded.caller_name,
            caller_number = excluded.caller_number,
            caller_phone = coalesce(excluded.caller_phone, caller_phone),
            dialled = excluded.dialled,
            customer_id = coalesce(excluded.customer_id, customer_id),
            answered_by = coalesce(excluded.answered_by, answered_by),
            answered_by_name = coalesce(excluded.answered_by_name, answered_by_name),
            answered_at = coalesce(excluded.answered_at, answered_at),
            ended_at = excluded.ended_at,
            outcome = excluded.outcome,
            folded = excluded.folded
         -- What has ended stays so.
         WHERE calls.ended_at IS NULL OR excluded.ended_at IS NOT NULL",
    )
    .bind(call.id.as_str())
    .bind(word(&call.direction))
    .bind(call.root.as_str())
    .bind(call.root_endpoint.as_str())
    .bind(&call.caller.name)
    .bind(&call.caller.number)
    .bind(&record.caller_phone)
    .bind(&call.dialled)
    .bind(record.customer.map(|customer| customer.0))
    .bind(call.answer.as_ref().and_then(|answer| answer.exten.as_ref()).map(Extension::as_str))
    .bind(&record.answered_by_name)
    .bind(millis(call.started_at))
    .bind(call.answered_at.map(millis))
    .bind(call.ended_at.map(millis))
    .bind(call.outcome.as_ref().map(word))
    .bind(fold::fold(&call.caller.name))
    .execute(&mut **tx)
    .await?;
    for leg in &call.legs {
        put_leg(tx, &call.id, leg).await?;
    }
    for from in &call.aliases {
        merge::merge(tx, from, &call.id).await?;
    }
    Ok(())
}

async fn put_leg(tx: &mut Transaction<'static, Sqlite>, call: &CallId, leg: &Leg) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO legs (call_id, channel, endpoint, exten, state, created_at, ringing_at, answered_at, ended_at,
                           ending, cause_code, cause_text)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (call_id, channel) DO UPDATE SET
            exten = coalesce(excluded.exten, exten),
            state = excluded.state,
            ringing_at = coalesce(excluded.ringing_at, ringing_at),
            answered_at = coalesce(excluded.answered_at, answered_at),
            ended_at = excluded.ended_at,
            ending = excluded.ending,
            cause_code = excluded.cause_code,
            cause_text = excluded.cause_text
         WHERE legs.ended_at IS NULL OR excluded.ended_at IS NOT NULL",
    )
    .bind(call.as_str())
    .bind(leg.channel.as_str())
    .bind(leg.endpoint.as_str())
    .bind(leg.exten.as_ref().map(Extension::as_str))
    .bind(leg.state.as_str())
    .bind(millis(leg.created_at))
    .bind(leg.ringing_at.map(millis))
    .bind(leg.answered_at.map(millis))
    .bind(leg.ended_at.map(millis))
    .bind(leg.end.as_ref().map(word))
    .bind(leg.cause.as_ref().map(|cause| cause.code))
    .bind(leg.cause.as_ref().map(|cause| cause.text.as_str()))
    .execute(&mut **tx)
    .await?;
    Ok(())
}
