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
    /// The ring went on to another destination before anybody took it: the phone forwards its
    /// calls (SIP 302), or the caller was sent elsewhere. Nobody missed a call here.
    MovedOn,
    /// The PBX stopped telling of it: a restart, a lost link.
    Lost,
}

/// Name and number of a party, as Asterisk says them (`CallerID`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    pub name: String,
    pub number: String,
    /// The party withholds its number: the presentation is prohibited, or the number is a word for
    /// none. The one definition for card, floor and history; [`crate::phone::is_hidden`] has the words.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
}

impl Party {
    /// A party that does not withhold its number, unless the number is a word for none.
    pub fn new(name: impl Into<String>, number: impl Into<String>) -> Self {
        let (name, number) = (name.into(), number.into());
        let hidden = !number.is_empty() && crate::phone::is_hidden(&number);
        Self { name, number, hidden }
    }

    /// Without what a hidden party does not want to be known.
    #[must_use]
    pub fn presented(&self) -> Self {
        if self.hidden { Self { hidden: true, ..Self::default() } } else { self.clone() }
    }
}

/// Where a caller is whom no phone rings for and nobody talks to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Place {
    /// In `Queue()`.
    Queue,
    /// In a voicemail box, or at an announcement after the phones have rung for nothing.
    Voicemail,
    /// On a parking lot. The space is the extension to dial to take the call back, where it is known.
    Parked { space: Option<String> },
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
    /// The number that was dialled on a trunk, as the dialplan wrote it; none for a phone.
    #[serde(default)]
    pub number: Option<String>,
    pub state: ChannelState,
    pub held: bool,
    /// It shares a bridge with the caller now.
    #[serde(default)]
    pub talking: bool,
    /// It has handed the call on, though its channel may still be there.
    #[serde(default)]
    pub handed_on: bool,
    pub created_at: Timestamp,
    pub ringing_at: Option<Timestamp>,
    /// When it first talked with the caller. A phone that is Up to hear a prompt has not answered.
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

/// The leg that talks, or talked last. Of several that talk at once, the first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    pub channel: ChannelId,
    pub exten: Option<Extension>,
    /// The number outside that answered, where it was no extension of ours.
    #[serde(default)]
    pub number: Option<String>,
}

/// One conversation attempt. All times are Asterisk's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    pub id: CallId,
    pub direction: Direction,
    pub phase: CallPhase,
    /// The channel that began the call, and names it.
    pub root: ChannelId,
    /// The caller's channel: the root, but for a call that the PBX began through a Local channel.
    pub caller_channel: ChannelId,
    /// The endpoint of the caller's channel: a trunk for inbound calls.
    pub root_endpoint: Endpoint,
    /// The extension that the caller's channel belongs to: of whoever calls out, or a colleague.
    pub root_exten: Option<Extension>,
    /// Who called.
    pub caller: Party,
    /// When the caller's channel was gone. A call that was handed on outlives it.
    #[serde(default)]
    pub caller_left_at: Option<Timestamp>,
    /// The number that the caller dialled: the DID of an inbound call, the number outside of an
    /// outbound one.
    pub dialled: String,
    /// In order of creation; ended ones stay until the call ends.
    pub legs: Vec<Leg>,
    pub answer: Option<Answer>,
    /// Where the caller waits, or waited when the call ended unanswered.
    #[serde(default)]
    pub place: Option<Place>,
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

    /// The customer's side of the call: who called in, or who is called outside. None of an
    /// internal call.
    pub fn customer(&self) -> Option<Party> {
        match self.direction {
            Direction::Inbound => Some(self.caller.clone()),
            Direction::Outbound => Some(Party::new("", self.dialled.clone())),
            Direction::Internal => None,
        }
    }

    /// The number outside that answered, where it was no extension.
    pub fn answered_outside(&self) -> Option<&str> {
        self.answer.as_ref()?.number.as_deref()
    }

    /// The extensions that talk with the caller now, the first to answer first.
    pub fn talking(&self) -> impl Iterator<Item = &Extension> {
        self.live_legs().filter(|leg| leg.talking).filter_map(|leg| leg.exten.as_ref())
    }

    /// Every extension that began it or has or had a phone in it.
    pub fn extens(&self) -> Vec<Extension> {
        let all = self.root_exten.iter().chain(self.legs.iter().filter_map(|leg| leg.exten.as_ref()));
        all.collect::<std::collections::BTreeSet<_>>().into_iter().cloned().collect()
    }

    /// Did it ring at this extension, or begin there?
    pub fn is_of(&self, exten: &Extension) -> bool {
        self.root_exten.as_ref() == Some(exten) || self.legs.iter().any(|leg| leg.exten.as_ref() == Some(exten))
    }
}
