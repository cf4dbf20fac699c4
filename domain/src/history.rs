//! Calls that are over, as the history lists them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    call::{Call, Direction, LegEnd, Outcome},
    ids::{CallId, CustomerId, Endpoint, Extension},
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
    /// Of one extension: what it had to do with the call.
    pub part: Option<Part>,
    pub customer: Option<CustomerId>,
    /// This call alone.
    pub call: Option<CallId>,
    /// A part of a name, of an agent's name, of a number or of a note.
    pub text: String,
    pub sort: Sort,
    /// The order of `sort` turned round. By default the newest, the longest and A come first.
    pub reversed: bool,
    /// From 0.
    pub page: u32,
    /// 1 to 200; 0 means 50.
    pub page_size: u32,
}

/// What an extension had to do with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Part {
    /// It talked with the customer, or made the call.
    Mine,
    /// It rang there, and nobody answered.
    Missed,
}

/// What a list of calls is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Sort {
    #[default]
    Time,
    Customer,
    Outcome,
    Agent,
    /// How long was talked.
    Duration,
}

/// One page of the history.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HistoryPage {
    pub rows: Vec<HistoryRow>,
    /// Rows of the filter on all pages.
    pub total: u64,
    /// What the filter's calls add up to.
    #[serde(default)]
    pub sums: Sums,
}

/// What calls add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Sums {
    pub answered: u64,
    pub missed: u64,
    pub abandoned: u64,
    pub busy: u64,
    pub failed: u64,
    /// Milliseconds of talk.
    pub talked_ms: u64,
}

/// A call that is over, as its page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PastCall {
    pub row: HistoryRow,
    /// In the order in which they were made.
    pub legs: Vec<PastLeg>,
}

/// A phone's or a trunk's part in a call that is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PastLeg {
    pub exten: Option<Extension>,
    pub endpoint: Endpoint,
    pub ringing_at: Option<Timestamp>,
    pub answered_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub end: Option<LegEnd>,
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
    /// Rang out, or nobody was there to be rung.
    #[serde(default)]
    pub missed: u64,
    /// How long the callers waited on average, until somebody answered or they were gone, in
    /// milliseconds.
    #[serde(default)]
    pub waited_ms: u64,
}
