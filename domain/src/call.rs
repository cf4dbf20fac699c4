//! Calls and their legs, as the switchboard tells them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{CallId, ChannelId, Endpoint, Extension};

/// Asterisk's channel states, by the names that it prints (`ast_state2str`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ChannelState {
    Down,
    #[serde(rename = "Rsrvd")]
    Reserved,
    OffHook,
    Dialing,
    /// The caller's side: it hears ringing.
    Ring,
    /// The callee's side: the phone rings.
    Ringing,
    Up,
    Busy,
    #[serde(rename = "Dialing Offhook")]
    DialingOffhook,
    #[serde(rename = "Pre-ring")]
    PreRing,
    Mute,
    #[default]
    #[serde(other)]
    Unknown,
}

impl ChannelState {
    /// The name that Asterisk prints.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Down => "Down",
            Self::Reserved => "Rsrvd",
            Self::OffHook => "OffHook",
            Self::Dialing => "Dialing",
            Self::Ring => "Ring",
            Self::Ringing => "Ringing",
            Self::Up => "Up",
            Self::Busy => "Busy",
            Self::DialingOffhook => "Dialing Offhook",
            Self::PreRing => "Pre-ring",
            Self::Mute => "Mute",
            Self::Unknown => "Unknown",
        }
    }
}

/// Which way a call goes, seen from the call centre.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    Inbound,
    Outbound,
    Internal,
}

/// Where a call stands. It only moves on, with three exceptions: Held returns to Talking, a
/// transfer returns to Ringing, and a caller whom nobody answered, while a queue moves the ring
/// on, to Waiting. Ended is final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CallPhase {
    /// In an IVR or a queue; no agent's phone rings.
    Waiting,
    Ringing,
    Talking,
    Held,
    Ended,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    Answered,
    /// The caller hung up before an answer.
    Abandoned,
    /// Nobody answered in time.
    Missed,
    Busy,
    Failed,
}

/// How one leg ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LegEnd {
    /// It talked, and the talk is over.
    Completed,
    AnsweredElsewhere,
    /// The caller hung up while it rang.
    Abandoned,
    NoAnswer,
    Busy,
    Declined,
    Failed,
    /// It handed the call on.
    Transferred,
    /// The PBX stopped telling of it: a restart, a lost link.
    Lost,
}

/// Name and number of a party, as Asterisk says them (`CallerID`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    pub name: String,
    pub number: String,
}

/// A Q.850 code, with the text that Asterisk gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HangupCause {
    pub code: i32,
    pub text: String,
}

/// One phone's part in a call: a channel that Asterisk made towards an endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Leg {
    pub channel: ChannelId,
    pub endpoint: Endpoint,
    /// The extension that the endpoint belongs to; none for a trunk.
    pub exten: Option<Extension>,
    pub state: ChannelState,
    pub held: bool,
    pub created_at: Timestamp,
    pub ringing_at: Option<Timestamp>,
    pub answered_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub end: Option<LegEnd>,
    pub cause: Option<HangupCause>,
}

impl Leg {
    pub fn is_live(&self) -> bool {
        self.ended_at.is_none()
    }
    /// Has its phone begun to ring, or more, and not ended?
    pub fn is_alerting_or_up(&self) -> bool {
        self.is_live() && (self.ringing_at.is_some() || self.answered_at.is_some())
    }
}

/// The leg that talks, or talked last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    pub channel: ChannelId,
    pub exten: Option<Extension>,
}

/// One conversation attempt. All times are Asterisk's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    pub id: CallId,
    pub direction: Direction,
    pub phase: CallPhase,
    /// The channel that began the call: the caller's.
    pub root: ChannelId,
    /// The endpoint of the root channel: a trunk for inbound calls.
    pub root_endpoint: Endpoint,
    /// The extension that the root channel belongs to: of whoever calls out, or a colleague.
    pub root_exten: Option<Extension>,
    /// Who called.
    pub caller: Party,
    /// The number that the caller dialled: the DID of an inbound call.
    pub dialled: String,
    /// In order of creation; ended ones stay until the call ends.
    pub legs: Vec<Leg>,
    pub answer: Option<Answer>,
    pub started_at: Timestamp,
    pub answered_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub outcome: Option<Outcome>,
    /// The calls that were merged into this one by an attended transfer.
    pub aliases: Vec<CallId>,
    /// The link to the PBX is down: this is the last that was heard.
    pub stale: bool,
}

impl Call {
    /// Legs that are not over.
    pub fn live_legs(&self) -> impl Iterator<Item = &Leg> {
        self.legs.iter().filter(|leg| leg.is_live())
    }

    /// Did it ring at this extension, or begin there?
    pub fn is_of(&self, exten: &Extension) -> bool {
        self.root_exten.as_ref() == Some(exten) || self.legs.iter().any(|leg| leg.exten.as_ref() == Some(exten))
    }
}
