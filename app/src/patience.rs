//! How long the page waits for an answer. A connection that is dead and does not say so would
//! keep a note in the air for minutes; given up, its request is tried again on another one.

use crate::error::AppError;

/// Longer than any answer of a server that is well takes, on any line.
#[cfg(feature = "hydrate")]
const PATIENCE_MS: u32 = 10_000;

/// The request's answer, or [`AppError::Network`] where none comes. What is given up is aborted.
pub async fn patient<T>(request: impl Future<Output = Result<T, AppError>>) -> Result<T, AppError> {
    #[cfg(feature = "hydrate")]
    return within(PATIENCE_MS, request).await.unwrap_or_else(|| Err(AppError::Network("no answer".to_owned())));
    #[cfg(not(feature = "hydrate"))]
    request.await
}

/// What comes of it, or nothing where it takes longer than so many milliseconds.
#[cfg(feature = "hydrate")]
pub async fn within<T>(ms: u32, work: impl Future<Output = T>) -> Option<T> {
    use futures::future::{Either, select};
    use gloo_timers::future::TimeoutFuture;

    match select(std::pin::pin!(work), TimeoutFuture::new(ms)).await {
        Either::Left((done, _)) => Some(done),
        Either::Right(_) => None,
    }
}
