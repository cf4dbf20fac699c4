//! A line: what is known of one live channel, whether or not its call is known yet.

use domain::{
    Timestamp,
    call::{ChannelState, Party},
    ids::{CallId, ChannelId, Endpoint, Extension},
    protocol::ChannelRow,
};

use super::Topology;
use crate::ari::Channel;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Phone,
    Trunk,
    /// Half of a Local channel: Asterisk talking to itself. It links legs and is none.
    Local,
}

#[derive(Debug)]
pub(super) struct Line {
    pub id: ChannelId,
    pub endpoint: Endpoint,
    pub exten: Option<Extension>,
    pub kind: Kind,
    pub state: ChannelState,
    pub held: bool,
    /// Since when it has been in this state.
    pub since: Timestamp,
    /// Whose channel it was at first, before a dialplan set what it shows outside.
    pub owner: Party,
    pub caller: Party,
    pub connected: Party,
    /// Where its life in the dialplan began.
    pub context: String,
    pub dialled: String,
    /// Asterisk made it, nobody called in on it: it was seen Down first.
    pub made_by_pbx: bool,
    pub created_at: Timestamp,
    pub ringing_at: Option<Timestamp>,
    pub answered_at: Option<Timestamp>,
    /// Why its dialling came to nothing: the `dialstatus` that said so first.
    pub refusal: String,
    /// The call that it is a part of; until then it waits among the unplaced.
    pub call: Option<CallId>,
    pub linkedid: Option<ChannelId>,
    /// The channel that dialled it.
    pub dialled_by: Option<ChannelId>,
    /// `Local/1000@agents-00000001` of a Local half.
    pub pair: Option<String>,
    /// The row that was last told.
    pub told: Option<ChannelRow>,
}

impl Line {
    pub fn new(channel: &Channel, topology: &Topology) -> Self {
        let endpoint = channel.endpoint();
        let exten = topology.exten(&endpoint);
        let kind = if channel.is_local() {
            Kind::Local
        } else if topology.trunks.contains(&endpoint) {
            Kind::Trunk
        } else {
            Kind::Phone
        };
        Self {
            id: channel.id.clone(),
            endpoint,
            exten,
            kind,
            state: ChannelState::Down,
            held: false,
            since: channel.creationtime,
            owner: channel.caller.clone(),
            caller: channel.caller.clone(),
            connected: channel.connected.clone(),
            context: channel.dialplan.context.clone(),
            dialled: channel.dialplan.exten.clone(),
            made_by_pbx: channel.state == ChannelState::Down,
            created_at: channel.creationtime,
            ringing_at: None,
            answered_at: None,
            refusal: String::new(),
            call: None,
            linkedid: channel.linkedid(),
            dialled_by: None,
            pair: channel.local_pair().map(str::to_owned),
            told: None,
        }
    }

    /// Takes what a later (or repeated, or overtaken) event says of the channel.
    /// The state only moves forward.
    pub fn see(&mut self, channel: &Channel, at: Timestamp) {
        if rank(channel.state) > rank(self.state) {
            self.state = channel.state;
            self.since = at;
        }
        match channel.state {
            ChannelState::Ringing => self.rings(at),
            ChannelState::Up => self.answers(at),
            _ => {}
        }
        take(&mut self.caller, &channel.caller);
        take(&mut self.connected, &channel.connected);
        // An originated channel learns only later what it dials.
        if matches!(self.dialled.as_str(), "" | "s") && self.dialled != channel.dialplan.exten {
            self.dialled.clone_from(&channel.dialplan.exten);
        }
    }

    /// A ring that is heard of after the answer tells nothing any more.
    pub fn rings(&mut self, at: Timestamp) {
        if self.answered_at.is_none() {
            self.ringing_at.get_or_insert(at);
        }
    }

    pub fn answers(&mut self, at: Timestamp) {
        self.answered_at.get_or_insert(at);
    }

    /// The row of the channel table.
    pub fn row(&self, with: Option<Party>) -> ChannelRow {
        ChannelRow {
            channel_id: self.id.clone(),
            endpoint: self.endpoint.clone(),
            exten: self.exten.clone(),
            channel_state: self.state,
            held: self.held,
            call_id: self.call.clone(),
            with,
            since: self.since,
        }
    }
}

/// A party that Asterisk no longer names is not forgotten.
fn take(known: &mut Party, said: &Party) {
    let nothing = said.name.is_empty() && said.number.is_empty();
    if !nothing && known != said {
        known.clone_from(said);
    }
}

/// How far along its life a channel is.
fn rank(state: ChannelState) -> u8 {
    match state {
        ChannelState::Unknown | ChannelState::Down => 0,
        ChannelState::Reserved => 1,
        ChannelState::OffHook => 2,
        ChannelState::Dialing | ChannelState::DialingOffhook => 3,
        ChannelState::PreRing => 4,
        ChannelState::Ring | ChannelState::Ringing => 5,
        ChannelState::Busy => 6,
        ChannelState::Up | ChannelState::Mute => 7,
    }
}
