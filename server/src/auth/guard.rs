//! Whose request it is. The WebSocket's upgrade and every server function ask here.

use std::sync::Arc;

use app::error::AppError;
use domain::{role::SignedIn, sign_in::SignIn};
use http::request::Parts;
use jiff::Timestamp;
use tower_sessions::Session;

use super::{Doorkeeper, RequestDoor, address};
use crate::store::sessions::{SIGN_IN, Sessions};

/// When the session was last renewed, in milliseconds.
const RENEWED: &str = "renewed";
/// A session is renewed at most this often: not every request is worth a write.
const RENEW_AFTER_MS: i64 = 5 * 60 * 1000;

/// Names a sign-in to the exchange: `end_session` closes the sockets that were opened with it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SessionKey(String);

impl SessionKey {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<SessionKey> for String {
    fn from(key: SessionKey) -> Self {
        key.0
    }
}

impl Doorkeeper {
    /// The person who made this request and the key of their sign-in; none without a valid
    /// session. Renews the session: its answer carries the cookie on.
    ///
    /// # Errors
    /// [`AppError::Unavailable`] when the database does not answer.
    pub async fn signed_in(&self, parts: &Parts) -> Result<Option<(SignedIn, SessionKey)>, AppError> {
        match parts.extensions.get::<Session>() {
            Some(session) => self.of_session(session).await,
            None => Ok(None),
        }
    }

    /// [`Self::signed_in`] for a request that was answered a while ago: meanwhile the session may
    /// have ended and the desk may be another's. Renews nothing.
    ///
    /// # Errors
    /// [`AppError::Unavailable`] when the database does not answer.
    pub async fn still_signed_in(&self, parts: &Parts) -> Result<Option<(SignedIn, SessionKey)>, AppError> {
        let Some(session) = parts.extensions.get::<Session>() else { return Ok(None) };
        // The request's own keeps what it once read.
        let now = Session::new(session.id(), Arc::new(Sessions::new(self.store.clone())), None);
        self.of_session(&now).await
    }

    /// The door for this request.
    pub fn door(&self, parts: &Parts) -> Option<RequestDoor> {
        let session = parts.extensions.get::<Session>()?.clone();
        Some(RequestDoor::new(self.clone(), session, address::client(parts)))
    }

    pub(super) async fn of_session(&self, session: &Session) -> Result<Option<(SignedIn, SessionKey)>, AppError> {
        let Some(sign_in) = sign_in(session).await? else { return Ok(None) };
        let who = self.store.signed_in(&sign_in).await.map_err(unreadable)?;
        if who.is_some() {
            renew(session).await;
        }
        Ok(who.map(|who| (who, SessionKey(sign_in.key))))
    }
}

/// What the session remembers.
pub(super) async fn sign_in(session: &Session) -> Result<Option<SignIn>, AppError> {
    // A request without a cookie has no session to load.
    if session.id().is_none() {
        return Ok(None);
    }
    session.get(SIGN_IN).await.map_err(unreadable)
}

fn unreadable(error: impl std::fmt::Display) -> AppError {
    tracing::error!(%error, "Could not tell whose session it is");
    AppError::Unavailable
}

/// Changing the session makes tower-sessions save it with a new expiry.
pub(super) async fn renew(session: &Session) {
    let now = Timestamp::now().as_millisecond();
    let renewed: Option<i64> = session.get(RENEWED).await.unwrap_or_default();
    if renewed.is_none_or(|at| now - at >= RENEW_AFTER_MS)
        && let Err(error) = session.insert(RENEWED, now).await
    {
        tracing::warn!(%error, "Could not renew a session");
    }
}
