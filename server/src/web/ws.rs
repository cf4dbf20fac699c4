//! One browser's WebSocket: the door, the hello, and then receive and transmit until either ends.

use std::time::Duration;

use app::error::AppError;
use axum::{
    extract::{
        Extension, Request, State,
        ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade},
    },
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use domain::{
    protocol::{ClientMessage, CloseCode, Complaint, Control, ErrorCode, Frame, MAX_CLIENT_FRAME, VERSION, View},
    role::SignedIn,
};
use futures::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, timeout},
};
use tokio_tungstenite::tungstenite::{self, error::ProtocolError};

use super::connections::Connection;
use crate::{
    auth::{Doorkeeper, SessionKey},
    exchange::{Exchange, Outbox},
    web::state::AppState,
};
use hub::{ClientId, Position, Text};

/// The client speaks first, within this.
const HELLO: Duration = Duration::from_secs(5);
/// A socket that takes no frame for this long is dead.
const STALLED: Duration = Duration::from_secs(20);
/// More frames than this within [`PERIOD`] is no person's doing.
const MOST_FRAMES: u32 = 300;
const PERIOD: Duration = Duration::from_secs(10);
/// Bytes that every open socket holds to read into: what a client says is short, and what is longer
/// gets a buffer of its own.
const READ_BUFFER: usize = 1024;
/// Errors that one client is told before it is closed.
const MOST_ERRORS: u32 = 20;

/// `GET /ws`. A wrong `Origin` is refused before the upgrade; a missing session after it, since
/// a browser can read a close code but not an HTTP status.
pub async fn upgrade(
    State(state): State<AppState>,
    Extension(connection): Extension<Connection>,
    upgrade: WebSocketUpgrade,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    if !state.site.is_ours(&parts.headers) {
        return (StatusCode::FORBIDDEN, "this origin may not open a WebSocket here").into_response();
    }
    // A database that does not answer is no reason to send anybody to sign in again.
    let visitor = visitor(state.doorkeeper.signed_in(&parts).await).and_then(|visitor| {
        let is_one_of_few = connection.authenticated(visitor.1.as_str());
        is_one_of_few.then_some(visitor).ok_or(CloseCode::TooMany)
    });
    let upgrade = upgrade.max_message_size(MAX_CLIENT_FRAME).max_frame_size(MAX_CLIENT_FRAME);
    upgrade.read_buffer_size(READ_BUFFER).on_upgrade(move |socket| {
        let sockets = state.sockets.clone();
        Box::pin(sockets.track_future(async move {
            serve(socket, visitor, state, parts).await;
            drop(connection);
        }))
    })
}

/// Who opened the socket, or why it is closed at once.
type Visitor = Result<(SignedIn, SessionKey), CloseCode>;

fn visitor(asked: Result<Option<(SignedIn, SessionKey)>, AppError>) -> Visitor {
    match asked {
        Ok(visitor) => visitor.ok_or(CloseCode::SignInAgain),
        Err(_) => Err(CloseCode::GoingAway),
    }
}

/// Waits for the hello of someone who may come in. That takes up to [`HELLO`], and meanwhile a
/// colleague may have taken the desk over, so it is asked again who it is. Then the request is
/// let go: its headers hold on to the whole buffer that it was read into, for as long as the socket
/// lives.
async fn admit(
    stream: &mut SplitStream<WebSocket>,
    before: Visitor,
    doorkeeper: &Doorkeeper,
    parts: Parts,
) -> Result<(SignedIn, SessionKey, View, Position), CloseCode> {
    before?;
    let (view, position) = hello(stream).await?;
    let (who, session) = visitor(doorkeeper.still_signed_in(&parts).await)?;
    Ok((who, session, view, position))
}

async fn serve(socket: WebSocket, visitor: Visitor, state: AppState, parts: Parts) {
    let AppState { exchange, doorkeeper, config, .. } = state;
    let (mut sink, mut stream) = socket.split();
    let (who, session, view, position) = match admit(&mut stream, visitor, &doorkeeper, parts).await {
        Ok(admitted) => admitted,
        Err(code) => return close(&mut sink, code).await,
    };
    let (frames, outgoing) = mpsc::channel(config.hub.queue.get());
    let (close_now, closed) = oneshot::channel();
    let outbox = Outbox { frames: frames.clone(), close: close_now };
    let Some(client) = exchange.join(who, session.into(), view, position, outbox).await else {
        return close(&mut sink, CloseCode::GoingAway).await;
    };
    let code = tokio::select! {
        code = receive(&mut stream, client, &exchange, &frames) => code,
        code = transmit(&mut sink, outgoing) => code,
        code = closed => code.ok(),
    };
    exchange.leave(client).await;
    if let Some(code) = code {
        tracing::debug!(client = client.0, code = code.code(), reason = code.reason(), "closed a client");
        close(&mut sink, code).await;
    }
}

