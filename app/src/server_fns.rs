//! What the pages ask of the server: thin functions that find their port, check who asks, and
//! hand on. Every `endpoint` is explicit, so that a tab opened before an upgrade still saves its
//! note after it.

pub mod customers;
pub mod history;
pub mod notes;
pub mod session;

#[cfg(feature = "ssr")]
mod context {
    use std::sync::Arc;

    use domain::role::SignedIn;
    use leptos::prelude::use_context;

    use crate::{error::AppError, ports::Door};

    /// The port that the server put into this request's context.
    pub fn port<T: ?Sized + Send + Sync + 'static>() -> Result<Arc<T>, AppError> {
        use_context::<Arc<T>>().ok_or(AppError::Unavailable)
    }

    /// Who asks; nobody without a session gets further.
    pub async fn who() -> Result<SignedIn, AppError> {
        port::<dyn Door>()?.who().await?.ok_or(AppError::SignInNeeded)
    }
}
