//! Who comes in.
//!
//! - [`attempts`]: how often a sign-in may fail
//! - [`door`]: signing in and out, for one request
//! - [`guard`]: whose request it is
//! - [`address`]: where a request comes from
//!
//! A [`Doorkeeper`] is made once and shared; it hands out a [`RequestDoor`] for each request.

pub mod address;
pub mod attempts;
pub mod door;
pub mod guard;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::{extract::Request, middleware::Next, response::Response};
use domain::protocol::CloseCode;
use http::{HeaderValue, header};
use jiff::Timestamp;
use tower_sessions::{Expiry, SessionManagerLayer, cookie::SameSite};

use crate::{
    config::Config,
    exchange::Exchange,
    site::Site,
    store::{Store, sessions::Sessions},
};
use attempts::Attempts;
pub use door::RequestDoor;
pub use guard::SessionKey;

/// The server function whose answer takes the cookie away.
const SIGN_OUT: &str = "/api/sign_out";
/// How soon a revoked or expired session loses its sockets.
pub const SWEEP_EVERY: Duration = Duration::from_secs(5);

/// What every door needs. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Doorkeeper {
    store: Store,
    exchange: Exchange,
    attempts: Arc<Mutex<Attempts>>,
}

impl Doorkeeper {
    pub fn new(store: Store, exchange: Exchange) -> Self {
        Self { store, exchange, attempts: Arc::default() }
    }

    /// Ends what has expired or was revoked, also by `ringside user` in another process: frees
    /// the desks and closes the sockets. To be called every [`SWEEP_EVERY`].
    pub async fn sweep(&self, now: Timestamp) {
        let swept = match self.store.sweep_sessions(now).await {
            Ok(swept) => swept,
            Err(error) => {
                tracing::warn!(%error, "Could not sweep the sessions; trying again");
                return;
            }
        };
        for seat in swept.seats {
            tracing::info!(exten = %seat.exten, "A desk is free: its session ended");
            self.exchange.vacate(seat, CloseCode::SignInAgain).await;
        }
        for sign_in in swept.sign_ins {
            self.exchange.end_session(sign_in).await;
        }
    }

    /// Runs `with` on the attempts; the lock is never held across a wait.
    fn attempts<T>(&self, with: impl FnOnce(&mut Attempts, Instant) -> T) -> T {
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        with(&mut attempts, Instant::now())
    }
}

/// Takes a removal of the cookie out of every answer but a sign-out's. tower-sessions removes the
/// cookie of a session that is gone, and a request that was on its way when its tab's neighbour signed
/// in again would take the new cookie away with it.
pub async fn keep_newer_cookie(request: Request, next: Next) -> Response {
    let is_sign_out = request.uri().path() == SIGN_OUT;
    let mut response = next.run(request).await;
    if !is_sign_out {
        let is_removal = |cookie: &HeaderValue| cookie.as_bytes().windows(9).any(|part| part == b"Max-Age=0");
        let cookies: Vec<_> = response.headers().get_all(header::SET_COOKIE).iter().cloned().collect();
        response.headers_mut().remove(header::SET_COOKIE);
        for cookie in cookies.into_iter().filter(|cookie| !is_removal(cookie)) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    response
}

/// The layer that gives every request its session.
pub fn session_layer(store: &Store, config: &Config) -> SessionManagerLayer<Sessions> {
    let secure = config.public_url.is_https();
    // Browsers take a __Host- cookie only over TLS, for one host, on the whole path: no
    // neighbour on the domain can plant one.
    let name = if secure { "__Host-ringside" } else { "ringside" };
    // In a frame of another site a browser sends the cookie only if it is told to; every change
    // is refused unless `Origin` is ours, whichever page the cookie came along with.
    let same_site = if Site::of(config).is_framed_by_others() { SameSite::None } else { SameSite::Lax };
    let lifetime = time::Duration::try_from(config.session.lifetime()).unwrap_or(time::Duration::DAY);
    SessionManagerLayer::new(Sessions::new(store.clone()))
        .with_name(name)
        .with_http_only(true)
        .with_same_site(same_site)
        .with_secure(secure)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(lifetime))
}
