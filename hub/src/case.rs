//! A call as the hub keeps it: what the switchboard tells, and what is known of the customer.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Timestamp,
    call::{Call, CallPhase, ChannelState, Direction, Leg, LegEnd, Outcome, Party},
    customer::{CustomerData, mask, mask_name},
    delta::{CallLeft, LeftReason},
    history::CallRecord,
    ids::{ChannelId, CustomerId, Extension},
    phone::E164,
    view::{CallState, Duration, LegState},
};

use super::{Settings, caller_name, lookup::LookupState};

/// One call and its customer.
#[derive(Debug)]
pub struct Case {
    pub call: Call,
    /// The customer's number, that is looked up.
    pub caller_phone: Option<E164>,
    pub hidden: bool,
    pub lookup: LookupState,
    pub matches: Vec<CustomerData>,
    pub chosen: Option<CustomerId>,
    /// Who sat at the answering extension when it answered.
    pub answered_by_name: Option<String>,
    /// What was published last.
    pub told: Option<CallState>,
    /// And to desks that wrap up while the call goes on.
    pub told_wrap_ups: BTreeMap<Extension, WrapUp>,
    /// It ended so long ago that it is kept only for a desk that still shows it.
    pub aged: bool,
    /// Calls of ours to the outside are shown as cards.
    outbound_pop: bool,
}

/// A desk's part in a call is over, and the call is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrapUp {
    pub since: Timestamp,
    /// Who has the customer now, or is rung for them.
    pub handed_to: Option<Extension>,
}

impl Case {
    pub fn new(call: Call, settings: &Settings) -> Self {
        let mut case = Self {
            call,
            caller_phone: None,
            hidden: false,
            lookup: LookupState::unwanted(),
            matches: Vec::new(),
            chosen: None,
            answered_by_name: None,
            told: None,
            told_wrap_ups: BTreeMap::new(),
            aged: false,
            outbound_pop: settings.outbound_pop,
        };
        case.identify(settings);
        case
    }

    /// The call is as told now. True where that makes it another customer's: the dialplan has set
    /// the number, or what is shown of it. Whoever was looked up for the number before is dropped,
    /// and so is the choice among them.
    pub fn update(&mut self, call: Call, settings: &Settings) -> bool {
        self.call = call;
        self.identify(settings)
    }

    fn identify(&mut self, settings: &Settings) -> bool {
        let customer = self.customers_party();
        let hidden = customer.as_ref().is_some_and(|party| party.hidden);
        let number = customer.filter(|_| !hidden).map(|party| settings.dialled(&self.call, &party.number));
        let phone = number.as_deref().and_then(|number| phone::parse(number, settings.region));
        let wanted = match (&phone, &number) {
            (Some(_), _) => LookupState::wanted(),
            (None, Some(_)) => LookupState::unknown(),
            (None, None) => LookupState::unwanted(),
        };
        let before = (&self.caller_phone, self.hidden, self.lookup.is_wanted());
        if before == (&phone, hidden, wanted.is_wanted()) {
            return false;
        }
        self.lookup = wanted.after(&self.lookup);
        (self.caller_phone, self.hidden) = (phone, hidden);
        self.matches.clear();
        self.chosen = None;
        true
    }

    /// Who is looked up: the caller from outside, or who is called outside.
    fn customers_party(&self) -> Option<Party> {
        if !self.pops() {
            return None;
        }
        self.call.customer().filter(|party| self.call.direction == Direction::Inbound || !party.number.is_empty())
    }

    /// Is this call a customer's, to be shown as a card?
    pub fn pops(&self) -> bool {
        match self.call.direction {
            Direction::Inbound => true,
            Direction::Outbound => self.outbound_pop,
            Direction::Internal => false,
        }
    }

    pub fn is_over(&self) -> bool {
        self.call.phase == CallPhase::Ended
    }

    /// It is over, and whoever talked has its card until they close it.
    pub fn wraps_up(&self) -> bool {
        self.is_over() && self.handled_by().is_some_and(|exten| self.shown_at(exten))
    }

    /// The extension whose leg talks, or talked last.
    pub fn answered_by(&self) -> Option<&Extension> {
        self.call.answer.as_ref()?.exten.as_ref()
    }

