//! What follows for a call from who talks: whose answer counts, and how its legs ended.

use domain::{
    SignedDuration, Timestamp,
    call::{Answer, Leg, LegEnd},
};

use super::{
    conversation::Conversation,
    facts::Talk,
    leg::{self, Circumstances},
};

/// Whoever began to talk this much before another left has talked beside them, and did not take over.
const BESIDE: SignedDuration = SignedDuration::from_millis(20);

impl Conversation {
    pub(super) fn take_talk(&mut self, talk: &Talk, now: Timestamp) {
        for leg in self.call.legs.iter_mut().filter(|leg| leg.is_live()) {
            let since = talk.with_caller.iter().find(|(channel, _)| *channel == leg.channel).map(|(_, since)| *since);
            let talking = since.is_some() && !leg.handed_on;
            let answered_at = since.filter(|_| talking).into_iter().chain(leg.answered_at).min();
            if leg.answered_at != answered_at {
                leg.answered_at = answered_at;
                self.dirty = true;
            }
            if leg.talking != talking {
                leg.talking = talking;
                self.dirty = true;
            }
        }
        self.met.extend(talk.in_bridges.iter().cloned());
        if talk.is_on {
            self.talk_bridge.clone_from(&talk.bridge);
        }
        self.call.answered_at = self.call.legs.iter().filter_map(|leg| leg.answered_at).min();
        let talks = talk.is_on || self.call.live_legs().any(|leg| leg.talking);
        self.talked_until = match self.call.answered_at {
            Some(_) if !talks => self.talked_until.or(Some(now)),
            _ => None,
        };
        self.take_answer(now);
    }

    /// Whoever answered has the call while they talk, and also when they leave others who talked with
    /// the caller beside them. Whoever begins to talk when they have stopped has it then.
    fn take_answer(&mut self, now: Timestamp) {
        let current = self.call.answer.as_ref().map(|answer| &answer.channel);
        let current = self.call.legs.iter().find(|leg| Some(&leg.channel) == current);
        if let Some(current) = current.filter(|leg| !leg.talking) {
            self.answer_left_at = self.answer_left_at.or(current.ended_at).or(Some(now));
        } else if current.is_some() {
            self.answer_left_at = None;
        }
        let has_left = current.is_none_or(|leg| leg.handed_on || !leg.talking);
        // When a leg ended that nobody saw end, nobody knows.
        let handed_on = current.is_none_or(|leg| leg.handed_on || leg.end == Some(LegEnd::Lost));
        let was_beside =
            |leg: &&Leg| !handed_on && self.answer_left_at.is_some_and(|at| leg.answered_at < Some(at - BESIDE));
        let talking = || self.call.live_legs().filter(|leg| leg.talking);
        let first = talking().min_by_key(|leg| leg.answered_at);
        let next = if has_left {
            first.filter(|leg| !was_beside(leg))
        } else {
            first.filter(|leg| leg.answered_at < current.and_then(|it| it.answered_at))
        };
        let Some(leg) = next else { return };
        let number = leg.exten.is_none().then(|| leg.number.clone()).flatten();
        self.call.answer = Some(Answer { channel: leg.channel.clone(), exten: leg.exten.clone(), number });
        self.answer_left_at = None;
        self.dirty = true;
    }

    /// Legs of visitors last as long as they hear the caller.
    pub(super) fn follow_visitors(&mut self, talk: &Talk, now: Timestamp) {
        let (here, gone): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.visitors).into_iter().partition(|it| talk.in_bridges.contains(it));
        self.visitors = here;
        let is_gone = |leg: &&mut Leg| gone.contains(&leg.channel) && leg.is_live();
        for leg in self.call.legs.iter_mut().filter(is_gone) {
            leg::end(leg, now);
            leg.end = Some(LegEnd::Completed);
            self.dirty = true;
        }
    }

    pub(super) fn conclude_ends(&mut self) {
        let circumstances = Circumstances {
            caller_left_at: self.caller.hung_up_at,
            answered_at: self.call.answered_at,
            caller_came: self.caller.called_by_pbx && self.caller.up,
            is_over: self.call.ended_at.is_some(),
        };
        for departure in &self.departures {
            let Some(leg) = self.call.legs.iter_mut().find(|leg| leg.channel == departure.channel) else { continue };
            let end = departure.end(leg, &circumstances, &self.refusals);
            if leg.end != Some(end) {
                leg.end = Some(end);
                self.dirty = true;
            }
        }
    }
}
