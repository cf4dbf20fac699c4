//! Channels and bridges, as ARI shows them.

use domain::{
    Timestamp,
    call::{ChannelState, Party},
    ids::ChannelId,
};
use serde::Serialize;

/// ARI's `Channel`, in the making.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Channel {
    pub id: ChannelId,
    pub name: String,
    pub state: ChannelState,
    pub caller: Party,
    pub connected: Party,
    pub dialplan: Dialplan,
    pub creationtime: String,
    pub channelvars: ChannelVars,
}

/// As a PBX sends them whose admin set `channelvars = CHANNEL(linkedid)`.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ChannelVars {
    #[serde(rename = "CHANNEL(linkedid)")]
    pub linkedid: ChannelId,
}

#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Dialplan {
    pub context: String,
    pub exten: String,
    pub priority: i64,
    pub app_name: &'static str,
    pub app_data: String,
}

/// ARI's `Bridge`, in the making.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Bridge {
    pub id: String,
    pub technology: &'static str,
    pub bridge_type: &'static str,
    pub name: &'static str,
    pub channels: Vec<ChannelId>,
    pub creationtime: String,
}

/// Counts what Asterisk counts, so that no two channels are of one name. One for the life of a
/// simulator.
#[derive(Clone, Debug, Default)]
pub struct Ids {
    channels: u64,
    names: u32,
    locals: u32,
    bridges: u64,
}

impl Ids {
    /// `1795488855.167`: the second of creation and a counter.
    pub(super) fn channel(&mut self, at: Timestamp) -> ChannelId {
        let serial = self.channels;
        self.channels += 1;
        ChannelId::new(format!("{}.{serial}", at.as_second()))
    }

    /// `PJSIP/1000-0000001b`.
    pub(super) fn name(&mut self, endpoint: &str) -> String {
        let serial = self.names;
        self.names += 1;
        format!("{endpoint}-{serial:08x}")
    }

    /// `Local/1005@from-internal-00000000`, less its `;1` or `;2`.
    pub(super) fn local(&mut self, exten: &str, context: &str) -> String {
        let serial = self.locals;
        self.locals += 1;
        format!("Local/{exten}@{context}-{serial:08x}")
    }

    pub(super) fn bridge(&mut self, at: Timestamp) -> Bridge {
        let serial = self.bridges;
        self.bridges += 1;
        Bridge {
            id: format!("00000000-0000-4000-8000-{serial:012x}"),
            technology: "simple_bridge",
            bridge_type: "mixing",
            name: "",
            channels: Vec::new(),
            creationtime: time(at),
        }
    }
}

/// A time as Asterisk writes it: `2026-11-24T02:54:15.354+0000`.
pub(super) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string()
}
