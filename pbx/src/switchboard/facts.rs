//! What is known of a call beside itself, and is concluded from: its caller's channel, and who talks.

use domain::{Timestamp, call::Leg, ids::ChannelId};
use serde::{Deserialize, Serialize};

use super::leg::Departure;

/// What is known of the caller's channel.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct CallerFacts {
    pub held: bool,
    pub up: bool,
    /// The PBX called the caller: a click to dial, a callback.
    pub called_by_pbx: bool,
    /// The application of the dialplan that it is in, or was in last.
    pub app: String,
    /// It was answered when nobody listened.
    #[serde(default)]
    pub unseen: bool,
    /// It is about to go.
    pub hanging_up: bool,
    /// It goes because its far end hung up: since when.
    pub hung_up_at: Option<Timestamp>,
    pub cause: Option<i32>,
    /// It stood in for the caller and is gone without having been picked up: the leg that it was, if
    /// another one is to call.
    #[serde(default)]
    pub left: Option<Box<(Leg, Departure)>>,
}

/// The talk of one call, as the bridges have it.
#[derive(Debug, Default)]
pub(super) struct Talk {
    /// Legs of the call that talk with the caller, and since when.
    pub with_caller: Vec<(ChannelId, Timestamp)>,
    /// Everybody whom the caller hears in bridges, themselves included.
    pub in_bridges: Vec<ChannelId>,
    /// Somebody hears the caller, of this call or of another.
    pub is_on: bool,
    /// The bridge that the caller is in.
    pub bridge: Option<String>,
    /// In that bridge nobody hears anybody.
    pub is_holding: bool,
    /// That bridge is one to talk in.
    pub is_mixing: bool,
    /// Whoever answered talks to others meanwhile.
    pub consults: bool,
}
