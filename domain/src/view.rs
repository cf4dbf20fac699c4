//! The rows that a board is made of: calls as desks show them (R8), and what the floor shows (R13).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    agent::AgentState,
    call::{CallPhase, ChannelState, Direction, Outcome, Party, Place},
    customer::CustomerData,
    ids::{CallId, ChannelId, CustomerId, Endpoint, Extension},
    phone::E164,
};

/// CALLERID_STATE_DATA (R8): a call as its desks show it. R8's keys come first; the rest is added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CallState {
    /// The customer's number as the PBX said it: the caller's, or the one that is called.
    pub caller_id: String,
    /// The legs on registered extensions.
    pub state: Vec<LegState>,
    /// The best match, or the chosen one; null until it is known.
    pub data: Option<CustomerData>,
    pub inbound_channel_id: Option<ChannelId>,
    /// The leg that has answered; null while ringing.
    pub outbound_channel_id: Option<ChannelId>,
    pub duration: Duration,

    pub call_id: CallId,
    pub direction: Direction,
    pub phase: CallPhase,
    /// The number in E.164, where it could be parsed.
    pub caller_phone: Option<E164>,
    /// The caller id's name, without its prefix.
    pub caller_name: String,
    /// What stood before a colon in the caller id's name: `Sales` of `Sales: An`.
    pub caller_prefix: Option<String>,
    /// The caller withheld the number.
    pub hidden: bool,
    /// The number that the caller dialled.
    pub dialled: String,
    /// The extension that answered, registered or not.
    pub answered_by: Option<Extension>,
    /// The name of the agent there.
    pub answered_by_name: Option<String>,
    /// The number outside that answered, where it was no extension.
    #[serde(default)]
    pub answered_outside: Option<String>,
    /// The extensions that talk with the customer now, the first to answer first.
    #[serde(default)]
    pub talking: Vec<Extension>,
    /// The extension that calls, where the call is one of ours to the outside.
    #[serde(default)]
    pub called_by: Option<Extension>,
    /// Of a desk's own wrap-up while the call goes on: who has the customer now, or is rung for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handed_to: Option<Extension>,
    /// Where a caller is whom no phone rings for and nobody talks to.
    #[serde(default)]
    pub place: Option<Place>,
    pub lookup: Lookup,
    /// All customers of the number, best first.
    pub matches: Vec<CustomerData>,
    pub chosen: Option<CustomerId>,
    pub started_at: Timestamp,
    pub answered_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub outcome: Option<Outcome>,
    /// The link to the PBX is down; this is the last that was heard.
    pub stale: bool,
}

impl CallState {
    /// Does an agent call outside, and nobody has come to the phone there yet?
    pub fn calls_out(&self) -> bool {
        self.direction == Direction::Outbound
            && self.called_by.is_some()
            && self.answered_at.is_none()
            && self.phase != CallPhase::Ended
    }

    /// Do phones of ours ring with this call? What an agent calls rings elsewhere.
    pub fn rings(&self) -> bool {
        self.phase == CallPhase::Ringing && !self.calls_out()
    }
}

/// One of R8's `state` entries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LegState {
    pub exten: Extension,
    pub outbound_channel_id: ChannelId,
    pub outbound_channel_state: ChannelState,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub held: bool,
}

/// R8's `duration`: UTC as `2017/09/18 06:12:42`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duration {
    pub start: String,
    pub end: Option<String>,
}

impl Duration {
    pub fn new(start: Timestamp, end: Option<Timestamp>) -> Self {
        let written = |at: Timestamp| at.strftime("%Y/%m/%d %H:%M:%S").to_string();
        Self { start: written(start), end: end.map(written) }
    }
}

/// Where the lookup of a call's customer stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "camelCase")]
pub enum Lookup {
    /// Not asked: the number is hidden, or the call is not a customer's.
    None,
    /// A selected client is looking.
    Looking,
    Found,
    /// No customer has the number.
    Unknown,
    /// Nobody could look; the card offers a retry.
    Failed {
        reason: String,
    },
}

/// A row of the supervisor's channel table (R2, R13).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChannelRow {
    pub channel_id: ChannelId,
    pub endpoint: Endpoint,
    pub exten: Option<Extension>,
    pub channel_state: ChannelState,
    pub held: bool,
    pub call_id: Option<CallId>,
    /// The party that it talks to, or that rings it.
    pub with: Option<Party>,
    /// Since when it has been in this state.
    pub since: Timestamp,
}

/// An extension and who sits there (R13).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeskRow {
    pub exten: Extension,
    /// The name of the agent; none where no client is open.
    pub agent: Option<String>,
    pub client_state: AgentState,
    /// Open tabs.
    pub clients: u32,
    /// Since when it has been in this state.
    pub since: Timestamp,
}

/// An endpoint of the PBX: a phone or a trunk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EndpointRow {
    pub endpoint: Endpoint,
    pub exten: Option<Extension>,
    /// Is a contact registered or reachable? None where Asterisk does not say.
    pub online: Option<bool>,
}

/// The link between the server and Asterisk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PbxLink {
    pub up: bool,
    /// Another program holds the Stasis app; we stand by.
    #[serde(default)]
    pub replaced: bool,
    pub since: Option<Timestamp>,
    /// `Asterisk 22.10.1`, or `Simulator`.
    pub name: Option<String>,
}