    /// The extension that talks with the customer, or did last: whoever answered, or called.
    pub fn handled_by(&self) -> Option<&Extension> {
        let talked = self.call.legs.iter().filter(|leg| leg.answered_at.is_some() && leg.exten.is_some());
        let last = || talked.max_by_key(|leg| leg.answered_at).and_then(|leg| leg.exten.as_ref());
        match self.call.direction {
            Direction::Outbound => self.answered_by().or_else(last).or(self.call.root_exten.as_ref()),
            Direction::Inbound | Direction::Internal => self.answered_by(),
        }
    }

    /// Is this the extension that calls outside?
    fn is_caller(&self, exten: &Extension) -> bool {
        self.pops() && self.call.direction == Direction::Outbound && self.call.root_exten.as_ref() == Some(exten)
    }

    /// The extension that calls outside, while it does.
    fn caller(&self) -> Option<&Extension> {
        self.call.root_exten.as_ref().filter(|exten| self.is_caller(exten) && self.call.caller_left_at.is_none())
    }

    /// Extensions with a live phone in this call.
    pub fn extens(&self) -> BTreeSet<&Extension> {
        self.call.live_legs().filter_map(|leg| leg.exten.as_ref()).chain(self.caller()).collect()
    }

    /// Has a phone of ours begun to ring, or an agent to call?
    pub fn is_at_a_desk(&self) -> bool {
        self.caller().is_some() || self.call.legs.iter().any(|leg| leg.is_alerting_or_up() && leg.exten.is_some())
    }

    /// Every extension that has or had a phone in this call.
    pub fn all_extens(&self) -> BTreeSet<Extension> {
        let caller = self.call.root_exten.as_ref().filter(|exten| self.is_caller(exten));
        self.call.legs.iter().filter_map(|leg| leg.exten.as_ref()).chain(caller).cloned().collect()
    }

    /// Does `exten` show this call's card: its phone rings, talks or calls outside, or it talked and
    /// the call is over?
    pub fn shown_at(&self, exten: &Extension) -> bool {
        if !self.pops() {
            return false;
        }
        if self.is_over() {
            let handled = self.handled_by() == Some(exten);
            return self.call.answered_at.is_some() && (handled || self.has_talked(exten));
        }
        if self.is_caller(exten) && self.call.caller_left_at.is_none() {
            return true;
        }
        self.legs_of(exten).any(|leg| leg.is_alerting_or_up() && !self.lost_the_race(leg))
            || self.wrap_up(exten).is_some()
    }

    /// Has `exten` nothing more to do with the call but to wrap it up?
    pub fn is_done_at(&self, exten: &Extension) -> bool {
        self.is_over() || self.wrap_up(exten).is_some()
    }

    /// Has `exten` talked with the customer?
    fn has_talked(&self, exten: &Extension) -> bool {
        self.legs_of(exten).any(|leg| leg.answered_at.is_some())
            || (self.is_caller(exten) && self.call.answered_at.is_some())
    }

    /// What `exten` wraps up while the call goes on: it talked, and has handed the customer on or hung up
    /// before them. Its card stays until it is closed.
    pub fn wrap_up(&self, exten: &Extension) -> Option<WrapUp> {
        if self.is_over() || !self.pops() || !self.has_talked(exten) || self.extens().contains(exten) {
            return None;
        }
        let left_at = self.call.caller_left_at.filter(|_| self.is_caller(exten));
        let since = self.legs_of(exten).filter_map(|leg| leg.ended_at).chain(left_at).max()?;
        let others = || self.call.live_legs().filter(|leg| leg.exten.as_ref().is_some_and(|it| it != exten));
        let next = others().find(|leg| leg.talking).or_else(|| others().next());
        Some(WrapUp { since, handed_to: next.and_then(|leg| leg.exten.clone()) })
    }