/// The first frame: who speaks which version, and what they want.
async fn hello(stream: &mut SplitStream<WebSocket>) -> Result<(View, Position), CloseCode> {
    let first = timeout(HELLO, stream.next()).await.map_err(|_| CloseCode::Protocol)?;
    let text = match first {
        Some(Ok(Message::Text(text))) => text,
        Some(Err(error)) => return Err(code_of(&error).unwrap_or(CloseCode::Protocol)),
        _ => return Err(CloseCode::Protocol),
    };
    match serde_json::from_str(&text) {
        Ok(ClientMessage::Hello { version: VERSION, view, epoch, seq }) => Ok((view, epoch.zip(seq))),
        Ok(ClientMessage::Hello { .. }) => Err(CloseCode::NewVersion),
        // A later version may have added fields that this one cannot read.
        _ if version_of(&text).is_some_and(|version| version != VERSION) => Err(CloseCode::NewVersion),
        _ => Err(CloseCode::Protocol),
    }
}

fn version_of(text: &str) -> Option<u32> {
    #[derive(serde::Deserialize)]
    struct Versioned {
        version: u32,
    }
    serde_json::from_str::<Versioned>(text).ok().map(|it| it.version)
}

/// Hands the client's messages to the exchange. A frame that cannot be used is answered with an
/// error and disturbs nobody.
async fn receive(
    stream: &mut SplitStream<WebSocket>,
    client: ClientId,
    exchange: &Exchange,
    frames: &mpsc::Sender<Text>,
) -> Option<CloseCode> {
    let mut pace = Pace::new();
    let mut errors = 0;
    while let Some(message) = stream.next().await {
        if pace.exceeded() {
            return Some(CloseCode::TooMany);
        }
        let text = match message {
            Ok(Message::Text(text)) => text,
            Ok(Message::Binary(_)) => return Some(CloseCode::Protocol),
            Ok(Message::Close(_)) => return None,
            Ok(_) => continue,
            Err(error) => return code_of(&error),
        };
        match serde_json::from_str(&text) {
            Ok(message) => exchange.message(client, message).await,
            Err(error) => {
                errors += 1;
                if errors > MOST_ERRORS {
                    return Some(CloseCode::Protocol);
                }
                let code = if error.is_data() { ErrorCode::UnknownType } else { ErrorCode::NotJson };
                let complaint = Frame::from(Control::Error(Complaint { code, message: error.to_string() }));
                let _full = frames.try_send(hub::to_json(&complaint).into());
            }
        }
    }
    None
}

/// What to close with after bytes that cannot be read as frames; nothing where the line broke.
fn code_of(error: &axum::Error) -> Option<CloseCode> {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        match error.downcast_ref() {
            Some(tungstenite::Error::Capacity(_)) => return Some(CloseCode::TooLarge),
            Some(tungstenite::Error::Protocol(ProtocolError::ResetWithoutClosingHandshake)) => return None,
            Some(tungstenite::Error::Protocol(_) | tungstenite::Error::Utf8(_)) => return Some(CloseCode::Protocol),
            _ => cause = error.source(),
        }
    }
    None
}

/// Writes what the exchange queued, and whatever has queued up meanwhile with it. Ends when the
/// socket takes no more.
async fn transmit(sink: &mut SplitSink<WebSocket, Message>, mut outgoing: mpsc::Receiver<Text>) -> Option<CloseCode> {
    let frame = |text: Text| Message::Text((&*text).into());
    while let Some(text) = outgoing.recv().await {
        let written = async {
            sink.feed(frame(text)).await?;
            while let Ok(text) = outgoing.try_recv() {
                sink.feed(frame(text)).await?;
            }
            sink.flush().await
        };
        match timeout(STALLED, written).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return None,
            Err(_) => return Some(CloseCode::Slow),
        }
    }
    None
}

async fn close(sink: &mut SplitSink<WebSocket, Message>, code: CloseCode) {
    let frame = CloseFrame { code: code.code(), reason: code.reason().into() };
    // A peer that does not take its close frame is as gone as one that does.
    let _ = timeout(Duration::from_secs(2), sink.send(Message::Close(Some(frame)))).await;
}

/// Counts frames in periods.
struct Pace {
    began: Instant,
    frames: u32,
}

impl Pace {
    fn new() -> Self {
        Self { began: Instant::now(), frames: 0 }
    }

    fn exceeded(&mut self) -> bool {
        if self.began.elapsed() > PERIOD {
            *self = Self::new();
        }
        self.frames += 1;
        self.frames > MOST_FRAMES
    }
}
