//! A conversation: a call, the channels that it still has, and what follows from them.

use std::collections::{HashMap, HashSet};

use domain::{
    Timestamp,
    call::{Call, CallPhase, Direction, HangupCause, Leg, LegEnd},
    ids::{CallId, ChannelId, PbxName},
};

use serde::{Deserialize, Serialize};

use super::{
    facts::{CallerFacts, Talk},
    leg::{self, Departure},
    line::{Kind, Line},
    number::is_dialable,
};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Conversation {
    pub call: Call,
    /// Its live channels, Local halves included. The call ends with the last that holds it.
    #[serde(skip)]
    pub members: Vec<ChannelId>,
    /// Members that were not called for this call and met its caller in a bridge: the call does not
    /// wait for them, since their channels may live on without it.
    pub guests: Vec<ChannelId>,
    /// The caller has handed the call on: who is called talks with somebody else.
    pub caller_handed_on: bool,
    /// Legs that have met the caller in a bridge: from then on only bridges say whether they talk.
    pub met: HashSet<ChannelId>,
    pub caller: CallerFacts,
    /// Nobody stands in for the caller of a Local root: it calls by itself.
    pub(super) has_no_caller: bool,
    /// Members of other calls that share a bridge with the caller: a conference of two customers.
    #[serde(default)]
    pub visitors: Vec<ChannelId>,
    /// Since when nobody talks with the caller, who was answered.
    #[serde(default)]
    pub(super) talked_until: Option<Timestamp>,
    /// The bridge in which the caller talked last.
    pub(super) talk_bridge: Option<String>,
    /// The name of a member whose place another channel takes, and that one has not been heard of
    /// yet: the call waits for it.
    pub successor: Option<String>,
    /// Why Local channels were rung for nothing.
    pub refusals: HashMap<ChannelId, String>,
    /// Since when whoever answered does not talk with the caller.
    pub(super) answer_left_at: Option<Timestamp>,
    /// Legs that are over, and what Asterisk said of each.
    pub(super) departures: Vec<Departure>,
    /// Something changed that was not told yet.
    #[serde(skip, default = "yes")]
    pub dirty: bool,
}

fn yes() -> bool {
    true
}

impl Conversation {
    /// The call that `root` begins. `inbound` says whether its first context is for calls from outside.
    pub fn begun_by(root: &Line, pbx: &PbxName, inbound: bool) -> Self {
        let mut conversation = Self {
            call: Call {
                id: CallId::of(pbx, &root.id),
                direction: if inbound { Direction::Inbound } else { Direction::Internal },
                phase: CallPhase::Waiting,
                root: root.id.clone(),
                caller_channel: root.id.clone(),
                root_endpoint: root.endpoint.clone(),
                root_exten: root.exten.clone(),
                caller: root.history.owner.clone(),
                caller_left_at: None,
                dialled: String::new(),
                legs: Vec::new(),
                answer: None,
                place: None,
                started_at: root.created_at,
                answered_at: None,
                ended_at: None,
                outcome: None,
                aliases: Vec::new(),
                stale: false,
            },
            members: Vec::new(),
            guests: Vec::new(),
            caller_handed_on: false,
            met: HashSet::new(),
            caller: CallerFacts::default(),
            has_no_caller: false,
            visitors: Vec::new(),
            talked_until: None,
            talk_bridge: None,
            successor: None,
            refusals: HashMap::new(),
            answer_left_at: None,
            departures: Vec::new(),
            dirty: true,
        };
        conversation.take_caller(root);
        conversation
    }

    /// Takes a line in. It becomes a leg unless it is the caller or a Local half.
    pub fn join(&mut self, line: &Line) {
        self.members.push(line.id.clone());
        self.visitors.retain(|visitor| *visitor != line.id);
        if self.successor.as_deref().is_some_and(|name| line.name.ends_with(name)) {
            self.successor = None;
        }
        if line.id == self.call.caller_channel || line.kind == Kind::Local {
            return;
        }
        if self.wants_caller() {
            return self.take_caller(line);
        }
        if self.takes_over(line) {
            return;
        }
        if self.call.live_legs().all(|leg| leg.channel != line.id) {
            self.add_leg(leg::of(line));
        }
        if line.kind == Kind::Trunk && self.call.direction == Direction::Internal {
            self.call.direction = Direction::Outbound;
        }
    }

    /// A member of another call hears this call's caller.
    pub fn visited_by(&mut self, line: &Line) {
        if !self.visitors.contains(&line.id) {
            self.visitors.push(line.id.clone());
            self.add_leg(leg::of(line));
        }
    }

    /// Legs stay in the order of their creation, however late one was linked.
    pub fn add_leg(&mut self, leg: Leg) {
        self.call.legs.retain(|other| other.channel != leg.channel);
        let key = (leg.created_at, serial(&leg.channel));
        let at = self.call.legs.partition_point(|other| (other.created_at, serial(&other.channel)) <= key);
        self.call.legs.insert(at, leg);
        self.dirty = true;
    }

