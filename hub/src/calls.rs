//! Changes of the switchboard, multicast to the desks they concern and to the floor (R7).

use std::collections::BTreeMap;

use domain::{
    Timestamp,
    call::{Call, CallPhase},
    delta::{CallLeft, CallMerged, Delta},
    ids::{CallId, ChannelId, Extension},
    view::{CallState, ChannelRow, EndpointRow},
};
use pbx::switchboard::Change;

use super::{
    Effect, Hub, WRAP_UP_KEPT,
    case::{Case, Sight, seen},
    registry::Desk,
    stream::Body,
};

/// One state in the encodings that its readers may see, each made when it is first needed.
struct Encoded {
    state: CallState,
    bodies: Vec<(Sight, Body)>,
}

impl Encoded {
    fn new(state: CallState) -> Self {
        Self { state, bodies: Vec::new() }
    }

    fn body(&mut self, sight: Sight) -> Body {
        if let Some((_, body)) = self.bodies.iter().find(|(it, _)| *it == sight) {
            return body.clone();
        }
        let body = Body::of_state(&seen(&self.state, sight));
        self.bodies.push((sight, body.clone()));
        body
    }

    /// As `exten` has it, which may wrap up while the call goes on.
    fn body_at(&mut self, case: &Case, exten: &Extension, sight: Sight) -> Body {
        match case.wrap_up(exten) {
            Some(_) => Body::of_state(&seen(&case.state_at(exten, self.state.clone()), sight)),
            None => self.body(sight),
        }
    }
}

impl Hub {
    /// Something happened at the PBX.
    pub fn change(&mut self, change: Change, now: Timestamp) -> Vec<Effect> {
        match change {
            Change::Call(call) => self.call_changed(*call, now),
            Change::Merged { from, into } => self.merged(&from, &into, now),
            Change::Channel(row) => self.channel_changed(row, now),
            Change::ChannelGone(channel) => self.channel_gone(channel, now),
            Change::Endpoint(row) => self.endpoint_changed(row),
        }
        self.done()
    }

    fn call_changed(&mut self, call: Call, now: Timestamp) {
        let id = call.id.clone();
        let before = self.calls.update(call, &self.settings);
        self.counters.calls += u64::from(before.is_new);
        if before.identified {
            self.lookups.end(&id);
        }
        let Some(case) = self.calls.get_mut(&id) else { return };
        if case.call.answer != before.answer {
            let desk = case.answered_by().and_then(|exten| self.registry.desks.get(exten));
            case.answered_by_name = desk.map(|desk| desk.agent.clone());
        }
        let phase = case.call.phase;
        let is_turn = before.identified || phase != before.phase || case.call.answer != before.answer;
        if is_turn || case.call.legs.is_empty() {
            self.effects.push(Effect::Record(Box::new(case.record())));
        }
        let mut aged = vec![];
        if phase == CallPhase::Ended && before.phase != CallPhase::Ended {
            // A card in wrap-up still wants its customer.
            if !case.wraps_up() {
                self.lookups.end(&id);
            }
            aged = self.calls.end(id.clone());
        } else if phase != CallPhase::Ended {
            self.seek_if_wanted(&id, now);
        }
        self.publish(&id, now);
        // But for those in somebody's wrap-up: a desk has few of these.
        for id in aged {
            self.forget_if_aged(&id);
        }
    }

    /// Tells every desk of a call, and the floor, how it stands.
    pub(super) fn publish(&mut self, id: &CallId, now: Timestamp) {
        let Some(case) = self.calls.get(id) else { return };
        let state = case.state(|exten| self.registry.is_registered(exten));
        let extens = case.all_extens();
        let news = case.told.as_ref() != Some(&state);
        let told_phase = case.told.as_ref().map(|told| told.phase);
        let mut encoded = Encoded::new(state);

        for exten in &extens {
            self.publish_at(exten, id, news, &mut encoded, now);
        }
        if news {
            match (encoded.state.phase, told_phase) {
                // Said once: a later change of a call in wrap-up is its desk's affair.
                (CallPhase::Ended, None | Some(CallPhase::Ended)) => {}
                (CallPhase::Ended, Some(_)) => {
                    self.tell_floor(&Body::of(&Delta::CallLeft(CallLeft::ended(id.clone()))))
                }
                _ => self.tell_floor(&encoded.body(self.settings.floor_sight())),
            }
            if let Some(case) = self.calls.get_mut(id) {
                case.told = Some(encoded.state);
            }
        }
        for exten in &extens {
            self.refresh_presence(exten, now);
        }
    }

