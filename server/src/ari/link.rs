//! The life of the link: connect, catch up, read, lose, wait, and again.

use std::time::Duration;

use domain::ids::ChannelId;
use futures::{SinkExt, StreamExt, stream::FuturesUnordered};
use pbx::{
    ari::{Channel, Event},
    switchboard::Roll,
};
use tokio::{
    net::TcpStream,
    sync::mpsc,
    time::{Instant, MissedTickBehavior},
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{
        self, Message,
        client::IntoClientRequest,
        http::{StatusCode, header},
    },
};
use tokio_util::sync::CancellationToken;

use super::{
    Signal,
    rest::{Rest, RestError},
    send_on::{self, SendOn},
};
use crate::config::Ari;

/// Pings go out this often, and a link that has said nothing for twice as long is lost.
const PING: Duration = Duration::from_secs(5);
/// Questions about channels that have been silent for long are asked no more often.
const QUESTION: Duration = Duration::from_millis(200);
/// A connection that takes longer is given up.
const PATIENCE: Duration = Duration::from_secs(10);
/// After another program took the app, we look again no sooner than this.
const STAND_BY: Duration = Duration::from_secs(60);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Why a link ended.
#[derive(Debug, thiserror::Error)]
enum Loss {
    #[error(transparent)]
    Rest(#[from] RestError),
    #[error("Asterisk's WebSocket: {0}")]
    Socket(#[from] Box<tungstenite::Error>),
    #[error("Asterisk refused the user name or the password of [ari]")]
    Refused,
    #[error("Asterisk has no ARI at [ari] url: is it enabled in ari.conf, and loaded yet?")]
    NoAri,
    #[error("Asterisk did not answer in {} s", PATIENCE.as_secs())]
    Slow,
    #[error("Asterisk has been silent for {} s", 2 * PING.as_secs())]
    Silent,
    #[error("Asterisk closed the WebSocket")]
    Closed,
    #[error("another program took the Stasis app over")]
    Replaced,
    #[error("the exchange is not keeping up: {} signals are waiting", super::SIGNALS)]
    Overrun,
}

/// Keeps the link until `shutdown`. `questions` are channels that have been silent for too long:
/// Asterisk is asked about them, and what it says comes as [`Signal::Checked`].
pub async fn run(
    settings: Ari,
    signals: mpsc::Sender<Signal>,
    mut questions: mpsc::Receiver<ChannelId>,
    shutdown: CancellationToken,
) {
    let rest = Rest::new(settings.clone());
    let link = Link { send_on: SendOn::new(rest.clone()), rest, settings, signals };
    tokio::select! {
        () = shutdown.cancelled() => {}
        () = link.keep(&mut questions) => {}
    }
}

struct Link {
    settings: Ari,
    rest: Rest,
    send_on: SendOn,
    signals: mpsc::Sender<Signal>,
}

impl Link {
    async fn keep(&self, questions: &mut mpsc::Receiver<ChannelId>) {
        let mut failures = 0;
        let mut said = String::new();
        loop {
            let mut was_up = false;
            let Err(loss) = self.once(&mut was_up, questions).await;
            let replaced = matches!(loss, Loss::Replaced);
            if was_up {
                failures = 0;
            }
            let wait = super::backoff(failures);
            failures += 1;
            let reason = loss.to_string();
            // Said when it breaks, when the reason is another, and now and again, not at every attempt.
            if was_up || reason != said || failures % 60 == 0 {
                tracing::warn!(reason, attempt = failures, "the link to Asterisk is down");
                said.clone_from(&reason);
            }
            if self.signals.send(Signal::Down { replaced, reason }).await.is_err() {
                return;
            }
            if replaced {
                self.stand_by().await;
            } else {
                tokio::time::sleep(wait).await;
            }
        }
    }

    /// Waits until nobody holds the app any more: a reconnect of ours must never be the reason
    /// that another program loses its socket.
    async fn stand_by(&self) {
        tracing::warn!(app = self.settings.app, "standing by: give each bridge an app name of its own in [ari]");
        loop {
            tokio::time::sleep(STAND_BY).await;
            if let Ok(false) = self.rest.app_exists().await {
                return;
            }
        }
    }

    /// One life of the link. Never returns but with the reason of its end.
    async fn once(
        &self,
        was_up: &mut bool,
        questions: &mut mpsc::Receiver<ChannelId>,
    ) -> Result<std::convert::Infallible, Loss> {
        let mut socket = tokio::time::timeout(PATIENCE, self.connect()).await.map_err(|_| Loss::Slow)??;
        let over = CancellationToken::new();
        let _when_it_ends = over.clone().drop_guard();
        // While the roll is called, what the socket says is held; nothing is lost between the two.
        let mut held = Vec::new();
        let (name, roll) = {
            let catching_up = self.catch_up(&over);
            tokio::pin!(catching_up);
            let deadline = Instant::now() + PATIENCE;
            loop {
                tokio::select! {
                    roll = &mut catching_up => break roll?,
                    text = next_text(&mut socket) => held.extend(self.read(&text?, &over)),
                    () = tokio::time::sleep_until(deadline) => return Err(Loss::Slow),
                }
            }
        };
        *was_up = true;
        self.signal(Signal::Up { name, roll: Box::new(roll) })?;
        for event in held {
            self.event(event)?;
        }
        self.listen(socket, questions, &over).await
    }

    async fn listen(
        &self,
        mut socket: Socket,
        questions: &mut mpsc::Receiver<ChannelId>,
        over: &CancellationToken,
    ) -> Result<std::convert::Infallible, Loss> {
        let mut ping = tokio::time::interval(PING);
        let mut next_question = tokio::time::interval(QUESTION);
        next_question.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut heard = Instant::now();
        // One at a time, beside the socket, which never waits for it.
        let mut asked = FuturesUnordered::new();
        loop {
            tokio::select! {
                _ = next_question.tick(), if asked.is_empty() => {
                    asked.extend(questions.try_recv().ok().map(|channel| self.check(channel)));
                }
                Some((channel, found)) = asked.next() => {
                    if let Some(found) = found {
                        // One who is still there though Asterisk said that it goes on.
                        if let Some(channel) = &found && self.rest.is_in_our_app(channel) {
                            self.send_on.start_unless_tried(channel.id.clone(), over.clone());
                        }
                        self.signal(Signal::Checked { channel, found: found.map(Box::new) })?;
                    }
                }
                message = socket.next() => {
                    heard = Instant::now();
                    if let Some(text) = text_of(message)? && let Some(event) = self.read(&text, over) {
                        self.event(event)?;
                    }
                }
                _ = ping.tick() => {
                    if heard.elapsed() > 2 * PING {
                        return Err(Loss::Silent);
                    }
                    let sent = tokio::time::timeout(PING, socket.send(Message::Ping(tungstenite::Bytes::new()))).await;
                    sent.map_err(|_| Loss::Silent)?.map_err(Box::new)?;
                }
            }
        }
    }

    /// What Asterisk has of a channel: itself, or nothing. None where it does not say.
    async fn check(&self, channel: ChannelId) -> (ChannelId, Option<Option<Channel>>) {
        let found = self.rest.channel(&channel).await;
        (channel, found.inspect_err(|error| tracing::debug!(%error, "Could not ask about a channel")).ok())
    }

    async fn connect(&self) -> Result<Socket, Loss> {
        let mut request = self.events_address().into_client_request().map_err(Box::new)?;
        request.headers_mut().insert(header::AUTHORIZATION, self.rest.authorization());
        match connect_async(request).await {
            Ok((socket, _)) => Ok(socket),
            Err(tungstenite::Error::Http(answer)) if answer.status() == StatusCode::UNAUTHORIZED => Err(Loss::Refused),
            Err(tungstenite::Error::Http(answer)) if answer.status() == StatusCode::NOT_FOUND => Err(Loss::NoAri),
            Err(error) => Err(Box::new(error).into()),
        }
    }

    fn events_address(&self) -> String {
        let Some(mut url) = self.settings.address(&["events"]) else { return String::new() };
        url.query_pairs_mut().append_pair("app", &self.settings.app).append_pair("subscribeAll", "true");
        url.as_str().replacen("http", "ws", 1)
    }

    /// Whoever is stuck in our app goes on first; then the roll is called.
    async fn catch_up(&self, over: &CancellationToken) -> Result<(String, Roll), Loss> {
        let subscribed = self.subscribe().await;
        let channels = self.rest.channels().await?;
        // One who cannot be sent on keeps neither the others nor the link from coming up, and what
        // keeps the link from coming up keeps nobody from being sent on.
        for channel in channels.iter().filter(|channel| self.rest.is_in_our_app(channel)) {
            tracing::info!(channel = %channel.id, "Sends on a caller who is stuck in our app");
            self.send_on.start(channel.id.clone(), over.clone());
        }
        subscribed?;
        let info = self.rest.info().await?;
        let (bridges, endpoints) = (self.rest.bridges().await?, self.rest.endpoints().await?);
        let name = format!("Asterisk {}", info.version());
        Ok((name, Roll { channels, bridges, endpoints, started_at: info.started_at() }))
    }

    async fn subscribe(&self) -> Result<(), RestError> {
        self.rest.subscribe_to_all().await?;
        self.rest.filter_events().await
    }

    /// Reads one frame; whoever enters our app is sent on before anything else is done.
    fn read(&self, text: &str, over: &CancellationToken) -> Option<Event> {
        match Event::parse(text) {
            Ok(event) => {
                if let Event::StasisStart(start) = &event {
                    self.send_on.start(start.channel.id.clone(), over.clone());
                }
                Some(event)
            }
            Err(error) => {
                if let Some(channel) = send_on::entered(text) {
                    self.send_on.start(channel, over.clone());
                }
                tracing::warn!(%error, bytes = text.len(), "skipped an event that could not be read");
                metrics::counter!("ringside_ari_unreadable_total").increment(1);
                None
            }
        }
    }

    fn event(&self, event: Event) -> Result<(), Loss> {
        if matches!(&event, Event::ApplicationReplaced(replaced) if replaced.application == self.settings.app) {
            return Err(Loss::Replaced);
        }
        self.signal(Signal::Event(Box::new(event)))
    }

    /// Never waits: Asterisk closes a reader that makes it wait for 100 ms.
    fn signal(&self, signal: Signal) -> Result<(), Loss> {
        self.signals.try_send(signal).map_err(|_| Loss::Overrun)
    }
}

/// The next text frame; pings and pongs are the library's affair.
async fn next_text(socket: &mut Socket) -> Result<tungstenite::Utf8Bytes, Loss> {
    loop {
        if let Some(text) = text_of(socket.next().await)? {
            return Ok(text);
        }
    }
}

fn text_of(message: Option<Result<Message, tungstenite::Error>>) -> Result<Option<tungstenite::Utf8Bytes>, Loss> {
    match message {
        Some(Ok(Message::Text(text))) => Ok(Some(text)),
        Some(Ok(Message::Close(_))) | None => Err(Loss::Closed),
        Some(Ok(_)) => Ok(None),
        Some(Err(error)) => Err(Loss::Socket(Box::new(error))),
    }
}
