//! Who is connected, and which connection is closed when there are too many.
//!
//! A connection is unauthenticated until a WebSocket of somebody who is signed in has been opened on
//! it. Of those there is a bounded number, for each address too, and a share of the file descriptors
//! that they never get. A newcomer is let in all the same: the connection that has waited longest
//! without a new request is closed for it. Whoever has something to ask does so at once, so it is
//! the silent ones that go.

use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use metrics::{counter, gauge};
use nix::sys::resource::{Resource, getrlimit};
use tokio::sync::Notify;

use crate::{auth::address::network, config};

/// Descriptors that are no connections: the database, the link to Asterisk, the runtime.
const OWN_DESCRIPTORS: usize = 64;
/// The most WebSockets of one sign-in. People have a few tabs.
const MOST_PER_SIGN_IN: usize = 256;
/// Connections that are closed at once where the system has no descriptor left.
const MANY: usize = 16;
/// Without a connection closed for this long, there is room again.
const CALM: Duration = Duration::from_secs(60);

/// How many connections there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Of all kinds.
    open: usize,
    unauthenticated: usize,
    /// Unauthenticated ones of one address that is not this machine's.
    per_address: usize,
    per_sign_in: usize,
}

impl Limits {
    /// What `[connections]` asks for, as far as the process has file descriptors for it
    /// (RLIMIT_NOFILE). Half of them are kept for those who are signed in.
    pub fn new(config: &config::Connections) -> Self {
        let (descriptors, _) = getrlimit(Resource::RLIMIT_NOFILE).unwrap_or((1024, 1024));
        Self::within(config, usize::try_from(descriptors).unwrap_or(usize::MAX))
    }

    fn within(config: &config::Connections, descriptors: usize) -> Self {
        let open = descriptors.saturating_sub(OWN_DESCRIPTORS).max(2);
        let unauthenticated = config.max_unauthenticated.get().min(open / 2);
        let per_address = config.max_unauthenticated_per_address.get().min(unauthenticated);
        let per_sign_in = ((open - unauthenticated) / 4).clamp(1, MOST_PER_SIGN_IN);
        Self { open, unauthenticated, per_address, per_sign_in }
    }
}

/// Why a connection was closed or refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    Address,
    Unauthenticated,
    Descriptors,
}

impl Reason {
    fn as_str(self) -> &'static str {
        match self {
            Self::Address => "max_unauthenticated_per_address",
            Self::Unauthenticated => "max_unauthenticated",
            Self::Descriptors => "file descriptors",
        }
    }
}

/// All connections of a listener. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Connections(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    table: Mutex<Table>,
    /// A connection is gone.
    freed: Notify,
}

impl Connections {
    pub fn new(limits: Limits) -> Self {
        Self(Arc::new(Shared { table: Mutex::new(Table::new(limits)), freed: Notify::new() }))
    }

    /// Counts a connection that was accepted, and closes another one for it where there are too
    /// many. None where nobody can be closed for it: then it is refused.
    pub fn enter(&self, peer: SocketAddr, now: Instant) -> Option<Connection> {
        let close = Arc::new(Notify::new());
        let id = self.table().enter(peer.ip(), close.clone(), now)?;
        Some(Connection(Arc::new(Entry { id, close, shared: self.0.clone() })))
    }

    /// The system had no descriptor for a connection: closes some of those that have waited longest.
    pub fn starved(&self, now: Instant) {
        let mut table = self.table();
        for _ in 0..MANY {
            table.close_oldest(|_| true);
        }
        table.crowded(Reason::Descriptors, now);
    }

    /// Says that it is over where nobody had to be closed for a while.
    pub fn check_calm(&self, now: Instant) {
        self.table().check_calm(now);
    }

    /// Returns when there are descriptors for another connection: those that were closed let go of
    /// theirs a moment later.
    pub async fn room(&self) {
        loop {
            let freed = self.0.freed.notified();
            if !self.table().is_over() {
                return;
            }
            freed.await;
        }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.table()
    }
}

impl Shared {
    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One connection, for as long as somebody holds a handle of it.
#[derive(Clone, Debug)]
pub struct Connection(Arc<Entry>);

#[derive(Debug)]
struct Entry {
    id: Id,
    close: Arc<Notify>,
    shared: Arc<Shared>,
}

impl Connection {
    /// A request came: the connection has not waited any longer.
    pub fn asked(&self, now: Instant) {
        self.0.shared.table().asked(self.0.id, now);
    }

    /// Somebody who is signed in has opened a WebSocket on it: from now on it is not closed for
    /// others. False where this sign-in has too many of them.
    pub fn authenticated(&self, sign_in: &str) -> bool {
        self.0.shared.table().authenticated(self.0.id, sign_in)
    }