    /// One desk's part: the state while it shows the card, and a last word when it stops.
    fn publish_at(&mut self, exten: &Extension, id: &CallId, news: bool, encoded: &mut Encoded, now: Timestamp) {
        let (Some(case), Some(desk)) = (self.calls.get_mut(id), self.registry.desks.get_mut(exten)) else { return };
        let showed = desk.shown.contains_key(id);
        let wrap_up = case.wrap_up(exten);
        let closed = (encoded.state.phase == CallPhase::Ended || wrap_up.is_some()) && !showed;
        let told = match wrap_up {
            Some(wrap_up) => case.told_wrap_ups.insert(exten.clone(), wrap_up),
            None => case.told_wrap_ups.remove(exten),
        };
        let news = news || told.as_ref() != case.told_wrap_ups.get(exten);
        if case.shown_at(exten) && !closed {
            desk.shown.entry(id.clone()).or_insert(now);
            if news || !showed {
                let body = encoded.body_at(case, exten, desk.sight);
                self.tell_desk(exten, &body);
            }
            self.limit_wrap_up(exten);
        } else if showed {
            desk.shown.remove(id);
            let left = case.left(exten);
            self.tell_desk(exten, &Body::of(&Delta::CallLeft(left)));
        }
    }

    /// Piled-up cards of ended calls leave, the oldest first; what was typed stays a draft.
    fn limit_wrap_up(&mut self, exten: &Extension) {
        let Some(desk) = self.registry.desks.get_mut(exten) else { return };
        let is_over = |id: &CallId| self.calls.get(id).is_none_or(|case| case.is_done_at(exten));
        let mut over: Vec<_> =
            desk.shown.iter().filter(|(id, _)| is_over(id)).map(|(id, at)| (*at, id.clone())).collect();
        if over.len() <= WRAP_UP_KEPT {
            return;
        }
        over.sort();
        over.truncate(over.len() - WRAP_UP_KEPT);
        for (_, id) in over {
            self.close_card(exten, &id);
        }
    }

    /// The card of a call that is over is done with.
    pub(super) fn close_card(&mut self, exten: &Extension, id: &CallId) {
        let Some(desk) = self.registry.desks.get_mut(exten) else { return };
        if desk.shown.remove(id).is_some() {
            self.tell_desk(exten, &Body::of(&Delta::CallLeft(CallLeft::ended(id.clone()))));
            self.forget_if_aged(id);
        }
    }

    fn merged(&mut self, from: &CallId, into: &CallId, now: Timestamp) {
        let Some(gone) = self.calls.remove(from) else { return };
        self.lookups.end(from);
        let merged = Body::of(&Delta::CallMerged(CallMerged { from: from.clone(), into: into.clone() }));
        for exten in gone.all_extens() {
            if let Some(desk) = self.registry.desks.get_mut(&exten)
                && desk.shown.remove(from).is_some()
            {
                self.tell_desk(&exten, &merged);
            }
            self.refresh_presence(&exten, now);
        }
        self.tell_floor(&merged);
        self.effects.push(Effect::Merge { from: from.clone(), into: into.clone() });
    }

    fn channel_changed(&mut self, row: ChannelRow, now: Timestamp) {
        let exten = row.exten.clone();
        let Some(news) = self.floor.set_channel(row) else { return };
        self.tell_floor(&Body::of(&news));
        if let Some(exten) = exten {
            self.refresh_presence(&exten, now);
        }
    }

    fn channel_gone(&mut self, channel: ChannelId, now: Timestamp) {
        let Some((news, exten)) = self.floor.remove_channel(channel) else { return };
        self.tell_floor(&Body::of(&news));
        if let Some(exten) = exten {
            self.refresh_presence(&exten, now);
        }
    }

    fn endpoint_changed(&mut self, row: EndpointRow) {
        if let Some(news) = self.floor.set_endpoint(row) {
            self.tell_floor(&Body::of(&news));
        }
    }

    /// R7: again at a regular interval, so that a client that missed one is set right.
    pub(super) fn resend(&mut self) {
        // A call is encoded once, however many desks show it.
        let mut encoded = BTreeMap::new();
        for (exten, desk) in &self.registry.desks {
            for id in desk.shown.keys() {
                let Some(case) = self.calls.get(id) else { continue };
                let state = || Encoded::new(case.state(|exten| self.registry.is_registered(exten)));
                let encoded = encoded.entry(id).or_insert_with(state);
                let text = encoded.body_at(case, exten, desk.sight).unnumbered();
                for client in desk.clients.iter().copied() {
                    self.effects.push(Effect::Send { client, text: text.clone() });
                }
            }
        }
    }

    /// A desk has stopped showing this call, or it has become old: it goes if both are true.
    pub(super) fn forget_if_aged(&mut self, id: &CallId) {
        let Some(case) = self.calls.get(id).filter(|case| case.aged) else { return };
        if !self.is_shown(id, case) {
            self.calls.remove(id);
            self.lookups.end(id);
        }
    }

    /// Does any desk show this call's card?
    pub(super) fn is_shown(&self, id: &CallId, case: &Case) -> bool {
        let shows = |exten| self.registry.desks.get(exten).is_some_and(|desk: &Desk| desk.shown.contains_key(id));
        case.all_extens().iter().any(shows)
    }
}
