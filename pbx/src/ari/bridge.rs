//! A bridge, where the media of channels meet.

use domain::{Timestamp, ids::ChannelId};
use serde::Deserialize;

/// ARI's `Bridge`.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Bridge {
    pub id: String,
    /// `simple_bridge`, `native_rtp`, `softmix`, `holding_bridge`.
    #[serde(default)]
    pub technology: String,
    /// `mixing` or `holding`.
    #[serde(default)]
    pub bridge_type: String,
    /// `basic`, `base`, `stasis`, `parking`.
    #[serde(default)]
    pub bridge_class: String,
    #[serde(default)]
    pub channels: Vec<ChannelId>,
    #[serde(default, deserialize_with = "super::time::maybe::deserialize")]
    pub creationtime: Option<Timestamp>,
}

impl Bridge {
    /// Does everybody in it wait, hearing music and not each other? So parking lots and agents who
    /// are logged in by `AgentLogin()`.
    pub fn is_holding(&self) -> bool {
        self.technology == "holding_bridge" || self.bridge_type == "holding" || self.bridge_class == "parking"
    }
}
