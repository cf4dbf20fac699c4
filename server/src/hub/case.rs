//! A call as the hub keeps it: what the switchboard tells, and what is known of the customer.

use std::collections::BTreeSet;

use domain::{
    call::{Call, CallPhase, Direction, Leg, LegEnd, Outcome},
    customer::{CustomerData, mask, mask_name},
    history::CallRecord,
    ids::{ChannelId, CustomerId, Extension},
    phone::E164,
    protocol::{CallLeft, CallState, Duration, LeftReason, LegState},
};

use super::lookup::LookupState;
use crate::phone;

/// One call and its customer.
#[derive(Debug)]
pub struct Case {
    pub call: Call,
    pub caller_phone: Option<E164>,
    pub hidden: bool,
    pub lookup: LookupState,
    pub matches: Vec<CustomerData>,
    pub chosen: Option<CustomerId>,
    /// Who sat at the answering extension when it answered.
    pub answered_by_name: Option<String>,
    /// What was published last.
    pub told: Option<CallState>,
    /// It ended so long ago that it is kept only for a desk that still shows it.
    pub aged: bool,
}

impl Case {
    pub fn new(call: Call, region: phone::Region) -> Self {
        let hidden = phone::is_hidden(&call.caller.number);
        let caller_phone = if hidden { None } else { phone::parse(&call.caller.number, region) };
        let lookup = match (&caller_phone, call.direction) {
            (Some(_), Direction::Inbound) => LookupState::wanted(),
            (None, Direction::Inbound) if !hidden => LookupState::unknown(),
            _ => LookupState::unwanted(),
        };
        Self {
            call,
            caller_phone,
            hidden,
            lookup,
            matches: Vec::new(),
            chosen: None,
            answered_by_name: None,
            told: None,
            aged: false,
        }
    }

    /// Is this call a customer's, to be shown as a card?
    pub fn pops(&self) -> bool {
        self.call.direction == Direction::Inbound
    }

    pub fn is_over(&self) -> bool {
        self.call.phase == CallPhase::Ended
    }

    /// It is over, and whoever talked has its card until they close it.
    pub fn wraps_up(&self) -> bool {
        self.is_over() && self.answered_by().is_some_and(|exten| self.shown_at(exten))
    }

    /// The extension whose leg talks, or talked last.
    pub fn answered_by(&self) -> Option<&Extension> {
        self.call.answer.as_ref()?.exten.as_ref()
    }

    /// Extensions with a live phone in this call.
    pub fn extens(&self) -> BTreeSet<&Extension> {
        self.call.live_legs().filter_map(|leg| leg.exten.as_ref()).collect()
    }

    /// Every extension that has or had a phone in this call.
    pub fn all_extens(&self) -> BTreeSet<Extension> {
        self.call.legs.iter().filter_map(|leg| leg.exten.clone()).collect()
    }

    /// Does `exten` show this call's card: its phone rings or talks, or it talked and the call
    /// is over?
    pub fn shown_at(&self, exten: &Extension) -> bool {
        if !self.pops() {
            return false;
        }
        if self.is_over() {
            return self.call.answered_at.is_some() && self.answered_by() == Some(exten);
        }
        // Between the end of the talk and the end of the call the card stays for the wrap-up.
        let talked = self.answered_by() == Some(exten);
        self.legs_of(exten).any(|leg| {
            (leg.is_alerting_or_up() && !self.lost_the_race(leg)) || (talked && leg.end == Some(LegEnd::Completed))
        })
    }

    /// Has `exten` a phone in this call, or had it one?
    pub fn concerns(&self, exten: &Extension) -> bool {
        self.legs_of(exten).next().is_some()
    }

    fn legs_of<'a>(&'a self, exten: &'a Extension) -> impl Iterator<Item = &'a Leg> {
        self.call.legs.iter().filter(move |leg| leg.exten.as_ref() == Some(exten))
    }

    /// Another extension has answered and this leg still rings: Asterisk will cancel it within
    /// milliseconds, and its card need not wait for that.
    fn lost_the_race(&self, leg: &Leg) -> bool {
        let talking = matches!(self.call.phase, CallPhase::Talking | CallPhase::Held);
        let rang_before = match (leg.ringing_at, self.call.answered_at) {
            (Some(rang), Some(answered)) => rang <= answered,
            _ => false,
        };
        talking && leg.answered_at.is_none() && rang_before && self.answered_by() != leg.exten.as_ref()
    }

