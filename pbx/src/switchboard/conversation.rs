//! A conversation: a call, the channels that it still has, and what follows from them.

use domain::{
    Timestamp,
    call::{Answer, Call, CallPhase, ChannelState, Direction, HangupCause, Leg, LegEnd, Outcome},
    ids::{CallId, ChannelId, PbxName},
};

use super::{
    leg,
    line::{Kind, Line},
};

#[derive(Debug)]
pub(super) struct Conversation {
    pub call: Call,
    /// Its live channels, Local halves included. The call ends with the last of them.
    pub members: Vec<ChannelId>,
    /// Members that have handed the call on.
    pub transferrers: Vec<ChannelId>,
    pub root_held: bool,
    pub root_up: bool,
    /// The root is about to go.
    pub hanging_up: bool,
    /// It goes because its far end hung up.
    pub caller_hung_up: bool,
    pub root_cause: Option<i32>,
    /// Something changed that was not told yet.
    pub dirty: bool,
}

impl Conversation {
    /// The call that `root` begins. `inbound` says whether its first context is for calls from outside.
    pub fn begun_by(root: &Line, pbx: &PbxName, inbound: bool) -> Self {
        let direction = match (root.kind, root.made_by_pbx) {
            (Kind::Trunk, true) => Direction::Outbound,
            (Kind::Trunk, false) => Direction::Inbound,
            _ if inbound => Direction::Inbound,
            _ => Direction::Internal,
        };
        Self {
            call: Call {
                id: CallId::of(pbx, &root.id),
                direction,
                phase: CallPhase::Waiting,
                root: root.id.clone(),
                root_endpoint: root.endpoint.clone(),
                root_exten: root.exten.clone(),
                caller: root.owner.clone(),
                dialled: root.dialled.clone(),
                legs: Vec::new(),
                answer: None,
                started_at: root.created_at,
                answered_at: None,
                ended_at: None,
                outcome: None,
                aliases: Vec::new(),
                stale: false,
            },
            members: Vec::new(),
            transferrers: Vec::new(),
            root_held: false,
            root_up: false,
            hanging_up: false,
            caller_hung_up: false,
            root_cause: None,
            dirty: true,
        }
    }

    /// Takes a line in. It becomes a leg unless it is the root or a Local half.
    pub fn join(&mut self, line: &Line) {
        self.members.push(line.id.clone());
        if line.id == self.call.root || line.kind == Kind::Local {
            return;
        }
        self.add_leg(leg::of(line));
        if line.kind == Kind::Trunk && self.call.direction == Direction::Internal {
            self.call.direction = Direction::Outbound;
        }
    }

    /// Legs stay in the order of their creation, however late one was linked.
    pub fn add_leg(&mut self, leg: Leg) {
        let key = (leg.created_at, serial(&leg.channel));
        let at = self.call.legs.partition_point(|other| (other.created_at, serial(&other.channel)) <= key);
        self.call.legs.insert(at, leg);
        self.dirty = true;
    }

    /// Takes what has changed about a member.
    pub fn follow(&mut self, line: &Line) {
        if line.id == self.call.root {
            self.follow_root(line);
        } else if let Some(leg) = self.call.legs.iter_mut().find(|leg| leg.channel == line.id) {
            self.dirty |= leg::follow(leg, line);
        }
    }

    fn follow_root(&mut self, root: &Line) {
        self.root_held = root.held;
        self.root_up = root.state == ChannelState::Up;
        if self.call.answered_at.is_some() {
            return;
        }
        // The dialplan may normalise an inbound caller's number; of an outbound caller it sets
        // the number that is shown outside, which is not who calls.
        if self.call.direction == Direction::Inbound && self.call.caller != root.caller {
            self.call.caller.clone_from(&root.caller);
            self.dirty = true;
        }
        if self.call.dialled != root.dialled {
            self.call.dialled.clone_from(&root.dialled);
            self.dirty = true;
        }
    }

