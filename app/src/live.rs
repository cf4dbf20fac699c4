//! The live board in the browser: one signal for each row, so that a change of one call touches
//! one card.

mod by_extension;
#[cfg(feature = "hydrate")]
mod socket;
mod table;

pub use by_extension::ByExtension;
use domain::{
    Timestamp,
    board::Board,
    clock::ServerClock,
    delta::{CallLeft, CallMerged, Delta, LeftReason},
    ids::{CallId, ChannelId, Endpoint, Extension, TabId},
    link::LinkState,
    protocol::{ClientMessage, View},
    view::{CallState, ChannelRow, DeskRow, EndpointRow, PbxLink},
};
use jiff::civil::Date;
use leptos::prelude::*;
pub use table::Table;

use crate::{browser, format};

/// Folded cards that a desk keeps in sight.
const LEFT_KEPT: usize = 3;

/// A call that this desk no longer takes part in, with its last state.
#[derive(Clone, Debug, PartialEq)]
pub struct Left {
    pub call: CallState,
    pub left: CallLeft,
    /// By the server's clock.
    pub at_ms: i64,
}

/// One link and what it has brought. Copy: handles all.
#[derive(Clone, Copy)]
pub struct Live {
    pub link: RwSignal<LinkState>,
    pub pbx: RwSignal<PbxLink>,
    /// False until the first snapshot.
    pub known: RwSignal<bool>,
    pub calls: Table<CallId, CallState>,
    /// The latest first.
    pub left: RwSignal<Vec<Left>>,
    pub desks: Table<Extension, DeskRow>,
    pub channels: Table<ChannelId, ChannelRow>,
    pub endpoints: Table<Endpoint, EndpointRow>,
    /// A call whose draft or note changed, by which tab if one is known, and how often that happened.
    pub refetch: RwSignal<Option<(CallId, Option<TabId>, u32)>>,
    pub merged: RwSignal<Option<CallMerged>>,
    /// A call of this desk is in the history now, as it ended.
    pub history: Trigger,
    /// A call whose card somebody asked for on another page.
    pub wanted: RwSignal<Option<CallId>>,
    /// Milliseconds by the server's clock, once a second.
    pub now_ms: RwSignal<i64>,
    clock: StoredValue<ServerClock>,
    outgoing: StoredValue<Option<Outgoing>>,
    stopping: StoredValue<Option<Stopping>>,
}

type Outgoing = std::sync::Arc<dyn Fn(ClientMessage) + Send + Sync>;
type Stopping = Box<dyn FnOnce() + Send + Sync>;

impl Live {
    pub fn new() -> Self {
        Self {
            link: RwSignal::new(LinkState::Connecting),
            pbx: RwSignal::new(PbxLink { up: true, ..PbxLink::default() }),
            known: RwSignal::new(false),
            calls: Table::default(),
            left: RwSignal::new(vec![]),
            desks: Table::default(),
            channels: Table::default(),
            endpoints: Table::default(),
            refetch: RwSignal::new(None),
            merged: RwSignal::new(None),
            history: Trigger::new(),
            wanted: RwSignal::new(None),
            now_ms: RwSignal::new(browser::now_ms()),
            clock: StoredValue::new(ServerClock::default()),
            outgoing: StoredValue::new(None),
            stopping: StoredValue::new(None),
        }
    }

    /// Opens the link and keeps it. On the server it does nothing.
    pub fn start(self, view: View) {
        #[cfg(feature = "hydrate")]
        socket::start(self, view);
        #[cfg(not(feature = "hydrate"))]
        let _ = view;
    }

    /// Closes the link and gives its timers and listeners back: for a page that goes.
    pub fn stop(self) {
        if let Some(stop) = self.stopping.try_update_value(Option::take).flatten() {
            stop();
        }
    }

    /// Says something to the server, if the link is up.
    pub fn send(self, message: ClientMessage) {
        if let Some(send) = self.outgoing.get_value() {
            send(message);
        }
    }

