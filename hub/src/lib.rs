//! The hub: who sees which call, and who looks its customer up. Pure: what happened and the time
//! come in, [`Effect`]s go out.
//!
//! Each state has one owner, which nobody else writes to:
//!
//! - `registry`: the registered extensions and their clients
//! - `live_calls`: the calls, each a `case`: what is told of it, and what is known of its customer
//! - `lookups`: which calls' lookups are not done
//! - `floor`: the rows that supervisors watch
//! - `stream`: numbered deltas, kept for those who come back
//! - `pings`: who is still there
//!
//! and what happens goes through them:
//!
//! - `caller_name`: the name of a caller, and what queues put before it
//! - `calls`: changes of the switchboard, multicast to the desks they concern and to the floor
//! - `clients`: joining, leaving, and what clients say
//! - `lookup`, `election`, `seek`: one lookup per call, asked of one selected client
//! - `presence`: what every agent is doing
//!
//! A call costs what its own desks cost: nothing here walks all desks or all clients because of
//! one call.

mod caller_name;
mod calls;
mod case;
mod clients;
pub mod election;
mod floor;
mod live_calls;
mod lookup;
mod lookups;
mod pings;
mod presence;
mod registry;
mod seek;
pub mod signature;
mod stream;
#[cfg(test)]
mod tests;

use case::{Case, Sight};
pub use clients::Position;
use domain::{
    Timestamp,
    call::{Call, Direction},
    history::CallRecord,
    ids::{CallId, Epoch, Extension},
    protocol::CloseCode,
    role::{Role, Seat},
    view::PbxLink,
};
use election::Order;
use floor::Floor;
use jiff::SignedDuration;
use live_calls::LiveCalls;
use lookups::Lookups;
use pings::Rota;
use rand::{Rng, rngs::StdRng};
use registry::Registry;
pub use registry::{ClientId, place};
pub use stream::Text;
pub use stream::to_json;
use stream::{Body, Stream};

use phone::Region;
use signature::Signer;

/// Deltas that a desk's stream keeps for those who come back.
const DESK_KEEPS: usize = 512;
/// Deltas that the floor's stream keeps.
const FLOOR_KEEPS: usize = 4096;
/// Cards in wrap-up that one desk may pile up; the oldest goes first, its draft stays.
const WRAP_UP_KEPT: usize = 20;
/// A desk without a client for so long is free to take without a question.
const DESERTED: SignedDuration = SignedDuration::from_mins(5);
/// How long a desk whose last client left keeps its stream and its cards.
const DESK_WAITS: SignedDuration = SignedDuration::from_mins(30);

/// What the configuration decides.
#[derive(Clone, Debug)]
pub struct Settings {
    pub region: Region,
    pub extensions: Vec<Extension>,
    pub order: Order,
    /// How long a selected client may take.
    pub lookup_timeout: SignedDuration,
    pub ping_every: SignedDuration,
    /// Unanswered pings after which a client has left.
    pub missed_pings: u32,
    /// R7's regular interval.
    pub resend_every: SignedDuration,
    /// Calls of ours to the outside are shown as cards (R20).
    pub outbound_pop: bool,
    /// What agents dial before a number outside.
    pub dial_prefixes: Vec<String>,
    /// Who may see the number of a caller who withholds it.
    pub show_withheld: Vec<Role>,
}

impl Settings {
    /// What those who watch the floor may see.
    fn floor_sight(&self) -> Sight {
        Sight { whole_record: true, withheld: self.show_withheld.iter().any(|role| role.watches_floor()) }
    }

    /// The number of a customer, without what an agent dials before it.
    fn dialled(&self, call: &Call, number: &str) -> String {
        let prefix = self
            .dial_prefixes
            .iter()
            .filter(|prefix| call.direction == Direction::Outbound && number.starts_with(prefix.as_str()));
        let longest = prefix.max_by_key(|prefix| prefix.len());
        longest.and_then(|prefix| number.strip_prefix(prefix.as_str())).unwrap_or(number).to_owned()
    }
}

/// What the hub wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Send {
        client: ClientId,
        text: Text,
    },
    /// The client is out already; its socket is to be closed with this code.
    Close {
        client: ClientId,
        code: CloseCode,
    },
    /// For the call history.
    Record(Box<CallRecord>),
    /// `from` lives on as `into`: drafts and notes go along.
    Merge {
        from: CallId,
        into: CallId,
    },
}

/// What has been counted since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    pub calls: u64,
    /// First lookups: at most one a call.
    pub lookups: u64,
    /// Lookups that were asked again because a selected client failed.
    pub failovers: u64,
    /// Lookups that a person asked for again.
    pub retries: u64,
    pub late_answers: u64,
    pub bad_signatures: u64,
}

