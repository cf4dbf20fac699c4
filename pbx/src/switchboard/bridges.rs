//! Who hears whom: channels meet in bridges, and the halves of a Local channel carry what one
//! hears to the other.

use std::collections::{HashMap, HashSet};

use domain::{Timestamp, ids::ChannelId};

use crate::ari::Bridge;

/// A channel's place in a bridge.
#[derive(Clone, Debug)]
pub(super) struct Seat {
    pub bridge: String,
    /// Since when it has been there.
    pub since: Timestamp,
}

#[derive(Debug, Default)]
pub(super) struct Bridges {
    seats: HashMap<ChannelId, Seat>,
    bridges: HashMap<String, Members>,
    /// The halves of Local channels, by the name that both have: `;1` and `;2`.
    halves: HashMap<String, [Option<ChannelId>; 2]>,
}

#[derive(Debug, Default)]
struct Members {
    holding: bool,
    /// Asterisk said what kind of bridge it is.
    is_told: bool,
    channels: Vec<ChannelId>,
}

impl Bridges {
    pub fn enter(&mut self, channel: &ChannelId, bridge: &Bridge, at: Timestamp) {
        if self.seats.get(channel).is_some_and(|seat| seat.bridge == bridge.id) {
            return;
        }
        self.leave(channel);
        let members = self.bridges.entry(bridge.id.clone()).or_default();
        members.holding |= bridge.is_holding();
        members.is_told |= !bridge.technology.is_empty();
        members.channels.push(channel.clone());
        self.seats.insert(channel.clone(), Seat { bridge: bridge.id.clone(), since: at });
    }

    /// The channel is in no bridge any more.
    pub fn leave(&mut self, channel: &ChannelId) {
        let Some(seat) = self.seats.remove(channel) else { return };
        if let Some(members) = self.bridges.get_mut(&seat.bridge) {
            members.channels.retain(|other| other != channel);
            if members.channels.is_empty() {
                self.bridges.remove(&seat.bridge);
            }
        }
    }

    pub fn seat(&self, channel: &ChannelId) -> Option<&Seat> {
        self.seats.get(channel)
    }

    /// Does it wait in a bridge where nobody hears anybody?
    pub fn is_on_hold(&self, channel: &ChannelId) -> bool {
        let members = self.seats.get(channel).and_then(|seat| self.bridges.get(&seat.bridge));
        members.is_some_and(|members| members.holding)
    }

    /// Is it in a bridge where people talk, or are about to?
    pub fn is_mixing(&self, channel: &ChannelId) -> bool {
        let members = self.seats.get(channel).and_then(|seat| self.bridges.get(&seat.bridge));
        members.is_some_and(|members| members.is_told && !members.holding)
    }

    /// Takes note of half of a Local channel. `half` is 1 or 2.
    pub fn add_half(&mut self, pair: &str, half: usize, channel: &ChannelId) {
        self.halves.entry(pair.to_owned()).or_default()[half - 1] = Some(channel.clone());
    }

    pub fn remove_half(&mut self, pair: &str, channel: &ChannelId) {
        let Some(halves) = self.halves.get_mut(pair) else { return };
        for half in halves.iter_mut().filter(|half| half.as_ref() == Some(channel)) {
            *half = None;
        }
        if halves.iter().all(Option::is_none) {
            self.halves.remove(pair);
        }
    }

    /// The first half of this Local channel, by which it was dialled.
    pub fn first_half(&self, pair: &str) -> Option<&ChannelId> {
        self.halves.get(pair)?[0].as_ref()
    }

    /// Everybody whom `channel` hears, itself first, through however many bridges and Local
    /// channels, and since when. `pair_of` names the Local channel that a channel is half of.
    pub fn hearing<'a>(
        &'a self,
        channel: &'a ChannelId,
        pair_of: impl Fn(&ChannelId) -> Option<&'a str>,
    ) -> Vec<(&'a ChannelId, Timestamp)> {
        let mut seen = HashSet::from([channel]);
        let mut found = vec![(channel, Timestamp::MIN)];
        let mut next = 0;
        while let Some(&(at, since)) = found.get(next) {
            next += 1;
            if let Some(seat) = self.seats.get(at)
                && let Some(members) = self.bridges.get(&seat.bridge).filter(|members| !members.holding)
            {
                for other in &members.channels {
                    if !seen.insert(other) {
                        continue;
                    }
                    let there = self.seats.get(other).map_or(since, |seat| seat.since);
                    found.push((other, since.max(seat.since).max(there)));
                }
            }
            let halves = pair_of(at).and_then(|pair| self.halves.get(pair)).into_iter().flatten().flatten();
            found.extend(halves.filter(|half| seen.insert(half)).map(|half| (half, since)));
        }
        found
    }
}
