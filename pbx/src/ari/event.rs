//! Events, as the WebSocket brings them.

use domain::Timestamp;
use serde::{Deserialize, de::DeserializeOwned};

use super::{Bridge, Channel, Endpoint};

/// One event.
#[derive(Clone, Debug)]
pub enum Event {
    StasisStart(OnChannel),
    StasisEnd(OnChannel),
    ChannelCreated(OnChannel),
    ChannelStateChange(OnChannel),
    ChannelCallerId(OnChannel),
    ChannelConnectedLine(OnChannel),
    ChannelHold(OnChannel),
    ChannelUnhold(OnChannel),
    ChannelHangupRequest(Hangup),
    ChannelDestroyed(Destroyed),
    Dial(Box<Dial>),
    ChannelEnteredBridge(InBridge),
    ChannelLeftBridge(InBridge),
    BridgeBlindTransfer(BlindTransfer),
    BridgeAttendedTransfer(Box<AttendedTransfer>),
    /// Also sent as PeerStatusChange and ContactStatusChange, which carry the endpoint too.
    EndpointStateChange(OnEndpoint),
    ApplicationReplaced(Replaced),
    /// A type that nobody here reads.
    Other,
}

impl Event {
    /// When it happened by Asterisk's clock, where it says so.
    pub fn timestamp(&self) -> Option<Timestamp> {
        match self {
            Self::StasisStart(on)
            | Self::StasisEnd(on)
            | Self::ChannelCreated(on)
            | Self::ChannelStateChange(on)
            | Self::ChannelCallerId(on)
            | Self::ChannelConnectedLine(on)
            | Self::ChannelHold(on)
            | Self::ChannelUnhold(on) => Some(on.timestamp),
            Self::ChannelHangupRequest(hangup) => Some(hangup.timestamp),
            Self::ChannelDestroyed(destroyed) => Some(destroyed.timestamp),
            Self::Dial(dial) => Some(dial.timestamp),
            Self::ChannelEnteredBridge(bridged) | Self::ChannelLeftBridge(bridged) => Some(bridged.timestamp),
            Self::BridgeBlindTransfer(transfer) => Some(transfer.timestamp),
            Self::BridgeAttendedTransfer(transfer) => Some(transfer.timestamp),
            Self::EndpointStateChange(_) | Self::ApplicationReplaced(_) | Self::Other => None,
        }
    }
}

/// What an event about a channel says.
#[derive(Clone, Debug, Deserialize)]
pub struct OnChannel {
    #[serde(deserialize_with = "super::time::deserialize")]
    pub timestamp: Timestamp,
    pub channel: Channel,
    /// `ChannelCallerId` only: the presentation of the number as `ast_party_id_presentation` codes it.
    #[serde(default)]
    pub caller_presentation: Option<i32>,
}

impl OnChannel {
    /// Does the caller id that has just been set prohibit that the number is shown? Bits 5 and 6 of
    /// the presentation are Q.931's: allowed, restricted, number not available.
    pub fn presentation_prohibited(&self) -> Option<bool> {
        const RESTRICTION: i32 = 0x60;
        const RESTRICTED: i32 = 0x20;
        self.caller_presentation.map(|presentation| presentation & RESTRICTION == RESTRICTED)
    }
}

