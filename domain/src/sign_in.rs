//! Signing in and changing the password: what is asked, and why it is refused.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{AccountId, Extension},
    role::{Seat, SignedIn},
};

/// Characters of a password, at the least. Longer is better than stranger.
pub const MIN_PASSWORD: usize = 10;

/// A sign-in, as a session remembers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    /// Names it to the exchange and the desks. The cookie changes, this does not.
    pub key: String,
    pub account: AccountId,
    pub seat: Option<Seat>,
}

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

/// A sign-in that was let in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entered {
    #[serde(flatten)]
    pub who: SignedIn,
    /// Was the same person at this extension in another browser or tab? That one is closed now.
    #[serde(default)]
    pub from_elsewhere: bool,
}

/// A person changes their own password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangePassword {
    pub current: String,
    pub new: String,
}

impl std::fmt::Debug for ChangePassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChangePassword").finish_non_exhaustive()
    }
}

/// Why a password was not changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "why", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum PasswordRefused {
    #[error("the current password is wrong")]
    WrongCurrent,
    #[error("too many attempts; try again in {seconds} s")]
    TooMany { seconds: u64 },
    #[error("at least {min} characters are needed")]
    TooShort { min: usize },
    #[error("the password is too long")]
    TooLong,
    #[error("the password is the one that it was")]
    Same,
    #[error("passwords cannot be changed at the moment")]
    Unavailable,
}
