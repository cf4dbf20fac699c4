//! Clients: joining with a snapshot or a resume, leaving, and what they say.

use std::collections::BTreeSet;

use domain::{
    Timestamp,
    board::Board,
    ids::{CallId, CustomerId, Epoch, Extension, Seq, TabId},
    protocol::{
        ClientMessage, CloseCode, Complaint, Control, ErrorCode, Frame, HistoryChanged, NoteChanged, Snapshot, View,
        Welcome,
    },
    role::{Seat, SignedIn},
    view::CallState,
};

use super::{
    ClientId, DESK_KEEPS, DESK_WAITS, Effect, Hub,
    case::{Case, Sight, seen},
    place, random_uuid,
    registry::{Client, Desk, Place},
    stream::{Stream, Text, to_json},
};

/// Where a client says it was when its link broke.
pub type Position = Option<(Epoch, Seq)>;

impl Hub {
    /// The number of the next client; the caller joins it with that.
    pub fn next_client(&mut self) -> ClientId {
        self.next_client += 1;
        ClientId(self.next_client)
    }

    /// A browser has said hello.
    pub fn join(
        &mut self,
        client: ClientId,
        who: &SignedIn,
        session: String,
        view: View,
        position: Position,
        now: Timestamp,
    ) -> Vec<Effect> {
        let Some(place) = place(who, view) else {
            // An agent without a desk had one: a colleague has taken it over.
            let code = if view == View::Desk { CloseCode::TakenOver } else { CloseCode::Forbidden };
            self.effects.push(Effect::Close { client, code });
            return self.done();
        };
        if let Some(code) = self.registry.gone.too_late(&place, &session) {
            self.effects.push(Effect::Close { client, code });
            return self.done();
        }
        self.registry.insert(client, Client { place: place.clone(), session, unanswered: 0 });
        match place {
            Place::Floor => self.welcome(client, position, now),
            Place::Desk(seat) => self.join_desk(client, who, &seat, position, now),
        }
        self.done()
    }

    fn join_desk(&mut self, client: ClientId, who: &SignedIn, seat: &Seat, position: Position, now: Timestamp) {
        if self.registry.desks.get(&seat.exten).is_some_and(|desk| desk.seat != *seat) {
            self.vacate_desk(&seat.exten, CloseCode::TakenOver, now);
        }
        if !self.registry.desks.contains_key(&seat.exten) {
            self.open_desk(who, seat, now);
        }
        let Some(desk) = self.registry.desks.get_mut(&seat.exten) else { return };
        let was_registered = desk.is_registered();
        desk.clients.insert(client);
        desk.empty_since = None;
        self.welcome(client, position, now);
        if was_registered {
            self.refresh_presence(&seat.exten, now);
        } else {
            self.registration_changed(&seat.exten, now);
        }
    }

    /// A desk is made with the cards of the calls that concern it now.
    fn open_desk(&mut self, who: &SignedIn, seat: &Seat, now: Timestamp) {
        let live = self.calls.iter().filter(|(_, case)| {
            // Whoever sits down here has not talked before.
            case.call.ended_at.is_none() && case.shown_at(&seat.exten) && case.wrap_up(&seat.exten).is_none()
        });
        let shown = live.map(|(id, case)| (id.clone(), case.call.started_at)).collect();
        let desk = Desk {
            seat: seat.clone(),
            agent: who.name.clone(),
            sight: Sight { whole_record: who.whole_record, withheld: self.settings.show_withheld.contains(&who.role) },
            stream: Stream::new(Epoch(random_uuid(&mut self.rng)), DESK_KEEPS),
            clients: BTreeSet::new(),
            shown,
            empty_since: Some(now),
        };
        self.registry.desks.insert(seat.exten.clone(), desk);
    }

    /// The list of registered extensions changed: calls with a phone there, and cards in wrap-up,
    /// say so, and a call whose customer nobody could look up may have somebody now.
    fn registration_changed(&mut self, exten: &Extension, now: Timestamp) {
        let shown = self.registry.desks.get(exten).map(|desk| &desk.shown);
        let is_shown = |id: &CallId| shown.is_some_and(|shown| shown.contains_key(id));
        let is_told = |id: &CallId, case: &Case| case.call.ended_at.is_none() || self.is_shown(id, case);
        let concerned =
            self.calls.iter().filter(|(id, case)| is_shown(id) || (case.concerns(exten) && is_told(id, case)));
        let has_come = self.registry.is_registered(exten);
        for id in concerned.map(|(id, _)| id.clone()).collect::<Vec<_>>() {
            if has_come && let Some(case) = self.calls.get_mut(&id) {
                case.lookup.reopen();
            }
            self.seek_if_wanted(&id, now);
            self.publish(&id, now);
        }
        self.refresh_presence(exten, now);
    }

