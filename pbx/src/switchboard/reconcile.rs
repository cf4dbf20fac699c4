//! Catching up: what Asterisk answers to GET, against what is known.
//!
//! Nothing is replayed after a reconnect, so whatever is not on the roll has ended unseen, and
//! whatever is new has begun unseen.

use std::collections::{HashMap, HashSet};

use domain::{
    SignedDuration, Timestamp,
    call::{ChannelState, Direction, HangupCause},
    ids::{CallId, ChannelId},
};

use super::{Change, Switchboard, conversation::Conversation, line::Kind};
use crate::ari::{Bridge, Channel, Endpoint};

/// All that Asterisk says is there, at one moment.
#[derive(Debug, Default)]
pub struct Roll {
    pub channels: Vec<Channel>,
    pub bridges: Vec<Bridge>,
    pub endpoints: Vec<Endpoint>,
    /// Asterisk's `startup_time`. Another than last time means a restart: no live call survived.
    pub started_at: Option<Timestamp>,
}

impl Switchboard {
    /// Makes everything as the roll says. Call it after each (re)connect, before the events that
    /// came in the meantime.
    pub fn reconcile(&mut self, roll: &Roll, now: Timestamp) -> Vec<Change> {
        self.now = now;
        self.catches_up = true;
        let restarted = matches!((self.started_at, roll.started_at), (Some(then), Some(since)) if then != since);
        self.started_at = roll.started_at.or(self.started_at);
        let lost = self.missing(roll, restarted);
        self.call_in(roll, now);
        self.forget_claims(now);
        // Who answered is to be known when those who did not are struck off.
        self.follow();
        for id in lost {
            self.lose(&id, now);
        }
        for (id, conversation) in &mut self.calls {
            if conversation.successor.take().is_some() {
                conversation.close_if_left(now);
                self.touched_calls.push(id.clone());
            }
        }
        for endpoint in &roll.endpoints {
            self.endpoint(endpoint);
        }
        for (id, conversation) in &mut self.calls {
            if std::mem::take(&mut conversation.call.stale) {
                conversation.dirty = true;
                self.touched_calls.push(id.clone());
            }
        }
        self.touched_calls.sort();
        let changes = self.tell();
        self.catches_up = false;
        changes
    }

    /// Channels of which nothing was heard for so long, by the caller's own clock. Each is named again
    /// when it has been silent as long once more. A talk may be silent for an hour: ask about it.
    pub fn silent(&mut self, now: Timestamp, patience: SignedDuration) -> Vec<ChannelId> {
        let mut silent = Vec::new();
        for line in self.lines.values_mut() {
            let since = match line.silent_since.filter(|_| !line.heard) {
                Some(since) => since,
                None => now,
            };
            line.heard = false;
            let is_due = now.duration_since(since) >= patience;
            line.silent_since = Some(if is_due { now } else { since });
            silent.extend(is_due.then(|| line.id.clone()));
        }
        silent.sort();
        silent
    }

    /// What Asterisk said of a channel that it was asked about. One that is gone has ended unseen; one that
    /// was found may have ended since it was asked, and is not brought back.
    pub fn checked(&mut self, channel: &ChannelId, found: Option<&Channel>, now: Timestamp) -> Vec<Change> {
        self.now = now;
        match found {
            _ if !self.lines.contains_key(channel) => {}
            Some(found) => {
                self.see(found, now);
            }
            None => self.lose(channel, now),
        }
        self.tell()
    }

    /// Takes off a line of which Asterisk never said that it ended.
    fn lose(&mut self, id: &ChannelId, now: Timestamp) {
        self.remove(id, now, HangupCause { code: 0, text: String::new() }, true);
    }

    /// What is known and not there any more. When it ended nobody can say, so it is now.
    fn missing(&self, roll: &Roll, restarted: bool) -> Vec<ChannelId> {
        let there: HashSet<&ChannelId> = roll.channels.iter().map(|channel| &channel.id).collect();
        let mut missing: Vec<ChannelId> =
            self.lines.keys().filter(|id| restarted || !there.contains(id)).cloned().collect();
        missing.sort();
        missing
    }

    /// Takes in what is there, oldest first, so that a call's root comes before its legs.
    fn call_in(&mut self, roll: &Roll, now: Timestamp) {
        let mut channels: Vec<&Channel> = roll.channels.iter().collect();
        channels.sort_by(|a, b| (a.creationtime, &a.id).cmp(&(b.creationtime, &b.id)));
        self.roll_as_of = None;
        for channel in &channels {
            // A ring that nobody saw was when the channel was.
            let since = if channel.state == ChannelState::Up { now } else { channel.creationtime };
            self.see(channel, since);
        }
        self.roll_as_of = channels.iter().map(|channel| channel.creationtime).max();
        self.seat(roll, now);
        self.stand_in();
        // Who stands in for a root may be whom others have met.
        for bridge in &roll.bridges {
            for channel in &bridge.channels {
                self.meet(channel);
            }
        }
    }

    /// Everybody is in the bridge that the roll has them in, and in no other. Whoever is seated
    /// first may have met nobody yet, so all are seated before anybody meets.
    fn seat(&mut self, roll: &Roll, now: Timestamp) {
        let seats: HashMap<&ChannelId, &Bridge> =
            roll.bridges.iter().flat_map(|bridge| bridge.channels.iter().map(move |id| (id, bridge))).collect();
        let lines: Vec<ChannelId> = self.lines.keys().cloned().collect();
        for id in lines.iter().filter(|id| !seats.contains_key(id)) {
            if self.bridges.seat(id).is_some() {
                self.leaves(id);
            }
        }
        let mut seated: Vec<_> = seats.into_iter().filter(|(id, _)| self.lines.contains_key(*id)).collect();
        seated.sort_by_key(|(id, _)| (*id).clone());
        for (id, bridge) in &seated {
            // A talk that nobody saw begin began when the bridge was made, or the channel.
            let made = self.lines.get(*id).map(|line| line.created_at);
            self.bridges.enter(id, bridge, bridge.creationtime.max(made).unwrap_or(now));
            self.touch(id);
        }
        for (id, _) in &seated {
            self.meet(id);
        }
    }

    /// A call whose root has left it, handed on before we came: the channels say which call it
    /// was, and the oldest of them stands in for its root.
    fn stand_in(&mut self) {
        while let Some((id, root)) = self.unplaced.iter().find_map(|id| Some((id.clone(), self.rootless(id)?))) {
            let Some(line) = self.lines.get(&id) else { return };
            let mut conversation = Conversation::begun_by(line, &self.topology.pbx, false);
            conversation.call.id = CallId::of(&self.topology.pbx, &root);
            conversation.call.root = root;
            conversation.call.direction = Direction::Internal;
            conversation.call.caller_channel = conversation.call.root.clone();
            let call = conversation.call.id.clone();
            self.calls.insert(call.clone(), conversation);
            self.join(&id, &call);
            self.settle();
        }
    }

    /// The root that a phone's line names, if it has left and its call is not known, live or over.
    fn rootless(&self, id: &ChannelId) -> Option<ChannelId> {
        let line = self.lines.get(id).filter(|line| line.kind != Kind::Local)?;
        let root = line.linkedid.as_ref()?;
        let call = CallId::of(&self.topology.pbx, root);
        let known = self.memory.is_gone(root)
            || self.memory.is_over(&call)
            || self.lines.contains_key(root)
            || self.call(&call).is_some();
        (!known).then(|| root.clone())
    }
}
