//! The exchange: one task that owns the switchboard and the hub.
//!
//! Everything that happens reaches it as an [`Input`] or as a [`Signal`] of the PBX; nobody else
//! changes a call. The rest of the server holds an [`Exchange`], the sending end of its queue.
//! It waits for nobody: browsers have bounded queues and are dropped when they are full, and
//! the database is fed through a queue of its own.

mod clock;
mod fit;
mod news;
mod task;

use std::time::Duration;

use domain::{
    history::CallRecord,
    ids::{CallId, Extension, LookupId, TabId},
    phone::E164,
    protocol::{ClientMessage, CloseCode, View},
    role::{Seat, SignedIn},
    view::PbxLink,
};
use tokio::sync::{mpsc, oneshot};

pub use self::{
    fit::Misfit,
    task::{Outbox, Settings, Written, run},
};
use hub::{ClientId, Counters};

/// How long the exchange's queue of inputs is: browsers wait when it is full.
const INPUTS: usize = 4096;

/// What the exchange is told.
#[derive(Debug)]
pub enum Input {
    /// A browser has said hello.
    Join(Box<Join>),
    Message {
        client: ClientId,
        message: ClientMessage,
    },
    /// A browser broke the rules: it is to be closed with this code.
    Dismiss {
        client: ClientId,
        code: CloseCode,
    },
    Leave {
        client: ClientId,
    },
    /// A selected client redeems its lookup: whose number is it to look up?
    Redeem {
        seat: Seat,
        call: CallId,
        lookup: LookupId,
        answer: oneshot::Sender<Option<E164>>,
    },
    /// A live or lately ended call, as it would be recorded now.
    Record {
        call: CallId,
        answer: oneshot::Sender<Option<Box<CallRecord>>>,
    },
    /// Has nobody been at this extension for minutes?
    Deserted {
        exten: Extension,
        answer: oneshot::Sender<bool>,
    },
    /// Which of these calls does the switchboard not know, neither as live nor as lately ended?
    Strangers {
        calls: Vec<CallId>,
        answer: oneshot::Sender<Vec<CallId>>,
    },
    /// Drafts or the note of this call changed: the seat's tabs are to ask again.
    NoteChanged {
        seat: Seat,
        call: CallId,
        by: Option<TabId>,
    },
    /// These calls are in the history as they ended, with the extensions that took part.
    Recorded {
        calls: Vec<(CallId, Vec<Extension>)>,
    },
    /// The seat is given up: close its sockets with this code and forget its stream. Was there any?
    Vacate {
        seat: Seat,
        code: CloseCode,
        answer: oneshot::Sender<bool>,
    },
    /// A session is over: close the sockets that were opened with it.
    EndSession {
        session: String,
    },
    Health {
        answer: oneshot::Sender<Health>,
    },
}

/// A browser that wants in.
#[derive(Debug)]
pub struct Join {
    pub who: SignedIn,
    /// The session that the socket was opened with.
    pub session: String,
    pub view: View,
    pub position: hub::Position,
    pub outbox: Outbox,
    /// Answered with the client's number.
    pub joined: oneshot::Sender<ClientId>,
}

/// How the house stands.
#[derive(Clone, Debug)]
pub struct Health {
    pub pbx: PbxLink,
    /// Why the link is down, while it is.
    pub pbx_lost: Option<String>,
    /// All its calls look internal: `[pbx]` does not fit it.
    pub misfit: Option<Misfit>,
    /// How far its clock is ahead of ours, in seconds; 0 for what nobody minds.
    pub pbx_clock_ahead: i64,
    pub clients: usize,
    pub live_calls: usize,
    pub counters: Counters,
    /// Call records that the writer's full queue did not take.
    pub records_dropped: u64,
}

/// A handle on the exchange. Cheap to clone; answers `None` when the exchange is gone.
#[derive(Clone, Debug)]
pub struct Exchange {
    inputs: mpsc::Sender<Input>,
}