    /// Returns when the connection has to be closed for another one.
    pub async fn unwanted(&self) {
        self.0.close.notified().await;
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.shared.table().leave(self.id);
        self.shared.freed.notify_one();
    }
}

type Id = u64;

#[derive(Debug)]
struct Table {
    limits: Limits,
    last: Id,
    open: usize,
    unauthenticated: HashMap<Id, Unauthenticated>,
    /// The sign-in of each of the others.
    authenticated: HashMap<Id, String>,
    sockets: HashMap<String, usize>,
    /// When a connection was last closed or refused; none while there is room.
    crowded: Option<Instant>,
}

#[derive(Debug)]
struct Unauthenticated {
    address: IpAddr,
    /// Since it was accepted, or its last request.
    waits_since: Instant,
    close: Arc<Notify>,
}

impl Table {
    fn new(limits: Limits) -> Self {
        Self {
            limits,
            last: 0,
            open: 0,
            unauthenticated: HashMap::new(),
            authenticated: HashMap::new(),
            sockets: HashMap::new(),
            crowded: None,
        }
    }

    fn enter(&mut self, address: IpAddr, close: Arc<Notify>, now: Instant) -> Option<Id> {
        // A reverse proxy on this machine connects for everybody.
        let is_local = address.to_canonical().is_loopback();
        let address = network(address);
        if !is_local {
            let theirs = self.unauthenticated.values().filter(|it| it.address == address).count();
            if theirs >= self.limits.per_address {
                self.close_oldest(|it| it.address == address);
                self.crowded(Reason::Address, now);
            }
        }
        if self.unauthenticated.len() >= self.limits.unauthenticated {
            self.close_oldest(|_| true);
            self.crowded(Reason::Unauthenticated, now);
        }
        if self.open >= self.limits.open {
            self.crowded(Reason::Descriptors, now);
            if !self.close_oldest(|_| true) {
                return None;
            }
        }
        self.last += 1;
        self.open += 1;
        self.unauthenticated.insert(self.last, Unauthenticated { address, waits_since: now, close });
        self.count();
        Some(self.last)
    }

    fn asked(&mut self, id: Id, now: Instant) {
        if let Some(it) = self.unauthenticated.get_mut(&id) {
            it.waits_since = now;
        }
    }

    fn authenticated(&mut self, id: Id, sign_in: &str) -> bool {
        let sockets = self.sockets.entry(sign_in.to_owned()).or_default();
        // One that is being closed for others is no longer to be had.
        if *sockets >= self.limits.per_sign_in || self.unauthenticated.remove(&id).is_none() {
            return false;
        }
        *sockets += 1;
        self.authenticated.insert(id, sign_in.to_owned());
        self.count();
        true
    }

    fn leave(&mut self, id: Id) {
        self.open -= 1;
        self.unauthenticated.remove(&id);
        if let Some(sign_in) = self.authenticated.remove(&id)
            && let Some(sockets) = self.sockets.get_mut(&sign_in)
        {
            *sockets -= 1;
            if *sockets == 0 {
                self.sockets.remove(&sign_in);
            }
        }
        self.count();
    }

    /// Closes the one of these that has waited longest. False where there is none.
    fn close_oldest(&mut self, of: impl Fn(&Unauthenticated) -> bool) -> bool {
        let these = self.unauthenticated.iter().filter(|(_, it)| of(it));
        let oldest = these.min_by_key(|(id, it)| (it.waits_since, **id)).map(|(id, _)| *id);
        let Some(oldest) = oldest.and_then(|id| self.unauthenticated.remove(&id)) else { return false };
        oldest.close.notify_one();
        true
    }

    fn is_over(&self) -> bool {
        self.open > self.limits.open
    }

    /// Said once, until it is over.
    fn crowded(&mut self, reason: Reason, now: Instant) {
        counter!("ringside_connections_closed_total", "limit" => reason.as_str()).increment(1);
        if self.crowded.replace(now).is_none() {
            tracing::warn!(
                limit = reason.as_str(),
                open = self.open,
                unauthenticated = self.unauthenticated.len(),
                "Too many connections: those that are not signed in are closed, the longest silent first"
            );
        }
    }

    fn check_calm(&mut self, now: Instant) {
        if self.crowded.is_some_and(|last| now.duration_since(last) >= CALM) {
            self.crowded = None;
            tracing::info!(open = self.open, "There is room for connections again");
        }
    }

