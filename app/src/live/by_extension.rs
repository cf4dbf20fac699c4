//! What the floor knows of each extension, found in one walk for all of them: rows that each
//! walked all channels would cost extensions times channels at every change.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    call::ChannelState,
    ids::Extension,
    view::{ChannelRow, EndpointRow},
};
use leptos::prelude::*;

use super::Live;

/// Copy: handles both.
#[derive(Clone, Copy)]
pub struct ByExtension {
    /// The channel that counts, of those that an extension has.
    pub channel: Memo<BTreeMap<Extension, ChannelRow>>,
    /// Whose phones are not registered.
    pub unreachable: Memo<BTreeSet<Extension>>,
}

impl ByExtension {
    pub fn of(live: Live) -> Self {
        Self {
            channel: Memo::new(move |_| busiest(live.channels.all())),
            unreachable: Memo::new(move |_| unreachable(live.endpoints.all())),
        }
    }
}

/// Of each extension the channel that talks, or else the latest.
fn busiest(rows: Vec<ChannelRow>) -> BTreeMap<Extension, ChannelRow> {
    let weight = |row: &ChannelRow| (row.channel_state == ChannelState::Up, row.since);
    let mut busiest: BTreeMap<Extension, ChannelRow> = BTreeMap::new();
    for row in rows {
        let Some(exten) = row.exten.clone() else { continue };
        if busiest.get(&exten).is_none_or(|before| weight(before) <= weight(&row)) {
            busiest.insert(exten, row);
        }
    }
    busiest
}

fn unreachable(rows: Vec<EndpointRow>) -> BTreeSet<Extension> {
    rows.into_iter().filter(|row| row.online == Some(false)).filter_map(|row| row.exten).collect()
}
