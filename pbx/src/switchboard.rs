//! The fold of ARI events into calls.
//!
//! - `line`: what is known of one live channel
//! - `bridges`, `talk`: who hears whom
//! - `leg`: a line's part in a call, and how it ended
//! - `conversation`, `caller`: a call with its channels, and who calls; `facts`: what is concluded from
//! - `answer`, `phase`: what follows from who talks
//! - `dial`, `number`: which channel belongs to which call, and what is dialled
//! - `transfer`: calls that are handed on, or picked up
//! - `reconcile`: catching up with what happened while nobody listened
//! - `resume`: what was known before a restart of ours
//! - `memory`: what is over, so that it stays over
//! - `topology`: what has to be told about a PBX
//!
//! [`Switchboard::apply`] takes one event and answers what changed. Order holds within a channel,
//! not across channels, so a line is known before, or without, its call, and nothing is concluded
//! from which of two channels spoke first.

mod answer;
mod bridges;
mod caller;
mod conversation;
mod dial;
mod facts;
mod leg;
mod line;
mod memory;
mod number;
mod phase;
mod reconcile;
mod resume;
mod talk;
#[cfg(test)]
mod tests;
mod topology;
mod transfer;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use domain::{
    Timestamp,
    call::{Call, CallPhase, ChannelState, HangupCause, Party},
    ids::{CallId, ChannelId, Endpoint},
    view::{ChannelRow, EndpointRow},
};

use crate::ari::{self, Channel, Event};
use bridges::Bridges;
use conversation::Conversation;
use leg::Departure;
use line::{History, Kind, Line};
use memory::Memory;
pub use reconcile::Roll;
pub use resume::{Known, KnownCall};
pub use topology::{Topology, fits};

/// One thing that the switchboard says happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A call began or is now as told. With phase Ended it is the last word about it.
    Call(Box<Call>),
    /// `from` is now a part of `into`; a [`Change::Call`] of `into` follows.
    Merged {
        from: CallId,
        into: CallId,
    },
    /// A channel as it is now.
    Channel(ChannelRow),
    ChannelGone(ChannelId),
    /// An endpoint as it is now.
    Endpoint(EndpointRow),
}

/// The fold's state.
#[derive(Debug)]
pub struct Switchboard {
    topology: Topology,
    lines: HashMap<ChannelId, Line>,
    /// Live lines whose call is not known yet. Hardly ever more than one ring group.
    unplaced: Vec<ChannelId>,
    bridges: Bridges,
    /// Channels of calls that were known before a restart of ours, until they are seen again.
    claims: HashMap<ChannelId, (CallId, Option<History>)>,
    /// Channels of calls that were over before a restart of ours: they begin none.
    spent: HashSet<ChannelId>,
    calls: HashMap<CallId, Conversation>,
    memory: Memory,
    endpoints: BTreeMap<Endpoint, EndpointRow>,
    /// When the Asterisk that we know of started.
    started_at: Option<Timestamp>,
    /// When the newest channel of the last roll was made.
    roll_as_of: Option<Timestamp>,
    /// What is being taken in is that a channel was made.
    creates: bool,
    /// What is being taken in is a roll.
    catches_up: bool,
    /// When what is being taken in happened.
    now: Timestamp,
    /// What this event touched, to be looked at when it has been taken in whole.
    touched_lines: Vec<ChannelId>,
    touched_calls: Vec<CallId>,
    changes: Vec<Change>,
}

impl Switchboard {
    pub fn new(topology: Topology) -> Self {
        Self {
            topology,
            lines: HashMap::new(),
            unplaced: Vec::new(),
            bridges: Bridges::default(),
            claims: HashMap::new(),
            spent: HashSet::new(),
            calls: HashMap::new(),
            memory: Memory::default(),
            endpoints: BTreeMap::new(),
            started_at: None,
            roll_as_of: None,
            creates: false,
            catches_up: false,
            now: Timestamp::UNIX_EPOCH,
            touched_lines: Vec::new(),
            touched_calls: Vec::new(),
            changes: Vec::new(),
        }
    }

