//! The exchange: one task that owns the switchboard, the hub and the streams.
//!
//! Everything that happens reaches it as an [`Input`]; nobody else changes a call. The rest of
//! the server holds an [`Exchange`], which is the sending end of its queue.

use domain::{
    history::CallRecord,
    ids::{CallId, LookupId},
    phone::E164,
    protocol::CloseCode,
    role::Seat,
};
use tokio::sync::{mpsc, oneshot};

/// What the exchange is told.
#[derive(Debug)]
pub enum Input {
    /// A selected client redeems its lookup: whose number is it to look up?
    Redeem { seat: Seat, call: CallId, lookup: LookupId, answer: oneshot::Sender<Option<E164>> },
    /// A live or lately ended call, as it would be recorded now.
    Record { call: CallId, answer: oneshot::Sender<Option<Box<CallRecord>>> },
    /// Drafts or the note of this call changed: the seat's tabs are to ask again.
    NoteChanged { seat: Seat, call: CallId },
    /// The seat is given up: close its sockets with this code and forget its stream.
    Vacate { seat: Seat, code: CloseCode },
    /// A session is over: close the sockets that were opened with it.
    EndSession { session: String },
}

/// A handle on the exchange. Cheap to clone; answers `None` when the exchange is gone.
#[derive(Clone, Debug)]
pub struct Exchange {
    inputs: mpsc::Sender<Input>,
}

impl Exchange {
    pub fn new(inputs: mpsc::Sender<Input>) -> Self {
        Self { inputs }
    }

    /// The number to look up, if `lookup` was asked of a client of `seat` for `call`, has not
    /// timed out and was not redeemed before.
    pub async fn redeem(&self, seat: Seat, call: CallId, lookup: LookupId) -> Option<E164> {
        let (answer, answered) = oneshot::channel();
        self.inputs.send(Input::Redeem { seat, call, lookup, answer }).await.ok()?;
        answered.await.ok()?
    }

    /// A live or lately ended call, as it would be recorded now.
    pub async fn record(&self, call: CallId) -> Option<Box<CallRecord>> {
        let (answer, answered) = oneshot::channel();
        self.inputs.send(Input::Record { call, answer }).await.ok()?;
        answered.await.ok()?
    }

    /// Tells the seat's tabs to ask for this call's draft and note again.
    pub async fn note_changed(&self, seat: Seat, call: CallId) {
        let _gone = self.inputs.send(Input::NoteChanged { seat, call }).await;
    }

    /// Closes the seat's sockets with `code` and forgets its stream.
    pub async fn vacate(&self, seat: Seat, code: CloseCode) {
        let _gone = self.inputs.send(Input::Vacate { seat, code }).await;
    }

    /// Closes the sockets that were opened with this session.
    pub async fn end_session(&self, session: String) {
        let _gone = self.inputs.send(Input::EndSession { session }).await;
    }
}
