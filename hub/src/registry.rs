//! Registered extensions: the desks, their clients, and whether these still answer (R4).

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use domain::{
    Timestamp,
    ids::{CallId, Extension},
    protocol::{CloseCode, View},
    role::{Seat, SignedIn},
};

use super::{case::Sight, stream::Stream};

/// One browser tab, numbered as it joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientId(pub u64);

/// What a client may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    Desk(Seat),
    Floor,
}

/// A client and its unanswered pings.
#[derive(Debug)]
pub struct Client {
    pub place: Place,
    /// The session that it was opened with.
    pub session: String,
    /// R4's `pingCounter`.
    pub unanswered: u32,
}

/// An extension and the sign-in that holds it, with all its tabs.
#[derive(Debug)]
pub struct Desk {
    pub seat: Seat,
    pub agent: String,
    pub sight: Sight,
    pub stream: Stream,
    pub clients: BTreeSet<ClientId>,
    /// The calls whose cards it shows, and since when.
    pub shown: BTreeMap<CallId, Timestamp>,
    /// When its last client left: the stream waits a while for it to come back.
    pub empty_since: Option<Timestamp>,
}

impl Desk {
    /// In the list of registered extensions: a client is there.
    pub fn is_registered(&self) -> bool {
        !self.clients.is_empty()
    }
}

/// Where a signed-in person's client belongs, if they may have the view that they ask for.
pub fn place(who: &SignedIn, view: View) -> Option<Place> {
    match view {
        View::Desk => who.desk.clone().map(Place::Desk),
        // It shows every number whole.
        View::Floor => (who.role.watches_floor() && who.whole_record).then_some(Place::Floor),
    }
}

/// Clients and desks. Every change keeps both sides of the relation.
#[derive(Debug, Default)]
pub struct Registry {
    pub clients: BTreeMap<ClientId, Client>,
    /// Those that watch the floor: every change of a channel goes to them, so they are at hand.
    floor: BTreeSet<ClientId>,
    pub desks: BTreeMap<Extension, Desk>,
    pub gone: Gone,
}

/// Sign-ins and seats that are over. A client that was let in just before and says so just after
/// comes too late: it must not close whoever has the desk by now. That takes moments, so the last
/// few are enough.
#[derive(Debug, Default)]
pub struct Gone {
    seats: VecDeque<(Seat, CloseCode)>,
    sessions: VecDeque<String>,
}

impl Gone {
    const KEPT: usize = 1024;

    pub fn seat(&mut self, seat: Seat, code: CloseCode) {
        self.seats.push_back((seat, code));
        self.seats.drain(..self.seats.len().saturating_sub(Self::KEPT));
    }

    pub fn session(&mut self, session: String) {
        self.sessions.push_back(session);
        self.sessions.drain(..self.sessions.len().saturating_sub(Self::KEPT));
    }

    /// With which code a client that comes now is to be closed, if it is too late.
    pub fn too_late(&self, place: &Place, session: &str) -> Option<CloseCode> {
        let seat = |seat: &Seat| self.seats.iter().find(|(gone, _)| gone == seat).map(|(_, code)| *code);
        match place {
            _ if self.sessions.iter().any(|gone| gone == session) => Some(CloseCode::SignInAgain),
            Place::Desk(desk) => seat(desk),
            Place::Floor => None,
        }
    }
}

impl Registry {
    pub fn is_registered(&self, exten: &Extension) -> bool {
        self.desks.get(exten).is_some_and(Desk::is_registered)
    }

    pub fn desk_of(&self, client: ClientId) -> Option<&Desk> {
        match &self.clients.get(&client)?.place {
            Place::Desk(seat) => self.desks.get(&seat.exten),
            Place::Floor => None,
        }
    }

    pub fn floor(&self) -> impl Iterator<Item = ClientId> + '_ {
        self.floor.iter().copied()
    }

    /// Takes a client in; a desk's is also to be entered at its desk.
    pub fn insert(&mut self, id: ClientId, client: Client) {
        if client.place == Place::Floor {
            self.floor.insert(id);
        }
        self.clients.insert(id, client);
    }

    /// Takes a client out. Gives its extension, if it sat at one.
    pub fn remove(&mut self, client: ClientId, now: Timestamp) -> Option<Extension> {
        let gone = self.clients.remove(&client)?;
        let Place::Desk(seat) = gone.place else {
            self.floor.remove(&client);
            return None;
        };
        let desk = self.desks.get_mut(&seat.exten)?;
        desk.clients.remove(&client);
        if desk.clients.is_empty() {
            desk.empty_since = Some(now);
        }
        Some(seat.exten)
    }
}