    /// Takes one event in. What happened carries the event's own time, so that a burst that comes
    /// late is told as it was.
    pub fn apply(&mut self, event: &Event) -> Vec<Change> {
        if let Some(at) = event.timestamp() {
            self.now = at;
        }
        self.creates = matches!(event, Event::ChannelCreated(_));
        match event {
            Event::ChannelCreated(on)
            | Event::ChannelStateChange(on)
            | Event::StasisStart(on)
            | Event::StasisEnd(on)
            | Event::ChannelConnectedLine(on) => {
                self.see(&on.channel, on.timestamp);
            }
            Event::ChannelCallerId(on) => {
                if self.see(&on.channel, on.timestamp)
                    && let Some(prohibited) = on.presentation_prohibited()
                    && let Some(line) = self.lines.get_mut(&on.channel.id)
                {
                    line.present(prohibited);
                }
            }
            Event::ChannelHold(on) => self.hold(&on.channel, on.timestamp, true),
            Event::ChannelUnhold(on) => self.hold(&on.channel, on.timestamp, false),
            Event::ChannelHangupRequest(hangup) => self.hangup_request(hangup),
            Event::ChannelDestroyed(destroyed) => self.destroyed(destroyed),
            Event::Dial(dial) => self.dial(dial),
            Event::ChannelEnteredBridge(bridged) => {
                if self.see(&bridged.channel, bridged.timestamp) {
                    self.enters(&bridged.channel.id, &bridged.bridge, bridged.timestamp);
                }
            }
            Event::ChannelLeftBridge(bridged) => {
                if self.see(&bridged.channel, bridged.timestamp) {
                    self.leaves(&bridged.channel.id);
                }
            }
            Event::BridgeBlindTransfer(transfer) => self.blind_transfer(transfer),
            Event::BridgeAttendedTransfer(transfer) => self.attended_transfer(transfer),
            Event::EndpointStateChange(on) => self.endpoint(&on.endpoint),
            Event::ApplicationReplaced(_) | Event::Other => {}
        }
        self.tell()
    }

    /// The link is down: live calls are as they were last heard of.
    pub fn link_down(&mut self) -> Vec<Change> {
        for (id, conversation) in &mut self.calls {
            if !conversation.call.stale {
                conversation.call.stale = true;
                conversation.dirty = true;
                self.touched_calls.push(id.clone());
            }
        }
        self.touched_calls.sort();
        self.tell()
    }

    /// What time alone says, by Asterisk's clock: callers whom everybody has left, and whom Asterisk has
    /// not let go, are in the dialplan again. Call it a few times a second while the link is up.
    pub fn pass(&mut self, now: Timestamp) -> Vec<Change> {
        let is_left = |conversation: &Conversation| {
            conversation.call.phase == CallPhase::Talking && conversation.is_left_alone(now)
        };
        let left = self.calls.iter().filter(|(_, conversation)| is_left(conversation));
        self.touched_calls.extend(left.map(|(id, _)| id.clone()));
        self.touched_calls.sort();
        for call in &self.touched_calls {
            // Where in the dialplan, nobody says unless asked.
            if let Some(line) = self.calls.get(call).and_then(|it| self.lines.get_mut(&it.call.caller_channel)) {
                line.ask();
            }
        }
        self.now = now;
        self.tell()
    }

    /// A live call, or one that ended lately, by its own name or one that was merged into it.
    pub fn call(&self, id: &CallId) -> Option<&Call> {
        let id = self.memory.name(id);
        self.calls.get(id).map(|conversation| &conversation.call).or_else(|| self.memory.call(id))
    }

    /// The live calls, in no order.
    pub fn calls(&self) -> impl Iterator<Item = &Call> {
        self.calls.values().map(|conversation| &conversation.call)
    }

    /// All that is known, as it would be after a restart that lost nothing.
    pub fn all_known(&self) -> Known {
        Known {
            live: self.calls.keys().filter_map(|id| self.known(id)).collect(),
            over: self.memory.over().collect(),
            merged: self.memory.aliases().map(|(from, into)| (from.clone(), into.clone())).collect(),
        }
    }

    /// The live channels as last told, in no order. Local halves have no row.
    pub fn channels(&self) -> impl Iterator<Item = &ChannelRow> {
        self.lines.values().filter_map(|line| line.told.as_ref())
    }

