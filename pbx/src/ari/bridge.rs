//! A bridge, where the media of channels meet.

use domain::{Timestamp, ids::ChannelId};
use serde::Deserialize;

/// ARI's `Bridge`.
#[derive(Clone, Debug, Deserialize)]
pub struct Bridge {
    pub id: String,
    #[serde(default)]
    pub channels: Vec<ChannelId>,
    #[serde(default, deserialize_with = "super::time::maybe::deserialize")]
    pub creationtime: Option<Timestamp>,
}
