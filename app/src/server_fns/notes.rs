//! Drafts and notes.

use domain::{
    Timestamp,
    ids::CallId,
    note::{Draft, KeptDraft, SaveNote, Saved, Written},
};
use leptos::{prelude::*, server_fn::codec::Json};

#[cfg(feature = "ssr")]
use super::context::{port, who};
use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::ports::Notes;

/// Keeps what is being typed; answers when it was kept.
#[server(endpoint = "keep_draft", input = Json)]
pub async fn keep_draft(draft: Draft) -> Result<Timestamp, AppError> {
    port::<dyn Notes>()?.keep_draft(&who().await?, draft).await
}

/// Forgets the draft of a call.
#[server(endpoint = "drop_draft", input = Json)]
pub async fn drop_draft(call_id: CallId) -> Result<(), AppError> {
    port::<dyn Notes>()?.drop_draft(&who().await?, &call_id).await
}

/// The drafts of whoever asks.
#[server(endpoint = "drafts", input = Json)]
pub async fn drafts() -> Result<Vec<KeptDraft>, AppError> {
    port::<dyn Notes>()?.drafts(&who().await?).await
}

/// What is written about a call, as whoever asks may read it.
#[server(name = WrittenFn, endpoint = "written", input = Json)]
pub async fn written(call_id: CallId) -> Result<Written, AppError> {
    port::<dyn Notes>()?.written(&who().await?, &call_id).await
}

/// Writes the note; a conflict is an answer and no error.
#[server(name = SaveNoteFn, endpoint = "save_note", input = Json)]
pub async fn save_note(save: SaveNote) -> Result<Saved, AppError> {
    port::<dyn Notes>()?.save_note(&who().await?, save).await
}
