//! Changes of the switchboard, multicast to the desks they concern and to the floor (R7).

use std::collections::{BTreeMap, btree_map::Entry};

use domain::{
    Timestamp,
    call::{Call, CallPhase},
    delta::{CallLeft, CallMerged, ChannelGone, Delta},
    ids::{CallId, ChannelId, Extension},
    view::{CallState, ChannelRow, EndpointRow},
};
use pbx::switchboard::Change;

use super::{
    ENDED_KEPT, Effect, Hub, WRAP_UP_KEPT,
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
        let mut identified = false;
        let before = match self.cases.entry(id.clone()) {
            Entry::Occupied(mut entry) => {
                let case = entry.get_mut();
                let before = (case.call.phase, case.call.answer.clone());
                if case.update(call, &self.settings) {
                    self.seeking.remove(&id);
                    identified = true;
                }
                before
            }
            Entry::Vacant(entry) => {
                entry.insert(Case::new(call, &self.settings));
                self.counters.calls += 1;
                (CallPhase::Waiting, None)
            }
        };
        let Some(case) = self.cases.get_mut(&id) else { return };
        if case.call.answer != before.1 {
            let desk = case.answered_by().and_then(|exten| self.registry.desks.get(exten));
            case.answered_by_name = desk.map(|desk| desk.agent.clone());
        }
        let phase = case.call.phase;
        if identified || phase != before.0 || case.call.answer != before.1 || case.call.legs.is_empty() {
            self.effects.push(Effect::Record(Box::new(case.record())));
        }
        if phase == CallPhase::Ended && before.0 != CallPhase::Ended {
            // A card in wrap-up still wants its customer.
            if !case.wraps_up() {
                self.seeking.remove(&id);
            }
            self.ended.push_back(id.clone());
        } else if phase != CallPhase::Ended {
            self.seek_if_wanted(&id, now);
        }
        self.publish(&id, now);
        self.forget_old_calls();
    }

    /// Tells every desk of a call, and the floor, how it stands.
    pub(super) fn publish(&mut self, id: &CallId, now: Timestamp) {
        let Some(case) = self.cases.get(id) else { return };
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
            if let Some(case) = self.cases.get_mut(id) {
                case.told = Some(encoded.state);
            }
        }
        for exten in &extens {
            self.refresh_presence(exten, now);
        }
    }

    /// One desk's part: the state while it shows the card, and a last word when it stops.
    fn publish_at(&mut self, exten: &Extension, id: &CallId, news: bool, encoded: &mut Encoded, now: Timestamp) {
        let (Some(case), Some(desk)) = (self.cases.get_mut(id), self.registry.desks.get_mut(exten)) else { return };
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
        let is_over = |id: &CallId| self.cases.get(id).is_none_or(|case| case.is_done_at(exten));
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
        let Some(gone) = self.cases.remove(from) else { return };
        self.seeking.remove(from);
        self.ended.retain(|id| id != from);
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
        if self.channels.get(&row.channel_id) == Some(&row) {
            return;
        }
        let exten = row.exten.clone();
        self.tell_floor(&Body::of(&Delta::ChannelChanged(row.clone())));
        if let Some(exten) = &exten {
            self.channels_of.entry(exten.clone()).or_default().insert(row.channel_id.clone());
        }
        self.channels.insert(row.channel_id.clone(), row);
        if let Some(exten) = exten {
            self.refresh_presence(&exten, now);
        }
    }

    fn channel_gone(&mut self, channel: ChannelId, now: Timestamp) {
        let Some(row) = self.channels.remove(&channel) else { return };
        self.tell_floor(&Body::of(&Delta::ChannelGone(ChannelGone { channel_id: channel.clone() })));
        if let Some(exten) = row.exten {
            if let Some(channels) = self.channels_of.get_mut(&exten) {
                channels.remove(&channel);
                if channels.is_empty() {
                    self.channels_of.remove(&exten);
                }
            }
            self.refresh_presence(&exten, now);
        }
    }

    fn endpoint_changed(&mut self, row: EndpointRow) {
        if self.endpoints.get(&row.endpoint) != Some(&row) {
            self.tell_floor(&Body::of(&Delta::EndpointChanged(row.clone())));
            self.endpoints.insert(row.endpoint.clone(), row);
        }
    }

    /// R7: again at a regular interval, so that a client that missed one is set right.
    pub(super) fn resend(&mut self) {
        // A call is encoded once, however many desks show it.
        let mut encoded = BTreeMap::new();
        for (exten, desk) in &self.registry.desks {
            for id in desk.shown.keys() {
                let Some(case) = self.cases.get(id) else { continue };
                let state = || Encoded::new(case.state(|exten| self.registry.is_registered(exten)));
                let encoded = encoded.entry(id).or_insert_with(state);
                let text = encoded.body_at(case, exten, desk.sight).unnumbered();
                for client in desk.clients.iter().copied() {
                    self.effects.push(Effect::Send { client, text: text.clone() });
                }
            }
        }
    }

    /// Calls beyond the last few go, but for those in somebody's wrap-up: a desk has few of these.
    fn forget_old_calls(&mut self) {
        while self.ended.len() > ENDED_KEPT {
            let Some(id) = self.ended.pop_front() else { return };
            if let Some(case) = self.cases.get_mut(&id) {
                case.aged = true;
            }
            self.forget_if_aged(&id);
        }
    }

    /// A desk has stopped showing this call, or it has become old: it goes if both are true.
    pub(super) fn forget_if_aged(&mut self, id: &CallId) {
        let Some(case) = self.cases.get(id).filter(|case| case.aged) else { return };
        if !self.is_shown(id, case) {
            self.cases.remove(id);
            self.seeking.remove(id);
        }
    }

    /// Does any desk show this call's card?
    pub(super) fn is_shown(&self, id: &CallId, case: &Case) -> bool {
        let shows = |exten| self.registry.desks.get(exten).is_some_and(|desk: &Desk| desk.shown.contains_key(id));
        case.all_extens().iter().any(shows)
    }
}
