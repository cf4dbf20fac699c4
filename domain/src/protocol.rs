//! The frames of the WebSocket at `/ws`: JSON text, one [`VERSION`].
//!
//! The client speaks first with [`ClientMessage::Hello`]. The server answers
//! [`Welcome`], and then either the deltas that were missed, in order, or a
//! [`Snapshot`]. A frame with a `seq` is a numbered [`Delta`] of the client's
//! stream; a `callState` without one is the periodic resend of R7 and carries no news.
//!
//! What a server of a later version adds breaks no older page: a frame of an unknown type is
//! [`ServerMessage::Unknown`], whose number counts all the same, and tables and fields that are not
//! known are skipped.

use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    board::Board,
    customer::CustomerData,
    delta::Delta,
    ids::{CallId, CustomerId, Epoch, LookupId, Seq, TabId},
};

/// Of the wire. A client of another version is closed with [`CloseCode::NewVersion`].
pub const VERSION: u32 = 2;

/// The longest frame that a client may send, in bytes.
pub const MAX_CLIENT_FRAME: usize = 64 * 1024;

/// Which stream a client wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum View {
    /// The calls of the extension that the session holds.
    Desk,
    /// Every call, channel and desk; for supervisors.
    Floor,
}

/// What a browser says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ClientMessage {
    /// The first frame, within 5 s. `epoch` and `seq` name the last delta that was applied.
    Hello {
        version: u32,
        view: View,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        epoch: Option<Epoch>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seq: Option<Seq>,
    },
    /// The answer to [`Ping`], at once.
    Pong,
    /// What the lookup found: `payload` is [`Matches`] as JSON, verbatim as the server signed it.
    CustomerData {
        lookup_id: LookupId,
        payload: String,
        signature: String,
    },
    LookupFailed {
        lookup_id: LookupId,
        reason: String,
    },
    /// Look the caller of this call up again.
    RetryLookup {
        call_id: CallId,
    },
    /// Several customers share the number: it is this one.
    Choose {
        call_id: CallId,
        customer_id: CustomerId,
    },
    /// The agent is done with the card of a call that is over.
    CloseCard {
        call_id: CallId,
    },
}

/// Customers of one number that a card can show.
pub const MOST_MATCHES: usize = 50;

/// What a lookup found: the customers of the number, best first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Matches {
    pub call_id: CallId,
    pub customers: Vec<CustomerData>,
}

/// The answer of the built-in CRM adapter: [`Matches`] as JSON, and the server's HMAC-SHA256
/// over exactly these bytes, in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignedMatches {
    pub payload: String,
    pub signature: String,
}

/// One frame from the server. It is read with [`str::parse`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Frame {
    /// The number of a delta; absent from everything that is never replayed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<Seq>,
    #[serde(flatten)]
    pub message: ServerMessage,
}

impl Frame {
    pub fn delta(seq: Seq, delta: Delta) -> Self {
        Self { seq: Some(seq), message: ServerMessage::Delta(delta) }
    }
}

impl From<Control> for Frame {
    fn from(control: Control) -> Self {
        Self { seq: None, message: ServerMessage::Control(Box::new(control)) }
    }
}

/// What a frame says that it is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Kind {
    Welcome,
    Snapshot,
    LookupRequest,
    Ping,
    NoteChanged,
    HistoryChanged,
    Error,
    CallState,
    CallLeft,
    CallMerged,
    ChannelChanged,
    ChannelGone,
    PresenceChanged,
    EndpointChanged,
    PbxLink,
    #[serde(other)]
    Unknown,
}

/// First what it is, then what it says: serde's own ways with tags keep the whole frame in pieces
/// meanwhile, which is twice the work.
impl FromStr for Frame {
    type Err = serde_json::Error;

    fn from_str(text: &str) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        struct Head {
            r#type: Kind,
            seq: Option<Seq>,
        }

