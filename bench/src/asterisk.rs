//! A fake Asterisk: ARI as far as a screen pop needs it, whose calls are played from recordings.

mod api_docs;
mod rest;

use std::{
    collections::{BTreeMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    extract::ws::{Message, WebSocket},
    serve::ListenerExt,
};
use futures::{SinkExt, StreamExt, stream::SplitSink};
use tokio::{net::TcpListener, sync::Mutex as AsyncMutex, time::sleep_until};

use crate::{Outcome, timeline::Timeline};

/// When an event was written.
pub type Stamp = Instant;

/// The name of the Stasis app that everybody here uses.
pub const APP: &str = "ringside";

/// What the requests and the player share.
#[derive(Default)]
struct State {
    requests: AtomicU64,
    /// Live channels as JSON, by their ids.
    channels: Mutex<BTreeMap<String, String>>,
    /// The types that `eventFilter` allows; all of them without one.
    allowed: Mutex<Option<HashSet<String>>>,
    /// The socket of `/ari/events`. A new one replaces it.
    listener: AsyncMutex<Option<SplitSink<WebSocket, Message>>>,
}

/// A running fake.
#[derive(Clone)]
pub struct Asterisk {
    state: Arc<State>,
    /// `http://127.0.0.1:port`.
    pub url: String,
}

impl Asterisk {
    /// Listens on a free port of the loopback until the runtime ends.
    ///
    /// # Errors
    /// Where no port can be had.
    pub async fn start() -> Outcome<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        // As Asterisk does: an event does not wait for the acknowledgement of the one before.
        let listener = listener.tap_io(|stream| {
            let _ = stream.set_nodelay(true);
        });
        let state = Arc::<State>::default();
        let service = rest::router(state.clone(), &url);
        tokio::spawn(async move { axum::serve(listener, service).await });
        Ok(Self { state, url })
    }

    /// Requests that were answered so far; a socket is none.
    pub fn requests(&self) -> u64 {
        self.state.requests.load(Ordering::Relaxed)
    }

    /// Waits for a program to listen to the events.
    ///
    /// # Errors
    /// Where none does in time.
    pub async fn heard(&self, patience: Duration) -> Outcome {
        let deadline = Instant::now() + patience;
        while self.state.listener.lock().await.is_none() {
            if Instant::now() > deadline {
                return Err("nobody listens to the fake Asterisk".into());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Plays it; answers when each of its cues was written.
    ///
    /// # Errors
    /// Where nobody listens, or the listener is lost on the way.
    pub async fn play(&self, timeline: &Timeline) -> Outcome<Vec<Stamp>> {
        let mut listener = self.state.listener.lock().await;
        let socket = listener.as_mut().ok_or("nobody listens to the fake Asterisk")?;
        let allowed = lock(&self.state.allowed).clone();
        let began = tokio::time::Instant::now();
        let mut stamps = Vec::with_capacity(timeline.cues.len());
        for cue in &timeline.cues {
            let (call, moment) = (timeline.call(*cue), timeline.moment(*cue));
            let text = moment.event(call.copy, call.recording, cue.event);
            sleep_until(began + cue.due).await;
            self.show(call.copy, moment);
            stamps.push(Instant::now());
            if allowed.as_ref().is_none_or(|allowed| allowed.contains(&moment.kind)) {
                socket.send(Message::Text(text.into())).await?;
            }
        }
        Ok(stamps)
    }

    /// Keeps the list of live channels.
    fn show(&self, copy: crate::recording::Copy, moment: &crate::recording::Moment) {
        let Some(channel) = moment.channel(copy) else { return };
        let Some(id) = id_of(&channel) else { return };
        let mut channels = lock(&self.state.channels);
        if moment.is_last {
            channels.remove(id);
        } else {
            channels.insert(id.to_owned(), channel);
        }
    }
}

impl State {
    /// Keeps the socket that events go to, and reads it until it ends: pings are answered.
    async fn listen(self: Arc<Self>, socket: WebSocket) {
        let (sink, mut stream) = socket.split();
        *self.listener.lock().await = Some(sink);
        while let Some(Ok(_)) = stream.next().await {}
    }
}

/// A channel's id is the first thing that it says.
fn id_of(channel: &str) -> Option<&str> {
    channel.strip_prefix(r#"{"id":""#)?.split('"').next()
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::Value;
    use tokio_tungstenite::tungstenite;

    use super::*;
    use crate::{plain, recording::Recording};

    async fn channels(asterisk: &Asterisk) -> usize {
        let list = reqwest::get(format!("{}/ari/channels", asterisk.url)).await.unwrap();
        list.json::<Vec<Value>>().await.unwrap().len()
    }

    #[tokio::test]
    async fn a_call_is_told_and_listed() {
        let asterisk = Asterisk::start().await.unwrap();
        let recordings = Arc::new(Recording::all().unwrap());
        let mut timeline = Timeline::slow(&recordings, 0, 1, Duration::ZERO);
        assert!(asterisk.play(&timeline).await.is_err(), "nobody listens");
        let mut events = plain::events(&asterisk.url).await.unwrap();
        asterisk.heard(Duration::from_secs(5)).await.unwrap();

        let ending = timeline.cues.split_off(40);
        asterisk.play(&timeline).await.unwrap();
        assert_eq!(channels(&asterisk).await, 13, "the caller and twelve phones");
        assert_eq!(asterisk.requests(), 1);
        timeline.cues = ending;
        asterisk.play(&timeline).await.unwrap();
        assert_eq!(channels(&asterisk).await, 0);

        for moment in &recordings[0].moments {
            let tungstenite::Message::Text(text) = events.next().await.unwrap().unwrap() else { panic!("no event") };
            assert!(text.contains(&moment.kind), "{text}");
        }
    }

    #[tokio::test]
    async fn the_event_filter_holds() {
        let asterisk = Asterisk::start().await.unwrap();
        let recordings = Arc::new(Recording::all().unwrap());
        let mut events = plain::events(&asterisk.url).await.unwrap();
        asterisk.heard(Duration::from_secs(5)).await.unwrap();
        let filter = serde_json::json!({ "allowed": [{ "type": "StasisStart" }, { "type": "ChannelDestroyed" }] });
        let url = format!("{}/ari/applications/{APP}/eventFilter", asterisk.url);
        reqwest::Client::new().put(url).json(&filter).send().await.unwrap();
        asterisk.play(&Timeline::slow(&recordings, 0, 1, Duration::ZERO)).await.unwrap();
        let mut kinds = Vec::new();
        for _ in 0..14 {
            let event: Value = serde_json::from_str(events.next().await.unwrap().unwrap().to_text().unwrap()).unwrap();
            kinds.push(event["type"].as_str().unwrap().to_owned());
        }
        assert_eq!(kinds[0], "StasisStart");
        assert!(kinds[1..].iter().all(|kind| kind == "ChannelDestroyed"), "{kinds:?}");
    }
}