    pub fn endpoints(&self) -> impl Iterator<Item = &EndpointRow> {
        self.endpoints.values()
    }

    /// Takes in what an event says of a channel, known or not. False if the channel is gone, or is
    /// no party of a call.
    fn see(&mut self, channel: &Channel, at: Timestamp) -> bool {
        if self.memory.is_gone(&channel.id) || channel.is_auxiliary() {
            return false;
        }
        if !self.lines.contains_key(&channel.id) && self.is_older_than_the_roll(channel) {
            return false;
        }
        if let Some(line) = self.lines.get_mut(&channel.id) {
            line.see(channel, at, &self.topology);
            self.place_again(channel);
            self.touch(&channel.id);
        } else {
            let mut line = Line::new(channel, &self.topology);
            line.see(channel, at, &self.topology);
            self.lines.insert(channel.id.clone(), line);
            self.place(channel);
            self.touch(&channel.id);
        }
        true
    }

    /// It was not on the roll, where later ones were: what is said now is the last that is said of it.
    fn is_older_than_the_roll(&self, channel: &Channel) -> bool {
        self.roll_as_of.is_some_and(|as_of| match self.creates {
            true => channel.creationtime < as_of,
            false => channel.creationtime <= as_of,
        })
    }

    fn hold(&mut self, channel: &Channel, at: Timestamp, held: bool) {
        if self.see(channel, at)
            && let Some(line) = self.lines.get_mut(&channel.id)
        {
            line.history.held = held;
        }
    }

    fn hangup_request(&mut self, hangup: &ari::Hangup) {
        if self.see(&hangup.channel, hangup.timestamp)
            && let Some(conversation) = self.conversation_of(&hangup.channel.id)
            && conversation.call.caller_channel == hangup.channel.id
        {
            conversation.caller.hanging_up = true;
            // Busy() and Congestion() ask for it as if the far end did.
            let by_pbx = hangup.soft || hangup.channel.state == ChannelState::Busy || hangup.channel.tells_tone();
            if !by_pbx {
                conversation.caller.hung_up_at.get_or_insert(hangup.timestamp);
            }
        }
    }

    fn destroyed(&mut self, destroyed: &ari::Destroyed) {
        let cause = HangupCause { code: destroyed.cause, text: destroyed.cause_txt.clone() };
        if let Some(name) = destroyed.channel.place_taken() {
            self.succeeds(&destroyed.channel.id, name);
        }
        // It rang when nobody listened.
        if destroyed.channel.state == ChannelState::Ringing
            && let Some(line) = self.lines.get_mut(&destroyed.channel.id)
        {
            line.rings(destroyed.timestamp);
        }
        self.remove(&destroyed.channel.id, destroyed.timestamp, cause, false);
    }

    /// Another channel takes the place of this one, and its name. Where it has not been heard of yet,
    /// the call waits for it.
    fn succeeds(&mut self, id: &ChannelId, name: &str) {
        let heard_of = self.lines.values().any(|line| line.id != *id && line.name.ends_with(name));
        if let Some(conversation) = self.conversation_of(id).filter(|_| !heard_of) {
            conversation.successor = Some(name.to_owned());
        }
    }

    /// Takes a line off. `lost` where Asterisk never said that it ended.
    fn remove(&mut self, id: &ChannelId, at: Timestamp, cause: HangupCause, lost: bool) {
        self.memory.bury(id.clone());
        if self.lines.contains_key(id) {
            self.leaves(id);
            self.follow();
        }
        if let Some(call) = self.lines.get(id).and_then(|line| line.call.clone()) {
            self.reseat(&call, Some(id));
        }
        let Some(line) = self.lines.remove(id) else { return };
        self.unplaced.retain(|other| other != id);
        if let Some(pair) = &line.pair {
            self.bridges.remove_half(pair, id);
        }
        if let Some(call) = &line.call
            && let Some(conversation) = self.calls.get(call)
        {
            let for_caller = line.history.for_caller
                || line.history.dialled_by.is_none()
                || self.dialled_for(&line, conversation).is_some();
            let departure = Departure::of(&line, at, &cause, for_caller, lost);
            let Some(conversation) = self.calls.get_mut(call) else { return };
            conversation.leave(&line, departure, cause);
            self.touched_calls.push(call.clone());
        }
        if line.told.is_some() {
            self.changes.push(Change::ChannelGone(line.id));
        }
    }

