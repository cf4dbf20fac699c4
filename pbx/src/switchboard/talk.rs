//! Who talks with whom. Talk is what happens in bridges: whoever hears the caller there talks with
//! them, however they came to be there. Only between the answer to a `Dial` and the bridge that
//! follows it, a moment later, does the answer count by itself.

use std::collections::BTreeSet;

use domain::{
    Timestamp,
    ids::{CallId, ChannelId},
};

use super::{
    Switchboard,
    conversation::Conversation,
    dial::{CHAIN, Dialler},
    facts::Talk,
    line::{Kind, Line},
};
use crate::ari::Bridge;

impl Switchboard {
    pub(super) fn enters(&mut self, channel: &ChannelId, bridge: &Bridge, at: Timestamp) {
        self.bridges.enter(channel, bridge, at);
        // Whoever handed the call on and is back has it again.
        if let Some(conversation) = self.conversation_of(channel) {
            conversation.hand_on(channel, false);
        }
        self.meet(channel);
        self.touch_hearing(channel);
    }

    pub(super) fn leaves(&mut self, channel: &ChannelId) {
        self.touch_hearing(channel);
        self.bridges.leave(channel);
        self.touch(channel);
    }

    /// Those who hear each other are in one call. Lines without a call join it, and internal calls
    /// become a part of the customer's; two customers' calls stay two.
    pub(super) fn meet(&mut self, channel: &ChannelId) {
        let together: Vec<ChannelId> = self.hearing(channel).into_iter().cloned().collect();
        if together.len() < 2 {
            return;
        }
        let calls: BTreeSet<CallId> = together.iter().filter_map(|id| self.lines.get(id)?.call.clone()).collect();
        let rank = |id: &CallId| {
            let call = &self.calls[id].call;
            (!self.has_outsider(id), call.started_at, call.id.clone())
        };
        let Some(into) = calls.iter().filter(|id| self.calls.contains_key(*id)).min_by_key(|id| rank(id)).cloned()
        else {
            return;
        };
        for id in &together {
            if self.unplaced.contains(id) {
                self.join(id, &into);
                self.is_guest(id, &into);
            }
        }
        for from in &calls {
            if *from != into && self.calls.contains_key(from) && !self.has_outsider(from) {
                self.merge_met(from, &into, &together);
            }
        }
        for call in &calls {
            self.visit(call, &together);
        }
        self.settle();
    }

    /// Phones that hear the caller of this call and belong to another customer's talk with both: they
    /// are legs here too, for as long as they do.
    fn visit(&mut self, call: &CallId, together: &[ChannelId]) {
        let Some(conversation) = self.calls.get_mut(call) else { return };
        if !together.contains(&conversation.call.caller_channel) {
            return;
        }
        for line in together.iter().filter_map(|id| self.lines.get(id)) {
            if line.kind == Kind::Phone && !conversation.members.contains(&line.id) {
                conversation.visited_by(line);
                self.touched_calls.push(call.clone());
            }
        }
    }

    /// The internal call `from` becomes a part of the one whose caller its people have met.
    fn merge_met(&mut self, from: &CallId, into: &CallId, together: &[ChannelId]) {
        let Some(gone) = self.calls.get(from) else { return };
        let caller_stays = together.contains(&gone.call.caller_channel);
        let met: Vec<ChannelId> = gone.members.iter().filter(|id| together.contains(id)).cloned().collect();
        self.merge(from, into, caller_stays);
        for id in &met {
            self.is_guest(id, into);
        }
    }

    /// A phone that met the caller, and was not called for them.
    fn is_guest(&mut self, id: &ChannelId, call: &CallId) {
        let is_phone = self.lines.get(id).is_some_and(|line| line.kind == Kind::Phone);
        if let Some(conversation) = self.calls.get_mut(call)
            && is_phone
            && conversation.call.caller_channel != *id
            && !conversation.guests.contains(id)
        {
            conversation.guests.push(id.clone());
        }
    }

    /// Is somebody from outside on a live channel of this call?
    pub(super) fn has_outsider(&self, call: &CallId) -> bool {
        self.calls.get(call).is_some_and(|conversation| self.outsiders(conversation).next().is_some())
    }

    fn outsiders<'a>(&'a self, conversation: &'a Conversation) -> impl Iterator<Item = &'a Line> {
        let lines = conversation.members.iter().filter_map(|id| self.lines.get(id));
        lines.filter(|line| line.kind == Kind::Trunk || conversation.is_inbound_caller(&line.id))
    }

    fn hearing<'a>(&'a self, channel: &'a ChannelId) -> Vec<&'a ChannelId> {
        self.hearing_since(channel).into_iter().map(|(id, _)| id).collect()
    }

