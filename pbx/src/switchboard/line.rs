//! A line: what is known of one live channel, whether or not its call is known yet.

use domain::{
    Timestamp,
    call::{ChannelState, Party},
    ids::{CallId, ChannelId, Endpoint, Extension},
    phone::is_hidden,
    view::ChannelRow,
};

use serde::{Deserialize, Serialize};

use super::{Topology, number};
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
    /// Its name now, such as `PJSIP/1000-0000001b`.
    pub name: String,
    pub endpoint: Endpoint,
    pub exten: Option<Extension>,
    pub kind: Kind,
    pub state: ChannelState,
    /// Since when it has been in this state.
    pub since: Timestamp,
    /// Something was heard of it since it was looked at last.
    pub heard: bool,
    /// Since when it has been silent, by the clock of whoever looks.
    pub silent_since: Option<Timestamp>,
    pub caller: Party,
    pub connected: Party,
    /// The application of the dialplan that it is in, or was in last.
    pub app: String,
    pub created_at: Timestamp,
    /// The call that it is a part of; until then it waits among the unplaced.
    pub call: Option<CallId>,
    pub linkedid: Option<ChannelId>,
    pub history: History,
    /// `Local/1000@agents-00000001` of a Local half.
    pub pair: Option<String>,
    /// The row that was last told.
    pub told: Option<ChannelRow>,
}

/// What has been heard of a line that no roll says again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct History {
    /// Whose channel it was at first, before a dialplan set what it shows outside.
    pub owner: Party,
    /// Its caller does not want the number to be shown, as far as anything has said so.
    #[serde(default)]
    prohibited: Option<bool>,
    #[serde(default)]
    pub held: bool,
    /// Where its life in the dialplan began.
    pub context: String,
    pub dialled: String,
    /// Asterisk made it, nobody called in on it: it was seen Down or Ringing first.
    pub made_by_pbx: bool,
    pub ringing_at: Option<Timestamp>,
    /// When the Dial that made it was answered: it is about to be bridged with its caller.
    pub dial_answered_at: Option<Timestamp>,
    /// Why its dialling came to nothing: the `dialstatus` that said so first.
    pub refusal: String,
    /// Its phone sent the call on to another destination.
    pub forwarded: bool,
    /// The number that was dialled on it, where it is a trunk.
    pub number: Option<String>,
    /// The channel that dialled it.
    pub dialled_by: Option<ChannelId>,
    /// It was dialled for the caller, and not to be asked by a colleague.
    pub for_caller: bool,
    /// The first halves of the Local channels through which it was dialled, the nearest first.
    pub via: Vec<ChannelId>,
}

impl Line {
    pub fn new(channel: &Channel, topology: &Topology) -> Self {
        let mut line = Self {
            id: channel.id.clone(),
            name: String::new(),
            endpoint: Endpoint::new(""),
            exten: None,
            kind: Kind::Phone,
            state: ChannelState::Down,
            since: channel.creationtime,
            heard: true,
            silent_since: None,
            caller: channel.caller.clone(),
            connected: channel.connected.clone(),
            app: String::new(),
            created_at: channel.creationtime,
            call: None,
            linkedid: channel.linkedid(),
            history: History {
                owner: channel.caller.clone(),
                prohibited: None,
                held: false,
                context: channel.dialplan.context.clone(),
                dialled: channel.dialplan.exten.clone(),
                made_by_pbx: matches!(channel.state, ChannelState::Down | ChannelState::Ringing),
                ringing_at: None,
                dial_answered_at: None,
                refusal: String::new(),
                forwarded: false,
                number: None,
                dialled_by: None,
                for_caller: false,
                via: Vec::new(),
            },
            pair: channel.local_pair().map(str::to_owned),
            told: None,
        };
        line.take_name(channel, topology);
        // The dialplan has set what the phone shows outside already: it is the extension's all the same.
        if let Some(exten) = line.exten.as_ref().filter(|exten| exten.as_str() != line.history.owner.number) {
            line.history.owner = Party::new(line.history.owner.name.clone(), exten.as_str());
        }
        line
    }

    /// It was known before a restart of ours.
    pub fn recall(&mut self, history: History) {
        let ringing_at = history.ringing_at.or(self.history.ringing_at);
        let prohibited = self.history.prohibited.or(history.prohibited);
        self.history = History { ringing_at, prohibited, ..history };
        self.conceal();
    }

