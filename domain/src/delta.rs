//! The changes of a board, as a stream numbers them.

use serde::{Deserialize, Serialize};

use crate::{
    call::Outcome,
    ids::{CallId, ChannelId, Extension},
    view::{CallState, ChannelRow, DeskRow, EndpointRow, PbxLink},
};

/// One change of a board.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Delta {
    /// CALLERID_STATE_DATA.
    CallState(Box<CallState>),
    CallLeft(CallLeft),
    CallMerged(CallMerged),
    /// Floor: a channel as it is now.
    ChannelChanged(ChannelRow),
    /// Floor: a channel is gone.
    ChannelGone(ChannelGone),
    /// Floor: a desk as it is now.
    PresenceChanged(DeskRow),
    /// Floor: an endpoint as it is now.
    EndpointChanged(EndpointRow),
    PbxLink(PbxLink),
}

/// The last word to an extension about a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CallLeft {
    pub call_id: CallId,
    pub reason: LeftReason,
    /// The extension that answered or took the call over.
    pub by: Option<Extension>,
    pub by_name: Option<String>,
    /// The number outside that answered, where it was no extension.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_number: Option<String>,
    /// How the call ended, where that is the reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

impl CallLeft {
    /// The call is over, and nobody took it over.
    pub fn ended(call_id: CallId) -> Self {
        Self { call_id, reason: LeftReason::Ended, by: None, by_name: None, by_number: None, outcome: None }
    }
}

/// Why a card folds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LeftReason {
    AnsweredElsewhere,
    /// The caller hung up.
    Abandoned,
    /// The ring group or the queue went on to others.
    MovedOn,
    Transferred,
    /// The call is over and nobody answered: it rang out, or was busy.
    NotAnswered,
    /// The call is over and its card was closed, or it never was this desk's to wrap up.
    Ended,
    Merged,
}

/// An attended transfer made two calls one: draft and note go along.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CallMerged {
    pub from: CallId,
    pub into: CallId,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChannelGone {
    pub channel_id: ChannelId,
}
