//! What Asterisk sends over ARI, as types. Source: the "Asterisk REST Data Models" pages.
//!
//! Only the fields that somebody reads are named; what is unknown is skipped, and an event of
//! an unknown type is [`Event::Other`].

mod bridge;
mod channel;
mod endpoint;
mod event;
mod name;
mod time;

pub use bridge::Bridge;
pub use channel::{Channel, Dialplan};
pub use endpoint::{AsteriskInfo, Endpoint};
pub use event::{
    AttendedTransfer, BlindTransfer, Destroyed, Dial, Event, Hangup, InBridge, OnChannel, OnEndpoint, ParseError,
    Replaced,
};
pub use name::AUXILIARY;