/// Somebody wants the channel to end.
#[derive(Clone, Debug, Deserialize)]
pub struct Hangup {
    #[serde(deserialize_with = "super::time::deserialize")]
    pub timestamp: Timestamp,
    pub channel: Channel,
    /// Asterisk itself wants it; otherwise the far end hung up.
    #[serde(default)]
    pub soft: bool,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Destroyed {
    #[serde(deserialize_with = "super::time::deserialize")]
    pub timestamp: Timestamp,
    pub channel: Channel,
    /// Q.850.
    #[serde(default)]
    pub cause: i32,
    #[serde(default)]
    pub cause_txt: String,
}

/// One step of a dialling: `caller` dials `peer`.
#[derive(Clone, Debug, Deserialize)]
pub struct Dial {
    #[serde(deserialize_with = "super::time::deserialize")]
    pub timestamp: Timestamp,
    /// Absent for originated calls.
    pub caller: Option<Channel>,
    pub peer: Channel,
    /// Empty at the start, then RINGING, PROGRESS, ANSWER, CANCEL, BUSY, NOANSWER, CONGESTION,
    /// CONTINUE.
    #[serde(default)]
    pub dialstatus: String,
    /// What is dialled, without the technology: `0912345637@trunk`, `1000/sip:1000@192.0.2.7`.
    #[serde(default)]
    pub dialstring: String,
    /// Where `peer` forwards the call to (SIP 302); empty where it does not.
    #[serde(default)]
    pub forward: String,
}

#[derive(Clone, Debug, Deserialize)]
pub struct InBridge {
    #[serde(deserialize_with = "super::time::deserialize")]
    pub timestamp: Timestamp,
    pub bridge: Bridge,
    pub channel: Channel,
}

/// `channel` hands its peer on to an extension.
#[derive(Clone, Debug, Deserialize)]
pub struct BlindTransfer {
    #[serde(deserialize_with = "super::time::deserialize")]
    pub timestamp: Timestamp,
    pub channel: Channel,
    #[serde(default)]
    pub result: String,
}

/// The transferer has talked to the target and now connects the two.
#[derive(Clone, Debug, Deserialize)]
pub struct AttendedTransfer {
    #[serde(deserialize_with = "super::time::deserialize")]
    pub timestamp: Timestamp,
    pub transferer_first_leg: Channel,
    pub transferer_second_leg: Channel,
    pub transferee: Option<Channel>,
    pub transfer_target: Option<Channel>,
    #[serde(default)]
    pub result: String,
}

#[derive(Clone, Debug, Deserialize)]
pub struct OnEndpoint {
    pub endpoint: Endpoint,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Replaced {
    pub application: String,
}

/// The text is no event.
#[derive(Debug, thiserror::Error)]
#[error("not an ARI event: {0}")]
pub struct ParseError(#[from] serde_json::Error);

impl Event {
    /// Reads one text frame.
    ///
    /// # Errors
    /// [`ParseError`] where the text is no JSON object with a `type`, or where a known type
    /// lacks what it must have.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        #[derive(Deserialize)]
        struct Head<'a> {
            #[serde(borrow, rename = "type")]
            kind: std::borrow::Cow<'a, str>,
        }
        fn read<T: DeserializeOwned>(text: &str) -> Result<T, ParseError> {
            Ok(serde_json::from_str(text)?)
        }
        let Head { kind } = serde_json::from_str(text)?;
        Ok(match &*kind {
            "StasisStart" => Self::StasisStart(read(text)?),
            "StasisEnd" => Self::StasisEnd(read(text)?),
            "ChannelCreated" => Self::ChannelCreated(read(text)?),
            "ChannelStateChange" => Self::ChannelStateChange(read(text)?),
            "ChannelCallerId" => Self::ChannelCallerId(read(text)?),
            "ChannelConnectedLine" => Self::ChannelConnectedLine(read(text)?),
            "ChannelHold" => Self::ChannelHold(read(text)?),
            "ChannelUnhold" => Self::ChannelUnhold(read(text)?),
            "ChannelHangupRequest" => Self::ChannelHangupRequest(read(text)?),
            "ChannelDestroyed" => Self::ChannelDestroyed(read(text)?),
            "Dial" => Self::Dial(Box::new(read(text)?)),
            "ChannelEnteredBridge" => Self::ChannelEnteredBridge(read(text)?),
            "ChannelLeftBridge" => Self::ChannelLeftBridge(read(text)?),
            "BridgeBlindTransfer" => Self::BridgeBlindTransfer(read(text)?),
            "BridgeAttendedTransfer" => Self::BridgeAttendedTransfer(read(text)?),
            "EndpointStateChange" | "PeerStatusChange" | "ContactStatusChange" => {
                Self::EndpointStateChange(read(text)?)
            }
            "ApplicationReplaced" => Self::ApplicationReplaced(read(text)?),
            _ => Self::Other,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_type_is_no_error() {
        let text = r#"{"type":"ChannelSurprise","x":[1,2]}"#;
        assert!(matches!(Event::parse(text), Ok(Event::Other)));
    }

    #[test]
    fn what_is_no_event_is_an_error() {
        for text in ["", "[]", "{}", "nonsense", r#"{"type":"ChannelCreated"}"#, r#"{"type":7}"#] {
            assert!(Event::parse(text).is_err(), "{text}");
        }
    }
}