    /// A masquerade gives a channel another name: it is what it is called now.
    fn take_name(&mut self, channel: &Channel, topology: &Topology) {
        let is_known = !self.name.is_empty();
        if self.name == channel.name || (is_known && channel.is_temporary()) {
            return;
        }
        self.name.clone_from(&channel.name);
        let endpoint = channel.endpoint();
        self.exten = topology.exten(&endpoint);
        self.kind = if channel.is_local() {
            Kind::Local
        } else if topology.is_trunk(&endpoint) {
            Kind::Trunk
        } else {
            Kind::Phone
        };
        self.endpoint = endpoint;
        self.take_number(channel);
    }

    fn take_number(&mut self, channel: &Channel) {
        if self.kind == Kind::Trunk && self.history.made_by_pbx && self.history.number.is_none() {
            self.history.number = channel.number_in_name().map(str::to_owned);
        }
    }

    /// Takes what a later (or repeated, or overtaken) event says of the channel.
    /// The state only moves forward.
    pub fn see(&mut self, channel: &Channel, at: Timestamp, topology: &Topology) {
        self.take_name(channel, topology);
        self.heard = true;
        // DAHDI makes each channel Reserved: that it is called, and does not call, is said later.
        let is_called = matches!(channel.state, ChannelState::Dialing | ChannelState::Ringing);
        if is_called && self.state == ChannelState::Reserved && !self.history.made_by_pbx {
            self.history.made_by_pbx = true;
            self.take_number(channel);
        }
        if rank(channel.state) > rank(self.state) {
            self.state = channel.state;
            self.since = at;
        }
        if channel.state == ChannelState::Ringing {
            self.rings(at);
        }
        take(&mut self.caller, &channel.caller);
        take(&mut self.connected, &channel.connected);
        if let Some(prohibited) = channel.presentation_prohibited() {
            self.history.prohibited = Some(prohibited);
        }
        self.conceal();
        if !channel.dialplan.app_name.is_empty() {
            self.app.clone_from(&channel.dialplan.app_name);
        }
        // An originated channel learns only later what it dials.
        if matches!(self.history.dialled.as_str(), "" | "s") && self.history.dialled != channel.dialplan.exten {
            self.history.dialled.clone_from(&channel.dialplan.exten);
        }
    }

    /// Whoever looks for silent channels next finds this one.
    pub fn ask(&mut self) {
        self.heard = false;
        self.silent_since = Some(Timestamp::MIN);
    }

    /// The presentation of its number was set.
    pub fn present(&mut self, prohibited: bool) {
        self.history.prohibited = Some(prohibited);
        self.conceal();
    }

    fn conceal(&mut self) {
        self.caller.hidden = self.history.prohibited == Some(true) || is_hidden(&self.caller.number);
        self.connected.hidden = !self.connected.number.is_empty() && is_hidden(&self.connected.number);
    }

    /// A ring that is heard of when it is Up tells nothing any more.
    pub fn rings(&mut self, at: Timestamp) {
        if self.state != ChannelState::Up {
            self.history.ringing_at.get_or_insert(at);
        }
    }

    /// Is it Up?
    pub fn is_up(&self) -> bool {
        self.state == ChannelState::Up
    }

    /// The number that it leads to outside, where it is a trunk's: what was dialled on it, or else
    /// its own party, which the dialplan calls by what it dialled.
    pub fn outside(&self) -> Option<String> {
        if self.kind != Kind::Trunk {
            return None;
        }
        let own = || number::is_dialable(&self.caller.number).then(|| self.caller.number.clone());
        self.history.number.clone().or_else(own)
    }

    /// The row of the channel table.
    pub fn row(&self, with: Option<Party>) -> ChannelRow {
        ChannelRow {
            channel_id: self.id.clone(),
            endpoint: self.endpoint.clone(),
            exten: self.exten.clone(),
            channel_state: self.state,
            held: self.history.held,
            call_id: self.call.clone(),
            with: with.map(|party| party.presented()),
            since: self.since,
        }
    }
}

/// A party that Asterisk no longer names is not forgotten.
fn take(known: &mut Party, said: &Party) {
    let nothing = said.name.is_empty() && said.number.is_empty();
    if !nothing && (known.name != said.name || known.number != said.number) {
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
