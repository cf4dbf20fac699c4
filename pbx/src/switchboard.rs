//! The fold of ARI events into calls.

use std::collections::BTreeMap;

use domain::{
    call::Call,
    ids::{CallId, ChannelId, Endpoint, Extension, PbxName},
    protocol::{ChannelRow, EndpointRow},
};

/// What the switchboard has to be told about a PBX.
#[derive(Clone, Debug)]
pub struct Topology {
    pub pbx: PbxName,
    /// Contexts in which calls from outside begin, such as `from-trunk`.
    pub inbound_contexts: Vec<String>,
    /// Endpoints that lead outside, such as `PJSIP/trunk`.
    pub trunks: Vec<Endpoint>,
    /// The agents' extensions: their endpoint is `PJSIP/` and the extension.
    pub extensions: Vec<Extension>,
    /// Endpoints whose extension is another: `PJSIP/1000-softphone` is 1000's second device.
    pub devices: BTreeMap<Endpoint, Extension>,
}

/// One thing that the switchboard says happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A call began or is now as told. With phase Ended it is the last word about it.
    Call(Box<Call>),
    /// `from` is now a part of `into`; a [`Change::Call`] of `into` follows.
    Merged {
        from: CallId,
        into: CallId,
    },
    /// A channel as it is now.
    Channel(ChannelRow),
    ChannelGone(ChannelId),
    /// An endpoint as it is now.
    Endpoint(EndpointRow),
}