    /// A member's channel is gone.
    pub fn leave(&mut self, line: &Line, at: Timestamp, cause: HangupCause, lost: bool) {
        self.members.retain(|member| *member != line.id);
        if line.id == self.call.root {
            self.root_cause = Some(cause.code);
        }
        let transferred = self.transferrers.contains(&line.id);
        let end = match lost {
            true if line.answered_at.is_none() && self.is_answered() => LegEnd::AnsweredElsewhere,
            true => LegEnd::Lost,
            false => leg::end(line, &cause, transferred, self.caller_hung_up),
        };
        if let Some(leg) = self.call.legs.iter_mut().find(|leg| leg.channel == line.id) {
            leg.ended_at = Some(at);
            leg.held = false;
            leg.end = Some(end);
            leg.cause = (!lost).then_some(cause);
            self.dirty = true;
        }
        if self.members.is_empty() {
            self.call.ended_at = Some(at);
            self.dirty = true;
        }
    }

    fn is_answered(&self) -> bool {
        self.call.live_legs().any(|leg| leg.answered_at.is_some())
    }

    /// Draws the conclusions: who answered, the phase, and at the end the outcome.
    pub fn conclude(&mut self) {
        let talking = self
            .call
            .live_legs()
            .filter(|leg| leg.answered_at.is_some() && !self.transferrers.contains(&leg.channel))
            .max_by_key(|leg| leg.answered_at);
        if let Some(leg) = talking
            && self.call.answer.as_ref().map(|answer| &answer.channel) != Some(&leg.channel)
        {
            self.call.answer = Some(Answer { channel: leg.channel.clone(), exten: leg.exten.clone() });
            self.dirty = true;
        }
        if self.call.answered_at.is_none() {
            self.call.answered_at = self.call.legs.iter().filter_map(|leg| leg.answered_at).min();
        }
        let phase = self.phase();
        if self.call.phase != phase {
            self.call.phase = phase;
            self.dirty = true;
        }
        if phase == CallPhase::Ended && self.call.outcome.is_none() {
            self.call.outcome = Some(self.outcome());
            self.call.stale = false;
        }
    }

    fn phase(&self) -> CallPhase {
        if self.call.ended_at.is_some() {
            return CallPhase::Ended;
        }
        let mut up = self
            .call
            .live_legs()
            .filter(|leg| leg.answered_at.is_some() && !self.transferrers.contains(&leg.channel))
            .peekable();
        if up.peek().is_some() {
            return if self.root_held || up.all(|leg| leg.held) { CallPhase::Held } else { CallPhase::Talking };
        }
        if self.call.live_legs().any(|leg| leg.ringing_at.is_some() && leg.answered_at.is_none()) {
            return CallPhase::Ringing;
        }
        // Between two legs: a queue moves the ring on, or a transfer's target does not ring yet.
        match self.call.phase {
            _ if self.call.answered_at.is_some() => CallPhase::Talking,
            phase if self.hanging_up => phase,
            _ => CallPhase::Waiting,
        }
    }

    fn outcome(&self) -> Outcome {
        let ended = |end| self.call.legs.iter().any(|leg| leg.end == Some(end));
        if self.call.answered_at.is_some() {
            Outcome::Answered
        } else if self.call.legs.is_empty() && self.root_up && self.call.direction != Direction::Inbound {
            // Voicemail, an echo test: the PBX itself answered an agent.
            Outcome::Answered
        } else if self.caller_hung_up || ended(LegEnd::Abandoned) {
            Outcome::Abandoned
        } else if ended(LegEnd::NoAnswer) || ended(LegEnd::Declined) || ended(LegEnd::AnsweredElsewhere) {
            Outcome::Missed
        } else if ended(LegEnd::Busy) || self.root_cause == Some(17) {
            Outcome::Busy
        } else if self.call.legs.is_empty() && self.call.direction == Direction::Inbound {
            // Nobody was there to be rung.
            Outcome::Missed
        } else {
            Outcome::Failed
        }
    }
}

/// The counter in `1795488888.431`: channels made in the same millisecond are told apart by it.
fn serial(channel: &ChannelId) -> u64 {
    channel.as_str().rsplit_once('.').and_then(|(_, serial)| serial.parse().ok()).unwrap_or(0)
}
