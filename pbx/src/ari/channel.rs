//! A channel, as events carry it and as `GET /channels` lists it.

use std::collections::BTreeMap;

use domain::{
    Timestamp,
    call::{ChannelState, Party},
    ids::{ChannelId, Endpoint},
};
use serde::Deserialize;

use super::name;

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
    /// `PJSIP/1000` of `PJSIP/1000-0000001b`.
    pub fn endpoint(&self) -> Endpoint {
        Endpoint::new(name::endpoint(&self.name))
    }

    /// The channel that began all this, where the admin set `channelvars = CHANNEL(linkedid)`.
    pub fn linkedid(&self) -> Option<ChannelId> {
        let linkedid = self.channelvars.get("CHANNEL(linkedid)")?;
        (!linkedid.is_empty()).then(|| ChannelId::new(linkedid.clone()))
    }

    /// Does `CALLERID(num-pres)` prohibit that the number is shown? None where `channelvars` of
    /// ari.conf does not ask for it.
    pub fn presentation_prohibited(&self) -> Option<bool> {
        let presentation =
            self.channelvars.get("CALLERID(num-pres)").or_else(|| self.channelvars.get("CALLERID(pres)"));
        presentation.filter(|text| !text.is_empty()).map(|text| text.starts_with("prohib"))
    }

    /// Half of a Local channel: no phone, but Asterisk talking to itself.
    pub fn is_local(&self) -> bool {
        self.name.starts_with("Local/")
    }

    /// The name of the Local channel that this is half of, and which half: 1 is the one that was
    /// dialled, 2 runs the dialplan.
    pub fn local_half(&self) -> Option<(&str, usize)> {
        let (_, half) = self.name.rsplit_once(';')?;
        Some((self.local_pair()?, half.parse().ok().filter(|half| (1..=2).contains(half))?))
    }

    /// `PJSIP/trunk-0000001b` of `AsyncGoto/PJSIP/trunk-0000001b`: the channel whose place this one takes.
    pub fn takes_place_of(&self) -> Option<&str> {
        self.name.strip_prefix("AsyncGoto/").filter(|name| !name.ends_with('>'))
    }

    /// `PJSIP/trunk-0000001b` of `AsyncGoto/PJSIP/trunk-0000001b<ZOMBIE>`: its own name before another
    /// channel took its place, and the other's since.
    pub fn place_taken(&self) -> Option<&str> {
        self.name.strip_prefix("AsyncGoto/")?.strip_suffix("<ZOMBIE>")
    }

    /// A channel that Asterisk makes to take another one's place, or that was left behind by it.
    pub fn is_temporary(&self) -> bool {
        name::is_temporary(&self.name)
    }

    /// The number that stands in its name, where it is one of an ISDN line.
    pub fn number_in_name(&self) -> Option<&str> {
        name::number(&self.name)
    }

    /// Does the dialplan play it a tone that says why nobody can be reached?
    pub fn tells_tone(&self) -> bool {
        matches!(self.dialplan.app_name.as_str(), "Busy" | "Congestion")
    }

    /// No party of a call: it listens, plays, records, or carries media for another application.
    pub fn is_auxiliary(&self) -> bool {
        name::is_auxiliary(&self.name)
    }

    /// `Local/1000@agents-00000001` of either half of a Local channel.
    pub fn local_pair(&self) -> Option<&str> {
        let (pair, _half) = self.name.rsplit_once(';')?;
        self.is_local().then_some(pair)
    }
}