    /// Has `exten` a phone in this call, or had it one?
    pub fn concerns(&self, exten: &Extension) -> bool {
        self.is_caller(exten) || self.legs_of(exten).next().is_some()
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
        // Of several devices, the one that talked says what became of the desk.
        let own = self.legs_of(exten).max_by_key(|leg| (leg.answered_at.is_some(), leg.created_at));
        let talks = || self.call.live_legs().any(|leg| leg.talking);
        let reason = match own.map(|leg| leg.end) {
            _ if self.call.outcome == Some(Outcome::Abandoned) => LeftReason::Abandoned,
            None if self.is_over() && self.is_caller(exten) => LeftReason::NotAnswered,
            None if self.is_over() => LeftReason::Ended,
            // The extension that called outside has handed the call on.
            None => LeftReason::Transferred,
            Some(Some(LegEnd::Transferred)) => LeftReason::Transferred,
            Some(Some(LegEnd::Abandoned)) => LeftReason::Abandoned,
            Some(Some(LegEnd::AnsweredElsewhere)) => LeftReason::AnsweredElsewhere,
            Some(None) if self.call.answer.is_some() => LeftReason::AnsweredElsewhere,
            _ if self.is_over() && self.call.answered_at.is_none() => LeftReason::NotAnswered,
            _ if self.is_over() => LeftReason::Ended,
            Some(Some(LegEnd::Completed)) => LeftReason::Transferred,
            // Somebody asked this desk during a talk, and has the customer again.
            _ if talks() || self.call.phase == CallPhase::Held => LeftReason::Ended,
            _ => LeftReason::MovedOn,
        };
        let (by, by_number) = match reason {
            LeftReason::AnsweredElsewhere => {
                (self.answered_by().or_else(|| self.picks_up(exten)).cloned(), self.outside().map(str::to_owned))
            }
            LeftReason::Transferred => {
                let target = self.call.live_legs().filter_map(|leg| leg.exten.as_ref()).find(|it| *it != exten);
                (target.cloned(), None)
            }
            _ => (None, None),
        };
        let by_name = if by.as_ref() == self.answered_by() { self.answered_by_name.clone() } else { None };
        let outcome = self.call.outcome.filter(|_| reason == LeftReason::NotAnswered);
        CallLeft { call_id: self.call.id.clone(), reason, by, by_name, by_number, outcome }
    }

    /// Another extension has come to its phone, and the two are not connected yet.
    fn picks_up(&self, exten: &Extension) -> Option<&Extension> {
        let mut up = self.call.live_legs().filter(|leg| leg.state == ChannelState::Up);
        up.find_map(|leg| leg.exten.as_ref().filter(|it| *it != exten))
    }

    /// The number outside that has answered, or that has picked up and is not connected yet.
    fn outside(&self) -> Option<&str> {
        let mut up = self.call.live_legs().filter(|leg| leg.state == ChannelState::Up && leg.exten.is_none());
        self.call.answered_outside().or_else(|| up.find_map(|leg| leg.number.as_deref()))
    }

    /// CALLERID_STATE_DATA, with the legs of those for whom `registered` holds.
    pub fn state(&self, registered: impl Fn(&Extension) -> bool) -> CallState {
        let call = &self.call;
        let customer = call.customer().unwrap_or_else(|| call.caller.clone());
        let (caller_prefix, caller_name) = caller_name::split(&customer.name);
        let ended = self.is_over();
        CallState {
            caller_id: customer.number,
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
            inbound_channel_id: Some(call.caller_channel.clone()),
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
            answered_outside: call.answered_outside().map(str::to_owned),
            talking: call.talking().cloned().collect(),
            handed_to: None,
            called_by: call.root_exten.clone().filter(|_| call.direction == Direction::Outbound),
            place: call.place.clone(),
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

    /// The state as `exten` has it, which may wrap up while the call goes on.
    pub fn state_at(&self, exten: &Extension, state: CallState) -> CallState {
        let Some(WrapUp { since, handed_to }) = self.wrap_up(exten) else { return state };
        CallState {
            phase: CallPhase::Ended,
            place: None,
            handed_to,
            ended_at: Some(since),
            duration: Duration::new(self.call.started_at, Some(since)),
            ..state
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
            known: None,
        }
    }
}

/// What an account may see of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sight {
    /// Numbers and names in full.
    pub whole_record: bool,
    /// Also those that the caller withholds.
    pub withheld: bool,
}

/// The state as an account sees it.
pub fn seen(state: &CallState, sight: Sight) -> CallState {
    let mut state = state.clone();
    if state.hidden && !sight.withheld {
        state.caller_id = HIDDEN.to_owned();
        state.caller_name.clear();
        state.caller_prefix = None;
    }
    if !sight.whole_record {
        state.caller_id = mask(&state.caller_id);
        state.caller_name = mask_name(&state.caller_name);
        state.caller_phone = None;
        state.data = state.data.as_ref().map(CustomerData::masked);
        state.matches = state.matches.iter().map(CustomerData::masked).collect();
        state.dialled = if state.direction == Direction::Outbound { mask(&state.dialled) } else { state.dialled };
    }
    state
}

/// The number of a caller who withholds it, as Asterisk says it.
const HIDDEN: &str = "anonymous";
