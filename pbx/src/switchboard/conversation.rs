//! A conversation: a call, the channels that it still has, and what follows from them.

use std::collections::{HashMap, HashSet};

use domain::{
    SignedDuration, Timestamp,
    call::{Answer, Call, CallPhase, Direction, HangupCause, Leg, LegEnd, Party},
    ids::{CallId, ChannelId, PbxName},
    phone::is_hidden,
};

use serde::{Deserialize, Serialize};

use super::{
    leg::{self, Circumstances, Departure},
    line::{Kind, Line},
    number::{self, is_dialable},
    talk::Talk,
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
    has_no_caller: bool,
    /// The bridge in which the caller talked last.
    pub(super) talk_bridge: Option<String>,
    /// The name of a member whose place another channel takes, and that one has not been heard of
    /// yet: the call waits for it.
    pub successor: Option<String>,
    /// Why Local channels were rung for nothing.
    pub refusals: HashMap<ChannelId, String>,
    /// Since when whoever answered does not talk with the caller.
    answer_left_at: Option<Timestamp>,
    /// Legs that are over, and what Asterisk said of each.
    departures: Vec<Departure>,
    /// Something changed that was not told yet.
    #[serde(skip, default = "yes")]
    pub dirty: bool,
}

/// Whoever began to talk this much before another left has talked beside them, and did not take over.
const BESIDE: SignedDuration = SignedDuration::from_millis(20);

fn yes() -> bool {
    true
}