        fn read<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
            serde_json::from_str(text)
        }

        let Head { r#type, seq } = read(text)?;
        let delta = match r#type {
            Kind::Welcome => return Ok(Control::Welcome(read(text)?).into()),
            Kind::Snapshot => return Ok(Control::Snapshot(read(text)?).into()),
            Kind::LookupRequest => return Ok(Control::LookupRequest(read(text)?).into()),
            Kind::Ping => return Ok(Control::Ping(read(text)?).into()),
            Kind::HistoryChanged => return Ok(Control::HistoryChanged(read(text)?).into()),
            Kind::NoteChanged => return Ok(Control::NoteChanged(read(text)?).into()),
            Kind::Error => return Ok(Control::Error(read(text)?).into()),
            Kind::CallState => Delta::CallState(read(text)?),
            Kind::CallLeft => Delta::CallLeft(read(text)?),
            Kind::CallMerged => Delta::CallMerged(read(text)?),
            Kind::ChannelChanged => Delta::ChannelChanged(read(text)?),
            Kind::ChannelGone => Delta::ChannelGone(read(text)?),
            Kind::PresenceChanged => Delta::PresenceChanged(read(text)?),
            Kind::EndpointChanged => Delta::EndpointChanged(read(text)?),
            Kind::PbxLink => Delta::PbxLink(read(text)?),
            Kind::Unknown => return Ok(Self { seq, message: ServerMessage::Unknown }),
        };
        Ok(Self { seq, message: ServerMessage::Delta(delta) })
    }
}

/// What the server says.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum ServerMessage {
    Delta(Delta),
    Control(Box<Control>),
    /// Of a type that this version does not know. Never sent.
    #[serde(skip)]
    Unknown,
}

/// Everything that is not a change of the board.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Control {
    Welcome(Welcome),
    Snapshot(Snapshot),
    LookupRequest(LookupRequest),
    Ping(Ping),
    NoteChanged(NoteChanged),
    HistoryChanged(HistoryChanged),
    Error(Complaint),
}

/// The answer to Hello. `lastSeq` is the stream's last number; with `resumed`, the deltas after the
/// client's own number follow, and otherwise a snapshot does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Welcome {
    pub resumed: bool,
    pub epoch: Epoch,
    pub last_seq: Seq,
    pub now: Timestamp,
}

/// The board as it is after delta `lastSeq`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    pub epoch: Epoch,
    pub last_seq: Seq,
    pub now: Timestamp,
    pub board: Board,
}

/// This client is the selected one: look the caller of this call up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LookupRequest {
    pub lookup_id: LookupId,
    pub call_id: CallId,
    pub timeout_ms: u64,
}

/// Is the client there? And what time it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ping {
    pub now: Timestamp,
}

/// A draft or a note of this desk changed: ask for it again, unless it was by this tab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NoteChanged {
    pub call_id: CallId,
    /// The tab that typed it, where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tab: Option<TabId>,
}

/// A call in which this desk's phone took part is in the history now, as it ended: ask for the recent
/// calls again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HistoryChanged {
    pub call_id: CallId,
}

/// The last frame could not be used. The link stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Complaint {
    pub code: ErrorCode,
    pub message: String,
}

/// Why a frame was not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ErrorCode {
    NotJson,
    UnknownType,
    /// The message is well-formed but not this client's to send.
    NotYours,
    /// The customer's data did not verify.
    BadSignature,
    /// The call is over or was never known.
    NoSuchCall,
}

/// Why the server closed a WebSocket, and what the client does about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CloseCode {
    /// The server is going down: come back soon.
    GoingAway,
    /// A frame that breaks the protocol: no Hello in time, or a second one.
    Protocol,
    TooLarge,
    /// No session, or it has ended.
    SignInAgain,
    /// The session may not have the view that it asked for.
    Forbidden,
    /// Too little read, too much queued: come back and take a snapshot.
    Slow,
    NoPong,
    /// A colleague has taken the extension over.
    TakenOver,
    /// The same person has signed in at the extension again, in another browser or tab.
    SignedInElsewhere,
    /// The page is of another version.
    NewVersion,
    /// More frames than a person can cause.
    TooMany,
}

impl CloseCode {
    /// All of them, as ARCHITECTURE.md lists them.
    pub const ALL: [Self; 11] = [
        Self::GoingAway,
        Self::Protocol,
        Self::TooLarge,
        Self::SignInAgain,
        Self::Forbidden,
        Self::Slow,
        Self::NoPong,
        Self::TakenOver,
        Self::SignedInElsewhere,
        Self::NewVersion,
        Self::TooMany,
    ];

    /// The number on the wire (RFC 6455 section 7.4.2: 4000 and up are ours).
    pub fn code(self) -> u16 {
        match self {
            Self::GoingAway => 1001,
            Self::Protocol => 4400,
            Self::SignInAgain => 4401,
            Self::Forbidden => 4403,
            Self::NoPong => 4408,
            Self::TakenOver => 4409,
            Self::SignedInElsewhere => 4410,
            Self::TooLarge => 4413,
            Self::NewVersion => 4426,
            Self::TooMany => 4429,
            Self::Slow => 4490,
        }
    }