    fn endpoint(&mut self, endpoint: &ari::Endpoint) {
        let id = endpoint.id();
        let row = EndpointRow { exten: self.topology.exten(&id), online: endpoint.online(), endpoint: id };
        if self.endpoints.get(&row.endpoint) != Some(&row) {
            self.endpoints.insert(row.endpoint.clone(), row.clone());
            self.changes.push(Change::Endpoint(row));
        }
    }

    fn touch(&mut self, line: &ChannelId) {
        if !self.touched_lines.contains(line) {
            self.touched_lines.push(line.clone());
        }
    }

    fn conversation_of(&mut self, channel: &ChannelId) -> Option<&mut Conversation> {
        let call = self.lines.get(channel)?.call.as_ref()?;
        self.calls.get_mut(call)
    }

    /// Brings the calls up to the lines that were touched.
    fn follow(&mut self) {
        let calls = self.touched_lines.iter().filter_map(|id| self.lines.get(id)?.call.as_ref());
        let awaits = |call: &&CallId| self.calls.get(*call).is_some_and(Conversation::awaits_caller);
        let calls: BTreeSet<CallId> = calls.filter(awaits).cloned().collect();
        for call in &calls {
            self.reseat(call, None);
        }
        for id in &self.touched_lines {
            if let Some(line) = self.lines.get(id)
                && let Some(call) = &line.call
                && let Some(conversation) = self.calls.get_mut(call)
            {
                conversation.follow(line, self.catches_up);
                self.touched_calls.push(call.clone());
            }
        }
    }

    /// Draws the conclusions from what was touched, and hands the changes over.
    fn tell(&mut self) -> Vec<Change> {
        let mut lines = Vec::new();
        // A call that ends releases its lines, and whom they meet then is another call's to tell.
        loop {
            self.follow();
            lines.extend(std::mem::take(&mut self.touched_lines));
            let mut calls = std::mem::take(&mut self.touched_calls);
            if calls.is_empty() {
                break;
            }
            calls.dedup();
            for id in &calls {
                self.tell_call(id);
            }
        }
        lines.sort();
        lines.dedup();
        for id in lines {
            self.tell_line(&id);
        }
        std::mem::take(&mut self.changes)
    }

    fn tell_call(&mut self, id: &CallId) {
        let Some(conversation) = self.calls.get(id) else { return };
        let talk = self.talk_of(conversation);
        let deserted = self.is_deserted(conversation);
        let Some(conversation) = self.calls.get_mut(id) else { return };
        if deserted && conversation.call.ended_at.is_none() {
            conversation.close(self.now);
        }
        conversation.conclude(&talk, self.now);
        if std::mem::take(&mut conversation.dirty) {
            self.changes.push(Change::Call(Box::new(conversation.call.clone())));
        }
        if conversation.call.ended_at.is_some()
            && let Some(over) = self.calls.remove(id)
        {
            for member in &over.members {
                self.release(member);
            }
            self.memory.keep(over.call);
            for member in &over.members {
                self.meet(member);
            }
        }
    }

    /// The call of this channel is over, and the channel is not: it may meet another caller.
    fn release(&mut self, id: &ChannelId) {
        if let Some(line) = self.lines.get_mut(id) {
            line.call = None;
            self.unplaced.push(id.clone());
            self.touch(id);
        }
    }

    fn tell_line(&mut self, id: &ChannelId) {
        let Some(line) = self.lines.get_mut(id) else { return };
        if line.kind == Kind::Local {
            return;
        }
        let call = line.call.as_ref().and_then(|call| self.calls.get(call)).map(|conversation| &conversation.call);
        let with = match call {
            Some(call) if call.caller_channel != line.id => Some(call.caller.clone()),
            _ => (line.connected != Party::default()).then(|| line.connected.clone()),
        };
        let row = line.row(with);
        if line.told.as_ref() != Some(&row) {
            line.told = Some(row.clone());
            self.changes.push(Change::Channel(row));
        }
    }
}
