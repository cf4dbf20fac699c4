//! Which channel belongs to which call.
//!
//! Where the admin set `channelvars = CHANNEL(linkedid)`, a channel says so itself. Where not,
//! `Dial` does: a caller's channel dials a peer's. Through Local channels that is a chain, since
//! the first half is dialled and the second half dials on. A phone may ring before the `Dial` that
//! tells whose it is: its line waits among the unplaced, and comes into the call as it is then.

use domain::{
    SignedDuration,
    call::ChannelState,
    ids::{CallId, ChannelId},
};

use super::{
    Switchboard,
    conversation::Conversation,
    line::{Kind, Line},
    number::dialled_on_trunk,
};
use crate::ari::{Channel, Dial};

/// No chain of Local channels is longer than this; a circle of events must not hang us.
pub(super) const CHAIN: usize = 32;
/// The phones of a page are called within this after the page began.
const PAGE: SignedDuration = SignedDuration::from_secs(1);

/// Where a line's dialling came from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Dialler<'a> {
    Caller(&'a ChannelId),
    /// The other half of the same Local channel.
    FirstHalf(&'a ChannelId),
}

impl<'a> Dialler<'a> {
    pub fn channel(self) -> &'a ChannelId {
        match self {
            Self::Caller(channel) | Self::FirstHalf(channel) => channel,
        }
    }
}

impl Switchboard {
    pub(super) fn dial(&mut self, dial: &Dial) {
        if let Some(caller) = &dial.caller {
            self.see(caller, dial.timestamp);
        }
        if !self.see(&dial.peer, dial.timestamp) {
            return;
        }
        let Some(peer) = self.lines.get_mut(&dial.peer.id) else { return };
        match dial.dialstatus.as_str() {
            // PROGRESS is early media: the phone rings, or speaks, without a state that says so.
            "RINGING" | "PROGRESS" => peer.rings(dial.timestamp),
            "ANSWER" => {
                peer.history.dial_answered_at.get_or_insert(dial.timestamp);
            }
            // CONTINUE: whoever answered did not accept the call, and the dialplan goes on.
            "" | "CONTINUE" => {}
            // The first word counts: a queue says NOANSWER when time is up, then CANCEL.
            status if peer.history.refusal.is_empty() => status.clone_into(&mut peer.history.refusal),
            _ => {}
        }
        peer.history.forwarded |= !dial.forward.is_empty();
        if peer.kind == Kind::Trunk && peer.history.number.is_none() {
            peer.history.number = dialled_on_trunk(&dial.dialstring, peer.endpoint.resource());
        }
        peer.history.dialled_by =
            dial.caller.as_ref().map(|caller| caller.id.clone()).or(peer.history.dialled_by.take());
        if let Some(peer) = self.lines.get(&dial.peer.id)
            && peer.kind != Kind::Local
            && peer.history.via.is_empty()
        {
            let via = self.dialled_via(peer);
            if let Some(peer) = self.lines.get_mut(&dial.peer.id) {
                peer.history.via = via;
            }
        }
        let Some(peer) = self.lines.get(&dial.peer.id) else { return };
        let is_originated = dial.caller.is_none() && peer.linkedid.is_none() && peer.history.dialled_by.is_none();
        if peer.call.is_some() {
            self.picked_up(dial);
        } else if is_originated && dial.dialstatus.is_empty() && !self.paged(&dial.peer.id) {
            // Dialled by nobody: a click to dial rings the agent's own phone first.
            self.open(&dial.peer.id);
        } else {
            self.settle();
        }
        self.unseat(&dial.peer.id);
        self.refused(&dial.peer.id);
        self.serves(&dial.peer.id);
        self.touch(&dial.peer.id);
    }

    /// Whom the first half of a Local channel dials is called by it, and is not the caller who was to be
    /// connected by the second.
    fn unseat(&mut self, peer: &ChannelId) {
        let Some(line) = self.lines.get(peer) else { return };
        if let Some(conversation) = line.call.as_ref().and_then(|call| self.calls.get_mut(call))
            && line.history.dialled_by.as_ref() == Some(&conversation.call.root)
        {
            conversation.unseat(line);
        }
    }

    /// The PBX rings several phones of whoever is to call: the one that is picked up is the caller's.
    /// `leaving` is about to go.
    pub(super) fn reseat(&mut self, call: &CallId, leaving: Option<&ChannelId>) {
        let Some(conversation) = self.calls.get(call).filter(|conversation| conversation.awaits_caller()) else {
            return;
        };
        let Some(current) = self.lines.get(&conversation.call.caller_channel) else { return };
        if current.kind != Kind::Phone || current.is_up() || current.history.dialled_by.is_none() {
            return;
        }
        let rings_beside = |line: &&Line| {
            line.kind == Kind::Phone && line.id != current.id && (line.is_up() || leaving == Some(&current.id))
        };
        let members = conversation.members.iter().filter_map(|id| self.lines.get(id));
        let next = members.filter(rings_beside).min_by_key(|line| (!line.is_up(), line.created_at, line.id.clone()));
        if let Some(next) = next
            && let Some(conversation) = self.calls.get_mut(call)
        {
            conversation.reseat(current, next);
        }
    }