impl Exchange {
    /// A handle, and the queue that [`run`] takes.
    pub fn new() -> (Self, mpsc::Receiver<Input>) {
        let (inputs, queue) = mpsc::channel(INPUTS);
        (Self { inputs }, queue)
    }

    async fn tell(&self, input: Input) {
        // Without an exchange the server is shutting down, and there is nobody to tell.
        let _ = self.inputs.send(input).await;
    }

    async fn ask<T>(&self, input: impl FnOnce(oneshot::Sender<T>) -> Input) -> Option<T> {
        let (answer, answered) = oneshot::channel();
        self.inputs.send(input(answer)).await.ok()?;
        answered.await.ok()
    }

    /// [`Self::ask`]; `None`, too, where there is no answer within a second.
    async fn ask_soon<T>(&self, input: impl FnOnce(oneshot::Sender<T>) -> Input) -> Option<T> {
        tokio::time::timeout(Duration::from_secs(1), self.ask(input)).await.ok()?
    }

    /// Lets a browser in. `None` where the server is shutting down.
    pub async fn join(
        &self,
        who: SignedIn,
        session: String,
        view: View,
        position: hub::Position,
        outbox: Outbox,
    ) -> Option<ClientId> {
        self.ask(|joined| Input::Join(Box::new(Join { who, session, view, position, outbox, joined }))).await
    }

    pub async fn message(&self, client: ClientId, message: ClientMessage) {
        self.tell(Input::Message { client, message }).await;
    }

    pub async fn dismiss(&self, client: ClientId, code: CloseCode) {
        self.tell(Input::Dismiss { client, code }).await;
    }

    pub async fn leave(&self, client: ClientId) {
        self.tell(Input::Leave { client }).await;
    }

    /// The number to look up, if `lookup` was asked of a client of `seat` for `call`.
    pub async fn redeem(&self, seat: Seat, call: CallId, lookup: LookupId) -> Option<E164> {
        self.ask(|answer| Input::Redeem { seat, call, lookup, answer }).await?
    }

    /// A live or lately ended call, as it would be recorded now, if there is such a call. `None`
    /// where the server is shutting down: then nobody can tell.
    pub async fn record(&self, call: CallId) -> Option<Option<Box<CallRecord>>> {
        self.ask(|answer| Input::Record { call, answer }).await
    }

    /// Has nobody been at this extension for minutes? No, where the exchange does not answer within a
    /// second.
    pub async fn is_deserted(&self, exten: Extension) -> bool {
        self.ask_soon(|answer| Input::Deserted { exten, answer }).await.unwrap_or(false)
    }

    /// Those of `calls` that the switchboard does not know. `None` where the server is shutting
    /// down: then nobody can tell.
    pub async fn strangers(&self, calls: Vec<CallId>) -> Option<Vec<CallId>> {
        self.ask(|answer| Input::Strangers { calls, answer }).await
    }

    /// Tells the seat's tabs to ask for this call's draft and note again.
    pub async fn note_changed(&self, seat: Seat, call: CallId, by: Option<TabId>) {
        self.tell(Input::NoteChanged { seat, call, by }).await;
    }

    /// Tells the desks of these extensions that the calls are in the history as they ended.
    pub async fn recorded(&self, calls: Vec<(CallId, Vec<Extension>)>) {
        self.tell(Input::Recorded { calls }).await;
    }

    /// Closes the seat's sockets with `code` and forgets its stream. True where there was a socket;
    /// false, too, where the exchange does not answer within a second.
    pub async fn vacate(&self, seat: Seat, code: CloseCode) -> bool {
        self.ask_soon(|answer| Input::Vacate { seat, code, answer }).await.unwrap_or(false)
    }

    /// Closes the sockets that were opened with this session.
    pub async fn end_session(&self, session: String) {
        self.tell(Input::EndSession { session }).await;
    }

    /// How the house stands; `None` where the exchange does not answer within a second.
    pub async fn health(&self) -> Option<Health> {
        self.ask_soon(|answer| Input::Health { answer }).await
    }
}
