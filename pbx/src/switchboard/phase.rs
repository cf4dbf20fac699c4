//! Where a call stands, and how it ended. `docs/endings.md` has what Asterisk says for each ending.

use domain::{
    SignedDuration, Timestamp,
    call::{CallPhase, Direction, Leg, LegEnd, Outcome, Place},
};

use super::{conversation::Conversation, facts::Talk, leg::cause};

/// Applications in which a caller waits for an agent.
const QUEUE: &str = "Queue";
/// Who hangs up so much after the last phone has stopped to ring has heard what the PBX says then.
const AFTERWARDS: SignedDuration = SignedDuration::from_millis(200);
/// As a rule Asterisk hangs up on the caller at once when the agent has hung up. Whoever is there so much
/// later is in the dialplan again.
const ALONE: SignedDuration = SignedDuration::from_secs(1);
/// Applications that ask the caller what they want: whoever hangs up there has given up.
const MENU: [&str; 4] = ["BackGround", "WaitExten", "Read", "Stasis"];
/// Applications that take a message.
const VOICEMAIL: [&str; 4] = ["VoiceMail", "Voicemail", "MiniVM", "MinivmRecord"];

impl Conversation {
    pub(super) fn phase(&self, talk: &Talk, now: Timestamp) -> CallPhase {
        if self.call.ended_at.is_some() {
            return CallPhase::Ended;
        }
        let mut talking = self.call.live_legs().filter(|leg| leg.talking).peekable();
        if talking.peek().is_some() {
            return if self.caller.held || talking.all(|leg| leg.held) { CallPhase::Held } else { CallPhase::Talking };
        }
        if talk.is_on {
            // With somebody of another call: two customers in one conference.
            return CallPhase::Talking;
        }
        let rings = self.call.live_legs().any(|leg| leg.ringing_at.is_some() && leg.answered_at.is_none());
        if self.call.answered_at.is_some() {
            return match self.call.phase {
                _ if self.is_put_aside(talk) => CallPhase::Held,
                _ if rings => CallPhase::Ringing,
                // Nobody took what was handed on; the caller is in the dialplan again.
                CallPhase::Ringing if !self.caller.hanging_up => CallPhase::Waiting,
                CallPhase::Talking if self.is_left_alone(now) => CallPhase::Waiting,
                phase => phase,
            };
        }
        match self.call.phase {
            _ if rings => CallPhase::Ringing,
            phase if self.caller.hanging_up => phase,
            // Between two legs: a queue moves the ring on.
            _ => CallPhase::Waiting,
        }
    }

    /// Has whoever talked left the caller, who has not hung up since? The dialplan goes on with them: a
    /// survey, a menu, a mailbox.
    pub(super) fn is_left_alone(&self, now: Timestamp) -> bool {
        let is_there = self.caller_handed_on || (!self.caller.hanging_up && self.call.caller_left_at.is_none());
        is_there && self.talked_until.is_some_and(|at| now.duration_since(at) >= ALONE)
    }

    /// Does the caller wait for somebody who has put them aside: parked, or on hold while a
    /// colleague is asked?
    fn is_put_aside(&self, talk: &Talk) -> bool {
        if self.caller.hanging_up || self.call.caller_left_at.is_some() {
            return false;
        }
        let answers = self.call.answer.as_ref().map(|answer| &answer.channel);
        let holder = self.call.live_legs().find(|leg| Some(&leg.channel) == answers);
        let held = holder.is_some_and(|leg| !leg.handed_on && (leg.held || talk.consults));
        held || self.is_parked(talk)
    }

    /// Alone in a bridge, which is none to talk in, nor the one that whoever talked has left.
    fn is_parked(&self, talk: &Talk) -> bool {
        let elsewhere = !talk.is_mixing && talk.bridge != self.talk_bridge;
        !talk.is_on && talk.bridge.is_some() && (talk.is_holding || elsewhere)
    }

    /// Where the caller is whom nobody talks to and no phone rings for; after the end, where they were
    /// when they hung up.
    pub(super) fn place(&self, talk: &Talk) -> Option<Place> {
        match self.call.phase {
            CallPhase::Held if self.is_parked(talk) => Some(Place::Parked { space: None }),
            CallPhase::Waiting | CallPhase::Ended if self.call.answered_at.is_none() => self
                .place_in_dialplan()
                .or((self.rang_out() && !MENU.contains(&self.caller.app.as_str())).then_some(Place::Voicemail)),
            CallPhase::Waiting => self.place_in_dialplan(),
            _ => None,
        }
    }

    fn place_in_dialplan(&self) -> Option<Place> {
        match self.caller.app.as_str() {
            QUEUE => Some(Place::Queue),
            app if VOICEMAIL.contains(&app) => Some(Place::Voicemail),
            _ => None,
        }
    }

    /// Have the phones of an inbound caller rung for nothing, to the end, and has the PBX then
    /// answered by itself? Times count, and not the order in which it was heard of.
    fn rang_out(&self) -> bool {
        let until = self.caller.hung_up_at;
        let over = |leg: &Leg| {
            let end = matches!(leg.end, Some(LegEnd::NoAnswer | LegEnd::Busy | LegEnd::Declined | LegEnd::Failed));
            end && leg
                .ended_at
                .is_some_and(|at| until.is_none_or(|until| at.saturating_add(AFTERWARDS).is_ok_and(|at| at <= until)))
        };
        self.call.direction == Direction::Inbound
            && self.caller.up
            && !self.call.legs.is_empty()
            && self.call.legs.iter().all(over)
    }

    pub(super) fn outcome(&self) -> Outcome {
        let ended = |end| self.call.legs.iter().any(|leg| leg.end == Some(end));
        let waited_to_the_end = self.call.place == Some(Place::Voicemail);
        let gave_up = self.caller.hung_up_at.is_some() || ended(LegEnd::Abandoned);
        if self.call.answered_at.is_some() {
            Outcome::Answered
        } else if self.caller.called_by_pbx && !self.caller.up {
            // Whom the PBX called did not come to the phone: the call has not begun for anybody.
            match self.caller.cause {
                Some(cause::BUSY) => Outcome::Busy,
                Some(code) if cause::UNREACHABLE.contains(&code) => Outcome::Failed,
                _ => Outcome::Missed,
            }
        } else if self.call.legs.is_empty() && self.caller.up && self.call.direction != Direction::Inbound {
            // Voicemail, an echo test: the PBX itself answered an agent.
            Outcome::Answered
        } else if gave_up && !waited_to_the_end {
            Outcome::Abandoned
        } else if ended(LegEnd::NoAnswer)
            || ended(LegEnd::Declined)
            || (ended(LegEnd::AnsweredElsewhere) && !self.caller.called_by_pbx)
            || ended(LegEnd::MovedOn)
        {
            Outcome::Missed
        } else if ended(LegEnd::Busy) || self.caller.cause == Some(cause::BUSY) {
            Outcome::Busy
        } else if waited_to_the_end || (self.call.legs.is_empty() && self.call.direction == Direction::Inbound) {
            // Nobody was there to be rung.
            Outcome::Missed
        } else {
            Outcome::Failed
        }
    }
}