    /// Takes note that a line was dialled for its call's caller: later the chain may be broken.
    fn serves(&mut self, peer: &ChannelId) {
        let Some(line) = self.lines.get(peer) else { return };
        let conversation = line.call.as_ref().and_then(|call| self.calls.get(call));
        let for_caller = conversation.is_some_and(|conversation| self.dialled_for(line, conversation).is_some());
        if let Some(line) = self.lines.get_mut(peer) {
            line.history.for_caller |= for_caller;
        }
    }

    /// A Local channel was rung for nothing: what was said of it is said of the phones behind it, which
    /// are only told to stop.
    fn refused(&mut self, peer: &ChannelId) {
        let Some(line) = self.lines.get(peer).filter(|line| line.kind == Kind::Local) else { return };
        let told = !matches!(line.history.refusal.as_str(), "" | "CANCEL");
        if let Some(conversation) = line.call.as_ref().and_then(|call| self.calls.get_mut(call))
            && told
        {
            conversation.refusals.insert(peer.clone(), line.history.refusal.clone());
        }
    }

    /// A page calls its phones as if the PBX called them by itself; without linkedid, what they show
    /// as their party tells who pages: the one colleague of that number whose call has just begun.
    fn paged(&mut self, peer: &ChannelId) -> bool {
        let Some(line) = self.lines.get(peer) else { return false };
        let of_this_moment = |at| line.created_at.duration_since(at).abs() <= PAGE;
        let mut pagers = self.calls.values().map(|conversation| &conversation.call).filter(|call| {
            let number = call.root_exten.as_ref().map(domain::ids::Extension::as_str);
            number == Some(line.connected.number.as_str())
                && call.caller_channel != *peer
                && of_this_moment(call.started_at)
                && call.answered_at.is_none()
        });
        let (Some(pager), None) = (pagers.next().map(|call| call.id.clone()), pagers.next()) else { return false };
        self.join(peer, &pager);
        self.settle();
        true
    }

    /// Finds the call of a channel that is seen for the first time.
    pub(super) fn place(&mut self, channel: &Channel) {
        if let Some((pair, half)) = channel.local_half() {
            self.bridges.add_half(pair, half, &channel.id);
        }
        self.unplaced.push(channel.id.clone());
        let predecessor = channel.takes_place_of().and_then(|name| self.lines.values().find(|line| line.name == name));
        let predecessor = predecessor.and_then(|line| line.call.clone());
        if let Some(call) = self.reclaim(&channel.id) {
            self.rejoin(&channel.id, &call);
            self.settle();
        } else if let Some(call) = predecessor {
            self.join(&channel.id, &call);
            self.settle();
        } else if begins(channel) && !self.spent.contains(&channel.id) {
            self.open(&channel.id);
        } else {
            self.settle();
        }
    }

    /// A channel that had no call may tell only now that it begins one: an analog line is made
    /// before anybody knows whether it calls.
    pub(super) fn place_again(&mut self, channel: &Channel) {
        if channel.state == ChannelState::Ring && begins(channel) && self.unplaced.contains(&channel.id) {
            self.open(&channel.id);
        }
    }

    /// Begins the call of which this line is the root. A call that is over is never opened again,
    /// and one that became a part of another lives on there.
    pub(super) fn open(&mut self, root: &ChannelId) {
        let Some(line) = self.lines.get(root) else { return };
        let inbound = self.topology.is_inbound_context(&line.history.context);
        let conversation = Conversation::begun_by(line, &self.topology.pbx, inbound);
        let id = conversation.call.id.clone();
        if self.call(&id).is_none() && !self.memory.is_over(&id) {
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
            at = self.dialler(line)?.channel();
        }
        None
    }

    /// Whoever dialled a line; of the second half of a Local channel it is the first that was dialled.
    pub(super) fn dialler<'a>(&'a self, line: &'a Line) -> Option<Dialler<'a>> {
        let half = || self.bridges.first_half(line.pair.as_ref()?).filter(|half| **half != line.id);
        line.history.dialled_by.as_ref().map(Dialler::Caller).or_else(|| half().map(Dialler::FirstHalf))
    }

    pub(super) fn join(&mut self, id: &ChannelId, call: &CallId) {
        self.take_in(id, call, Conversation::join);
    }

    /// It was a part of this call before a restart of ours, as what the call knows it to be.
    fn rejoin(&mut self, id: &ChannelId, call: &CallId) {
        self.take_in(id, call, |conversation, line| conversation.members.push(line.id.clone()));
    }

    fn take_in(&mut self, id: &ChannelId, call: &CallId, how: fn(&mut Conversation, &Line)) {
        let Some(line) = self.lines.get_mut(id) else { return };
        let Some(conversation) = self.calls.get_mut(call) else { return };
        line.call = Some(call.clone());
        how(conversation, line);
        let is_phone = line.kind != Kind::Local;
        self.unplaced.retain(|other| other != id);
        self.touched_calls.push(call.clone());
        if is_phone {
            self.touch(id);
        }
    }
}

/// Does this channel begin a call?
fn begins(channel: &Channel) -> bool {
    match channel.linkedid() {
        Some(linkedid) => linkedid == channel.id,
        // Somebody calls in on it; or it is past that and does not serve somebody's Dial.
        None if channel.is_local() => false,
        None => match channel.state {
            ChannelState::Ring => true,
            ChannelState::Up => !channel.dialplan.app_name.starts_with("App"),
            _ => false,
        },
    }
}