    /// The link as people are told of it: what was lost is lost until it is back, whatever is tried
    /// meanwhile.
    pub fn told_link(self) -> LinkState {
        match self.link.get() {
            LinkState::Connecting | LinkState::Authenticating if self.known.get() => LinkState::Reconnecting,
            state => state,
        }
    }

    /// The time by the server's clock; follows the seconds.
    pub fn now(self) -> Timestamp {
        Timestamp::from_millisecond(self.now_ms.get()).unwrap_or_default()
    }

    /// The day where the person sits; changes once a day.
    pub fn today(self) -> Memo<Date> {
        Memo::new(move |_| format::day(self.now()))
    }

    /// How long ago that was, by the server's clock; follows the seconds.
    pub fn elapsed_ms(self, since: Timestamp) -> i64 {
        self.now_ms.get() - since.as_millisecond()
    }

    /// The server said what time it is.
    pub fn set_clock(self, server: Timestamp) {
        self.clock.update_value(|clock| clock.heard(server.as_millisecond(), browser::steady_ms()));
        self.tick();
    }

    /// The link's state changed.
    pub fn set_link(self, state: LinkState) {
        match state {
            LinkState::Online => self.clock.update_value(ServerClock::start_afresh),
            // Others sit at the extension now: its customers are none of this desk's business.
            LinkState::Replaced => self.left.set(vec![]),
            _ => {}
        }
        self.link.set(state);
    }

    pub fn tick(self) {
        self.now_ms.set(self.clock.with_value(|clock| clock.at(browser::steady_ms())));
    }

    /// The board was replaced.
    pub fn reset(self, board: &Board) {
        self.pbx.set(board.pbx.clone());
        self.calls.reset(&board.calls);
        self.desks.reset(&board.desks);
        self.channels.reset(&board.channels);
        self.endpoints.reset(&board.endpoints);
        self.known.set(true);
    }

    /// The board changed.
    pub fn apply(self, delta: Delta) {
        match delta {
            Delta::CallState(call) => {
                // A transfer brings a call back to a desk that it had left.
                if self.left.with_untracked(|list| list.iter().any(|left| left.call.call_id == call.call_id)) {
                    self.left.update(|list| list.retain(|left| left.call.call_id != call.call_id));
                }
                self.calls.set(call.call_id.clone(), *call);
            }
            Delta::CallLeft(left) => {
                if let Some(call) = self.calls.remove(&left.call_id) {
                    // The agent has closed it, or it has nothing more to say.
                    if left.reason == LeftReason::Ended {
                        return;
                    }
                    let at_ms = self.now_ms.get_untracked();
                    self.left.update(|list| {
                        list.insert(0, Left { call, left, at_ms });
                        list.truncate(LEFT_KEPT);
                    });
                }
            }
            Delta::CallMerged(merged) => {
                self.calls.remove(&merged.from);
                self.merged.set(Some(merged));
            }
            Delta::ChannelChanged(row) => self.channels.set(row.channel_id.clone(), row),
            Delta::ChannelGone(gone) => {
                self.channels.remove(&gone.channel_id);
            }
            Delta::PresenceChanged(row) => self.desks.set(row.exten.clone(), row),
            Delta::EndpointChanged(row) => self.endpoints.set(row.endpoint.clone(), row),
            Delta::PbxLink(link) => self.pbx.set(link),
        }
    }

    /// This call's draft or note changed.
    pub fn ask_again(self, call: CallId, by: Option<TabId>) {
        self.refetch.update(|it| *it = Some((call, by, it.as_ref().map_or(0, |(_, _, count)| count + 1))));
    }
}

impl Default for Live {
    fn default() -> Self {
        Self::new()
    }
}

/// The desk's link.
pub fn use_live() -> Live {
    use_context().unwrap_or_default()
}