    fn count(&self) {
        gauge!("ringside_connections", "kind" => "unauthenticated").set(self.unauthenticated.len() as f64);
        gauge!("ringside_connections", "kind" => "signed in").set(self.authenticated.len() as f64);
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    const LIMITS: Limits = Limits { open: 10, unauthenticated: 6, per_address: 3, per_sign_in: 2 };

    /// Connections that are held, by the order in which they came.
    struct House {
        connections: Connections,
        now: Instant,
    }

    impl House {
        fn new() -> Self {
            Self { connections: Connections::new(LIMITS), now: Instant::now() }
        }

        /// One more, a second later.
        fn enter(&mut self, address: &str) -> Option<Connection> {
            self.now += Duration::from_secs(1);
            self.connections.enter(SocketAddr::new(address.parse().unwrap(), 1), self.now)
        }

        fn fill(&mut self, address: &str, count: usize) -> Vec<Connection> {
            (0..count).map(|_| self.enter(address).unwrap()).collect()
        }
    }

    fn is_unwanted(connection: &Connection) -> bool {
        connection.0.close.notified().now_or_never().is_some()
    }

    #[test]
    fn of_one_address_the_longest_silent_gives_way() {
        let mut house = House::new();
        let theirs = house.fill("10.0.0.1", 3);
        let other = house.enter("10.0.0.2").unwrap();
        theirs[0].asked(house.now + Duration::from_millis(1));
        let next = house.enter("10.0.0.1").unwrap();
        assert_eq!(theirs.iter().map(is_unwanted).collect::<Vec<_>>(), [false, true, false]);
        assert!(!is_unwanted(&other) && !is_unwanted(&next));
    }

    #[test]
    fn a_network_of_ipv6_is_one_address_and_this_machine_is_none() {
        let mut house = House::new();
        let theirs = ["2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8::4"].map(|it| house.enter(it).unwrap());
        assert!(is_unwanted(&theirs[0]));
        let mut house = House::new();
        let proxied = house.fill("127.0.0.1", 6);
        assert!(!proxied.iter().any(is_unwanted));
    }

    #[test]
    fn of_all_unauthenticated_the_longest_silent_gives_way() {
        let mut house = House::new();
        let first = house.enter("127.0.0.1").unwrap();
        let rest = house.fill("::1", 6);
        assert!(is_unwanted(&first) && !rest.iter().any(is_unwanted));
    }

    #[test]
    fn a_signed_in_socket_never_gives_way_and_does_not_count() {
        let mut house = House::new();
        let desks = house.fill("10.0.0.1", 2);
        assert!(desks.iter().all(|desk| desk.authenticated("an")));
        let colleagues = house.fill("10.0.0.1", 3);
        house.fill("127.0.0.1", 50);
        assert!(!desks.iter().any(is_unwanted) && colleagues.iter().all(is_unwanted));
    }

    #[test]
    fn one_sign_in_has_its_share_of_sockets() {
        let mut house = House::new();
        let mut sockets = house.fill("127.0.0.1", 3);
        assert_eq!(sockets.iter().map(|it| it.authenticated("an")).collect::<Vec<_>>(), [true, true, false]);
        assert!(sockets[2].authenticated("binh"));
        sockets.remove(0);
        assert!(house.enter("127.0.0.1").unwrap().authenticated("an"), "one was closed");
    }

    #[test]
    fn where_everybody_is_signed_in_nobody_else_is_let_in() {
        let mut house = House::new();
        let mut desks = Vec::new();
        for desk in 0..LIMITS.open {
            let connection = house.enter("127.0.0.1").unwrap();
            assert!(connection.authenticated(&desk.to_string()));
            desks.push(connection);
        }
        assert!(house.enter("127.0.0.1").is_none());
        desks.pop();
        assert!(house.enter("127.0.0.1").is_some());
    }

    #[test]
    fn who_gives_way_is_not_signed_in_any_more() {
        let mut house = House::new();
        let first = house.enter("127.0.0.1").unwrap();
        let _rest = house.fill("127.0.0.1", 6);
        assert!(!first.authenticated("an"));
    }

    #[test]
    fn there_is_room_once_those_that_gave_way_are_gone() {
        let mut house = House::new();
        let mut all = house.fill("127.0.0.1", LIMITS.open + 1);
        assert!(house.connections.room().now_or_never().is_none());
        all.remove(0);
        assert!(house.connections.room().now_or_never().is_some());
    }

    #[test]
    fn it_is_over_when_nobody_had_to_go_for_a_while() {
        let mut house = House::new();
        let _all = house.fill("127.0.0.1", 7);
        let is_crowded = |house: &House| house.connections.table().crowded.is_some();
        house.connections.check_calm(house.now + CALM / 2);
        assert!(is_crowded(&house));
        house.connections.check_calm(house.now + CALM);
        assert!(!is_crowded(&house));
    }

    #[test]
    fn limits_leave_half_of_the_descriptors_to_those_who_are_signed_in() {
        let config = config::Connections::default();
        let few = Limits::within(&config, 256);
        assert_eq!(few, Limits { open: 192, unauthenticated: 96, per_address: 96, per_sign_in: 24 });
        let many = Limits::within(&config, 65_536);
        assert_eq!((many.unauthenticated, many.per_address, many.per_sign_in), (1024, 256, 256));
        let hardly_any = Limits::within(&config, 20);
        assert!(hardly_any.unauthenticated > 0 && hardly_any.per_sign_in > 0, "{hardly_any:?}");
    }
}
