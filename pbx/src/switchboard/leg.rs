//! A leg: a line's part in a call, and how it ended.

use std::collections::HashMap;

use domain::{
    SignedDuration, Timestamp,
    call::{HangupCause, Leg, LegEnd},
    ids::ChannelId,
};

use serde::{Deserialize, Serialize};

use super::line::{Kind, Line};

/// Q.850 codes, as Asterisk gives them with `ChannelDestroyed`. What was seen is in `docs/endings.md`.
pub(super) mod cause {
    pub const BUSY: i32 = 17;
    pub const NO_ANSWER: i32 = 19;
    pub const REJECTED: i32 = 21;
    pub const ANSWERED_ELSEWHERE: i32 = 26;
    pub const INTERWORKING: i32 = 127;
    /// No route, no such number, the phone or a trunk is out of order, no circuit, not allowed.
    pub const UNREACHABLE: [i32; 18] = [1, 2, 3, 20, 27, 28, 29, 34, 38, 41, 42, 44, 50, 52, 54, 57, 58, 66];
}

/// Events of one moment come within this: a caller's hang-up and the end of the phones that rang.
const MOMENT: SignedDuration = SignedDuration::from_millis(250);

/// The leg that a line is in its call.
pub(super) fn of(line: &Line) -> Leg {
    Leg {
        channel: line.id.clone(),
        endpoint: line.endpoint.clone(),
        exten: line.exten.clone(),
        number: line.outside(),
        state: line.state,
        held: line.history.held,
        talking: false,
        handed_on: false,
        created_at: line.created_at,
        ringing_at: line.history.ringing_at,
        answered_at: None,
        ended_at: None,
        end: None,
        cause: None,
    }
}

/// Brings a leg up to its line. True if that changed anything.
pub(super) fn follow(leg: &mut Leg, line: &Line) -> bool {
    let before = (leg.state, leg.held, leg.ringing_at, leg.endpoint.clone(), leg.number.clone());
    (leg.state, leg.held) = (line.state, line.history.held);
    leg.ringing_at = leg.ringing_at.or(line.history.ringing_at);
    if leg.endpoint != line.endpoint {
        (leg.endpoint, leg.exten) = (line.endpoint.clone(), line.exten.clone());
    }
    leg.number = line.outside().or(leg.number.take());
    before != (leg.state, leg.held, leg.ringing_at, leg.endpoint.clone(), leg.number.clone())
}

/// A leg whose channel is gone, or whose call is over, neither talks nor holds.
pub(super) fn end(leg: &mut Leg, at: Timestamp) {
    leg.ended_at = Some(at);
    leg.held = false;
    leg.talking = false;
}

/// What Asterisk said of a leg that is over. What it means depends on what other channels say, in
/// whatever order that comes, so it is concluded from these facts and not when they come.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Departure {
    pub channel: ChannelId,
    pub at: Timestamp,
    cause: i32,
    /// The first `dialstatus` that was no progress.
    refusal: String,
    /// The Local channels through which it was dialled.
    via: Vec<ChannelId>,
    forwarded: bool,
    is_phone: bool,
    /// It was dialled for the caller, and not to be asked by a colleague.
    for_caller: bool,
    /// Asterisk never said that it ended.
    pub lost: bool,
}

/// What the call knows about the ends of its legs.
#[derive(Debug, Default)]
pub(super) struct Circumstances {
    /// When the caller hung up.
    pub caller_left_at: Option<Timestamp>,
    /// Since when somebody talks with the caller, or talked with them first.
    pub answered_at: Option<Timestamp>,
    /// The PBX called the caller too, who has come to the phone.
    pub caller_came: bool,
    pub is_over: bool,
}

impl Departure {
    pub fn of(line: &Line, at: Timestamp, cause: &HangupCause, for_caller: bool, lost: bool) -> Self {
        Self {
            channel: line.id.clone(),
            at,
            cause: cause.code,
            refusal: line.history.refusal.clone(),
            via: line.history.via.clone(),
            forwarded: line.history.forwarded,
            is_phone: line.kind == Kind::Phone,
            for_caller,
            lost,
        }
    }

    /// Of a leg that ended while nobody listened.
    pub fn lost(leg: &Leg, at: Timestamp) -> Self {
        Self {
            channel: leg.channel.clone(),
            at,
            cause: 0,
            refusal: String::new(),
            via: Vec::new(),
            forwarded: false,
            is_phone: leg.exten.is_some(),
            for_caller: true,
            lost: true,
        }
    }

    /// How the leg ended. `refusals` are those of Local channels.
    pub fn end(&self, leg: &Leg, call: &Circumstances, refusals: &HashMap<ChannelId, String>) -> LegEnd {
        if leg.answered_at.is_some() {
            return match (leg.handed_on, self.lost) {
                (true, _) => LegEnd::Transferred,
                (false, true) => LegEnd::Lost,
                (false, false) => LegEnd::Completed,
            };
        }
        let end = self.unanswered(call, refusals);
        // A desk has missed no call that never rang: its phone was not to be reached.
        match end {
            LegEnd::AnsweredElsewhere | LegEnd::Abandoned | LegEnd::NoAnswer
                if self.is_phone && leg.ringing_at.is_none() =>
            {
                if self.lost {
                    LegEnd::Lost
                } else {
                    LegEnd::Failed
                }
            }
            end => end,
        }
    }

    /// The cause comes first: it is the leg's own. Then what the call did in that moment, and only
    /// then what a cancelled ring means by itself.
    fn unanswered(&self, call: &Circumstances, refusals: &HashMap<ChannelId, String>) -> LegEnd {
        let in_this_moment = |at: Option<Timestamp>| at.is_some_and(|at| self.at.duration_since(at).abs() <= MOMENT);
        let after = |at: Option<Timestamp>| at.is_some_and(|at| at.duration_since(self.at) <= MOMENT);
        let via = || self.via.iter().find_map(|half| refusals.get(half)).map(String::as_str);
        let refusal = match self.refusal.as_str() {
            own @ ("" | "CANCEL") => via().unwrap_or(own),
            own => own,
        };
        match (self.cause, refusal) {
            _ if self.forwarded => LegEnd::MovedOn,
            // A voicemail box answers elsewhere too, and is nobody.
            (cause::ANSWERED_ELSEWHERE, _) if call.is_over && call.answered_at.is_none() && !call.caller_came => {
                LegEnd::NoAnswer
            }
            (cause::ANSWERED_ELSEWHERE, _) => LegEnd::AnsweredElsewhere,
            (cause::BUSY, _) | (_, "BUSY") => LegEnd::Busy,
            (cause::REJECTED, _) => LegEnd::Declined,
            (_, "CONGESTION" | "CHANUNAVAIL") => LegEnd::Failed,
            (code, _) if cause::UNREACHABLE.contains(&code) => LegEnd::Failed,
            _ if self.lost && after(call.answered_at) => LegEnd::AnsweredElsewhere,
            _ if self.lost => LegEnd::Lost,
            // A phone that was picked up for: its ring ends as if by itself.
            _ if in_this_moment(call.answered_at) => LegEnd::AnsweredElsewhere,
            (cause::NO_ANSWER, _) | (_, "NOANSWER") => LegEnd::NoAnswer,
            (cause::INTERWORKING, _) => LegEnd::Abandoned,
            _ if after(call.caller_left_at) && self.for_caller => LegEnd::Abandoned,
            (_, "CANCEL") if self.for_caller => LegEnd::MovedOn,
            _ => LegEnd::NoAnswer,
        }
    }
}
