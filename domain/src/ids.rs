//! Names for what is identified. Each is its own type, so that a channel is never taken for a call.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    };
}

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

text_id!(
    /// Asterisk's unique id of a channel, such as `1795488855.167`.
    ChannelId
);
text_id!(
    /// A number that is dialled; also the name of an agent's desk.
    Extension
);
text_id!(
    /// A technology and a resource, such as `PJSIP/1000`.
    Endpoint
);
text_id!(
    /// The configured name of a PBX. It keeps the calls of two PBXs apart in one database.
    PbxName
);
text_id!(
    /// One call, for ever: the PBX's name and the root channel's id, so that a restarted
    /// server finds the same call again (R18).
    CallId
);
number_id!(
    /// A customer's row in the CRM.
    CustomerId
);
number_id!(
    /// A person who may sign in.
    AccountId
);
uuid_id!(
    /// One request to look a caller up; valid once, for one client and one call.
    LookupId
);
uuid_id!(
    /// One press of Save, named by the browser, so that saving twice writes once.
    SaveId
);
uuid_id!(
    /// One browser tab, named by itself.
    TabId
);
uuid_id!(
    /// One life of a stream. Sequence numbers mean nothing across epochs.
    Epoch
);

impl CallId {
    /// The call whose root channel is `root` on the PBX named `pbx`.
    pub fn of(pbx: &PbxName, root: &ChannelId) -> Self {
        Self(format!("{pbx}:{root}"))
    }
}

impl Endpoint {
    /// The part before the slash: `PJSIP`.
    pub fn technology(&self) -> &str {
        self.0.split_once('/').map_or("", |(technology, _)| technology)
    }
    /// The part after the slash: `1000`.
    pub fn resource(&self) -> &str {
        self.0.split_once('/').map_or(self.0.as_str(), |(_, resource)| resource)
    }
}

/// The number of a delta in its stream. The first delta of an epoch is 1; a snapshot of an
/// untouched stream is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(pub u64);

impl Seq {
    /// The number after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