/// What is known of the caller's channel.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct CallerFacts {
    pub held: bool,
    pub up: bool,
    /// The PBX called the caller: a click to dial, a callback.
    pub called_by_pbx: bool,
    /// The application of the dialplan that it is in, or was in last.
    pub app: String,
    /// It was answered when nobody listened.
    #[serde(default)]
    pub unseen: bool,
    /// It is about to go.
    pub hanging_up: bool,
    /// It goes because its far end hung up: since when.
    pub hung_up_at: Option<Timestamp>,
    pub cause: Option<i32>,
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

    /// `line` is the caller's channel.
    fn take_caller(&mut self, line: &Line) {
        let call = &mut self.call;
        call.caller_channel = line.id.clone();
        call.root_endpoint = line.endpoint.clone();
        call.root_exten = line.exten.clone();
        call.caller = line.history.owner.clone();
        call.direction = match (line.kind, line.history.made_by_pbx) {
            (Kind::Trunk, true) => Direction::Outbound,
            (Kind::Trunk, false) => Direction::Inbound,
            _ => call.direction,
        };
        if line.kind == Kind::Trunk && call.direction == Direction::Outbound {
            // The PBX calls, and this is who is called.
            call.caller = Party::default();
        }
        self.dirty = true;
    }

    /// Is this the channel of a caller from outside?
    pub(super) fn is_inbound_caller(&self, channel: &ChannelId) -> bool {
        self.call.direction == Direction::Inbound && self.call.caller_channel == *channel
    }

    /// Is the caller's channel not known? The PBX began this call through a Local channel: the first
    /// whom it calls is the caller.
    fn wants_caller(&self) -> bool {
        !self.has_no_caller
            && self.call.caller_channel == self.call.root
            && self.call.root_endpoint.technology() == "Local"
            && self.call.direction != Direction::Inbound
    }

    /// This line stood in for the caller, and is called by the root itself.
    pub fn unseat(&mut self, line: &Line) {
        if self.call.caller_channel != line.id || line.id == self.call.root {
            return;
        }
        self.call.caller_channel = self.call.root.clone();
        self.call.root_exten = None;
        self.call.caller = Party::default();
        self.caller = CallerFacts::default();
        self.has_no_caller = true;
        self.add_leg(leg::of(line));
    }

    /// Does somebody stand in for the caller whom a Local root called, and nobody has come to the phone?
    pub fn awaits_caller(&self) -> bool {
        self.call.caller_channel != self.call.root
            && self.call.root_endpoint.technology() != "Local"
            && !self.has_no_caller
            && !self.caller.up
            && self.call.direction != Direction::Inbound
    }

    /// Another phone that was called with the one that stood in for the caller was picked up: it is the
    /// caller's, and the first one is a leg that rang beside it.
    pub fn reseat(&mut self, before: &Line, line: &Line) {
        self.call.legs.retain(|leg| leg.channel != line.id);
        self.call.answer = self.call.answer.take().filter(|answer| answer.channel != line.id);
        self.caller = CallerFacts::default();
        self.add_leg(leg::of(before));
        self.take_caller(line);
    }

    /// Takes a line in. It becomes a leg unless it is the caller or a Local half.
    pub fn join(&mut self, line: &Line) {
        self.members.push(line.id.clone());
        if self.successor.as_deref().is_some_and(|name| line.name.ends_with(name)) {
            self.successor = None;
        }
        if line.id == self.call.caller_channel || line.kind == Kind::Local {
            return;
        }
        if self.wants_caller() {
            return self.take_caller(line);
        }
        if self.call.legs.iter().all(|leg| leg.channel != line.id) {
            self.add_leg(leg::of(line));
        }
        if line.kind == Kind::Trunk && self.call.direction == Direction::Internal {
            self.call.direction = Direction::Outbound;
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

    fn follow_caller(&mut self, line: &Line, unseen: bool) {
        self.caller.held = line.history.held;
        self.caller.up = line.is_up();
        let is_called_after_all = line.history.made_by_pbx && !self.caller.called_by_pbx;
        self.caller.called_by_pbx = line.history.made_by_pbx;
        if is_called_after_all && line.kind == Kind::Trunk && self.call.direction == Direction::Inbound {
            self.take_caller(line);
            self.call.dialled.clear();
        }
        self.caller.app.clone_from(&line.app);
        if self.call.answered_at.is_some() {
            return;
        }
        if self.call.root_endpoint != line.endpoint {
            self.call.root_endpoint = line.endpoint.clone();
            self.call.root_exten = line.exten.clone();
            self.dirty = true;
        }
        // The dialplan may normalise an inbound caller's number; of an outbound caller it sets
        // the number that is shown outside, which is not who calls; nor is the number that was dialled,
        // which it shows when the call is sent on outside.
        let is_our_own = is_dialable(&line.caller.number) && line.caller.number == self.call.dialled;
        // Since an answer that nobody saw, what it says may be either.
        self.caller.unseen |= unseen && line.is_up() && is_dialable(&self.call.caller.number);
        let counts = !is_our_own && !self.caller.unseen;
        if self.call.direction == Direction::Inbound && self.call.caller != line.caller && counts {
            self.call.caller.clone_from(&line.caller);
            self.dirty = true;
        }
        if self.call.caller_channel != self.call.root {
            // What a Local channel rings has not dialled that. A customer whom the PBX calls is who
            // is called.
            if let Some(number) = line.outside() {
                self.dial(&number);
            }
        } else if self.call.direction == Direction::Outbound && line.kind == Kind::Trunk {
            if let Some(number) = line.outside() {
                self.dial(&number);
            }
        } else if self.call.direction != Direction::Outbound || is_dialable(&line.history.dialled) {
            self.dial(&line.history.dialled);
        }
    }

    /// The PBX began the call through a Local channel: what it connects is whom it is to call then,
    /// as far as anything says it before it does.
    fn follow_local_root(&mut self, line: &Line) {
        let aim = [&line.caller.number, &line.connected.number].into_iter().find(|number| {
            number::is_outside(number)
                && !is_hidden(number)
                && self.call.root_exten.as_ref().is_none_or(|it| it.as_str() != *number)
        });
        if let Some(aim) = aim
            && self.call.answered_at.is_none()
            && !is_dialable(&self.call.dialled)
        {
            self.dial(aim);
            if self.call.direction == Direction::Internal {
                self.call.direction = Direction::Outbound;
            }
        }
    }

    fn dial(&mut self, number: &str) {
        if self.call.dialled != number {
            number.clone_into(&mut self.call.dialled);
            self.dirty = true;
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
        self.conclude_ends();
        let phase = self.phase(talk);
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

    fn take_talk(&mut self, talk: &Talk, now: Timestamp) {
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

    fn conclude_ends(&mut self) {
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

/// The counter in `1795488888.431`: channels made in the same millisecond are told apart by it.
fn serial(channel: &ChannelId) -> u64 {
    channel.as_str().rsplit_once('.').and_then(|(_, serial)| serial.parse().ok()).unwrap_or(0)
}
