//! What may happen in a call.
//!
//! Read from JSON too, to play a call on request: `{"scenario": "answered", "by": "1003"}`. Times
//! are in milliseconds, and may be left out.

use domain::ids::Extension;
use serde::{Deserialize, Serialize};

/// One call's course. Where nothing else is said, a caller from outside rings the whole group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "scenario", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Scenario {
    /// One phone answers, the caller hangs up.
    Answered {
        by: Extension,
        #[serde(default = "ring")]
        ring_ms: u32,
        #[serde(default = "talk")]
        talk_ms: u32,
    },
    /// The caller gives up while it rings.
    Abandoned {
        #[serde(default = "patience")]
        ring_ms: u32,
    },
    /// Nobody answers in time.
    NoAnswer {
        #[serde(default = "timeout")]
        ring_ms: u32,
    },
    /// Every phone refuses.
    AllBusy,
    /// `from` answers and hands the caller on to `to` without asking.
    BlindTransfer {
        from: Extension,
        to: Extension,
        #[serde(default = "ring")]
        ring_ms: u32,
        #[serde(default = "exchange")]
        talk_ms: u32,
        #[serde(default = "ring")]
        to_ring_ms: u32,
        #[serde(default = "talk")]
        to_talk_ms: u32,
    },
    /// `from` answers, asks `to` while the caller waits, then connects the two.
    AttendedTransfer {
        from: Extension,
        to: Extension,
        #[serde(default = "ring")]
        ring_ms: u32,
        #[serde(default = "exchange")]
        talk_ms: u32,
        #[serde(default = "ring")]
        to_ring_ms: u32,
        /// How long the two agents talk.
        #[serde(default = "exchange")]
        consult_ms: u32,
        #[serde(default = "talk")]
        to_talk_ms: u32,
    },
    /// The agent puts the caller on hold for a while, in the middle of the talk.
    Held {
        by: Extension,
        #[serde(default = "ring")]
        ring_ms: u32,
        /// Half of it before the hold, half of it after.
        #[serde(default = "talk")]
        talk_ms: u32,
        #[serde(default = "exchange")]
        hold_ms: u32,
    },
    /// An agent calls a number outside.
    Outbound {
        from: Extension,
        number: String,
        #[serde(default = "ring")]
        ring_ms: u32,
        #[serde(default = "talk")]
        talk_ms: u32,
    },
    /// One agent calls another.
    Internal {
        from: Extension,
        to: Extension,
        #[serde(default = "ring")]
        ring_ms: u32,
        #[serde(default = "exchange")]
        talk_ms: u32,
    },
    /// The caller stands in a queue that rings everybody.
    Queue {
        by: Extension,
        #[serde(default = "ring")]
        ring_ms: u32,
        #[serde(default = "talk")]
        talk_ms: u32,
    },
    /// The PBX answers first and reads a menu, then the group rings.
    IvrFirst {
        by: Extension,
        #[serde(default = "ring")]
        menu_ms: u32,
        #[serde(default = "ring")]
        ring_ms: u32,
        #[serde(default = "talk")]
        talk_ms: u32,
    },
}

impl Scenario {
    /// The phones that talk in it.
    pub fn talkers(&self) -> Vec<&Extension> {
        match self {
            Self::Abandoned { .. } | Self::NoAnswer { .. } | Self::AllBusy => Vec::new(),
            Self::Answered { by, .. } | Self::Held { by, .. } | Self::Queue { by, .. } | Self::IvrFirst { by, .. } => {
                vec![by]
            }
            Self::Outbound { from, .. } => vec![from],
            Self::BlindTransfer { from, to, .. }
            | Self::AttendedTransfer { from, to, .. }
            | Self::Internal { from, to, .. } => vec![from, to],
        }
    }
}

/// A phone is picked up after this.
fn ring() -> u32 {
    5_000
}

/// A caller waits so long, then gives up.
fn patience() -> u32 {
    12_000
}

/// Dial rings so long.
fn timeout() -> u32 {
    20_000
}

fn talk() -> u32 {
    45_000
}

/// A few words.
fn exchange() -> u32 {
    10_000
}
