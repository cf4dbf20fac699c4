//! Who may do what, and who is signed in.

use serde::{Deserialize, Serialize};

use crate::ids::{AccountId, Epoch, Extension};

/// What an account is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Sits at an extension and handles calls.
    Agent,
    /// Watches the floor; needs no extension.
    Supervisor,
    /// A supervisor who also keeps the accounts.
    Admin,
}

impl Role {
    /// May this role watch every desk and read every call?
    pub fn watches_floor(self) -> bool {
        matches!(self, Self::Supervisor | Self::Admin)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Supervisor => "supervisor",
            Self::Admin => "admin",
        }
    }
}

impl std::str::FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        match text {
            "agent" => Ok(Self::Agent),
            "supervisor" => Ok(Self::Supervisor),
            "admin" => Ok(Self::Admin),
            _ => Err(UnknownRole(text.to_owned())),
        }
    }
}

/// The text names no role.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected agent, supervisor or admin, found {0:?}")]
pub struct UnknownRole(pub String);

/// A person with a valid session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignedIn {
    pub account: AccountId,
    pub login: String,
    /// The name that colleagues see.
    pub name: String,
    pub role: Role,
    /// May this account see a customer's whole record? One that may not sees masked numbers
    /// and is never selected to look a caller up.
    pub whole_record: bool,
    /// The desk that this session holds; none for those who only watch the floor, and none
    /// once a colleague has taken the extension over.
    pub desk: Option<Seat>,
}

/// An extension held by one sign-in. All tabs of that sign-in share it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Seat {
    pub exten: Extension,
    /// A new sign-in is a new epoch, so that nobody resumes a predecessor's calls.
    pub epoch: Epoch,
}
