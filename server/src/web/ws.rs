//! One browser's WebSocket: the door, the hello, and then receive and transmit until either ends.

use std::time::Duration;

use axum::{
    extract::{
        Request, State,
        ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade},
    },
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{
    protocol::{ClientMessage, CloseCode, Control, ErrorCode, Frame, MAX_CLIENT_FRAME, VERSION, View},
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

use crate::{
    auth::SessionKey,
    exchange::{Exchange, Outbox},
    hub::{ClientId, Position, Text},
    state::AppState,
};

/// The client speaks first, within this.
const HELLO: Duration = Duration::from_secs(5);
/// A socket that takes no frame for this long is dead.
const STALLED: Duration = Duration::from_secs(20);
/// More frames than this within [`PERIOD`] is no person's doing.
const MOST_FRAMES: u32 = 300;
const PERIOD: Duration = Duration::from_secs(10);
/// Errors that one client is told before it is closed.
const MOST_ERRORS: u32 = 20;

/// `GET /ws`. A wrong `Origin` is refused before the upgrade; a missing session after it, since
/// a browser can read a close code but not an HTTP status.
pub async fn upgrade(State(state): State<AppState>, upgrade: WebSocketUpgrade, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    if !state.site.is_ours(&parts.headers) {
        return (StatusCode::FORBIDDEN, "this origin may not open a WebSocket here").into_response();
    }
    let visitor = state.doorkeeper.signed_in(&parts).await;
    let queue = state.config.hub.queue.get();
    upgrade
        .read_buffer_size(4096)
        .max_message_size(MAX_CLIENT_FRAME)
        .max_frame_size(MAX_CLIENT_FRAME)
        .on_upgrade(move |socket| Box::pin(serve(socket, visitor, state.exchange, queue)))
}

async fn serve(socket: WebSocket, visitor: Option<(SignedIn, SessionKey)>, exchange: Exchange, queue: usize) {
    let (mut sink, mut stream) = socket.split();
    let Some((who, session)) = visitor else {
        return close(&mut sink, CloseCode::SignInAgain).await;
    };
    let (view, position) = match hello(&mut stream).await {
        Ok(hello) => hello,
        Err(code) => return close(&mut sink, code).await,
    };
    let (frames, outgoing) = mpsc::channel(queue);
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
        Some(Err(_)) => return Err(CloseCode::TooLarge),
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
            Err(error) => return is_too_large(&error).then_some(CloseCode::TooLarge),
        };
        match serde_json::from_str(&text) {
            Ok(message) => exchange.message(client, message).await,
            Err(error) => {
                errors += 1;
                if errors > MOST_ERRORS {
                    return Some(CloseCode::Protocol);
                }
                let code = if error.is_data() { ErrorCode::UnknownType } else { ErrorCode::NotJson };
                let complaint = Frame::from(Control::Error { code, message: error.to_string() });
                let _full = frames.try_send(crate::hub::to_json(&complaint).into());
            }
        }
    }
    None
}

fn is_too_large(error: &axum::Error) -> bool {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        if let Some(tokio_tungstenite::tungstenite::Error::Capacity(_)) = error.downcast_ref() {
            return true;
        }
        cause = error.source();
    }
    false
}

/// Writes what the exchange queued. Ends when the socket takes no more.
async fn transmit(sink: &mut SplitSink<WebSocket, Message>, mut outgoing: mpsc::Receiver<Text>) -> Option<CloseCode> {
    while let Some(text) = outgoing.recv().await {
        let frame = Message::Text((&*text).into());
        match timeout(STALLED, sink.send(frame)).await {
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
