//! Calls that are over.

use domain::{
    history::{HistoryFilter, HistoryPage, PastCall, Today},
    ids::CallId,
};
use leptos::{prelude::*, server_fn::codec::Json};

#[cfg(feature = "ssr")]
use super::context::{port, who};
use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::ports::CallHistory;

/// One page of the history.
#[server(endpoint = "history", input = Json)]
pub async fn history(filter: HistoryFilter) -> Result<HistoryPage, AppError> {
    port::<dyn CallHistory>()?.history(&who().await?, filter).await
}

/// A call that is over.
#[server(name = PastCallFn, endpoint = "past_call", input = Json)]
pub async fn past_call(call_id: CallId) -> Result<PastCall, AppError> {
    port::<dyn CallHistory>()?.past_call(&who().await?, call_id).await
}

/// Today's numbers.
#[server(name = TodayFn, endpoint = "today", input = Json)]
pub async fn today() -> Result<Today, AppError> {
    port::<dyn CallHistory>()?.today(&who().await?).await
}