    /// Takes what has changed about a member. `unseen` if nobody saw when it did.
    pub fn follow(&mut self, line: &Line, unseen: bool) {
        if line.id == self.call.root && line.kind == Kind::Local {
            self.follow_local_root(line);
        } else if line.id == self.call.caller_channel {
            self.follow_caller(line, unseen);
        } else if let Some(leg) = self.call.legs.iter_mut().find(|leg| leg.channel == line.id) {
            self.dirty |= leg::follow(leg, line);
        }
        // What a trunk dials is who is called, where the caller's channel does not say so itself: what
        // the PBX began by a Local channel, or by an extension `s` behind Gosub.
        let says_so = self.call.caller_channel == self.call.root && is_dialable(&self.call.dialled);
        let is_called = self.call.legs.iter().find_map(|leg| leg.number.clone());
        if self.call.direction == Direction::Outbound
            && self.call.answered_at.is_none()
            && !says_so
            && let Some(number) = is_called
        {
            self.dial(&number);
        }
    }

    /// This channel hands the call on, or has it again.
    pub fn hand_on(&mut self, channel: &ChannelId, handed_on: bool) {
        if self.call.caller_channel == *channel {
            self.caller_handed_on = handed_on;
        }
        for leg in self.call.legs.iter_mut().filter(|leg| leg.channel == *channel && leg.handed_on != handed_on) {
            leg.handed_on = handed_on;
            self.dirty = true;
        }
    }

    /// A member's channel is gone.
    pub fn leave(&mut self, line: &Line, departure: Departure, cause: HangupCause) {
        let (at, lost) = (departure.at, departure.lost);
        self.members.retain(|member| *member != line.id);
        self.guests.retain(|guest| *guest != line.id);
        if line.id == self.call.caller_channel {
            self.caller.cause = Some(cause.code);
            self.call.caller_left_at = Some(at);
            self.dirty = true;
            self.unfilled(line, &departure, &cause);
        }
        if let Some(leg) = self.call.legs.iter_mut().find(|leg| leg.channel == line.id) {
            leg::end(leg, at);
            self.departures.push(departure);
            leg.cause = (!lost).then_some(cause);
            self.dirty = true;
        }
        self.close_if_left(at);
    }

    /// Nobody is left who holds the call: it is over.
    pub fn close_if_left(&mut self, at: Timestamp) {
        let left = self.members.iter().all(|member| self.guests.contains(member));
        if left && self.successor.is_none() && self.call.ended_at.is_none() {
            self.close(at);
        }
    }

    /// Of a call that was known before a restart of ours: legs whose channels are not there any more
    /// have ended unseen. True where there are any.
    pub fn lose_absent(&mut self, lines: &HashMap<ChannelId, Line>, now: Timestamp) -> bool {
        let mut any = false;
        for leg in self.call.legs.iter_mut().filter(|leg| leg.is_live() && !lines.contains_key(&leg.channel)) {
            if self.departures.iter().all(|departure| departure.channel != leg.channel) {
                leg::end(leg, now);
                self.departures.push(Departure::lost(leg, now));
                any = true;
            }
        }
        any
    }

    /// The call is over, whatever becomes of the channels that it still has.
    pub fn close(&mut self, at: Timestamp) {
        for leg in self.call.legs.iter_mut().filter(|leg| leg.is_live()) {
            leg::end(leg, at);
            leg.end = Some(match leg.answered_at {
                Some(_) if leg.handed_on => LegEnd::Transferred,
                Some(_) => LegEnd::Completed,
                None => LegEnd::NoAnswer,
            });
        }
        self.call.ended_at = Some(at);
        self.dirty = true;
    }

    /// Takes over what another conversation, which is a part of this one now, knew of its legs.
    pub fn absorb(&mut self, gone: Self) {
        for leg in gone.call.legs {
            self.add_leg(leg);
        }
        self.members.extend(gone.members);
        self.guests.extend(gone.guests);
        self.visitors.extend(gone.visitors.into_iter().filter(|visitor| !self.members.contains(visitor)));
        self.met.extend(gone.met);
        self.departures.extend(gone.departures);
        self.refusals.extend(gone.refusals);
        self.call.aliases.extend(gone.call.aliases);
        self.call.aliases.push(gone.call.id);
        self.dirty = true;
    }

    /// Draws the conclusions: who talks, who answered, the phase, and at the end the outcome.
    pub fn conclude(&mut self, talk: &Talk, now: Timestamp) {
        self.take_talk(talk, now);
        self.follow_visitors(talk, now);
        self.conclude_ends();
        let phase = self.phase(talk, now);
        if self.call.phase != phase {
            self.call.phase = phase;
            self.dirty = true;
        }
        let place = self.place(talk);
        if self.call.place != place {
            self.call.place = place;
            self.dirty = true;
        }
        if phase == CallPhase::Ended && self.call.outcome.is_none() {
            self.call.outcome = Some(self.outcome());
            self.call.stale = false;
        }
    }
}

/// The counter in `1795488888.431`: channels made in the same millisecond are told apart by it.
fn serial(channel: &ChannelId) -> u64 {
    channel.as_str().rsplit_once('.').and_then(|(_, serial)| serial.parse().ok()).unwrap_or(0)
}
