//! Whose request it is. The WebSocket's upgrade and every server function ask here.

use domain::role::SignedIn;
use http::request::Parts;
use jiff::Timestamp;
use tower_sessions::Session;

use super::{Doorkeeper, RequestDoor, address};
use crate::store::sessions::{SIGN_IN, SignIn};

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
    pub async fn signed_in(&self, parts: &Parts) -> Option<(SignedIn, SessionKey)> {
        self.of_session(parts.extensions.get::<Session>()?).await
    }

    /// The door for this request.
    pub fn door(&self, parts: &Parts) -> Option<RequestDoor> {
        let session = parts.extensions.get::<Session>()?.clone();
        Some(RequestDoor::new(self.clone(), session, address::client(parts)))
    }

    pub(super) async fn of_session(&self, session: &Session) -> Option<(SignedIn, SessionKey)> {
        let sign_in = sign_in(session).await?;
        match self.store.signed_in(&sign_in).await {
            Ok(Some(who)) => {
                renew(session).await;
                Some((who, SessionKey(sign_in.key)))
            }
            Ok(None) => None,
            Err(error) => {
                tracing::error!(%error, "Could not tell whose session it is");
                None
            }
        }
    }
}

/// What the session remembers.
pub(super) async fn sign_in(session: &Session) -> Option<SignIn> {
    // A request without a cookie has no session to load.
    session.id()?;
    session.get(SIGN_IN).await.unwrap_or_else(|error| {
        tracing::error!(%error, "Could not read a session");
        None
    })
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