/// The state of the house.
#[derive(Debug)]
pub struct Hub {
    settings: Settings,
    signer: Signer,
    rng: StdRng,
    registry: Registry,
    calls: LiveCalls,
    lookups: Lookups,
    floor: Floor,
    next_client: u64,
    rota: Rota,
    resent_at: Timestamp,
    /// Since when browsers can join.
    began: Timestamp,
    counters: Counters,
    effects: Vec<Effect>,
}

impl Hub {
    pub fn new(settings: Settings, signer: Signer, mut rng: StdRng, now: Timestamp) -> Self {
        let floor = Stream::new(Epoch(random_uuid(&mut rng)), FLOOR_KEEPS);
        let mut hub = Self {
            signer,
            rng,
            registry: Registry::default(),
            calls: LiveCalls::default(),
            lookups: Lookups::new(settings.order.clone()),
            floor: Floor::new(floor),
            next_client: 0,
            rota: Rota::new(now),
            resent_at: now,
            began: now,
            counters: Counters::default(),
            effects: Vec::new(),
            settings,
        };
        for exten in hub.settings.extensions.clone() {
            hub.refresh_presence(&exten, now);
        }
        hub
    }

    pub fn counters(&self) -> Counters {
        self.counters
    }

    pub fn pbx(&self) -> &PbxLink {
        self.floor.pbx()
    }

    /// Is a browser of this sign-in at its desk?
    pub fn is_taken(&self, seat: &Seat) -> bool {
        self.registry.desks.get(&seat.exten).is_some_and(|desk| desk.seat == *seat && desk.is_registered())
    }

    /// Has nobody been at this extension for so long that whoever held it has gone away?
    pub fn is_deserted(&self, exten: &Extension, now: Timestamp) -> bool {
        let since = match self.registry.desks.get(exten) {
            Some(desk) => desk.empty_since,
            None => Some(self.began),
        };
        since.is_some_and(|since| now.duration_since(since) >= DESERTED)
    }

    /// Clients that are joined, and calls that are not over.
    pub fn load(&self) -> (usize, usize) {
        let live = self.calls.iter().filter(|(_, case)| !case.is_over()).count();
        (self.registry.clients.len(), live)
    }

    /// A live or lately ended call as it would be recorded now.
    pub fn record(&self, call: &CallId) -> Option<CallRecord> {
        self.calls.get(call).map(Case::record)
    }

    /// Live and lately ended calls as they would be recorded now, in the order of their ids; those
    /// after `last`, if it is given.
    pub fn records_after(&self, last: Option<&CallId>) -> impl Iterator<Item = CallRecord> {
        self.calls.after(last).map(Case::record)
    }

    /// The link to the PBX went up or down.
    pub fn pbx_link(&mut self, link: PbxLink) -> Vec<Effect> {
        if let Some(news) = self.floor.set_pbx(link) {
            let body = Body::of(&news);
            self.tell_floor(&body);
            let extens: Vec<Extension> = self.registry.desks.keys().cloned().collect();
            for exten in extens {
                self.tell_desk(&exten, &body);
            }
        }
        self.done()
    }

    /// Time passes: lookups that are overdue go to the next client, silent clients leave, R7's
    /// resend goes out. Call it a few times a second.
    pub fn tick(&mut self, now: Timestamp) -> Vec<Effect> {
        for call in self.lookups.open() {
            self.seek(&call, now);
        }
        self.ping(now);
        if now.duration_since(self.resent_at) >= self.settings.resend_every {
            self.resent_at = now;
            self.resend();
        }
        self.done()
    }

    fn done(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// Sends a delta to everyone on the floor.
    fn tell_floor(&mut self, body: &Body) {
        let text = self.floor.push(body);
        for client in self.registry.floor() {
            self.effects.push(Effect::Send { client, text: text.clone() });
        }
    }

    /// Sends a delta to every tab of a desk.
    fn tell_desk(&mut self, exten: &Extension, body: &Body) {
        if let Some(desk) = self.registry.desks.get_mut(exten) {
            let text = desk.stream.push(body);
            for client in desk.clients.iter().copied() {
                self.effects.push(Effect::Send { client, text: text.clone() });
            }
        }
    }
}

/// A version 4 UUID from the hub's own generator, so that a seed repeats a run.
fn random_uuid(rng: &mut StdRng) -> uuid::Uuid {
    let mut bytes = [0; 16];
    rng.fill_bytes(&mut bytes);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}