    /// The last word to `exten`, which showed this call and does no more.
    pub fn left(&self, exten: &Extension) -> CallLeft {
        let last = self.legs_of(exten).max_by_key(|leg| leg.created_at);
        let reason = match last.and_then(|leg| leg.end) {
            _ if self.call.outcome == Some(Outcome::Abandoned) => LeftReason::Abandoned,
            Some(LegEnd::Transferred) => LeftReason::Transferred,
            Some(LegEnd::Abandoned) => LeftReason::Abandoned,
            Some(LegEnd::AnsweredElsewhere) => LeftReason::AnsweredElsewhere,
            None if self.call.answer.is_some() => LeftReason::AnsweredElsewhere,
            _ if self.is_over() => LeftReason::Ended,
            Some(LegEnd::Completed) => LeftReason::Transferred,
            _ => LeftReason::MovedOn,
        };
        let by = match reason {
            LeftReason::AnsweredElsewhere => self.answered_by().cloned(),
            LeftReason::Transferred => {
                let target = self.call.live_legs().filter_map(|leg| leg.exten.as_ref()).find(|it| *it != exten);
                target.cloned()
            }
            _ => None,
        };
        let by_name = if by.as_ref() == self.answered_by() { self.answered_by_name.clone() } else { None };
        CallLeft { call_id: self.call.id.clone(), reason, by, by_name }
    }

    /// CALLERID_STATE_DATA, with the legs of those for whom `registered` holds.
    pub fn state(&self, registered: impl Fn(&Extension) -> bool) -> CallState {
        let call = &self.call;
        let (caller_prefix, caller_name) = split_prefix(&call.caller.name);
        let ended = self.is_over();
        CallState {
            caller_id: call.caller.number.clone(),
            state: call
                .legs
                .iter()
                .filter(|leg| leg.is_live() || (ended && self.is_answer(&leg.channel)))
                .filter_map(|leg| Some((leg, leg.exten.as_ref().filter(|exten| registered(exten))?)))
                .map(|(leg, exten)| LegState {
                    exten: exten.clone(),
                    outbound_channel_id: leg.channel.clone(),
                    outbound_channel_state: leg.state,
                    held: leg.held,
                })
                .collect(),
            data: self.customer().cloned(),
            inbound_channel_id: Some(call.root.clone()),
            outbound_channel_id: call.answer.as_ref().map(|answer| answer.channel.clone()),
            duration: Duration::new(call.started_at, call.ended_at),
            call_id: call.id.clone(),
            direction: call.direction,
            phase: call.phase,
            caller_phone: self.caller_phone.clone(),
            caller_name,
            caller_prefix,
            hidden: self.hidden,
            dialled: call.dialled.clone(),
            answered_by: self.answered_by().cloned(),
            answered_by_name: self.answered_by_name.clone(),
            lookup: self.lookup.shown(),
            matches: self.matches.clone(),
            chosen: self.chosen,
            started_at: call.started_at,
            answered_at: call.answered_at,
            ended_at: call.ended_at,
            outcome: call.outcome,
            stale: call.stale,
        }
    }

    fn is_answer(&self, channel: &ChannelId) -> bool {
        self.call.answer.as_ref().is_some_and(|answer| answer.channel == *channel)
    }

    /// The chosen customer, or the best match.
    pub fn customer(&self) -> Option<&CustomerData> {
        match self.chosen {
            Some(chosen) => self.matches.iter().find(|customer| customer.id == chosen),
            None => self.matches.first(),
        }
    }

    /// For the database. Several customers on one number and none chosen: the record names none.
    pub fn record(&self) -> CallRecord {
        let customer = match &self.matches[..] {
            _ if self.chosen.is_some() => self.chosen,
            [only] => Some(only.id),
            _ => None,
        };
        CallRecord {
            call: self.call.clone(),
            caller_phone: self.caller_phone.as_ref().map(E164::to_string),
            customer,
            answered_by_name: self.answered_by_name.clone(),
        }
    }
}

/// `Sales: An` is the prefix `Sales` and the name `An`.
fn split_prefix(name: &str) -> (Option<String>, String) {
    match name.split_once(':') {
        Some((prefix, rest)) if !prefix.trim().is_empty() => (Some(prefix.trim().to_owned()), rest.trim().to_owned()),
        _ => (None, name.trim().to_owned()),
    }
}

/// The state as an account without `whole_record` sees it.
pub fn masked(state: &CallState) -> CallState {
    CallState {
        caller_id: mask(&state.caller_id),
        caller_name: mask_name(&state.caller_name),
        caller_phone: None,
        data: state.data.as_ref().map(CustomerData::masked),
        matches: state.matches.iter().map(CustomerData::masked).collect(),
        ..state.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::split_prefix;

    #[test]
    fn a_prefix_is_kept_apart_from_the_name() {
        assert_eq!(split_prefix("Sales: An"), (Some("Sales".into()), "An".into()));
        assert_eq!(split_prefix("Nguyễn Văn An "), (None, "Nguyễn Văn An".into()));
        assert_eq!(split_prefix(": An"), (None, ": An".into()));
        assert_eq!(split_prefix(""), (None, String::new()));
    }
}
