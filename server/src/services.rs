//! What the pages ask for ([`app::ports`]), and who may read and write what.
//!
//! - [`crm`]: looking callers up
//! - [`notes`]: notes and drafts
//! - [`history`]: calls that are over

pub mod crm;
pub mod history;
pub mod notes;

use app::error::AppError;
use domain::{
    history::CallRecord,
    ids::{CallId, TabId},
    role::{Role, SignedIn},
};
use jiff::tz::TimeZone;

use hub::signature::Signer;

use crate::{
    exchange::Exchange,
    store::{Store, StoreError},
};

/// The database and the exchange, behind the rules. Made once and shared.
#[derive(Clone, Debug)]
pub struct AppServices {
    store: Store,
    exchange: Exchange,
    signer: Signer,
    zone: TimeZone,
    /// Who may see the number of a caller who withholds it.
    show_withheld: Vec<Role>,
}

impl AppServices {
    pub fn new(store: Store, exchange: Exchange, signer: Signer, zone: TimeZone, show_withheld: Vec<Role>) -> Self {
        Self { store, exchange, signer, zone, show_withheld }
    }

    /// Writes a call as the exchange knows it now, if it does: a note goes to the customer whom the
    /// card shows, and not to whom it showed before the dialplan set another number.
    async fn renew_call(&self, call: &CallId) -> Result<(), AppError> {
        match self.live(call).await? {
            Some(record) => self.store.record_call(&record).await.map_err(unavailable),
            None => Ok(()),
        }
    }

    /// Writes a call that the database does not have yet, if the exchange knows it (R12).
    async fn ensure_call(&self, call: &CallId) -> Result<(), AppError> {
        if !self.store.has_call(call).await.map_err(unavailable)?
            && let Some(record) = self.live(call).await?
        {
            self.store.record_call(&record).await.map_err(unavailable)?;
        }
        Ok(())
    }

    /// What the exchange knows of a call. While the server stops it cannot be asked: that must
    /// not look as if there were no such call, or a note would be refused for good.
    async fn live(&self, call: &CallId) -> Result<Option<Box<CallRecord>>, AppError> {
        self.exchange.record(call.clone()).await.ok_or(AppError::Unavailable)
    }

    /// Refuses a call in which this person had no part.
    async fn takes_part(&self, who: &SignedIn, call: &CallId) -> Result<(), AppError> {
        if self.concerns(who, call).await? { Ok(()) } else { Err(AppError::NotFound) }
    }

    /// Refuses a call that is not this person's to read and write about: neither their own, nor of those
    /// whom they supervise.
    async fn reads(&self, who: &SignedIn, call: &CallId) -> Result<(), AppError> {
        if who.role.watches_floor() { Ok(()) } else { self.takes_part(who, call).await }
    }

    /// Is it a call of this person's desk, or one that they wrote about? The database may lag
    /// behind the phones: then the exchange knows better.
    async fn concerns(&self, who: &SignedIn, call: &CallId) -> Result<bool, AppError> {
        let exten = who.desk.as_ref().map(|desk| &desk.exten);
        if self.store.concerns(call, who.account, exten).await.map_err(unavailable)? {
            return Ok(true);
        }
        let Some(exten) = exten else {
            return Ok(false);
        };
        Ok(self.live(call).await?.is_some_and(|record| record.call.is_of(exten)))
    }

    /// Tells the other tabs of the desk, and those of colleagues.
    async fn note_changed(&self, who: &SignedIn, call: &CallId, by: Option<TabId>) {
        if let Some(seat) = &who.desk {
            self.exchange.note_changed(seat.clone(), call.clone(), by).await;
        }
    }
}

/// A request that failed at the database loses nothing: the page keeps the text and sends it again.
fn unavailable(error: StoreError) -> AppError {
    tracing::error!(%error, "A request failed at the database");
    AppError::Unavailable
}
