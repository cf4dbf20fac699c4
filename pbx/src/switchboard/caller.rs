//! Who is the caller of a call, by the last word that counts. Where the PBX begins the call itself,
//! somebody stands in: the phone that it calls first, and another if that one is not picked up.

use domain::{
    call::{Direction, HangupCause, Party},
    ids::ChannelId,
    phone::is_hidden,
};

use super::{
    conversation::Conversation,
    facts::CallerFacts,
    leg::{self, Departure},
    line::{Kind, Line},
    number::{self, is_dialable},
};

impl Conversation {
    /// `line` is the caller's channel.
    pub(super) fn take_caller(&mut self, line: &Line) {
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

    /// The phone that was to call is gone without having been picked up. It was the caller's, unless the
    /// PBX tries another.
    pub(super) fn unfilled(&mut self, line: &Line, departure: &Departure, cause: &HangupCause) {
        if self.awaits_caller() && line.kind == Kind::Phone {
            let mut leg = leg::of(line);
            leg::end(&mut leg, departure.at);
            leg.cause = (!departure.lost).then(|| cause.clone());
            self.caller.left = Some(Box::new((leg, departure.clone())));
        }
    }

    /// The PBX tries this phone after another that was not picked up. True where it does.
    pub(super) fn takes_over(&mut self, line: &Line) -> bool {
        if line.kind != Kind::Phone || !self.awaits_caller() {
            return false;
        }
        let Some(left) = self.caller.left.take() else { return false };
        let (leg, departure) = *left;
        self.caller = CallerFacts::default();
        self.call.caller_left_at = None;
        self.add_leg(leg);
        self.departures.push(departure);
        self.take_caller(line);
        true
    }

    /// Is this the channel of a caller from outside?
    pub(super) fn is_inbound_caller(&self, channel: &ChannelId) -> bool {
        self.call.direction == Direction::Inbound && self.call.caller_channel == *channel
    }

    /// Is the caller's channel not known? The PBX began this call through a Local channel: the first
    /// whom it calls is the caller.
    pub(super) fn wants_caller(&self) -> bool {
        !self.has_no_caller
            && self.call.caller_channel == self.call.root
            && self.call.root_endpoint.technology() == "Local"
            && self.call.direction != Direction::Inbound
    }

    /// This line stood in for the caller, and is called by the root itself.
    pub(super) fn unseat(&mut self, line: &Line) {
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
    pub(super) fn awaits_caller(&self) -> bool {
        self.call.caller_channel != self.call.root
            && self.call.root_endpoint.technology() != "Local"
            && !self.has_no_caller
            && !self.caller.up
            && self.call.direction != Direction::Inbound
    }

    /// Another phone that was called with the one that stood in for the caller was picked up: it is the
    /// caller's, and the first one is a leg that rang beside it.
    pub(super) fn reseat(&mut self, before: &Line, line: &Line) {
        self.call.legs.retain(|leg| leg.channel != line.id);
        self.call.answer = self.call.answer.take().filter(|answer| answer.channel != line.id);
        self.caller = CallerFacts::default();
        self.add_leg(leg::of(before));
        self.take_caller(line);
    }

    pub(super) fn follow_caller(&mut self, line: &Line, unseen: bool) {
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
    pub(super) fn follow_local_root(&mut self, line: &Line) {
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

    pub(super) fn dial(&mut self, number: &str) {
        if self.call.dialled != number {
            number.clone_into(&mut self.call.dialled);
            self.dirty = true;
        }
    }
}
