//! An endpoint, and Asterisk itself.

use domain::{Timestamp, ids};
use serde::Deserialize;

/// ARI's `Endpoint`.
#[derive(Clone, Debug, Deserialize)]
pub struct Endpoint {
    pub technology: String,
    pub resource: String,
    /// `online`, `offline` or `unknown`.
    #[serde(default)]
    pub state: Option<String>,
}

impl Endpoint {
    pub fn id(&self) -> ids::Endpoint {
        ids::Endpoint::new(format!("{}/{}", self.technology, self.resource))
    }

    /// Is a contact registered or reachable? None where Asterisk does not say.
    pub fn online(&self) -> Option<bool> {
        match self.state.as_deref() {
            Some("online") => Some(true),
            Some("offline") => Some(false),
            _ => None,
        }
    }
}

/// What of ARI's `AsteriskInfo` tells one life of Asterisk from the next.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct AsteriskInfo {
    system: System,
    status: Status,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct System {
    version: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Status {
    #[serde(deserialize_with = "super::time::maybe::deserialize")]
    startup_time: Option<Timestamp>,
}

impl AsteriskInfo {
    /// `22.10.1`.
    pub fn version(&self) -> &str {
        &self.system.version
    }

    pub fn started_at(&self) -> Option<Timestamp> {
        self.status.startup_time
    }
}