    /// Welcome, and then what was missed or everything.
    fn welcome(&mut self, client: ClientId, position: Position, now: Timestamp) {
        let stream = match self.registry.desk_of(client) {
            Some(desk) => &desk.stream,
            None => self.floor.stream(),
        };
        let (epoch, seq) = (stream.epoch(), stream.seq());
        let missed: Option<Vec<Text>> =
            position.and_then(|(epoch, seq)| stream.since(epoch, seq)).map(Iterator::collect);
        let resumed = missed.is_some();
        self.tell(client, Control::Welcome(Welcome { resumed, epoch, last_seq: seq, now }));
        match missed {
            Some(texts) => self.effects.extend(texts.into_iter().map(|text| Effect::Send { client, text })),
            None => {
                let board = self.board_of(client);
                self.tell(client, Control::Snapshot(Snapshot { epoch, last_seq: seq, now, board }));
            }
        }
    }

    /// The whole of what a client may see.
    pub(super) fn board_of(&self, client: ClientId) -> Board {
        let state = |case: &Case| case.state(|exten| self.registry.is_registered(exten));
        let keyed = |call: CallState| (call.call_id.clone(), call);
        let Some(desk) = self.registry.desk_of(client) else {
            let live = self.calls.iter().filter(|(_, case)| case.call.ended_at.is_none());
            let calls = live.map(|(_, case)| keyed(seen(&state(case), self.settings.floor_sight())));
            return self.floor.board(calls.collect());
        };
        let cards = desk.shown.keys().filter_map(|id| self.calls.get(id));
        let cards = cards.map(|case| case.state_at(&desk.seat.exten, state(case)));
        let calls = cards.map(|call| keyed(seen(&call, desk.sight))).collect();
        Board { pbx: self.floor.pbx().clone(), calls, ..Board::default() }
    }

    /// A client's socket is closed.
    pub fn leave(&mut self, client: ClientId, now: Timestamp) -> Vec<Effect> {
        self.remove(client, now);
        self.done()
    }

    fn remove(&mut self, client: ClientId, now: Timestamp) {
        let Some(exten) = self.registry.remove(client, now) else { return };
        if self.registry.is_registered(&exten) {
            self.refresh_presence(&exten, now);
        } else {
            self.registration_changed(&exten, now);
        }
        self.seek_without(client, now);
    }

    /// Closes a client, as if it had left.
    pub fn dismiss(&mut self, client: ClientId, code: CloseCode, now: Timestamp) -> Vec<Effect> {
        self.expel(client, code, now);
        self.done()
    }

    pub(super) fn expel(&mut self, client: ClientId, code: CloseCode, now: Timestamp) {
        self.effects.push(Effect::Close { client, code });
        self.remove(client, now);
    }

    /// The seat is given up or taken over: its clients are closed and its stream is forgotten.
    pub fn vacate(&mut self, seat: &Seat, code: CloseCode, now: Timestamp) -> Vec<Effect> {
        self.registry.gone.seat(seat.clone(), code);
        if self.registry.desks.get(&seat.exten).is_some_and(|desk| desk.seat == *seat) {
            self.vacate_desk(&seat.exten, code, now);
        }
        self.done()
    }

    fn vacate_desk(&mut self, exten: &Extension, code: CloseCode, now: Timestamp) {
        let clients: Vec<ClientId> =
            self.registry.desks.get(exten).into_iter().flat_map(|desk| desk.clients.iter().copied()).collect();
        for client in clients {
            self.expel(client, code, now);
        }
        self.forget_desk(exten);
        self.refresh_presence(exten, now);
    }

    fn forget_desk(&mut self, exten: &Extension) {
        let Some(desk) = self.registry.desks.remove(exten) else { return };
        for id in desk.shown.keys() {
            self.forget_if_aged(id);
        }
    }

    /// Closes the clients of a session that is over.
    pub fn end_session(&mut self, session: &str, now: Timestamp) -> Vec<Effect> {
        self.registry.gone.session(session.to_owned());
        let of_it = self.registry.clients.iter().filter(|(_, client)| client.session == session);
        for client in of_it.map(|(id, _)| *id).collect::<Vec<_>>() {
            self.expel(client, CloseCode::SignInAgain, now);
        }
        self.done()
    }

