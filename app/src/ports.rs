//! The few things that the pages need from the server, named for what they are used for.
//!
//! The server implements these traits and puts an `Arc<dyn …>` of each into the context of every
//! request; the server functions find them there. A [`Door`] is made for one request and knows
//! its session; the others are the same for all.

use async_trait::async_trait;
use domain::{
    customer::{AddCustomer, Booking, CustomerData},
    history::{HistoryFilter, HistoryPage, PastCall, Today},
    ids::{CallId, CustomerId, LookupId},
    note::{Draft, KeptDraft, SaveNote, Saved, Written},
    protocol::SignedMatches,
    role::SignedIn,
    sign_in::{ChangePassword, Entered, PasswordRefused, SignInAttempt, SignInRefused},
};

use crate::error::AppError;

/// In and out of the house.
#[async_trait]
pub trait Door: Send + Sync {
    /// Who made this request, if anybody is signed in. Renews the session.
    ///
    /// # Errors
    /// [`AppError::Unavailable`] when the database does not answer: that ends no session.
    async fn who(&self) -> Result<Option<SignedIn>, AppError>;
    /// Checks the password, takes the extension, and gives the session a new id.
    async fn sign_in(&self, attempt: SignInAttempt) -> Result<Entered, SignInRefused>;
    /// Gives the extension back, ends the session, and closes its sockets.
    async fn sign_out(&self) -> Result<(), AppError>;
    /// Changes the password of `who`, ends all their other sessions, and gives this one a new id.
    async fn change_password(&self, who: &SignedIn, change: ChangePassword) -> Result<(), PasswordRefused>;
}

/// The built-in CRM.
#[async_trait]
pub trait Crm: Send + Sync {
    /// Looks the caller of `call` up, for the client that was asked. Takes no number, so that nobody
    /// can page through the customers.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] when `lookup` was not asked of this desk, or too often.
    async fn find_customer(&self, who: &SignedIn, call: &CallId, lookup: LookupId) -> Result<SignedMatches, AppError>;
    /// A customer with all bookings, newest first. Agents see those who called them.
    async fn customer(&self, who: &SignedIn, id: CustomerId) -> Result<(CustomerData, Vec<Booking>), AppError>;
    /// Adds whoever called, or was called, by the number of that call, and gives them the calls and
    /// notes of this number that are nobody's. Adding the same name twice adds one.
    ///
    /// # Errors
    /// [`AppError::Invalid`] without a name, and where the call has no number that is known.
    async fn add_customer(&self, who: &SignedIn, add: AddCustomer) -> Result<CustomerId, AppError>;
}

/// Notes and drafts.
#[async_trait]
pub trait Notes: Send + Sync {
    /// Keeps what is being typed. An older revision of the same tab changes nothing.
    /// Answers when it was kept.
    async fn keep_draft(&self, who: &SignedIn, draft: Draft) -> Result<jiff::Timestamp, AppError>;
    /// Forgets this person's draft of a call.
    async fn drop_draft(&self, who: &SignedIn, call: &CallId) -> Result<(), AppError>;
    /// This person's drafts, newest first.
    async fn drafts(&self, who: &SignedIn) -> Result<Vec<KeptDraft>, AppError>;
    /// What is written about a call that this person may see.
    async fn written(&self, who: &SignedIn, call: &CallId) -> Result<Written, AppError>;
    /// Writes the note and, if it is not there yet, its call; forgets the draft.
    async fn save_note(&self, who: &SignedIn, save: SaveNote) -> Result<Saved, AppError>;
}

/// Calls that are over.
#[async_trait]
pub trait CallHistory: Send + Sync {
    /// Agents are answered about their own extension, whatever they ask.
    async fn history(&self, who: &SignedIn, filter: HistoryFilter) -> Result<HistoryPage, AppError>;
    /// A call that is over. Agents are answered about calls of theirs.
    async fn past_call(&self, who: &SignedIn, call: CallId) -> Result<PastCall, AppError>;
    async fn today(&self, who: &SignedIn) -> Result<Today, AppError>;
}
