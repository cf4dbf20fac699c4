//! Signing in: what is asked, and why it is refused.

use serde::{Deserialize, Serialize};

use crate::ids::Extension;

/// What the sign-in page sends.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignInAttempt {
    pub login: String,
    pub password: String,
    /// The desk to take; none for those who only watch the floor.
    pub exten: Option<Extension>,
    /// Take the extension from whoever holds it.
    pub take_over: bool,
}

impl std::fmt::Debug for SignInAttempt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignInAttempt").field("login", &self.login).field("exten", &self.exten).finish_non_exhaustive()
    }
}

/// Why a sign-in was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "why", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum SignInRefused {
    /// One answer for an unknown account and for a wrong password.
    #[error("the account or the password is wrong")]
    Credentials,
    #[error("too many attempts; try again in {seconds} s")]
    TooMany { seconds: u64 },
    /// The account may not take this extension.
    #[error("extension {exten} is not one of this account's")]
    NotYours { exten: Extension },
    /// An agent signs in at an extension.
    #[error("an agent needs an extension")]
    ExtensionNeeded,
    /// A colleague holds it; the attempt can be repeated with `take_over`.
    #[error("extension {exten} is held by {by}")]
    Held { exten: Extension, by: String },
    #[error("the sign-in service is unavailable")]
    Unavailable,
}
