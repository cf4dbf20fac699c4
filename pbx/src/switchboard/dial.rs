//! Which channel belongs to which call.
//!
//! Where the admin set `channelvars = CHANNEL(linkedid)`, a channel says so itself. Where not,
//! `Dial` does: a caller's channel dials a peer's. Through Local channels that is a chain, since
//! the first half is dialled and the second half dials on. A phone may ring before the `Dial` that
//! tells whose it is: its line waits among the unplaced, and comes into the call as it is then.

use domain::{
    call::ChannelState,
    ids::{CallId, ChannelId},
};

use super::{Switchboard, conversation::Conversation, line::Kind};
use crate::ari::{Bridge, Channel, Dial};

/// No chain of Local channels is longer than this; a circle of events must not hang us.
const CHAIN: usize = 32;

impl Switchboard {
    pub(super) fn dial(&mut self, dial: &Dial) {
        if let Some(caller) = &dial.caller {
            self.see(caller, dial.timestamp);
        }
        if !self.see(&dial.peer, dial.timestamp) {
            return;
        }
        if let Some(peer) = self.lines.get_mut(&dial.peer.id) {
            match dial.dialstatus.as_str() {
                // PROGRESS is early media: the phone rings, or speaks, without a state that says so.
                "RINGING" | "PROGRESS" => peer.rings(dial.timestamp),
                "ANSWER" => peer.answers(dial.timestamp),
                "" => {}
                // The first word counts: a queue says NOANSWER when time is up, then CANCEL.
                status if peer.refusal.is_empty() => status.clone_into(&mut peer.refusal),
                _ => {}
            }
            peer.dialled_by = dial.caller.as_ref().map(|caller| caller.id.clone()).or(peer.dialled_by.take());
            if peer.call.is_some() {
                self.picked_up(dial);
            } else if dial.caller.is_none() && peer.linkedid.is_none() && peer.dialled_by.is_none() {
                // Dialled by nobody: a click to dial rings the agent's own phone first.
                self.open(&dial.peer.id);
            } else {
                self.settle();
            }
        }
    }

    /// Finds the call of a channel that is seen for the first time.
    pub(super) fn place(&mut self, channel: &Channel) {
        if channel.name.ends_with(";1")
            && let Some(pair) = channel.local_pair()
        {
            self.first_halves.insert(pair.to_owned(), channel.id.clone());
        }
        let begins = match channel.linkedid() {
            Some(linkedid) => linkedid == channel.id,
            // Somebody calls in on it; or it is past that and does not serve somebody's Dial.
            None if channel.is_local() => false,
            None => match channel.state {
                ChannelState::Ring => true,
                ChannelState::Up => !channel.dialplan.app_name.starts_with("App"),
                _ => false,
            },
        };
        self.unplaced.push(channel.id.clone());
        if begins {
            self.open(&channel.id);
        } else {
            self.settle();
        }
    }

    /// Begins the call of which this line is the root. A call that is over is never opened again,
    /// and one that became a part of another lives on there.
    pub(super) fn open(&mut self, root: &ChannelId) {
        let Some(line) = self.lines.get(root) else { return };
        let inbound = self.topology.inbound_contexts.contains(&line.context);
        let conversation = Conversation::begun_by(line, &self.topology.pbx, inbound);
        let id = conversation.call.id.clone();
        if self.call(&id).is_none() {
            self.calls.insert(id.clone(), conversation);
            self.join(root, &id);
        }
        self.settle();
    }

    /// Brings every unplaced line home whose call has become known.
    pub(super) fn settle(&mut self) {
        loop {
            let found = self.unplaced.iter().find_map(|id| Some((id.clone(), self.home(id)?)));
            let Some((line, call)) = found else { return };
            self.join(&line, &call);
        }
    }

    /// Who shares a bridge with a call's channel is in that call: the half of a Local channel
    /// through which an agent asks a colleague is dialled by nobody.
    pub(super) fn settle_bridge(&mut self, bridge: &Bridge) {
        if self.unplaced.is_empty() {
            return;
        }
        let call = bridge.channels.iter().find_map(|id| self.lines.get(id)?.call.clone());
        let Some(call) = call else { return };
        for id in &bridge.channels {
            if self.unplaced.contains(id) {
                self.join(id, &call);
            }
        }
        self.settle();
    }

    /// The live call of a line: of its linkedid, or of whoever dialled it.
    fn home(&self, id: &ChannelId) -> Option<CallId> {
        let linked = self.lines.get(id)?.linkedid.as_ref().and_then(|root| self.live_call(root));
        linked.or_else(|| self.dialled_in(id))
    }

    fn live_call(&self, root: &ChannelId) -> Option<CallId> {
        let id = CallId::of(&self.topology.pbx, root);
        let id = self.memory.name(&id);
        self.calls.contains_key(id).then(|| id.clone())
    }

    /// Up the chain of who dialled whom, from the second half of a Local channel to the first.
    fn dialled_in(&self, id: &ChannelId) -> Option<CallId> {
        let mut at = id;
        for _ in 0..CHAIN {
            let line = self.lines.get(at)?;
            if line.call.is_some() {
                return line.call.clone();
            }
            let half = || self.first_halves.get(line.pair.as_ref()?).filter(|half| *half != at);
            at = line.dialled_by.as_ref().or_else(half)?;
        }
        None
    }

    pub(super) fn join(&mut self, id: &ChannelId, call: &CallId) {
        let Some(line) = self.lines.get_mut(id) else { return };
        let Some(conversation) = self.calls.get_mut(call) else { return };
        line.call = Some(call.clone());
        conversation.join(line);
        let is_phone = line.kind != Kind::Local;
        self.unplaced.retain(|other| other != id);
        self.touched_calls.push(call.clone());
        if is_phone {
            self.touch(id);
        }
    }
}