    fn hearing_since<'a>(&'a self, channel: &'a ChannelId) -> Vec<(&'a ChannelId, Timestamp)> {
        self.bridges.hearing(channel, |id| self.lines.get(id)?.pair.as_deref())
    }

    /// The phones and trunks among those whom `channel` hears.
    fn parties<'a>(&'a self, channel: &'a ChannelId) -> Vec<&'a Line> {
        let lines = self.hearing(channel).into_iter().filter_map(|id| self.lines.get(id));
        lines.filter(|line| line.kind != Kind::Local).collect()
    }

    fn touch_hearing(&mut self, channel: &ChannelId) {
        let together: Vec<ChannelId> = self.hearing(channel).into_iter().cloned().collect();
        for id in &together {
            self.touch(id);
        }
    }

    /// Who talks in this call now.
    pub(super) fn talk_of(&self, conversation: &Conversation) -> Talk {
        let Some(anchor) = self.anchor(conversation) else { return Talk::default() };
        let parties: Vec<(ChannelId, Timestamp)> = self
            .hearing_since(&anchor.id)
            .into_iter()
            .filter(|(id, _)| self.lines.get(*id).is_some_and(|line| line.kind != Kind::Local))
            .map(|(id, since)| (id.clone(), since))
            .collect();
        let seat = self.bridges.seat(&anchor.id);
        let is_on = parties.len() > 1;
        let in_bridges: Vec<ChannelId> =
            if is_on { parties.iter().map(|(id, _)| id.clone()).collect() } else { Vec::new() };
        let mut with_caller = if is_on { parties } else { Vec::new() };
        // The anchor has talked since the first of the others has.
        if let [(_, since), (_, first), ..] = &mut with_caller[..] {
            *since = *first;
        }
        for leg in conversation.call.live_legs() {
            let Some(line) = self.lines.get(&leg.channel) else { continue };
            let Some((by, at)) = self.dial_answered(line, conversation) else { continue };
            match with_caller.iter_mut().find(|(id, _)| *id == line.id) {
                Some((_, since)) => *since = at.min(*since),
                None if conversation.met.contains(&line.id) || !self.lines.contains_key(by) => {}
                None => with_caller.extend([(line.id.clone(), at), (by.clone(), at)]),
            }
        }
        let answers = conversation.call.answer.as_ref().and_then(|answer| self.lines.get(&answer.channel));
        let consults = answers.is_some_and(|line| line.id != anchor.id && self.hearing(&line.id).len() > 1);
        Talk {
            is_on: is_on || !with_caller.is_empty(),
            in_bridges,
            with_caller,
            bridge: seat.map(|seat| seat.bridge.clone()),
            is_holding: self.bridges.is_on_hold(&anchor.id),
            is_mixing: self.bridges.is_mixing(&anchor.id),
            consults,
        }
    }

    /// The channel whose talk counts: the caller's, and where that has left, of who is outside.
    fn anchor(&self, conversation: &Conversation) -> Option<&Line> {
        let caller = self
            .lines
            .get(&conversation.call.caller_channel)
            .filter(|line| line.call.as_ref() == Some(&conversation.call.id) && !conversation.caller_handed_on);
        let talks = || {
            let legs = conversation.call.live_legs().filter(|leg| !leg.handed_on);
            legs.filter_map(|leg| self.lines.get(&leg.channel))
        };
        caller.or_else(|| talks().find(|line| line.kind == Kind::Trunk)).or_else(|| talks().find(|line| line.is_up()))
    }

    /// The party of the call, as a rule its caller, for whom this line was dialled, and when the last
    /// Dial between the two was answered. Whoever has come to the phone and is asked to press 1 first
    /// has answered a Dial, and the Local channel in between has not.
    fn dial_answered<'a>(&'a self, line: &'a Line, conversation: &Conversation) -> Option<(&'a ChannelId, Timestamp)> {
        let (party, since, peers) = self.dialled_for(line, conversation)?;
        let answers: Option<Vec<Timestamp>> = peers.iter().map(|peer| peer.history.dial_answered_at).collect();
        Some((party, answers?.into_iter().max()?.max(since)))
    }

    /// The party of the call for whom this line was dialled, since when it was, and everybody who was
    /// dialled on the way, the line itself first. Up the chain of who dialled whom, from the second
    /// half of a Local channel to the first. A colleague who is asked during a call is dialled through
    /// a Local channel that nobody dialled; since a transfer, that one is in the caller's own bridge.
    pub(super) fn dialled_for<'a>(
        &'a self,
        line: &'a Line,
        conversation: &Conversation,
    ) -> Option<(&'a ChannelId, Timestamp, Vec<&'a Line>)> {
        let is_party = |id: &ChannelId| {
            *id == conversation.call.caller_channel
                || *id == conversation.call.root
                || conversation.call.legs.iter().any(|leg| leg.channel == *id)
        };
        let mut peers = vec![line];
        let mut at = line;
        for _ in 0..CHAIN {
            let dialler = self.dialler(at)?;
            let next = dialler.channel();
            if is_party(next) {
                return Some((next, Timestamp::MIN, peers));
            }
            let met = self.hearing_since(next).into_iter().find(|(id, _)| **id == conversation.call.caller_channel);
            if let Some((party, since)) = met {
                return Some((party, since, peers));
            }
            at = self.lines.get(next)?;
            if matches!(dialler, Dialler::FirstHalf(_)) {
                peers.push(at);
            }
        }
        None
    }

    /// The Local channels through which a line was dialled: what is said of their end is said of it.
    pub(super) fn dialled_via(&self, line: &Line) -> Vec<ChannelId> {
        let mut via = Vec::new();
        let mut at = line.history.dialled_by.as_ref();
        while let Some(half) = at.and_then(|by| self.bridges.first_half(self.lines.get(by)?.pair.as_ref()?)) {
            if via.len() == CHAIN || via.contains(half) {
                break;
            }
            via.push(half.clone());
            at = self.lines.get(half).and_then(|half| half.history.dialled_by.as_ref());
        }
        via
    }

    /// Is there nobody left from outside, while those inside talk on among themselves? Then the
    /// customer's call is over.
    pub(super) fn is_deserted(&self, conversation: &Conversation) -> bool {
        let had_outsider = conversation.call.direction != domain::call::Direction::Internal;
        if !had_outsider || self.outsiders(conversation).next().is_some() {
            return false;
        }
        let mut real = conversation
            .members
            .iter()
            .filter_map(|id| self.lines.get(id))
            .filter(|line| line.kind != Kind::Local && !conversation.guests.contains(&line.id));
        let talks_on = |line: &Line| line.is_up() && self.parties(&line.id).len() > 1;
        let mut any = false;
        real.all(|line| {
            any = true;
            talks_on(line)
        }) && any
    }
}