    /// Tells a seat's tabs, and colleagues who have this call's card, to ask for its drafts and note again.
    pub fn note_changed(&mut self, seat: &Seat, call: &CallId, by: Option<TabId>) -> Vec<Effect> {
        let own = self.registry.desks.get(&seat.exten).filter(|desk| desk.seat == *seat);
        let extens = self.calls.get(call).map(Case::all_extens).unwrap_or_default();
        let others = extens.iter().filter(|exten| **exten != seat.exten).filter_map(|it| self.registry.desks.get(it));
        let desks = own.into_iter().chain(others.filter(|desk| desk.shown.contains_key(call)));
        for client in desks.flat_map(|desk| desk.clients.iter().copied()).collect::<Vec<_>>() {
            self.tell(client, Control::NoteChanged(NoteChanged { call_id: call.clone(), tab: by }));
        }
        self.done()
    }

    /// A call is in the history as it ended: tells those who had a phone in it.
    pub fn recorded(&mut self, call: &CallId, extens: &[Extension]) -> Vec<Effect> {
        let changed = Control::HistoryChanged(HistoryChanged { call_id: call.clone() });
        let desks = extens.iter().filter_map(|exten| self.registry.desks.get(exten));
        for client in desks.flat_map(|desk| desk.clients.iter().copied()).collect::<Vec<_>>() {
            self.tell(client, changed.clone());
        }
        self.done()
    }

    /// A client says something after its hello.
    pub fn message(&mut self, client: ClientId, message: ClientMessage, now: Timestamp) -> Vec<Effect> {
        match message {
            ClientMessage::Hello { .. } => self.expel(client, CloseCode::Protocol, now),
            ClientMessage::Pong => {
                if let Some(client) = self.registry.clients.get_mut(&client) {
                    client.unanswered = 0;
                }
            }
            ClientMessage::CustomerData { lookup_id, payload, signature } => {
                self.found(client, lookup_id, &payload, &signature, now)
            }
            ClientMessage::LookupFailed { lookup_id, reason } => self.lookup_failed(client, lookup_id, &reason, now),
            ClientMessage::RetryLookup { call_id } => self.retry(client, &call_id, now),
            ClientMessage::Choose { call_id, customer_id } => self.choose(client, &call_id, customer_id, now),
            ClientMessage::CloseCard { call_id } => self.close(client, &call_id, now),
        }
        self.done()
    }

    /// The extension of a client, if its desk shows this call.
    fn shows(&mut self, client: ClientId, call: &CallId) -> Option<Extension> {
        match self.registry.desk_of(client) {
            Some(desk) if desk.shown.contains_key(call) => Some(desk.seat.exten.clone()),
            _ => {
                self.complain(client, ErrorCode::NoSuchCall, "this desk has no card for that call");
                None
            }
        }
    }

    fn retry(&mut self, client: ClientId, call: &CallId, now: Timestamp) {
        let Some(exten) = self.shows(client, call) else { return };
        let Some(case) = self.calls.get_mut(call) else { return };
        if case.lookup.retry(&exten) {
            self.lookups.begin(call);
            self.seek(call, now);
            self.publish(call, now);
        }
    }

    fn choose(&mut self, client: ClientId, call: &CallId, customer: CustomerId, now: Timestamp) {
        if self.shows(client, call).is_none() {
            return;
        }
        let Some(case) = self.calls.get_mut(call) else { return };
        if case.matches.iter().any(|it| it.id == customer) {
            case.chosen = Some(customer);
            let record = Box::new(case.record());
            self.effects.push(Effect::Record(record));
            self.publish(call, now);
        } else {
            self.complain(client, ErrorCode::NotYours, "that customer is not one of this number's");
        }
    }

    fn close(&mut self, client: ClientId, call: &CallId, now: Timestamp) {
        let Some(exten) = self.shows(client, call) else { return };
        if self.calls.get(call).is_some_and(|case| case.is_done_at(&exten)) {
            self.close_card(&exten, call);
            self.refresh_presence(&exten, now);
        } else {
            self.complain(client, ErrorCode::NoSuchCall, "the call is not over yet");
        }
    }

    /// A desk whose clients have been gone for long gives its cards up; the drafts stay.
    pub(super) fn forget_empty_desks(&mut self, now: Timestamp) {
        let waited = |desk: &Desk| desk.empty_since.is_some_and(|since| now.duration_since(since) >= DESK_WAITS);
        let waited = self.registry.desks.iter().filter(|(_, desk)| waited(desk));
        for exten in waited.map(|(exten, _)| exten.clone()).collect::<Vec<_>>() {
            self.forget_desk(&exten);
        }
    }

    pub(super) fn complain(&mut self, client: ClientId, code: ErrorCode, message: &str) {
        self.tell(client, Control::Error(Complaint { code, message: message.to_owned() }));
    }

    pub(super) fn tell(&mut self, client: ClientId, control: Control) {
        self.effects.push(Effect::Send { client, text: to_json(&Frame::from(control)).into() });
    }
}
