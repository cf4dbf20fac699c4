//! Calls that are over, as the history lists them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    call::{Call, Direction, LegEnd, Outcome},
    ids::{CallId, CustomerId, Extension},
    note::Note,
};

/// A call on its way to the database: what the switchboard knew, and whom the lookup found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallRecord {
    pub call: Call,
    /// The customer's number in E.164, where it could be parsed: who called, or who was called.
    pub caller_phone: Option<String>,
    pub customer: Option<CustomerId>,
    /// Who sat at the extension that answered.
    pub answered_by_name: Option<String>,
    /// While it goes on: all that is known of it, to be known again after a restart. Opaque here.
    pub known: Option<String>,
}

/// One row of the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HistoryRow {
    pub call_id: CallId,
    pub direction: Direction,
    pub caller_number: String,
    pub caller_phone: Option<String>,
    /// The caller withheld the number: then neither number nor name are here, but for those who may.
    #[serde(default)]
    pub hidden: bool,
    /// The customer's name, or else the name that the caller id carried.
    pub name: Option<String>,
    pub customer_id: Option<CustomerId>,
    pub dialled: String,
    /// The extension that called, where it was one of ours.
    #[serde(default)]
    pub begun_by: Option<Extension>,
    pub started_at: Timestamp,
    pub answered_at: Option<Timestamp>,
    /// None while the call goes on.
    pub ended_at: Option<Timestamp>,
    pub outcome: Option<Outcome>,
    pub answered_by: Option<Extension>,
    pub answered_by_name: Option<String>,
    /// The number outside that answered, where it was no extension.
    #[serde(default)]
    pub answered_outside: Option<String>,
    /// Nobody answered, and the caller was in a voicemail box or heard an announcement then.
    #[serde(default)]
    pub voicemail: bool,
    /// How the asking agent's own leg ended, where the question was asked for one extension:
    /// `NoAnswer`, `AnsweredElsewhere` and `Abandoned` are missed calls of that desk.
    pub own_leg: Option<LegEnd>,
    pub legs: u32,
    pub note: Option<Note>,
}

impl HistoryRow {
    /// The extension of ours that made the call, unless the question was asked for the one that it
    /// called: the other side is then whom it dialled.
    pub fn made_by(&self) -> Option<&Extension> {
        self.begun_by.as_ref().filter(|_| self.own_leg.is_none())
    }
}

/// What to list. Everything absent matches everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HistoryFilter {
    /// Calls that started at or after this.
    pub from: Option<Timestamp>,
    /// Calls that started before this.
    pub until: Option<Timestamp>,
    /// Calls with a leg on this extension, or made there. An agent's question is always narrowed to
    /// their own.
    pub exten: Option<Extension>,
    pub direction: Option<Direction>,
    pub outcome: Option<Outcome>,
    /// A part of a name, a number or a note.
    pub text: String,
    /// From 0.
    pub page: u32,
    /// 1 to 200; 0 means 50.
    pub page_size: u32,
}

/// One page of the history.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HistoryPage {
    /// Newest first.
    pub rows: Vec<HistoryRow>,
    /// Rows of the filter on all pages.
    pub total: u64,
}

/// The tiles of the floor that count ended calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Today {
    /// Inbound calls since midnight in the configured time zone.
    pub inbound: u64,
    /// Those of them that are over.
    pub ended: u64,
    pub answered: u64,
    pub abandoned: u64,
}
