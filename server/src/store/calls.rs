//! Calls and their legs. A call is written again and again in its life; a late, older word
//! takes nothing back.

use domain::{
    call::{Call, Leg, LegEnd, Outcome, Place},
    fold::fold,
    history::CallRecord,
    ids::{AccountId, CallId, ChannelId, Extension, PbxName},
};
use pbx::switchboard::Known;
use serde::Serialize;
use sqlx::{Sqlite, Transaction};

use super::{
    Store, StoreError, aliases, merge,
    rows::{json, millis, word},
};

/// Calls that are over and whose channels may still be there: agents who stay in a conference.
const REMEMBERED: u32 = 500;

impl Store {
    /// Writes a call as it is known now, and what was merged into it. Writing it again changes
    /// only what is new. The record of a call that was merged away meanwhile is dropped.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn record_call(&self, record: &CallRecord) -> Result<(), StoreError> {
        self.record_calls([record]).await
    }

    /// [`Store::record_call`] of many: all of them are written, or none.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn record_calls(&self, records: impl IntoIterator<Item = &CallRecord>) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        for record in records {
            put_call(&mut tx, record).await?;
        }
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

    /// Is this call an agent's? It is when it began or rang at their extension, or when they wrote
    /// about it: whoever lost a desk in mid-word may still save.
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
                 OR EXISTS (SELECT 1 FROM calls k JOIN this ON k.id = this.id WHERE k.root_exten = ?2)
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

    /// The calls of this PBX that are not over, as far as the database knows.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn open_calls(&self, pbx: &PbxName) -> Result<Vec<CallId>, StoreError> {
        let open: Vec<String> =
            sqlx::query_scalar("SELECT id FROM calls WHERE ended_at IS NULL AND id = ? || ':' || root_channel")
                .bind(pbx.as_str())
                .fetch_all(&self.readers)
                .await?;
        Ok(open.into_iter().map(CallId::new).collect())
    }

    /// What was known of this PBX's calls when the server stopped: those that went on, and the last
    /// that were over or had become a part of another. What cannot be read is left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn known_calls(&self, pbx: &PbxName) -> Result<Known, StoreError> {
        let live: Vec<String> = sqlx::query_scalar(
            "SELECT known FROM calls
             WHERE ended_at IS NULL AND known IS NOT NULL AND id = ? || ':' || root_channel",
        )
        .bind(pbx.as_str())
        .fetch_all(&self.readers)
        .await?;
        let over: Vec<(String, String, Option<String>)> = sqlx::query_as(
            "SELECT k.id, k.root_channel, (SELECT json_group_array(l.channel) FROM legs l WHERE l.call_id = k.id)
             FROM (SELECT id, root_channel FROM calls WHERE ended_at IS NOT NULL ORDER BY ended_at DESC LIMIT ?) k",
        )
        .bind(REMEMBERED)
        .fetch_all(&self.readers)
        .await?;
        let merged: Vec<(String, String)> = sqlx::query_as(
            "SELECT a.id, a.call_id FROM call_aliases a JOIN calls k ON k.id = a.call_id
             ORDER BY k.started_at DESC LIMIT ?",
        )
        .bind(REMEMBERED)
        .fetch_all(&self.readers)
        .await?;
        let channels = |root: String, legs: Option<String>| {
            let legs: Vec<ChannelId> = legs.and_then(|legs| serde_json::from_str(&legs).ok()).unwrap_or_default();
            legs.into_iter().chain([ChannelId::new(root)]).collect()
        };
        Ok(Known {
            live: live.iter().filter_map(|known| serde_json::from_str(known).ok()).collect(),
            over: over.into_iter().map(|(id, root, legs)| (CallId::new(id), channels(root, legs))).collect(),
            merged: merged.into_iter().map(|(from, into)| (CallId::new(from), CallId::new(into))).collect(),
        })
    }

    /// Closes calls that ended while nobody listened. They end with the last that was heard of
    /// them; what has ended meanwhile stays as it is. Answers how many were closed.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn close_orphans(&self, orphans: &[CallId]) -> Result<u64, StoreError> {
        let mut tx = self.write().await?;
        let mut closed = 0;
        for call in orphans {
            let done = sqlx::query(
                "UPDATE calls SET
                    ended_at = max(started_at, coalesce(answered_at, 0),
                                   coalesce((SELECT max(max(created_at, coalesce(ringing_at, 0),
                                                            coalesce(answered_at, 0), coalesce(ended_at, 0)))
                                             FROM legs WHERE call_id = calls.id), 0)),
                    outcome = CASE WHEN answered_at IS NULL THEN ? ELSE ? END,
                    known = NULL
                 WHERE id = ? AND ended_at IS NULL",
            )
            .bind(word(&Outcome::Failed))
            .bind(word(&Outcome::Answered))
            .bind(call.as_str())
            .execute(&mut *tx)
            .await?;
            closed += done.rows_affected();
            sqlx::query(
                "UPDATE legs SET ending = ?, ended_at = (SELECT ended_at FROM calls WHERE id = call_id)
                 WHERE call_id = ? AND ended_at IS NULL",
            )
            .bind(word(&LegEnd::Lost))
            .bind(call.as_str())
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(closed)
    }
}

