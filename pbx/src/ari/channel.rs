//! A channel, as events carry it and as `GET /channels` lists it.

use std::collections::BTreeMap;

use domain::{
    Timestamp,
    call::{ChannelState, Party},
    ids::{ChannelId, Endpoint},
};
use serde::Deserialize;

/// ARI's `Channel`.
#[derive(Clone, Debug, Deserialize)]
pub struct Channel {
    pub id: ChannelId,
    /// `PJSIP/1000-0000001b`, or `Local/1000@agents-00000001;2`.
    pub name: String,
    #[serde(default)]
    pub state: ChannelState,
    /// The channel's own party.
    #[serde(default)]
    pub caller: Party,
    /// The party that it talks to.
    #[serde(default)]
    pub connected: Party,
    #[serde(default)]
    pub dialplan: Dialplan,
    #[serde(deserialize_with = "super::time::deserialize")]
    pub creationtime: Timestamp,
    /// The variables that `channelvars` of ari.conf asks for.
    #[serde(default)]
    pub channelvars: BTreeMap<String, String>,
}

/// ARI's `DialplanCEP`: where a channel is in the dialplan.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Dialplan {
    pub context: String,
    pub exten: String,
    pub app_name: String,
    pub app_data: String,
}

impl Channel {
    /// `PJSIP/1000` of `PJSIP/1000-0000001b`: up to the last hyphen, since a resource may have
    /// hyphens of its own.
    pub fn endpoint(&self) -> Endpoint {
        Endpoint::new(self.name.rsplit_once('-').map_or(self.name.as_str(), |(endpoint, _)| endpoint))
    }

    /// The channel that began all this, where the admin set `channelvars = CHANNEL(linkedid)`.
    pub fn linkedid(&self) -> Option<ChannelId> {
        let linkedid = self.channelvars.get("CHANNEL(linkedid)")?;
        (!linkedid.is_empty()).then(|| ChannelId::new(linkedid.clone()))
    }

    /// Half of a Local channel: no phone, but Asterisk talking to itself.
    pub fn is_local(&self) -> bool {
        self.name.starts_with("Local/")
    }

    /// `Local/1000@agents-00000001` of either half of a Local channel.
    pub fn local_pair(&self) -> Option<&str> {
        let (pair, _half) = self.name.rsplit_once(';')?;
        self.is_local().then_some(pair)
    }
}