    pub fn from_code(code: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.code() == code)
    }

    /// The text beside the number.
    pub fn reason(self) -> &'static str {
        match self {
            Self::GoingAway => "server restarting",
            Self::Protocol => "protocol error",
            Self::SignInAgain => "sign in again",
            Self::Forbidden => "not allowed",
            Self::NoPong => "no pong",
            Self::TakenOver => "extension taken over",
            Self::SignedInElsewhere => "signed in elsewhere",
            Self::TooLarge => "frame too large",
            Self::NewVersion => "new version",
            Self::TooMany => "too many frames",
            Self::Slow => "too slow",
        }
    }

    /// Should the client connect again by itself?
    pub fn reconnects(self) -> bool {
        match self {
            Self::GoingAway | Self::Slow | Self::NoPong => true,
            Self::Protocol | Self::TooLarge | Self::TooMany => true,
            Self::SignInAgain | Self::Forbidden | Self::TakenOver | Self::SignedInElsewhere | Self::NewVersion => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        call::{CallPhase, ChannelState, Direction},
        view::{CallState, Duration, LegState, Lookup},
    };

    #[test]
    fn a_hello_reads_as_documented() {
        let hello: ClientMessage = serde_json::from_str(r#"{"type":"hello","version":1,"view":"desk"}"#).unwrap();
        assert_eq!(hello, ClientMessage::Hello { version: 1, view: View::Desk, epoch: None, seq: None });
    }

    #[test]
    fn call_state_has_the_keys_of_r8() {
        let start: Timestamp = "2017-09-18T06:12:42Z".parse().unwrap();
        let call = CallState {
            caller_id: "84904859696".into(),
            state: vec![LegState {
                exten: "1000".into(),
                outbound_channel_id: "1234567.89".into(),
                outbound_channel_state: ChannelState::Ringing,
                held: false,
            }],
            data: None,
            inbound_channel_id: Some("9999999.999".into()),
            outbound_channel_id: None,
            duration: Duration::new(start, None),
            call_id: "main:9999999.999".into(),
            direction: Direction::Inbound,
            phase: CallPhase::Ringing,
            caller_phone: None,
            caller_name: String::new(),
            caller_prefix: None,
            hidden: false,
            dialled: "1900".into(),
            answered_by: None,
            answered_by_name: None,
            answered_outside: None,
            talking: vec![],
            called_by: None,
            handed_to: None,
            place: None,
            lookup: Lookup::Looking,
            matches: vec![],
            chosen: None,
            started_at: start,
            answered_at: None,
            ended_at: None,
            outcome: None,
            stale: false,
        };
        let frame = Frame::delta(Seq(3), Delta::CallState(Box::new(call)));
        let json = serde_json::to_string(&frame).unwrap();
        expect![[r#"{"seq":3,"type":"callState","callerId":"84904859696","state":[{"exten":"1000","outboundChannelId":"1234567.89","outboundChannelState":"Ringing"}],"data":null,"inboundChannelId":"9999999.999","outboundChannelId":null,"duration":{"start":"2017/09/18 06:12:42","end":null},"callId":"main:9999999.999","direction":"inbound","phase":"ringing","callerPhone":null,"callerName":"","callerPrefix":null,"hidden":false,"dialled":"1900","answeredBy":null,"answeredByName":null,"answeredOutside":null,"talking":[],"calledBy":null,"place":null,"lookup":{"status":"looking"},"matches":[],"chosen":null,"startedAt":"2017-09-18T06:12:42Z","answeredAt":null,"endedAt":null,"outcome":null,"stale":false}"#]].assert_eq(&json);
        assert_eq!(json.parse::<Frame>().unwrap(), frame);
    }

    #[test]
    fn control_frames_survive_the_wire() {
        let (now, epoch, last_seq) = (Timestamp::UNIX_EPOCH, Epoch(uuid::Uuid::nil()), Seq(5));
        let ping = Frame::from(Control::Ping(Ping { now }));
        assert_eq!(serde_json::to_string(&ping).unwrap(), r#"{"type":"ping","now":"1970-01-01T00:00:00Z"}"#);
        let welcome = Frame::from(Control::Welcome(Welcome { resumed: true, epoch, last_seq, now }));
        let snapshot = Frame::from(Control::Snapshot(Snapshot { epoch, last_seq, now, board: Board::default() }));
        for frame in [ping, welcome, snapshot] {
            let json = serde_json::to_string(&frame).unwrap();
            assert_eq!(json.parse::<Frame>().unwrap(), frame, "{json}");
        }
    }

    #[test]
    fn close_codes_are_distinct() {
        for code in CloseCode::ALL {
            assert_eq!(CloseCode::from_code(code.code()), Some(code));
        }
    }
}