/// [`Store::record_call`], within a transaction.
pub(super) async fn put_call(tx: &mut Transaction<'static, Sqlite>, record: &CallRecord) -> Result<(), StoreError> {
    let call = &record.call;
    if aliases::resolve(tx, &call.id).await? != call.id {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO calls (id, direction, root_channel, root_endpoint, caller_name, caller_number, caller_phone,
                            dialled, customer_id, answered_by, answered_by_name, started_at, answered_at, ended_at,
                            outcome, folded, root_exten, hidden, answered_outside, voicemail, known)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET
            direction = excluded.direction,
            root_channel = excluded.root_channel,
            root_endpoint = excluded.root_endpoint,
            started_at = excluded.started_at,
            caller_name = excluded.caller_name,
            caller_number = excluded.caller_number,
            caller_phone = excluded.caller_phone,
            dialled = excluded.dialled,
            -- Another number is another customer. Of the same one, a server that was started anew has
            -- not heard yet whose it is.
            customer_id = coalesce(excluded.customer_id,
                                   CASE WHEN caller_phone IS excluded.caller_phone THEN customer_id END),
            answered_by = coalesce(excluded.answered_by,
                                   CASE WHEN excluded.answered_outside IS NULL THEN answered_by END),
            answered_by_name = coalesce(excluded.answered_by_name,
                                        CASE WHEN answered_by IS excluded.answered_by THEN answered_by_name END),
            answered_at = coalesce(excluded.answered_at, answered_at),
            ended_at = excluded.ended_at,
            outcome = excluded.outcome,
            folded = excluded.folded,
            root_exten = excluded.root_exten,
            hidden = excluded.hidden,
            answered_outside = excluded.answered_outside,
            voicemail = excluded.voicemail,
            known = excluded.known
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
    .bind(fold(&call.caller.name))
    .bind(call.root_exten.as_ref().map(Extension::as_str))
    .bind(call.customer().is_some_and(|customer| customer.hidden))
    .bind(call.answered_outside())
    .bind(call.outcome.is_some() && call.place == Some(Place::Voicemail))
    .bind(record.known.as_deref().filter(|_| call.ended_at.is_none()))
    .execute(&mut **tx)
    .await?;
    put_legs(tx, call).await?;
    for from in &call.aliases {
        merge::merge(tx, from, &call.id).await?;
    }
    Ok(())
}

/// A leg as SQLite reads it out of JSON.
#[derive(Serialize)]
struct LegRow<'a> {
    channel: &'a str,
    endpoint: &'a str,
    exten: Option<&'a str>,
    number: Option<&'a str>,
    state: &'a str,
    created_at: i64,
    ringing_at: Option<i64>,
    answered_at: Option<i64>,
    ended_at: Option<i64>,
    ending: Option<String>,
    cause_code: Option<i32>,
    cause_text: Option<&'a str>,
}

impl<'a> LegRow<'a> {
    fn of(leg: &'a Leg) -> Self {
        Self {
            channel: leg.channel.as_str(),
            endpoint: leg.endpoint.as_str(),
            exten: leg.exten.as_ref().map(Extension::as_str),
            number: leg.number.as_deref(),
            state: leg.state.as_str(),
            created_at: millis(leg.created_at),
            ringing_at: leg.ringing_at.map(millis),
            answered_at: leg.answered_at.map(millis),
            ended_at: leg.ended_at.map(millis),
            ending: leg.end.as_ref().map(word),
            cause_code: leg.cause.as_ref().map(|cause| cause.code),
            cause_text: leg.cause.as_ref().map(|cause| cause.text.as_str()),
        }
    }
}

/// All legs in one statement: a ring group has a dozen, and every statement is a way to SQLite's
/// thread and back.
async fn put_legs(tx: &mut Transaction<'static, Sqlite>, call: &Call) -> Result<(), StoreError> {
    let legs: Vec<LegRow> = call.legs.iter().map(LegRow::of).collect();
    sqlx::query(
        "INSERT INTO legs (call_id, channel, endpoint, exten, number, state, created_at, ringing_at, answered_at, ended_at,
                           ending, cause_code, cause_text)
         SELECT ?, value ->> 'channel', value ->> 'endpoint', value ->> 'exten', value ->> 'number', value ->> 'state',
                value ->> 'created_at', value ->> 'ringing_at', value ->> 'answered_at', value ->> 'ended_at',
                value ->> 'ending', value ->> 'cause_code', value ->> 'cause_text'
         -- Without the WHERE, SQLite takes ON for a part of the FROM.
         FROM json_each(?) WHERE true
         ON CONFLICT (call_id, channel) DO UPDATE SET
            exten = coalesce(excluded.exten, exten),
            number = coalesce(excluded.number, number),
            state = excluded.state,
            ringing_at = coalesce(excluded.ringing_at, ringing_at),
            answered_at = coalesce(excluded.answered_at, answered_at),
            ended_at = excluded.ended_at,
            ending = excluded.ending,
            cause_code = excluded.cause_code,
            cause_text = excluded.cause_text
         WHERE legs.ended_at IS NULL OR excluded.ended_at IS NOT NULL",
    )
    .bind(call.id.as_str())
    .bind(json(&legs))
    .execute(&mut **tx)
    .await?;
    Ok(())
}
