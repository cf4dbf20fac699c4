//! What can go wrong with a server function, and what the person at the desk is told.

use leptos::{
    prelude::{FromServerFnError, ServerFnErrorErr},
    server_fn::codec::JsonEncoding,
};
use serde::{Deserialize, Serialize};

/// Why a server function failed. Every variant says what its reader sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "error", content = "detail", rename_all = "camelCase")]
pub enum AppError {
    /// No session, or it has ended. The page asks to sign in, and keeps what was typed.
    #[error("sign in again")]
    SignInNeeded,
    /// The role or the desk does not allow it.
    #[error("not allowed")]
    Forbidden,
    /// There is no such call, note or customer, or it is not this person's to see.
    #[error("not found")]
    NotFound,
    /// What was sent cannot be used; the text says which part and what was expected.
    #[error("{0}")]
    Invalid(String),
    /// The database is locked, full or away. Nothing was lost: the text stays in the browser
    /// and is sent again.
    #[error("the database is not available at the moment")]
    Unavailable,
    /// The request did not reach the server, or its answer did not come back.
    #[error("no connection: {0}")]
    Network(String),
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(text)
            | ServerFnErrorErr::MissingArg(text)
            | ServerFnErrorErr::Deserialization(text) => Self::Invalid(text),
            other => Self::Network(other.to_string()),
        }
    }
}
