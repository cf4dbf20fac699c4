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
    /// The request did not reach the server, or its answer did not come back: a proxy's page about
    /// a server that is away is none.
    #[error("no connection: {0}")]
    Network(String),
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(text) | ServerFnErrorErr::MissingArg(text) => Self::Invalid(text),
            other => Self::Network(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxys_page_is_no_answer() {
        for page in ["<html><title>502 Bad Gateway</title></html>", "", "Length limit exceeded"] {
            let error = AppError::de(page.into());
            assert!(matches!(error, AppError::Network(_)), "{page}: {error:?}");
        }
        let refused = AppError::Invalid("a note of at most 32,000 characters".into());
        assert_eq!(AppError::de(refused.ser()), refused);
    }
}
