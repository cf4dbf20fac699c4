//! What those who watch the floor see beside the calls: channels, endpoints, desks and the link to the
//! PBX, and the stream of their changes. Says what is news, and sends nothing itself.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Timestamp,
    agent::Workload,
    board::Board,
    call::ChannelState,
    delta::{ChannelGone, Delta},
    ids::{CallId, ChannelId, Endpoint, Extension},
    view::{CallState, ChannelRow, DeskRow, EndpointRow, PbxLink},
};

use super::stream::{Body, Stream, Text};

/// The rows of the floor. A change that changes nothing is no news.
#[derive(Debug)]
pub(super) struct Floor {
    stream: Stream,
    pbx: PbxLink,
    channels: BTreeMap<ChannelId, ChannelRow>,
    channels_of: BTreeMap<Extension, BTreeSet<ChannelId>>,
    endpoints: BTreeMap<Endpoint, EndpointRow>,
    desks: BTreeMap<Extension, DeskRow>,
}

impl Floor {
    pub fn new(stream: Stream) -> Self {
        Self {
            stream,
            pbx: PbxLink::default(),
            channels: BTreeMap::new(),
            channels_of: BTreeMap::new(),
            endpoints: BTreeMap::new(),
            desks: BTreeMap::new(),
        }
    }

    pub fn stream(&self) -> &Stream {
        &self.stream
    }

    /// Numbers a change; gives the frame for everybody who watches.
    pub fn push(&mut self, body: &Body) -> Text {
        self.stream.push(body)
    }

    pub fn pbx(&self) -> &PbxLink {
        &self.pbx
    }

    pub fn set_pbx(&mut self, link: PbxLink) -> Option<Delta> {
        if self.pbx == link {
            return None;
        }
        self.pbx = link.clone();
        Some(Delta::PbxLink(link))
    }

    pub fn set_channel(&mut self, row: ChannelRow) -> Option<Delta> {
        if self.channels.get(&row.channel_id) == Some(&row) {
            return None;
        }
        if let Some(exten) = &row.exten {
            self.channels_of.entry(exten.clone()).or_default().insert(row.channel_id.clone());
        }
        self.channels.insert(row.channel_id.clone(), row.clone());
        Some(Delta::ChannelChanged(row))
    }

    /// Gives the channel's extension, too.
    pub fn remove_channel(&mut self, channel_id: ChannelId) -> Option<(Delta, Option<Extension>)> {
        let row = self.channels.remove(&channel_id)?;
        if let Some(exten) = &row.exten
            && let Some(channels) = self.channels_of.get_mut(exten)
        {
            channels.remove(&channel_id);
            if channels.is_empty() {
                self.channels_of.remove(exten);
            }
        }
        Some((Delta::ChannelGone(ChannelGone { channel_id }), row.exten))
    }

    pub fn set_endpoint(&mut self, row: EndpointRow) -> Option<Delta> {
        if self.endpoints.get(&row.endpoint) == Some(&row) {
            return None;
        }
        self.endpoints.insert(row.endpoint.clone(), row.clone());
        Some(Delta::EndpointChanged(row))
    }

    /// The row is as of `now`; while its state stays, so does the time since when.
    pub fn set_desk(&mut self, row: DeskRow, now: Timestamp) -> Option<Delta> {
        let old = self.desks.get(&row.exten);
        let since = old.filter(|old| old.client_state == row.client_state).map_or(now, |old| old.since);
        let row = DeskRow { since, ..row };
        if old == Some(&row) {
            return None;
        }
        self.desks.insert(row.exten.clone(), row.clone());
        Some(Delta::PresenceChanged(row))
    }

    /// What an extension's channels are doing.
    pub fn workload(&self, exten: &Extension) -> Workload {
        let mut work = Workload::default();
        let channels = self.channels_of.get(exten).into_iter().flatten();
        for row in channels.filter_map(|channel| self.channels.get(channel)) {
            match row.channel_state {
                ChannelState::Ringing => work.ringing += 1,
                // Ring and Dialing: the agent's own phone is calling somebody.
                ChannelState::Up | ChannelState::Ring | ChannelState::Dialing => work.talking += 1,
                _ => {}
            }
        }
        work
    }

    /// All of it, with the calls.
    pub fn board(&self, calls: BTreeMap<CallId, CallState>) -> Board {
        Board {
            pbx: self.pbx.clone(),
            calls,
            desks: self.desks.clone(),
            channels: self.channels.clone(),
            endpoints: self.endpoints.clone(),
        }
    }
}
