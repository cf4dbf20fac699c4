//! A leg: a line's part in a call, and how it ended.

use domain::call::{HangupCause, Leg, LegEnd};

use super::line::{Kind, Line};

/// Q.850 codes, as `asterisk.md` of the design saw them.
mod cause {
    pub const BUSY: i32 = 17;
    pub const NO_ANSWER: i32 = 19;
    pub const REJECTED: i32 = 21;
    pub const ANSWERED_ELSEWHERE: i32 = 26;
    pub const CONGESTION: i32 = 34;
    pub const INTERWORKING: i32 = 127;
}

/// The leg that a line is in its call.
pub(super) fn of(line: &Line) -> Leg {
    Leg {
        channel: line.id.clone(),
        endpoint: line.endpoint.clone(),
        exten: line.exten.clone(),
        state: line.state,
        held: line.held,
        created_at: line.created_at,
        ringing_at: line.ringing_at,
        answered_at: line.answered_at,
        ended_at: None,
        end: None,
        cause: None,
    }
}

/// Brings a leg up to its line. True if that changed anything.
pub(super) fn follow(leg: &mut Leg, line: &Line) -> bool {
    let before = (leg.state, leg.held, leg.ringing_at, leg.answered_at);
    let now = (line.state, line.held, line.ringing_at, line.answered_at);
    (leg.state, leg.held, leg.ringing_at, leg.answered_at) = now;
    before != now
}

/// How a leg ended, from what Asterisk said last. The cause comes first: it is the leg's own and
/// does not depend on which channel's events came sooner.
pub(super) fn end(line: &Line, cause: &HangupCause, transferred: bool, caller_hung_up: bool) -> LegEnd {
    if line.answered_at.is_some() {
        return if transferred { LegEnd::Transferred } else { LegEnd::Completed };
    }
    let end = match (cause.code, line.refusal.as_str()) {
        (cause::ANSWERED_ELSEWHERE, _) => LegEnd::AnsweredElsewhere,
        (cause::BUSY, _) | (_, "BUSY") => LegEnd::Busy,
        (cause::REJECTED, _) => LegEnd::Declined,
        (cause::CONGESTION, _) | (_, "CONGESTION" | "CHANUNAVAIL") => LegEnd::Failed,
        (cause::NO_ANSWER, _) | (_, "NOANSWER") => LegEnd::NoAnswer,
        (cause::INTERWORKING, _) | (_, "CANCEL") => LegEnd::Abandoned,
        _ if caller_hung_up => LegEnd::Abandoned,
        _ => LegEnd::NoAnswer,
    };
    // A desk has missed no call that never rang: its phone was not to be reached.
    match end {
        LegEnd::AnsweredElsewhere | LegEnd::Abandoned | LegEnd::NoAnswer
            if line.kind == Kind::Phone && line.ringing_at.is_none() =>
        {
            LegEnd::Failed
        }
        end => end,
    }
}
